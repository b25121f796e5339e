"""Is a break the same one while its order comes and goes, and never another one?"""

from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.model.breaks import Outcome
from bridge.model.items import Handling, Lifecycle, NoteField
from bridge.reports.inputs import Typed
from tests.unit.reports.corruptions import document_changed, twice, wrong
from tests.unit.reports.days import (
    clean_day,
    document,
    order,
    typed,
    with_documents,
    with_ledger,
    with_orders,
)
from tests.unit.reports.offices import Days, moved
from tests.unit.reports.workbooks_read import BREAKS, table


def test_a_break_stays_the_same_when_its_order_vanishes_from_the_crm(days: Days) -> None:
    """The ledger still knows whose document it was, so comment and age stay, also once the document is gone, too."""
    first = days.issue(wrong("7.77"))
    days.note(first, 0, NoteField.COMMENT, "asked the seller")
    vanished = with_orders(wrong("7.77"), lambda orders: orders.pop(3))
    second = days.issue(vanished, 1)
    third = days.issue(with_documents(vanished, lambda documents: documents.pop(3)), 2)
    outcomes = [each.found.breaks[0].outcome for each in (first, second, third)]
    assert outcomes == [Outcome.AMOUNT_DIFF, Outcome.ORPHAN_IN_ERP, Outcome.MISSING_IN_ERP]
    assert [moved(each) for each in (second, third)] == [(1, 0, 0, 0, 1)] * 2
    assert third.found.memory.said(third.found.breaks[0].item_id, NoteField.COMMENT) == "asked the seller"


def test_a_document_whose_order_comes_later_stays_the_same_break(days: Days) -> None:
    """Its age and what was said of it go with it, and back again where the order goes once more."""
    late = order(77)
    orphan = with_documents(clean_day(), lambda documents: documents.append(document(late, "00000900")))
    first = days.issue(orphan)
    days.note(first, 0, NoteField.COMMENT, "asked sales")
    days.note(first, 0, NoteField.STATUS, Handling.ACCEPTED)
    ordered = with_orders(orphan, lambda orders: orders.append(late))
    with_order, without = days.issue(ordered, 3), days.issue(orphan, 5)
    (then,), (now,), (back,) = (each.found.breaks for each in (first, with_order, without))
    assert (then.outcome, now.outcome, back.outcome) == (
        Outcome.ORPHAN_IN_ERP,
        Outcome.STATUS_DIFF,
        Outcome.ORPHAN_IN_ERP,
    )
    assert then.item_id == now.item_id == back.item_id
    assert [moved(each) for each in (with_order, without)] == [(1, 0, 0, 0, 1)] * 2
    (row,) = table(with_order.path, BREAKS).rows
    assert (row["age"], row["comment"], row["status"]) == (3, "asked sales", "Review again")
    assert all(control.ties for each in (with_order, without) for control in each.found.controls)


def test_a_break_that_went_on_under_another_name_comes_back_as_the_same_one(days: Days) -> None:
    """A document's, then its order's, then resolved: a year later it is not new, and what was said of it stands."""
    late = order(77)
    orphan = with_documents(clean_day(), lambda documents: documents.append(document(late, "00000900")))
    days.note(days.issue(orphan), 0, NoteField.COMMENT, "asked sales")
    ordered = with_orders(orphan, lambda orders: orders.append(late))
    entered = with_ledger(ordered, lambda postings: postings.append(typed(late, 77, "00000900")))
    assert [moved(days.issue(each, day)) for day, each in enumerate((ordered, entered), 1)] == [
        (1, 0, 0, 0, 1),
        (1, 0, 0, 1, 0),
    ]
    dearer = with_documents(entered, lambda documents: documents.append(replace(documents.pop(), total=Decimal(1))))
    back = days.issue(dearer, 9)
    assert moved(back) == (0, 0, 1, 0, 1)
    assert [row["comment"] for row in table(back.path, BREAKS).rows] == ["asked sales"]
    assert all(control.ties for control in back.found.controls)


def test_what_was_said_of_an_order_is_not_said_of_a_second_document(days: Days) -> None:
    """The order was dearer in the ERP, and that is settled; then somebody enters it once more."""
    dearer = document_changed(2, total=Decimal("7.77"))(clean_day())
    days.note(days.issue(dearer), 0, NoteField.COMMENT, "a slip")
    days.issue(clean_day(), 1)
    now = days.issue(twice(clean_day()), 2)
    assert [each.lifecycle for each in now.found.lives.items.values()] == [Lifecycle.NEW]
    assert [row["comment"] for row in table(now.path, BREAKS).rows] == [None]


def test_no_two_rows_have_one_name(days: Days) -> None:
    """What was the order's own document is the second one now: the order is there still, so its name is its own."""
    days.issue(document_changed(2, total=Decimal("7.77"))(clean_day()))
    days.issue(clean_day(), 1)

    def entered_anew(postings: list[Typed]) -> None:
        postings[2] = typed(order(3), 3, "00000901")

    now = days.issue(with_ledger(twice(clean_day()), entered_anew), 2)
    assert [(row.outcome, row.erp and row.erp.number) for row in now.found.breaks] == [
        (Outcome.DUPLICATE_IN_ERP, "00000003")
    ]
    assert [each.lifecycle for each in now.found.lives.items.values()] == [Lifecycle.NEW]
    assert len({row.item_id for row in now.found.rows}) == len(now.found.rows)


@pytest.mark.parametrize("between", [False, True], ids=["at once", "later"])
def test_what_was_said_of_a_second_document_is_not_said_of_the_first(days: Days, between: bool) -> None:
    """The second one is cancelled, and the order's own document is dearer: that is another break."""
    days.note(days.issue(twice(clean_day())), 0, NoteField.COMMENT, "cancel it")
    if between:
        days.issue(clean_day(), 1)
    now = days.issue(document_changed(2, total=Decimal("7.77"))(clean_day()), 2)
    assert [each.lifecycle for each in now.found.lives.items.values()] == [Lifecycle.NEW]
    assert [row["comment"] for row in table(now.path, BREAKS).rows] == [None]


def test_an_orphan_that_went_to_a_break_of_its_own_is_not_called_gone(days: Days) -> None:
    """Where the order was a break already, that one goes on, and the document's says what it is now."""
    late = order(77)
    orphan = with_documents(clean_day(), lambda documents: documents.append(document(late, "00000900", reference="?")))
    both = with_orders(orphan, lambda orders: orders.append(late))
    days.issue(both)
    joined = with_documents(both, lambda documents: documents.append(document(late, documents.pop().number)))
    second = days.issue(joined, 1)
    assert moved(second) == (2, 0, 0, 1, 1)
    assert [each.now for each in second.found.lives.resolved] == [Outcome.STATUS_DIFF]
