"""What stands in the files of a day, as plain records?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

Bounds = tuple[int, int]


class Order(NamedTuple):
    """One order of the CRM; `owner` says that the ledger knows this very one."""

    record: int
    key: str
    order_number: str | None
    number: str | None
    customer: str | None
    currency: str | None
    date: str | None
    status: str | None
    minor: int | None
    invalid: bool
    owner: bool
    released: bool
    in_period: bool
    two_sided: bool
    gross: bool
    company: str | None
    texts: int | None
    discount: int | None
    freight: int | None
    tax: int | None


class Entry(NamedTuple):
    """One entry of the ledger."""

    record: int
    key: str
    order_number: str | None
    document: str | None
    last_status: str | None
    posted: bool
    committed: bool
    uncertain: bool
    in_period: bool


class Document(NamedTuple):
    """One document of the ERP."""

    record: int
    number: str
    reference: str
    po_number: str
    customer: str | None
    currency: str | None
    date: str | None
    status: str | None
    minor: int | None
    invalid: bool
    live: bool
    opened: bool
    in_period: bool
    company: str | None
    texts: int | None
    discount: int | None
    freight: int | None
    tax: int | None


class Line(NamedTuple):
    """One line of an order or a document."""

    record: int
    place: int
    item: str
    quantity: str
    price: str
    amount: int | None
    unit: str | None
    base_quantity: str | None
    base_price: str | None
    description: int | None


@dataclass(frozen=True)
class Terms:
    """Which fields the ERP shows, what the total is made of, and what is tolerated of an order and of a line."""

    shows: frozenset[str]
    compared: frozenset[str]
    gross_prices: bool
    orders: Mapping[str, Bounds]
    lines: Mapping[str, Bounds]

    def of_order(self, currency: str, lines: int) -> Bounds:
        """What is tolerated above and below of an order of so many lines."""
        above, below = self.orders.get(currency, (0, 0))
        if currency not in self.lines:
            return above, below
        each = self.lines[currency]
        return min(above, each[0] * lines), min(below, each[1] * lines)

    def of_line(self, currency: str) -> Bounds:
        """What is tolerated of one line."""
        return self.lines.get(currency, (0, 0))


def terms_from(told: Mapping[str, Any]) -> Terms:
    """The terms as they stand beside the files."""
    tolerances = told["tolerances"]
    return Terms(
        frozenset(told["shows"]),
        frozenset(told["compared"]),
        told["gross_prices"],
        {code: (each["order"][0], each["order"][1]) for code, each in tolerances.items()},
        {code: (each["line"][0], each["line"][1]) for code, each in tolerances.items() if each["line"]},
    )


@dataclass(frozen=True)
class Day:
    """All records of a day; lines by the record that they belong to."""

    orders: Sequence[Order]
    entries: Sequence[Entry]
    documents: Sequence[Document]
    order_lines: Mapping[int, Sequence[Line]]
    document_lines: Mapping[int, Sequence[Line]]
    terms: Terms


Kind = TypeVar("Kind", Order, Entry, Document, Line)
Table = Mapping[str, Sequence[Any]]


def records(kind: type[Kind], table: Table) -> list[Kind]:
    """The rows of a table, as lists by column."""
    return [kind(*values) for values in zip(*(table[name] for name in kind._fields), strict=True)]


def by_record(lines: Sequence[Line]) -> dict[int, list[Line]]:
    """The lines of each record."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(line.record, []).append(line)
    return found


def day_from(tables: Mapping[str, Table], terms: Mapping[str, Any]) -> Day:
    """The day of such tables."""
    return Day(
        records(Order, tables["crm"]),
        records(Entry, tables["ledger"]),
        records(Document, tables["erp"]),
        by_record(records(Line, tables["crm_lines"])),
        by_record(records(Line, tables["erp_lines"])),
        terms_from(terms),
    )


def day_in(folder: Path) -> Day:
    """The day that lies in a folder."""
    import pyarrow.parquet as pq

    names = ("crm", "ledger", "erp", "crm_lines", "erp_lines")
    tables = {name: pq.read_table(folder / f"{name}.parquet").to_pydict() for name in names}
    return day_from(tables, json.loads((folder / "terms.json").read_text(encoding="utf-8")))
