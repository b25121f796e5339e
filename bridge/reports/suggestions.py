"""Which order without a document may be which document without an order? M4 only ever suggests, it never decides.

Customer, currency and amount must be the same, and the dates near each other; or the document carries the order's own
number, and not it alone does. Where more than one fits, all are named and none is preferred.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from bridge.reports.alignments import value_of
from bridge.reports.frames import Frames

NEAR = timedelta(days=7)
MOST_NAMED = 5
Likeness = tuple[str, str, int]


@dataclass(frozen=True)
class Suggestion:
    """What a row may belong to: numbers of documents for an order, orders for a document; `count` is all that fit."""

    names: tuple[str, ...]
    count: int

    @property
    def ambiguous(self) -> bool:
        """Whether there is more than one."""
        return self.count > 1


@dataclass(frozen=True)
class _Named:
    place: int
    name: str


@dataclass(frozen=True)
class _Lonely(_Named):
    day: date


def suggestions(table: pd.DataFrame, frames: Frames) -> Mapping[int, Suggestion]:
    """By the place of the row in the table."""
    alone = ~table["excess"] & ~table["grouped"]
    orders = alone & table["has_crm"] & ~table["has_erp"] & table["crm_released"]
    documents = alone & table["has_erp"] & ~table["has_crm"]
    if not (orders.any() and documents.any()):
        return {}
    left, right = _by_likeness(table[orders], "crm", "order_number"), _by_likeness(table[documents], "erp", "number")
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for one, other in (*_pairs(left, right), *_by_number(table[orders], table[documents], frames)):
        found[one.place][other.place] = other.name
        found[other.place][one.place] = one.name
    named = {place: sorted(others.values()) for place, others in found.items()}
    return {place: Suggestion(tuple(names[:MOST_NAMED]), len(names)) for place, names in named.items()}


def _by_number(orders: pd.DataFrame, documents: pd.DataFrame, frames: Frames) -> Iterator[tuple["_Named", "_Named"]]:
    """Each order with each document that carries its own number, in either field."""
    numbers: defaultdict[str, list[_Named]] = defaultdict(list)
    own = value_of(orders, frames, "crm", "number").fillna("")
    for place, number, called in zip(orders.index, own, orders["crm_order_number"], strict=True):
        if number:
            numbers[number].append(_Named(int(place), called))
    for field in ("reference", "po_number"):
        texts = value_of(documents, frames, "erp", field)
        carried = texts.isin(list(numbers))
        for place, number, called in zip(
            texts.index[carried], texts[carried], documents["erp_number"][carried], strict=True
        ):
            yield from ((order, _Named(int(place), called)) for order in numbers[number])


def _by_likeness(rows: pd.DataFrame, side: str, name: str) -> Mapping[Likeness, list[_Lonely]]:
    fields = [f"{side}_{field}" for field in ("customer", "currency", "minor", "date", name)]
    grouped: defaultdict[Likeness, list[_Lonely]] = defaultdict(list)
    known = rows[fields].dropna()
    for place, (customer, currency, minor, day, called) in zip(
        known.index, known.itertuples(index=False, name=None), strict=True
    ):
        grouped[customer, currency, int(minor)].append(_Lonely(int(place), called, date.fromisoformat(day)))
    return grouped


def _pairs(
    left: Mapping[Likeness, list[_Lonely]], right: Mapping[Likeness, list[_Lonely]]
) -> Iterator[tuple[_Lonely, _Lonely]]:
    for likeness in left.keys() & right.keys():
        for one in left[likeness]:
            yield from ((one, other) for other in right[likeness] if abs(one.day - other.day) <= NEAR)
