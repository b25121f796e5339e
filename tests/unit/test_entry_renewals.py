"""What if the ERP ends our session in the middle? Signed on anew once, with all proof kept and nothing sent twice."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bridge.entry import Desk, carry
from bridge.errors import SessionLost, StorageFull
from bridge.model.postings import Phase, Posting
from tests.fake_erps import EXPIRED
from tests.samples import order
from tests.troubles import AFTER, BEFORE, Died, Point
from tests.unit.changed_orders import NEWER, VOID, posted, shows
from tests.unit.entry_worlds import World, books

ORDER = order()
PROOF = ["filled", "answer", "document"]
Begin = Callable[[World], Posting]


@pytest.fixture
def world() -> Iterator[World]:
    """A world of its own."""
    with books() as ready:
        yield World(*ready)


def new(world: World) -> Posting:
    """An order nobody has typed yet."""
    return world.taken(ORDER)


def dead_at_intent(world: World) -> Posting:
    """An order whose worker died between its intent and the press."""
    posting = world.taken(ORDER)
    dying(world, posting, "ledger.note_phase#1")
    assert world.now(posting).phase is Phase.INTENT
    return posting


def amended(world: World) -> Posting:
    """A posted order that changed."""
    posting = posted(world)
    shows(world, NEWER)
    return posting


def cancelled(world: World) -> Posting:
    """A posted order that was cancelled."""
    posting = posted(world)
    shows(world, VOID)
    return posting


def dying(world: World, posting: Posting, call: str) -> None:
    """An attempt whose process dies after that call."""

    def die() -> None:
        raise Died

    world.fate.strike(Point(call, AFTER), die)
    with pytest.raises(Died):
        world.attempt(posting)
    world.recover()


def attempt(world: World, posting: Posting) -> Posting:
    """One attempt at a seat that may be signed on anew."""

    def renewed() -> Desk:
        world.end_seat()
        return world.desk()

    desk = replace(world.desk(), renewed=renewed)
    claim = world.store.ledger.claim(world.now(posting), desk.worker, desk.lease)
    assert claim is not None
    return carry(desk, claim)


def lose_session(world: World, call: str, side: str = BEFORE) -> None:
    """The ERP has ended our session when that call comes."""

    def lose() -> None:
        raise SessionLost(erp="erp", text=EXPIRED)

    world.fate.strike(Point(call, side), lose)


def steps(world: World, posting: Posting) -> list[str]:
    """What the pictures of the last attempt show, oldest first."""
    packet = world.evidence.packets[world.now(posting).packet or ""]
    return [step.split()[0] for step, _, content in packet.entries if content]


def calls_to_the_bot(world: World, begin: Begin) -> list[str]:
    """Every call of an attempt to the bot but the press itself, and but a picture, which is lost with what it shows."""
    posting = begin(world)
    before = len(world.fate.passed)
    attempt(world, posting)
    called = [point.call for point in world.fate.passed[before:] if point.side == BEFORE]
    besides = ("bot.save", "bot.cancel_document", "bot.capture")
    return [call for call in called if call.startswith("bot.") and not call.startswith(besides)]


@pytest.mark.parametrize("begin", [new, dead_at_intent, amended, cancelled])
def test_a_session_that_ends_at_any_call_but_the_press_costs_no_attempt(begin: Begin) -> None:
    """The order comes to its end in the same attempt, sent once, with every picture that was taken before and after."""
    with books() as ready:
        calls = calls_to_the_bot(World(*ready), begin)
    assert len(calls) >= 2
    for call in calls:
        with books() as ready:
            world = World(*ready)
            posting = begin(world)
            sent, tried = len(world.erp.requests), world.now(posting).attempts
            lose_session(world, call)
            ended = attempt(world, posting)
            assert (call, ended.state) == (call, "cancelled" if begin is cancelled else "posted")
            assert (call, len(world.erp.requests), ended.attempts) == (call, sent + 1, tried + 1)
            wanted = PROOF[1:] if begin is cancelled else PROOF
            assert (call, list(dict.fromkeys(steps(world, posting)))) == (call, wanted)


def test_an_order_typed_twice_is_shown_twice(world: World) -> None:
    """What was on the screen before the session ended is proof of that attempt as well."""
    posting = world.taken(ORDER)
    lose_session(world, "bot.capture#1", AFTER)
    attempt(world, posting)
    assert steps(world, posting) == PROOF
    second = world.taken(order(2))
    before = sum(point.call.startswith("bot.search") for point in world.fate.passed if point.side == BEFORE)
    lose_session(world, f"bot.search#{before + 2}")
    attempt(world, second)
    assert steps(world, second) == ["filled", *PROOF]


@pytest.mark.parametrize("began", [new, dead_at_intent])
def test_after_its_own_intent_no_attempt_signs_on_anew(world: World, began: Begin) -> None:
    """A press that met the end of the session is the last thing that this attempt did."""
    posting = began(world)
    lose_session(world, "bot.save#1")
    ended = attempt(world, posting)
    assert (ended.state, ended.phase, world.erp.requests) == ("pending", Phase.INTENT, [])
    assert world.now(posting).attempts == (1 if began is new else 2)


def test_a_session_that_ends_again_ends_the_attempt(world: World) -> None:
    """Once is enough: an ERP that throws us out again and again is not besieged."""
    posting = world.taken(ORDER)
    lose_session(world, "bot.search#1")
    lose_session(world, "bot.search#2")
    ended = attempt(world, posting)
    assert (ended.state, ended.reason and ended.reason.code) == ("pending", "session_lost")


def test_a_picture_that_could_not_be_kept_is_kept_before_the_attempt_ends(world: World) -> None:
    """A disk that was full for a moment takes no proof of the answer."""
    posting = world.taken(ORDER)

    def full() -> None:
        raise StorageFull(what="evidence")

    world.fate.strike(Point("packet.add#2", BEFORE), full)
    assert attempt(world, posting).phase is Phase.NUMBERED
    assert steps(world, posting)[:2] == PROOF[:2]


def test_a_picture_that_is_kept_already_is_not_kept_twice(world: World) -> None:
    """Where only the ledger could not note it, a second entry would look like one that somebody slipped in."""
    posting = world.taken(ORDER)

    def full() -> None:
        raise StorageFull(what="ledger")

    world.fate.strike(Point("ledger.note_evidence#2", BEFORE), full)
    attempt(world, posting)
    assert steps(world, posting).count("answer") == 1
