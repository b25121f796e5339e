"""Does it matter when trouble comes? Every kind of it, at every moment of an attempt, against the table of the design."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bridge.errors import (
    BridgeError,
    CustomerUnknown,
    ErpDown,
    LeaseLost,
    SaveUnanswered,
    SeatDied,
    StorageFull,
    TextTooLong,
)
from bridge.model.postings import Phase, Posting, PostingState
from bridge.store.ledgers import Store
from tests.fake_erps import FakeBot, Saving, unanswered
from tests.fakes import FakeClock
from tests.troubles import AFTER, BEFORE, Died, Point
from tests.unit.entry_worlds import LEASE, World, books, order

S = PostingState
ORDER = order()
LEFT = {Phase.SENT: S.IN_DOUBT}  # and pending for all other phases: the whole table
NOTED = "ledger.note_phase#"
EFFECTS = ("note_phase", "note_evidence", "end", "receive", "save", "add", "open_packet", "type_order")
Blow = Callable[[World, Posting], None]


@dataclass(frozen=True)
class Moment:
    """A point with what is true at it: the phase in the ledger, and whether the request has arrived."""

    point: Point
    phase: Phase
    arrived: bool
    ended: bool


@dataclass(frozen=True)
class Outcome:
    """Where the trouble left the posting, where it came to rest, and what the ERP holds and was asked then."""

    left: str
    rest: str
    live: int
    requests: int


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Store, FakeClock]]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


# --- kinds of trouble -----------------------------------------------------------------------------------------------


def raising(kind: type[BridgeError], **params: str) -> Blow:
    """The call fails so."""

    def blow(_world: World, _posting: Posting) -> None:
        raise kind(**params)

    return blow


def death(_world: World, _posting: Posting) -> None:
    """The process dies."""
    raise Died


def seat_death(world: World, _posting: Posting) -> None:
    """The seat dies, and the call with it."""
    world.end_seat()
    raise SeatDied(erp="erp", why="it was killed")


def taken_over(world: World, posting: Posting) -> None:
    """The lease runs out unseen, and another host moves the posting where the table says."""
    world.recover()


def overtaken(world: World, _posting: Posting) -> None:
    """Another host takes over and carries the order to its end with the same ERP user, before we go on."""
    world.recover()
    old, world.seat = world.seat, None
    world.work()
    world.seat = old


def stop(world: World, _posting: Posting) -> None:
    """A person stops everything."""
    world.store.switches.stop("Li", "stocktaking")


APPLICATION: dict[str, Blow] = {
    "the ERP is down": raising(ErpDown, erp="erp", address="http://erp"),
    "an answer is lost": raising(SaveUnanswered, why="cut"),
    "the disk is full": raising(StorageFull, what="ledger"),
    "the seat dies": seat_death,
}
SILENT: dict[str, Blow] = {"death": death, "taken over": taken_over, "lease lost": raising(LeaseLost, reference="r")}
BUSINESS: dict[str, tuple[Blow, PostingState]] = {
    "customer unknown": (raising(CustomerUnknown, erp="erp", customer="C"), S.HELD),
    "text too long": (raising(TextTooLong, field="f", length="9", most="8", text="t", erp="erp"), S.REJECTED),
}


# --- moments --------------------------------------------------------------------------------------------------------


def moments(opened: tuple[Store, FakeClock]) -> list[Moment]:
    """Every moment of an attempt that goes well: before each call, and after each that has an effect."""
    world = World(*opened)
    assert world.attempt(world.taken(ORDER)).state is S.POSTED
    phase, arrived, ended, found = Phase.NONE, False, False, []
    noted = iter([Phase.INTENT, Phase.SENT, Phase.NUMBERED, Phase.VERIFIED])
    for point in world.fate.passed:
        if point.side == AFTER and point.call.startswith(NOTED):
            phase = next(noted)
        arrived = arrived or (point.side == AFTER and point.call.startswith("erp.receive"))
        ended = ended or point == Point("ledger.end_posted#1", AFTER)
        effect = point.call.split(".")[1].startswith(EFFECTS)
        if not point.call.startswith("erp.sign_on") and (point.side == BEFORE or effect):
            found.append(Moment(point, phase, arrived, ended))
    return found


def struck(opened: tuple[Store, FakeClock], moment: Moment, blow: Blow, absent: str = "hold") -> Outcome:
    """What comes of an order whose first attempt is struck at that moment."""
    world = World(*opened, absent=absent)
    posting = world.taken(ORDER)
    world.fate.strike(moment.point, lambda: blow(world, posting))
    escaped = ""
    try:
        world.attempt(posting)
    except Died:
        pass
    except BridgeError as error:
        escaped = f"{error.code} escaped, "
    assert not world.fate.blows, f"{moment.point} never came"
    world.recover()
    left = world.now(posting)
    world.store.switches.resume("Li")
    world.work()
    rest = world.now(posting)
    return Outcome(escaped + _state(left), _state(rest), len(world.live(ORDER)) + world.coming(ORDER), world.requests(ORDER))


def _state(posting: Posting) -> str:
    why = f" ({posting.reason.code})" if posting.reason and posting.state is S.HELD else ""
    return f"{posting.state}{why}"


def swept(opened: tuple[Store, FakeClock], blow: Blow, expected: Callable[[Moment], Outcome]) -> None:
    """Strike at every moment; whatever is not as expected is told, moment by moment."""
    found = moments(opened)
    assert len(found) > 40
    wrong = {}
    for moment in found:
        outcome = struck(opened, moment, blow)
        if outcome != expected(moment):
            wrong[str(moment.point)] = (outcome, expected(moment))
    for k,v in wrong.items(): print(k,v)
    assert wrong == {}


def by_the_table(moment: Moment) -> Outcome:
    """What the design's table says, by the phase alone, where what is absent waits for a person."""
    if moment.ended:
        return Outcome("posted", "posted", 1, 1)
    left = LEFT.get(moment.phase, S.PENDING)
    if moment.phase is Phase.SENT and not moment.arrived:
        return Outcome(left, "held (cannot_settle)", 0, 0)
    return Outcome(left, "posted", 1, 1)


@pytest.mark.parametrize("kind", APPLICATION)
def test_an_error_leaves_the_order_where_the_table_says(opened: tuple[Store, FakeClock], kind: str) -> None:
    """Whatever is raised and whenever: the phase in the ledger decides, and the order is stored once or held."""
    swept(opened, APPLICATION[kind], by_the_table)


@pytest.mark.parametrize("kind", SILENT)
def test_death_leaves_the_order_where_the_table_says(opened: tuple[Store, FakeClock], kind: str) -> None:
    """A process that died or lost its claim leaves no more than the phase, and that is enough."""
    swept(opened, SILENT[kind], by_the_table)
