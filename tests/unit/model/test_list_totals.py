"""Is what an ERP's list says of itself read exactly, or not at all?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.errors import ValueUnreadable
from bridge.model.lists import ListTotals, declares_count, declares_sums, list_totals
from tests.samples import harbour

Sums = Sequence[Mapping[str, str]]
EURO, POUND = {"currency": "Total EUR", "total": "1,234.50"}, {"currency": "Total GBP", "total": "0.10-"}


def test_count_and_sums_are_read_in_the_formats_of_the_erp() -> None:
    """With its thousands marks, its trailing minus, and the currency out of its own words."""
    found = list_totals("1,028", [EURO, POUND], harbour())
    assert found == ListTotals(1028, {"EUR": Decimal("1234.50"), "GBP": Decimal("-0.10")})


def test_what_is_not_declared_is_not_said() -> None:
    """No figure is none, and no rows of totals at all are sums of nothing."""
    assert list_totals(None, None, harbour()) == ListTotals(None, None)
    assert list_totals("0", [], harbour()) == ListTotals(0, {})


@pytest.mark.parametrize(
    ("count", "sums"),
    [
        ("many", []),
        ("1.5", []),
        ("1", [{"currency": "Sum EUR", "total": "1.00"}]),
        ("1", [{"currency": "Total ", "total": "1.00"}]),
        ("1", [{"currency": "Total EUR", "total": ""}]),
        ("2", [EURO, EURO]),
    ],
)
def test_totals_that_cannot_be_read_are_an_error(count: str, sums: Sums) -> None:
    """A list that changed its words after an update must not silently control nothing."""
    with pytest.raises(ValueUnreadable):
        list_totals(count, sums, harbour())


def test_the_profile_says_what_its_list_shows() -> None:
    """Harbour's list has both; one without these targets has neither."""
    screen = harbour().screens["order_list"]
    bare = replace(screen, targets={}, grids={})
    assert [(declares_count(each), declares_sums(each)) for each in (screen, bare, None)] == [
        (True, True),
        (False, False),
        (False, False),
    ]
