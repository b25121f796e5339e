"""In which lines do order and document differ? Lines are laid side by side by their place, never multiplied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.errors import ValueUnreadable
from bridge.model.documents import DocumentLine
from bridge.model.mapping import Kind
from bridge.model.orders import Order
from bridge.model.texts import folded
from bridge.reports.inputs import Inputs
from bridge.reports.records import minor_of

FLAGS = ("lines", "item", "quantity", "price", "amount")
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LineValues:
    """One line in comparable values; numbers are written without trailing zeros, so equal texts are equal numbers.

    `amount` is in whole minor units; None where there is none, or none that is whole.
    """

    item: str
    quantity: str
    price: str
    amount: int | None


def ordered_lines(order: Order, inputs: Inputs) -> list[LineValues]:
    """The order's lines as the ERP should show them."""
    cross, folds = inputs.cross, inputs.documents.folds.get("item", ())
    return [
        LineValues(
            folded(cross.erp_code(Kind.ITEM, line.item), folds),
            plain(line.quantity),
            plain(line.unit_price),
            whole_minor(line.amount(order.currency), order.currency),
        )
        for line in order.lines
    ]


def stored_lines(lines: Sequence[DocumentLine], currency: str | None, inputs: Inputs) -> list[LineValues]:
    """The lines of a document in that currency as the ERP shows them."""
    folds = inputs.documents.folds.get("item", ())
    return [
        LineValues(
            folded(line.item, folds),
            plain(line.quantity),
            plain(line.unit_price),
            whole_minor(line.amount, currency or ""),
        )
        for line in lines
    ]


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


def lines_of(records: Iterable[Sequence[LineValues]]) -> Lines:
    """The lines of so many records as columns."""
    listed: list[LineValues] = []
    counts = [0]
    for lines in records:
        listed.extend(lines)
        counts.append(len(lines))
    columns = {
        name: pd.Series([getattr(line, name) for line in listed], dtype="Int64" if name == "amount" else "str")
        for name in FLAGS[1:]
    }
    return Lines(np.cumsum(np.array(counts, dtype=np.int64)), pd.DataFrame(columns))


def line_flags(pairs: "LinePairs", wanted: Lines, found: Lines) -> dict[str, Flags]:
    """For each pair of records which values differ in any line, whether their number does, and what is tolerated."""
    left, right = pairs.left, pairs.right
    counts = [np.diff(lines.starts)[at] for lines, at in ((wanted, left), (found, right))]
    common = np.minimum(*counts)
    owner = np.repeat(np.arange(len(left)), common)
    places = np.arange(len(owner)) - np.repeat(np.cumsum(common) - common, common)
    ones, others = wanted.starts[left][owner] + places, found.starts[right][owner] + places

    def any_of(lines: "pd.Series[bool]") -> Flags:
        return np.bincount(owner[lines.to_numpy()], minlength=len(left)) > 0

    flags = {"lines": counts[0] != counts[1]}
    for name in FLAGS[1:]:
        one, other = _at(wanted, name, ones), _at(found, name, others)
        off = differs(one, other)
        if name == "amount":
            within = off & is_within(_whole(other) - _whole(one), pairs.above[owner], pairs.below[owner])
            flags["within"] = any_of(within)
            off &= ~within
        flags[name] = any_of(off)
    return flags


@dataclass(frozen=True)
class LinePairs:
    """Which record of the CRM is compared with which of the ERP, and what is tolerated of a line, in minor units."""

    left: Positions
    right: Positions
    above: Positions
    below: Positions


def _whole(column: "pd.Series[Any]") -> "pd.Series[int]":
    return column.astype("Int64")


def _at(lines: Lines, name: str, places: Positions) -> "pd.Series[str]":
    return pd.Series(lines.columns[name].array.take(places))


def is_within(off: "pd.Series[int]", above: Positions, below: Positions) -> "pd.Series[bool]":
    """Where a difference is known and no more than is tolerated on its side."""
    return (off.le(above) & off.ge(-below)).fillna(value=False).astype(bool)


def differs(wanted: "pd.Series[str]", found: "pd.Series[str]") -> "pd.Series[bool]":
    """Where two columns differ; null against a value is a difference, null against null is none."""
    same = wanted.eq(found).fillna(value=False).astype(bool)
    return ~(same | (wanted.isna() & found.isna()))
