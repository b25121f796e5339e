"""Is a document that got another day in the ERP found by its number, and one that is gone told to be gone?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bridge.errors import ErpSaid
from bridge.model.lists import ListReading, ListTotals
from bridge.ports import Search
from bridge.reports.erp_readings import ReadingTerms
from bridge.reports.inputs import Lookups
from tests.fake_bots import FakeBot
from tests.unit.reports.test_erp_readings import Office, dearer, truth

FAR = date(2019, 12, 31)


def moved(place: int) -> Callable[[Office], object]:
    """Somebody gives a document another day."""
    return lambda office: office.erp.change(office.numbers[place], ordered_on=FAR)


def test_a_document_of_another_day_is_found_by_its_number() -> None:
    """With its real day and all its lines; the list's own totals stay those of the days that were read."""
    office = Office()
    moved(1)(office)
    side = office.read(numbers=["10001", "10002"])
    assert truth(office, side)
    assert [(row.number, row.ordered_on == FAR) for row in side.listed] == [
        ("10001", False),
        ("10003", False),
        ("10002", True),
    ]
    assert side.lookups == Lookups(asked=("10002",), found=("10002",), said=1, shown=1)
    assert side.totals is not None
    assert (side.totals.count, side.passes and side.passes.unlike) == (2, 0)


def test_what_the_list_shows_is_not_looked_up() -> None:
    """Two passes over the list are all that it takes."""
    office = Office()
    side = office.read(numbers=office.numbers)
    assert (office.lists, side.lookups) == (2, Lookups())


def test_a_number_is_looked_up_once_however_it_is_written() -> None:
    """The ledger may have read it with other signs than the list shows, and it is the same document."""
    office = Office()
    assert office.read(numbers=["１０００２"]).lookups == Lookups()
    office.erp.remove("10002")
    assert office.read(numbers=["10002", "１０００２"]).lookups.said == 0
    moved(2)(office)
    side = office.read(numbers=["10003", " 10003"])
    assert [row.number for row in side.listed] == ["10001", "10003"]


def test_a_document_that_is_not_on_file_is_gone() -> None:
    """The ERP says so by a list that it counts itself as empty; nobody's seat is ended for it."""
    office = Office()
    office.erp.remove("10002")
    side = office.read(numbers=["10002"])
    assert truth(office, side)
    assert (side.lookups, office.seats) == (Lookups(asked=("10002",), said=0), 1)


@pytest.mark.parametrize("point", ["list 1", "before 10002", "after 10002", "after 10003", "list 2"])
def test_a_document_that_is_moved_while_it_is_read_is_not_lost(point: str) -> None:
    """Whenever that happens, it is in the list of the days, or found by its number."""
    office = Office({point: moved(1)})
    side = office.read(numbers=office.numbers)
    assert {row.number for row in side.listed} == set(office.numbers)
    assert side.passes is not None
    assert side.passes.unlike == 0


def test_what_is_found_and_changes_while_it_is_opened_is_read_again() -> None:
    """The rows found by number are held against each other like those of the list."""
    office = Office({"after 10002": dearer(1)})
    moved(1)(office)
    side = office.read(numbers=["10002"])
    assert truth(office, side)
    assert office.opened.count("10002") == 2


def test_what_vanishes_between_its_row_and_its_page_is_gone() -> None:
    """As it is for what the list shows."""
    office = Office({"before 10002": lambda office: office.erp.remove("10002")})
    moved(1)(office)
    side = office.read(numbers=["10002"])
    assert truth(office, side)
    assert side.lookups.found == ()


def test_an_erp_that_does_not_answer_has_said_nothing() -> None:
    """An error is an error, and no document is called gone by it."""
    office = Office()
    bot = office.seat()

    def read(query: Search) -> ListReading:
        if query.number:
            raise ErpSaid(erp="harbour", screen="order_list", text="SO-999 Busy")
        return FakeBot.read_list(bot, query)

    bot.read_list = read  # type: ignore[method-assign]
    with pytest.raises(ErpSaid, match="SO-999"):
        office.read(numbers=["99999"])


def test_a_neighbour_that_the_search_shows_too_is_not_taken() -> None:
    """An ERP may find all numbers that hold what was asked for; what was not asked for is not read."""
    office = Office()
    bot = office.seat()
    moved(1)(office)
    moved(2)(office)
    bot.read_list = lambda query: FakeBot.read_list(bot, replace(query, number=""))  # type: ignore[method-assign]
    side = office.read(numbers=["10002"])
    assert [row.number for row in side.listed] == ["10001", "10002"]
    assert side.lookups == Lookups(asked=("10002",), found=("10002",), said=3, shown=3)


def test_an_answer_that_counts_otherwise_in_the_next_pass_is_asked_for_again() -> None:
    """Two passes agree on what the ERP says of what was looked up, too."""
    office = Office()
    bot = office.seat()
    counts = iter((1, 0, 0))

    def read(query: Search) -> ListReading:
        read = FakeBot.read_list(bot, query)
        return replace(read, totals=ListTotals(next(counts))) if query.number else read

    bot.read_list = read  # type: ignore[method-assign]
    side = office.read(numbers=["99999"])
    assert (side.passes and side.passes.count, side.lookups) == (3, Lookups(asked=("99999",), said=0))


def test_where_too_many_are_lacking_it_is_the_list_that_is_doubted() -> None:
    """Nobody waits for hours because a list is broken; how many there were is told."""
    office = Office()
    side = office.read(ReadingTerms(most_lookups=2), numbers=["90001", "90002", "90003", "10001"])
    assert (side.lookups, office.lists) == (Lookups(left=3), 2)
    assert office.read(ReadingTerms(most_lookups=3), numbers=["90001", "90002", "90003"]).lookups.left == 0
