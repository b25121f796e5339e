"""Which orders match? The filter, the page and the totals of the order list."""

import sqlite3
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.granite.orders import CLOSED

PAGE_ROWS = 25
_SELECT = """
    SELECT orders.*, coalesce(customers.name, '') AS customer_name,
        (SELECT count(*) FROM order_lines WHERE order_number = number) AS line_count
    FROM orders LEFT JOIN customers ON customers.code = orders.customer_code
"""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the clerk asked for; empty texts and None ask for nothing."""

    reference: str = ""
    customer: str = ""
    number: str = ""
    date_from: date | None = None
    date_to: date | None = None
    all_statuses: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of rows, and count and totals per currency of all pages."""

    rows: tuple[sqlite3.Row, ...] = ()
    page: int = 1
    pages: int = 1
    count: int = 0
    totals: tuple[tuple[str, Decimal], ...] = ()


def listing(db: sqlite3.Connection, wanted: Filter, page: int) -> Listing:
    """The page (from 1) of the orders that match, by number; totals count every match, cancelled ones too."""
    asked = _asked(wanted)
    conditions = " AND ".join(asked)
    values = [value for value in asked.values() if value is not None]
    rows = db.execute(f"{_SELECT} WHERE {conditions} ORDER BY number", values).fetchall()
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(1, page), pages)
    shown = tuple(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
    return Listing(shown, page, pages, len(rows), _totals(rows))


def _asked(wanted: Filter) -> dict[str, str | float | None]:
    asked: dict[str, str | float | None] = {"visible_at <= ?": time.time()}
    if wanted.reference:
        asked["instr(upper(external_number), upper(?))"] = wanted.reference
    if wanted.customer:
        asked["upper(customer_code) = upper(?)"] = wanted.customer
    if wanted.number:
        asked["number = ?"] = wanted.number
    if wanted.date_from:
        asked["order_date >= ?"] = wanted.date_from.isoformat()
    if wanted.date_to:
        asked["order_date <= ?"] = wanted.date_to.isoformat()
    if not wanted.all_statuses:
        asked[f"status NOT IN {CLOSED}"] = None
    return asked


def _totals(rows: list[sqlite3.Row]) -> tuple[tuple[str, Decimal], ...]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row["currency"]] = totals.get(row["currency"], Decimal(0)) + order_total(row)
    return tuple(sorted(totals.items()))


def order_total(row: sqlite3.Row) -> Decimal:
    """What the customer pays."""
    net, off, carriage, vat = (Decimal(row[name]) for name in ("net_total", "discount", "carriage", "vat"))
    return net - off + carriage + vat
