"""When does a host leave an ERP alone that it could work on, and what does it say then?"""

from datetime import timedelta

from bridge.errors import CircuitOpen, ErpClosed, SeatDied, SignOnRefused, StopOrdered
from bridge.model.guards import Breaker, CircuitState, Rate
from bridge.model.postings import PostingState
from tests.samples import order
from tests.sandbox.harbour_clerks import eventually
from tests.troubles import BEFORE, Point
from tests.unit.host_worlds import SECONDS, Floor

S = PostingState
TWO = ("BOT1", "BOT2")


def dies() -> None:
    """What happens to a seat."""
    raise SeatDied(erp="erp", why="killed")


def test_while_stopped_or_closed_nothing_is_taken_up(here: Floor) -> None:
    """The reason is there to be told, and the order is carried as soon as it is lifted."""
    posting = here.world.taken(order())
    here.store.switches.stop("person:ann", "month end")
    shut = [ErpClosed(erp="erp", until="18:00", why="maintenance")]
    erp = here.world.profile.name
    with here.working(closed=lambda _at: shut[0] if shut else None) as host:
        eventually(lambda: erp in host.load.why_not and host.load.why_not[erp].code == StopOrdered.code, SECONDS)
        here.store.switches.resume("person:ann")
        eventually(lambda: erp in host.load.why_not and host.load.why_not[erp].code == ErpClosed.code, SECONDS)
        assert here.world.now(posting).attempts == 0
        shut.clear()
        here.until(posting, S.POSTED)


def test_what_is_still_at_hand_at_closing_time_is_not_saved(here: Floor) -> None:
    """It was typed before and is pending again, without a request having left; it is saved when the ERP opens."""
    shut: list[ErpClosed] = []
    here.world.fate.strike(
        Point("erp.listed#1", BEFORE), lambda: shut.append(ErpClosed(erp="erp", until="8:00", why=""))
    )
    posting = here.world.taken(order())
    with here.working(closed=lambda _at: shut[0] if shut else None):
        eventually(lambda: here.world.now(posting).reason is not None, SECONDS)
        assert here.world.told(posting) == ("pending", ErpClosed.code, 0, 0)
        shut.clear()
        here.until(posting, S.POSTED)
    assert here.world.told(posting) == ("posted", None, 1, 1)


def test_after_so_many_failures_of_one_kind_the_erp_is_left_alone_and_then_tried_with_one_order(here: Floor) -> None:
    """Open it refuses all; half-open one order tries; when that one is well, the others follow."""
    postings = [here.world.taken(order(number)) for number in range(1, 6)]
    for number in (1, 2):
        here.world.fate.strike(Point(f"erp.listed#{number}", BEFORE), dies)
    breaker = Breaker(failures=2, rest=timedelta(seconds=1))
    erp = here.world.profile.name
    with here.working(breaker=breaker) as host:
        eventually(lambda: here.store.circuits.circuit(erp).state is CircuitState.OPEN, SECONDS)
        eventually(lambda: erp in host.load.why_not and host.load.why_not[erp].code == CircuitOpen.code, SECONDS)
        for posting in postings:
            here.until(posting, S.POSTED)
    assert here.store.circuits.circuit(erp).state is CircuitState.CLOSED
    failed = [here.store.ledger.attempts(posting)[0].ended_at for posting in postings[:2]]
    later = sorted(a.started_at for p in postings for a in here.store.ledger.attempts(p))[2]
    assert later >= max(moment for moment in failed if moment) + timedelta(seconds=0.9)


def test_no_more_attempts_than_the_rate_over_all_hosts(here: Floor) -> None:
    """Two hosts together keep to it."""
    postings = [here.world.taken(order(number)) for number in range(1, 7)]
    rate = Rate(2, timedelta(seconds=2))
    with here.working("one", users=TWO, rate=rate), here.working("two", users=TWO, rate=rate):
        for posting in postings:
            here.until(posting, S.POSTED)
    begun = sorted(here.store.ledger.attempts(posting)[0].started_at for posting in postings)
    assert all(later - early >= timedelta(seconds=2) for early, later in zip(begun, begun[2:], strict=False))


def test_a_refused_sign_on_is_never_repeated(here: Floor) -> None:
    """The user is left alone at once, by every host, before the ERP locks it out."""
    here.world.erp.locked_out.add("BOT1")
    here.world.taken(order())
    with here.working("one"), here.working("two"):
        eventually(lambda: here.store.switches.barred(here.world.profile.name, "BOT1") is not None, SECONDS)
        eventually(lambda: not here.store.seats.seats(), SECONDS)
    assert len(here.seats) == 1


def test_why_the_erp_refused_is_told_before_that_nobody_tries_again(here: Floor) -> None:
    """However soon the host looks at the ledger again, where the user is barred by now."""
    host, name = here.host(), here.world.profile.name
    host.load.leave_alone(name, SignOnRefused(erp=name, user="BOT1", text="wrong password").reason, SECONDS)
    here.store.switches.bar(name, "BOT1", "wrong password")
    host.refill()
    assert host.load.why_not[name].code == SignOnRefused.code
