"""Does every control notice what it is there for?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd
import pytest

from bridge.model.breaks import Outcome, Verdict
from bridge.model.lists import ListTotals
from bridge.reports.classifications import classified
from bridge.reports.controls import CONTROL_MEANINGS, Control, Counted, controls_of
from bridge.reports.frames import frames_of
from bridge.reports.inputs import Inputs, Lookups
from bridge.reports.listings import in_order
from bridge.reports.reconciliations import Reconciliation, reconcile
from bridge.reports.records import records_of
from bridge.reports.terms import CompareTerms
from bridge.reports.totals import Total, totals_of, with_amounts
from tests.unit.reports.corruptions import twice
from tests.unit.reports.days import clean_day, clean_report, listed


@dataclass
class Report:
    """A report before its controls, whose parts a test may spoil one by one."""

    inputs: Inputs
    counted: Counted
    totals: tuple[Total, ...]

    def failing(self) -> set[str]:
        """The codes of the controls that do not tie."""
        return {control.code for control in controls_of(self.inputs, self.counted, self.totals) if not control.ties}

    def spoil(self, table: pd.DataFrame) -> None:
        """Change the table behind the classifier's back; the totals follow, so that only the second count can tell."""
        self.counted = replace(self.counted, table=with_amounts(table))
        self.totals = totals_of(self.counted.table)


def report_of(day: Inputs) -> Report:
    """The report of a day."""
    records = records_of(day)
    frames = frames_of(records, day)
    found = classified(frames, CompareTerms(day.documents.shows, day.tolerances))
    table = with_amounts(in_order(found.table, frames))
    return Report(day, Counted(table, records, found.exclusions), totals_of(table))


def without(side: str) -> Callable[[Report], None]:
    """One row has lost its record of that side."""

    def spoil(report: Report) -> None:
        table = report.counted.table.copy()
        table.loc[2, f"has_{side}"] = False
        if side != "ledger":
            table.loc[2, f"{side}_minor"] = pd.NA
        report.spoil(table)

    return spoil


def spoil_amount(report: Report) -> None:
    """One document's amount is a unit off."""
    table = report.counted.table.copy()
    table["erp_minor"] += [place == 3 for place in range(len(table))]
    report.spoil(table)


def exchange_name(report: Report) -> None:
    """One document stands in the place of another; counts and sums stay."""
    table = report.counted.table.copy()
    table["erp"] = table["erp"].where(table.index != 3, table["erp"].to_numpy()[4])
    report.spoil(table)


def lose_row(report: Report) -> None:
    """One row is lost."""
    report.spoil(report.counted.table.iloc[1:].copy())


def spoil_total(report: Report) -> None:
    """The summary counts one row too many."""
    first = report.totals[0]
    report.totals = (replace(first, count=first.count + 1), *report.totals[1:])


def spoil_sum(report: Report) -> None:
    """The summary is a unit off in one currency."""
    first = report.totals[0]
    report.totals = (replace(first, erp=first.erp + 1), *report.totals[1:])


def spoil_component(report: Report) -> None:
    """A part of one document's total stands under another name; all sums stay."""
    table = report.counted.table.copy()
    table["erp_freight"] = pd.array([place == 3 for place in range(len(table))], dtype="boolean").astype("Int64")
    report.spoil(table)


def spoil_split(report: Report) -> None:
    """What no component explains is lost."""
    table = report.counted.table.copy()
    table["erp_rest"] = pd.array([int(place == 3) for place in range(len(table))], dtype="Int64")
    report.spoil(table)


SPOILERS: tuple[tuple[Callable[[Report], None], set[str]], ...] = (
    (lose_row, {"C1", "C2", "C3", "C4", "C8"}),
    (spoil_amount, {"C5", "C14"}),
    (spoil_component, {"C14"}),
    (spoil_split, {"C14"}),
    (exchange_name, {"C8"}),
    (without("crm"), {"C1", "C2", "C5", "C8"}),
    (without("erp"), {"C1", "C3", "C5", "C8"}),
    (without("ledger"), {"C1", "C4", "C8"}),
    (spoil_total, {"C10"}),
    (spoil_sum, {"C10"}),
)


@pytest.mark.parametrize(("spoil", "codes"), SPOILERS)
def test_a_spoiled_report_does_not_tie(spoil: Callable[[Report], None], codes: set[str]) -> None:
    """Whatever the classifier would lose, double or miscount, the second count sees it."""
    report = report_of(clean_day())
    assert report.failing() == set()
    spoil(report)
    assert codes <= report.failing()


def with_totals(day: Inputs, totals: ListTotals | None) -> Inputs:
    """The day with other totals below the ERP's list."""
    return replace(day, documents=replace(day.documents, totals=totals))


def page_lost(day: Inputs) -> Inputs:
    """The last row of the list was not read, nor opened; the ERP's totals know it."""
    side = day.documents
    return replace(day, documents=replace(side, listed=side.listed[:-1], opened=side.opened[:-1]))


def row_twice(day: Inputs) -> Inputs:
    """The list moved while it was paged through: one row came twice."""
    side = day.documents
    return replace(day, documents=replace(side, listed=(*side.listed, side.listed[0]), totals=None))


def never_opened(day: Inputs) -> Inputs:
    """One listed document was not opened."""
    return replace(day, documents=replace(day.documents, opened=day.documents.opened[1:]))


def opened_otherwise(day: Inputs) -> Inputs:
    """One document shows another total than the list does."""
    first, *rest = day.documents.opened
    changed = replace(first, total=(first.total or Decimal(0)) + 1)
    return replace(day, documents=replace(day.documents, opened=(changed, *rest)))


def opened_unlisted(day: Inputs) -> Inputs:
    """A document was opened that the list does not show."""
    stranger = replace(day.documents.opened[0], number="77777777")
    return replace(day, documents=replace(day.documents, opened=(*day.documents.opened, stranger)))


def wrong_sum(day: Inputs) -> Inputs:
    """The ERP's own sum is a cent more than its rows."""
    totals = day.documents.totals
    assert totals is not None
    assert totals.sums is not None
    sums = {**totals.sums, "EUR": totals.sums["EUR"] + Decimal("0.01")}
    return with_totals(day, replace(totals, sums=sums))


def wrong_fraction(day: Inputs) -> Inputs:
    """The ERP's own sum is less than a cent more than its rows."""
    totals = day.documents.totals
    assert totals is not None
    assert totals.sums is not None
    sums = {**totals.sums, "EUR": totals.sums["EUR"] + Decimal("0.001")}
    return with_totals(day, replace(totals, sums=sums))


def held_back(day: Inputs) -> Inputs:
    """A document of the days that were read is found by its number only: who knows what else the list holds back."""
    number = day.documents.opened[0].number
    totals = day.documents.totals
    assert totals is not None
    less = replace(totals, count=(totals.count or 0) - 1, sums=None)
    found = Lookups(asked=(number,), found=(number,), said=1, shown=1)
    return replace(day, documents=replace(day.documents, totals=less, lookups=found))


BAD_INPUTS = (
    (held_back, "C15"),
    (page_lost, "C9"),
    (wrong_sum, "C9"),
    (wrong_fraction, "C9"),
    (row_twice, "C12"),
    (never_opened, "C11"),
    (opened_otherwise, "C11"),
    (opened_unlisted, "C11"),
)


@pytest.mark.parametrize(("change", "code"), BAD_INPUTS)
def test_inputs_that_cannot_be_whole_are_never_green(change: Callable[[Inputs], Inputs], code: str) -> None:
    """A list that was not read to its end, or documents that were not opened, make the report INCOMPLETE."""
    report = reconcile(change(clean_day()))
    assert code in {control.code for control in report.controls if not control.ties}
    assert report.verdict is Verdict.INCOMPLETE


def test_incomplete_outweighs_breaks() -> None:
    """Where a control fails, not even BREAKS may be said: the breaks may not be all."""
    report = reconcile(wrong_sum(twice(clean_day())))
    assert report.breaks
    assert report.verdict is Verdict.INCOMPLETE


def test_two_postings_of_one_reference_do_not_hide_one_another() -> None:
    """The ledger promises one posting per reference; were it broken, the report would say so."""
    day = clean_day()
    again = replace(day.ledger, postings=(*day.ledger.postings, day.ledger.postings[0]))
    report = reconcile(replace(day, ledger=again))
    assert {control.code for control in report.controls if not control.ties} >= {"C1", "C4"}


def test_list_totals_that_the_erp_does_not_show_are_not_available() -> None:
    """A control without figures neither ties nor fails; the report says that there were none."""
    report = reconcile(with_totals(clean_day(), None))
    unavailable = [control for control in report.controls if not control.available]
    assert [control.code for control in unavailable] == ["C9"]
    assert report.verdict is Verdict.RECONCILED


def test_lines_that_were_not_compared_are_said_so() -> None:
    """Without opening documents the best verdict is a warning."""
    side = clean_day().documents
    bare = replace(side, opened=(), shows=side.shows - {"lines", "amount"})
    report = reconcile(replace(clean_day(), documents=bare))
    assert report.verdict is Verdict.WARN
    assert len(report.warnings) == 1


def test_nothing_at_all_is_no_success() -> None:
    """Empty sides on a day agree with each other, and still nobody may read that as all is well."""
    day = clean_day()
    empty = replace(
        day,
        crm=replace(day.crm, orders=()),
        ledger=replace(day.ledger, postings=()),
        documents=replace(day.documents, listed=(), opened=(), totals=ListTotals(0, {})),
    )
    assert reconcile(empty).verdict is Verdict.WARN


def test_every_control_says_what_it_means() -> None:
    """No control stands in the workbook without a sentence."""
    report: Reconciliation = clean_report()
    assert {control.code for control in report.controls} == set(CONTROL_MEANINGS) - {"C7"}
    assert Control("C9", "ERP", "rows", None, 3).ties


def test_the_rows_of_a_list_and_its_documents_are_the_same_in_a_clean_day() -> None:
    """The days that tests are made of are themselves whole."""
    day = clean_day()
    assert tuple(listed(document) for document in day.documents.opened) == day.documents.listed
    assert {row.outcome for row in reconcile(day).rows} == {Outcome.MATCHED}
