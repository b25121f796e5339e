"""Is a stored document changed or cancelled that should not be? By what the ERP holds and what people say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from bridge.model.documents import DocumentStatus
from tests.samples import line, wrong
from tests.unit.changed_orders import NEWER, ORDER, VOID, S, as_new, locked, news, number, posted, shows
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
