"""Which order without a document may be which document without an order? M4 only ever suggests, it never decides.

Customer, currency and amount must be the same, and the dates near each other. Where more than one fits, all are named
and none is preferred.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

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
class _Lonely:
    place: int
    name: str
    day: date


def suggestions(table: pd.DataFrame) -> Mapping[int, Suggestion]:
    """By the place of the row in the table."""
    alone = ~table["excess"] & ~table["grouped"]
    orders = alone & table["has_crm"] & ~table["has_erp"] & table["crm_released"]
    documents = alone & table["has_erp"] & ~table["has_crm"]
    left, right = _by_likeness(table[orders], "crm", "order_number"), _by_likeness(table[documents], "erp", "number")
    found: dict[int, list[str]] = defaultdict(list)
    for one, other in _pairs(left, right):
        found[one.place].append(other.name)
        found[other.place].append(one.name)
    return {place: Suggestion(tuple(sorted(names)[:MOST_NAMED]), len(names)) for place, names in found.items()}


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
