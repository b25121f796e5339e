"""Can two ever work on one posting, or one who lost it still write?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.errors import LeaseLost, MoveForbidden, StopOrdered
from bridge.model.postings import CRASH_TABLE, Claim, Phase, PostingState, state_after_end
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import (
    MINUTE,
    NOVEMBER,
    WAYS,
    WORKER,
    StandingClock,
    claimed,
    document,
    order,
    posted,
    sent,
    take,
)

S, P = PostingState, Phase
TO_PHASE = {
    P.NONE: [],
    P.INTENT: [P.INTENT],
    P.SENT: [P.INTENT, P.SENT],
    P.NUMBERED: [P.INTENT, P.SENT, P.NUMBERED],
    P.VERIFIED: [P.INTENT, P.SENT, P.NUMBERED, P.VERIFIED],
}
WRITES: dict[str, Callable[[Store, Claim], object]] = {
    "beat": lambda store, claim: store.ledger.beat(claim, MINUTE),
    "note_phase": lambda store, claim: store.ledger.note_phase(claim, P.INTENT),
    "note_evidence": lambda store, claim: store.ledger.note_evidence(claim, "harbour/1", "ab"),
    "end": lambda store, claim: store.ledger.end(claim, S.PENDING, WORKER),
    "end_posted": lambda store, claim: store.ledger.end_posted(claim, document(), WORKER),
}


def in_phase(store: Store, phase: Phase, number: int = 1) -> Claim:
    """A claim on that order that came so far."""
    claim = claimed(store, take(store, order(number)))
    for step in TO_PHASE[phase]:
        store.ledger.note_phase(claim, step, "D-1" if step is P.NUMBERED else None)
    return claim


def test_a_posting_is_claimed_once(store: Store) -> None:
    """The second claim on one posting is None."""
    posting = take(store)
    assert store.ledger.claim(posting, WORKER, MINUTE) is not None
    assert store.ledger.claim(posting, "worker-2", MINUTE) is None


@pytest.mark.parametrize("state", sorted(set(S) - {S.PENDING, S.IN_DOUBT}))
def test_only_what_is_pending_or_in_doubt_can_be_claimed(store: Store, state: PostingState) -> None:
    """Held, posted, rejected, failed and cancelled postings are nobody's work."""
    assert store.ledger.claim(WAYS[state](store), WORKER, MINUTE) is None


def test_a_claim_says_what_it_needs(store: Store) -> None:
    """A claim carries the posting as it is now, a new token, the attempt's number and the end of its lease."""
    first = claimed(store)
    second = claimed(store, store.ledger.end(first, S.PENDING, WORKER))
    assert (first.attempt, second.attempt, second.posting.attempts) == (1, 2, 2)
    assert second.token > first.token
    assert second.posting.state is S.CLAIMED
    assert second.expires_at == NOVEMBER + MINUTE


@pytest.mark.parametrize("write", WRITES)
def test_whoever_lost_the_posting_writes_nothing(store: Store, clock: StandingClock, write: str) -> None:
    """After recovery and a new claim every write with the old token raises LeaseLost and changes nothing."""
    old = claimed(store)
    clock.wait(61)
    new = claimed(store, store.ledger.recover(old.posting, "sweep_leases", None))
    before = (store.ledger.posting(new.posting.id), store.ledger.history(new.posting))
    with pytest.raises(LeaseLost):
        WRITES[write](store, old)
    assert (store.ledger.posting(new.posting.id), store.ledger.history(new.posting)) == before
    assert store.outbox.waiting("suite") == ()
    WRITES[write](store, new)


@pytest.mark.parametrize("write", WRITES)
def test_an_ended_attempt_writes_nothing_more(store: Store, write: str) -> None:
    """A claim that was ended is spent, though nobody else has claimed."""
    claim = claimed(store)
    store.ledger.end(claim, S.PENDING, WORKER)
    with pytest.raises(LeaseLost):
        WRITES[write](store, claim)


@pytest.mark.parametrize("write", WRITES)
def test_a_guessed_token_opens_nothing(store: Store, write: str) -> None:
    """A token other than the posting's own raises LeaseLost."""
    claim = claimed(store)
    with pytest.raises(LeaseLost):
        WRITES[write](store, replace(claim, token=claim.token + 1))


def test_a_beat_extends_the_lease(store: Store, clock: StandingClock) -> None:
    """A posting whose worker beats does not lapse; one that stops does."""
    claim = claimed(store)
    clock.wait(50)
    assert store.ledger.beat(claim, MINUTE).expires_at == clock.at + MINUTE
    clock.wait(50)
    assert store.ledger.lapsed() == ()
    clock.wait(10)
    assert [posting.id for posting in store.ledger.lapsed()] == [claim.posting.id]


@pytest.mark.parametrize("phase", P)
def test_a_lapsed_attempt_goes_where_the_crash_table_says(store: Store, clock: StandingClock, phase: Phase) -> None:
    """Recovery follows the table row by row, keeps phase and document, and says who died in the history."""
    claim = in_phase(store, phase)
    clock.wait(60)
    settle_after = clock.at + 5 * MINUTE
    recovered = store.ledger.recover(store.ledger.posting(claim.posting.id), "sweep_leases", settle_after)
    entry, attempt = store.ledger.history(recovered)[-1], store.ledger.attempts(recovered)[-1]
    assert recovered.state is state_after_end(phase)
    assert recovered.phase is phase
    assert recovered.settle_after == (settle_after if recovered.state is S.IN_DOUBT else None)
    assert recovered.document == ("D-1" if phase in (P.NUMBERED, P.VERIFIED) else None)
    assert entry.reason is not None
    assert WORKER in entry.reason.worded()
    assert (attempt.ended_at, attempt.outcome, attempt.phase) == (clock.at, recovered.state, phase)


def test_a_living_claim_is_not_recovered(store: Store, clock: StandingClock) -> None:
    """A sweeper that comes too early, too late or twice leaves the posting as it is."""
    claim = claimed(store)
    assert store.ledger.recover(claim.posting, "sweep_leases", None).state is S.CLAIMED
    clock.wait(61)
    recovered = store.ledger.recover(claim.posting, "sweep_leases", None)
    second = claimed(store, recovered)
    clock.wait(61)
    assert store.ledger.recover(claim.posting, "sweep_leases", None) == second.posting


@pytest.mark.parametrize("old", P)
def test_a_phase_never_goes_back_and_nothing_is_sent_twice(store: Store, old: Phase) -> None:
    """Only an intent becomes "sent"; every other step goes forward or stays."""
    phases = list(CRASH_TABLE)
    for number, new in enumerate(phases, 1):
        claim = in_phase(store, old, number)
        if number > phases.index(old) and (new is not P.SENT or old is P.INTENT):
            store.ledger.note_phase(claim, new)
            assert store.ledger.posting(claim.posting.id).phase is new
        else:
            with pytest.raises(MoveForbidden):
                store.ledger.note_phase(claim, new)
            assert store.ledger.posting(claim.posting.id).phase is old


def test_nothing_is_sent_while_everything_is_stopped(store: Store) -> None:
    """The stop switch is checked in the transaction that commits "sent", so no stop comes too late for it."""
    claim = claimed(store)
    store.ledger.note_phase(claim, P.INTENT)
    store.switches.stop("Li", "wrong prices")
    with pytest.raises(StopOrdered, match="wrong prices"):
        store.ledger.note_phase(claim, P.SENT)
    assert store.ledger.posting(claim.posting.id).phase is P.INTENT
    store.switches.resume("Li")
    store.ledger.note_phase(claim, P.SENT)


def test_the_phase_outlives_the_attempt_until_it_is_forgotten(store: Store) -> None:
    """An in-doubt posting keeps phase, refusal and moment through the next claim; proof of absence clears them all."""
    moment = NOVEMBER + MINUTE
    doubtful = store.ledger.end(sent(store), S.IN_DOUBT, WORKER, settle_after=moment, refusal="Limit!")
    again = claimed(store, doubtful)
    kept = (again.posting.phase, again.posting.refusal, again.posting.settle_after)
    assert kept == (P.SENT, "Limit!", moment)
    absent = store.ledger.end(again, S.PENDING, WORKER, forget_phase=True)
    assert (absent.phase, absent.refusal, absent.settle_after) == (P.NONE, None, None)


def test_a_document_number_survives_the_attempt_that_read_it(store: Store) -> None:
    """What was numbered and not verified goes on with its document in the next attempt."""
    left = store.ledger.end(in_phase(store, P.NUMBERED), S.PENDING, WORKER)
    assert (left.state, left.phase, left.document) == (S.PENDING, P.NUMBERED, "D-1")
    assert claimed(store, left).posting.document == "D-1"


def test_attempts_tell_how_each_try_ended(store: Store, clock: StandingClock) -> None:
    """Each attempt has its worker, times, phase, outcome and the head of its evidence."""
    first = in_phase(store, P.SENT)
    store.ledger.note_evidence(first, "harbour/SUI-1/1", "ab")
    store.ledger.note_evidence(first, "harbour/SUI-1/1", "cd")
    clock.wait(5)
    doubtful = store.ledger.end(first, S.IN_DOUBT, WORKER)
    assert doubtful.packet == "harbour/SUI-1/1"
    posted(store, doubtful)
    tries = store.ledger.attempts(doubtful)
    assert [(a.number, a.phase, a.outcome, a.packet_head) for a in tries] == [
        (1, P.SENT, S.IN_DOUBT, "cd"),
        (2, P.SENT, S.POSTED, None),
    ]
    assert tries[0].started_at + timedelta(seconds=5) == tries[0].ended_at


def test_a_posted_order_is_settled(store: Store) -> None:
    """Once posted, the document stays and nothing is left open: no phase, no moment, no refusal."""
    posting = posted(store, store.ledger.end(sent(store), S.IN_DOUBT, WORKER, settle_after=NOVEMBER, refusal="?"))
    left = (posting.state, posting.document, posting.phase, posting.settle_after, posting.refusal)
    assert left == (S.POSTED, "D-1", P.NONE, None, None)


def test_the_most_urgent_work_comes_first(store: Store, clock: StandingClock) -> None:
    """Due are: in doubt and past the moment, then numbered, then new, each oldest first; nothing else is due."""
    early, late, numbered, first, second, held, busy = (take(store, order(number)) for number in range(1, 8))
    store.ledger.end(sent(store, late), S.IN_DOUBT, WORKER, settle_after=clock.at + timedelta(seconds=1))
    store.ledger.end(sent(store, early), S.IN_DOUBT, WORKER, settle_after=clock.at)
    claim = claimed(store, numbered)
    store.ledger.note_phase(claim, P.NUMBERED, "D-9")
    store.ledger.end(claim, S.PENDING, WORKER)
    store.ledger.move(held, S.HELD, "Li")
    claimed(store, busy)
    clock.wait(0.5)
    assert [p.id for p in store.ledger.due("harbour", clock.at)] == [early.id, numbered.id, first.id, second.id]
    assert store.ledger.due("granite", clock.at) == ()
    later = store.ledger.due("harbour", clock.at + MINUTE)
    assert [p.id for p in later[:2]] == [early.id, late.id]
