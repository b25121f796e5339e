"""Which outcome names each row, and which records are left out by which rule?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from bridge.reports.alignments import aligned
from bridge.reports.frames import Frames
from bridge.reports.predicates import PREDICATES, Terms, prepared

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


def classified(frames: Frames, terms: Terms) -> Classified:
    """Align, compare and name everything."""
    rows = aligned(frames)
    rule = _exclusions(rows)
    kept = prepared(rows[rule == ""].reset_index(drop=True), frames, terms)
    return Classified(_named(kept), tuple(_counted(rows, rule, frames)))


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


def _exclusions(rows: pd.DataFrame) -> "pd.Series[str]":
    """Which rule leaves a row out, or nothing; what is live in the ERP or in doubt is never left out for its status."""
    idle = ~rows["has_erp"] & ~rows["ledger_uncertain"] & ~rows["crm_invalid"]
    alone = ~rows["has_crm"] & ~rows["ledger_committed"]
    rules = {
        "outside_period": ~rows["in_scope"],
        "draft": idle & (rows["crm_status"] == "draft"),
        "cancelled": idle & (rows["crm_status"] == "cancelled"),
        "never_entered": idle & alone,
    }
    return pd.Series(np.select(list(rules.values()), list(rules), ""), index=rows.index, dtype="str")


def _counted(rows: pd.DataFrame, rule: "pd.Series[str]", frames: Frames) -> Iterator[Exclusion]:
    out = rows[rule != ""]
    for side in SIDES:
        counts = rule[out.index][out[f"has_{side}"]].value_counts().to_dict()
        if side == "erp":
            counts["void"] = int((~frames.erp["live"]).sum())
        yield from (Exclusion(side, name, int(counts[name])) for name in EXCLUSION_RULES if counts.get(name))
