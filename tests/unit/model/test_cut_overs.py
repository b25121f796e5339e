"""Doubts the day from which orders are ours: an order that a clerk entered must never be entered again."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bridge.model.cut_overs import first_day

CHINA = timezone(timedelta(hours=8))
MIDNIGHT = datetime(2026, 11, 22, tzinfo=CHINA)


@pytest.mark.parametrize("moment", [MIDNIGHT, MIDNIGHT.astimezone(UTC)])
def test_midnight_in_china_leaves_the_day_before_to_the_clerks(moment: datetime) -> None:
    """In UTC it is still the 21st then, whose orders have all been entered by hand."""
    assert first_day(moment, "Asia/Shanghai") == date(2026, 11, 22)


def test_the_day_of_the_cut_over_is_the_clerks() -> None:
    """An order has no hour: whether a clerk had it at two o'clock nobody can tell."""
    assert first_day(MIDNIGHT + timedelta(hours=14), "Asia/Shanghai") == date(2026, 11, 23)


def test_midnight_elsewhere_is_in_the_middle_of_a_day_here() -> None:
    """What somebody writes as a date in UTC begins in the afternoon of the day before in New York."""
    assert first_day(datetime(2026, 11, 22, tzinfo=UTC), "America/New_York") == date(2026, 11, 22)
