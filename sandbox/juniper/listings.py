"""Which orders match? The filter, the rows and the totals of the order list."""

import sqlite3
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.juniper.orders import CLOSED


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the clerk asked for; empty texts and None ask for nothing, and closed orders come only when wanted."""

    reference: str = ""
    customer: str = ""
    number: str = ""
    date_from: date | None = None
    date_to: date | None = None
    all_statuses: bool = False


@dataclass(frozen=True)
class Row:
    """One order of the list."""

    number: int
    order_date: date
    customer_code: str
    external_no: str
    your_ref: str
    status: str
    currency: str
    discount: Decimal
    carriage: Decimal
    vat: Decimal
    total: Decimal


def matching(db: sqlite3.Connection, wanted: Filter) -> list[Row]:
    """The orders that match, by number; what is not visible yet is left out."""
    conditions, values = _where(wanted)
    found = db.execute(f"SELECT * FROM orders WHERE {' AND '.join(conditions)} ORDER BY number", values)
    return [_row(record) for record in found]


def totals(rows: list[Row]) -> dict[str, Decimal]:
    """What the customers pay, per currency; cancelled orders count too."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.total
    return dict(sorted(sums.items()))


def _where(wanted: Filter) -> tuple[list[str], list[str | float]]:
    asked: list[tuple[str, str | float]] = [("visible_at <= ?", time.time())]
    if wanted.reference:
        asked.append(("instr(upper(external_no), upper(?))", wanted.reference))
    if wanted.customer:
        asked.append(("upper(customer_code) = ?", wanted.customer.upper()))
    if wanted.number:
        asked.append(("number = ?", wanted.number))
    if wanted.date_from:
        asked.append(("order_date >= ?", wanted.date_from.isoformat()))
    if wanted.date_to:
        asked.append(("order_date <= ?", wanted.date_to.isoformat()))
    conditions = [condition for condition, _ in asked]
    if not wanted.all_statuses:
        conditions.append(f"status NOT IN {CLOSED}")
    return conditions, [value for _, value in asked]


def _row(record: sqlite3.Row) -> Row:
    net, off, carriage, vat = (Decimal(record[name]) for name in ("net_total", "discount", "carriage", "vat"))
    return Row(
        number=record["number"],
        order_date=date.fromisoformat(record["order_date"]),
        customer_code=record["customer_code"],
        external_no=record["external_no"],
        your_ref=record["your_ref"],
        status=record["status"],
        currency=record["currency"],
        discount=off,
        carriage=carriage,
        vat=vat,
        total=net - off + carriage + vat,
    )
