"""Does a period that the bridge has no ledger of reconcile too, without anybody being told of what cannot be?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bridge.errors import BeforeCutOver
from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import OrderStatus
from bridge.model.postings import PostingState
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import TWO_SIDED, reconcile
from tests.unit.reports.corruptions import document_changed
from tests.unit.reports.days import DAY, clean_day, document, erp_side, order, typed, with_documents, with_orders

Change = Callable[[Document, str], Document]


def under_reference(shown: Document, number: str) -> Document:
    """The order's number stands where our reference would."""
    return replace(shown, reference=number)


def under_po_number(shown: Document, number: str) -> Document:
    """The order's number stands in the field of the customer's number, written otherwise."""
    return replace(shown, reference="by phone", po_number=f" {number.lower()}\u200b")


def by_hand(change: Change, *, first_day: bool = True, known: bool = False) -> Inputs:
    """A clean day that was entered by hand; with `known` the ledger has another order of the period."""
    day = clean_day()
    orders = day.crm.orders
    documents = [change(each, one.number) for each, one in zip(day.documents.opened, orders, strict=True)]
    other = order(30)
    postings = (typed(other, 30, "00000300"),) if known else ()
    return replace(
        day,
        crm=replace(day.crm, orders=(*orders, other) if known else orders),
        ledger=replace(day.ledger, postings=postings),
        documents=erp_side([*documents, document(other, "00000300")] if known else documents),
        first_day=DAY + timedelta(days=1) if first_day else None,
    )


@pytest.mark.parametrize("change", [under_reference, under_po_number])
@pytest.mark.parametrize(("first_day", "known"), [(True, True), (True, False), (False, False)])
def test_what_was_entered_by_hand_is_matched_by_its_own_number(change: Change, *, first_day: bool, known: bool) -> None:
    """Before the cut-over, or where the ledger has nothing of the period: matched, and said to be two-sided."""
    day = by_hand(change, first_day=first_day, known=known)
    report = reconcile(day)
    assert not report.breaks
    assert [row.passed for row in report.matched].count("M1b") == 8
    assert [control for control in report.controls if not control.ties] == []
    assert (report.verdict, report.warnings) == (Verdict.WARN, (TWO_SIDED,))


def test_after_the_cut_over_the_ledger_should_have_known() -> None:
    """The pair is found all the same, and every one is told as what the ledger does not know."""
    report = reconcile(by_hand(under_reference, first_day=False, known=True))
    assert {(row.outcome, row.sub, row.passed) for row in report.breaks} == {
        (Outcome.STATUS_DIFF, Sub.UNKNOWN, "M1b"),
    }
    assert len(report.breaks) == 8
    assert report.warnings == ()


def test_a_ledger_that_was_lost_is_no_time_before_the_bridge() -> None:
    """It has nothing of the period, and our references stand in the ERP: nobody takes that for entered by hand."""
    lost = replace(clean_day(), ledger=replace(clean_day().ledger, postings=()))
    report = reconcile(lost)
    assert {(row.outcome, row.sub) for row in report.breaks} == {(Outcome.STATUS_DIFF, Sub.UNKNOWN)}
    assert (len(report.breaks), report.verdict) == (8, Verdict.BREAKS)
    migrated = reconcile(replace(lost, first_day=DAY + timedelta(days=1)))
    assert (len(migrated.breaks), migrated.warnings) == (0, (TWO_SIDED,))


@pytest.mark.parametrize(
    "told", [str, lambda own: f"\u200b{own}".lower(), lambda own: f"{own} / PO-4711"], ids=["plain", "odd", "among"]
)
def test_a_lost_ledger_is_noticed_where_only_the_documents_show_our_references(told: Callable[[str], str]) -> None:
    """In whatever case, with whatever nobody sees, and beside another one."""
    side = clean_day().documents
    listed = tuple(replace(row, reference=None) for row in side.listed)
    opened = tuple(replace(each, reference=told(each.reference)) for each in side.opened)
    shown = replace(side, listed=listed, opened=opened, list_shows=side.list_shows - {"reference"})
    report = reconcile(replace(clean_day(), documents=shown, ledger=replace(clean_day().ledger, postings=())))
    assert (len(report.breaks), TWO_SIDED in report.warnings) == (8, False)


def test_an_order_that_is_held_as_older_than_the_bridge_is_two_sided() -> None:
    """The ledger has it, as one that was not entered by the bridge; its document was entered by hand."""
    held = BeforeCutOver(ordered_at="2026-11-20", cut_over="2026-11-21").reason
    day = by_hand(under_reference, known=True)
    postings = tuple(
        typed(each, place, None, state=PostingState.HELD, reason=held) for place, each in enumerate(day.crm.orders[:8])
    )
    report = reconcile(replace(day, ledger=replace(day.ledger, postings=(*day.ledger.postings, *postings))))
    assert not report.breaks
    assert report.warnings == (TWO_SIDED,)


def test_what_differs_is_a_break_on_two_sides_as_on_three() -> None:
    """Amounts, customers and lines are compared as ever; only the ledger has no say."""
    report = reconcile(document_changed(2, customer="C-0009", status=DocumentStatus.PAID)(by_hand(under_reference)))
    assert [row.flags for row in report.breaks] == [(Outcome.CUSTOMER_DIFF,)]


def test_a_withdrawn_order_that_is_live_in_the_erp_is_told() -> None:
    """A cancelled order of before the cut-over whose document is live."""
    cancelled = order(3, status=OrderStatus.CANCELLED)
    day = with_orders(by_hand(under_reference), lambda orders: orders.__setitem__(2, cancelled))
    assert [row.outcome for row in reconcile(day).breaks] == [Outcome.CANCELLED_LIVE]


def test_an_order_that_is_nowhere_is_still_missing() -> None:
    """Two-sided does not mean forgiven."""
    day = with_documents(by_hand(under_reference), lambda documents: documents.pop(2))
    assert [(row.outcome, row.order_number) for row in reconcile(day).breaks] == [(Outcome.NOT_TYPED, "SO00003")]


@pytest.mark.parametrize("change", [under_reference, under_po_number])
def test_two_documents_of_one_number_are_named_and_not_matched(change: Change) -> None:
    """Nobody knows which of them it is: both are shown to the order, and the order to both."""
    twice = lambda documents: documents.append(replace(documents[2], number="00000901"))  # noqa: E731 - one line
    report = reconcile(with_documents(by_hand(change), twice))
    found = {(row.outcome, row.perhaps.names if row.perhaps else (), row.passed) for row in report.breaks}
    assert found == {
        (Outcome.NOT_TYPED, ("00000003", "00000901"), ""),
        (Outcome.ORPHAN_IN_ERP, ("SO00003",), ""),
    }
    assert [control for control in report.controls if not control.ties] == []


def test_a_number_is_named_even_where_nothing_else_is_alike() -> None:
    """Other customers, amounts and dates: the number alone names the documents to the order."""

    def unlike(documents: list[Document]) -> None:
        other = replace(documents[2], customer="C-0777", total=Decimal(1), ordered_on=DAY.replace(day=1))
        documents[2:3] = [other, replace(other, number="00000901")]

    report = reconcile(with_documents(by_hand(under_reference), unlike))
    assert {row.perhaps.names if row.perhaps else () for row in report.breaks} == {
        ("00000003", "00000901"),
        ("SO00003",),
    }


def test_an_order_of_a_group_takes_no_document_by_its_number() -> None:
    """One document names it together with another order; whatever else stands under its number is nobody's."""
    day = clean_day()
    merged = replace(day.documents.opened[2], reference=f"{day.documents.opened[2].reference} {reference_of(4)}")
    extra = replace(document(order(4), "00000906"), reference="SO00004", ordered_on=DAY.replace(month=9))
    day = with_documents(day, lambda documents: documents.__setitem__(slice(2, 4), [merged, extra]))
    report = reconcile(replace(day, ledger=replace(day.ledger, postings=()), first_day=DAY + timedelta(days=1)))
    assert {(each.side, each.rule, each.count) for each in report.exclusions} == {("erp", "outside_period", 1)}
    assert [control for control in report.controls if not control.ties] == []


def reference_of(number: int) -> str:
    """Our reference of that order."""
    return document(order(number), "").reference


def test_two_orders_of_one_number_are_named_and_not_matched() -> None:
    """The CRM uses the number twice."""
    other = order(3, id="id-other", crm="other")
    report = reconcile(with_orders(by_hand(under_reference), lambda orders: orders.append(other)))
    assert {(row.outcome, row.perhaps.names if row.perhaps else ()) for row in report.breaks} == {
        (Outcome.NOT_TYPED, ("00000003",)),
        (Outcome.ORPHAN_IN_ERP, ("SO00003", "SO00003")),
    }


def test_documents_of_one_number_outside_the_period_stay_outside() -> None:
    """They belong to no order, so none of the period brings them in; both counts agree on that."""
    early = DAY.replace(month=9)

    def twice(documents: list[Document]) -> None:
        documents[2] = replace(documents[2], ordered_on=early)
        documents.append(replace(documents[2], number="00000901"))

    report = reconcile(with_documents(by_hand(under_reference), twice))
    assert [row.outcome for row in report.breaks] == [Outcome.NOT_TYPED]
    assert {(each.side, each.rule, each.count) for each in report.exclusions} == {("erp", "outside_period", 2)}
    assert [control for control in report.controls if not control.ties] == []


def test_a_number_that_two_orders_have_is_not_made_up_for_by_another_field() -> None:
    """One field names two orders, the other a third: nobody knows which of the three."""
    day = with_orders(by_hand(under_reference), lambda orders: orders.append(order(4, id="id-other", crm="other")))
    report = reconcile(document_changed(2, reference="SO00004", po_number="SO00003")(day))
    assert "00000003" in {row.erp.number for row in report.breaks if row.erp}
    assert {row.passed for row in report.rows if row.erp and row.erp.number == "00000003"} == {""}


def test_an_order_that_carries_our_reference_already_takes_no_second_document() -> None:
    """Somebody typed our reference by hand; what stands under the bare number besides is nobody's."""
    day = replace(by_hand(under_reference), documents=clean_day().documents)
    extra = replace(document(order(3), "00000905"), reference="SO00003")
    report = reconcile(with_documents(day, lambda documents: documents.append(extra)))
    assert [(row.outcome, row.sub) for row in report.breaks] == [(Outcome.ORPHAN_IN_ERP, Sub.MANUAL)]
    assert {row.passed for row in report.matched} == {"M1"}


def test_a_document_that_names_two_orders_in_its_two_fields_is_not_matched() -> None:
    """Our field says one order, the customer's field another one."""
    report = reconcile(document_changed(2, reference="SO00003", po_number="SO00004")(without_fourth()))
    assert {row.outcome for row in report.breaks} == {Outcome.NOT_TYPED, Outcome.ORPHAN_IN_ERP}
    assert len(report.breaks) == 3


def without_fourth() -> Inputs:
    """A day entered by hand, but for the fourth order."""
    return with_documents(by_hand(under_reference), lambda documents: documents.pop(3))


@pytest.mark.parametrize("reference", ["SO0000", "SO000033", "XSO00003", "SO00003 / phone"])
def test_a_number_is_matched_as_a_whole_or_not_at_all(reference: str) -> None:
    """No part of a text is taken for a number."""
    report = reconcile(document_changed(2, reference=reference)(by_hand(under_reference)))
    assert {row.outcome for row in report.breaks} == {Outcome.NOT_TYPED, Outcome.ORPHAN_IN_ERP}


def test_what_our_reference_or_the_ledger_has_paired_is_not_taken_away() -> None:
    """An order that the bridge entered keeps its document; another one with its number belongs to nobody."""
    extra = replace(document(order(3), "00000903"), reference="SO00003")
    report = reconcile(with_documents(clean_day(), lambda documents: documents.append(extra)))
    assert [(row.outcome, row.sub) for row in report.breaks] == [(Outcome.ORPHAN_IN_ERP, Sub.MANUAL)]
    assert {row.passed for row in report.matched} == {"M1"}


def test_a_cancelled_document_of_the_number_does_not_stand_in_the_way() -> None:
    """It was entered, cancelled and entered again: the live one is the order's."""
    void = lambda documents: documents.append(  # noqa: E731 - one line
        replace(documents[2], number="00000902", status=DocumentStatus.CANCELLED)
    )
    assert not reconcile(with_documents(by_hand(under_reference), void)).breaks


def test_a_cancelled_document_joins_nothing() -> None:
    """One that names two orders, of which one is outside the period, does not bring that one into the report."""
    outside = order(40, ordered_on=DAY.replace(month=8))
    names = f"{document(order(3), '').reference} {document(outside, '').reference}"
    day = with_orders(clean_day(), lambda orders: orders.append(outside))
    void = replace(document(order(3), "00000904"), reference=names, status=DocumentStatus.CANCELLED)
    report = reconcile(with_documents(day, lambda documents: documents.append(void)))
    assert [control for control in report.controls if not control.ties] == []
    assert not report.breaks
