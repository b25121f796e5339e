"""What if a change meets a screen, an answer or a person that thinks otherwise?"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order
from bridge.model.postings import Phase
from bridge.ports import Answer, Leave
from tests.fake_bots import FakeBot
from tests.fake_erps import Saving, unanswered
from tests.samples import line, shown, wrong
from tests.unit.changed_orders import NEWER, ORDER, VOID, S, as_new, locked, number, posted, shows
from tests.unit.entry_worlds import Opened, World, books


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.fixture
def world(opened: Opened) -> World:
    """A world of its own."""
    return World(*opened)


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
