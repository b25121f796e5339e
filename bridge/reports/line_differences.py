"""In which lines do order and document differ? Lines are laid side by side by their place, never multiplied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from bridge.model.documents import DocumentLine
from bridge.model.mapping import Kind
from bridge.model.orders import Order
from bridge.model.texts import folded
from bridge.reports.inputs import Inputs
from bridge.reports.records import Records

FLAGS = ("lines", "item", "quantity", "price", "amount")
MOST_LINES = 100_000
_Placed = tuple[int, "LineValues"]


@dataclass(frozen=True)
class LineValues:
    """One line in comparable texts; numbers are written without trailing zeros, so equal texts are equal numbers."""

    item: str
    quantity: str
    price: str
    amount: str | None


def ordered_lines(order: Order, inputs: Inputs) -> list[LineValues]:
    """The order's lines as the ERP should show them."""
    cross, folds = inputs.cross, inputs.documents.folds.get("item", ())
    return [
        LineValues(
            folded(cross.erp_code(Kind.ITEM, line.item), folds),
            plain(line.quantity),
            plain(line.unit_price),
            plain(line.amount(order.currency)),
        )
        for line in order.lines
    ]


def stored_lines(lines: Sequence[DocumentLine], inputs: Inputs) -> list[LineValues]:
    """The document's lines as the ERP shows them."""
    folds = inputs.documents.folds.get("item", ())
    return [
        LineValues(
            folded(line.item, folds),
            plain(line.quantity),
            plain(line.unit_price),
            None if line.amount is None else plain(line.amount),
        )
        for line in lines
    ]


def plain(number: Decimal) -> str:
    """The number with all its digits and no more."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def line_flags(rows: pd.DataFrame, compared: "pd.Series[bool]", records: Records, inputs: Inputs) -> pd.DataFrame:
    """Per row of the alignment which values differ in any line; rows that are not compared have no flag."""
    chosen = rows.index[compared]
    wanted = _frame(_ordered(rows, chosen, records, inputs))
    found = _frame(_stored(rows, chosen, records, inputs))
    pairs = wanted.merge(found, on="place", how="outer", suffixes=("_wanted", "_found"), validate="1:1", indicator=True)
    both = pairs["_merge"] == "both"
    flags = pd.DataFrame({"row": pairs["place"] // MOST_LINES, "lines": ~both})
    for name in FLAGS[1:]:
        flags[name] = both & differs(pairs[f"{name}_wanted"], pairs[f"{name}_found"])
    if "amount" not in inputs.documents.shows:
        flags["amount"] = False
    return flags.groupby("row")[list(FLAGS)].any().reindex(rows.index, fill_value=False)


def differs(wanted: "pd.Series[str]", found: "pd.Series[str]") -> "pd.Series[bool]":
    """Where two columns differ; null against a value is a difference, null against null is none."""
    same = wanted.eq(found).fillna(value=False).astype(bool)
    return ~(same | (wanted.isna() & found.isna()))


def _ordered(rows: pd.DataFrame, chosen: "pd.Index[int]", records: Records, inputs: Inputs) -> Iterator[_Placed]:
    for row, position in zip(chosen, rows["crm"].to_numpy()[chosen], strict=True):
        order = records.crm[position].order
        if order is not None:
            yield from ((row * MOST_LINES + place, line) for place, line in enumerate(ordered_lines(order, inputs)))


def _stored(rows: pd.DataFrame, chosen: "pd.Index[int]", records: Records, inputs: Inputs) -> Iterator[_Placed]:
    for row, position in zip(chosen, rows["erp"].to_numpy()[chosen], strict=True):
        lines = stored_lines(records.erp[position].lines or (), inputs)
        yield from ((row * MOST_LINES + place, line) for place, line in enumerate(lines))


def _frame(placed: Iterator[_Placed]) -> pd.DataFrame:
    listed = list(placed)
    frame = pd.DataFrame({"place": np.array([place for place, _ in listed], dtype=np.int64)})
    for name in FLAGS[1:]:
        frame[name] = pd.Series([getattr(line, name) for _, line in listed], dtype="str")
    return frame
