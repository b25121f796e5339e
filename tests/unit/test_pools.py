"""Who gets which place, for how long, and what becomes of one that must not be kept, or not be had?"""

import threading

import pytest

from bridge.engine.duties import Renewal
from bridge.engine.hosts import AHEAD
from bridge.errors import LeaseLost, SeatTaken, SignOnBarred, StorageFull
from bridge.model.postings import PostingState
from tests.samples import order
from tests.sandbox.harbour_clerks import eventually
from tests.troubles import BEFORE, Point
from tests.unit.host_worlds import SECONDS, Floor

S = PostingState
TWO = ("BOT1", "BOT2")


def fills() -> None:
    """What happens to the ledger's disk."""
    raise StorageFull(what="ledger")


def test_each_seat_has_a_user_of_its_own(here: Floor) -> None:
    """Two hosts with two seats each and three users between them: never the same user twice."""
    gate, at_work = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        at_work.release()
        assert gate.wait(SECONDS)

    users, seats = (*TWO, "BOT3"), 2
    more_than_one_takes_on = seats + AHEAD + 2
    postings = [here.world.taken(order(1 + n)) for n in range(more_than_one_takes_on)]
    for number in (1, 2, 3):
        here.world.fate.strike(Point(f"erp.receive#{number}", BEFORE), hold)
    with here.working("one", users=users, seats=seats), here.working("two", users=users, seats=seats):
        for _ in users:
            assert at_work.acquire(timeout=SECONDS)
        assert sorted(seat.user for seat in here.store.seats.seats()) == sorted(users)
        gate.set()
        for posting in postings:
            here.until(posting, S.POSTED)


def test_a_seat_begins_anew_after_so_many_orders(here: Floor) -> None:
    """Signed off and ended between two orders, whatever it had gathered is gone."""
    postings = [here.world.taken(order(number)) for number in range(1, 6)]
    with here.working(renewal=Renewal(orders=2)):
        for posting in postings:
            here.until(posting, S.POSTED)
    assert len(here.seats) == 3


def test_an_idle_seat_signs_off_and_gives_its_place_free(here: Floor) -> None:
    """A licence is not kept for nothing; the next order signs on again."""
    with here.working(renewal=Renewal(idle=0.5)):
        here.until(here.world.taken(order(1)), S.POSTED)
        eventually(lambda: not here.store.seats.seats(), SECONDS)
        here.until(here.world.taken(order(2)), S.POSTED)


def test_a_sign_off_that_takes_its_time_holds_nobody_up(here: Floor) -> None:
    """Whoever takes up work, or succeeds the dead, asks the same pool and must not wait for a slow ERP."""
    pool = here.host(users=TWO, seats=2, renewal=Renewal(idle=0)).pools[here.world.profile.name]
    place, gate = pool.take(), threading.Event()
    place.seat()
    here.seats[0].gate = gate
    pool.give_back(place)
    leaving = threading.Thread(target=pool.rest_idle, daemon=True)
    other: list[str] = []
    asking = threading.Thread(target=lambda: other.append(pool.take().user), daemon=True)
    leaving.start()
    eventually(lambda: here.seats[0].closing, SECONDS)
    asking.start()
    asking.join(SECONDS / 3)
    gate.set()
    leaving.join(SECONDS)
    assert other == ["BOT2"]


def test_a_warm_seat_is_not_given_up_for_a_user_whom_another_host_has(here: Floor) -> None:
    """It would sign off and on again all the time, for nothing."""
    host, other = here.host(users=TWO, seats=1), here.host("another", users=TWO, seats=1)
    erp = here.world.profile.name
    theirs, ours = other.pools[erp].take("BOT1"), host.pools[erp].take()
    try:
        ours.seat()
        host.pools[erp].give_back(ours)
        with pytest.raises(SeatTaken):
            host.pools[erp].take("BOT1")
        assert [each.ended for each in here.seats] == [False]
        other.pools[erp].give_back(theirs)
        other.pools[erp].close()
        assert host.pools[erp].take("BOT1").user == "BOT1"
        assert [each.ended for each in here.seats] == [True]
    finally:
        host.stop(0)
        other.stop(0)


def test_a_refused_sign_on_is_not_repeated_though_the_ledger_cannot_take_it(here: Floor) -> None:
    """Whoever was refused remembers it until it is written; an ERP locks accounts after three."""
    here.world.erp.locked_out.add("BOT1")
    for number in (1, 2, 3):
        here.world.fate.strike(Point(f"switches.bar#{number}", BEFORE), fills)
    pool = here.host().pools[here.world.profile.name]
    for expected in (StorageFull, StorageFull, SignOnBarred):
        with pytest.raises(expected), pool.borrowed() as place:
            place.desk()
    assert len(here.seats) == 1
    pool.close()


def test_who_lost_the_place_before_signing_on_signs_on_no_more(here: Floor) -> None:
    """The user may be somebody else's by then, whose session this would end."""
    pool = here.host().pools[here.world.profile.name]
    place = pool.take()
    place.forfeit()
    with pytest.raises(LeaseLost):
        place.desk()
    pool.give_back(place)
    assert here.world.erp.sessions == {}
    pool.close()
