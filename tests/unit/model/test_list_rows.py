"""Does a row of the ERP's list that cannot be read say so for itself alone?"""

from decimal import Decimal

import pytest

from bridge.errors import ValueUnreadable
from bridge.model.comparisons import listed_of
from bridge.model.documents import DocumentStatus
from bridge.model.lists import ListReading, ListTotals, list_reading
from tests.samples import harbour

TEXTS = {
    "number": "10001",
    "order_date": "02/03/26",
    "customer": "C1001",
    "reference": "FK-1",
    "po_number": "PO 1",
    "currency": "GBP",
    "status": "Open",
    "discount": "0.00",
    "freight": "0.00",
    "tax": "0.00",
    "total": "1,234.50",
}
ODD = {"order_date": "soon", "currency": "GBP\x07", "status": "On hold", "tax": "#####", "total": "1.234,50"}


def read(*rows: dict[str, str]) -> ListReading:
    """A pass over these rows."""
    return list_reading(rows, ListTotals(len(rows)), harbour())


def test_a_list_that_can_be_read_names_no_row() -> None:
    """Its rows are what each of them says, with the list's own totals."""
    other = {**TEXTS, "number": "10002"}
    rows = (listed_of(TEXTS, harbour()), listed_of(other, harbour()))
    assert read(TEXTS, other) == ListReading(rows, ListTotals(2))


@pytest.mark.parametrize("field", ODD)
def test_a_row_keeps_what_can_be_read_of_it(field: str) -> None:
    """Its number and reference are by what somebody finds it, its amount is what the list's sums are held against."""
    found = read({**TEXTS, field: ODD[field]}, {**TEXTS, "number": "10002"})
    row = next(iter(found.rows))
    whole = listed_of({name: text for name, text in TEXTS.items() if name != field}, harbour())
    assert (list(found.unreadable), row) == (["10001"], whole)
    assert found.rows[1].total == Decimal("1234.50")


def test_the_first_reason_is_told() -> None:
    """As it would have been told of the whole list."""
    found = read({**TEXTS, **ODD})
    assert found.unreadable["10001"].code == "value_unreadable"
    assert read({**TEXTS, "status": "On hold"}).unreadable["10001"].params == {"erp": "harbour", "word": "On hold"}
    assert (found.rows[0].status, found.rows[0].total) == (None, None)


@pytest.mark.parametrize("number", ["", "  ", "\u200b", "10\x0001", "10\x0001\u200b", "10\u20280001"])
@pytest.mark.parametrize("status", ["Open", "On hold"])
def test_a_row_without_a_number_stops_the_reading(number: str, status: str) -> None:
    """Nobody could say which document it is, or that it is not one of ours."""
    with pytest.raises(ValueUnreadable, match="document number"):
        read(TEXTS, {**TEXTS, "number": number, "status": status})


@pytest.mark.parametrize("number", ["10002\u200b", "\ufeff10002", "100\u00ad02", "SO\u00a010002", "SO\u300010002"])
def test_what_nobody_sees_in_a_number_keeps_no_list_from_being_read(number: str) -> None:
    """It is matched without that anyway; what is shown stays as the ERP shows it."""
    assert [row.number for row in read(TEXTS, {**TEXTS, "number": f" {number} "}).rows] == ["10001", number]


def test_every_known_status_is_read() -> None:
    """What the profile knows is no trouble."""
    words = harbour().statuses
    found = read(*({**TEXTS, "number": str(place), "status": word} for place, word in enumerate(words)))
    assert (found.unreadable, {row.status for row in found.rows}) == ({}, set(DocumentStatus))
