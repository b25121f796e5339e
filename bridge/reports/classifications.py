"""Which outcome names each row, and which records are left out by which rule?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.breaks import BREAKS, MATCHES, Outcome
from bridge.reports.alignments import ABSENT, M1, M2, aligned
from bridge.reports.inputs import Inputs
from bridge.reports.predicates import PREDICATES, prepared
from bridge.reports.records import Records
from bridge.reports.rows import Row
from bridge.reports.subdivisions import divided

Record = TypeVar("Record")
Flags = npt.NDArray[np.bool_]
PASSES = {M1: "M1", M2: "M2"}
SIDES = ("crm", "ledger", "erp")


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
    """The rows of the report, and how many records were left out by which rule."""

    rows: tuple[Row, ...]
    exclusions: tuple[Exclusion, ...]


def classified(records: Records, inputs: Inputs) -> Classified:
    """Align, compare and name everything."""
    rows = aligned(records, inputs)
    rule = _exclusions(rows)
    kept = prepared(rows[rule == ""].reset_index(drop=True), records, inputs)
    flags = np.stack([predicate(kept).to_numpy(dtype=bool) for predicate in PREDICATES.values()])
    found = sorted(_rows_of(kept, flags, records, inputs), key=_place)
    return Classified(tuple(found), tuple(_counted(rows, rule, records)))


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


def _counted(rows: pd.DataFrame, rule: "pd.Series[str]", records: Records) -> Iterator[Exclusion]:
    for side in SIDES:
        counts = Counter(rule[rows[f"has_{side}"] & (rule != "")])
        if side == "erp":
            counts["void"] = sum(not record.live for record in records.erp)
        yield from (Exclusion(side, name, counts[name]) for name in EXCLUSION_RULES if counts[name])


def _rows_of(kept: pd.DataFrame, flags: Flags, records: Records, inputs: Inputs) -> Iterator[Row]:
    owners, outcomes = _owners(kept), tuple(PREDICATES)
    positions = kept[["crm", "ledger", "erp", "code"]].to_numpy()
    passes = kept["erp_pass"].fillna(0).to_numpy(dtype=np.int64)
    voids, compared = kept["is_void"].to_numpy(), kept["compared"].to_numpy()
    for index, (crm, ledger, erp, code) in enumerate(positions):
        true = tuple(outcomes[number] for number in np.flatnonzero(flags[:, index]))
        matched = Outcome.MATCHED if compared[index] else Outcome.INVALID_ROW  # never a match that nobody compared
        row = Row(
            erp_name=inputs.erp,
            outcome=true[0] if true else matched,
            flags=true or (matched,),
            passed=PASSES.get(passes[index], ""),
            crm=_at(records.crm, crm),
            typed=_at(records.ledger, ledger),
            erp=_at(records.erp, erp),
            owner=_at(records.ledger, owners.get(code, ABSENT)),
        )
        yield divided(row, inputs, is_void=bool(voids[index]))


def _at(records: Sequence[Record], position: int) -> Record | None:
    return records[position] if position != ABSENT else None


def _owners(kept: pd.DataFrame) -> dict[int, int]:
    first = kept[~kept["excess"]]
    return dict(zip(first["code"], first["ledger"], strict=True))


def _place(row: Row) -> tuple[int, str, str, str]:
    order = (*BREAKS, *MATCHES)
    return (order.index(row.outcome), row.order_number, row.erp.number if row.erp else "", row.item_id)
