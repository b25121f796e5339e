"""Doubts which documents are still asked for: none that may change is forgotten, nor a year of finished ones read."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.documents import DocumentStatus, Listed
from bridge.model.status_readings import LATE, MOST_LATE, final_statuses, listed_as, split

D = DocumentStatus
TODAY = date(2026, 11, 22)
ROW = Listed("D-1", "C-7", date(2026, 11, 20), "SUI-1", "EUR", Decimal("49.75"), D.OPEN)


@pytest.mark.parametrize(
    ("shown", "final"),
    [
        (set(D), {D.PAID, D.CANCELLED}),
        ({D.OPEN, D.PART_SHIPPED, D.INVOICED}, {D.INVOICED, D.PAID, D.CANCELLED}),
        ({D.OPEN, D.SHIPPED, D.CANCELLED}, {D.SHIPPED, D.PAID, D.CANCELLED}),
        ({D.OPEN, D.CONFIRMED}, {D.PAID, D.CANCELLED}),
        ({D.OPEN, D.PART_SHIPPED}, {D.PAID, D.CANCELLED}),
        (set(), {D.PAID, D.CANCELLED}),
    ],
)
def test_final_is_what_nothing_follows_in_that_erp(shown: set[DocumentStatus], final: set[DocumentStatus]) -> None:
    """An ERP that knows no payment is done with an order when it is invoiced, and none is before goods left."""
    assert final_statuses(shown) == final


DATES = st.lists(st.dates(TODAY - timedelta(days=900), TODAY), max_size=120).map(sorted)


@given(DATES)
def test_every_document_that_may_change_is_asked_for(days: list[date]) -> None:
    """Alone, or in the list since a date that is not later than its own."""
    alone, since = split(days, TODAY)
    assert all(since is not None and since <= day for day in days[alone:])
    assert alone <= MOST_LATE


@given(DATES)
def test_a_few_late_ones_do_not_make_the_list_long(days: list[date]) -> None:
    """The list begins at the oldest of the others."""
    alone, since = split(days, TODAY)
    late = [day for day in days if day < TODAY - LATE]
    if len(late) <= MOST_LATE:
        assert (alone, since) == (len(late), next((day for day in days if day >= TODAY - LATE), None))
    else:
        assert (alone, since) == (0, days[0])


def test_a_row_is_the_same_text_only_while_its_list_shows_the_same() -> None:
    """The status is compared for itself."""
    assert listed_as(replace(ROW, status=D.PAID, number="D-2")) == listed_as(ROW)
    others = [
        replace(ROW, total=Decimal("49.76")),
        replace(ROW, total=None),
        replace(ROW, currency="USD"),
        replace(ROW, customer="C-8"),
        replace(ROW, reference=""),
        replace(ROW, ordered_on=date(2026, 11, 21)),
    ]
    assert len({listed_as(row) for row in (ROW, *others)}) == 7
