"""Doubts how stored orders of a real ERP are changed and deleted, checked in its own tables line by line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

import pytest

from bots.sql_ledger import SqlLedger
from bridge.errors import (
    BridgeError,
    ChangeRefused,
    CustomerUnknown,
    ItemUnknown,
    ReadBackDiffers,
    RecordLocked,
    SaveUnanswered,
    ScreenUnknown,
)
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.profiles import ErpProfile
from bridge.ports import Answer, Leave, SeatPlan
from bridge.store.selector_files import load_profile
from tests.real.cutting_proxies import Cut
from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS
from tests.real.sql_ledger_fixtures import orders_with, sql_ledger
from tests.real.sql_ledger_servers import SqlLedgerServer
from tests.real.trapping_proxies import TrappingProxy
from tests.samples import ROOT, line, order

pytestmark = [pytest.mark.real, pytest.mark.browser]

_, OTHER, TYPIST, _ANNA = SEATS
NONE: Final = CrossReferences()
SAVED: Final = b"&nextsub=save&"
OLD: Final = order(
    customer="C-100",
    lines=(line(item="P-20"), line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("1.75"))),
)
REVISIONS: Final = {
    "fewer lines": replace(OLD, lines=(replace(OLD.lines[1], position=1),)),
    "more lines": replace(OLD, lines=(*OLD.lines, *(line(n, item="P-10", quantity=Decimal(n)) for n in (3, 4, 5)))),
    "other items": replace(OLD, lines=(line(item="P-40"), line(2, item="P-20", unit_price=Decimal("0.01")))),
    "another header": replace(OLD, po_number="PO 2 neu 重", ordered_on=date(2026, 3, 3)),
    "another customer": replace(OLD, customer="C-102", lines=(line(item="P-30", unit_price=Decimal("89.90")),)),
    "nothing": OLD,
}
_numbers = count(1)


class World:
    """SQL-Ledger behind a proxy that can cut, with its bot signed on."""

    def __init__(self, server: SqlLedgerServer, proxy: TrappingProxy, profile: ErpProfile, bot: SqlLedger) -> None:
        self.server, self.proxy, self.profile, self.bot = server, proxy, profile, bot

    def entered(self, reference: str, wanted: Order = OLD) -> str:
        """The number of that order, typed by the bot."""
        self.bot.open_entry(reference)
        self.bot.type_order(form_of(wanted, reference, self.profile, NONE))
        number = self.bot.save(lambda: True).number
        assert number is not None
        return number

    def lockable(self, reference: str) -> tuple[str, str]:
        """Number and reference of such an order that the ERP locks: it does so with odd ids only."""
        for attempt in range(5):
            number = self.entered(f"{reference}{attempt}")
            if self.stored(f"{reference}{attempt}")[0]["id"] % 2:
                return number, f"{reference}{attempt}"
        pytest.fail("every id is even")

    def changed(self, number: str, reference: str, wanted: Order) -> Answer:
        """The answer to changing the order into that one."""
        self.bot.open_change(number)
        self.bot.type_change(form_of(wanted, reference, self.profile, NONE))
        return self.bot.save_change(lambda: True)

    def cancelled(self, number: str, leave: Leave = lambda: True) -> Answer:
        """The answer to cancelling the order."""
        self.bot.open_change(number)
        return self.bot.cancel_document(leave)

    def stored(self, reference: str) -> list[dict[str, Any]]:
        """What PostgreSQL holds of it."""
        return orders_with(self.server, reference)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One company and one seat for all tests of this file."""
    profile = load_profile(ROOT / "selectors" / "sql_ledger")
    with (
        sql_ledger(tmp_path_factory.mktemp("sql-ledger")) as server,
        TrappingProxy.running(server.port) as proxy,
    ):
        assert isinstance(proxy, TrappingProxy)
        address = f"http://127.0.0.1:{proxy.port}/sql-ledger"
        options = {"timeout": 20.0, "save_timeout": 20.0}
        plan = SeatPlan(profile, address, TYPIST.full_login, TYPIST.password, options=options)
        bot = SqlLedger.at_seat(plan)
        try:
            yield World(server, proxy, profile, bot)
        finally:
            bot.close()


@pytest.fixture
def world(running: World) -> Iterator[World]:
    """Signed on anew, and nothing cut afterwards."""
    running.bot.sign_on()
    yield running
    running.proxy.calm()


@pytest.fixture
def reference() -> str:
    """A reference of its own for each test."""
    return f"CH-{next(_numbers):04}-X"


def content(stored: dict[str, Any]) -> tuple[object, ...]:
    """Header and lines as PostgreSQL has them."""
    lines = [(each["item"], each["quantity"], each["price"]) for each in stored["lines"]]
    return stored["customer_number"], stored["date"], stored["po_number"], stored["currency"], lines


def as_ordered(wanted: Order) -> tuple[object, ...]:
    """The same of an order."""
    lines = [(each.item, each.quantity, each.unit_price) for each in wanted.lines]
    return wanted.customer, wanted.ordered_on.isoformat(), wanted.po_number, wanted.currency, lines


@pytest.mark.parametrize("name", REVISIONS)
def test_an_order_holds_the_new_content_and_nothing_else(world: World, reference: str, name: str) -> None:
    """One order, its number as before, header and every line exactly those of the new revision."""
    number, wanted = world.entered(reference), REVISIONS[name]
    opened = world.bot.open_change(number)
    assert document_differences(OLD, reference, opened, world.profile, NONE) == ()
    form = form_of(wanted, reference, world.profile, NONE)
    assert form_differences(form, world.bot.type_change(form), world.profile) == ()
    asked = []

    def leave() -> bool:
        asked.append(content(world.stored(reference)[0]))
        return True

    assert world.bot.save_change(leave) == Answer(number)
    (stored,) = world.stored(reference)
    assert (asked, stored["number"], content(stored)) == ([as_ordered(OLD)], number, as_ordered(wanted))
    document = world.bot.read_document(number)
    assert document_differences(wanted, reference, document, world.profile, NONE) == ()


def test_a_deleted_order_is_gone_and_no_other(world: World, reference: str) -> None:
    """That is how this ERP cancels: one request, after leave, and its neighbour stays."""
    number, neighbour = world.entered(reference), world.entered(f"{reference}1")
    asked = []

    def leave() -> bool:
        asked.append(len(world.stored(reference)))
        return True

    assert world.cancelled(number, leave) == Answer(number)
    assert (asked, world.stored(reference)) == ([1], [])
    assert [each["number"] for each in world.stored(f"{reference}1")] == [neighbour]
    with pytest.raises(ScreenUnknown):
        world.bot.read_document(number)


def test_without_leave_nothing_is_changed_and_nothing_deleted(world: World, reference: str) -> None:
    """A refused leave leaves the order as it was."""
    number = world.entered(reference)
    world.bot.open_change(number)
    world.bot.type_change(form_of(REVISIONS["fewer lines"], reference, world.profile, NONE))
    with pytest.raises(BridgeError):
        world.bot.save_change(lambda: False)
    world.bot.sign_on()
    with pytest.raises(BridgeError):
        world.cancelled(number, lambda: False)
    assert [content(each) for each in world.stored(reference)] == [as_ordered(OLD)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE oe SET closed = 't' WHERE id = {id};",
        "UPDATE orderitems SET ship = 1 WHERE trans_id = {id};",
        "UPDATE oe SET aa_id = id WHERE id = {id};",
    ],
    ids=["closed", "shipped in part", "invoiced"],
)
def test_what_is_shipped_or_invoiced_is_neither_changed_nor_deleted(world: World, reference: str, change: str) -> None:
    """What others have begun to act on stays; no lock is left behind, and nobody is asked for leave."""
    number = world.entered(reference)
    world.server.dataset.run(change.format(id=world.stored(reference)[0]["id"]))

    def never() -> bool:
        pytest.fail("leave was asked")

    with pytest.raises(ChangeRefused) as refused:
        world.bot.open_change(number)
    assert refused.value.params["document"] == number
    with pytest.raises(ChangeRefused):
        world.cancelled(number, never)
    assert world.server.dataset.locks() == []
    assert [content(each) for each in world.stored(reference)] == [as_ordered(OLD)]


def test_abandoning_a_change_releases_its_lock_and_stores_nothing(world: World, reference: str) -> None:
    """Also where an unknown customer or item ended the typing."""
    number = world.entered(reference)
    lines = (OLD.lines[0], replace(OLD.lines[1], item="P-999"))
    troubles = (
        (OLD, None),
        (replace(OLD, customer="C-999"), CustomerUnknown),
        (replace(OLD, lines=lines), ItemUnknown),
    )
    for wanted, trouble in troubles:
        world.bot.open_change(number)
        assert {lock["login"] for lock in world.server.dataset.locks()} == {TYPIST.full_login}
        form = form_of(wanted, reference, world.profile, NONE)
        if trouble:
            with pytest.raises(trouble):
                world.bot.type_change(form)
        else:
            world.bot.type_change(form)
        world.bot.abandon_change()
        assert world.server.dataset.locks() == []
    assert [content(each) for each in world.stored(reference)] == [as_ordered(OLD)]


def test_what_somebody_else_has_open_is_locked(world: World, reference: str) -> None:
    """Neither changed nor deleted until it is left."""
    number, reference = world.lockable(reference)
    opened = {"action": "edit", "type": "sales_order", "id": str(world.stored(reference)[0]["id"]), "vc": "customer"}
    with FormClerk(world.server.url, OTHER) as clerk:
        clerk.sign_on()
        clerk.visit("oe.pl", **opened)
        with pytest.raises(RecordLocked):
            world.bot.open_change(number)
        clerk.search_orders()
        assert world.bot.open_change(number).number == number
        clerk.visit("oe.pl", **opened)
        assert "Locked by" in clerk.text
        world.bot.type_change(form_of(REVISIONS["more lines"], reference, world.profile, NONE))
        world.server.dataset.run("DELETE FROM semaphore;")
        clerk.visit("oe.pl", **opened)
        with pytest.raises(RecordLocked):
            world.bot.save_change(lambda: True)
        world.bot.sign_on()
        clerk.search_orders()
    assert world.changed(number, reference, REVISIONS["fewer lines"]) == Answer(number)


def test_what_somebody_changed_is_neither_overwritten_nor_deleted(world: World, reference: str) -> None:
    """Every other order is never locked, and a look at a list releases our lock: it is read again before the press."""
    number = world.entered(reference)
    identity = world.stored(reference)[0]["id"]
    world.bot.open_change(number)
    world.bot.type_change(form_of(REVISIONS["fewer lines"], reference, world.profile, NONE))
    world.server.dataset.run(f"UPDATE oe SET ponumber = 'mine' WHERE id = {identity};")
    with pytest.raises(ReadBackDiffers):
        world.bot.save_change(lambda: False)
    world.bot.open_change(number)
    world.server.dataset.run(f"UPDATE oe SET ponumber = 'again' WHERE id = {identity};")
    with pytest.raises(ReadBackDiffers):
        world.bot.cancel_document(lambda: False)
    assert [each["po_number"] for each in world.stored(reference)] == ["again"]
    assert world.cancelled(number) == Answer(number)


def test_a_deletion_whose_answer_is_lost_is_in_doubt(world: World, reference: str) -> None:
    """The order is gone; nobody claims so."""
    number = world.entered(reference)
    world.proxy.arm(Cut.AFTER, b"action=Yes", 1)
    with pytest.raises(SaveUnanswered):
        world.cancelled(number)
    assert world.stored(reference) == []


def test_a_change_whose_answer_is_lost_is_in_doubt_and_stored_once(world: World, reference: str) -> None:
    """The line is cut after the ERP has it: nobody claims to know, nothing is sent again."""
    number = world.entered(reference)
    world.proxy.arm(Cut.AFTER, SAVED, 1)
    with pytest.raises(SaveUnanswered):
        world.changed(number, reference, REVISIONS["more lines"])
    world.bot.sign_on()
    assert [content(each) for each in world.stored(reference)] == [as_ordered(REVISIONS["more lines"])]
