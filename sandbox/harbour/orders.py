"""What has been booked? Orders as they are stored, changed, cancelled and moved on."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.harbour import figures
from sandbox.harbour.tables import stamp, transaction

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
    remarks: str
    po_number: str
    currency: str
    terms: str
    warehouse: str
    shipping_method: str
    lines: tuple[OrderLine, ...]

    @property
    def net_total(self) -> Decimal:
        """The sum of the line amounts."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, kw_only=True)
class StoredOrder(NewOrder):
    """An order as the books have it; `net_total` is recomputed from its lines and so never stale."""

    number: int
    status: str
    created_by: str
    created_at: str
    discount: Decimal
    carriage: Decimal
    vat: Decimal

    @property
    def order_total(self) -> Decimal:
        """What the customer pays: less the discount, with carriage and VAT."""
        return self.net_total - self.discount + self.carriage + self.vat


class OrderRefusedError(Exception):
    """The books say no; the message is what the clerk reads."""


def insert(db: sqlite3.Connection, order: NewOrder, user: str, visible_at: float = 0.0) -> int:
    """Book a new order and return its number; lists show it from `visible_at` (epoch seconds) on."""
    with transaction(db):
        number = _next_number(db)
        db.execute(
            "INSERT INTO orders (number, customer_code, order_date, remarks, po_number, currency, net_total, terms,"
            " warehouse, shipping_method, status, created_by, created_at, visible_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Open', ?, ?, ?)",
            (number, *_header(order), user, stamp(), visible_at),
        )
        _insert_lines(db, number, order.lines)
        _charge_vat(db, number)
    return number


def replace(db: sqlite3.Connection, number: int, order: NewOrder, user: str) -> None:
    """Overwrite a changeable order."""
    with transaction(db):
        _demand(db, number, "changed")
        db.execute(
            "UPDATE orders SET customer_code = ?, order_date = ?, remarks = ?, po_number = ?, currency = ?,"
            " net_total = ?, terms = ?, warehouse = ?, shipping_method = ?, changed_by = ?, changed_at = ?"
            " WHERE number = ?",
            (*_header(order), user, stamp(), number),
        )
        db.execute("DELETE FROM order_lines WHERE order_number = ?", (number,))
        _insert_lines(db, number, order.lines)
        _charge_vat(db, number)


def charge(db: sqlite3.Connection, number: int, discount: Decimal, carriage: Decimal) -> bool:
    """Set what the office adds to an order after it was typed; False when there is no such order."""
    with transaction(db):
        changed = db.execute(
            "UPDATE orders SET discount = ?, carriage = ? WHERE number = ?",
            (f"{discount:.2f}", f"{carriage:.2f}", number),
        )
        _charge_vat(db, number)
    return changed.rowcount == 1


def _charge_vat(db: sqlite3.Connection, number: int) -> None:
    percent = db.execute("SELECT value FROM house WHERE name = 'vat_percent'").fetchone()
    row = db.execute("SELECT net_total, discount, carriage FROM orders WHERE number = ?", (number,)).fetchone()
    if row is not None and percent is not None:
        taxed = Decimal(row["net_total"]) - Decimal(row["discount"]) + Decimal(row["carriage"])
        vat = figures.amount(taxed, Decimal(percent["value"]) / 100)
        db.execute("UPDATE orders SET vat = ? WHERE number = ?", (f"{vat:.2f}", number))


def cancel(db: sqlite3.Connection, number: int) -> None:
    """Cancel a changeable order."""
    with transaction(db):
        _demand(db, number, "cancelled")
        _set_status(db, number, "Cancelled")


def move(db: sqlite3.Connection, number: int, status: str) -> bool:
    """Set any status, as the warehouse and the accounts department would; False when there is no such order."""
    with transaction(db):
        return _set_status(db, number, status)


def advance(db: sqlite3.Connection, from_: tuple[str, ...], to: str, count: int) -> list[int]:
    """Move the oldest `count` orders of the given statuses; returns their numbers."""
    marks = ", ".join("?" * len(from_))
    with transaction(db):
        rows = db.execute(
            f"SELECT number FROM orders WHERE status IN ({marks}) ORDER BY number LIMIT ?", (*from_, count)
        ).fetchall()
        for row in rows:
            _set_status(db, row["number"], to)
    return [row["number"] for row in rows]


def load(db: sqlite3.Connection, number: int) -> StoredOrder | None:
    """The order of this number with its lines by position."""
    row = db.execute("SELECT * FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    return StoredOrder(
        number=row["number"],
        status=row["status"],
        customer_code=row["customer_code"],
        order_date=date.fromisoformat(row["order_date"]),
        remarks=row["remarks"],
        po_number=row["po_number"],
        currency=row["currency"],
        terms=row["terms"],
        warehouse=row["warehouse"],
        shipping_method=row["shipping_method"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        discount=Decimal(row["discount"]),
        carriage=Decimal(row["carriage"]),
        vat=Decimal(row["vat"]),
        lines=_lines(db, number),
    )


def _lines(db: sqlite3.Connection, number: int) -> tuple[OrderLine, ...]:
    rows = db.execute("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", (number,))
    return tuple(
        OrderLine(
            row["position"],
            row["item_code"],
            row["description"],
            Decimal(row["quantity"]),
            Decimal(row["unit_price"]),
        )
        for row in rows
    )


def _header(order: NewOrder) -> tuple[str, ...]:
    return (
        order.customer_code,
        order.order_date.isoformat(),
        order.remarks,
        order.po_number,
        order.currency,
        f"{order.net_total:.2f}",
        order.terms,
        order.warehouse,
        order.shipping_method,
    )


def _insert_lines(db: sqlite3.Connection, number: int, lines: tuple[OrderLine, ...]) -> None:
    db.executemany(
        "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                line.position,
                line.item_code,
                line.description,
                figures.plain(line.quantity),
                f"{line.unit_price:.2f}",
                f"{line.amount:.2f}",
            )
            for line in lines
        ],
    )


def _next_number(db: sqlite3.Connection) -> int:
    row = db.execute("UPDATE counters SET next = next + 1 WHERE name = 'orders' RETURNING next - 1").fetchone()
    return int(row[0])


def _demand(db: sqlite3.Connection, number: int, deed: str) -> None:
    row = db.execute("SELECT status FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise OrderRefusedError("SO-120 Order not on file")
    if row["status"] not in CHANGEABLE:
        raise OrderRefusedError(f"SO-170 Order cannot be {deed}: status {row['status']}")


def _set_status(db: sqlite3.Connection, number: int, status: str) -> bool:
    cancelled_at = stamp() if status == "Cancelled" else None
    changed = db.execute(
        "UPDATE orders SET status = ?, cancelled_at = ? WHERE number = ?", (status, cancelled_at, number)
    )
    return changed.rowcount == 1
