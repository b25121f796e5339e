"""Which sales are put into the Tryton that we test against: their shape, and real invoices in it."""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NotRequired, TypedDict

NOBODY: Final = ("NOBODY", "No customer named")  # a sale in Tryton must have a customer


class SaleLine(TypedDict):
    """One line: prices and quantities as text, at most four decimal places in a price."""

    product: str
    quantity: str
    unit_price: str
    description: NotRequired[str]


class Sale(TypedDict):
    """One sale to load: ``number`` is the CRM's own, ``reference`` the customer's; dates as YYYY-MM-DD."""

    number: str
    party: str
    currency: str
    sale_date: str
    state: Literal["draft", "quotation", "confirmed", "processing", "cancelled"]
    lines: Sequence[SaleLine]
    party_name: NotRequired[str]
    reference: NotRequired[str]
    comment: NotRequired[str]


def invoices(path: Path, count: int | None = None) -> list[Sale]:
    """The first ``count`` invoices of a CSV file in the columns of the Online Retail data set, as confirmed sales.

    Credit notes keep their negative quantities; invoices without a customer are sold to NOBODY.
    """
    numbered: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            numbered.setdefault(row["InvoiceNo"], []).append(row)
    return [invoice(number, rows) for number, rows in list(numbered.items())[:count]]


def invoice(number: str, rows: Sequence[Mapping[str, str]]) -> Sale:
    """All rows of one invoice number as a sale in pounds."""
    code = re.sub(r"\.0$", "", rows[0]["CustomerID"])
    party, name = (code, f"Customer {code}, {rows[0]['Country']}") if code else NOBODY
    return {
        "number": number,
        "party": party,
        "party_name": name,
        "currency": "GBP",
        "sale_date": rows[0]["InvoiceDate"][:10],
        "state": "confirmed",
        "lines": [line(row) for row in rows],
    }


def line(row: Mapping[str, str]) -> SaleLine:
    """One row of the data set as a sale line."""
    return {
        "product": row["StockCode"],
        "description": row["Description"],
        "quantity": row["Quantity"],
        "unit_price": row["UnitPrice"],
    }
