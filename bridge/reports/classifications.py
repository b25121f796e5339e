"""Which outcome names each row, and which records are left out by which rule?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from bridge.reports.alignments import aligned, value_of, with_values
from bridge.reports.frames import Frames
from bridge.reports.predicates import PREDICATES, prepared
from bridge.reports.terms import CompareTerms

SIDES = ("crm", "ledger", "erp")
OUTCOMES = tuple(Outcome)
PLACES: Mapping[Outcome, int] = {outcome: place for place, outcome in enumerate(OUTCOMES)}


@dataclass(frozen=True)
class Exclusion:
    """How many records of one side one rule left out."""

    side: str
    rule: str
    count: int


EXCLUSION_RULES: Mapping[str, str] = {
    "outside_period": "order date outside the period",
    "draft": "draft in the CRM, nothing live in the ERP",
    "cancelled": "cancelled in the CRM, nothing live in the ERP",
    "void": "cancelled in the ERP",
    "never_entered": "no longer in the CRM and never entered",
}


@dataclass(frozen=True)
class Classified:
    """Every row of the report, and how many records were left out by which rule.

    `table` has one row per order or document: the positions of its records, `outcome` as a place in `OUTCOMES`, `flags`
    with the bit of every outcome that is true, and what was compared.
    """

    table: pd.DataFrame
    exclusions: tuple[Exclusion, ...]


def classified(frames: Frames, terms: CompareTerms) -> Classified:
    """Align, compare and name everything."""
    rows = aligned(frames)
    rule = _exclusions(rows, frames)
    exclusions = tuple(_counted(rows, rule, frames))
    rows = rows[rule.isna()].reset_index(drop=True)
    return Classified(_named(prepared(with_values(rows, frames), frames, terms)), exclusions)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with all that is true of them, and the first of it; never a match that nobody compared."""
    flags = np.zeros(len(rows), dtype=np.int64)
    outcomes = np.where(
        rows["compared"] | rows["grouped"], PLACES[Outcome.MATCHED], PLACES[Outcome.INVALID_ROW]
    ).astype(np.int8)
    for outcome, predicate in reversed(PREDICATES.items()):
        true = predicate(rows).to_numpy(dtype=bool)
        outcomes[true] = PLACES[outcome]
        flags[true] |= 1 << PLACES[outcome]
    rows["outcome"], rows["flags"] = outcomes, flags
    return rows


def flags_of(mask: int) -> tuple[Outcome, ...]:
    """The outcomes whose bits are set, by precedence."""
    return tuple(outcome for place, outcome in enumerate(OUTCOMES) if mask >> place & 1)


def _exclusions(rows: pd.DataFrame, frames: Frames) -> "pd.Series[Any]":
    """Which rule leaves a row out, or null; what is live in the ERP or in doubt is never left out for its status."""
    status = value_of(rows, frames, "crm", "status")
    uncertain, committed = (value_of(rows, frames, "ledger", name) for name in ("uncertain", "committed"))
    idle = ~rows["has_erp"] & ~uncertain  # a record that is no order has no status either
    rules = {
        "outside_period": ~rows["in_scope"],
        "draft": idle & (status == "draft"),
        "cancelled": idle & (status == "cancelled"),
        "never_entered": idle & ~rows["has_crm"] & ~committed,
    }
    places = [np.int8(place) for place in range(len(rules))]
    codes = np.select(list(rules.values()), places, np.int8(-1))  # as texts they would take 60 bytes a row
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(list(rules))), index=rows.index)


def _counted(rows: pd.DataFrame, rule: "pd.Series[Any]", frames: Frames) -> Iterator[Exclusion]:
    out = rows[rule.notna()]
    for side in SIDES:
        counts = rule[out.index][out[f"has_{side}"]].value_counts().to_dict()
        if side == "erp":
            counts["void"] = int((~frames.erp["live"]).sum())
        yield from (Exclusion(side, name, int(counts[name])) for name in EXCLUSION_RULES if counts.get(name))
