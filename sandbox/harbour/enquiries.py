"""What do the books say? The screens Order List (SO-220) and Order Display (SO-230)."""

from datetime import date
from typing import Any

from flask import Blueprint, Response

from sandbox.harbour import figures, listings, masters, orders, texts
from sandbox.harbour.pages import error_page, page
from sandbox.harbour.visits import options, release, visit

blueprint = Blueprint("enquiries", __name__, url_prefix="/so")

_MARK = "go"


class InvalidDateError(Exception):
    """A date of the filter makes no sense."""


@blueprint.route("/list", methods=["GET", "POST"])
def order_list() -> Response:
    """The filter and one page of what matches; the box for open orders is ticked until a clerk unticks it."""
    asked = _asked()
    try:
        found = listings.listing(visit().db, _filter(asked), int(figures.number(asked["page"])))
    except InvalidDateError:
        return error_page("SO-110 Invalid date")
    return page("list.html", asked=asked, found=found, statuses=orders.STATUSES, turn=_turn(asked), **_of_rows())


def _of_rows() -> dict[str, Any]:
    return {"day": _day_text, "order_total": listings.order_total}


def _asked() -> dict[str, str]:
    fields = visit().fields
    asked = {
        meaning: fields.get(f.name, "")[: f.max_length or None].strip() for meaning, f in release().filters.items()
    }
    if _MARK not in fields:
        asked["open_only"] = "1"
    return asked | {"page": fields.get("page", "1")}


def _filter(asked: dict[str, str]) -> listings.Filter:
    return listings.Filter(
        customer=asked["customer"],
        number=asked["number"],
        remarks=asked["remarks"],
        po_number=asked["po_number"],
        date_from=_day(asked["date_from"]),
        date_to=_day(asked["date_to"]),
        status=asked["status"],
        open_only=bool(asked["open_only"]),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    parsed = figures.day(text, date.min)
    if parsed is None:
        raise InvalidDateError
    return parsed


def _day_text(iso: str) -> str:
    return figures.day_text(date.fromisoformat(iso))


def _turn(asked: dict[str, str]) -> str:
    names = {release().filters[meaning].name: text for meaning, text in asked.items() if meaning != "page" and text}
    return texts.query({_MARK: "1"} | names, options())


@blueprint.get("/show")
def show() -> Response:
    """One order, read only."""
    order = orders.load(visit().db, int(figures.number(visit().fields.get("number", ""))))
    if order is None:
        return error_page("SO-120 Order not on file")
    customer = masters.customer(visit().db, order.customer_code)
    return page(
        "show.html",
        order=order,
        customer=customer,
        order_date=figures.day_text(order.order_date),
        changeable=order.status in orders.CHANGEABLE,
        units={line.item_code: _unit(line.item_code) for line in order.lines},
    )


def _unit(item_code: str) -> str:
    item = masters.item(visit().db, item_code)
    return item.unit if item else ""
