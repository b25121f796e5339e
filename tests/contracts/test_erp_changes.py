"""Doubts every ERP bot that changes and cancels stored documents: what is replaced, what is refused, what is sent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from bridge.errors import BridgeError, ChangeRefused, CustomerUnknown, InDoubt, ItemUnknown, RecordLocked, ScreenUnknown
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.ports import Answer, Leave, Search
from tests.contracts.erp_worlds import REFUSAL, ErpWorld, fake_world, harbour_forms_world, harbour_world
from tests.contracts.granite_worlds import granite_world
from tests.contracts.juniper_worlds import juniper_world
from tests.samples import line, order

NONE = CrossReferences()
OLD = order(lines=(line(), line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("1234.56"))))
FIXED = (
    DocumentStatus.PART_SHIPPED,
    DocumentStatus.SHIPPED,
    DocumentStatus.INVOICED,
    DocumentStatus.PAID,
    DocumentStatus.CANCELLED,
)
_numbers = count(1)

WORLDS = (
    pytest.param(fake_world, id="fake"),
    pytest.param(harbour_forms_world, id="harbour_forms"),
    pytest.param(granite_world, id="granite", marks=[pytest.mark.desktop, pytest.mark.sweep]),
    pytest.param(juniper_world, id="juniper", marks=pytest.mark.sweep),
    pytest.param(harbour_world, id="harbour", marks=[pytest.mark.browser, pytest.mark.sweep]),
)
REVISIONS = {
    "fewer lines": replace(OLD, lines=OLD.lines[1:2]),
    "more lines": replace(OLD, lines=(*OLD.lines, *(line(place, quantity=Decimal(place)) for place in range(3, 7)))),
    "other header": replace(
        OLD, customer="C1002", currency="EUR", po_number="PO 2 new", ordered_on=OLD.ordered_on.replace(day=28)
    ),
    "other items": replace(OLD, lines=(line(item="P-40"), line(2, item="P-30", unit_price=Decimal("0.01")))),
    "lines turned round": replace(OLD, lines=(replace(OLD.lines[1], position=1), replace(OLD.lines[0], position=2))),
    "nothing": OLD,
}


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpWorld]:
    """An ERP with its bot, signed on; one for all tests of this file."""
    with request.param(tmp_path_factory.mktemp("erp")) as ready:
        yield ready


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"CC-{next(_numbers):04}-X"


def differences(world: ErpWorld, number: str, reference: str, wanted: Order) -> tuple[object, ...]:
    """Where the stored document is not the order."""
    return document_differences(wanted, reference, world.bot.read_document(number), world.profile, NONE)


def changed(world: ErpWorld, number: str, reference: str, wanted: Order) -> Answer:
    """The answer to changing the document into that order."""
    world.bot.open_change(number)
    world.bot.type_change(form_of(wanted, reference, world.profile, NONE))
    return world.bot.save_change(lambda: True)


def cancelled(world: ErpWorld, number: str, leave: Leave = lambda: True) -> Answer:
    """The answer to cancelling the document."""
    world.bot.open_change(number)
    return world.bot.cancel_document(leave)


# --- changing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REVISIONS)
def test_a_document_holds_the_new_content_and_nothing_else(world: ErpWorld, reference: str, name: str) -> None:
    """Header and lines are exactly the new revision, under the old number, stored by one request with one leave."""
    number, wanted = world.put(OLD, reference), REVISIONS[name]
    before, asked = world.sent(), []

    def leave() -> bool:
        asked.append(world.sent() - before)
        return True

    opened = world.bot.open_change(number)
    assert document_differences(OLD, reference, opened, world.profile, NONE) == ()
    form = form_of(wanted, reference, world.profile, NONE)
    assert form_differences(form, world.bot.type_change(form), world.profile) == ()
    assert world.bot.save_change(leave) == Answer(number)
    assert asked == [0]
    assert differences(world, number, reference, wanted) == ()
    assert (world.stored(reference), world.sent() - before) == (1, 1)


def test_a_confirmed_document_may_still_be_changed(world: ErpWorld, reference: str) -> None:
    """And keeps its status."""
    number = world.put(OLD, reference, DocumentStatus.CONFIRMED)
    assert changed(world, number, reference, REVISIONS["fewer lines"]).number == number
    assert world.bot.read_document(number).status is DocumentStatus.CONFIRMED


@pytest.mark.parametrize("status", FIXED)
def test_what_is_shipped_or_void_is_neither_changed_nor_cancelled(
    world: ErpWorld, reference: str, status: DocumentStatus
) -> None:
    """The ERP's own rule becomes our reason, with the document, before anything is typed or leave is asked."""
    number, before = world.put(OLD, reference, status), world.sent()

    def never() -> bool:
        pytest.fail("leave was asked")

    calls: tuple[Callable[[], object], ...] = (
        lambda: world.bot.open_change(number),
        lambda: cancelled(world, number, never),
    )
    for call in calls:
        with pytest.raises(ChangeRefused) as refused:
            call()
        assert refused.value.params["document"] == number
    assert (world.sent(), world.bot.read_document(number).status) == (before, status)


def test_a_document_that_is_not_there_is_an_error(world: ErpWorld) -> None:
    """An unknown number never opens another order."""
    with pytest.raises(ScreenUnknown):
        world.bot.open_change("999999")
    world.bot.sign_on()


def test_without_leave_nothing_is_changed_and_nothing_is_sent(world: ErpWorld, reference: str) -> None:
    """A refused leave ends the change and the cancellation with an error."""
    number, before = world.put(OLD, reference), world.sent()
    world.bot.open_change(number)
    world.bot.type_change(form_of(REVISIONS["fewer lines"], reference, world.profile, NONE))
    with pytest.raises(BridgeError):
        world.bot.save_change(lambda: False)
    world.bot.sign_on()
    with pytest.raises(BridgeError):
        cancelled(world, number, lambda: False)
    world.bot.sign_on()
    assert world.sent() == before
    assert differences(world, number, reference, OLD) == ()
    assert world.bot.read_document(number).status is DocumentStatus.OPEN
    assert changed(world, number, reference, REVISIONS["more lines"]).number == number


def test_an_opened_document_is_locked_and_abandoning_it_releases_it(world: ErpWorld, reference: str) -> None:
    """Nobody else can change it meanwhile; afterwards somebody can, and it is as it was."""
    number = world.put(OLD, reference)
    world.bot.open_change(number)
    assert "locked" in world.somebody_opens(number)
    world.bot.type_change(form_of(REVISIONS["other header"], reference, world.profile, NONE))
    world.bot.abandon_change()
    assert world.somebody_opens(number) == ""
    assert differences(world, number, reference, OLD) == ()


def test_a_saved_change_releases_the_lock(world: ErpWorld, reference: str) -> None:
    """As a cancellation does."""
    number, other = world.put(OLD, reference), world.put(OLD, f"{reference}1")
    changed(world, number, reference, REVISIONS["fewer lines"])
    cancelled(world, other)
    world.move(other, DocumentStatus.OPEN)
    assert (world.somebody_opens(number), world.somebody_opens(other)) == ("", "")


def test_trouble_while_typing_a_change_can_be_abandoned(world: ErpWorld, reference: str) -> None:
    """An unknown customer or item is a fact about the order; the form is left, its lock too, and nothing is stored."""
    number = world.put(OLD, reference)
    lines = (OLD.lines[0], replace(OLD.lines[1], item="P-99"))
    for wrong, kind in ((replace(OLD, customer="C9999"), CustomerUnknown), (replace(OLD, lines=lines), ItemUnknown)):
        world.bot.open_change(number)
        with pytest.raises(kind):
            world.bot.type_change(form_of(wrong, reference, world.profile, NONE))
        world.bot.abandon_change()
    assert world.somebody_opens(number) == ""
    assert differences(world, number, reference, OLD) == ()


def test_looking_leaves_a_half_typed_change_as_it_is(world: ErpWorld, reference: str) -> None:
    """The ERP is probed once more before Save, with the change already typed."""
    number, wanted = world.put(OLD, reference), REVISIONS["more lines"]
    world.bot.open_change(number)
    world.bot.type_change(form_of(wanted, reference, world.profile, NONE))
    assert [row.number for row in world.bot.search(Search(reference=reference))] == [number]
    assert differences(world, number, reference, OLD) == ()
    assert world.bot.save_change(lambda: True).number == number
    assert differences(world, number, reference, wanted) == ()


def test_a_new_order_after_a_change_is_a_new_one(world: ErpWorld, reference: str) -> None:
    """Nothing of the changed document is in the next form, not even its number."""
    number = world.put(OLD, reference)
    changed(world, number, reference, REVISIONS["fewer lines"])
    world.bot.open_change(number)
    world.bot.abandon_change()
    world.bot.open_entry(f"{reference}1")
    world.bot.type_order(form_of(OLD, f"{reference}1", world.profile, NONE))
    answer = world.bot.save(lambda: True)
    assert answer.number not in (None, number)
    assert differences(world, number, reference, REVISIONS["fewer lines"]) == ()


def test_a_change_whose_answer_is_lost_is_in_doubt_and_was_sent_once(world: ErpWorld, reference: str) -> None:
    """Nobody claims to know the outcome, and nothing is sent a second time."""
    number, before = world.put(OLD, reference), world.sent()
    world.lose_next()
    with pytest.raises(InDoubt):
        changed(world, number, reference, REVISIONS["fewer lines"])
    world.bot.sign_on()
    assert world.sent() == before + 1
    assert differences(world, number, reference, REVISIONS["fewer lines"]) == ()


def test_a_refused_change_is_told_in_the_words_of_the_erp(world: ErpWorld, reference: str) -> None:
    """No number, the text, and the document is as it was; so with a cancellation."""
    number = world.put(OLD, reference)
    world.refuse_next()
    answer = changed(world, number, reference, REVISIONS["fewer lines"])
    assert (answer.number, REFUSAL in answer.text) == (None, True)
    world.bot.sign_on()
    world.refuse_next(cancelling=True)
    answer = cancelled(world, number)
    assert (answer.number, REFUSAL in answer.text) == (None, True)
    world.bot.sign_on()
    assert differences(world, number, reference, OLD) == ()
    assert world.bot.read_document(number).status is DocumentStatus.OPEN


# --- cancelling -----------------------------------------------------------------------------------------------------


def test_a_cancelled_document_says_so_and_is_not_gone(world: ErpWorld, reference: str) -> None:
    """One leave, one request, the status of a void document, and its content as it was."""
    number, before, asked = world.put(OLD, reference), world.sent(), []

    def leave() -> bool:
        asked.append(world.sent() - before)
        return True

    opened = world.bot.open_change(number)
    assert document_differences(OLD, reference, opened, world.profile, NONE) == ()
    assert world.bot.cancel_document(leave) == Answer(number)
    assert (asked, world.sent() - before) == ([0], 1)
    assert world.bot.read_document(number).status is DocumentStatus.CANCELLED
    assert differences(world, number, reference, OLD) == ()


def test_what_is_cancelled_is_what_was_opened(world: ErpWorld, reference: str) -> None:
    """A clerk's edit before it is opened is shown then; after that nobody edits it unseen until it is cancelled."""
    number = world.put(OLD, reference)
    world.bot.read_document(number)
    assert world.somebody_edits(number, "BY HAND") == ""
    assert world.bot.open_change(number).po_number == "BY HAND"
    world.bot.abandon_change()
    assert world.bot.read_document(number).status is DocumentStatus.OPEN
    world.bot.open_change(number)
    assert world.somebody_edits(number, "LATER") != ""
    assert world.bot.cancel_document(lambda: True) == Answer(number)
    cancelled_one = world.bot.read_document(number)
    assert (cancelled_one.status, cancelled_one.po_number) == (DocumentStatus.CANCELLED, "BY HAND")


def test_a_cancellation_whose_answer_is_lost_is_in_doubt_and_was_sent_once(world: ErpWorld, reference: str) -> None:
    """The ERP did it; nobody claims so."""
    number, before = world.put(OLD, reference), world.sent()
    world.lose_next(cancelling=True)
    with pytest.raises(InDoubt):
        cancelled(world, number)
    world.bot.sign_on()
    assert world.sent() == before + 1
    assert world.bot.read_document(number).status is DocumentStatus.CANCELLED


def test_what_somebody_else_is_changing_is_locked(world: ErpWorld, reference: str) -> None:
    """Neither change nor cancellation gets in between; nothing is sent."""
    number, before = world.put(OLD, reference), world.sent()
    with world.held_by_somebody(number), pytest.raises(RecordLocked):
        world.bot.open_change(number)
    world.bot.sign_on()
    assert world.sent() == before
    assert changed(world, number, reference, REVISIONS["fewer lines"]).number == number
