"""What if workers die again and again, let go, or disagree about the time?"""

import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bridge.errors import LeaseLost, LedgerDown, TargetNotFound
from bridge.model.failures import is_suspect
from bridge.model.postings import Claim, Phase, Posting, PostingState
from bridge.store.hosts import SqlHosts
from bridge.store.ledgers import Store, open_ledger
from bridge.store.seat_leases import LEASE
from tests.unit.store.ledger_samples import (
    ERP,
    MINUTE,
    NOVEMBER,
    WORKER,
    StandingClock,
    claimed,
    order,
    posted,
    sent,
    take,
)

S, P = PostingState, Phase
MOST = 3
HOUR = timedelta(hours=1)
ON_SERVER = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


def die(store: Store, clock: StandingClock, claim: Claim, most: int = MOST) -> Posting:
    """The posting after its worker was silent for too long."""
    clock.wait(61)
    return store.ledger.recover(store.ledger.posting(claim.posting.id), "sweep", clock.at, most)


def died(store: Store, clock: StandingClock, times: int, posting: Posting, most: int = MOST) -> Posting:
    """The posting after so many workers, each at a host of its own, died of it."""
    for _ in range(times):
        claim = store.ledger.claim(posting, f"host-of-{posting.id}-{posting.attempts}", MINUTE)
        assert claim is not None
        posting = die(store, clock, claim, most)
    return posting


def code(posting: Posting) -> str:
    """Why it is where it is."""
    assert posting.reason is not None
    return posting.reason.code


def test_an_outage_in_which_the_ledger_took_no_end_counts_for_no_order(store: Store, clock: StandingClock) -> None:
    """Whoever held it says why it let go: an order that was at hand when the server restarted is not to blame."""
    posting = take(store)
    for number in range(2):
        claim = store.ledger.claim(posting, f"host-{number}", MINUTE)
        assert claim is not None
        store.ledger.release(claim)
        why = LedgerDown(name="ledger", why="restarting").reason
        posting = store.ledger.recover(store.ledger.posting(posting.id), "sweep", clock.at, 1, why)
    assert (posting.state, code(posting)) == (S.PENDING, "ledger_down")


def test_an_order_that_kills_whoever_types_it_is_given_up(store: Store, clock: StandingClock) -> None:
    """After so many deaths over all hosts it has failed, with nothing unsettled, and nobody claims it any more."""
    posting = died(store, clock, MOST - 1, take(store))
    assert (posting.state, code(posting)) == (S.PENDING, "host_died")
    given_up = died(store, clock, 1, posting)
    assert (given_up.state, code(given_up), given_up.phase) == (S.FAILED, "attempts_exhausted", P.NONE)
    assert store.ledger.due(ERP, clock.at + HOUR) == ()


def test_from_the_second_death_on_an_order_rests(store: Store, clock: StandingClock) -> None:
    """So that those which died together are not tried together at once; each rest doubles the last."""
    posting, rests = take(store), []
    for _ in range(4):
        claim = claimed(store, posting)
        posting = die(store, clock, claim, sys.maxsize)
        rests.append(posting.not_before and posting.not_before - clock.at)
    assert rests == [None, timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]


def die_together(store: Store, clock: StandingClock, postings: list[Posting], number: int, most: int) -> list[Posting]:
    """These after one host died with all of them at hand; one after the other, as their leases run out."""
    claims = [store.ledger.claim(posting, f"host-{number}", MINUTE) for posting in postings]
    return [die(store, clock, claim, most) for claim in claims if claim is not None]


def test_a_death_counts_only_for_who_was_at_hand_alone(store: Store, clock: StandingClock) -> None:
    """However often an order stands beside one that kills its host, it is not given up for that, nor is the killer."""
    both = [take(store, order(number)) for number in (1, 2)]
    for number in range(2 * MOST):
        both = die_together(store, clock, both, number, 1)
    assert [(each.state, code(each), is_suspect(each)) for each in both] == [(S.PENDING, "host_died", True)] * 2
    alone = died(store, clock, 1, both[0])
    assert (alone.state, code(alone)) == (S.PENDING, "host_died")
    assert [died(store, clock, 1, each, 1).state for each in (alone, both[1])] == [S.FAILED, S.FAILED]


def test_what_ended_in_peace_beside_it_was_no_company(store: Store, clock: StandingClock) -> None:
    """Only what died with the same host was at hand then."""
    claim, other = claimed(store, take(store, order(1))), claimed(store, take(store, order(2)))
    store.ledger.end(other, S.PENDING, WORKER)
    assert die(store, clock, claim, 1).state is S.FAILED


def test_an_outage_gives_no_order_up_that_has_failed_before(store: Store) -> None:
    """As often as it may have failed: only what counts can be one too many."""
    posting = take(store)
    for _ in range(MOST):
        posting = store.ledger.end(claimed(store, posting), S.PENDING, WORKER, TargetNotFound().reason)
    claim = claimed(store, posting)
    store.ledger.release(claim)
    why = LedgerDown(name="ledger", why="restarting").reason
    outage = store.ledger.recover(claim.posting, "sweep", None, MOST, why)
    assert (outage.state, code(outage), outage.not_before) == (S.PENDING, "ledger_down", None)


def test_an_order_in_doubt_is_never_given_up_but_held(store: Store, clock: StandingClock) -> None:
    """What may be stored is asked for twice as often, then a person must look; it stays unsettled all the while."""
    posting = die(store, clock, sent(store))
    states = []
    for _ in range(2 * MOST - 1):
        posting = died(store, clock, 1, posting)
        states.append(posting.state)
    assert states == [S.IN_DOUBT] * (2 * MOST - 2) + [S.HELD]
    assert (code(posting), posting.phase, posting.left_alone) == ("cannot_settle", P.SENT, True)


def test_what_is_stored_is_held_with_its_document(store: Store, clock: StandingClock) -> None:
    """An order whose document is known and cannot be verified waits for a person, who finds the number."""
    claim = sent(store)
    store.ledger.note_phase(claim, P.NUMBERED, "D-7")
    posting = died(store, clock, MOST - 1, die(store, clock, claim))
    assert (posting.state, code(posting), posting.document) == (S.HELD, "attempts_exhausted", "D-7")


def test_a_person_who_has_it_tried_again_starts_the_count_anew(store: Store, clock: StandingClock) -> None:
    """Deaths before the order rested count no more."""
    failed = died(store, clock, MOST, take(store))
    assert died(store, clock, 1, store.ledger.move(failed, S.PENDING, "Li")).state is S.PENDING


def test_nobody_is_given_up_where_no_number_was_said(store: Store, clock: StandingClock) -> None:
    """Without a limit the crash table alone decides."""
    posting = take(store)
    for _ in range(3 * MOST):
        claim = claimed(store, posting)
        posting = die(store, clock, claim, sys.maxsize)
    assert posting.state is S.PENDING


def test_whoever_lets_go_is_followed_at_once(store: Store, clock: StandingClock) -> None:
    """A released claim has lapsed without waiting, and is fenced off like any other that was recovered."""
    claim = claimed(store)
    assert store.ledger.lapsed(ERP) == ()
    store.ledger.release(claim)
    assert [posting.id for posting in store.ledger.lapsed(ERP)] == [claim.posting.id]
    assert store.ledger.lapsed("granite") == ()
    assert store.ledger.recover(claim.posting, "sweep", None).state is S.PENDING
    with pytest.raises(LeaseLost):
        store.ledger.beat(claim, MINUTE)
    assert clock.at == NOVEMBER


def test_letting_go_of_what_is_lost_takes_nothing_from_the_next(store: Store, clock: StandingClock) -> None:
    """A late release by the old holder leaves the new one its lease; after an end there is nothing to release."""
    old = claimed(store)
    new = claimed(store, die(store, clock, old))
    store.ledger.release(old)
    assert store.ledger.lapsed() == ()
    store.ledger.end(new, S.PENDING, WORKER)
    store.ledger.release(new)
    assert store.ledger.posting(new.posting.id).state is S.PENDING


def urgent(store: Store, number: int, **values: object) -> int:
    """A posting with these terms of urgency; its id."""
    posting = take(store, order(number))
    columns = ", ".join(f"{name} = '{value}'" for name, value in values.items())
    with store.database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE postings SET {columns} WHERE id = {posting.id}")
    return posting.id


def stamp(moment: timedelta) -> str:
    """The moment so long after the clock's start, as the ledger keeps it."""
    return (NOVEMBER + moment).isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_the_lower_priority_comes_first_then_the_nearer_deadline_then_the_older(store: Store) -> None:
    """An order without a deadline comes after those with one, and a deadline never beats a priority."""
    plain = take(store, order(1)).id
    late = urgent(store, 2, deadline=stamp(2 * HOUR))
    soon = urgent(store, 3, deadline=stamp(HOUR))
    first = urgent(store, 4, priority=1)
    last = urgent(store, 5, priority=101, deadline=stamp(timedelta()))
    again = take(store, order(6)).id
    assert [posting.id for posting in store.ledger.due(ERP, NOVEMBER)] == [first, soon, late, plain, again, last]
    assert [posting.id for posting in store.ledger.due(ERP, NOVEMBER, 2)] == [first, soon]


def test_doubt_goes_before_any_priority(store: Store) -> None:
    """What may be stored is settled before anything new is typed."""
    urgent(store, 2, priority=0)
    doubtful = store.ledger.end(sent(store), S.IN_DOUBT, WORKER)
    assert store.ledger.due(ERP, NOVEMBER, 1)[0].id == doubtful.id


def test_what_rests_is_not_due_before_its_moment(store: Store, clock: StandingClock) -> None:
    """Neither what failed nor what is in doubt is tried before it has rested; then it is claimed without a rest."""
    moment = clock.at + MINUTE
    tired = store.ledger.end(claimed(store, take(store, order(1))), S.PENDING, WORKER, not_before=moment)
    store.ledger.end(sent(store, take(store, order(2))), S.IN_DOUBT, WORKER, not_before=moment)
    assert tired.not_before == moment
    assert store.ledger.due(ERP, moment - timedelta(microseconds=1)) == ()
    assert len(store.ledger.due(ERP, moment)) == 2
    assert claimed(store, tired).posting.not_before is None


def test_a_person_who_moves_it_lets_it_rest_no_longer(store: Store, clock: StandingClock) -> None:
    """Whoever has it tried again has it tried now."""
    tired = store.ledger.end(claimed(store), S.HELD, WORKER, not_before=clock.at + HOUR)
    assert store.ledger.move(tired, S.PENDING, "Li").not_before is None


@pytest.fixture
def apart(url: str) -> Iterator[tuple[Store, Store]]:
    """Two hosts at one server, whose clocks are an hour behind and an hour ahead of its own."""
    slow, fast = (StandingClock(NOVEMBER + sign * HOUR) for sign in (-1, 1))
    with open_ledger(url, slow) as first, open_ledger(url, fast) as second:
        yield first, second


@ON_SERVER
def test_hosts_whose_clocks_disagree_do_not_steal_from_each_other(
    apart: tuple[Store, Store], clock: StandingClock
) -> None:
    """Claims are judged by the server's time alone: not before its minute is over, then by both."""
    for mine, yours in (apart, apart[::-1]):
        claim = claimed(mine, take(mine, order(1 + len(mine.ledger.postings()))))
        assert claim.expires_at == clock.at + MINUTE
        assert yours.ledger.lapsed() == ()
        assert yours.ledger.recover(claim.posting, "sweep", None).state is S.CLAIMED
        clock.wait(60)
        assert [posting.id for posting in yours.ledger.lapsed()] == [claim.posting.id]
        assert yours.ledger.recover(claim.posting, "sweep", None).state is S.PENDING
        posted(yours, yours.ledger.posting(claim.posting.id), f"D-{claim.posting.id}")


@ON_SERVER
def test_hosts_whose_clocks_disagree_see_each_other_alive(apart: tuple[Store, Store], clock: StandingClock) -> None:
    """Hosts and seats live by the server's time too."""
    for number, store in enumerate(apart):
        store.hosts.beat(f"host-{number}", [ERP], "1")
        store.seats.take(ERP, f"rpa{number}", f"host-{number}")
    for store in apart:
        assert isinstance(store.hosts, SqlHosts)
        assert [host.worker for host in store.hosts.hosts()] == ["host-0", "host-1"]
        assert [seat.user for seat in store.seats.seats()] == ["rpa0", "rpa1"]
    clock.wait(LEASE.total_seconds())
    for store in apart:
        assert (store.hosts.hosts(), store.seats.seats()) == ((), ())
