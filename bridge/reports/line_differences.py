"""In which lines do order and document differ? Lines are laid side by side by their place, never multiplied."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.errors import ValueUnreadable
from bridge.model.documents import DocumentLine
from bridge.model.mapping import Counted, Kind
from bridge.model.orders import Order, OrderLine
from bridge.model.texts import folded
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
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


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
    left, right = pairs.left, pairs.right
    counts = [lines.starts[at + 1] - lines.starts[at] for lines, at in ((wanted, left), (found, right))]
    common = np.minimum(*counts)
    owner = np.repeat(np.arange(len(left)), common)
    places = _numbered(common)
    ones, others = wanted.starts[left][owner] + places, found.starts[right][owner] + places

    def any_of(lines: "pd.Series[bool]") -> Flags:
        return np.bincount(owner[lines.to_numpy(dtype=bool)], minlength=len(left)) > 0

    both = wanted.columns.columns.intersection(found.columns.columns)
    stated = _at(wanted, "unit", ones).notna() if "unit" in both else None
    flags = {"lines": counts[0] != counts[1]}
    for name in ("unit", "description"):
        if name not in both:
            flags[name] = np.zeros(len(left), dtype=bool)
            continue
        off = differs(_at(wanted, name, ones), _at(found, name, others))
        flags[name] = any_of(off & stated if name == "unit" and stated is not None else off)
    for name in FLAGS[1:]:
        one, other = _at(wanted, name, ones), _at(found, name, others)
        off = differs(one, other)
        if stated is not None and name in BASED:
            off = off.where(~stated, differs(_at(wanted, BASED[name], ones), _at(found, BASED[name], others)))
        if name == "amount":
            within = off & is_within(_whole(other) - _whole(one), pairs.above[owner], pairs.below[owner])
            flags["within"] = any_of(within)
            off &= ~within
        flags[name] = any_of(off)
    return flags


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
