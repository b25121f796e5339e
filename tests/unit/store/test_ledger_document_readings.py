"""Is each document's last reading kept, in the place of the one before, and found by its number?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bridge.model.documents import Document, DocumentLine
from bridge.ports import DocumentReading, DocumentReadings
from bridge.store.document_readings import BATCH
from bridge.store.ledgers import Store
from tests.fakes import FakeReadings
from tests.unit.store.ledger_samples import NOVEMBER

LINE = DocumentLine(1, "A-100", Decimal("2.50"), Decimal("19.90"))


def reading(number: str, listed: str = "row", erp: str = "harbour", minutes: int = 0) -> DocumentReading:
    """A reading of that document, so many minutes later."""
    document = Document(number, "C-7", date(2026, 11, 20), "SUI-1", "EUR", (LINE,), Decimal("49.75"))
    return DocumentReading(erp, number, listed, document, NOVEMBER + timedelta(minutes=minutes))


PLACES: dict[str, Callable[[pytest.FixtureRequest], DocumentReadings]] = {
    "ledger": lambda request: _store(request).readings,
    "fake": lambda _: FakeReadings(),
}


def _store(request: pytest.FixtureRequest) -> Store:
    store: Store = request.getfixturevalue("store")
    return store


@pytest.fixture(params=PLACES)
def readings(request: pytest.FixtureRequest, store: Store) -> DocumentReadings:  # noqa: ARG001 - it makes the database
    """Where readings are kept."""
    return PLACES[request.param](request)


def test_a_reading_is_found_as_it_was_kept(readings: DocumentReadings) -> None:
    """With every digit, its fingerprint and its moment; others are not found."""
    readings.keep([reading("1"), reading("2")])
    assert readings.readings("harbour", ["1", "9"]) == {"1": reading("1")}
    assert readings.readings("granite", ["1"]) == {}


def test_a_later_reading_takes_the_place_of_the_earlier(readings: DocumentReadings) -> None:
    """Of one document there is one reading, the last that was kept, even within one call."""
    readings.keep([reading("1", "old")])
    readings.keep([reading("1", "new", minutes=1), reading("1", "newest", minutes=2)])
    assert readings.readings("harbour", ["1"]) == {"1": reading("1", "newest", minutes=2)}


def test_two_erps_may_have_the_same_number(readings: DocumentReadings) -> None:
    """Neither takes the other's place."""
    readings.keep([reading("1"), replace(reading("1"), erp="granite")])
    assert [len(readings.readings(erp, ["1"])) for erp in ("harbour", "granite")] == [1, 1]


def test_more_than_a_batch_is_kept_and_found_whole(readings: DocumentReadings) -> None:
    """However long the list of an ERP is."""
    numbers = [str(number) for number in range(2 * BATCH + 1)]
    readings.keep([reading(number) for number in numbers])
    readings.keep([])
    assert set(readings.readings("harbour", numbers)) == set(numbers)
