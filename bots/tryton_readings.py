"""What do Tryton's screens say in our words, and how is its web client asked for sales?"""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from bridge.model.profiles import Screen
from bridge.ports import Search

FINISHED = {"Confirmed", "Processing", "Done", "Cancelled"}
ALONE = {"Draft", "Quotation", "Cancelled"}
Texts = dict[str, str]


def asked(query: Search, screen: Screen) -> dict[str, str]:
    """What the list's address says for a query: what stands in the search box, and what narrows it unseen.

    A column that the unseen part leaves only one value is hidden by the client, so what must be read stands in the box.
    """
    reference = unnumbered(query.number) or query.reference
    number = "" if unnumbered(query.number) else query.number
    days = {"since": query.since and _day(query.since), "until": query.until and _day(query.until)}
    box = _clauses(screen, {"reference": reference, "number": number})
    return {"search": box, "domain": _clauses(screen, {"customer": query.customer, **days})}


def named(names: Collection[str], screen: Screen) -> str:
    """What the address of the list of parties says for these names; asked for one value the client hides its column."""
    return _clauses(screen, {"names": [*sorted(names), ""]})


def _clauses(screen: Screen, values: Mapping[str, Any]) -> str:
    """The conditions that have a value, each in the format of its target."""
    given = {name: json.dumps(value) for name, value in values.items() if value}
    return f"[{', '.join(screen.targets[name].format.replace('{}', text) for name, text in given.items())}]"


def _day(day: date) -> dict[str, Any]:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def unnumbered(number: str) -> str:
    """The reference within Tryton's own name for a sale that was never quoted, "[reference]"; "" for any other."""
    return number[1:-1] if number.startswith("[") and number.endswith("]") else ""


def coded(text: str) -> str:
    """The code in Tryton's name for a product, "[code] name"; the whole text where it has none."""
    code, _, _ = text.removeprefix("[").partition("] ")
    return code if text.startswith("[") and "] " in text else text


def row_of(row: Mapping[str, str], codes: Mapping[str, str]) -> Texts:
    """A row of the list in our words; a party whose code is not certain is no customer."""
    texts = {name: row[name] for name in ("po_number", "order_date", "currency", "total", "reference")}
    texts |= {"number": number_of(row), "status": status_of(row)}
    return texts | ({"customer": codes[row["party"]]} if row["party"] in codes else {})


def number_of(texts: Mapping[str, str]) -> str:
    """The number, or Tryton's own name for a sale that has none yet."""
    return texts["number"].strip() or f"[{texts['reference'].strip()}]"


def status_of(texts: Mapping[str, str]) -> str:
    """The state, with what became of the sale once it was confirmed."""
    state = texts["state"].strip()
    return state if state in ALONE else ", ".join((state, texts["shipped"].strip(), texts["invoiced"].strip()))


def header_of(texts: Mapping[str, str]) -> Texts:
    """The header of a stored sale in our words; `unfinished` is the state of one that was never confirmed."""
    state = texts["state"].strip()
    found = {name: text for name, text in texts.items() if name not in {"party", "state", "shipped", "invoiced"}}
    own = {"number": number_of(texts), "status": status_of(texts)}
    return found | own | {"unfinished": "" if state in FINISHED else state}


def line_of(row: Mapping[str, str]) -> Texts:
    """A line of a stored sale in our words."""
    return {**row, "item": coded(row["item"])}
