"""Doubts the bot of Tryton's desktop client: whatever it says of an order is asked of Tryton's own database."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from threading import Thread

import pytest

from bots.drivers.desktop_parts import Keys
from bridge.errors import (
    ApplicationError,
    BridgeError,
    CustomerUnknown,
    InDoubt,
    ItemUnknown,
    SignOnRefused,
    StopOrdered,
)
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.forms import Form
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.ports import Answer, Search
from tests.real.tryton_desktops import Office, office
from tests.samples import line, order
from tests.sandbox.harbour_clerks import eventually

pytestmark = [pytest.mark.desktop, pytest.mark.real]
NONE = CrossReferences()
LINES = (  # none of them at its list price
    line(item="W-100", quantity=Decimal(3), unit_price=Decimal("8.50")),
    line(2, item="W-200", quantity=Decimal(12), unit_price=Decimal("11.1105")),
    line(3, item="W-300", quantity=Decimal(1000), unit_price=Decimal("0.0725")),
)
ORDER = order(customer="C0002", lines=LINES)
SECONDS_TO_STORE = 60.0
_numbers = count(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A Tryton with its client; one for all tests of this file."""
    with office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
def desk(running: Office) -> Office:
    """The desk with somebody signed on, whatever the test before did there."""
    if not running.desktop.program.runs():
        running.bot.sign_on()
    return running


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"TD-{next(_numbers):04}-X"


def typed(desk: Office, reference: str, wanted: Order = ORDER) -> tuple[Form, Form]:
    """What was typed into a blank form, and what it showed then."""
    form = form_of(wanted, reference, desk.bot.profile, NONE)
    desk.bot.open_entry(reference)
    return form, desk.bot.type_order(form)


def entered(desk: Office, reference: str, wanted: Order = ORDER) -> Answer:
    """The answer to typing the order, reading it back and saving it."""
    form, shown = typed(desk, reference, wanted)
    assert form_differences(form, shown, desk.bot.profile) == ()
    return desk.bot.save(lambda: True)


def stored_as(wanted: Order, desk: Office, reference: str) -> str:
    """The number under which the database holds exactly this order, once."""
    ((number, state, customer, po_number, day, currency),) = desk.sales(reference)
    header = (customer, po_number, str(day)[:10], currency)
    assert header == (wanted.customer, wanted.po_number, wanted.ordered_on.isoformat(), wanted.currency)
    assert desk.lines(reference) == [(each.item, each.quantity, each.unit_price) for each in wanted.lines]
    assert state == "quotation"
    return str(number)


def test_an_order_is_stored_once_found_and_read_back_whole(desk: Office, reference: str) -> None:
    """Three lines at prices of their own, for a Chinese customer: in the database, in the list and in the form."""
    asked = []

    def leave() -> bool:
        asked.append(desk.sales(reference))
        return True

    form, shown = typed(desk, reference)
    assert form_differences(form, shown, desk.bot.profile) == ()
    answer = desk.bot.save(leave)
    assert asked == [[]]
    assert answer.number == stored_as(ORDER, desk, reference)
    (row,) = desk.bot.search(Search(reference=reference))
    assert (row.number, row.customer, row.reference, row.status) == (
        answer.number,
        "C0002",
        reference,
        DocumentStatus.OPEN,
    )
    assert (row.ordered_on, row.total, row.po_number) == (ORDER.ordered_on, ORDER.total, ORDER.po_number)
    document = desk.bot.read_document(answer.number)
    assert document_differences(ORDER, reference, document, desk.bot.profile, NONE) == ()


def test_any_text_arrives_as_it_was_meant(desk: Office, reference: str) -> None:
    """Chinese, quotation marks and what looks like a formula; in another currency than the company's own."""
    wanted = replace(ORDER, customer="C0005", currency="EUR", po_number='=1+2 "重庆" Müller µ', lines=LINES[:1])
    answer = entered(desk, reference, wanted)
    assert answer.number == stored_as(wanted, desk, reference)
    document = desk.bot.read_document(answer.number)
    assert document_differences(wanted, reference, document, desk.bot.profile, NONE) == ()


def test_without_leave_nothing_is_stored(desk: Office, reference: str) -> None:
    """The form stays as it was typed, and is saved as soon as leave is given."""
    before = desk.count()
    typed(desk, reference)
    with pytest.raises(StopOrdered):
        desk.bot.save(lambda: False)
    assert desk.count() == before
    assert desk.bot.save(lambda: True).number == stored_as(ORDER, desk, reference)


def test_searching_leaves_a_filled_form_as_it_is(desk: Office, reference: str) -> None:
    """The ERP is probed once more just before Save, in a tab of its own."""
    typed(desk, reference)
    assert desk.bot.search(Search(reference=reference)) == ()
    assert desk.bot.save(lambda: True).number == stored_as(ORDER, desk, reference)


def test_an_abandoned_form_leaves_nothing(desk: Office, reference: str) -> None:
    """Neither in the database nor in the next form."""
    before = desk.count()
    typed(desk, reference)
    desk.bot.abandon_entry()
    one = replace(ORDER, lines=LINES[:1])
    form, shown = typed(desk, reference, one)
    assert form_differences(form, shown, desk.bot.profile) == ()
    desk.bot.abandon_entry()
    assert desk.count() == before


def test_an_unknown_customer_is_a_fact_about_the_order(desk: Office, reference: str) -> None:
    """Also where others have a code that begins like it."""
    for unknown in ("C9999", "C000"):
        with pytest.raises(CustomerUnknown) as refused:
            typed(desk, reference, replace(ORDER, customer=unknown))
        assert refused.value.params["customer"] == unknown
        desk.bot.abandon_entry()
    assert desk.sales(reference) == []


def test_an_unknown_item_is_a_fact_about_its_line(desk: Office, reference: str) -> None:
    """The reason names the item and the line, and nothing is left behind."""
    with pytest.raises(ItemUnknown) as refused:
        typed(desk, reference, replace(ORDER, lines=(LINES[0], replace(LINES[1], item="W-2"))))
    assert (refused.value.params["item"], str(refused.value.params["position"])) == ("W-2", "2")
    desk.bot.abandon_entry()
    assert desk.sales(reference) == []


def test_a_search_is_narrowed_by_what_is_asked(desk: Office, reference: str) -> None:
    """Customer, dates and number each leave out what is not asked for."""
    wanted = replace(ORDER, ordered_on=date(2024, 5, 5), lines=LINES[:1])
    number = entered(desk, reference, wanted).number
    assert number is not None

    def finds(query: Search) -> bool:
        return number in [row.number for row in desk.bot.search(query)]

    day = timedelta(days=1)
    assert finds(Search(number=number))
    assert finds(Search(customer="C0002", since=wanted.ordered_on, until=wanted.ordered_on))
    assert not finds(Search(customer="C0001"))
    assert not finds(Search(since=wanted.ordered_on + day))
    assert not finds(Search(until=wanted.ordered_on - day))


def test_a_document_that_is_not_there_is_an_error(desk: Office) -> None:
    """An unknown number never shows another order."""
    with pytest.raises(ApplicationError):
        desk.bot.read_document("999999")


def test_a_wrong_password_says_so(desk: Office) -> None:
    """It is told apart from an ERP that is down, and the question that comes again is in no picture."""
    stranger = desk.another("wrong-password")
    with pytest.raises(SignOnRefused):
        stranger.sign_on()
    assert stranger.capture("trouble").screen == "unknown"
    desk.bot.sign_on()
    assert desk.bot.search(Search(number="999999")) == ()


class Deadly:
    """Keys of which one kills the program."""

    def __init__(self, keys: Keys, after: int, pid: int) -> None:
        self._keys, self._left, self._pid = keys, after, pid

    def write(self, text: str) -> None:
        """Press the key of each character."""
        self._keys.write(text)

    def press(self, *keys: str) -> None:
        """Press these together."""
        self._left -= 1
        if not self._left:
            os.killpg(self._pid, signal.SIGKILL)
        self._keys.press(*keys)

    def click(self, left: int, top: int) -> None:
        """Press the mouse there."""
        self._keys.click(left, top)


@pytest.mark.parametrize("after", [8, 25, 45])
def test_a_program_that_is_killed_while_it_is_typed_into_stores_nothing(
    desk: Office, reference: str, after: int
) -> None:
    """Whatever it had already; the next sign-on works."""
    keys, process = desk.desktop.keys, desk.desktop.program._process
    assert process is not None
    before = desk.count()
    form = form_of(ORDER, reference, desk.bot.profile, NONE)
    desk.desktop.keys = Deadly(keys, after, process.pid)  # type: ignore[assignment]
    try:
        doomed = desk.another()
        with pytest.raises(BridgeError):  # noqa: PT012 - wherever in it that is
            doomed.open_entry(reference)
            doomed.type_order(form)
            doomed.save(lambda: pytest.fail("leave was asked for a program that is gone"))
    finally:
        desk.desktop.keys = keys
    desk.bot.sign_on()
    assert desk.count() == before


def test_a_program_that_dies_once_the_sale_is_stored_leaves_a_doubt_and_one_sale(desk: Office, reference: str) -> None:
    """Nobody claims its number, and the next search finds it."""
    process = desk.desktop.program._process
    assert process is not None

    def kill() -> None:
        eventually(lambda: desk.sales(reference), SECONDS_TO_STORE)
        os.killpg(process.pid, signal.SIGKILL)

    killer = Thread(target=kill)

    def leave() -> bool:
        killer.start()
        return True

    typed(desk, reference)
    with pytest.raises(InDoubt):
        desk.bot.save(leave)
    killer.join()
    desk.bot.sign_on()
    assert len(desk.sales(reference)) == 1
    assert [row.reference for row in desk.bot.search(Search(reference=reference))] == [reference]


def test_orders_in_a_row_are_all_right(desk: Office) -> None:
    """By the database, each with a customer, prices and quantities of its own."""
    customers = ("C0001", "C0002", "C0003", "C0004", "C0005")
    for number in range(10 if os.environ.get("ERPBRIDGE_LONG") else 3):
        lines = tuple(
            replace(each, quantity=each.quantity + number, unit_price=each.unit_price + Decimal("0.01") * number)
            for each in LINES[: number % 3 + 1]
        )
        wanted = replace(ORDER, customer=customers[number % 5], po_number=f"订单 {number}", lines=lines)
        reference = f"TD-R{number:03}-X"
        answer = entered(desk, reference, wanted)
        assert answer.number == stored_as(wanted, desk, reference)


def test_every_target_is_found_by_its_first_locator(desk: Office) -> None:
    """On the screens that need no order; a later locator would be drift."""
    hits = desk.bot.locate_all()
    assert {hit.screen for hit in hits} >= {"order_entry", "order_list"}
    assert [hit for hit in hits if hit.position != 0 and hit.target != "outcome"] == []
    desk.bot.abandon_entry()


def test_signing_off_ends_the_session(desk: Office) -> None:
    """Afterwards nothing can be read until somebody signs on again."""
    desk.bot.sign_off()
    with pytest.raises(ApplicationError):
        desk.bot.search(Search(reference="TD"))
    desk.bot.sign_on()
    assert desk.bot.search(Search(number="999999")) == ()
