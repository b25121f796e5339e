"""Which orders and documents belong together though they are not one and one? Parts, split ones and merged ones.

M3: an order that several documents together fulfil, or several orders that one document does. Only what has the same
customer and currency on all sides can be a group, and only while the documents hold no more than the orders ask for:
whatever is more is a document too many, and stays a duplicate.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.tolerances import Tolerances
from bridge.reports.frames import Frames
from bridge.reports.line_differences import Lines

Positions = npt.NDArray[np.int64]
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
    judge = _Judge(frames, tolerances, shows)
    for places in _candidates(rows):
        members = rows.iloc[places]
        orders = members.loc[members["has_crm"], "crm"].to_numpy()
        documents = members.loc[members["has_erp"], "erp"].to_numpy()
        states[places] = judge.state(orders, documents)
    return states


def _candidates(rows: pd.DataFrame) -> Iterator[Positions]:
    """The places of the rows of each root that has more than one document or order, and nothing that is unclear."""
    root = rows["root"].to_numpy()
    size = int(root.max()) + 1 if len(root) else 0
    orders, documents = (np.bincount(root[rows[f"has_{side}"]], minlength=size) for side in ("crm", "erp"))
    second = rows["excess"] & rows["has_crm"]
    unfit = rows["has_crm"] & (~rows["crm_released"] | rows["crm_invalid"]) | rows["erp_invalid"] | second
    unclear = np.zeros(size, dtype=bool)
    unclear[root[unfit | rows["ledger_uncertain"]]] = True
    crowded = (orders >= 1) & (documents >= 1) & (orders + documents > 2) & ~unclear  # noqa: PLR2004 - more than a pair
    places = np.flatnonzero(crowded[root])
    ranked = places[np.argsort(root[places], kind="stable")]
    yield from np.split(ranked, np.flatnonzero(np.diff(root[ranked])) + 1) if len(ranked) else ()


@dataclass(frozen=True)
class _Judge:
    """Whether so many orders and documents are a group."""

    frames: Frames
    tolerances: Tolerances
    shows: frozenset[str]

    def state(self, orders: Positions, documents: Positions) -> GroupState:
        crm, erp = self.frames.crm.iloc[orders], self.frames.erp.iloc[documents]
        currencies = {*crm["currency"], *erp["currency"]}
        if len(currencies) != 1 or not self._same_customer(crm, erp) or crm["minor"].isna().any():
            return GroupState.NONE
        held = self._held(orders, documents, erp)
        if held is None:
            return GroupState.NONE
        if not held:
            return GroupState.PARTIAL
        if "total" not in self.shows and erp["minor"].isna().all():
            return GroupState.WHOLE
        return self._settled(orders, int(erp["minor"].sum()) - int(crm["minor"].sum()), str(currencies.pop()))

    def _same_customer(self, crm: pd.DataFrame, erp: pd.DataFrame) -> bool:
        return "customer" not in self.shows or len({*crm["customer"], *erp["customer"]}) == 1

    def _held(self, orders: Positions, documents: Positions, erp: pd.DataFrame) -> bool | None:
        """Whether the documents hold all that is ordered; None where they hold anything that is not."""
        if "lines" in self.shows and erp["opened"].all():
            asked, held = _quantities(orders, self.frames.crm_lines), _quantities(documents, self.frames.erp_lines)
            if any(held[item] > asked.get(item, 0) for item in held):
                return None
            return held == asked
        if erp["minor"].isna().any():
            return None
        owed, stored = int(self.frames.crm["minor"].iloc[orders].sum()), int(erp["minor"].sum())
        return None if stored > owed else stored == owed

    def _settled(self, orders: Positions, residual: int, currency: str) -> GroupState:
        if residual == 0:
            return GroupState.WHOLE
        lines = int(np.diff(self.frames.crm_lines.starts)[orders].sum())
        above, below = self.tolerances.of(currency).bounds(currency, lines)
        return GroupState.TOLERATED if -below <= residual <= above else GroupState.OFF


def _quantities(records: Sequence[int] | Positions, lines: Lines) -> dict[str, Decimal]:
    """How much of each item so many records hold together."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for record in records:
        part = lines.columns.iloc[lines.starts[record] : lines.starts[record + 1]]
        for item, quantity in zip(part["item"], part["quantity"], strict=True):
            sums[str(item)] += Decimal(str(quantity))
    return {item: quantity for item, quantity in sums.items() if quantity}
