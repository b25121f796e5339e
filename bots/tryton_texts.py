"""How does Tryton's client write what is asked of a list, and what it shows in rows?"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bridge.ports import Search


def quoted(text: str) -> str:
    """A value that a search must find as it is."""
    escaped = text.replace('"', '\\"')
    return f'="{escaped}"'


def limits(query: Search) -> list[Any]:
    """What no search text can ask, as Tryton writes it in the address of a list."""
    return [["party", "where", [["code", "=", query.customer]]]] if query.customer else []


def asked_of(query: Search) -> list[Any]:
    """What is asked beside that. A list does not show the columns that its limits make the same in every row."""
    asked = [
        ("description", "=", query.reference),
        ("number", "=", query.number),
        ("sale_date", ">=", _day(query.since)),
        ("sale_date", "<=", _day(query.until)),
    ]
    return [list(each) for each in asked if each[2]]


def _day(day: date | None) -> dict[str, Any] | None:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day} if day else None


def listed_row(row: Mapping[str, str], codes: Mapping[str, str]) -> dict[str, str]:
    """A row of the list of sales, its customer by code."""
    currency, amount = _money(row["total"])
    return {**row, "customer": codes[row["customer"]], "currency": currency, "total": amount}


def line_of(row: Mapping[str, str]) -> dict[str, str]:
    """A line with its item's code, as `[W-100] Widget` shows it, and its numbers without unit and currency."""
    code = re.match(r"\[([^\]]+)\]", row["item"])
    quantity = row["quantity"].split(" ")[0]
    texts = {"item": code[1] if code else row["item"], "quantity": quantity, "price": _money(row["price"])[1]}
    return texts | ({"amount": _money(row["amount"])[1]} if "amount" in row else {})


def _money(text: str) -> tuple[str, str]:
    """Currency and amount of a cell such as `GBP 1,234.50`."""
    currency, _, amount = text.rpartition(" ")
    return currency, amount
