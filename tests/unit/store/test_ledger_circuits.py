"""Is an ERP left alone once too much went wrong there, by all hosts alike, and tried again with one order?"""

from datetime import timedelta

import pytest

from bridge.errors import (
    BridgeError,
    CrmDown,
    CustomerUnknown,
    ErpClosed,
    ErpDown,
    OrderChanged,
    OrderGone,
    SaveUnanswered,
    SeatDied,
    StopOrdered,
    StorageFull,
    TargetNotFound,
)
from bridge.model.guards import MOST_DOUBLINGS, Breaker, Circuit, CircuitState, Rate
from bridge.model.postings import Claim, Posting, PostingState, Terms
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import ERP, MINUTE, NOVEMBER, WORKER, StandingClock, document, order, take

S = PostingState
BREAKER = Breaker(failures=3, rest=timedelta(seconds=60), longest=timedelta(seconds=200))
GUARDED = Terms(breaker=BREAKER)
UNSEEN = TargetNotFound(screen="order_entry", target="customer")
DIED = SeatDied(erp=ERP, why="it was killed")
DOWN = ErpDown(erp=ERP, address="http://erp")


def claim(store: Store, number: int, terms: Terms = GUARDED) -> Claim | None:
    """A claim on that order."""
    return store.ledger.claim(take(store, order(number)), WORKER, MINUTE, terms)


def ended(store: Store, number: int, error: BridgeError | None, state: PostingState = S.PENDING) -> Posting:
    """The order after an attempt that ended so."""
    held = claim(store, number)
    assert held is not None
    return store.ledger.end(held, state, WORKER, None if error is None else error.reason)


def standing(store: Store) -> tuple[CircuitState, int]:
    """How the circuit stands, and after how many failures in a row."""
    circuit = store.circuits.circuit(ERP)
    return circuit.state, circuit.failures


def test_failures_of_one_kind_in_a_row_open_the_circuit(store: Store) -> None:
    """The last one that is allowed opens it, and then nobody claims there; other ERPs are worked on."""
    for number in (1, 2):
        ended(store, number, UNSEEN)
    assert standing(store) == (CircuitState.CLOSED, 2)
    ended(store, 3, UNSEEN)
    assert standing(store) == (CircuitState.OPEN, 3)
    assert claim(store, 4) is None
    assert store.circuits.circuit(ERP).until == NOVEMBER + BREAKER.rest
    assert store.circuits.circuit("granite") == Circuit("granite")


def test_another_kind_of_failure_begins_the_count_anew(store: Store) -> None:
    """Two that are not alike are two accidents, not one fault."""
    for error in (UNSEEN, UNSEEN, DIED, UNSEEN):
        ended(store, 1, error)
    assert standing(store) == (CircuitState.CLOSED, 1)


OF_NO_ACCOUNT = [
    CrmDown(crm="suite", address="memory", why="off"),
    ErpClosed(erp=ERP, until="8:00", why="period close"),
    OrderChanged(),
    OrderGone(),
    StorageFull(what="ledger"),
    StopOrdered(person="Li", why="stocktaking"),
]


@pytest.mark.parametrize("error", [None, CustomerUnknown(erp=ERP, customer="C-9")], ids=["success", "business fact"])
def test_what_the_erp_did_well_ends_the_row_of_failures(store: Store, error: BridgeError | None) -> None:
    """An ERP that says it has no such customer works."""
    for each in (UNSEEN, UNSEEN, error):
        ended(store, 1, each)
    assert standing(store) == (CircuitState.CLOSED, 0)


@pytest.mark.parametrize("error", OF_NO_ACCOUNT, ids=lambda error: error.code)
def test_what_the_erp_never_heard_of_is_neither_failure_nor_success(store: Store, error: BridgeError) -> None:
    """The CRM, our disk or a person says nothing of the ERP: neither does a row of failures end, nor does it grow."""
    for each in (UNSEEN, UNSEEN, error):
        ended(store, 1, each)
    assert standing(store) == (CircuitState.CLOSED, 2)


@pytest.mark.parametrize("error", OF_NO_ACCOUNT, ids=lambda error: error.code)
def test_a_try_that_never_came_to_the_erp_closes_nothing(
    store: Store, clock: StandingClock, error: BridgeError
) -> None:
    """Only what the ERP itself answered lets all orders through again; another one may try at once."""
    store.circuits.note(ERP, DOWN.reason, BREAKER)
    clock.wait(60)
    ended(store, 1, error)
    assert standing(store)[0] is CircuitState.HALF_OPEN
    assert claim(store, 2) is not None
    assert claim(store, 3) is None


def test_orders_at_hand_when_the_erp_goes_down_are_one_outage(store: Store, clock: StandingClock) -> None:
    """Whatever they end with while it rests, it rests no longer for that, and works no sooner."""
    at_hand = [claim(store, number) for number in range(1, 7)]
    for held in at_hand[:5]:
        assert held is not None
        store.ledger.end(held, S.PENDING, WORKER, DOWN.reason)
    assert at_hand[5] is not None
    store.ledger.end_posted(at_hand[5], document(), WORKER)
    assert store.circuits.circuit(ERP).until == NOVEMBER + BREAKER.rest
    clock.wait(60)
    assert claim(store, 7) is not None


def test_an_outage_opens_at_once_and_is_what_is_said(store: Store) -> None:
    """Nobody tries three times whether an ERP that is down is down."""
    ended(store, 1, DOWN)
    opened = store.circuits.circuit(ERP).opened
    assert opened is not None
    assert opened.code == ErpDown.code
    assert claim(store, 1) is None


def test_doubt_counts_as_failure(store: Store) -> None:
    """An ERP that answers no Save is left alone like one that shows no screen."""
    for number in (1, 2, 3):
        ended(store, number, SaveUnanswered(why="the line was cut"), S.IN_DOUBT)
    assert standing(store) == (CircuitState.OPEN, 3)


def test_after_the_rest_one_order_tries_and_all_others_wait(store: Store, clock: StandingClock) -> None:
    """Half-open lets one order through, whoever asks next; its success lets all through again."""
    for number in (1, 2, 3):
        ended(store, number, UNSEEN)
    clock.wait(60)
    trying = claim(store, 4)
    assert trying is not None
    assert standing(store)[0] is CircuitState.HALF_OPEN
    assert claim(store, 5) is None
    store.ledger.end_posted(trying, document(), WORKER)
    assert store.circuits.circuit(ERP) == Circuit(ERP)
    assert claim(store, 5) is not None


def test_each_rest_doubles_the_last_up_to_the_longest(store: Store, clock: StandingClock) -> None:
    """Who fails the try rests longer, never longer than is allowed."""
    rests = []
    for number in range(1, 6):
        store.circuits.note(ERP, DOWN.reason, BREAKER)
        until = store.circuits.circuit(ERP).until
        assert until is not None
        rests.append((until - clock.at).total_seconds())
        clock.wait(rests[-1])
        assert claim(store, number) is not None
    assert rests == [60, 120, 200, 200, 200]
    assert BREAKER.rest_after(10 * MOST_DOUBLINGS) == BREAKER.longest


def test_a_try_whose_worker_died_is_not_waited_for_longer_than_a_rest(store: Store, clock: StandingClock) -> None:
    """A half-open circuit whose order never ends lets another order try after the rest."""
    store.circuits.note(ERP, DOWN.reason, BREAKER)
    clock.wait(60)
    assert claim(store, 1) is not None
    clock.wait(119)
    assert claim(store, 2) is None
    clock.wait(1)
    assert claim(store, 2) is not None


def test_a_person_closes_the_circuit_at_once(store: Store) -> None:
    """Without waiting for the rest, and with nothing counted."""
    store.circuits.note(ERP, DOWN.reason, BREAKER)
    store.circuits.close(ERP)
    assert store.circuits.circuit(ERP) == Circuit(ERP)
    assert claim(store, 1) is not None


def test_a_claim_without_a_breaker_neither_asks_nor_counts(store: Store) -> None:
    """Its terms alone decide what a claim is bound to."""
    store.circuits.note(ERP, DOWN.reason, BREAKER)
    held = claim(store, 1, Terms())
    assert held is not None
    store.ledger.end(held, S.PENDING, WORKER, UNSEEN.reason)
    assert store.circuits.circuit(ERP).reason == DOWN.reason


def test_a_claim_that_is_refused_for_another_reason_leaves_the_circuit_alone(
    store: Store, clock: StandingClock
) -> None:
    """The one order that tries is one that is claimed: a posting that another host has already spends no try."""
    busy = claim(store, 1)
    assert busy is not None
    store.circuits.note(ERP, DOWN.reason, BREAKER)
    clock.wait(60)
    assert store.ledger.claim(busy.posting, "other", MINUTE, GUARDED) is None
    assert standing(store)[0] is CircuitState.OPEN


def test_an_attempt_is_claimed_as_that_attempt_or_not_at_all(store: Store) -> None:
    """A task of the engine that is late, or comes twice, finds that its attempt was made."""
    posting = take(store)
    assert store.ledger.claim(posting, WORKER, MINUTE, Terms(attempt=2)) is None
    first = store.ledger.claim(posting, WORKER, MINUTE, Terms(attempt=1))
    assert first is not None
    again = store.ledger.end(first, S.PENDING, WORKER)
    assert store.ledger.claim(again, WORKER, MINUTE, Terms(attempt=1)) is None
    assert store.ledger.claim(again, WORKER, MINUTE, Terms(attempt=2)) is not None


def test_a_claim_keeps_as_whom_the_erp_is_worked(store: Store) -> None:
    """The user stands on posting and attempt, so that a takeover can end that session; a claim without keeps it."""
    named = store.ledger.claim(take(store), WORKER, MINUTE, Terms(user="rpa1"))
    assert named is not None
    left = store.ledger.end(named, S.PENDING, WORKER)
    unnamed = store.ledger.claim(left, WORKER, MINUTE)
    assert unnamed is not None
    assert unnamed.posting.user == "rpa1"
    assert [attempt.user for attempt in store.ledger.attempts(left)] == ["rpa1", None]


def test_no_more_attempts_than_the_rate_allows_over_all_hosts(store: Store, clock: StandingClock) -> None:
    """Within any such period, however they ended; those of another ERP count for themselves."""
    rated = Terms(rate=Rate(2, MINUTE))
    first, second = (take(store, order(number)) for number in (1, 2))
    one = store.ledger.claim(first, "host-1", MINUTE, rated)
    assert one is not None
    clock.wait(30)
    assert store.ledger.claim(store.ledger.end(one, S.PENDING, WORKER), "host-2", MINUTE, rated) is not None
    assert store.ledger.claim(second, "host-3", MINUTE, rated) is None
    granite = store.ledger.take(order(3), "granite", "G-3", S.PENDING, None, "job").posting
    assert store.ledger.claim(granite, "host-3", MINUTE, rated) is not None
    clock.wait(30)
    assert store.ledger.claim(second, "host-3", MINUTE, rated) is not None
