"""Is a break that goes away by itself expected only as long as it may, and then put before a person?"""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import Document
from bridge.model.items import Lifecycle
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.corruptions import waiting
from tests.unit.reports.days import DAY, NIGHT, clean_day, typed, with_documents, with_ledger, with_orders
from tests.unit.reports.offices import Days
from tests.unit.reports.test_groups import split

HOUR = timedelta(hours=1)


def told(day: Inputs) -> list[tuple[Outcome, Sub, Verdict]]:
    """Every break with its kind, and the verdict."""
    report = reconcile(day)
    return [(row.outcome, row.sub, report.verdict) for row in report.breaks]


def with_deadline(day: Inputs, hours: int) -> Inputs:
    """The order that waits is due so many hours after the books were read."""
    due = replace(day.crm.orders[2], deadline=NIGHT + hours * HOUR)
    return with_orders(day, lambda orders: orders.__setitem__(2, due))


@pytest.mark.parametrize(("hours", "sub"), [(-240, Sub.OVERDUE), (1, Sub.PENDING)])
def test_an_order_whose_deadline_has_passed_is_overdue(hours: int, sub: Sub) -> None:
    """However lately it was released or changed."""
    assert [each[:2] for each in told(with_deadline(waiting(HOUR)(clean_day()), hours))] == [(Outcome.NOT_TYPED, sub)]


@pytest.mark.parametrize(("ahead", "sub"), [(timedelta(minutes=5), Sub.PENDING), (8 * HOUR, Sub.OVERDUE)])
def test_an_order_that_was_changed_in_the_time_to_come_is_overdue(ahead: timedelta, sub: Sub) -> None:
    """A clock that is a little fast is no matter; by hours, nobody can say how long the order waits."""
    assert [each[:2] for each in told(waiting(-ahead)(clean_day()))] == [(Outcome.NOT_TYPED, sub)]


def test_an_order_that_is_changed_again_and_again_does_not_wait_for_ever(days: Days) -> None:
    """The statement of the day before found it not entered, so it waits since then at least."""
    first = days.issue(waiting(HOUR)(clean_day()))
    changed = replace(waiting(HOUR)(clean_day()).crm.orders[2], changed_at=NIGHT + timedelta(days=1) - HOUR)
    second = days.issue(with_orders(waiting(HOUR)(clean_day()), lambda orders: orders.__setitem__(2, changed)), 1)
    assert [each.found.breaks[0].sub for each in (first, second)] == [Sub.PENDING, Sub.OVERDUE]
    assert [each.found.verdict for each in (first, second)] == [Verdict.WARN, Verdict.BREAKS]
    assert [item.lifecycle for item in second.found.lives.items.values()] == [Lifecycle.OPEN]


def at_once(changed_at: datetime) -> Inputs:
    """An order without a document that was changed then, and that the ledger has taken and not begun."""
    day = with_orders(
        with_documents(clean_day(), lambda documents: documents.pop(2)),
        lambda orders: orders.__setitem__(2, replace(orders[2], changed_at=changed_at)),
    )
    return with_ledger(day, lambda postings: postings.__setitem__(2, typed(day.crm.orders[2], 3, None)))


def test_an_order_that_was_entered_before_waits_since_it_was_found_not_to_be(days: Days) -> None:
    """Its document was missing for a day, then it was changed to be entered anew: the hours count from there."""
    gone = with_documents(clean_day(), lambda documents: documents.pop(2))
    day = NIGHT + timedelta(days=1)
    kinds = [
        days.issue(inputs, after).found.breaks[0]
        for inputs, after in ((gone, 0), (at_once(day - HOUR), 1), (at_once(day - HOUR), 1 + 1 / 24))
    ]
    assert [(row.outcome, row.sub) for row in kinds] == [
        (Outcome.MISSING_IN_ERP, Sub.NONE),
        (Outcome.NOT_TYPED, Sub.PENDING),
        (Outcome.NOT_TYPED, Sub.PENDING),
    ]
    late = days.issue(at_once(day + 20 * HOUR), 2).found.breaks[0]
    assert (late.outcome, late.sub) == (Outcome.NOT_TYPED, Sub.OVERDUE)


@pytest.mark.parametrize(("moved", "sub"), [(-24, Sub.OVERDUE), (24, Sub.PENDING)])
def test_the_deadline_is_the_one_that_a_person_gave(moved: int, sub: Sub) -> None:
    """By `orders urge`, whatever the CRM says."""
    day = with_orders(
        at_once(NIGHT - HOUR),
        lambda orders: orders.__setitem__(2, replace(orders[2], deadline=NIGHT - moved * HOUR)),
    )
    urged = typed(day.crm.orders[2], 3, None, deadline=NIGHT + moved * HOUR)
    assert [row.sub for row in reconcile(with_ledger(day, lambda all_of: all_of.__setitem__(2, urged))).breaks] == [sub]


def in_part() -> Inputs:
    """An order of the 17th of which two open documents hold three quarters."""
    return split(("00000003", (0, 1), "0.5"), ("00000903", (0, 1), "0.25"))


@pytest.mark.parametrize(
    ("within", "sub", "verdict"), [(3, Sub.PARTIAL, Verdict.WARN), (2, Sub.PARTIAL_OVERDUE, Verdict.BREAKS)]
)
def test_a_part_is_expected_until_the_rest_should_have_come(within: int, sub: Sub, verdict: Verdict) -> None:
    """So many days after the order's date a person is asked."""
    day = replace(in_part(), parts_within=timedelta(days=within))
    assert set(told(day)) == {(Outcome.QTY_DIFF, sub, verdict)}


def test_a_part_waits_by_the_date_of_its_order_also_where_nobody_knows_of_the_order_in_its_row() -> None:
    """The second document carries an old day of its own, and there is no ledger: the order is three days old."""

    def age(documents: list[Document]) -> None:
        documents[3] = replace(documents[3], ordered_on=DAY - timedelta(days=90))

    day = with_documents(in_part(), age)
    day = replace(day, ledger=replace(day.ledger, postings=()), first_day=DAY + timedelta(days=1))
    assert {each[:2] for each in told(day)} == {(Outcome.QTY_DIFF, Sub.PARTIAL)}


def test_a_part_that_becomes_overdue_is_the_same_break(days: Days) -> None:
    """Time alone changes no break, so that nothing that was said of it lapses."""
    first, second = days.issue(in_part()), days.issue(in_part(), 60)
    assert [{row.sub for row in each.found.breaks} for each in (first, second)] == [
        {Sub.PARTIAL},
        {Sub.PARTIAL_OVERDUE},
    ]
    assert {item.lifecycle for item in second.found.lives.items.values()} == {Lifecycle.OPEN}
