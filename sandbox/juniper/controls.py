"""How do tests and demonstrations move the world behind the screens? A JSON door no screen knows of."""

import asyncio
import hmac
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.juniper import figures, orders, seeds, tables
from sandbox.juniper.clerks import House
from sandbox.juniper.orders import Header, NewOrder, OrderLine
from sandbox.juniper.texts import storable

_ADVANCES = {
    "confirm": (("Open",), "Confirmed"),
    "part_ship": (("Open", "Confirmed"), "Part shipped"),
    "ship": (("Open", "Confirmed", "Part shipped"), "Shipped"),
    "invoice": (("Shipped",), "Invoiced"),
    "pay": (("Invoiced",), "Paid"),
}
_TEXTS = ("external_no", "your_ref", "remarks")
_CODES = ("currency", "terms", "warehouse", "shipping_method")


class Controls:
    """What may be wished for through the door."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house = house
        self._loop = loop

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        with closing(tables.connect(self._house.options.database)) as db:
            yield db

    def health(self) -> dict[str, Any]:
        """Alive, and how it was installed."""
        options = self._house.options
        told = {"release": options.release, "encoding": options.encoding, "language": options.language}
        return {"status": "ok", "terminals": len(self._house.terminals)} | told

    def masters(self, kind: str, wish: list[dict[str, Any]]) -> dict[str, Any]:
        """Insert or replace a list of master records."""
        with self._books() as db:
            seeds.take(db, self._house.options.encoding, {kind: wish})
        return {"stored": len(wish)}

    def order(self, wish: dict[str, Any]) -> dict[str, Any]:
        """An order as a human would have typed it elsewhere; missing header fields take the defaults of the house."""
        with self._books() as db:
            number = orders.insert(db, self._typed(wish), wish.get("created_by", "MARY"))
            if "status" in wish:
                _move(db, number, wish["status"])
        return {"number": number}

    def _typed(self, wish: dict[str, Any]) -> NewOrder:
        encoding = self._house.options.encoding
        texts = {name: storable(wish.get(name, ""), encoding) for name in _TEXTS}
        codes = {"currency": "GBP"} | {name: str(wish[name]) for name in _CODES if name in wish}
        day = date.fromisoformat(wish.get("order_date", figures.today().isoformat()))
        lines = tuple(
            OrderLine(
                place,
                line["item_code"],
                storable(line.get("description", ""), encoding),
                figures.quantity(str(line["quantity"])),
                figures.price(str(line["unit_price"])),
            )
            for place, line in enumerate(wish["lines"], start=1)
        )
        return NewOrder(Header(customer_code=wish["customer_code"], order_date=day, **texts, **codes), lines)

    def status(self, number: int, wish: dict[str, str]) -> dict[str, Any] | None:
        """Move one order to any status."""
        with self._books() as db:
            return {"number": number, "status": wish["status"]} if _move(db, number, wish["status"]) else None

    def charges(self, number: int, wish: dict[str, str]) -> dict[str, Any] | None:
        """The office gives a discount or adds carriage, after the order was typed; VAT follows."""
        off, carriage = (figures.price(str(wish.get(name, "0"))) for name in ("discount", "carriage"))
        with self._books() as db:
            done = orders.charge(db, number, off, carriage)
        return {"number": number, "discount": f"{off:.2f}", "carriage": f"{carriage:.2f}"} if done else None

    def advance(self, wish: dict[str, int]) -> dict[str, Any]:
        """Move the oldest orders on, such as {"ship": 3, "invoice": 1}; later stages move first."""
        unknown = wish.keys() - _ADVANCES.keys()
        if unknown:
            raise ValueError(f"unknown stages {', '.join(sorted(unknown))}; known are {', '.join(_ADVANCES)}")
        later_first = [stage for stage in reversed(_ADVANCES) if stage in wish]
        with self._books() as db:
            return {stage: orders.advance(db, *_ADVANCES[stage], wish[stage]) for stage in later_first}

    def broadcast(self, wish: dict[str, str]) -> dict[str, Any]:
        """Write over the screens of everybody."""
        text, told = wish["text"], list(self._house.terminals)
        for terminal in told:
            self._loop.call_soon_threadsafe(terminal.broadcast, text)
        return {"terminals": len(told)}

    def order_fault(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Order a fault."""
        return vars(self._house.book.order(wish))

    def clear_faults(self) -> dict[str, Any]:
        """No more faults."""
        self._house.book.clear()
        return {"cleared": True}


def _move(db: sqlite3.Connection, number: int, status: str) -> bool:
    if status not in orders.STATUSES:
        raise ValueError(f"unknown status {status!r}; known are {', '.join(orders.STATUSES)}")
    return orders.move(db, number, status)


def create_site(house: House, loop: asyncio.AbstractEventLoop) -> Flask:
    """The Flask application of the door."""
    site, controls = Flask(__name__, static_folder=None), Controls(house, loop)

    def take(path: str, act: Callable[..., Any], method: str = "POST") -> None:
        def answer(**parts: Any) -> Response | tuple[Response, int]:
            wish = {"wish": request.get_json()} if method == "POST" else {}
            told = act(**parts, **wish)
            return (jsonify(error="no such order"), 404) if told is None else jsonify(told)

        site.add_url_rule(f"/control/{path}", f"{method} {path}", answer, methods=[method])

    take("health", controls.health, "GET")
    take("<any(customers, items, users):kind>", controls.masters)
    take("orders", controls.order)
    take("orders/<int:number>/status", controls.status)
    take("orders/<int:number>/charges", controls.charges)
    take("advance", controls.advance)
    take("broadcast", controls.broadcast)
    take("faults", controls.order_fault)
    take("faults", house.book.all, "GET")
    take("faults", controls.clear_faults, "DELETE")
    site.before_request(_demand_key(house.options.control_key))
    for kind in (ValueError, KeyError, TypeError, ArithmeticError):
        site.register_error_handler(kind, _bad_request)
    return site


def _demand_key(key: str) -> Callable[[], tuple[Response, int] | None]:
    def demand() -> tuple[Response, int] | None:
        given = request.headers.get("X-Control-Key", "")
        if key and hmac.compare_digest(given.encode(), key.encode()):
            return None
        return jsonify(error="not found"), 404

    return demand


def _bad_request(error: Exception) -> tuple[Response, int]:
    return jsonify(error=f"{type(error).__name__}: {error}"), 400
