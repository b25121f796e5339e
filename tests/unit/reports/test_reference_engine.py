"""Do loops over plain records come to the same as the kernel's columns, for every row of a day full of breaks?"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from bridge.model.breaks import Outcome
from bridge.model.components import NET, Basis
from bridge.reports.line_differences import LinePairs, line_flags
from bridge.reports.totals import totals_of, with_amounts
from tests.bench.engines.answers import PLACES, ROW
from tests.bench.engines.days import EVERYTHING, day_of
from tests.bench.engines.ours import classified_in, frames_in
from tests.bench.engines.plain import Answer, judged
from tests.bench.engines.plain import totals_of as plain_totals
from tests.bench.engines.plain_families import BY_OWN_NUMBER
from tests.bench.engines.plain_records import day_in
from tests.bench.engines.sides import FIELDS, write

ORDERS = 3000
ORPHAN = Outcome.ORPHAN_IN_ERP
ALL = frozenset(FIELDS)
TERMS: Mapping[str, tuple[frozenset[str], Basis]] = {
    "all": (ALL, NET),
    "no lines": (ALL - {"lines", "amount"}, NET),
    "no total": (ALL - {"total"}, NET),
    "neither": (ALL - {"lines", "amount", "total"}, NET),
    "no customer, date or status": (ALL - {"customer", "order_date", "status"}, NET),
    "no amount of a line": (ALL - {"amount"}, NET),
    "no company, freight or tax": (ALL - {"company", "freight", "tax"}, NET),
    "a total with tax and without freight": (ALL, Basis(compared=frozenset({"discount", "tax"}))),
    "prices with tax": (ALL, Basis(gross_prices=True)),
}
Told = dict[tuple[int, ...], tuple[int, int]]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day that is nearly all breaks, many of them over each other, with blanks and groups."""
    folder = tmp_path_factory.mktemp("day")
    write(day_of(ORDERS, seed=11, shares=EVERYTHING), folder)
    return folder


def on_terms(day: Path, shows: frozenset[str], basis: Basis) -> Path:
    """The same day of an ERP that shows these fields, compared on this basis."""
    told = json.loads((day / "terms.json").read_text(encoding="utf-8"))
    told |= {"shows": sorted(shows), "compared": sorted(basis.compared), "gross_prices": basis.gross_prices}
    (day / "terms.json").write_text(json.dumps(told), encoding="utf-8")
    return day


def by_loops(answers: list[Answer]) -> Told:
    """The outcome and flags of each row, by its records."""
    return {answer.row.name: (PLACES[answer.outcome], answer.mask) for answer in answers}


def by_columns(day: Path) -> Told:
    """The same by the kernel."""
    rows = classified_in(day).table[list(ROW)].itertuples(index=False, name=None)
    return {(crm, ledger, erp): (outcome, flags) for crm, ledger, erp, outcome, flags in rows}


@pytest.mark.parametrize(("shows", "basis"), TERMS.values(), ids=TERMS.keys())
def test_both_name_every_row_alike_with_all_its_flags(day: Path, shows: frozenset[str], basis: Basis) -> None:
    """Which records belong together, what names a row and all that is true of it: two programs, one answer."""
    answers, _ = judged(day_in(on_terms(day, shows, basis)))
    assert len(by_loops(answers)) == len(answers)
    assert by_loops(answers) == by_columns(day)


def test_lines_compared_in_blocks_are_compared_alike(day: Path) -> None:
    """However many pairs are compared at once, each has the flags that it has among all, in its place."""
    frames = frames_in(day)
    few = np.arange(1000)
    pairs = LinePairs(few, few, few % 2 * 10**6, few % 2 * 10**6)
    whole, *parts = (line_flags(pairs, frames.crm_lines, frames.erp_lines, size) for size in (1000, 999, 100))
    for part in parts:
        assert {name: flags.tolist() for name, flags in part.items()} == {n: f.tolist() for n, f in whole.items()}
    assert all(flags.any() for flags in whole.values())


def test_both_leave_out_and_add_up_the_same(day: Path) -> None:
    """Exclusions by side and rule, rows and sums by outcome and currency."""
    answers, left_out = judged(day_in(on_terms(day, *TERMS["all"])))
    found = classified_in(day)
    assert {(each.side, each.rule): each.count for each in found.exclusions} == left_out
    totals = totals_of(with_amounts(found.table))
    assert {(PLACES[t.outcome], t.currency): (t.count, t.crm, t.erp) for t in totals} == plain_totals(answers)


def test_the_day_holds_every_outcome_alone_and_over_others(day: Path) -> None:
    """What is not in the data is not doubted: each outcome names rows, is true alone, and also beside another."""
    answers, _ = judged(day_in(on_terms(day, *TERMS["all"])))
    assert {answer.outcome for answer in answers} == set(Outcome)
    alone = {flag for answer in answers if len(answer.flags) == 1 for flag in answer.flags}
    assert alone == set(Outcome) - {Outcome.MATCHED}
    beside = {flag for answer in answers if len(answer.flags) > 1 for flag in answer.flags}
    assert beside == set(Outcome) - {Outcome.MATCHED, Outcome.NOT_TYPED}  # nothing else is true of what is nowhere


def test_the_day_holds_documents_under_own_numbers_and_such_as_are_unclear(day: Path) -> None:
    """M1b is doubted too: found so before the cut-over and beside the bridge, and numbers that decide nothing."""
    answers, _ = judged(day_in(on_terms(day, *TERMS["all"])))
    found = [answer for answer in answers if answer.row.passed == BY_OWN_NUMBER]
    assert {Outcome.STATUS_DIFF in answer.flags for answer in found} == {True, False}
    assert {answer.row.order is not None and answer.row.order.two_sided for answer in found} == {True, False}
    numbers = {answer.row.order.number for answer in answers if answer.row.order}
    nobodys = [answer.row.document for answer in answers if answer.row.document and answer.outcome is ORPHAN]
    assert numbers & {document.reference for document in nobodys}
    assert numbers & {document.po_number for document in nobodys}
