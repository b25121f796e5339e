"""Doubts how every bot that reads a list from a screen takes a row that its profile cannot read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bots.bot import Bot
from bridge.errors import StatusUnknown
from bridge.model.documents import DocumentStatus
from bridge.model.lists import ListTotals
from bridge.ports import Search
from tests.contracts.erp_worlds import ErpWorld, harbour_forms_world, harbour_world
from tests.samples import order

DAY = date(2022, 7, 7)
WORLDS = (
    pytest.param(harbour_forms_world, id="harbour_forms"),
    pytest.param(harbour_world, id="harbour", marks=pytest.mark.browser),
)


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpWorld]:
    """An ERP with its bot, signed on, whose profile does not know that a document can be paid."""
    with request.param(tmp_path_factory.mktemp("erp")) as ready:
        bot = ready.bot
        assert isinstance(bot, Bot)
        known = {word: status for word, status in bot.profile.statuses.items() if status is not DocumentStatus.PAID}
        bot.profile = replace(bot.profile, statuses=known)
        yield ready


def test_a_status_that_nobody_knows_is_said_of_its_row_alone(world: ErpWorld) -> None:
    """All rows are there, and the list's own count and sums are those of all."""
    dated = replace(order(), ordered_on=DAY)
    numbers = [world.put(dated, "LS-1", status) for status in (DocumentStatus.OPEN, DocumentStatus.PAID)]
    read = world.bot.read_list(Search(since=DAY, until=DAY))
    assert sorted((row.number, row.status) for row in read.rows) == list(
        zip(numbers, (DocumentStatus.OPEN, None), strict=True)
    )
    assert {row.total for row in read.rows} == {dated.total}
    assert {number: reason.params["word"] for number, reason in read.unreadable.items()} == {numbers[1]: "Paid"}
    assert read.totals == ListTotals(2, {"GBP": 2 * dated.total})


def test_a_search_that_decides_about_an_order_takes_no_such_row(world: ErpWorld) -> None:
    """Before an order is typed, everything that is found must be understood."""
    world.put(replace(order(), ordered_on=DAY), "LS-2", DocumentStatus.PAID)
    with pytest.raises(StatusUnknown):
        world.bot.search(Search(reference="LS-2"))
