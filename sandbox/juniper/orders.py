"""What has been booked? Orders as they are stored, changed, cancelled and moved on."""

import sqlite3
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal

from sandbox.juniper import figures
from sandbox.juniper.tables import stamp, transaction

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
class Header:
    """What stands above the lines, in the order of the columns."""

    customer_code: str
    order_date: date
    external_no: str
    your_ref: str
    currency: str
    remarks: str
    terms: str = "30"
    warehouse: str = "MAIN"
    shipping_method: str = "STD"


@dataclass(frozen=True)
class NewOrder:
    """What a clerk is about to save."""

    header: Header
    lines: tuple[OrderLine, ...]

    @property
    def net_total(self) -> Decimal:
        """The sum of the line amounts."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True)
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


class OrderRefusedError(Exception):
    """The books say no: `name` of the message and what it holds."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


COLUMNS = tuple(column.name for column in fields(Header))


def insert(db: sqlite3.Connection, order: NewOrder, user: str, visible_at: float = 0.0) -> int:
    """Book a new order and return its number; lists show it from `visible_at` (epoch seconds) on."""
    columns = (*COLUMNS, "net_total", "number", "created_by", "created_at", "visible_at")
    marks = ", ".join("?" * len(columns))
    with transaction(db):
        number = _next_number(db)
        values = (*_columns_of(order), number, user, stamp(), visible_at)
        db.execute(f"INSERT INTO orders ({', '.join(columns)}) VALUES ({marks})", values)
        _put_lines(db, number, order.lines)
        _charge_vat(db, number)
    return number


def replace(db: sqlite3.Connection, number: int, order: NewOrder, user: str) -> None:
    """Overwrite a changeable order; raises OrderRefusedError."""
    settings = ", ".join(f"{name} = ?" for name in (*COLUMNS, "net_total", "changed_by", "changed_at"))
    with transaction(db):
        demand(db, number)
        db.execute(f"UPDATE orders SET {settings} WHERE number = ?", (*_columns_of(order), user, stamp(), number))
        db.execute("DELETE FROM order_lines WHERE order_number = ?", (number,))
        _put_lines(db, number, order.lines)
        _charge_vat(db, number)


def cancel(db: sqlite3.Connection, number: int) -> None:
    """Cancel a changeable order; raises OrderRefusedError."""
    with transaction(db):
        demand(db, number)
        _set_status(db, number, "Cancelled")


def charge(db: sqlite3.Connection, number: int, discount: Decimal, carriage: Decimal) -> bool:
    """Set what the office adds to an order after it was typed; False when there is no such order."""
    with transaction(db):
        values = (f"{discount:.2f}", f"{carriage:.2f}", number)
        changed = db.execute("UPDATE orders SET discount = ?, carriage = ? WHERE number = ?", values)
        _charge_vat(db, number)
    return changed.rowcount == 1


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
    texts = {name: row[name] for name in COLUMNS if name != "order_date"}
    charges = (Decimal(row[name]) for name in ("discount", "carriage", "vat"))
    header = Header(order_date=date.fromisoformat(row["order_date"]), **texts)
    return StoredOrder(header, _lines(db, number), number, row["status"], *charges)


def demand(db: sqlite3.Connection, number: int) -> None:
    """Raises OrderRefusedError unless there is such an order that may still be changed."""
    row = db.execute("SELECT status FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise OrderRefusedError("SO-120")
    if row["status"] not in CHANGEABLE:
        raise OrderRefusedError("SO-171", status=row["status"])


def _lines(db: sqlite3.Connection, number: int) -> tuple[OrderLine, ...]:
    rows = db.execute("SELECT * FROM order_lines WHERE order_number = ? ORDER BY position", (number,))
    return tuple(
        OrderLine(
            row["position"], row["item_code"], row["description"], Decimal(row["quantity"]), Decimal(row["unit_price"])
        )
        for row in rows
    )


def _columns_of(order: NewOrder) -> tuple[str, ...]:
    return (*(str(value) for value in astuple(order.header)), f"{order.net_total:.2f}")


def _put_lines(db: sqlite3.Connection, number: int, lines: tuple[OrderLine, ...]) -> None:
    rows = [
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
    ]
    db.executemany("INSERT INTO order_lines VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _charge_vat(db: sqlite3.Connection, number: int) -> None:
    percent = db.execute("SELECT value FROM house WHERE name = 'vat_percent'").fetchone()
    row = db.execute("SELECT net_total, discount, carriage FROM orders WHERE number = ?", (number,)).fetchone()
    if row is not None and percent is not None:
        taxed = Decimal(row["net_total"]) - Decimal(row["discount"]) + Decimal(row["carriage"])
        vat = figures.amount(taxed, Decimal(percent["value"]) / 100)
        db.execute("UPDATE orders SET vat = ? WHERE number = ?", (f"{vat:.2f}", number))


def _next_number(db: sqlite3.Connection) -> int:
    row = db.execute("UPDATE counters SET next = next + 1 WHERE name = 'orders' RETURNING next - 1").fetchone()
    return int(row[0])


def _set_status(db: sqlite3.Connection, number: int, status: str) -> bool:
    cancelled_at = stamp() if status == "Cancelled" else None
    values = (status, cancelled_at, number)
    return db.execute("UPDATE orders SET status = ?, cancelled_at = ? WHERE number = ?", values).rowcount == 1
