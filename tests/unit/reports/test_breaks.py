"""Is every kind of break found, and none where there is none?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.model.breaks import BREAKS, MEANINGS, Locus, Outcome, Sub, Verdict
from bridge.model.documents import DocumentStatus
from bridge.model.orders import OrderStatus
from bridge.model.postings import PostingState
from bridge.model.references import make_reference
from bridge.reports.predicates import PREDICATES
from bridge.reports.reconciliations import BY_NUMBER, reconcile
from tests.unit.reports.corruptions import CORRUPTIONS, Corruption, document_changed, line_changed, order_changed, twice
from tests.unit.reports.days import (
    RULE,
    clean_day,
    clean_report,
    order,
    tolerating,
    with_documents,
    with_orders,
    with_posting,
    without_posting,
)


def test_a_clean_day_reconciles() -> None:
    """Where nothing differs, everything matches, all controls tie and the verdict is the best there is."""
    report = clean_report()
    assert {row.outcome for row in report.rows} == {Outcome.MATCHED}
    assert len(report.rows) == 8
    assert report.verdict is Verdict.RECONCILED


WAITING = {(Outcome.NOT_TYPED, Sub.PENDING), (Outcome.MISSING_IN_ERP, Sub.TIMING)}


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=str)
def test_each_corruption_is_found_as_its_break_and_nothing_else_is(corruption: Corruption) -> None:
    """One thing is wrong: exactly one row names it, with its kind, and every control still ties."""
    report = reconcile(corruption.change(corruption.day()))
    found = [(row.outcome, row.sub, row.flags) for row in report.breaks]
    assert found == [(corruption.outcome, corruption.sub, (corruption.outcome,))]
    assert [control for control in report.controls if not control.ties] == []
    waits = corruption.outcome.is_informational or (corruption.outcome, corruption.sub) in WAITING
    assert report.verdict is (Verdict.WARN if waits else Verdict.BREAKS)


def test_every_break_has_a_corruption_a_predicate_and_a_meaning() -> None:
    """A break type that nobody can make happen, or that says nothing, is not finished."""
    assert {corruption.outcome for corruption in CORRUPTIONS} == set(BREAKS)
    assert tuple(PREDICATES) == tuple(outcome for outcome in Outcome if outcome is not Outcome.MATCHED)
    assert MEANINGS.keys() == set(Outcome)


def test_a_row_keeps_all_that_is_true_and_is_named_by_the_first() -> None:
    """Customer and amount differ: the row is a customer break, and the amount is not forgotten."""
    report = reconcile(document_changed(customer="C-0009", total=Decimal(1), status=DocumentStatus.PAID)(clean_day()))
    (row,) = report.breaks
    assert row.flags == (Outcome.CUSTOMER_DIFF, Outcome.AMOUNT_DIFF, Outcome.STATUS_DIFF)
    assert {difference.field for difference in row.differences} == {"customer", "total", "status"}


def test_a_line_that_differs_is_named_with_its_place() -> None:
    """The reader sees which line holds what instead of what."""
    (row,) = reconcile(line_changed(item="WASHER", quantity=Decimal(2))(clean_day())).breaks
    assert [str(difference) for difference in row.differences] == [
        "item (2): 'NUT' ≠ 'WASHER'",
        "quantity (2): '1.5' ≠ '2'",
    ]


def test_two_blanks_are_no_difference() -> None:
    """An order without a customer in a document without one agree; blank against a code does not."""
    day = with_orders(clean_day(), lambda orders: orders.__setitem__(2, order(3, customer=None)))
    assert not reconcile(document_changed(customer="")(day)).breaks
    assert [row.outcome for row in reconcile(day).breaks] == [Outcome.CUSTOMER_DIFF]


def test_amounts_of_two_currencies_are_never_netted() -> None:
    """1 EUR in the CRM and 1 USD in the ERP are two open amounts, not a difference of nothing."""
    report = reconcile(document_changed(currency="USD")(clean_day()))
    (row,) = report.breaks
    assert row.difference is None
    amounts = {each.currency: (each.crm, each.erp) for each in row.amounts()}
    assert amounts["USD"][0] == 0
    assert amounts[row.currency][1] == 0
    assert all(control.ties for control in report.controls)


def test_a_difference_within_the_tolerance_is_a_match_that_warns() -> None:
    """One fen is tolerated where the profile says so; it is listed, summed and never green."""
    day = clean_day()
    shown = day.documents.opened[4]
    one_off = document_changed(4, total=(shown.total or 0) + Decimal("0.01"))(day)
    assert [row.outcome for row in reconcile(one_off).breaks] == [Outcome.AMOUNT_DIFF]
    report = reconcile(replace(one_off, tolerances=tolerating(Decimal("0.01"))))
    assert report.verdict is Verdict.WARN
    assert [row.difference for row in report.matched if row.outcome is Outcome.MATCHED_TOL] == [1]


def test_a_second_document_is_a_row_of_its_own_beside_the_match() -> None:
    """Duplicates are counted, never multiplied: the order matches its own document, the other one is the break."""
    report = reconcile(twice(clean_day()))
    (row,) = report.breaks
    assert (row.erp.number if row.erp else "", row.order_number, row.crm) == ("00000901", "SO00003", None)
    assert len(report.matched) == 8


def test_the_ledgers_own_document_is_the_one_that_is_paired() -> None:
    """Of two documents with our reference, the number we read after Save is the order's, even if it comes second."""
    earlier = with_documents(clean_day(), lambda docs: docs.append(replace(docs[2], number="00000000")))
    (row,) = reconcile(earlier).breaks
    assert row.erp is not None
    assert row.erp.number == "00000000"


def test_an_erp_without_our_reference_is_matched_by_document_number() -> None:
    """M2: where the ERP keeps no reference, the number read after Save is the link; one that was erased is told."""
    day = with_documents(
        clean_day(), lambda docs: docs.__setitem__(slice(None), [replace(d, reference="") for d in docs])
    )
    erased = reconcile(day)
    without = replace(day, documents=replace(day.documents, shows=day.documents.shows - {"reference"}))
    assert {row.passed for row in erased.rows} == {"M2"}
    assert (erased.verdict, erased.warnings) == (Verdict.WARN, (BY_NUMBER,))
    assert reconcile(without).verdict is Verdict.RECONCILED


def test_a_reference_is_found_in_full_width_and_lower_case_but_never_in_part() -> None:
    """Matching forgives how a text is written, not what it says."""
    reference = clean_day().documents.opened[2].reference
    wide = "".join(chr(ord(character) + 0xFEE0) for character in reference.lower())
    forgotten = with_posting(document_changed(reference=wide)(clean_day()), 2, document=None)
    assert not reconcile(forgotten).breaks
    cut = with_posting(document_changed(reference=reference[:-1])(clean_day()), 2, document=None)
    assert {row.outcome for row in reconcile(cut).breaks} == {Outcome.ORPHAN_IN_ERP, Outcome.MISSING_IN_ERP}


def test_the_place_of_a_difference_follows_revision_and_state() -> None:
    """Changed in the CRM later, changed in the ERP later: each is told apart."""
    (later,) = reconcile(order_changed(customer="C-0009")(clean_day())).breaks
    (in_erp,) = reconcile(document_changed(customer="C-0009")(clean_day())).breaks
    assert (later.locus, in_erp.locus) == (Locus.CRM_LATER, Locus.ERP_LATER)


def test_what_is_neither_here_nor_there_is_left_out_and_counted() -> None:
    """A draft and a cancelled order that were never entered, and a void document, are excluded by rule, not dropped."""
    extra = [order(20, status=OrderStatus.DRAFT), order(21, status=OrderStatus.CANCELLED)]
    day = with_orders(clean_day(), lambda orders: orders.extend(extra))
    void = replace(day.documents.opened[0], number="00000800", reference="", status=DocumentStatus.CANCELLED)
    report = reconcile(with_documents(day, lambda documents: documents.append(void)))
    assert {(each.side, each.rule, each.count) for each in report.exclusions} == {
        ("crm", "draft", 1),
        ("crm", "cancelled", 1),
        ("erp", "void", 1),
    }
    assert report.verdict is Verdict.RECONCILED


def test_a_document_dated_outside_the_period_still_meets_its_order() -> None:
    """Only what is outside the period on both sides is left out."""
    day = clean_day()
    early = day.period.first.replace(month=9)
    outside = with_orders(day, lambda orders: orders.append(order(30, ordered_on=early)))
    report = reconcile(outside)
    assert [(each.side, each.rule) for each in report.exclusions] == [("crm", "outside_period")]
    (moved,) = reconcile(document_changed(ordered_on=early)(day)).breaks
    assert moved.outcome is Outcome.CUTOFF_DIFF


def test_an_order_that_the_ledger_does_not_know_is_found_by_the_reference_it_would_get() -> None:
    """That is made with the CRM's code, as when orders are taken: after a restore it is no orphan."""
    reference = make_reference("SB", clean_day().crm.orders[2].number, RULE)
    day = without_posting(document_changed(2, reference=reference)(clean_day()), 2)
    (row,) = reconcile(replace(day, codes={"toy": "SB"})).breaks
    assert (row.outcome, row.sub) == (Outcome.STATUS_DIFF, Sub.UNKNOWN)


def test_a_held_posting_brings_its_reason() -> None:
    """The reader learns why an order was not entered, in the words of the hold."""
    held = next(each for each in CORRUPTIONS if each.name == "a held posting")
    (row,) = reconcile(held.change(clean_day())).breaks
    assert row.reason is not None
    assert "ACME" in row.reason.worded()


def test_an_item_keeps_its_name_when_its_outcome_changes() -> None:
    """Comments follow the order from one morning to the next, whatever is wrong with it then."""
    changes = (document_changed(customer="C-0009"), lambda day: with_posting(day, 2, state=PostingState.HELD))
    names = {row.item_id for change in changes for row in reconcile(change(clean_day())).breaks}
    assert len(names) == 1
    assert len({row.item_id for row in clean_report().rows}) == 8
