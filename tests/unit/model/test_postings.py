"""May a posting move as it should, and nowhere else?"""

from itertools import product

import pytest

from bridge.model.postings import CRASH_TABLE, MOVES, Phase, PostingState, Recovery, may_move, state_after_end

S = PostingState
NEEDS_SOMEBODY = [S.PENDING, S.CLAIMED, S.IN_DOUBT, S.HELD]
# from each state, where it may go
ALLOWED = {
    S.PENDING: {S.CLAIMED, S.HELD, S.REJECTED, S.CANCELLED},
    S.CLAIMED: {S.PENDING, S.IN_DOUBT, S.HELD, S.POSTED, S.REJECTED, S.FAILED, S.CANCELLED},
    S.IN_DOUBT: {S.CLAIMED, S.HELD},
    S.HELD: {S.PENDING, S.IN_DOUBT, S.CANCELLED, S.REJECTED},
    S.REJECTED: {S.PENDING, S.HELD, S.CANCELLED},
    S.FAILED: {S.PENDING, S.HELD, S.CANCELLED},
    S.CANCELLED: {S.PENDING},
    S.POSTED: {S.PENDING, S.HELD, S.REJECTED},
}


@pytest.mark.parametrize(("old", "new"), list(product(S, S)))
def test_a_move_is_allowed_or_not(old: PostingState, new: PostingState) -> None:
    """Every pair of states, one by one; nothing moves to where it is."""
    assert may_move(old, new) is (new in ALLOWED[old])


def test_nothing_else_is_a_move() -> None:
    """The table holds states only."""
    assert {(old, new) for old, states in ALLOWED.items() for new in states} == MOVES


def test_only_an_attempt_posts_and_only_an_attempt_doubts() -> None:
    """Nothing is posted but by the worker who verified it; only a hold goes back to being in doubt."""
    assert {old for old, new in MOVES if new is S.POSTED} == {S.CLAIMED}
    assert {old for old, new in MOVES if new is S.IN_DOUBT} == {S.CLAIMED, S.HELD}


def test_what_is_in_doubt_is_never_simply_pending() -> None:
    """It is settled under a claim, or held for a person: there is no way around."""
    assert {new for old, new in MOVES if old is S.IN_DOUBT} == {S.CLAIMED, S.HELD}


def test_no_state_is_a_trap() -> None:
    """From every state a person, a job or the CRM can bring the order back to work."""
    for state in S:
        reached, left = {state}, [state]
        while left:
            old = left.pop()
            new = {target for source, target in MOVES if source is old} - reached
            reached |= new
            left += new
        assert S.PENDING in reached


def test_the_first_states_still_need_somebody() -> None:
    """The order of the states says which are unfinished; consoles and reports rely on it."""
    assert list(S)[:4] == NEEDS_SOMEBODY


def test_the_crash_table_is_that_of_the_design() -> None:
    """Without "sent" nothing can have left; with it the ERP is asked; with a number it is verified."""
    assert CRASH_TABLE == {
        Phase.NONE: Recovery.RETYPE,
        Phase.INTENT: Recovery.RETYPE,
        Phase.SENT: Recovery.SETTLE,
        Phase.NUMBERED: Recovery.VERIFY,
        Phase.VERIFIED: Recovery.POST,
    }


@pytest.mark.parametrize("phase", Phase)
def test_only_what_was_sent_and_not_answered_is_in_doubt(phase: Phase) -> None:
    """An attempt that ends by itself leaves the posting in doubt for that reason alone."""
    assert state_after_end(phase) is (S.IN_DOUBT if phase is Phase.SENT else S.PENDING)
