"""What has been booked? Orders as they are stored, changed, cancelled and moved on."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.granite import figures
from sandbox.granite.sayings import RefusedError, refused
from sandbox.granite.tables import stamp, transaction

STATUSES = ("Open", "Confirmed", "Part shipped", "Shipped", "Invoiced", "Paid", "Cancelled")
CLOSED = ("Shipped", "Invoiced", "Paid", "Cancelled")
CHANGEABLE = ("Open", "Confirmed")


@dataclass(frozen=True)
class OrderLine:
    """One line; `position` counts from 1."""

    position: int
    item_code: str
    description: str
    quantity: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity times price, to the cent."""
        return figures.amount(self.quantity, self.unit_price)


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """What a clerk is about to save."""

    customer_code: str
    order_date: date
    external_number: str
    po_number: str
    remarks: str
    currency: str
    terms: str = "30"
    warehouse: str = "MAIN"
    shipping_method: str = "STD"
    lines: tuple[OrderLine, ...] = ()

    @property
    def net_total(self) -> Decimal:
        """The sum of the line amounts."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class StoredOrder(NewOrder):
    """An order as the books have it."""

    number: int
    status: str
    discount: Decimal
    carriage: Decimal
    vat: Decimal

    @property
    def order_total(self) -> Decimal:
        """What the customer pays: less the discount, with carriage and VAT."""
        return self.net_total - self.discount + self.carriage + self.vat


_COLUMNS = tuple(field.name for field in fields(NewOrder) if field.name != "lines")


def insert(db: sqlite3.Connection, order: NewOrder, user: str, visible_at: float = 0.0) -> int:
    """Book a new order and return its number; lists show it from `visible_at` (epoch seconds) on."""
    with transaction(db):
        row = db.execute("UPDATE counters SET next = next + 1 WHERE name = 'orders' RETURNING next - 1").fetchone()
        number = int(row[0])
        values = {
            **_header(order),
            "number": number,
            "status": "Open",
            "created_by": user,
            "created_at": stamp(),
            "visible_at": visible_at,
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        db.execute(f"INSERT INTO orders ({names}) VALUES ({marks})", values)
        _insert_lines(db, number, order.lines)
        _charge_vat(db, number)
    return number


def replace(db: sqlite3.Connection, number: int, order: NewOrder, user: str) -> None:
    """Overwrite a changeable order; raises RefusedError."""
    with transaction(db):
        demand(db, number)
        values = {**_header(order), "changed_by": user, "changed_at": stamp()}
        changes = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE orders SET {changes} WHERE number = :number", {**values, "number": number})
        db.execute("DELETE FROM order_lines WHERE order_number = ?", (number,))
        _insert_lines(db, number, order.lines)
        _charge_vat(db, number)


def cancel(db: sqlite3.Connection, number: int) -> None:
    """Cancel a changeable order; raises RefusedError."""
    with transaction(db):
        demand(db, number)
        _set_status(db, number, "Cancelled")


def charge(db: sqlite3.Connection, number: int, discount: Decimal, carriage: Decimal) -> bool:
    """Set what the office adds to an order after it was typed; False when there is no such order."""
    with transaction(db):
        change = "UPDATE orders SET discount = ?, carriage = ? WHERE number = ?"
        changed = db.execute(change, (f"{discount:.2f}", f"{carriage:.2f}", number))
        _charge_vat(db, number)
    return changed.rowcount == 1


def move(db: sqlite3.Connection, number: int, status: str) -> bool:
    """Set any status, as the warehouse and the accounts department would; False when there is no such order."""
    with transaction(db):
        return _set_status(db, number, status)


def advance(db: sqlite3.Connection, from_: tuple[str, ...], to: str, count: int) -> list[int]:
    """Move the oldest `count` orders of the given statuses; returns their numbers."""
    marks = ", ".join("?" * len(from_))
    query = f"SELECT number FROM orders WHERE status IN ({marks}) ORDER BY number LIMIT ?"
    with transaction(db):
        numbers = [int(row["number"]) for row in db.execute(query, (*from_, count)).fetchall()]
        for number in numbers:
            _set_status(db, number, to)
    return numbers


def load(db: sqlite3.Connection, number: int) -> StoredOrder | None:
    """The order of this number with its lines by position."""
    row = db.execute("SELECT * FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    header: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    header |= {"order_date": date.fromisoformat(row["order_date"]), "number": number, "status": row["status"]}
    header |= {name: Decimal(row[name]) for name in ("discount", "carriage", "vat")}
    lines = db.execute("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", (number,))
    return StoredOrder(lines=tuple(_line(line) for line in lines), **header)


def demand(db: sqlite3.Connection, number: int) -> None:
    """Nothing, where the order may still be changed; else raises RefusedError."""
    row = db.execute("SELECT status FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise refused("SO-120 Order not on file")
    if row["status"] not in CHANGEABLE:
        raise unchangeable(row["status"])


def unchangeable(status: str) -> RefusedError:
    """The refusal for an order of such a status."""
    return refused("SO-171 Order cannot be changed: status {status}", status=status)


def _line(row: sqlite3.Row) -> OrderLine:
    quantity, price = Decimal(row["quantity"]), Decimal(row["unit_price"])
    return OrderLine(row["position"], row["item_code"], row["description"], quantity, price)


def _header(order: NewOrder) -> dict[str, str]:
    texts = {name: getattr(order, name) for name in _COLUMNS}
    return texts | {"order_date": order.order_date.isoformat(), "net_total": f"{order.net_total:.2f}"}


def _insert_lines(db: sqlite3.Connection, number: int, lines: Sequence[OrderLine]) -> None:
    for line in lines:
        texts = (figures.plain(line.quantity), f"{line.unit_price:.2f}", f"{line.amount:.2f}")
        db.execute(
            "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, line.position, line.item_code, line.description, *texts),
        )


def _charge_vat(db: sqlite3.Connection, number: int) -> None:
    percent = db.execute("SELECT value FROM house WHERE name = 'vat_percent'").fetchone()
    row = db.execute("SELECT net_total, discount, carriage FROM orders WHERE number = ?", (number,)).fetchone()
    if row and percent:
        taxed = Decimal(row["net_total"]) - Decimal(row["discount"]) + Decimal(row["carriage"])
        vat = figures.amount(taxed, Decimal(percent["value"]) / 100)
        db.execute("UPDATE orders SET vat = ? WHERE number = ?", (f"{vat:.2f}", number))


def _set_status(db: sqlite3.Connection, number: int, status: str) -> bool:
    cancelled_at = stamp() if status == "Cancelled" else None
    change = "UPDATE orders SET status = ?, cancelled_at = ? WHERE number = ?"
    return db.execute(change, (status, cancelled_at, number)).rowcount == 1
