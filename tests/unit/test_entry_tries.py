"""How often is an order tried, how does an attempt end that cannot even note its end, and what does a dry run leave?"""

from collections.abc import Iterator

import pytest

from bridge.entry import rehearse
from bridge.errors import ErpDown, OrderGone, StatusUnknown, StorageFull, TargetNotFound
from bridge.model.postings import Phase, PostingState
from tests.fake_erps import unanswered
from tests.samples import order, shown
from tests.troubles import BEFORE, Died, Point
from tests.unit.entry_worlds import World, books

S = PostingState
ORDER = order()


@pytest.fixture
def world() -> Iterator[World]:
    """A world of its own."""
    with books() as ready:
        yield World(*ready)


# --- how often ------------------------------------------------------------------------------------------------------


def failing(world: World, call: str, error: Exception, times: int = 99) -> None:
    """Let so many calls of that name fail."""

    def blow() -> None:
        raise error

    for number in range(1, times + 1):
        world.fate.strike(Point(f"{call}#{number}", BEFORE), blow)


MISSING = TargetNotFound(target="save", screen="order_entry")


def test_an_order_that_cannot_be_typed_fails_after_so_many_attempts(world: World) -> None:
    """The third failure ends it as failed, with the last error in the reason; nothing was sent."""
    posting = world.taken(ORDER)
    failing(world, "bot.open_entry", MISSING)
    world.work()
    assert world.told(posting) == ("failed", "attempts_exhausted", 0, 0)
    assert world.now(posting).attempts == 3


def test_a_rerun_gives_all_attempts_again(world: World) -> None:
    """What failed before a person had it tried again does not count against it."""
    posting = world.taken(ORDER)
    failing(world, "bot.open_entry", MISSING, times=5)
    world.work()
    assert world.now(posting).state is S.FAILED
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_an_outage_uses_no_attempts(world: World) -> None:
    """However long the ERP was down, afterwards the order has all its attempts."""
    posting = world.taken(ORDER)
    failing(world, "bot.search", ErpDown(erp="erp", address="http://erp"), times=5)
    for _ in range(5):
        assert world.attempt(posting).state is S.PENDING
    failing(world, "bot.open_entry", MISSING, times=2)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_a_document_that_cannot_be_read_is_held_with_its_number(world: World) -> None:
    """What was stored and can never be verified ends with a person, not in ever new attempts."""
    posting = world.taken(ORDER)
    failing(world, "bot.read_document", StatusUnknown(erp="erp", word="Parked"))
    world.work()
    now = world.now(posting)
    assert world.told(posting) == ("held", "attempts_exhausted", 1, 1)
    assert (now.phase, now.document) == (Phase.NUMBERED, max(world.erp.documents))


def test_an_end_that_cannot_be_noted_is_left_to_the_lease(world: World) -> None:
    """Where not even the end can be kept, the error escapes and the table is read after the lease ran out."""
    posting = world.taken(ORDER)
    full = StorageFull(what="ledger")
    failing(world, "ledger.note_phase", full, times=1)
    failing(world, "ledger.end", full, times=1)
    with pytest.raises(StorageFull):
        world.attempt(posting)
    assert world.now(posting).state is S.CLAIMED
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_a_process_that_dies_while_ending_leaves_the_table(world: World) -> None:
    """Dying between an unanswered Save and its end is dying with "sent": it is settled."""
    posting = world.taken(ORDER)
    world.erp.plan(unanswered())

    def die() -> None:
        raise Died

    world.fate.strike(Point("ledger.end#1", BEFORE), die)
    with pytest.raises(Died):
        world.attempt(posting)
    assert (world.now(posting).state, world.now(posting).phase) == (S.CLAIMED, Phase.SENT)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


# --- the dry run ----------------------------------------------------------------------------------------------------


def test_a_rehearsal_types_and_leaves_nothing(world: World) -> None:
    """A dry run shows what would be typed and what the screen shows; ERP and ledger stay as they were."""
    posting = world.taken(ORDER)
    before = world.store.ledger.history(posting)
    shown_ = rehearse(world.desk(), posting)
    assert (shown_.differences, shown_.already) == ((), None)
    assert shown_.wanted == shown_.shown
    assert world.told(posting) == ("pending", None, 0, 0)
    assert (world.store.ledger.history(posting), world.now(posting)) == (before, posting)


def test_a_rehearsal_says_what_it_found(world: World) -> None:
    """What the ERP holds already and what the screen shows otherwise stand in its report."""
    posting = world.taken(ORDER)
    number = world.type_by_hand(ORDER)
    desk = world.desk()
    assert world.seat is not None
    world.seat.shows = shown(line={"quantity": "25"})
    found = rehearse(desk, posting)
    assert (found.already, [each.field for each in found.differences]) == (number, ["quantity"])
    world.crm.remove(ORDER.id)
    with pytest.raises(OrderGone):
        rehearse(desk, posting)
