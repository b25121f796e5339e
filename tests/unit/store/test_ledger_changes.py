"""Does the ledger know what the ERP holds while it is to be changed there, whatever comes in between?"""

from datetime import timedelta

import pytest

from bridge.errors import (
    BeforeCutOver,
    CancelledAfterPosting,
    ChangedAfterPosting,
    CurrencyUnknown,
    HeldByPerson,
    MoveForbidden,
    OrderCancelled,
    OrderChanged,
    OrderNotReleased,
    Reason,
    ToBeAmended,
    ToBeCancelled,
    TotalDiffers,
)
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Claim, Phase, Posting, PostingState, Work
from bridge.ports import KnownDocument, Taken
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import (
    CRM,
    ERP,
    JOB,
    MINUTE,
    NOVEMBER,
    WORKER,
    StandingClock,
    claimed,
    document,
    order,
    posted,
    reference,
)

S = PostingState
BOTH = ("amend", "cancel")
CHANGED, CANCELLED = order(remarks="now with remarks"), order(status=OrderStatus.CANCELLED)
AMENDING, CANCELLING = ToBeAmended(document="D-1").reason, ToBeCancelled(document="D-1").reason
BAD = TotalDiffers(stated="1", computed="2").reason
HOLD = CurrencyUnknown(currency="XTS", erp=ERP).reason
SAID = HeldByPerson(person="Li", why="ask first").reason


def again(
    store: Store,
    taken: Order,
    state: PostingState = S.PENDING,
    reason: Reason | None = None,
    procedures: tuple[str, ...] = BOTH,
) -> Taken:
    """Take the order as the CRM shows it now, for an ERP whose bot can change documents."""
    return store.ledger.take(taken, ERP, reference(), state, reason, JOB, procedures=procedures)


def due(store: Store, now: Order = CHANGED) -> Posting:
    """A posted order that has changed since."""
    posted(store)
    return again(store, now).posting


def sent_change(store: Store, now: Order = CHANGED) -> Claim:
    """A change that was sent and not answered."""
    claim = claimed(store, due(store, now))
    store.ledger.note_phase(claim, Phase.INTENT)
    store.ledger.note_phase(claim, Phase.SENT)
    return claim


def told(store: Store) -> list[str]:
    """All that the CRM is told, in order."""
    found = []
    while waiting := store.outbox.waiting(CRM):
        found.append(waiting[0].status)
        store.outbox.told(waiting[0])
    return found


# --- what a revision makes of a posted order ------------------------------------------------------------------------

Judged = tuple[PostingState, Reason | None]
End = tuple[PostingState, Reason, Work]
FINE: Judged = (S.PENDING, None)
OLD: Judged = (S.HELD, BeforeCutOver(ordered_at="2026-01-01", cut_over="2026-02-01").reason)
DRAFT: Judged = (S.CANCELLED, OrderNotReleased(status="draft").reason)
VOID: Judged = (S.CANCELLED, OrderCancelled().reason)
AMEND: End = (S.PENDING, AMENDING, Work.AMEND)
CANCEL: End = (S.PENDING, CANCELLING, Work.CANCEL)
BY_HAND: End = (S.HELD, ChangedAfterPosting(document="D-1").reason, Work.AMEND)
CANCEL_BY_HAND: End = (S.HELD, CancelledAfterPosting(document="D-1").reason, Work.CANCEL)
ENDS = [
    pytest.param(FINE, BOTH, AMEND, id="changed"),
    pytest.param(VOID, BOTH, CANCEL, id="cancelled"),
    pytest.param((S.REJECTED, BAD), BOTH, (S.REJECTED, BAD, Work.AMEND), id="changed, and wrong"),
    pytest.param((S.HELD, HOLD), BOTH, (S.HELD, HOLD, Work.AMEND), id="changed, and doubtful"),
    pytest.param(OLD, BOTH, AMEND, id="changed, and older than the cut-over"),
    pytest.param(DRAFT, BOTH, BY_HAND, id="changed, and no longer released"),
    pytest.param(FINE, ("cancel",), BY_HAND, id="changed, and no way to"),
    pytest.param(VOID, ("amend",), CANCEL_BY_HAND, id="cancelled, and no way to"),
]


@pytest.mark.parametrize(("judged", "procedures", "end"), ENDS)
def test_a_posted_order_goes_where_bot_and_rules_put_it(
    store: Store, judged: Judged, procedures: tuple[str, ...], end: End
) -> None:
    """Pending where the bot can do it and the rules allow it; whatever it is, the document is kept."""
    before, now = posted(store), CANCELLED if judged is VOID else CHANGED
    taken = again(store, now, *judged, procedures).posting
    assert (taken.state, taken.reason, taken.work) == end
    assert taken.document == before.document
    assert store.ledger.order_in_erp(taken) == order()
    assert store.ledger.order_of(taken) == now


@pytest.mark.parametrize("hold", [S.HELD, S.REJECTED, S.FAILED])
def test_a_corrected_change_is_due_again(store: Store, hold: PostingState) -> None:
    """What was held, rejected or had failed is judged by its newest revision; the cancellation comes through too."""
    if hold is S.FAILED:
        store.ledger.end(claimed(store, due(store)), hold, WORKER, BAD, forget_phase=True)
    else:
        posted(store)
        again(store, CHANGED, hold, BAD)
    newest = order(remarks="corrected")
    taken = again(store, newest).posting
    assert (taken.state, taken.reason, taken.document) == (S.PENDING, AMENDING, "D-1")
    taken = again(store, CANCELLED).posting
    assert (taken.state, taken.reason, taken.work) == (S.PENDING, CANCELLING, Work.CANCEL)
    assert store.ledger.order_in_erp(taken) == order()


@pytest.mark.parametrize("now", [CHANGED, CANCELLED], ids=["changed", "cancelled"])
def test_a_change_that_a_person_holds_stays_held(store: Store, now: Order) -> None:
    """Whatever the CRM says; released, it is the newest that is carried."""
    held = store.ledger.move(due(store), S.HELD, "Li", SAID)
    taken = again(store, order(remarks="again", status=now.status)).posting
    assert (taken.state, taken.reason) == (S.HELD, SAID)
    released = store.ledger.move(store.ledger.posting(held.id), S.PENDING, "Li")
    assert released.work is (Work.AMEND if now is CHANGED else Work.CANCEL)


def test_a_taking_without_procedures_is_as_cautious_as_ever(store: Store) -> None:
    """Who does not say what the bot can do gets a hold."""
    posted(store)
    assert again(store, CHANGED, procedures=()).posting.state is S.HELD


@pytest.mark.parametrize("state", [S.PENDING, S.REJECTED])
def test_only_a_revision_makes_a_posted_order_due(store: Store, state: PostingState) -> None:
    """Nobody's word does: a posted order that is to be looked at again is held first."""
    posting = posted(store)
    with pytest.raises(MoveForbidden):
        store.ledger.move(posting, state, "Li")
    assert store.ledger.posting(posting.id) == posting


# --- what a claim leaves behind -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.PENDING, S.REJECTED, S.HELD, S.FAILED])
def test_forgetting_a_change_never_forgets_the_document(store: Store, state: PostingState) -> None:
    """What was sent was not stored: the ERP holds the old revision, and the ledger goes on knowing it."""
    ended = store.ledger.end(sent_change(store), state, WORKER, BAD, forget_phase=True)
    assert (ended.state, ended.phase, ended.document, ended.work) == (state, Phase.NONE, "D-1", Work.AMEND)
    assert store.ledger.order_in_erp(ended) == order()


def test_a_person_who_forgets_a_change_does_not_forget_the_document(store: Store) -> None:
    """The same by a move."""
    held = store.ledger.end(sent_change(store), S.HELD, WORKER, BAD)
    freed = store.ledger.move(held, S.PENDING, "Li", forget_phase=True)
    assert (freed.phase, freed.document) == (Phase.NONE, "D-1")


@pytest.mark.parametrize("deaths", [1, 2, 3])
def test_a_dead_worker_loses_no_document(store: Store, clock: StandingClock, deaths: int) -> None:
    """However often an attempt dies, and also where it is given up."""
    posting = due(store)
    for _ in range(deaths):
        claim = claimed(store, posting)
        clock.wait(timedelta(hours=1).total_seconds())
        posting = store.ledger.recover(claim.posting, "job", None, most_attempts=3)
    assert posting.document == "D-1"
    assert posting.state is (S.HELD if deaths == 3 else S.PENDING)
    assert store.ledger.order_in_erp(posting) == order()


def test_an_amended_order_is_known_in_its_new_revision(store: Store) -> None:
    """And the CRM is told so, in its order."""
    ended = store.ledger.end_posted(sent_change(store), document(), WORKER)
    assert (ended.state, store.ledger.order_in_erp(ended)) == (S.POSTED, CHANGED)
    assert told(store) == ["entered", "amended"]


def test_a_void_order_is_known_to_be_in_no_erp(store: Store) -> None:
    """Its number stays, the CRM is told once, and revived it is a new order."""
    claim, day = sent_change(store, CANCELLED), order().ordered_on
    assert store.ledger.entered(ERP, day, day) == {"D-1"}
    ended = store.ledger.end_void(claim, S.CANCELLED, WORKER, OrderCancelled().reason)
    assert (ended.state, ended.phase, ended.document) == (S.CANCELLED, Phase.NONE, "D-1")
    assert store.ledger.entered(ERP, day, day) == set()
    assert store.ledger.order_in_erp(ended) is None
    assert told(store) == ["entered", "cancelled"]
    assert store.documents.known(ERP, ["D-1"])["D-1"].status is DocumentStatus.CANCELLED
    back = again(store, order()).posting
    assert (back.state, back.work, back.document) == (S.PENDING, Work.ENTER, None)


def test_what_the_status_reading_told_is_not_told_again(store: Store) -> None:
    """A clerk cancelled the document, the CRM heard so; cancelled there too, it hears nothing new."""
    posting = posted(store)
    store.documents.note([KnownDocument(ERP, "D-1", DocumentStatus.CANCELLED, posting.id, NOVEMBER + MINUTE)])
    claim = claimed(store, again(store, CANCELLED).posting)
    store.ledger.end_void(claim, S.CANCELLED, WORKER, OrderCancelled().reason)
    assert told(store) == ["entered", "cancelled"]


# --- nothing leaves that is known to be overtaken -------------------------------------------------------------------


def test_a_change_that_is_overtaken_is_not_sent(store: Store) -> None:
    """Neither by a newer revision nor by a cancellation, which is carried next."""
    claim = claimed(store, due(store))
    store.ledger.note_phase(claim, Phase.INTENT)
    for newer in (order(remarks="newer"), CANCELLED):
        again(store, newer)
        with pytest.raises(OrderChanged):
            store.ledger.note_phase(claim, Phase.SENT)
    ended = store.ledger.end(claim, S.PENDING, WORKER, OrderChanged().reason)
    assert (ended.state, ended.work, ended.phase, ended.reason) == (S.PENDING, Work.CANCEL, Phase.NONE, CANCELLING)


def test_a_cancellation_is_kept_by_new_life_only(store: Store) -> None:
    """A cancelled order that is saved once more in the CRM is as cancelled; one that is released is not."""
    claim = claimed(store, due(store, CANCELLED))
    store.ledger.note_phase(claim, Phase.INTENT)
    again(store, order(remarks="saved again", status=OrderStatus.CANCELLED))
    store.ledger.note_phase(claim, Phase.SENT)
    other = claimed(store, store.ledger.end(claim, S.IN_DOUBT, WORKER))
    freed = store.ledger.end(other, S.PENDING, WORKER, forget_phase=True)
    claim = claimed(store, freed)
    store.ledger.note_phase(claim, Phase.INTENT)
    again(store, order())
    with pytest.raises(OrderChanged):
        store.ledger.note_phase(claim, Phase.SENT)
    assert store.ledger.end(claim, S.PENDING, WORKER).work is Work.AMEND


def test_an_order_that_is_cancelled_while_it_is_typed_is_not_sent(store: Store) -> None:
    """Nor entered later."""
    claim = claimed(store)
    store.ledger.note_phase(claim, Phase.INTENT)
    again(store, CANCELLED)
    with pytest.raises(OrderCancelled):
        store.ledger.note_phase(claim, Phase.SENT)
    assert store.ledger.end(claim, S.PENDING, WORKER).state is S.CANCELLED
