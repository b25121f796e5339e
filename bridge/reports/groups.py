"""Which orders and documents belong together though they are not one and one? Parts, split ones and merged ones.

M3: an order that several documents together fulfil, or several orders that one document does. Only what has the same
customer and currency on all sides can be a group, and only while the documents hold no more than the orders ask for:
whatever is more is a document too many, and stays a duplicate.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.tolerances import Tolerances
from bridge.reports.frames import Frames
from bridge.reports.line_differences import Lines

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
SEPARATORS = re.compile(r"[\s,;/|+&、]+")


class GroupState(IntEnum):
    """How the documents of a group and its orders compare; NONE is no group."""

    NONE = 0
    WHOLE = 1
    TOLERATED = 2
    PARTIAL = 3
    OFF = 4


def tokens(reference: str) -> list[str]:
    """The words of a reference that may name several orders."""
    return [token for token in SEPARATORS.split(reference) if token]


def roots_of(keys: int, pairs: Iterable[tuple[int, int]]) -> Positions:
    """For each key the smallest key that it is joined with, over whatever stands between them."""
    roots = np.arange(keys)

    def root(key: int) -> int:
        while roots[key] != key:
            roots[key] = roots[roots[key]]
            key = int(roots[key])
        return key

    joined = list(pairs)
    for one, other in joined:
        low, high = sorted((root(one), root(other)))
        roots[high] = low
    for key in {key for pair in joined for key in pair}:
        roots[key] = root(key)
    return roots


def group_states(rows: pd.DataFrame, frames: Frames, tolerances: Tolerances, shows: frozenset[str]) -> Positions:
    """The `GroupState` of each row."""
    states = np.zeros(len(rows), dtype=np.int64)
    places = _candidates(rows)
    if not len(places):  # on most days nothing is delivered in parts
        return states
    crowds = _crowds(rows.iloc[places])
    states[places] = _judged(crowds, frames, tolerances, shows)[crowds.of_rows]
    return states


def _candidates(rows: pd.DataFrame) -> Positions:
    """The places of the rows of each root that has more than one document or order, and nothing that is unclear."""
    root = rows["root"].to_numpy()
    places = np.flatnonzero((np.bincount(root) > 1)[root])  # a row alone is a pair at most, and nearly all are
    rows, (number, known) = rows.iloc[places], pd.factorize(root[places])
    orders, documents = (np.bincount(number[rows[f"has_{side}"]], minlength=len(known)) for side in ("crm", "erp"))
    second = rows["excess"] & rows["has_crm"]
    unfit = rows["has_crm"] & (~rows["crm_released"] | rows["crm_invalid"]) | rows["erp_invalid"] | second
    unclear = np.zeros(len(known), dtype=bool)
    unclear[number[unfit | rows["ledger_uncertain"]]] = True
    crowded = (orders >= 1) & (documents >= 1) & (orders + documents > 2) & ~unclear  # noqa: PLR2004 - more than a pair
    return places[crowded[number]]


@dataclass(frozen=True)
class _Crowds:
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


def _crowds(rows: pd.DataFrame) -> _Crowds:
    """The crowds of these rows, one for each root."""
    number, known = pd.factorize(rows["root"])
    members = [rows[f"has_{side}"].to_numpy() for side in ("crm", "erp")]
    (orders, of_orders), (documents, of_documents) = (
        (rows[side].to_numpy()[has], number[has]) for side, has in zip(("crm", "erp"), members, strict=True)
    )
    return _Crowds(len(known), number, orders, of_orders, documents, of_documents)


def _judged(crowds: _Crowds, frames: Frames, tolerances: Tolerances, shows: frozenset[str]) -> Positions:
    """The `GroupState` of each crowd; where the ERP shows totals, one that is not there is a difference."""
    crm, erp = frames.crm.take(crowds.orders), frames.erp.take(crowds.documents)
    unfit = ~crowds.alike(crm["currency"], erp["currency"]) | crowds.any_of(crowds.of_orders, crm["minor"].isna())
    if "customer" in shows:
        unfit |= ~crowds.alike(crm["customer"], erp["customer"])
    if "company" in shows and "company" in crm:
        unfit |= ~crowds.alike(*_said(crowds, crm["company"], erp["company"]))
    blank = crowds.any_of(crowds.of_documents, erp["minor"].isna())
    residual = crowds.sums(crowds.of_documents, erp["minor"]) - crowds.sums(crowds.of_orders, crm["minor"])
    more, less = blank | (residual > 0), residual < 0
    if "lines" in shows:
        closed = crowds.any_of(crowds.of_documents, ~erp["opened"])
        more, less = (np.where(closed, *each) for each in zip((more, less), _quantities(crowds, frames), strict=True))
    within = _within(crowds, residual, frames, tolerances)
    told = {
        GroupState.NONE: unfit | more,
        GroupState.PARTIAL: less,
        GroupState.OFF: blank & ("total" in shows),
        GroupState.WHOLE: blank | (residual == 0),
        GroupState.TOLERATED: within,
    }
    return np.select(list(told.values()), list(told), GroupState.OFF)


def _said(crowds: _Crowds, crm: "pd.Series[str]", erp: "pd.Series[str]") -> tuple["pd.Series[str]", "pd.Series[str]"]:
    """The same; who says nothing says what an order of the crowd does, and where no order does nobody says anything."""
    named = pd.Series(crowds.of_orders).where(crm.notna().to_numpy()).dropna()
    says = pd.Series(crm.dropna().to_numpy(), index=named.astype(np.int64)).groupby(level=0).first()
    mute = ~pd.Series(crowds.of_documents).isin(says.index).to_numpy()
    said = pd.Series(pd.Series(crowds.of_orders).map(says).to_numpy(), dtype="str")
    return (
        pd.Series(crm.to_numpy(), dtype="str").fillna(said),
        pd.Series(erp.to_numpy(), dtype="str").mask(mute, None),
    )


def _quantities(crowds: _Crowds, frames: Frames) -> tuple[Flags, Flags]:
    """Which crowds hold more of any item than was ordered, and which hold less.

    Each item is counted in its smallest unit where all units of the crowd are known.
    """
    asked = _lines_of(crowds.orders, crowds.of_orders, frames.crm_lines)
    held = _lines_of(crowds.documents, crowds.of_documents, frames.erp_lines)
    both = pd.concat([asked, held], ignore_index=True)
    owner = both["crowd"].to_numpy()
    counted = ~crowds.any_of(owner, both["unit"].isna())[owner]
    kinds = [both["item"].astype("str"), both["unit"].astype("str").where(counted)]
    amounts = both["base_quantity"].astype("str").where(counted, both["quantity"].astype("str"))
    named = [pd.factorize(kind, use_na_sentinel=False)[0] for kind in kinds]
    key, _ = pd.factorize(pd.Series(list(zip(owner, *named, strict=True))))
    balance = np.zeros(len(both), dtype=object)  # of exact fractions, and there are never more keys than lines
    numbers = _numbers(amounts)
    np.add.at(balance, key[len(asked) :], numbers[len(asked) :])
    np.subtract.at(balance, key[: len(asked)], numbers[: len(asked)])
    return crowds.any_of(owner, (balance > 0)[key]), crowds.any_of(owner, (balance < 0)[key])


def _lines_of(records: Positions, of_records: Positions, lines: Lines) -> pd.DataFrame:
    """The lines of so many records, each with the crowd it belongs to."""
    places, owner = lines.places_of(records)
    names = ["item", "quantity", "unit", "base_quantity"]
    known = lines.columns.columns.intersection(names)  # what nobody states has no column
    return lines.columns[known].take(places).reindex(columns=names).assign(crowd=of_records[owner])


def _numbers(texts: "pd.Series[str]") -> npt.NDArray[np.object_]:
    codes, known = pd.factorize(texts)
    return np.array([Fraction(str(text)) for text in known] or [Fraction(0)], dtype=object)[codes]


def _within(crowds: _Crowds, residual: Positions, frames: Frames, tolerances: Tolerances) -> Flags:
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
