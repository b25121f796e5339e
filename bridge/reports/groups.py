"""Which orders and documents belong together though they are not one and one? Parts, split ones and merged ones.

M3: an order that several documents together fulfil, or several orders that one document does. Only what has the same
customer and currency on all sides can be a group, and only while the documents hold no more than the orders ask for:
whatever is more is a document too many, and stays a duplicate.
"""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
import pandas as pd

from bridge.reports.arrays import Flags, Positions
from bridge.reports.crowds import Crowds, balances, crowds_of, is_tolerated, lines_of, numbers_of
from bridge.reports.frames import Frames
from bridge.reports.group_values import PartsOff, parts_off, worths_off
from bridge.reports.terms import CompareTerms


class GroupState(IntEnum):
    """How the documents of a group and its orders compare; NONE is no group."""

    NONE = 0
    WHOLE = 1
    TOLERATED = 2
    PARTIAL = 3
    OFF = 4


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


def with_groups(rows: pd.DataFrame, frames: Frames, terms: CompareTerms) -> None:
    """Add to the rows the `GroupState` of each (`group`), and what is tolerated beside a group's total (`beside`).

    The latter stands in one row of its group, so that it can be added up.
    """
    rows["group"] = np.zeros(len(rows), dtype=np.int64)
    places = _candidates(rows)
    if not len(places):  # on most days nothing is delivered in parts
        return
    crowds = crowds_of(rows.iloc[places])
    parts = parts_off(crowds, frames, terms)
    states, beside = (np.zeros(len(rows), dtype=np.int64) for _ in range(2))
    states[places] = _judged(crowds, frames, terms, parts)[crowds.of_rows]
    _, first = np.unique(crowds.of_rows, return_index=True)
    beside[places[first]] = np.where(states[places[first]] == GroupState.TOLERATED, parts.beside, 0)
    rows["group"] = states
    if beside.any():
        rows["beside"] = beside


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


def _judged(crowds: Crowds, frames: Frames, terms: CompareTerms, parts: PartsOff) -> Positions:
    """The `GroupState` of each crowd; where the ERP shows totals, one that is not there is a difference."""
    crm, erp = frames.crm.take(crowds.orders), frames.erp.take(crowds.documents)
    unfit = ~crowds.alike(crm["currency"], erp["currency"]) | crowds.any_of(crowds.of_orders, crm["minor"].isna())
    if "customer" in terms.shows:
        unfit |= ~crowds.alike(crm["customer"], erp["customer"])
    if "company" in terms.shows and "company" in crm:
        unfit |= ~crowds.alike(*_said(crowds, crm["company"], erp["company"]))
    blank = crowds.any_of(crowds.of_documents, erp["minor"].isna())
    residual = crowds.sums(crowds.of_documents, erp["minor"]) - crowds.sums(crowds.of_orders, crm["minor"])
    within = is_tolerated(crowds, residual, frames, terms.tolerances)
    more, less = blank | ((residual > 0) & ~within), (residual < 0) & ~within
    off = parts.off
    if "lines" in terms.shows:
        closed = crowds.any_of(crowds.of_documents, ~erp["opened"])
        more, less = (np.where(closed, *each) for each in zip((more, less), _quantities(crowds, frames), strict=True))
        off = off | (~closed & worths_off(crowds, frames, terms))
    told = {
        GroupState.NONE: unfit | more,
        GroupState.PARTIAL: less,
        GroupState.OFF: off | (blank & ("total" in terms.shows)),
        GroupState.WHOLE: (blank | (residual == 0)) & ~parts.within,
        GroupState.TOLERATED: blank | (residual == 0) | within,
    }
    return np.select(list(told.values()), list(told), GroupState.OFF)


def _said(crowds: Crowds, crm: "pd.Series[str]", erp: "pd.Series[str]") -> tuple["pd.Series[str]", "pd.Series[str]"]:
    """The same; who says nothing says what an order of the crowd does, and where no order does nobody says anything."""
    named = pd.Series(crowds.of_orders).where(crm.notna().to_numpy()).dropna()
    says = pd.Series(crm.dropna().to_numpy(), index=named.astype(np.int64)).groupby(level=0).first()
    mute = ~pd.Series(crowds.of_documents).isin(says.index).to_numpy()
    said = pd.Series(pd.Series(crowds.of_orders).map(says).to_numpy(), dtype="str")
    return (
        pd.Series(crm.to_numpy(), dtype="str").fillna(said),
        pd.Series(erp.to_numpy(), dtype="str").mask(mute, None),
    )


def _quantities(crowds: Crowds, frames: Frames) -> tuple[Flags, Flags]:
    """Which crowds hold more of any item than was ordered, and which hold less.

    Each item is counted in its smallest unit where all units of the crowd are known.
    """
    asked = lines_of(crowds.orders, crowds.of_orders, frames.crm_lines)
    held = lines_of(crowds.documents, crowds.of_documents, frames.erp_lines)
    both = pd.concat([asked, held], ignore_index=True)
    owner = both["crowd"].to_numpy()
    counted = ~crowds.any_of(owner, both["unit"].isna())[owner]
    kinds = [both["item"].astype("str"), both["unit"].astype("str").where(counted)]
    amounts = both["base_quantity"].astype("str").where(counted, both["quantity"].astype("str"))
    named = [pd.factorize(kind, use_na_sentinel=False)[0] for kind in kinds]
    key, _ = pd.factorize(pd.Series(list(zip(owner, *named, strict=True))))
    balance = balances(key, numbers_of(amounts), len(asked))
    return crowds.any_of(owner, (balance > 0)[key]), crowds.any_of(owner, (balance < 0)[key])
