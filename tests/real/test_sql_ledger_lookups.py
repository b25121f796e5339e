"""Does a real ERP say by its list which order is on file, whatever its day, and which one is not? Its tables know."""

from datetime import date
from decimal import Decimal

import pytest

from bridge.errors import ApplicationError, ScreenUnknown
from bridge.model.postings import Posting
from bridge.ports import ErpBot, Search
from bridge.reports.inputs import Carried, Inputs, Period
from jobs.reconcile import gather
from tests.installations import order
from tests.real.installations import TYPIST, SqlLedgerInstallation

pytestmark = [pytest.mark.real, pytest.mark.browser]

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
LONG_AGO = date(2009, 12, 31)


@pytest.fixture
def posted(house: SqlLedgerInstallation) -> list[Posting]:
    """Three orders of March, posted."""
    line = {"item": "P-20", "description": "", "quantity": "3", "unit_price": "0.40"}
    plain = {"customer": {"code": "C-100", "name": "Harbour Supplies"}, "lines": [line]}
    return house.post(*(order(**plain) for _ in range(3)))


def number_of(posting: Posting) -> str:
    """The order's number in the ERP."""
    assert posting.document is not None, posting.reason
    return posting.document


def read(house: SqlLedgerInstallation, *carried: str) -> Inputs:
    """What a reconciliation of March reads, with these orders open from before."""
    return gather(house.app, "sql_ledger", MARCH, Carried(documents=frozenset(carried)))


def test_a_number_finds_its_order_whatever_its_day_and_no_neighbour(
    house: SqlLedgerInstallation, posted: list[Posting]
) -> None:
    """Open or closed; of a number that is not on file the list has no row, and its page does not open."""
    numbers = [number_of(each) for each in posted]
    dataset = house.erp.dataset
    dataset.run(f"UPDATE oe SET transdate = '{LONG_AGO}', closed = 't' WHERE ordnumber = '{numbers[0]}';")

    def listed(bot: ErpBot, number: str) -> list[tuple[str, date | None]]:
        return [(row.number, row.ordered_on) for row in bot.read_list(Search(number=number)).rows]

    with house.app.place("sql_ledger") as place:
        assert listed(place.seat(), numbers[0]) == [(numbers[0], LONG_AGO)]
        assert place.seat().read_document(numbers[0]).ordered_on == LONG_AGO
        for other in (numbers[1][:-1], f"{numbers[1]}9"):
            assert listed(place.seat(), other) == []
        with pytest.raises(ScreenUnknown):
            place.seat().read_document(f"{numbers[1]}9")
        place.end()


def test_what_was_moved_is_read_and_what_was_deleted_is_gone(
    house: SqlLedgerInstallation, posted: list[Posting]
) -> None:
    """Moved it is on file with its day and lines, deleted it is not; the list of March shows neither."""
    moved, deleted, stays = (number_of(each) for each in posted)
    house.erp.dataset.run(f"UPDATE oe SET transdate = '{LONG_AGO}' WHERE ordnumber = '{moved}';")
    house.erp.dataset.run(
        f"DELETE FROM orderitems WHERE trans_id IN (SELECT id FROM oe WHERE ordnumber = '{deleted}');"
        f"DELETE FROM oe WHERE ordnumber = '{deleted}';"
    )
    side = read(house, moved, deleted, stays).documents
    days = {row.number: row.ordered_on for row in side.listed}
    assert (days[moved], days[stays], deleted in days) == (LONG_AGO, date(2026, 3, 2), False)
    assert {moved, deleted} <= set(side.lookups.asked)
    assert stays not in side.lookups.asked
    assert (moved in side.lookups.found, deleted in side.lookups.found, side.lookups.said) == (True, False, None)
    (opened,) = [document for document in side.opened if document.number == moved]
    assert [(line.item, line.quantity) for line in opened.lines] == [("P-20", Decimal(3))]


def test_nothing_is_looked_up_where_all_is_listed(house: SqlLedgerInstallation, posted: list[Posting]) -> None:
    """Of what was entered and left alone."""
    numbers = {number_of(each) for each in posted}
    assert numbers.isdisjoint(read(house, *numbers).documents.lookups.asked)


def test_a_seat_that_lost_its_session_finds_nothing_gone(house: SqlLedgerInstallation, posted: list[Posting]) -> None:
    """Whoever is shown a sign-on has not been told that there is no such order."""
    with house.app.place("sql_ledger") as place:
        seat = place.seat()
        with house.clerk(TYPIST), pytest.raises(ApplicationError):
            seat.read_list(Search(number=number_of(posted[0])))
        place.end()
        assert len(place.seat().read_list(Search(number=number_of(posted[0]))).rows) == 1
