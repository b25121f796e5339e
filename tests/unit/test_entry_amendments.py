"""Is a stored document changed or cancelled that should not be? By what the ERP holds and what people say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from bridge.ports import Answer, Leave
from tests.fake_bots import FakeBot
from tests.fake_erps import Saving, unanswered
from tests.samples import document_of_hand, line, order, shown, wrong
from tests.unit.entry_worlds import Opened, World, books

S = PostingState
ORDER = order()
NEWER = replace(ORDER, lines=(line(quantity=Decimal(7)),))
VOID = replace(ORDER, status=OrderStatus.CANCELLED)
REFUSAL = "SO-150 Credit limit exceeded"


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.fixture
def world(opened: Opened) -> World:
    """A world of its own."""
    return World(*opened)


def posted(world: World, wanted: Order = ORDER) -> Posting:
    """The order, posted."""
    posting = world.taken(wanted)
    world.work()
    assert world.now(posting).state is S.POSTED
    return posting


def shows(world: World, now: Order) -> None:
    """The CRM shows it so now, and the job has read it."""
    world.crm.put(now)
    world.take(now)


def number(world: World, posting: Posting) -> str:
    """The number of the document."""
    found = world.now(posting).document
    assert found is not None
    return found


def news(world: World) -> list[str]:
    """What the CRM is told, in order."""
    outbox, told = world.store.outbox, []
    while waiting := outbox.waiting(world.crm.code):
        told.append(waiting[0].status)
        outbox.told(waiting[0])
    return told


# --- all goes well --------------------------------------------------------------------------------------------------


def test_a_changed_order_is_amended_and_the_crm_is_told(world: World) -> None:
    """One document, the new content under the old number, one request more, and two messages."""
    posting = posted(world)
    before = number(world, posting)
    shows(world, NEWER)
    waiting = world.now(posting)
    assert (waiting.state, waiting.reason and waiting.reason.code) == (S.PENDING, "to_be_amended")
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)
    assert number(world, posting) == before
    assert wrong(NEWER, world.erp.documents[before]) == []
    assert news(world) == ["entered", "amended"]


@pytest.mark.parametrize("cancelled", ["kept", "gone"])
def test_a_cancelled_order_is_cancelled_and_the_crm_is_told(opened: Opened, cancelled: str) -> None:
    """The ledger keeps the number, whether the ERP keeps the document or deletes it."""
    world = World(*opened, cancelled=cancelled)
    posting = posted(world)
    before = number(world, posting)
    shows(world, VOID)
    world.work()
    assert world.told(posting) == ("cancelled", "order_cancelled", 0, 2)
    assert number(world, posting) == before
    assert news(world) == ["entered", "cancelled"]


def test_many_revisions_are_carried_one_after_the_other(world: World) -> None:
    """Each amendment expects what the one before left."""
    posting = posted(world)
    for quantity in (3, 4, 5):
        shows(world, replace(ORDER, lines=(line(quantity=Decimal(quantity)),)))
        world.work()
    shows(world, VOID)
    world.work()
    assert world.told(posting) == ("cancelled", "order_cancelled", 0, 5)
    assert news(world) == ["entered", "amended", "amended", "amended", "cancelled"]


def test_what_the_erp_does_not_show_is_no_reason_to_type(world: World) -> None:
    """A change of something that this ERP never holds is verified and sends nothing."""
    posting = posted(world)
    shows(world, replace(ORDER, customer_name="Another name"))
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_there_and_back_again_sends_nothing(world: World) -> None:
    """A change that was taken back before it was carried finds the document right as it is; so a cancellation."""
    posting = posted(world)
    for meanwhile in (NEWER, VOID):
        shows(world, meanwhile)
        shows(world, ORDER)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)
    assert news(world) == ["entered", "amended"]


def test_an_order_cancelled_and_revived_is_asked_about_and_typed_anew_at_a_persons_word(world: World) -> None:
    """Its void document is not taken for it, and nothing of it is expected any more."""
    posting = posted(world)
    shows(world, VOID)
    world.work()
    shows(world, NEWER)
    world.work()
    assert world.told(posting) == ("held", "found_void", 0, 2)
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 3)
    shows(world, VOID)
    world.work()
    assert world.told(posting) == ("cancelled", "order_cancelled", 0, 4)


# --- what stands in the ERP decides ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class There:
    """What somebody did to the document, and what comes of the order then, changed or cancelled in the CRM."""

    done: Callable[[World, str], object]
    amended: tuple[str, str | None, int, int]
    cancelled: tuple[str, str | None, int, int]


def by_hand(**changes: Any) -> Callable[[World, str], object]:
    """Somebody changed the stored document."""
    return lambda world, its: world.erp.change(its, **changes)


def as_new(world: World, its: str) -> None:
    """Somebody brought the document to the new revision."""
    hand = document_of_hand(NEWER, "")
    world.erp.change(its, lines=hand.lines, total=hand.total)


def locked(world: World, its: str) -> None:
    """Somebody has it open, and goes home."""
    world.erp.sessions["MARY"] = 1
    world.erp.lock(its, "MARY", 1)


REFUSED = ("held", "change_refused", 1, 1)
DIFFERENT = ("held", "found_different", 1, 1)
GONE = ("cancelled", "order_cancelled", 0, 1)
CASES: Mapping[str, There] = {
    "untouched": There(lambda _world, _its: None, ("posted", None, 1, 2), ("cancelled", "order_cancelled", 0, 2)),
    "confirmed": There(
        by_hand(status=DocumentStatus.CONFIRMED), ("posted", None, 1, 2), ("cancelled", "order_cancelled", 0, 2)
    ),
    "shipped": There(by_hand(status=DocumentStatus.SHIPPED), REFUSED, REFUSED),
    "changed by hand": There(by_hand(lines=()), DIFFERENT, DIFFERENT),
    "terms changed by hand": There(by_hand(others={"terms": "60"}), DIFFERENT, DIFFERENT),
    "amended by hand": There(as_new, ("posted", None, 1, 1), DIFFERENT),
    "cancelled by hand": There(by_hand(status=DocumentStatus.CANCELLED), ("held", "found_void", 0, 1), GONE),
    "locked": There(locked, ("failed", "attempts_exhausted", 1, 1), ("failed", "attempts_exhausted", 1, 1)),
}


@pytest.mark.parametrize("there", CASES)
def test_only_what_we_left_there_is_touched(opened: Opened, there: str) -> None:
    """Anything else waits for a person, with its document; what is done already is not done again."""
    for now, expected in ((NEWER, CASES[there].amended), (VOID, CASES[there].cancelled)):
        world = World(*opened)
        posting = posted(world)
        its = number(world, posting)
        CASES[there].done(world, its)
        shows(world, now)
        world.work()
        assert world.told(posting) == expected
        assert number(world, posting) == its
        assert [holder for holder, _ in world.erp.locks.values()] == (["MARY"] if there == "locked" else [])


def test_a_document_that_was_deleted_is_asked_about_where_that_means_cancelled(opened: Opened) -> None:
    """In an ERP that deletes what is cancelled an absent document is a void one; else it is no answer at all."""
    ends = []
    for cancelled in ("gone", "kept"):
        for now in (NEWER, VOID):
            world = World(*opened, cancelled=cancelled)
            posting = posted(world)
            world.erp.remove(number(world, posting))
            shows(world, now)
            world.work()
            ends.append(world.told(posting)[:2])
    lost = ("failed", "attempts_exhausted")
    assert ends == [("held", "found_void"), ("cancelled", "order_cancelled"), lost, lost]


def test_an_empty_list_proves_no_absence_where_searching_is_broken(opened: Opened) -> None:
    """Where the control is not found either, a document that cannot be opened is not taken for a cancelled one."""
    world = World(*opened, cancelled="gone", control_reference=None)
    posting = posted(world)
    world.erp.remove(number(world, posting))
    shows(world, VOID)
    world.work()
    assert world.told(posting)[:2] == ("failed", "attempts_exhausted")


def test_at_a_persons_word_a_void_document_is_replaced_by_a_new_one(world: World) -> None:
    """Who saw it and released the order has it entered anew, in its newest revision."""
    posting = posted(world)
    world.erp.change(number(world, posting), status=DocumentStatus.CANCELLED)
    shows(world, NEWER)
    world.work()
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)
    assert [wrong(NEWER, each) for each in world.live(ORDER)] == [[]]


# --- what goes wrong at the screen ----------------------------------------------------------------------------------


def test_a_form_that_shows_something_else_is_not_saved(world: World) -> None:
    """A text that is not kept rejects the change; the document keeps its old revision, and nobody is locked out."""
    posting = posted(world)
    world.desk()
    assert world.seat is not None
    world.seat.shows = shown(header={"po_number": "PO 1 cut"})
    shows(world, replace(NEWER, po_number=ORDER.po_number))
    world.attempt(posting)
    assert world.told(posting) == ("rejected", "text_not_kept", 1, 1)
    assert (world.erp.locks, wrong(ORDER, world.live(ORDER)[0])) == ({}, [])


def test_an_unknown_item_leaves_the_document_and_its_lock(world: World) -> None:
    """A business fact met while typing holds the order; the next revision is amended as if nothing had been."""
    posting = posted(world)
    world.erp.items = frozenset({"P-30", "P-40"})
    shows(world, replace(ORDER, lines=(line(item="P-99"),)))
    world.work()
    assert world.told(posting) == ("held", "item_unknown", 1, 1)
    assert world.erp.locks == {}
    shows(world, NEWER)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)


class OddBot(FakeBot):
    """A seat whose ERP answers a change with another number."""

    def save_change(self, leave: Leave) -> Answer:
        """Stored as it should be, and answered as it should not."""
        super().save_change(leave)
        return Answer("99999")


def test_an_answer_about_another_document_proves_nothing(world: World) -> None:
    """It is in doubt until the document itself was read; its number stays what it was."""
    posting = posted(world)
    its = number(world, posting)
    shows(world, NEWER)
    world.end_seat()
    world.seat = OddBot(world.fate.over(world.erp, "erp"))
    world.seat.sign_on()
    doubtful = world.attempt(posting)
    assert (doubtful.state, doubtful.phase, doubtful.document) == (S.IN_DOUBT, Phase.SENT, its)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)


def less(document: Document) -> Document:
    """The document without its lines."""
    return replace(document, lines=())


def twice(document: Document) -> Document:
    """The document with a quantity nobody asked for."""
    return replace(document, lines=(replace(document.lines[0], quantity=Decimal(70)),))


@pytest.mark.parametrize("change", [less, twice])
@pytest.mark.parametrize("answered", [True, False])
def test_what_was_stored_otherwise_is_held(
    world: World, change: Callable[[Document], Document], *, answered: bool
) -> None:
    """Verified or settled: neither old nor new is for a person, and no later revision changes that by itself."""
    posting = posted(world)
    world.erp.plan(Saving(change=change) if answered else unanswered(change=change))
    shows(world, NEWER)
    world.work()
    code = "stored_different" if answered else "found_different"
    assert world.told(posting) == ("held", code, 1, 2)
    shows(world, replace(ORDER, lines=(line(quantity=Decimal(9)),)))
    world.work()
    assert world.told(posting) == ("held", code, 1, 2)


def test_a_document_that_somebody_has_open_is_waited_for(world: World) -> None:
    """A clerk who looks at the order for ten minutes costs ten minutes and no attempt too many."""
    posting = posted(world)
    locked(world, number(world, posting))
    shows(world, NEWER)
    begun = world.clock.now()
    while world.clock.now() < begun + timedelta(minutes=10):
        world.clock.wait(5)
        if world.store.ledger.due(world.profile.name, world.clock.now()):
            world.attempt(posting)
    assert world.told(posting) == ("pending", "record_locked", 1, 1)
    world.erp.locks.clear()
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)


# --- procedures and people ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("during", [True, False], ids=["while it is typed", "afterwards"])
@pytest.mark.parametrize(("now", "code"), [(NEWER, "changed_after_posting"), (VOID, "cancelled_after_posting")])
def test_without_a_procedure_a_person_does_it(opened: Opened, now: Order, code: str, *, during: bool) -> None:
    """The order is held, the document untouched; once it was done by hand, a release finds it right."""
    world = World(*opened, procedures=frozenset())
    posting = world.taken(ORDER)
    if during:
        world.erp.plan(unanswered())
        world.attempt(posting)
        shows(world, now)
        world.work()
    else:
        world.work()
        shows(world, now)
    assert world.told(posting) == ("held", code, 1, 1)
    world.release(posting)
    world.work()
    assert world.told(posting) == ("held", code, 1, 1)
    if now is VOID:
        world.erp.change(number(world, posting), status=DocumentStatus.CANCELLED)
    else:
        as_new(world, number(world, posting))
    world.release(posting)
    world.work()
    assert world.told(posting)[0] == ("cancelled" if now is VOID else "posted")


def test_what_the_rules_reject_is_not_typed_over_what_is_there(world: World) -> None:
    """The new content is judged before anything else; corrected, it is amended."""
    posting = posted(world)
    shows(world, replace(ORDER, lines=()))
    world.work()
    assert world.told(posting) == ("rejected", "order_empty", 1, 1)
    shows(world, NEWER)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)


def test_an_order_that_is_gone_is_not_cancelled_by_a_guess(world: World) -> None:
    """Deleted in the CRM while a change of it waits: a person decides about the document."""
    posting = posted(world)
    shows(world, NEWER)
    world.crm.remove(ORDER.id)
    world.work()
    assert world.told(posting) == ("held", "order_gone", 1, 1)


def test_a_cancelled_order_that_is_deleted_stays_cancelled(world: World) -> None:
    """What is known to be cancelled is cancelled in the ERP, whether the CRM still has it or not."""
    posting = posted(world)
    shows(world, VOID)
    world.crm.remove(ORDER.id)
    world.work()
    assert world.told(posting) == ("cancelled", "order_cancelled", 0, 2)


@pytest.mark.parametrize("now", [NEWER, VOID], ids=["changed", "cancelled"])
def test_a_person_can_hold_a_change_and_release_it(world: World, now: Order) -> None:
    """As with any order; what the CRM says meanwhile does not release it."""
    posting = posted(world)
    shows(world, now)
    world.hold(posting)
    shows(world, replace(now, remarks="again"))
    world.work()
    assert world.told(posting) == ("held", "held_by_person", 1, 1)
    world.release(posting)
    world.work()
    assert world.told(posting)[3] == 2
    assert world.now(posting).state is (S.POSTED if now is NEWER else S.CANCELLED)


@pytest.mark.parametrize("now", [NEWER, VOID], ids=["changed", "cancelled"])
def test_a_person_who_looked_has_the_change_sent_again(world: World, now: Order) -> None:
    """The word that it was not stored frees the change, not the document, which is still expected."""
    posting = posted(world)
    its = number(world, posting)
    world.erp.plan(unanswered(times=0))
    shows(world, now)
    world.work()
    assert world.told(posting) == ("held", "cannot_settle", 1, 2)
    world.say_absent(posting)
    assert number(world, posting) == its
    world.work()
    assert world.told(posting)[3] == 3
    assert world.now(posting).state is (S.POSTED if now is NEWER else S.CANCELLED)


def test_a_posted_order_that_a_person_held_and_released_is_compared_again(world: World) -> None:
    """By its number, so that an ERP that cannot be searched is safe too; nothing is typed."""
    posting = posted(world)
    world.hold(posting)
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_an_order_that_a_person_gave_up_is_not_typed_a_second_time(world: World) -> None:
    """Cancelled in the ledger only, the document is still known: a new revision amends it."""
    posting = posted(world)
    world.hold(posting)
    world.store.ledger.move(world.now(posting), S.CANCELLED, "person:li")
    shows(world, VOID)
    assert world.now(posting).state is S.CANCELLED
    shows(world, NEWER)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)
