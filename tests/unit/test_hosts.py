"""When does a host take an order up, at which seat, and what if a seat, a host or the ERP gives way?"""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.engine.duties import Renewal
from bridge.engine.hosts import AHEAD, LONGEST_REST, SHORTEST_REST
from bridge.entry import Desk
from bridge.errors import (
    NoSeatFree,
    SeatDied,
)
from bridge.model.postings import Claim, PostingState
from tests.fake_erps import unanswered
from tests.samples import order
from tests.sandbox.harbour_clerks import eventually
from tests.troubles import BEFORE, Point
from tests.unit.host_worlds import LAG, SECONDS, Floor

S = PostingState
TWO = ("BOT1", "BOT2")


def dies() -> None:
    """What happens to a seat."""
    raise SeatDied(erp="erp", why="killed")


# --- taking orders up -----------------------------------------------------------------------------------------------


def test_what_is_due_is_carried_and_what_comes_later_too(here: Floor) -> None:
    """A host pulls by itself, as long as it works; each order is in the ERP once, at a seat that stays signed on."""
    with here.working():
        first = here.world.taken(order(1))
        here.until(first, S.POSTED)
        second = here.world.taken(order(2))
        here.until(second, S.POSTED)
    assert [here.world.told(posting) for posting in (first, second)] == [("posted", None, 1, 1)] * 2
    assert len(here.seats) == 1


def test_a_seat_that_has_ended_an_order_does_not_wait_for_the_next_look(here: Floor) -> None:
    """However seldom an idle host looks at the ledger, it looks at once when an order has ended."""
    host = here.host()
    host.rest = 3600.0
    postings = [here.world.taken(order(number)) for number in range(1, 4 * (1 + AHEAD))]
    host.start()
    try:
        for posting in postings:
            here.until(posting, S.POSTED)
    finally:
        host.stop(10)


def test_an_idle_host_looks_seldom_and_often_enough_for_its_lease(here: Floor) -> None:
    """Nothing to do takes next to nothing of the machine; with short leases the dead are still succeeded in time."""
    rests = [here.host(lease=timedelta(seconds=seconds)).rest for seconds in (45, 6, 2)]
    assert rests == [LONGEST_REST, 0.4, SHORTEST_REST]


def test_what_may_still_come_is_awaited(here: Floor) -> None:
    """An answer that is lost is looked for after the declared lags, at a new session of the same user."""
    here.world.erp.plan(unanswered(commit_lag=LAG / 2))
    posting = here.world.taken(order())
    with here.working(users=TWO, seats=2):
        here.until(posting, S.POSTED)
    assert here.world.told(posting) == ("posted", None, 1, 1)
    users = {attempt.user for attempt in here.store.ledger.attempts(posting)}
    assert (len(users), len(here.seats)) == (1, 2)


def test_what_is_in_doubt_is_settled_as_the_user_who_sent_it(here: Floor) -> None:
    """Only that sign-on ends the session which may still send; another user who is free does not do."""
    here.world.erp.plan(unanswered(commit_lag=LAG / 2))
    posting = here.world.taken(order())
    here.doubt(posting, users=("BOT2",))
    with here.working("another", users=TWO):
        here.until(posting, S.POSTED)
    assert [attempt.user for attempt in here.store.ledger.attempts(posting)] == ["BOT2", "BOT2"]
    assert here.world.told(posting) == ("posted", None, 1, 1)


def test_a_clock_that_is_set_forward_makes_no_session_older(here: Floor) -> None:
    """What was sent may still come until the lags have really passed since the session that sent it ended."""
    profile = here.world.profile
    here.world.profile = replace(profile, lags=replace(profile.lags, absent="retype"))
    here.world.erp.plan(unanswered(times=0))
    posting = here.world.taken(order())
    here.doubt(posting)
    before = here.clock.ahead
    here.signed = here.jump
    with here.working("another"):
        here.until(posting, S.POSTED)
    assert here.clock.ahead > before
    assert here.world.told(posting) == ("posted", None, 1, 2)


def test_what_is_in_doubt_does_not_wait_for_all_that_is_new(here: Floor) -> None:
    """While its user is at work others are taken on; from then on new orders leave that user's place to it."""
    here.world.erp.plan(unanswered(commit_lag=LAG / 2))
    posting = here.world.taken(order())
    here.doubt(posting, users=TWO)
    host = here.host(users=TWO, seats=2)
    pool = host.pools[here.world.profile.name]
    place, other = pool.take("BOT1"), pool.take("BOT2")
    try:
        eventually(lambda: host.refill() == 0 and pool.wanted == {"BOT1"}, SECONDS)
        pool.give_back(place)
        with pytest.raises(NoSeatFree):
            pool.take()
        pool.give_back(other)
        assert [pool.take().user, pool.take("BOT1").user] == ["BOT2", "BOT1"]
    finally:
        host.stop(0)


def test_what_waits_for_a_user_who_is_not_to_be_had_keeps_nothing_else_from_being_entered(here: Floor) -> None:
    """However many orders are in doubt, and whoever is barred: the other users go on with what is new."""
    name = here.world.profile.name
    here.world.erp.plan(*(unanswered(commit_lag=LAG / 2) for _ in range(AHEAD + 3)))
    doubtful = [here.world.taken(order(number)) for number in range(1, AHEAD + 4)]
    here.doubt(*doubtful, users=("BOT1",))
    here.store.switches.bar(name, "BOT1", "locked")
    new = [here.world.taken(order(100 + number)) for number in range(3)]
    with here.working("another", users=TWO):
        for posting in new:
            here.until(posting, S.POSTED)
    assert {here.world.now(posting).state for posting in doubtful} == {S.IN_DOUBT}


def test_an_order_that_failed_rests_before_it_is_tried_again(here: Floor) -> None:
    """The rest is on record, so that every host keeps to it."""
    here.world.fate.strike(Point("erp.listed#1", BEFORE), dies)
    posting = here.world.taken(order())
    with here.working():
        eventually(lambda: here.world.now(posting).not_before is not None, SECONDS)
        rested = here.world.now(posting).not_before
        here.until(posting, S.POSTED)
    assert rested is not None
    assert here.store.ledger.attempts(posting)[1].started_at >= rested


def test_the_urgent_come_first(here: Floor) -> None:
    """By priority, then by deadline, then by age."""
    postings = [here.world.taken(order(number)) for number in range(1, 5)]
    now = here.clock.now()
    here.store.ledger.urge(postings[3], 1, None, "person:ann")
    here.store.ledger.urge(postings[2], 100, now + timedelta(hours=1), "person:ann")
    with here.working():
        for posting in postings:
            here.until(posting, S.POSTED)
    begun = sorted(postings, key=lambda posting: here.store.ledger.attempts(posting)[0].started_at)
    assert [posting.order_number for posting in begun] == [postings[n].order_number for n in (3, 2, 0, 1)]


# --- seats ----------------------------------------------------------------------------------------------------------


def test_a_session_that_the_erp_ended_is_renewed_once_without_an_attempt(here: Floor) -> None:
    """An idle session that the ERP threw away costs one sign-on, and the order does not notice."""
    first, second = here.world.taken(order(1)), order(2)
    with here.working():
        here.until(first, S.POSTED)
        here.world.erp.sign_on("BOT1")
        posting = here.world.taken(second)
        here.until(posting, S.POSTED)
    assert here.world.now(posting).attempts == 1
    assert len(here.seats) == 2


def test_a_seat_that_signs_off_slowly_keeps_its_host_from_nothing(here: Floor) -> None:
    """An ERP that hangs when idle seats leave it in the evening must not keep the dead from being succeeded."""
    here.gate = threading.Event()
    with here.working(users=TWO, seats=2, renewal=Renewal(idle=0)):
        try:
            here.until(here.world.taken(order(1)), S.POSTED)
            eventually(lambda: here.seats[0].closing, SECONDS)
            here.until(here.world.taken(order(2)), S.POSTED)  # while the first seat still hangs, or was killed at it
        finally:
            here.gate.set()


def test_what_stands_before_a_desk_stands_before_a_renewed_one(here: Floor) -> None:
    """Whoever doubts an attempt must not lose sight of it where its session is renewed."""
    desks: list[int] = []

    def watch(desk: Desk, claim: Claim) -> Desk:
        desks.append(claim.posting.id)
        return desk

    here.around = watch
    first = here.world.taken(order(1))
    with here.working():
        here.until(first, S.POSTED)
        here.world.erp.sign_on("BOT1")
        second = here.world.taken(order(2))
        here.until(second, S.POSTED)
    assert desks == [first.id, second.id, second.id]


# --- hosts ----------------------------------------------------------------------------------------------------------


def test_a_stopping_host_ends_what_is_at_hand_and_leaves_the_rest(here: Floor) -> None:
    """What waited in its queue is carried by the next host."""
    gate, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert gate.wait(SECONDS)

    postings = [here.world.taken(order(number)) for number in range(1, 5)]
    here.world.fate.strike(Point("erp.receive#1", BEFORE), hold)
    with here.working("one") as host:
        assert begun.wait(SECONDS)
        threading.Timer(0.2, gate.set).start()
        host.stop(SECONDS)
    assert [here.world.now(posting).state for posting in postings].count(S.POSTED) == 1
    with here.working("two"):
        for posting in postings:
            here.until(posting, S.POSTED)
    assert here.store.hosts.hosts() == ()


def test_the_engine_thrown_away_in_mid_work_is_refilled_from_the_ledger(here: Floor) -> None:
    """What is carried goes on, what waited is queued again, and every order is entered once."""
    gate, begun = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert gate.wait(SECONDS)

    postings = [here.world.taken(order(number)) for number in range(1, 6)]
    here.world.fate.strike(Point("erp.receive#1", BEFORE), hold)
    with here.working() as host:
        assert begun.wait(SECONDS)
        assert host.engine.throw_away() > 1
        gate.set()
        for posting in postings:
            here.until(posting, S.POSTED)
    assert [here.world.told(posting)[2:] for posting in postings] == [(1, 1)] * 5
