"""What may be groups: orders and documents by crowds, and what their members come to together?"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.tolerances import Tolerances
from bridge.reports.arrays import Exact, Flags, Positions
from bridge.reports.frames import Frames
from bridge.reports.line_differences import Lines


@dataclass(frozen=True)
class Crowds:
    """What may be groups, numbered: of every row, order and document the number of its crowd."""

    count: int
    of_rows: Positions
    orders: Positions
    of_orders: Positions
    documents: Positions
    of_documents: Positions

    def any_of(self, of_members: Positions, flags: "pd.Series[bool] | Flags") -> Flags:
        """The crowds with a member of which it is true."""
        return np.bincount(of_members[np.asarray(flags, dtype=bool)], minlength=self.count) > 0

    def sums(self, of_members: Positions, amounts: "pd.Series[Any]") -> Positions:
        """What the members of each crowd come to; what is absent adds nothing."""
        sums = np.zeros(self.count, dtype=np.int64)
        np.add.at(sums, of_members, amounts.fillna(0).to_numpy(dtype=np.int64))
        return sums

    def alike(self, crm: "pd.Series[str]", erp: "pd.Series[str]") -> Flags:
        """The crowds whose orders and documents all show the same, an absent value being one of its own."""
        codes, _ = pd.factorize(pd.concat([crm, erp], ignore_index=True), use_na_sentinel=False)
        of_members = np.concatenate([self.of_orders, self.of_documents])
        some = np.zeros(self.count, dtype=np.int64)
        some[of_members] = codes
        return ~self.any_of(of_members, codes != some[of_members])


def crowds_of(rows: pd.DataFrame) -> Crowds:
    """The crowds of these rows, one for each root."""
    number, known = pd.factorize(rows["root"])
    members = [rows[f"has_{side}"].to_numpy() for side in ("crm", "erp")]
    (orders, of_orders), (documents, of_documents) = (
        (rows[side].to_numpy()[has], number[has]) for side, has in zip(("crm", "erp"), members, strict=True)
    )
    return Crowds(len(known), number, orders, of_orders, documents, of_documents)


def lines_of(records: Positions, of_records: Positions, lines: Lines) -> pd.DataFrame:
    """The lines of so many records, each with the crowd it belongs to."""
    places, owner = lines.places_of(records)
    names = ["item", "quantity", "price", "amount", "unit", "base_quantity"]
    known = lines.columns.columns.intersection(names)  # what nobody states has no column
    return lines.columns[known].take(places).reindex(columns=names).assign(crowd=of_records[owner])


def balances(key: Positions, numbers: Exact, asked: int) -> Exact:
    """By key what is held less what is asked for, which are the first so many of the numbers."""
    found = np.zeros(len(numbers), dtype=object)
    np.add.at(found, key[asked:], numbers[asked:])
    np.subtract.at(found, key[:asked], numbers[:asked])
    return found


def numbers_of(texts: "pd.Series[str]") -> Exact:
    """The exact numbers that these texts write."""
    codes, known = pd.factorize(texts)
    return np.array([Fraction(str(text)) for text in known] or [Fraction(0)], dtype=object)[codes]


def is_tolerated(crowds: Crowds, residual: Positions, frames: Frames, tolerances: Tolerances) -> Flags:
    """Where what a crowd is off is tolerated of orders with so many lines."""
    off = np.flatnonzero(residual)
    currency = frames.crm["currency"].take(crowds.orders).array
    starts = frames.crm_lines.starts
    lines = crowds.sums(crowds.of_orders, pd.Series(starts[crowds.orders + 1] - starts[crowds.orders]))
    first = np.zeros(crowds.count, dtype=np.int64)
    first[crowds.of_orders] = np.arange(len(crowds.orders))
    within = np.zeros(crowds.count, dtype=bool)
    for crowd in off:
        code = str(currency[first[crowd]])
        above, below = tolerances.of(code).bounds(code, int(lines[crowd]))
        within[crowd] = -below <= residual[crowd] <= above
    return within
