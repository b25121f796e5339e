"""Is a break that goes away by itself expected only as long as it may, and then put before a person?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.items import Lifecycle
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.corruptions import waiting
from tests.unit.reports.days import NIGHT, clean_day, with_orders
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


def test_a_part_that_becomes_overdue_is_the_same_break(days: Days) -> None:
    """Time alone changes no break, so that nothing that was said of it lapses."""
    first, second = days.issue(in_part()), days.issue(in_part(), 60)
    assert [{row.sub for row in each.found.breaks} for each in (first, second)] == [
        {Sub.PARTIAL},
        {Sub.PARTIAL_OVERDUE},
    ]
    assert {item.lifecycle for item in second.found.lives.items.values()} == {Lifecycle.OPEN}
