"""Does a posting ever go where it must not?"""

from decimal import Decimal

import pytest

from bridge.errors import AmountDiffers, HeldByPerson, MoveForbidden, PostingUnknown
from bridge.model.postings import BY_REVISION, MOVES, Claim, Posting, PostingState
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import HELD, MINUTE, WAYS, WORKER, claimed, document, posted, sent, take

S = PostingState
BY_WORD = MOVES - BY_REVISION  # the others are made by a new revision, in the tests of takings and changes


def claim_on(posting: Posting) -> Claim:
    """The first claim on the posting."""
    return Claim(posting, 1, 1, WORKER, posting.updated_at + MINUTE)


def named(pair: tuple[PostingState, PostingState]) -> str:
    """The pair as a test's name."""
    return f"{pair[0]}-{pair[1]}"


@pytest.mark.parametrize("old", S)
def test_a_move_that_is_not_allowed_raises_and_leaves_no_trace(store: Store, old: PostingState) -> None:
    """Every other pair is refused, by whatever method one tries, and state and history stay as they were."""
    posting = WAYS[old](store)
    before = store.ledger.history(posting)
    forbidden = [new for new in S if (old, new) not in BY_WORD]
    for new in forbidden:
        with pytest.raises(MoveForbidden):
            store.ledger.move(posting, new, "Li", forget_phase=True)
        if old is S.CLAIMED:
            with pytest.raises(MoveForbidden):
                store.ledger.end(claim_on(posting), new, WORKER, forget_phase=True)
    assert S.CLAIMED in forbidden or old in (S.PENDING, S.IN_DOUBT)
    assert store.ledger.posting(posting.id) == posting
    assert store.ledger.history(posting) == before


@pytest.mark.parametrize("pair", sorted(BY_WORD), ids=named)
def test_a_move_that_is_allowed_is_made_and_says_who_and_why(
    store: Store, pair: tuple[PostingState, PostingState]
) -> None:
    """Each allowed move can be made, and its entry in the history carries actor, reason, both states and the moment."""
    old, new = pair
    posting = WAYS[old](store)
    if new is S.CLAIMED:
        actor, reason = WORKER, None
        moved = claimed(store, posting).posting
    elif old is S.CLAIMED:
        claim = claim_on(posting)
        actor, reason = WORKER, None if new is S.POSTED else HELD
        end = store.ledger.end_posted(claim, document(), WORKER) if new is S.POSTED else None
        moved = end or store.ledger.end(claim, new, WORKER, HELD)
    else:
        actor, reason = "Li", HELD
        moved = store.ledger.move(posting, new, "Li", HELD)
    entry = store.ledger.history(posting)[-1]
    assert (moved.state, moved.reason) == (new, reason)
    assert (entry.old, entry.new, entry.actor, entry.reason, entry.at) == (old, new, actor, reason, moved.updated_at)


def test_only_claiming_claims(store: Store) -> None:
    """A person cannot move a posting to claimed: a claim needs a lease and a token."""
    with pytest.raises(MoveForbidden):
        store.ledger.move(take(store), S.CLAIMED, "Li")


def test_nobody_takes_a_posting_from_the_hands_of_a_worker(store: Store) -> None:
    """A claimed posting is moved by its claim alone, even where the move as such is allowed."""
    posting = claimed(store).posting
    with pytest.raises(MoveForbidden):
        store.ledger.move(posting, S.HELD, "Li")


def test_a_person_who_looks_at_an_old_page_is_refused(store: Store) -> None:
    """A move holds only from the state that was seen: what was posted meanwhile is not released from hold."""
    seen = take(store, state=S.HELD, reason=HELD)
    store.ledger.move(seen, S.PENDING, "Wang")
    with pytest.raises(MoveForbidden):
        store.ledger.move(seen, S.CANCELLED, "Li")


def test_an_attempt_ends_as_posted_only_with_a_document(store: Store) -> None:
    """`end` refuses "posted": it would skip the document and the write-back."""
    with pytest.raises(MoveForbidden):
        store.ledger.end(claimed(store), S.POSTED, WORKER)


@pytest.mark.parametrize("state", [S.PENDING, S.REJECTED, S.FAILED, S.CANCELLED])
def test_what_was_sent_is_not_typed_again_before_its_absence_is_proved(store: Store, state: PostingState) -> None:
    """An attempt that sent ends in doubt, held or posted; other states need the phase to be forgotten."""
    claim = sent(store)
    with pytest.raises(MoveForbidden):
        store.ledger.end(claim, state, WORKER)
    assert store.ledger.end(claim, state, WORKER, forget_phase=True).state is state


def test_a_person_releases_what_was_sent_only_by_saying_that_it_is_not_there(store: Store) -> None:
    """A held posting whose order was sent becomes pending only with `forget_phase`."""
    held = store.ledger.end(sent(store), S.HELD, WORKER, HELD)
    with pytest.raises(MoveForbidden):
        store.ledger.move(held, S.PENDING, "Li")
    released = store.ledger.move(held, S.PENDING, "Li", forget_phase=True)
    assert (released.state, released.phase, released.document) == (S.PENDING, "none", None)


def test_a_reason_keeps_its_numbers_and_its_words(store: Store) -> None:
    """Parameters come back as the texts they were, whatever they were, so the reason can be worded again."""
    error = AmountDiffers(position=1, stated=Decimal("49.70"), computed=Decimal("49.75"))
    posting = take(store, state=S.REJECTED, reason=error.reason)
    assert posting.reason is not None
    assert posting.reason.params == {"position": 1, "stated": "49.70", "computed": "49.75"}
    assert posting.reason.worded() == error.worded()


def test_half_a_character_in_a_reason_does_not_stop_the_ledger(store: Store) -> None:
    """A text that no database can store is kept all the same."""
    reason = HeldByPerson(person="Li\ud800", why="\0?").reason
    moved = store.ledger.move(take(store), S.HELD, "Li\ud800", reason)
    assert moved.reason == reason
    assert store.ledger.history(moved)[-1].actor == "Li\\ud800"


def test_the_history_begins_with_the_taking_and_misses_nothing(store: Store) -> None:
    """The moves of a posting form one unbroken chain from nothing to where it stands, with the attempts' numbers."""
    posting = posted(store, store.ledger.move(store.ledger.move(take(store), S.HELD, "Li"), S.PENDING, "Li"))
    moves = store.ledger.history(posting)
    assert [move.old for move in moves] == [None, *[move.new for move in moves[:-1]]]
    assert [move.new for move in moves] == [S.PENDING, S.HELD, S.PENDING, S.CLAIMED, S.POSTED]
    assert [move.attempt for move in moves] == [None, None, None, 1, 1]


def test_a_posting_that_is_not_there_is_named(store: Store) -> None:
    """Asking for an unknown posting raises PostingUnknown, for reading and for moving."""
    posting = take(store)
    with pytest.raises(PostingUnknown, match="4711"):
        store.ledger.posting(4711)
    with pytest.raises(PostingUnknown):
        store.ledger.find("nothing")
    assert store.ledger.posting(posting.id) == posting
