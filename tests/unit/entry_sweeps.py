"""When can trouble come? At every moment of a journey: before each call, and after each call that has an effect."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bridge.errors import BridgeError, SeatDied
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from tests.fake_erps import Saving, unanswered
from tests.samples import order, wrong
from tests.troubles import AFTER, BEFORE, Died, Fate, Point
from tests.unit.entry_worlds import COMMIT, LISTING, Opened, World

S = PostingState
ORDER = order()
CHANGED = replace(ORDER, remarks="changed", lines=ORDER.lines[:1])
REFUSAL = "SO-150 Credit limit exceeded"
NOTED = "ledger.note_phase#"
NOTES = ("note_phase", "note_evidence", "end_posted", "end_void", "add", "open_packet")
EFFECTS = (*NOTES, "receive", "save", "type_", "open_change", "cancel_document")
APART = ("erp.sign_on", "ledger.posting#", "ledger.end#")  # the end of an attempt is doubted in its own tests
Blow = Callable[[World, Posting], None]
Prepare = Callable[[World, Posting], None]


@dataclass(frozen=True)
class Moment:
    """A point of a journey with what is true at it.

    `phase` is the one in the ledger, `arrived` says whether a request to save has arrived, `ended` whether the attempt
    has been ended in the ledger, `stopping` whether it is about to, `read` how often the order was read again.
    """

    point: Point
    phase: Phase
    arrived: bool
    ended: bool
    stopping: bool
    read: int


@dataclass(frozen=True)
class Outcome:
    """Where the trouble left the posting, where it came to rest, and what the ERP holds and was asked then.

    `live` counts what is stored and what will be, `wrong` is where the document of a posted order is not the order, and
    any other one is no revision of it.
    """

    left: str
    rest: str
    live: int
    requests: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Journey:
    """An attempt at a posting that has come so far: how it is brought there, and in which phase it begins.

    `absent` is what the profile says of an absence, `cancelled` what becomes of a cancelled document.
    """

    name: str
    prepare: Prepare
    phase: Phase = Phase.NONE
    absent: str = "hold"
    cancelled: str = "kept"


def _dying(call: str) -> Prepare:
    def prepare(world: World, posting: Posting) -> None:
        world.fate.strike(Point(call, AFTER), _die)
        _attempt(world, posting)
        world.recover()

    return prepare


def _saving(saving: Saving) -> Prepare:
    def prepare(world: World, posting: Posting) -> None:
        world.erp.plan(saving)
        _attempt(world, posting)
        world.clock.wait((COMMIT + LISTING).total_seconds())

    return prepare


def _die() -> None:
    raise Died


FIRST = Journey("new", lambda _world, _posting: None)
NUMBERED = Journey("numbered", _dying(f"{NOTED}3"), Phase.NUMBERED)
VERIFIED = Journey("verified", _dying(f"{NOTED}4"), Phase.VERIFIED)
FOUND = Journey("in doubt, and stored", _saving(unanswered()), Phase.SENT)
ABSENT = Journey("in doubt, and absent", _saving(unanswered(times=0)), Phase.SENT)
RETYPED = replace(ABSENT, name="in doubt, and absent for certain", absent="retype")
REFUSED = Journey("in doubt, and refused", _saving(Saving(times=0, text=REFUSAL)), Phase.SENT)


def _posted_and(**changes: Any) -> Prepare:
    def prepare(world: World, posting: Posting) -> None:
        world.attempt(posting)
        known_as(**changes)(world, posting)

    return prepare


def _then(first: Prepare, second: Prepare) -> Prepare:
    def prepare(world: World, posting: Posting) -> None:
        first(world, posting)
        world.fate = Fate()
        world.end_seat()
        second(world, posting)

    return prepare


NEW = {"remarks": CHANGED.remarks, "lines": CHANGED.lines}
_amended, _cancelled = _posted_and(**NEW), _posted_and(status=OrderStatus.CANCELLED)
AMENDED = Journey("changed", _amended)
CANCELLED = Journey("cancelled", _cancelled)
DELETED = replace(CANCELLED, name="cancelled, and deleted", cancelled="gone")


def later(journey: Journey) -> tuple[Journey, ...]:
    """The same change, having come further: numbered, verified, and in doubt while it was stored or was not."""

    def after(second: Prepare, name: str, phase: Phase) -> Journey:
        return replace(journey, name=f"{journey.name}, {name}", prepare=_then(journey.prepare, second), phase=phase)

    return (
        after(_dying(f"{NOTED}3"), "numbered", Phase.NUMBERED),
        after(_dying(f"{NOTED}4"), "verified", Phase.VERIFIED),
        after(_saving(unanswered()), "in doubt, and stored", Phase.SENT),
        after(_saving(unanswered(times=0)), "in doubt, and absent", Phase.SENT),
        replace(after(_saving(unanswered(times=0)), "in doubt, and retyped", Phase.SENT), absent="retype"),
        after(_saving(Saving(times=0, text=REFUSAL)), "in doubt, and refused", Phase.SENT),
    )


def begun(opened: Opened, journey: Journey) -> tuple[World, Posting]:
    """A world in which the order has come so far, with a fate that has seen nothing yet."""
    world = World(*opened, absent=journey.absent, cancelled=journey.cancelled)
    posting = world.taken(ORDER)
    journey.prepare(world, posting)
    world.fate = Fate()
    world.end_seat()
    world.clock.wait((COMMIT + LISTING).total_seconds())
    world.desk()
    world.clock.wait((COMMIT + LISTING).total_seconds())
    return world, world.now(posting)


def moments(opened: Opened, journey: Journey) -> list[Moment]:
    """Every moment of the journey where nothing goes wrong."""
    world, posting = begun(opened, journey)
    assert posting.phase is journey.phase
    arrived = journey.phase is not Phase.NONE
    world.attempt(posting)
    found, read = [], 0
    phases = [phase for phase in Phase if _place(phase) > _place(journey.phase) and _noted(journey, phase)]
    phase, ended, stopping = journey.phase, False, False
    for point in world.fate.passed:
        stopping = stopping or point.call.startswith("packet.note")
        if point.side == AFTER:
            phase = phases.pop(0) if phases and point.call.startswith(NOTED) else phase
            arrived = arrived or point.call.startswith("erp.receive")
            ended = ended or point.call.startswith("ledger.end")
            read += point.call.startswith("crm.order")
        if point.side == BEFORE or point.call.split(".")[1].startswith(EFFECTS):
            found.append(Moment(point, phase, arrived, ended, stopping, read))
    return [moment for moment in found if not moment.point.call.startswith(APART)]


def _place(phase: Phase) -> int:
    return list(Phase).index(phase)


def _noted(journey: Journey, phase: Phase) -> bool:
    return journey.phase is not Phase.SENT or phase is not Phase.SENT


def struck(opened: Opened, journey: Journey, moment: Moment, blow: Blow) -> Outcome:
    """What comes of the order when the journey is struck at that moment."""
    world, posting = begun(opened, journey)
    world.fate.strike(moment.point, lambda: blow(world, posting))
    escaped = _attempt(world, posting)
    assert not world.fate.blows, f"{moment.point} never came"
    world.recover()
    left = world.now(posting)
    world.store.switches.resume("Li")
    world.work()
    return _outcome(world, escaped + _state(left), world.now(posting))


def _attempt(world: World, posting: Posting) -> str:
    """Attempt it; the code of an error that escaped, though none should."""
    try:
        world.attempt(posting)
    except Died:
        return ""
    except BridgeError as error:
        return f"{error.code} escaped, "
    return ""


def _outcome(world: World, left: str, rest: Posting) -> Outcome:
    live = world.live(ORDER)
    taken = world.store.ledger.order_of(rest)
    differing = [text for each in live if rest.state is S.POSTED for text in wrong(taken, each)]
    if any(wrong(ORDER, each) and wrong(CHANGED, each) and wrong(taken, each) for each in live):
        differing.append("no revision of the order")
    if live and rest.document is None:
        differing.append("its document is forgotten")
    count = len(live) + world.coming(ORDER)
    return Outcome(left, _state(rest), count, world.requests(ORDER), tuple(differing))


def _state(posting: Posting) -> str:
    named = posting.reason if posting.state in (S.HELD, S.REJECTED, S.CANCELLED, S.FAILED) else None
    return f"{posting.state.value} ({named.code})" if named else posting.state.value


def swept(
    opened: Opened,
    journey: Journey,
    blow: Blow,
    expected: Callable[[Moment], Outcome],
    ports: tuple[str, ...] = (),
    *,
    left: bool = True,
) -> dict[str, str]:
    """What came otherwise than expected, by the moment of the blow; nothing, where the promise is kept.

    `ports` are those whose calls are struck; all, where none is named. Without `left` it does not matter where the
    trouble itself left the posting.
    """
    chosen = [moment for moment in moments(opened, journey) if not ports or moment.point.call.startswith(ports)]
    assert chosen
    found = {moment: struck(opened, journey, moment, blow) for moment in chosen}
    return {
        str(moment.point): f"{outcome}, expected {expected(moment)}"
        for moment, outcome in found.items()
        if not _is(outcome, expected(moment), left=left)
    }


def _is(found: Outcome, wanted: Outcome, *, left: bool) -> bool:
    return found == (wanted if left else replace(wanted, left=found.left))


# --- blows ----------------------------------------------------------------------------------------------------------


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


def taken_over(world: World, _posting: Posting) -> None:
    """The lease runs out unseen, and another host moves the posting where the table says."""
    world.recover()


def overtaken(world: World, _posting: Posting) -> None:
    """Another host takes over and carries the order to its end as the same ERP user, before we go on."""
    world.recover()
    ours, world.seat = world.seat, None
    world.work()
    world.seat = ours


def stopping(world: World, _posting: Posting) -> None:
    """A person stops everything."""
    world.store.switches.stop("Li", "stocktaking")


def changing(world: World, _posting: Posting) -> None:
    """The order changes in the CRM."""
    world.crm.put(CHANGED)


def cancelling(world: World, _posting: Posting) -> None:
    """The order is cancelled in the CRM."""
    world.crm.put(replace(ORDER, status=OrderStatus.CANCELLED))


def known_as(**changes: Any) -> Blow:
    """The order changes in the CRM so, and the ledger knows it at once."""

    def blow(world: World, _posting: Posting) -> None:
        world.crm.put(replace(ORDER, **changes))
        world.take(ORDER)

    return blow


def removing(world: World, _posting: Posting) -> None:
    """The order goes from the CRM."""
    world.crm.remove(ORDER.id)
