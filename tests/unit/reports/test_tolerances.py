"""Is no more tolerated than was said, in each currency, on each side, and together?"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import ValidationError

from bridge.model.breaks import Outcome, Verdict
from bridge.model.documents import Document
from bridge.model.tolerances import Band, Tolerance, Tolerances
from bridge.reconciliation_settings import ReconciliationSettings
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import OVER_CAP, TOLERATED, Reconciliation, reconcile
from tests.unit.reports.days import clean_day, with_documents

EUR, CNY, JPY = 3, 0, 1  # places of orders of a clean day in these currencies
CENT = Decimal("0.01")


def off_by(*changes: tuple[int, str]) -> Inputs:
    """A clean day on which the totals of documents at some places are so much more."""

    def change(documents: list[Document]) -> None:
        for place, amount in changes:
            total = (documents[place].total or Decimal(0)) + Decimal(amount)
            documents[place] = replace(documents[place], total=total)

    return with_documents(clean_day(), change)


def judged(day: Inputs, tolerances: Tolerances) -> Reconciliation:
    """The report under these tolerances."""
    return reconcile(replace(day, tolerances=tolerances))


def outcomes(report: Reconciliation) -> Sequence[Outcome]:
    """What is said of the rows that are not plainly matched."""
    return [row.outcome for row in report.rows if row.outcome is not Outcome.MATCHED]


@pytest.mark.parametrize(
    ("off", "outcome"),
    [
        ("0.05", Outcome.MATCHED_TOL),
        ("0.06", Outcome.AMOUNT_DIFF),
        ("-0.02", Outcome.MATCHED_TOL),
        ("-0.03", Outcome.AMOUNT_DIFF),
    ],
)
def test_above_and_below_are_bounded_apart(off: str, outcome: Outcome) -> None:
    """Five cents more and two cents less are tolerated, and not a cent beyond."""
    band = Band(above=Decimal("0.05"), below=Decimal("0.02"))
    assert outcomes(judged(off_by((EUR, off)), Tolerances("t", {"EUR": Tolerance(band)}))) == [outcome]


def test_each_currency_has_its_own_bounds() -> None:
    """What is tolerated of euros is not tolerated of yuan, and yen have no cents."""
    euros = Tolerances("t", {"EUR": Tolerance(Band(CENT, CENT))}, Tolerance(Band(Decimal("0.5"), Decimal("0.5"))))
    assert outcomes(judged(off_by((EUR, "0.02")), euros)) == [Outcome.AMOUNT_DIFF]
    assert outcomes(judged(off_by((CNY, "0.50")), euros)) == [Outcome.MATCHED_TOL]
    assert outcomes(judged(off_by((JPY, "1")), euros)) == [Outcome.AMOUNT_DIFF]


def test_an_order_is_tolerated_no_more_than_its_lines() -> None:
    """Two lines at a cent each: two cents, however wide the bound of the order is."""
    wide = Band(Decimal(1), Decimal(1))
    tolerances = Tolerances("t", {"EUR": Tolerance(wide, line=Band(CENT, CENT))})
    assert outcomes(judged(off_by((EUR, "0.02")), tolerances)) == [Outcome.MATCHED_TOL]
    assert outcomes(judged(off_by((EUR, "0.03")), tolerances)) == [Outcome.AMOUNT_DIFF]


def test_a_line_may_be_off_by_what_a_line_may() -> None:
    """The ERP rounds a line's amount its own way; the other fields of the line are not touched by that."""

    def change(documents: list[Document]) -> None:
        first, second = documents[EUR].lines
        off = replace(second, amount=(second.amount or Decimal(0)) + CENT)
        documents[EUR] = replace(documents[EUR], lines=(first, off))

    day = with_documents(clean_day(), change)
    line = Tolerance(line=Band(CENT, CENT))
    assert outcomes(judged(day, Tolerances("t"))) == [Outcome.AMOUNT_DIFF]
    assert outcomes(judged(day, Tolerances("t", {"EUR": line}))) == [Outcome.MATCHED_TOL]


def capped(cap: str | None) -> Tolerances:
    """A cent is tolerated of each order in euros, and so much of all together."""
    return Tolerances("t", {"EUR": Tolerance(Band(CENT, CENT), cap=None if cap is None else Decimal(cap))})


def test_many_small_differences_are_bounded_together() -> None:
    """A cent above and a cent below are two cents, signs aside: salami is seen."""
    day = off_by((EUR, "0.01"), (EUR + 4, "-0.01"))
    held, over, open_ended = (judged(day, capped(cap)) for cap in ("0.02", "0.01", None))
    assert (held.verdict, held.warnings) == (Verdict.RECONCILED, ())
    assert (over.verdict, over.warnings) == (Verdict.WARN, (OVER_CAP,))
    assert (open_ended.verdict, open_ended.warnings) == (Verdict.WARN, (TOLERATED,))


def test_what_is_tolerated_counts_whatever_names_the_row() -> None:
    """A cent more in an order whose status or customer differs too is tolerated all the same; a euro more is not."""

    def change(documents: list[Document]) -> None:
        documents[EUR] = replace(documents[EUR], customer="C-0009")

    day = with_documents(off_by((EUR, "0.01"), (EUR + 4, "1.01")), change)
    report = judged(day, capped("0.00"))
    assert outcomes(report) == [Outcome.CUSTOMER_DIFF, Outcome.AMOUNT_DIFF]
    assert OVER_CAP in report.warnings
    assert OVER_CAP not in judged(day, capped("0.01")).warnings


def test_a_set_is_known_by_its_hash() -> None:
    """Another bound is another hash, also under the same name; the order in which it is written is none."""
    one = Tolerances("t", {"EUR": Tolerance(Band(CENT, CENT)), "CNY": Tolerance()})
    assert one.sha256 == Tolerances("t", {"CNY": Tolerance(), "EUR": Tolerance(Band(Decimal("0.010"), CENT))}).sha256
    others = {
        Tolerances("t").sha256,
        replace(one, version="u").sha256,
        replace(one, others=Tolerance(Band(CENT))).sha256,
    }
    assert len({one.sha256, *others}) == 4


def test_no_bound_of_lines_is_another_set_than_lines_of_which_nothing_is_tolerated() -> None:
    """The one leaves an order its own bounds, the other tolerates nothing of it; amounts that are equal are alike."""

    def hashed(line: Band | None, cap: str | None) -> str:
        limit = None if cap is None else Decimal(cap)
        return Tolerances("t", {"EUR": Tolerance(Band(CENT, CENT), line, limit)}).sha256

    assert len({hashed(line, cap) for line in (None, Band(), Band(CENT), Band(below=CENT)) for cap in (None, "0")}) == 8
    assert hashed(None, "10") == hashed(None, "10.00") == hashed(None, "1E+1")


def test_the_configuration_says_it_per_currency() -> None:
    """What is written in [reconciliation] is what is tolerated; a currency not named has the profile's."""
    written = {"version": "2026-11", "tolerances": {"CNY": {"above": "0.05", "line": "0.01", "cap": "10"}}}
    found = ReconciliationSettings.model_validate(written).tolerated(CENT)
    assert found.of("CNY") == Tolerance(Band(above=Decimal("0.05")), Band(CENT, CENT), Decimal(10))
    assert found.of("EUR") == Tolerance(Band(CENT, CENT))
    assert found.version == "2026-11"


def test_a_line_may_have_bounds_of_its_own_above_and_below() -> None:
    """One amount is both; of a table what is not named is nothing, as it is of an order."""

    def read(line: object) -> Band | None:
        written = {"version": "1", "tolerances": {"EUR": {"above": "1", "below": "1", "line": line}}}
        return ReconciliationSettings.model_validate(written).tolerated(CENT).of("EUR").line

    above = read({"above": "0.01", "below": "0"})
    assert (above, read({"above": "0.01"}), read("0.01")) == (Band(CENT), Band(CENT), Band(CENT, CENT))
    tolerances = Tolerances("t", {"EUR": Tolerance(Band(Decimal(1), Decimal(1)), above)})
    assert outcomes(judged(off_by((EUR, "0.02")), tolerances)) == [Outcome.MATCHED_TOL]
    assert outcomes(judged(off_by((EUR, "-0.01")), tolerances)) == [Outcome.AMOUNT_DIFF]


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerances": {"CNY": {"above": "0.05"}}},
        {"version": "1", "tolerances": {"CNY": {"above": 0.05}}},
        {"version": "1", "tolerances": {"JPY": {"above": "0.5"}}},
        {"version": "1", "tolerances": {"EURO": {"above": "1"}}},
        {"version": "1", "tolerances": {"CNY": {"above": "-1"}}},
        {"version": "1", "tolerances": {"CNY": {"percent": "1"}}},
        {"version": "1", "tolerances": {"CNY": {"line": 0.01}}},
        {"version": "1", "tolerances": {"JPY": {"line": {"below": "0.5"}}}},
        {"version": "1", "tolerances": {"CNY": {"line": {"above": "-1"}}}},
        {"version": "1", "tolerances": {"CNY": {"line": {"both": "1"}}}},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    """No version, a float, half a yen, a currency nobody knows, less than nothing, no such key; also of a line."""
    with pytest.raises(ValidationError):
        ReconciliationSettings.model_validate(wrong)
