"""Do the CRM, the ledger and the ERP's own list agree over a period, and can the answer be relied upon?"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from bridge.locale import Phrase
from bridge.model.breaks import Outcome, Verdict
from bridge.model.components import PARTS
from bridge.model.money import Money
from bridge.model.tolerances import Tolerances
from bridge.reports.alignments import M2
from bridge.reports.classifications import Exclusion, classified
from bridge.reports.component_totals import CompanyTotal, company_totals_of
from bridge.reports.controls import Control, Counted, carried_forward, controls_of
from bridge.reports.fingerprints import fingerprints, values_of
from bridge.reports.frames import Frames, frames_of
from bridge.reports.inputs import Inputs, ListPasses, Lookups, Period, Typed
from bridge.reports.lifecycles import Lives, lives_of, with_outcomes, without_resolutions
from bridge.reports.listings import Listing, in_order
from bridge.reports.memories import Memory
from bridge.reports.notes import notes_of
from bridge.reports.predicates import without_ledger
from bridge.reports.records import Records, records_of
from bridge.reports.side_totals import SideTotals, side_totals
from bridge.reports.successions import successions
from bridge.reports.suggestions import suggestions
from bridge.reports.terms import CompareTerms
from bridge.reports.totals import Tolerated, Total, tolerated_of, totals_of, with_amounts

NOT_COMPARED: Mapping[str, str] = {
    "lines": "Lines were not compared: the documents were not opened.",
    "total": "Totals were not compared: the ERP shows none.",
    "customer": "Customers were not compared: the ERP shows none.",
}
MOST_DETAIL = 200_000
MOST_SHOWN = 20_000
NOTHING = "Nothing was there to compare."
NOT_STATED: Mapping[str, tuple[str, str]] = {
    "discount": (
        "The discount was not compared: only the CRM states it.",
        "The discount was not compared: only the ERP states it.",
    ),
    "freight": (
        "The freight was not compared: only the CRM states it.",
        "The freight was not compared: only the ERP states it.",
    ),
    "tax": ("The tax was not compared: only the CRM states it.", "The tax was not compared: only the ERP states it."),
    "company": (
        "Companies were not compared: only the CRM states them.",
        "Companies were not compared: only the ERP states them.",
    ),
    "unit": (
        "Units of measure were not compared: only the CRM states them.",
        "Units of measure were not compared: only the ERP states them.",
    ),
}
OTHER_PRICES = "Prices were not compared where they include tax on one side only."
TEXTS_DIFFER = "Texts differ where nothing else does; they are listed, and no amount hangs on them."
TOLERATED = "Amounts within the tolerance were accepted, and nothing bounds them together."
EXPECTED = "Some breaks are expected: orders that still have time, or parts still to be delivered."
OVER_CAP = "More was tolerated together than the cap allows."
BY_NUMBER = "Some documents do not carry our reference; they were found by the number that was read at Save."
TWO_SIDED = "Orders that the ledger cannot know, such as those before the cut-over, were compared with the ERP alone."


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
class Detail:
    """A list that lies beside the workbook: its name, its files with their hashes, and its rows.

    The first ones of them are `shown` in the workbook too.
    """

    key: str
    files: Mapping[str, str]
    rows: int
    shown: int = 0


@dataclass(frozen=True)
class Reconciliation:
    """What one comparison of one ERP came to.

    `warnings` are sentences, keys of the catalogue, that keep it from being green; `notes` say how the ERP was read,
    what that cannot show, and what was not compared since one side is silent. `sides` are the control totals of each
    side as it was read, `values` is a hash total over the rows of the period. `postings` are those of the
    ledger that have a part in it. A list of matches or postings longer than `most_detail` is in no workbook but in the
    files of `details`; of every other list there are so many rows as `most_shown` in it at most, and all in such files.
    """

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
    tolerances: Tolerances
    lives: Lives
    memory: Memory
    sides: tuple[SideTotals, ...]
    passes: ListPasses | None
    lookups: Lookups
    notes: tuple[Phrase, ...]
    values: int
    companies: tuple[CompanyTotal, ...] = ()
    most_detail: int = MOST_DETAIL
    most_shown: int = MOST_SHOWN
    details: tuple[Detail, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The weightiest thing to say; a control that does not tie outweighs everything."""
        if not all(control.ties for control in self.controls):
            return Verdict.INCOMPLETE
        if self.lives.pressing:
            return Verdict.BREAKS
        return Verdict.WARN if self.warnings else Verdict.RECONCILED

    @property
    def open_items(self) -> int:
        """How many breaks are open, those included that were open before and could not be looked at."""
        return len(self.breaks) + len(self.lives.unseen)

    @property
    def breaks(self) -> Listing:
        """The rows that need a person, by precedence."""
        return self.rows.breaks

    @property
    def matched(self) -> Listing:
        """The rows that agree, those within the tolerance first."""
        return self.rows.matched

    def split_matches(self) -> tuple[Listing, Listing]:
        """The matches that are exact, and those within the tolerance."""
        matched = self.matched
        tolerated = sum(total.count for total in self.totals if total.outcome is Outcome.MATCHED_TOL)
        return matched[tolerated:], matched[:tolerated]

    def with_controls(self, controls: Sequence[Control]) -> "Reconciliation":
        """The same with more controls, and so perhaps with another verdict."""
        return replace(self, controls=(*self.controls, *controls))

    def with_details(self, details: Sequence[Detail]) -> "Reconciliation":
        """The same with lists beside it."""
        return replace(self, details=tuple(details))

    def values_sha256(self) -> str:
        """A hash over what a sign-off attaches to: the values of every row of the period, and its breaks.

        Breaks of other periods that are open still are shown in this one, and signed for in theirs.
        """
        first, last = self.period.first, self.period.last
        breaks = (each.fingerprint for each in self.lives.items.values() if each.facts.is_between(first, last))
        return hashlib.sha256("\n".join((str(self.values), *sorted(breaks))).encode()).hexdigest()


def reconcile(inputs: Inputs, memory: Memory | None = None) -> Reconciliation:
    """Compare the three sides and go on from what is remembered.

    Pure, and the same for the same inputs in whatever order they come.
    """
    memory = memory or Memory()
    records = records_of(inputs)
    frames = frames_of(records, inputs)
    found = classified(frames, CompareTerms(inputs.documents.shows, inputs.tolerances, inputs.basis))
    table = with_amounts(in_order(found.table, frames))
    totals = totals_of(table)
    rows = Listing(table, records, inputs, suggestions(table, frames))
    rows = rows.going_on(successions(rows, memory))
    as_of = AsOf(inputs.crm.as_of, inputs.ledger.as_of, inputs.documents.as_of)
    controls = controls_of(inputs, Counted(table, records, found.exclusions), totals)
    lives = _lives(rows, inputs, memory, as_of.latest)
    if not all(control.ties for control in controls):
        lives = without_resolutions(lives)
    return Reconciliation(
        erp=inputs.erp,
        period=inputs.period,
        as_of=as_of,
        rows=rows,
        postings=tuple(records.ledger[int(place)] for place in np.unique(table["ledger"][table["has_ledger"]])),
        exclusions=found.exclusions,
        totals=totals,
        controls=(*controls, carried_forward(memory, lives, len(rows.breaks) + len(lives.unseen))),
        warnings=(*_warnings(inputs, table, totals), *([EXPECTED] if lives.expected else [])),
        fingerprints=fingerprints(inputs),
        tolerances=inputs.tolerances,
        lives=lives,
        memory=memory,
        values=values_of(table, records, inputs.period),
        sides=side_totals(records, inputs),
        passes=inputs.documents.passes,
        lookups=inputs.documents.lookups,
        notes=(*notes_of(inputs), *(Phrase(note) for note in sorted(_notes(records, frames, inputs)))),
        companies=company_totals_of(table),
    )


def _lives(rows: Listing, inputs: Inputs, memory: Memory, at: datetime) -> Lives:
    lives = lives_of(rows.breaks, inputs, memory, at)
    return with_outcomes(lives, rows.about(each.before for each in lives.resolved)) if lives.resolved else lives


def _warnings(inputs: Inputs, table: pd.DataFrame, totals: Sequence[Total]) -> Iterator[str]:
    shows = inputs.documents.shows
    yield from (sentence for name, sentence in NOT_COMPARED.items() if name not in shows and not _derived(name, shows))
    if not totals:
        yield NOTHING
    if without_ledger(table).any():
        yield TWO_SIDED
    if "reference" in shows and (table["paired"] & (table["erp_pass"] == M2)).any():
        yield BY_NUMBER
    if any(total.outcome.is_informational for total in totals):
        yield TEXTS_DIFFER
    yield from sorted({_judged(tolerated, inputs.tolerances) for tolerated in tolerated_of(table)} - {""})


def _notes(records: Records, frames: Frames, inputs: Inputs) -> Iterator[str]:
    """What only one side states, and what is not compared for it; nothing of what the compared total holds."""
    ordered = _stated_parts(frames.crm) | ({"company"} & {*frames.crm.columns})
    shown = _stated_parts(frames.erp) | (inputs.documents.shows & {"company", "unit"})
    if any(record.order is not None and any(line.unit for line in record.order.lines) for record in records.crm):
        ordered.add("unit")
    for name in NOT_STATED.keys() - inputs.basis.compared:
        if (name in ordered) != (name in shown):
            yield NOT_STATED[name][name in shown]
    if "gross" in frames.crm or inputs.basis.gross_prices:
        gross = frames.crm["gross"] if "gross" in frames.crm else frames.crm["invalid"] & False
        if (gross != inputs.basis.gross_prices).any():
            yield OTHER_PRICES


def _stated_parts(side: pd.DataFrame) -> set[str]:
    """The parts of which any record states more than nothing."""
    return {name for name in PARTS if name in side and side[name].fillna(0).ne(0).any()}


def _judged(tolerated: Tolerated, tolerances: Tolerances) -> str:
    cap = tolerances.of(tolerated.currency).cap
    if cap is None:
        return TOLERATED
    return OVER_CAP if tolerated.minor > Money(cap, tolerated.currency).minor else ""


def _derived(name: str, shows: frozenset[str]) -> bool:
    return name == "total" and "lines" in shows
