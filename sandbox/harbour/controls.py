"""How do tests and demonstrations move the world behind the screens? A JSON door no screen links to."""

import hmac
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.harbour import figures, orders, seeds
from sandbox.harbour.orders import NewOrder, OrderLine
from sandbox.harbour.texts import storable
from sandbox.harbour.visits import book, options, visit

blueprint = Blueprint("controls", __name__, url_prefix="/control")

_ADVANCES = {
    "confirm": (("Open",), "Confirmed"),
    "part_ship": (("Open", "Confirmed"), "Part shipped"),
    "ship": (("Open", "Confirmed", "Part shipped"), "Shipped"),
    "invoice": (("Shipped",), "Invoiced"),
    "pay": (("Invoiced",), "Paid"),
}


@blueprint.before_request
def demand_key() -> tuple[Response, int] | None:
    """Without the right key there is no such address."""
    given = request.headers.get("X-Control-Key", "")
    if options().control_key and hmac.compare_digest(given.encode(), options().control_key.encode()):
        return None
    return jsonify(error="not found"), 404


@blueprint.errorhandler(ValueError)
@blueprint.errorhandler(KeyError)
@blueprint.errorhandler(TypeError)
@blueprint.errorhandler(ArithmeticError)
def bad_request(error: Exception) -> tuple[Response, int]:
    """What was wrong with the wish."""
    return jsonify(error=f"{type(error).__name__}: {error}"), 400


@blueprint.get("/health")
def health() -> Response:
    """Alive, and which release."""
    return jsonify(status="ok", release=options().release, encoding=options().encoding)


@blueprint.post("/<any(customers, items, users):kind>")
def put_masters(kind: str) -> Response:
    """Insert or replace a list of master records."""
    rows: list[dict[str, Any]] = request.get_json()
    seeds.take(visit().db, options(), {kind: rows})
    return jsonify(stored=len(rows))


@blueprint.post("/orders")
def foreign_order() -> Response:
    """An order as a human would have typed it elsewhere; missing header fields take the defaults of the house."""
    wish: dict[str, Any] = request.get_json()
    number = orders.insert(visit().db, _foreign(wish), wish.get("created_by", "MARY"))
    if "status" in wish:
        _move(number, wish["status"])
    return jsonify(number=number)


def _foreign(wish: dict[str, Any]) -> NewOrder:
    today = date.today().isoformat()  # noqa: DTZ011 - the clock on the ERP's own wall
    return NewOrder(
        customer_code=wish["customer_code"],
        order_date=date.fromisoformat(wish.get("order_date", today)),
        remarks=storable(wish.get("remarks", ""), options()),
        po_number=storable(wish.get("po_number", ""), options()),
        currency=wish.get("currency", "GBP"),
        terms=str(wish.get("terms", "30")),
        warehouse=wish.get("warehouse", "MAIN"),
        shipping_method=wish.get("shipping_method", "STD"),
        lines=tuple(_foreign_line(place, line) for place, line in enumerate(wish["lines"], start=1)),
    )


def _foreign_line(position: int, wish: dict[str, Any]) -> OrderLine:
    return OrderLine(
        position,
        wish["item_code"],
        storable(wish.get("description", ""), options()),
        figures.quantity(str(wish["quantity"])),
        figures.price(str(Decimal(str(wish["unit_price"])))),
    )


@blueprint.post("/orders/<int:number>/status")
def set_status(number: int) -> Response | tuple[Response, int]:
    """Move one order to any status."""
    status: str = request.get_json()["status"]
    if not _move(number, status):
        return jsonify(error="no such order"), 404
    return jsonify(number=number, status=status)


def _move(number: int, status: str) -> bool:
    if status not in orders.STATUSES:
        raise ValueError(f"unknown status {status!r}; known are {', '.join(orders.STATUSES)}")
    return orders.move(visit().db, number, status)


@blueprint.post("/orders/<int:number>/charges")
def charge(number: int) -> Response | tuple[Response, int]:
    """The office gives a discount or adds carriage, after the order was typed; VAT follows."""
    wish: dict[str, str] = request.get_json()
    off, carriage = (figures.price(str(wish.get(name, "0"))) for name in ("discount", "carriage"))
    if not orders.charge(visit().db, number, off, carriage):
        return jsonify(error="no such order"), 404
    return jsonify(number=number, discount=f"{off:.2f}", carriage=f"{carriage:.2f}")


@blueprint.post("/advance")
def advance() -> Response:
    """Move the oldest orders on, such as {"ship": 3, "invoice": 1}; later stages move first."""
    wish: dict[str, int] = request.get_json()
    unknown = wish.keys() - _ADVANCES.keys()
    if unknown:
        raise ValueError(f"unknown stages {', '.join(sorted(unknown))}; known are {', '.join(_ADVANCES)}")
    later_first = [stage for stage in reversed(_ADVANCES) if stage in wish]
    moved = {stage: orders.advance(visit().db, *_ADVANCES[stage], wish[stage]) for stage in later_first}
    return jsonify(moved)


@blueprint.post("/faults")
def order_fault() -> Response:
    """Order a fault."""
    return jsonify(vars(book().order(request.get_json())))


@blueprint.get("/faults")
def list_faults() -> Response:
    """Ordered faults and how often each fired."""
    return jsonify(book().all())


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """No more faults."""
    book().clear()
    return jsonify(cleared=True)
