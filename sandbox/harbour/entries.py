"""How is an order typed? The screens Order Entry (SO-210) and Select Customer (SO-211)."""

from datetime import date
from decimal import Decimal

from flask import Blueprint, Response

from sandbox.harbour import drafts, figures, locks, masters, orders, savings
from sandbox.harbour.drafts import Draft
from sandbox.harbour.pages import error_page, page
from sandbox.harbour.visits import options, release, visit

blueprint = Blueprint("entries", __name__, url_prefix="/so")

_SQL_ERROR = (
    "INSERT INTO order_lines (order_number, position, item_id, qty, price) VALUES (?, ?, '{item}', '{quantity}', ?)\n"
    'ERROR:  null value in column "item_id" violates not-null constraint\nDETAIL:  Failing row contains (null).'
)


@blueprint.get("/entry")
def entry() -> Response:
    """A new form, or with `number` the form of a stored order under an edit lock."""
    asked = visit().fields.get("number", "")
    return _edit(int(figures.number(asked))) if asked else form(drafts.blank(_today()))


def _edit(number: int) -> Response:
    order = orders.load(visit().db, number)
    if order is None:
        return error_page("SO-120 Order not on file")
    if order.status not in orders.CHANGEABLE:
        return error_page(f"SO-171 Order cannot be changed: status {order.status}")
    holder = locks.acquire(visit().db, number, visit().session, options().idle_seconds)
    return form(drafts.stored(order), error=holder, locked=bool(holder))


@blueprint.post("/entry")
def update() -> Response:
    """Update: the form comes back corrected and one empty row longer."""
    draft = drafts.typed(_with_pick(visit().fields), release())
    updated = drafts.update(visit().db, draft, _today())
    if updated.choices:
        return page("pick.html", draft=updated.draft, choices=updated.choices)
    return form(updated.draft, error=updated.error)


def _with_pick(fields: dict[str, str]) -> dict[str, str]:
    picked = fields.get("pick")
    return fields | {release().header["customer"].name: picked} if picked else fields


@blueprint.post("/save")
def save() -> Response:
    """Save: a blank form that tells the number once; what was not updated before fails like a program error."""
    draft = drafts.typed(visit().fields, release())
    loose = drafts.unconfirmed(draft)
    if loose:
        return error_page("Error!", _SQL_ERROR.format(item=loose.item, quantity=loose.quantity))
    updated = drafts.update(visit().db, draft, _today())
    error = updated.error or _missing(updated)
    if error:
        return form(updated.draft, error=error)
    try:
        number = savings.save(drafts.order(updated.draft, _today()), draft.number)
    except orders.OrderRefusedError as refused:
        return error_page(str(refused))
    return form(drafts.blank(_today()), notice=f"Order {number} saved")


def _missing(updated: drafts.Updated) -> str:
    if updated.choices or not updated.draft.header["customer"]:
        return "SO-104 Customer not on file"
    return "" if updated.draft.lines else "SO-140 No order lines"


@blueprint.post("/cancel")
def cancel() -> Response:
    """Cancel order: only while it is open."""
    number = int(figures.number(visit().fields.get("number", "")))
    try:
        savings.cancel(number)
    except orders.OrderRefusedError as refused:
        return error_page(str(refused))
    return form(drafts.blank(_today()), notice=f"Order {number} cancelled")


@blueprint.get("/exit")
def leave() -> Response:
    """Exit: release the lock and show a new form."""
    number = int(figures.number(visit().fields.get("number", "")))
    locks.release(visit().db, number, visit().session)
    return form(drafts.blank(_today()))


def form(draft: Draft, *, error: str = "", notice: str = "", locked: bool = False) -> Response:
    """The order form; a locked one has no buttons."""
    total = sum((figures.number(line.amount) for line in draft.lines), Decimal(0))
    return page(
        "entry.html",
        draft=draft,
        rows=(*draft.lines, drafts.DraftLine()),
        total=total,
        customer=masters.customer(visit().db, draft.header["customer"]) if draft.header["customer"] else None,
        error=error,
        notice=notice,
        locked=locked,
        choices={"currency": drafts.CURRENCIES, "warehouse": drafts.WAREHOUSES, "shipping": drafts.SHIPPINGS},
    )


def _today() -> date:
    return date.today()  # noqa: DTZ011 - an old ERP knows only the clock on its own wall
