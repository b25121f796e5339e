"""Do the CRM, the ledger and the ERP's own list agree over a period, and can the answer be relied upon?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from bridge.model.breaks import Verdict
from bridge.model.money import Money
from bridge.model.tolerances import Tolerances
from bridge.reports.classifications import Exclusion, classified
from bridge.reports.controls import Control, Counted, controls_of
from bridge.reports.fingerprints import fingerprints
from bridge.reports.frames import frames_of
from bridge.reports.inputs import Inputs, Period, Typed
from bridge.reports.listings import Listing, in_order
from bridge.reports.predicates import Terms
from bridge.reports.records import records_of
from bridge.reports.totals import Tolerated, Total, tolerated_of, totals_of, with_amounts

NOT_COMPARED: Mapping[str, str] = {
    "lines": "Lines were not compared: the documents were not opened.",
    "total": "Totals were not compared: the ERP shows none.",
    "customer": "Customers were not compared: the ERP shows none.",
}
NOTHING = "Nothing was there to compare."
TOLERATED = "Amounts within the tolerance were accepted, and nothing bounds them together."
OVER_CAP = "More was tolerated together than the cap allows."


@dataclass(frozen=True)
class AsOf:
    """When each side was read."""

    crm: datetime
    ledger: datetime
    erp: datetime

    @property
    def latest(self) -> datetime:
        """When the last side was read."""
        return max(self.crm, self.ledger, self.erp)


@dataclass(frozen=True)
class Reconciliation:
    """What one comparison of one ERP came to. `warnings` are sentences, keys of the catalogue."""

    erp: str
    period: Period
    as_of: AsOf
    rows: Listing
    postings: tuple[Typed, ...]
    exclusions: tuple[Exclusion, ...]
    totals: tuple[Total, ...]
    controls: tuple[Control, ...]
    warnings: tuple[str, ...]
    fingerprints: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        """The weightiest thing to say; a control that does not tie outweighs everything."""
        if not all(control.ties for control in self.controls):
            return Verdict.INCOMPLETE
        if self.breaks:
            return Verdict.BREAKS
        return Verdict.WARN if self.warnings else Verdict.RECONCILED

    @property
    def breaks(self) -> Listing:
        """The rows that need a person, by precedence."""
        return self.rows.breaks

    @property
    def matched(self) -> Listing:
        """The rows that agree, those within the tolerance first."""
        return self.rows.matched

    def with_controls(self, controls: Sequence[Control]) -> "Reconciliation":
        """The same with more controls, and so perhaps with another verdict."""
        return replace(self, controls=(*self.controls, *controls))


def reconcile(inputs: Inputs) -> Reconciliation:
    """Compare the three sides; pure, and the same for the same inputs in whatever order they come."""
    records = records_of(inputs)
    frames = frames_of(records, inputs)
    found = classified(frames, Terms(inputs.documents.shows, inputs.tolerances))
    table = with_amounts(in_order(found.table, frames))
    totals = totals_of(table)
    return Reconciliation(
        erp=inputs.erp,
        period=inputs.period,
        as_of=AsOf(inputs.crm.as_of, inputs.ledger.as_of, inputs.documents.as_of),
        rows=Listing(table, records, inputs),
        postings=records.ledger,
        exclusions=found.exclusions,
        totals=totals,
        controls=controls_of(inputs, Counted(table, records, found.exclusions), totals),
        warnings=tuple(_warnings(inputs, table, totals)),
        fingerprints=fingerprints(inputs),
    )


def _warnings(inputs: Inputs, table: pd.DataFrame, totals: Sequence[Total]) -> Iterator[str]:
    shows = inputs.documents.shows
    yield from (sentence for name, sentence in NOT_COMPARED.items() if name not in shows and not _derived(name, shows))
    if not totals:
        yield NOTHING
    yield from sorted({_judged(tolerated, inputs.tolerances) for tolerated in tolerated_of(table)} - {""})


def _judged(tolerated: Tolerated, tolerances: Tolerances) -> str:
    cap = tolerances.of(tolerated.currency).cap
    if cap is None:
        return TOLERATED
    return OVER_CAP if tolerated.minor > Money(cap, tolerated.currency).minor else ""


def _derived(name: str, shows: frozenset[str]) -> bool:
    return name == "total" and "lines" in shows
