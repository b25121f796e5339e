"""Doubts every CRM reader and writer alike: nothing is lost, nothing is guessed, and older news never wins."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.errors import CrmDown, CrmRefused, OrderMalformed
from bridge.model.orders import Order, OrderStatus
from bridge.ports import OrderPage, WriteBack
from tests.contracts.crm_worlds import CrmWorld, FakeWorld, sandbox_world
from tests.contracts.tryton_worlds import tryton_world

NEWS = WriteBack(
    posting_id=1,
    order_id="",
    order_number="A-1",
    sequence=1,
    erp="harbour",
    document="SO-900001",
    status="posted",
    message="Entered as SO-900001.",
)


@contextmanager
def _fake_world(_folder: Path) -> Iterator[FakeWorld]:
    yield FakeWorld()


WORLDS = (
    pytest.param(_fake_world, id="fake"),
    pytest.param(sandbox_world, id="sandbox"),
    pytest.param(tryton_world, id="tryton", marks=pytest.mark.real),
)


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CrmWorld]:
    """Each CRM in turn, empty."""
    with request.param(tmp_path) as found:
        yield found


def _read(world: CrmWorld, cursor: str | None = None) -> tuple[list[OrderPage], dict[str, Order]]:
    pages = list(world.reader.changed_orders(cursor))
    return pages, {order.id: order for page in pages for order in page.orders}


def _last_cursor(world: CrmWorld) -> str:
    cursor = _read(world)[0][-1].cursor
    assert cursor is not None
    return cursor


def test_an_order_is_read_as_the_crm_has_it(world: CrmWorld) -> None:
    """Every attribute, with the digits of the source and the CRM's own words."""
    order_id = world.add("A-1", ("3", "9.9950"), ("12", "0.1"))
    order = _read(world)[1][order_id]
    assert (order.number, order.customer, order.customer_name) == ("A-1", "C0001", "上海精密机械有限公司")
    assert (order.status, order.ordered_on, order.currency) == (OrderStatus.RELEASED, date(2026, 3, 5), "GBP")
    assert (order.po_number, order.crm) == ("PO A-1", world.reader.code)
    assert [(line.position, line.item, line.quantity, line.unit_price) for line in order.lines] == [
        (1, "W-100", Decimal(3), Decimal("9.9950")),
        (2, "W-100", Decimal(12), Decimal("0.1")),
    ]
    assert order.changed_at.utcoffset() is not None


def test_the_first_reading_finds_every_order_over_all_pages(world: CrmWorld) -> None:
    """Seven orders in pages of three."""
    ids = {world.add(f"A-{count}", ("1", "2.50")) for count in range(7)}
    pages, orders = _read(world)
    assert set(orders) == ids
    assert len(pages) >= 3


def test_an_empty_crm_gives_a_page_and_no_order(world: CrmWorld) -> None:
    """The caller always has a page to store."""
    pages, orders = _read(world)
    assert (len(pages), orders) == (1, {})


def test_what_changed_after_a_reading_is_in_the_next_one(world: CrmWorld) -> None:
    """A new order, a changed one and a cancelled one."""
    changed, cancelled = world.add("A-1", ("1", "2.50")), world.add("A-2", ("1", "2.50"))
    cursor = _last_cursor(world)
    world.change_price(changed, "3.75")
    world.cancel(cancelled)
    new = world.add("A-3", ("1", "2.50"))
    orders = _read(world, cursor)[1]
    assert orders[changed].lines[0].unit_price == Decimal("3.75")
    assert orders[cancelled].status is OrderStatus.CANCELLED
    assert new in orders


def test_reading_goes_on_behind_any_page_that_was_stored(world: CrmWorld) -> None:
    """A crash between two pages loses no order."""
    ids = {world.add(f"A-{count}", ("1", "2.50")) for count in range(8)}
    pages = _read(world)[0]
    for stored in range(len(pages)):
        before = {order.id for page in pages[: stored + 1] for order in page.orders}
        assert before | set(_read(world, pages[stored].cursor)[1]) == ids


@pytest.mark.parametrize("count", [0, 8])
def test_only_the_last_page_says_that_nothing_follows(world: CrmWorld, count: int) -> None:
    """Whoever has no time left knows whether anything is left to be asked for."""
    for number in range(count):
        world.add(f"A-{number}", ("1", "2.50"))
    *before, last = _read(world)[0]
    assert ([page.last for page in before], last.last) == ([False] * len(before), True)


def test_an_order_that_changes_while_pages_are_read_is_not_lost(world: CrmWorld) -> None:
    """Neither the changed one nor those behind it."""
    ids = [world.add(f"A-{count}", ("1", "2.50")) for count in range(8)]
    reading = world.reader.changed_orders(None)
    first = next(reading)
    world.change_price(ids[0], "3.75")
    pages = [first, *reading]
    later = _read(world, pages[-1].cursor)[1]
    assert {order.id for page in pages for order in page.orders} == set(ids)
    assert {order.lines[0].unit_price for order in _seen(pages, later) if order.id == ids[0]} >= {Decimal("3.75")}


def _seen(pages: list[OrderPage], later: dict[str, Order]) -> list[Order]:
    return [*(order for page in pages for order in page.orders), *later.values()]


def test_a_record_that_cannot_be_read_is_set_aside_with_its_reason(world: CrmWorld) -> None:
    """One bad record stalls neither the others nor the cursor."""
    bad = world.add("A-1", ("1", "2.50"))
    world.spoil(bad)
    good = [world.add(f"B-{count}", ("1", "2.50")) for count in range(4)]
    pages, orders = _read(world)
    malformed = {order_id: reason for page in pages for order_id, reason in page.malformed.items()}
    assert set(malformed) == {bad}
    assert malformed[bad].code == OrderMalformed.code
    assert set(orders) == set(good)


def test_an_unreadable_order_asked_for_by_id_is_no_order_and_not_gone(world: CrmWorld) -> None:
    """It raises with a reason that a person can read."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.spoil(order_id)
    with pytest.raises(OrderMalformed, match="control characters"):
        world.reader.order(order_id)


def test_an_order_asked_for_by_id_is_the_same_as_the_listed_one(world: CrmWorld) -> None:
    """The revision is a hash over all that would be typed, so both ways of reading must agree."""
    order_id = world.add("A-1", ("3", "9.9950"), ("12", "0.1"))
    listed, single = _read(world)[1][order_id], world.reader.order(order_id)
    assert single == listed


def test_a_changed_line_changes_the_revision(world: CrmWorld) -> None:
    """Whether or not any stamp of the order moved."""
    order_id = world.add("A-1", ("1", "2.50"))
    before = _read(world)[1][order_id].revision
    world.change_price(order_id, "2.51")
    after = world.reader.order(order_id)
    assert after is not None
    assert after.revision != before


def test_a_deleted_order_is_gone_by_id(world: CrmWorld) -> None:
    """None, which is not an error; the same for one that never was."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.remove(order_id)
    assert world.reader.order(order_id) is None
    assert world.reader.order("987654") is None


def test_a_crm_that_is_down_is_never_taken_for_an_empty_one(world: CrmWorld) -> None:
    """CrmDown from every question and every message."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.go_down()
    with pytest.raises(CrmDown):
        list(world.reader.changed_orders(None))
    with pytest.raises(CrmDown):
        world.reader.order(order_id)
    with pytest.raises(CrmDown):
        world.writer.tell(replace(NEWS, order_id=order_id))


def test_a_wrong_key_is_refused(world: CrmWorld) -> None:
    """And the message does not show the key."""
    with pytest.raises(CrmRefused) as refusal:
        list(world.stranger().changed_orders(None))
    assert "wrong-key" not in str(refusal.value)
    assert refusal.value.params["status"] == 401


def test_the_crm_shows_what_it_was_told(world: CrmWorld) -> None:
    """Document number and status arrive at the order."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.writer.tell(replace(NEWS, order_id=order_id))
    assert "SO-900001" in world.told(order_id)
    assert "posted" in world.told(order_id)


def test_telling_twice_is_the_same_as_telling_once(world: CrmWorld) -> None:
    """The outbox may repeat any message."""
    order_id = world.add("A-1", ("1", "2.50"))
    for _ in range(2):
        world.writer.tell(replace(NEWS, order_id=order_id))
    assert "SO-900001" in world.told(order_id)


def test_older_news_never_replaces_newer(world: CrmWorld) -> None:
    """A late repetition of message 1 does not undo message 2."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.writer.tell(replace(NEWS, order_id=order_id, sequence=2, status="held"))
    world.writer.tell(replace(NEWS, order_id=order_id, sequence=1, status="pending"))
    assert "held" in world.told(order_id)
    assert "pending" not in world.told(order_id)


def test_a_message_without_a_document_is_told_too(world: CrmWorld) -> None:
    """A held order has no document number yet."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.writer.tell(replace(NEWS, order_id=order_id, document=None, status="held", message="Customer unknown."))
    assert "held" in world.told(order_id)


def test_a_message_whose_answer_is_lost_has_arrived_or_is_known_to_be_in_doubt(world: CrmWorld) -> None:
    """The caller hears CrmDown, or the writer made sure by itself; either way the next telling settles it."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.lose_next_answer()
    if world.answers_are_lost:
        with pytest.raises(CrmDown):
            world.writer.tell(replace(NEWS, order_id=order_id))
    world.writer.tell(replace(NEWS, order_id=order_id))
    assert "SO-900001" in world.told(order_id)


def test_what_arrived_without_an_answer_is_seen(world: CrmWorld) -> None:
    """Before a message is told again the CRM is asked whether it holds it; no other message is taken for it."""
    order_id = world.add("A-1", ("1", "2.50"))
    news = replace(NEWS, order_id=order_id)
    assert not world.writer.shows(news)
    world.lose_next_answer()
    with suppress(CrmDown):
        world.writer.tell(news)
    assert world.writer.shows(replace(news, unsure=True))
    assert not world.writer.shows(replace(news, sequence=2, status="shipped"))


def test_telling_of_a_deleted_order_is_refused(world: CrmWorld) -> None:
    """A no, which is not the same as an outage."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.remove(order_id)
    with pytest.raises(CrmRefused):
        world.writer.tell(replace(NEWS, order_id=order_id))


def test_what_we_write_back_is_no_new_revision(world: CrmWorld) -> None:
    """Our own echo must not look like an amendment."""
    order_id = world.add("A-1", ("1", "2.50"))
    before = world.reader.order(order_id)
    world.writer.tell(replace(NEWS, order_id=order_id))
    after = world.reader.order(order_id)
    assert before is not None
    assert after is not None
    assert after.revision == before.revision
