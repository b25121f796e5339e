"""Doubts how every ERP bot looks a document up by its number: of what has no row, statements say that it is gone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bridge.errors import ApplicationError
from bridge.model.documents import DocumentStatus
from bridge.model.lists import ListReading, ListTotals
from bridge.ports import Search
from tests.contracts.erp_worlds import ErpWorld, fake_world, harbour_forms_world, harbour_world
from tests.samples import order

LONG_AGO = replace(order(), ordered_on=date(2019, 12, 31))
WORLDS = (
    pytest.param(fake_world, id="fake"),
    pytest.param(harbour_forms_world, id="harbour_forms"),
    pytest.param(harbour_world, id="harbour", marks=pytest.mark.browser),
)


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpWorld]:
    """An ERP with its bot, signed on; one for all tests of this file."""
    with request.param(tmp_path_factory.mktemp("erp")) as ready:
        yield ready


@pytest.mark.parametrize("status", DocumentStatus)
def test_a_number_finds_its_document_whatever_its_day_and_status(world: ErpWorld, status: DocumentStatus) -> None:
    """Just this one, with the day and the status that it has now, and counted once by the list itself."""
    number = world.put(LONG_AGO, "LK-1", status)
    world.put(LONG_AGO, "LK-1", status)
    read = world.bot.read_list(Search(number=number))
    assert [(row.number, row.ordered_on, row.status) for row in read.rows] == [(number, date(2019, 12, 31), status)]
    assert read.totals == ListTotals(1, {"GBP": LONG_AGO.total})
    assert world.bot.read_document(number).ordered_on == date(2019, 12, 31)


def test_a_number_that_is_not_on_file_has_no_row(world: ErpWorld) -> None:
    """No error and no neighbour: neither the document whose number it begins, nor the one that it goes on from."""
    number = world.put(LONG_AGO, "LK-2")
    for other in (number[:-1], f"{number}9"):
        assert world.bot.read_list(Search(number=other)) == ListReading((), ListTotals(0, {}))


def test_a_number_that_the_erp_cuts_finds_no_other_document(world: ErpWorld) -> None:
    """A field that holds less than the number asks for another one, and that is no answer."""
    number = world.put(LONG_AGO, "LK-4")
    try:
        rows = world.bot.read_list(Search(number=f"0{number}9")).rows
    except ApplicationError:
        rows = ()
        world.bot.sign_on()
    assert rows == ()


def test_a_seat_that_lost_its_session_finds_nothing_gone(world: ErpWorld) -> None:
    """An ERP that shows its sign-on instead of its list has not said that there is no such document."""
    number = world.put(LONG_AGO, "LK-3")
    world.another_sign_on()
    with pytest.raises(ApplicationError):
        world.bot.read_list(Search(number=number))
    world.bot.sign_on()
    assert len(world.bot.read_list(Search(number=number)).rows) == 1
