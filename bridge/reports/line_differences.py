"""In which lines do order and document differ? Lines are laid side by side by their place, never multiplied."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from bridge.errors import ValueUnreadable
from bridge.model.documents import DocumentLine
from bridge.model.mapping import Counted, Kind
from bridge.model.orders import Order, OrderLine
from bridge.model.texts import folded
from bridge.reports.arrays import Flags, Positions
from bridge.reports.inputs import Inputs
from bridge.reports.records import minor_of

BLOCK = 100_000  # pairs whose lines are compared at a time
NULL, UNKNOWN = -1, -2  # as numbers of a text: there is none, and one that the other side has not
FLAGS = ("lines", "item", "quantity", "price", "amount")
BASED = {"quantity": "base_quantity", "price": "base_price"}
COLUMNS = {
    **dict.fromkeys(("item", "quantity", "price"), "category"),
    "amount": "Int64",
    **dict.fromkeys(("unit", *BASED.values()), "category"),
    "description": "Int64",
}


@dataclass(frozen=True)
class LineValues:
    """One line in comparable values; numbers are written without trailing zeros, so equal texts are equal numbers.

    `amount` is in whole minor units; None where there is none, or none that is whole. Where both sides have units,
    `unit` is the smallest one and `base_quantity` and `base_price` are in it. `description` is a hash of the text.
    """

    item: str
    quantity: str
    price: str
    amount: int | None
    description: int | None = None
    unit: str | None = None
    base_quantity: str | None = None
    base_price: str | None = None


def ordered_lines(order: Order, inputs: Inputs) -> list[LineValues]:
    """The order's lines as the ERP should show them."""
    cross, folds = inputs.cross, inputs.documents.folds.get("item", ())
    units = "unit" in inputs.documents.shows
    return [
        LineValues(
            folded(cross.erp_code(Kind.ITEM, line.item), folds),
            plain(line.quantity),
            plain(line.unit_price),
            whole_minor(line.amount(order.currency), order.currency),
            _described(line, inputs),
            *(_counted(line, cross.ordered_unit(line.item, line.unit)) if units and line.unit else UNCOUNTED),
        )
        for line in order.lines
    ]


def stored_lines(
    lines: Sequence[DocumentLine], currency: str | None, inputs: Inputs, *, units: bool = True
) -> list[LineValues]:
    """The lines of a document in that currency as the ERP shows them; without `units` nothing is converted."""
    cross, folds = inputs.cross, inputs.documents.folds.get("item", ())
    units = units and "unit" in inputs.documents.shows
    return [
        LineValues(
            folded(line.item, folds),
            plain(line.quantity),
            plain(line.unit_price),
            whole_minor(line.amount, currency or ""),
            _described(line, inputs),
            *(_counted(line, cross.stored_unit(line.item, line.unit)) if units else UNCOUNTED),
        )
        for line in lines
    ]


UNCOUNTED = (None, None, None)


def _counted(line: OrderLine | DocumentLine, counted: Counted) -> tuple[str, str, str]:
    """The unit in which the line can be compared, and quantity and price in it, exactly."""
    quantity, price = Fraction(line.quantity) * counted.factor, Fraction(line.unit_price) / counted.factor
    return counted.unit, str(quantity), str(price)


def _described(line: OrderLine | DocumentLine, inputs: Inputs) -> int | None:
    if "description" not in inputs.documents.shows:
        return None
    return text_hash(folded(line.description, inputs.documents.folds.get("description", ())))


def text_hash(text: str) -> int:
    """64 bits that stand for the text: a million of them fit where their texts would not."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def whole_minor(amount: Decimal | None, currency: str) -> int | None:
    """The amount in minor units; None where it is not whole, which is a difference from every amount that is."""
    if amount is None:
        return None
    try:
        return minor_of(amount, currency)
    except ValueUnreadable:
        return None


def plain(number: Decimal) -> str:
    """The number with all its digits and no more."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


@dataclass(frozen=True)
class Lines:
    """The lines of all records of one side, one after the other; those of record n begin at `starts[n]`."""

    starts: Positions
    columns: pd.DataFrame

    def places_of(self, records: Positions) -> tuple[Positions, Positions]:
        """The places of all lines of these records, one record after the other, and for each whose line it is."""
        counts = self.starts[records + 1] - self.starts[records]
        owner = np.repeat(np.arange(len(records)), counts)
        return self.starts[records][owner] + _numbered(counts), owner


def lines_of(records: Iterable[Sequence[LineValues]]) -> Lines:
    """The lines of so many records as columns."""
    listed: list[LineValues] = []
    counts = [0]
    for lines in records:
        listed.extend(lines)
        counts.append(len(lines))
    columns = {
        name: pd.Series([getattr(line, name) for line in listed], dtype=COLUMNS[name])
        for name in COLUMNS
        if name in FLAGS or any(getattr(line, name) is not None for line in listed)
    }
    return Lines(np.cumsum(np.array(counts, dtype=np.int64)), pd.DataFrame(columns))


def line_flags(pairs: "LinePairs", wanted: Lines, found: Lines, at_once: int = BLOCK) -> dict[str, Flags]:
    """For each pair of records which values differ in any line, whether their number does, and what is tolerated.

    The lines of so many pairs `at_once` are held beside each other, and no more.
    """
    blocks = [_flags_of(each, wanted, found) for each in pairs.blocks(at_once)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _flags_of(pairs: "LinePairs", wanted: Lines, found: Lines) -> dict[str, Flags]:
    counts = [lines.starts[at + 1] - lines.starts[at] for lines, at in ((wanted, pairs.left), (found, pairs.right))]
    lines = _laid(pairs, wanted, found, np.minimum(*counts))
    off = {name: lines.any_of(lines.off(name)) for name in ("item", "quantity", "price")}
    for name in ("unit", "description"):
        off[name] = lines.any_of(lines.off(name)) if name in lines.both else np.zeros(lines.pairs, dtype=bool)
    return {"lines": counts[0] != counts[1], **off, **_amounts_off(lines, pairs)}


def _amounts_off(lines: "_Laid", pairs: "LinePairs") -> dict[str, Flags]:
    """Where the amount of a line is off by more than is tolerated, and where by no more than that."""
    one, other = lines.of("amount")
    off = differs(one, other)
    within = off & is_within(_whole(other) - _whole(one), pairs.above[lines.owner], pairs.below[lines.owner])
    return {"within": lines.any_of(within), "amount": lines.any_of(off & ~within)}


@dataclass(frozen=True)
class _Laid:
    """The lines of so many pairs, those at the same place beside each other; `owner` is the pair that each is of."""

    wanted: Lines
    found: Lines
    ones: Positions
    others: Positions
    owner: Positions
    pairs: int

    @cached_property
    def both(self) -> frozenset[str]:
        """The columns that both sides have."""
        return frozenset(self.wanted.columns.columns.intersection(self.found.columns.columns))

    @cached_property
    def stated(self) -> "pd.Series[bool] | None":
        """Which lines can be compared in their smallest unit; None where one side has no units at all."""
        return self.of("unit")[0].notna() if "unit" in self.both else None

    def of(self, name: str) -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
        """One column of both sides."""
        return _at(self.wanted, name, self.ones), _at(self.found, name, self.others)

    def off(self, name: str) -> "pd.Series[bool]":
        """Where the lines differ in it."""
        off = differs(*self.of(name))
        if self.stated is None:
            return off
        if name == "unit":
            return off & self.stated
        return off.where(~self.stated, differs(*self.of(BASED[name]))) if name in BASED else off

    def any_of(self, lines: "pd.Series[bool]") -> Flags:
        """The pairs with a line of which it is true."""
        return np.bincount(self.owner[lines.to_numpy(dtype=bool)], minlength=self.pairs) > 0


def _laid(pairs: "LinePairs", wanted: Lines, found: Lines, common: Positions) -> _Laid:
    """The first lines of each pair, as many as both sides have."""
    owner, places = np.repeat(np.arange(len(common)), common), _numbered(common)
    ones, others = wanted.starts[pairs.left][owner] + places, found.starts[pairs.right][owner] + places
    return _Laid(wanted, found, ones, others, owner, len(common))


def _numbered(counts: Positions) -> Positions:
    """0, 1, 2 and so on, begun anew for each of these counts."""
    ends = np.cumsum(counts)
    return np.arange(counts.sum()) - np.repeat(ends - counts, counts)


@dataclass(frozen=True)
class LinePairs:
    """Which record of the CRM is compared with which of the ERP, and what is tolerated of a line, in minor units."""

    left: Positions
    right: Positions
    above: Positions
    below: Positions

    def blocks(self, size: int) -> "Iterator[LinePairs]":
        """The same pairs, so many at a time; one block without any where there is none."""
        for at in range(0, max(1, len(self.left)), size):
            few = slice(at, at + size)
            yield LinePairs(self.left[few], self.right[few], self.above[few], self.below[few])


def _whole(column: "pd.Series[Any]") -> "pd.Series[int]":
    return column.astype("Int64")


def _at(lines: Lines, name: str, places: Positions) -> "pd.Series[str]":
    return pd.Series(lines.columns[name].array.take(places))


def is_within(off: "pd.Series[int]", above: Positions, below: Positions) -> "pd.Series[bool]":
    """Where a difference is known and no more than is tolerated on its side."""
    return (off.le(above) & off.ge(-below)).fillna(value=False).astype(bool)


def differs(wanted: "pd.Series[str]", found: "pd.Series[str]") -> "pd.Series[bool]":
    """Where two columns differ; null against a value is a difference, null against null is none."""
    if wanted.dtype == "category" and found.dtype == "category":
        numbers = wanted.cat.categories.get_indexer(found.cat.categories)
        numbers = np.append(np.where(numbers == NULL, UNKNOWN, numbers), NULL)
        return pd.Series(wanted.cat.codes.to_numpy() != numbers[found.cat.codes], index=wanted.index)
    same = wanted.eq(found).fillna(value=False).astype(bool)
    return ~(same | (wanted.isna() & found.isna()))
