"""How do tests and demonstrations move the world behind the screens? A JSON door that no window leads to."""

import hmac
import sqlite3
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import psutil
from flask import Blueprint, Response, current_app, g, jsonify, request

from sandbox.granite import faults, figures, orders, seeds, wishes
from sandbox.granite.orders import NewOrder, OrderLine

blueprint = Blueprint("controls", __name__, url_prefix="/control")
KEY, CONNECT = "granite.key", "granite.connect"

_ADVANCES = {
    "confirm": (("Open",), "Confirmed"),
    "part_ship": (("Open", "Confirmed"), "Part shipped"),
    "ship": (("Open", "Confirmed", "Part shipped"), "Shipped"),
    "invoice": (("Shipped",), "Invoiced"),
    "pay": (("Invoiced",), "Paid"),
}


def books() -> sqlite3.Connection:
    """The books, open for this request."""
    if "books" not in g:
        g.books = current_app.extensions[CONNECT]()
    opened: sqlite3.Connection = g.books
    return opened


@blueprint.teardown_request
def close_books(_: BaseException | None) -> None:
    """Whoever opened them closes them."""
    if "books" in g:
        g.books.close()


@blueprint.before_request
def demand_key() -> tuple[Response, int] | None:
    """Without the right key there is no such address."""
    given, wanted = request.headers.get("X-Control-Key", ""), current_app.extensions[KEY]
    if wanted and hmac.compare_digest(given.encode(), wanted.encode()):
        return None
    return jsonify(error="not found"), 404


@blueprint.errorhandler(ValueError)
@blueprint.errorhandler(KeyError)
@blueprint.errorhandler(TypeError)
@blueprint.errorhandler(ArithmeticError)
def bad_request(error: Exception) -> tuple[Response, int]:
    """What was wrong with the wish."""
    return jsonify(error=f"{type(error).__name__}: {error}"), 400


@blueprint.errorhandler(wishes.UnansweredError)
def no_answer(error: Exception) -> tuple[Response, int]:
    """The desk does nothing at the moment."""
    return jsonify(error=str(error)), 504


@blueprint.get("/health")
def health() -> Response:
    """Alive, and how many desks are open."""
    return jsonify(status="ok", desks=len(_desks()))


@blueprint.post("/<any(customers, items, users):kind>")
def put_masters(kind: str) -> Response:
    """Insert or replace a list of master records."""
    rows: list[dict[str, Any]] = request.get_json()
    seeds.take(books(), {kind: rows})
    return jsonify(stored=len(rows))


@blueprint.post("/orders")
def foreign_order() -> Response:
    """An order as somebody would have typed it elsewhere; missing header fields take the defaults of the house."""
    wish: dict[str, Any] = request.get_json()
    number = orders.insert(books(), _foreign(wish), wish.get("created_by", "MARY"))
    if "status" in wish:
        _move(number, wish["status"])
    return jsonify(number=number)


def _foreign(wish: Mapping[str, Any]) -> NewOrder:
    return NewOrder(
        customer_code=wish["customer_code"],
        order_date=date.fromisoformat(wish.get("order_date", figures.today().isoformat())),
        external_number=wish.get("external_number", ""),
        po_number=wish.get("po_number", ""),
        remarks=wish.get("remarks", ""),
        currency=wish.get("currency", "GBP"),
        terms=str(wish.get("terms", "30")),
        warehouse=wish.get("warehouse", "MAIN"),
        shipping_method=wish.get("shipping_method", "STD"),
        lines=tuple(_foreign_line(place, line) for place, line in enumerate(wish["lines"], start=1)),
    )


def _foreign_line(position: int, wish: Mapping[str, Any]) -> OrderLine:
    quantity, price = figures.quantity(str(wish["quantity"])), figures.price(str(Decimal(str(wish["unit_price"]))))
    return OrderLine(position, wish["item_code"], wish.get("description", ""), quantity, price)


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
    return orders.move(books(), number, status)


@blueprint.post("/orders/<int:number>/charges")
def charge(number: int) -> Response | tuple[Response, int]:
    """The office gives a discount or adds carriage, after the order was typed; VAT follows."""
    wish: dict[str, str] = request.get_json()
    off, carriage = (figures.price(str(wish.get(name, "0"))) for name in ("discount", "carriage"))
    if not orders.charge(books(), number, off, carriage):
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
    return jsonify({stage: orders.advance(books(), *_ADVANCES[stage], wish[stage]) for stage in later_first})


@blueprint.post("/faults")
def order_fault() -> Response:
    """Order a fault."""
    return jsonify(vars(faults.order(books(), request.get_json())))


@blueprint.get("/faults")
def list_faults() -> Response:
    """Ordered faults and how often each fired."""
    return jsonify([vars(fault) for fault in faults.everything(books())])


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """No more faults."""
    faults.clear(books())
    return jsonify(cleared=True)


@blueprint.get("/desks")
def list_desks() -> Response:
    """The desks that are open, and who works there."""
    return jsonify(_desks())


def _desks() -> list[dict[str, Any]]:
    rows = books().execute("SELECT * FROM desks ORDER BY since").fetchall()
    return [dict(row) for row in rows if _runs(row["pid"])]


def _runs(pid: int) -> bool:
    """Whether that process is there, and no more than dead."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@blueprint.post("/desks/<any(looks, do):kind>")
def change_desk(kind: str) -> Response:
    """Change how a running desk looks, or do something to it now; answers once it is done."""
    wish: dict[str, Any] = request.get_json()
    return jsonify(wishes.ask(books(), int(wish.pop("pid")), {kind: wish}))


@blueprint.get("/desks/<int:pid>/<any(places, keyboard):kind>")
def look_at_desk(pid: int, kind: str) -> Response:
    """Where each field and button of that desk truly is, in pixels of the screen; or which one has the keyboard."""
    return jsonify(wishes.ask(books(), pid, {kind: {}}))
