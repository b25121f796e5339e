"""Which orders match? The filter, the page and the totals of the order list."""

import sqlite3
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.harbour.orders import CLOSED

PAGE_ROWS = 25


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the clerk asked for; empty texts and None ask for nothing."""

    customer: str = ""
    number: str = ""
    remarks: str = ""
    po_number: str = ""
    date_from: date | None = None
    date_to: date | None = None
    status: str = ""
    open_only: bool = True


@dataclass(frozen=True)
class Listing:
    """One page of rows, and count and totals per currency of all pages."""

    rows: list[sqlite3.Row]
    page: int
    pages: int
    count: int
    totals: dict[str, Decimal]


def listing(db: sqlite3.Connection, wanted: Filter, page: int) -> Listing:
    """The page (from 1) of the orders that match, by number; totals count every match, cancelled ones too."""
    conditions, values = _where(wanted)
    rows = db.execute(
        "SELECT orders.*, coalesce(customers.name, '') AS customer_name FROM orders"
        " LEFT JOIN customers ON customers.code = orders.customer_code"
        f" WHERE {' AND '.join(conditions)} ORDER BY number",
        values,
    ).fetchall()
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(1, page), pages)
    return Listing(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], page, pages, len(rows), _totals(rows))


def _where(wanted: Filter) -> tuple[list[str], list[str | float]]:
    asked: list[tuple[str, str | float]] = [("visible_at <= ?", time.time())]
    if wanted.customer:
        asked.append(("upper(customer_code) = ?", wanted.customer.upper()))
    if wanted.number:
        asked.append(("number = ?", wanted.number))
    if wanted.remarks:
        asked.append(("instr(upper(remarks), upper(?))", wanted.remarks))
    if wanted.po_number:
        asked.append(("instr(upper(po_number), upper(?))", wanted.po_number))
    if wanted.date_from:
        asked.append(("order_date >= ?", wanted.date_from.isoformat()))
    if wanted.date_to:
        asked.append(("order_date <= ?", wanted.date_to.isoformat()))
    if wanted.status:
        asked.append(("status = ?", wanted.status))
    conditions = [condition for condition, _ in asked]
    if wanted.open_only:
        conditions.append(f"status NOT IN {CLOSED}")
    return conditions, [value for _, value in asked]


def _totals(rows: list[sqlite3.Row]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + order_total(row)
    return dict(sorted(totals.items()))


def order_total(row: sqlite3.Row) -> Decimal:
    """What the customer pays."""
    net, off, carriage, vat = (Decimal(row[name]) for name in ("net_total", "discount", "carriage", "vat"))
    return net - off + carriage + vat
