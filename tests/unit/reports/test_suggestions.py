"""Is what may belong together named, and never decided?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bridge.model.breaks import Outcome
from bridge.model.documents import Document
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.unit.reports.corruptions import never_typed
from tests.unit.reports.days import clean_day, document, order, with_documents


def by_phone(number: str, days: int = 0) -> Document:
    """The third order, entered by hand without our reference, so many days later."""
    entered = order(3)
    return document(entered, number, reference="phone", ordered_on=entered.ordered_on + timedelta(days=days))


def day_with(*documents: Document) -> Inputs:
    """A day on which the third order was not typed, and these documents are there instead."""
    return with_documents(never_typed()(clean_day()), lambda listed: listed.extend(documents))


def named(report: Reconciliation) -> dict[str, tuple[tuple[str, ...], bool]]:
    """What each row may belong to."""
    return {
        row.order_number or (row.erp.number if row.erp else ""): (row.perhaps.names, row.perhaps.ambiguous)
        for row in report.rows
        if row.perhaps is not None
    }


def test_an_order_and_a_document_that_are_alike_are_named_to_each_other() -> None:
    """Customer, currency and amount are the same, three days lie between: perhaps it was typed by hand."""
    report = reconcile(day_with(by_phone("00000800", days=3)))
    assert named(report) == {"SO00003": (("00000800",), False), "00000800": (("SO00003",), False)}
    assert {row.outcome for row in report.breaks} == {Outcome.NOT_TYPED, Outcome.ORPHAN_IN_ERP}


def test_where_two_fit_both_are_named_and_none_is_preferred() -> None:
    """Nobody guesses which of two documents it is."""
    found = named(reconcile(day_with(by_phone("00000800"), by_phone("00000801"))))
    assert found["SO00003"] == (("00000800", "00000801"), True)


def test_what_is_far_away_or_another_sum_is_not_named() -> None:
    """A fortnight, or a cent, and it is not alike."""
    late = by_phone("00000800", days=14)
    other = by_phone("00000801")
    assert named(reconcile(day_with(late, replace(other, total=(other.total or Decimal(0)) + 1)))) == {}
