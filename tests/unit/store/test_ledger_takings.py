"""Does an order ever get a second posting, or a change of it get lost?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from bridge.errors import (
    BridgeError,
    CancelledAfterPosting,
    ChangedAfterPosting,
    CurrencyUnknown,
    FoundDifferent,
    FoundVoid,
    HeldByPerson,
    LookAlike,
    NumberTwice,
    OrderCancelled,
    OrderMalformed,
    OrderNotReleased,
    Reason,
    ToBeAmended,
    ToBeCancelled,
    TotalDiffers,
)
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, PostingState, Work
from bridge.ports import Taken
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import (
    CRM,
    ERP,
    JOB,
    WORKER,
    claimed,
    document,
    order,
    posted,
    reference,
    sent,
    take,
)

S = PostingState
CHANGED = order(remarks="by Friday")
CANCELLED = order(status=OrderStatus.CANCELLED)
DRAFT = order(status=OrderStatus.DRAFT)
HOLDS: list[BridgeError] = [
    HeldByPerson(person="Li", why="?"),
    LookAlike(erp=ERP, documents="D-8"),
    NumberTwice(number="SO1", ids="id-1, id-2"),
    FoundVoid(erp=ERP, documents="D-8"),
    FoundDifferent(erp=ERP, documents="D-8", differences="total"),
]


def again(
    store: Store, taken: Order, state: PostingState = S.PENDING, reason: Reason | None = None, called: str = ""
) -> Taken:
    """Take the order as the CRM shows it now."""
    return store.ledger.take(taken, ERP, called or reference(), state, reason, JOB)


def test_a_new_order_gets_one_posting(store: Store) -> None:
    """The first taking makes a pending posting with the order's own keys; the second changes nothing."""
    first, second = again(store, order()), again(store, order(changed_at=datetime.now(UTC)))
    assert (first.outcome, second.outcome) == ("new", "unchanged")
    assert second.posting == first.posting
    assert (first.posting.order_id, first.posting.order_number, first.posting.crm) == ("id-1", "SO1", CRM)
    assert len(store.ledger.postings()) == 1


@pytest.mark.parametrize("state", [S.HELD, S.REJECTED, S.CANCELLED])
def test_a_new_order_begins_where_the_rules_put_it(store: Store, state: PostingState) -> None:
    """What the rules hold or reject is stored so at once, with the reason."""
    reason = CurrencyUnknown(currency="XTS", erp=ERP).reason
    posting = again(store, order(), state, reason).posting
    assert (posting.state, posting.reason) == (state, reason)


def test_one_order_goes_into_two_erps(store: Store) -> None:
    """A posting is unique per order and ERP, so two ERPs may carry the same reference."""
    store.ledger.take(order(), "granite", reference(), S.PENDING, None, JOB)
    assert again(store, order()).outcome == "new"
    assert len(store.ledger.postings(erp=ERP)) == 1


def test_the_reference_of_another_order_is_refused(store: Store) -> None:
    """A reference belongs to one order for ever; taking another one under it is a conflict and writes nothing."""
    owner = take(store)
    taken = again(store, order(2))
    assert (taken.outcome, taken.posting) == ("conflict", owner)
    assert again(store, order(1, crm="other")).outcome == "conflict"
    assert store.ledger.postings() == (owner,)


def test_an_order_that_is_renumbered_keeps_its_posting_and_reference(store: Store) -> None:
    """A new number in the CRM makes no second posting: what is typed once is found under its first reference."""
    first = take(store)
    taken = again(store, order(number=7, id="id-1"), called=reference(7))
    assert (taken.outcome, taken.posting.id, taken.posting.reference) == ("revised", first.id, first.reference)
    assert store.ledger.find("SO7").id == first.id


def test_the_order_comes_back_as_it_was_taken(store: Store) -> None:
    """Every value, digit and zone survives: the stored order equals the one taken, and so does its hash."""
    line = order().lines[0]
    lines = (replace(line, quantity=Decimal("1E+2"), unit_price=Decimal("0.10"), stated_amount=None),)
    zone = timezone(timedelta(hours=8))
    changes: dict[str, Any] = {
        "lines": lines,
        "stated_total": Decimal("10.000"),
        "changed_at": datetime(2026, 1, 1, tzinfo=zone),
    }
    strange = order(customer=None, remarks="换行\n\0\ud800 'x'", **changes)
    kept = store.ledger.order_of(again(store, strange).posting)
    assert kept == strange
    assert kept.revision == strange.revision
    assert str(kept.lines[0].quantity) == "1E+2"


def test_an_older_revision_can_still_be_read(store: Store) -> None:
    """A posting that was read before the order changed still leads to the order it was about."""
    old = take(store)
    new = again(store, CHANGED).posting
    assert store.ledger.order_of(old) == order()
    assert store.ledger.order_of(new) == CHANGED
    assert store.ledger.orders_of([old]) == {old.id: CHANGED}


def test_a_pending_order_is_typed_in_its_newest_revision(store: Store) -> None:
    """The newest revision replaces the older one and stays pending, or goes where the rules now put it."""
    take(store)
    assert again(store, CHANGED).posting.state is S.PENDING
    reason = TotalDiffers(stated="1", computed="2").reason
    taken = again(store, order(stated_total=Decimal(1)), S.REJECTED, reason)
    assert (taken.outcome, taken.posting.state, taken.posting.reason) == ("revised", S.REJECTED, reason)


@pytest.mark.parametrize("new", [S.PENDING, S.HELD, S.REJECTED])
@pytest.mark.parametrize("old", [S.HELD, S.REJECTED, S.FAILED, S.CANCELLED])
def test_an_order_that_was_corrected_goes_where_the_rules_now_put_it(
    store: Store, old: PostingState, new: PostingState
) -> None:
    """What the rules held or rejected, failed or was cancelled is judged anew when the order changed."""
    before = CurrencyUnknown(currency="XTS", erp=ERP).reason
    if old is S.FAILED:
        store.ledger.end(claimed(store), S.FAILED, WORKER, before)
    else:
        take(store, state=old, reason=before)
    now = None if new is S.PENDING else CurrencyUnknown(currency="YYY", erp=ERP).reason
    taken = again(store, CHANGED, new, now)
    assert (taken.outcome, taken.posting.state, taken.posting.reason) == ("revised", new, now)
    assert store.ledger.history(taken.posting)[-1].new is new


@pytest.mark.parametrize("hold", HOLDS, ids=lambda hold: hold.code)
def test_what_a_person_must_decide_stays_held(store: Store, hold: BridgeError) -> None:
    """A change in the CRM releases no hold that only a person may release; the newest revision is what is released."""
    take(store, state=S.HELD, reason=hold.reason)
    taken = again(store, CHANGED)
    assert (taken.posting.state, taken.posting.reason) == (S.HELD, hold.reason)
    assert store.ledger.order_of(taken.posting) == CHANGED
    assert len(store.ledger.history(taken.posting)) == 1


def test_a_release_by_a_person_is_not_undone_by_the_same_revision(store: Store) -> None:
    """Taking the same revision again leaves a released posting pending, though the rules would hold it."""
    reason = CurrencyUnknown(currency="XTS", erp=ERP).reason
    store.ledger.move(take(store, state=S.HELD, reason=reason), S.PENDING, "Li")
    assert again(store, order(), S.HELD, reason).posting.state is S.PENDING


@pytest.mark.parametrize("state", [S.PENDING, S.HELD, S.REJECTED, S.FAILED])
def test_an_order_cancelled_in_time_is_cancelled(store: Store, state: PostingState) -> None:
    """What was never sent is cancelled with the order, and says so."""
    if state is S.FAILED:
        store.ledger.end(claimed(store), state, WORKER)
    else:
        take(store, state=state)
    taken = again(store, CANCELLED)
    assert (taken.outcome, taken.posting.state) == ("cancelled", S.CANCELLED)
    assert taken.posting.reason == OrderCancelled().reason


def test_an_order_that_is_posted_and_changed_is_held(store: Store) -> None:
    """A change after posting is never typed; a person amends the document that the reason names."""
    posted(store, number="D-5")
    taken = again(store, CHANGED)
    assert (taken.outcome, taken.posting.state) == ("held", S.HELD)
    assert taken.posting.reason == ChangedAfterPosting(document="D-5").reason


def test_an_order_that_is_posted_and_cancelled_is_held(store: Store) -> None:
    """A cancellation after posting, even after a change, asks a person to cancel the document."""
    posted(store, number="D-5")
    again(store, CHANGED)
    taken = again(store, CANCELLED)
    assert taken.posting.state is S.HELD
    assert taken.posting.reason == CancelledAfterPosting(document="D-5").reason
    assert again(store, CHANGED).posting.reason == ChangedAfterPosting(document="D-5").reason


def test_a_posted_order_whose_status_alone_moves_on_stays_posted(store: Store) -> None:
    """The CRM may close an order once it is entered: the same content is no change."""
    posted(store)
    taken = again(store, DRAFT, S.CANCELLED, OrderNotReleased(status="draft").reason)
    assert taken.posting.state is S.POSTED


def test_a_released_order_with_a_document_is_not_forgotten_when_it_is_cancelled(store: Store) -> None:
    """Posted, changed, released again: the ERP still holds the document, so a cancellation is held for a person."""
    posted(store)
    store.ledger.move(again(store, CHANGED).posting, S.PENDING, "Li")
    taken = again(store, CANCELLED)
    assert taken.posting.reason == CancelledAfterPosting(document="D-1").reason


def test_a_found_document_is_not_forgotten_when_the_order_is_cancelled(store: Store) -> None:
    """Held because the ERP holds something else under our reference: the cancellation names that document."""
    take(store, state=S.HELD, reason=FoundDifferent(erp=ERP, documents="D-8", differences="total").reason)
    assert again(store, CANCELLED).posting.reason == CancelledAfterPosting(document="D-8").reason
    assert again(store, CHANGED).posting.reason == ChangedAfterPosting(document="D-8").reason


def doubtful(store: Store) -> None:
    """In doubt."""
    store.ledger.end(sent(store), S.IN_DOUBT, WORKER)


def held_in_doubt(store: Store) -> None:
    """In doubt, and waiting for a person."""
    store.ledger.end(sent(store), S.HELD, WORKER)


def numbered(store: Store) -> None:
    """Stored in the ERP and not verified."""
    claim = sent(store)
    store.ledger.note_phase(claim, Phase.NUMBERED, "D-1")
    store.ledger.end(claim, S.PENDING, WORKER)


@pytest.mark.parametrize("newer", [CHANGED, CANCELLED], ids=["changed", "cancelled"])
@pytest.mark.parametrize("begin", [claimed, doubtful, held_in_doubt, numbered])
def test_a_revision_waits_while_the_order_may_be_on_its_way(
    store: Store, begin: Callable[[Store], object], newer: Order
) -> None:
    """What is being typed, in doubt or not verified is judged by the revision that was typed, until that is over."""
    begin(store)
    before = store.ledger.find("SO1")
    taken = again(store, newer)
    assert (taken.outcome, taken.posting) == ("waiting", before)
    assert store.ledger.order_of(taken.posting) == order()
    assert again(store, newer).outcome == "unchanged"


def test_a_waiting_revision_counts_once_the_attempt_has_ended(store: Store) -> None:
    """Ended without a document, the next attempt types the new revision."""
    claim = claimed(store)
    again(store, CHANGED)
    ended = store.ledger.end(claim, S.PENDING, WORKER)
    assert (ended.state, ended.revision) == (S.PENDING, CHANGED.revision)


def test_a_waiting_cancellation_counts_once_absence_is_proved(store: Store) -> None:
    """An order in doubt that is cancelled is settled first; proved absent, it is cancelled and not typed."""
    doubtful(store)
    again(store, CANCELLED)
    claim = claimed(store, store.ledger.find("SO1"))
    assert store.ledger.end(claim, S.PENDING, WORKER, forget_phase=True).state is S.CANCELLED


def test_a_person_who_proves_absence_lets_the_waiting_revision_in(store: Store) -> None:
    """Releasing a held order with `forget_phase` takes over the revision that waited."""
    held_in_doubt(store)
    waiting = again(store, CHANGED).posting
    assert store.ledger.move(waiting, S.PENDING, "Li", forget_phase=True).revision == CHANGED.revision


@pytest.mark.parametrize(
    ("newer", "work", "why"),
    [(CHANGED, Work.AMEND, ToBeAmended), (CANCELLED, Work.CANCEL, ToBeCancelled)],
    ids=["changed", "cancelled"],
)
def test_a_change_during_typing_is_carried_next(store: Store, newer: Order, work: Work, why: type[BridgeError]) -> None:
    """The old revision is in the ERP: the CRM is told so, and in the same transaction the change is due.

    Whoever works on it next knows whether the bot can do it.
    """
    claim = sent(store)
    again(store, newer)
    ended = store.ledger.end_posted(claim, document("D-5"), WORKER)
    assert (ended.state, ended.work, ended.reason) == (S.PENDING, work, why(document="D-5").reason)
    assert [message.status for message in store.outbox.waiting(CRM)] == ["entered"]
    assert [move.new for move in store.ledger.history(ended)][-2:] == [S.POSTED, S.PENDING]


def test_a_change_that_is_taken_back_during_typing_holds_nothing(store: Store) -> None:
    """There and back again is no change once the order is posted."""
    claim = sent(store)
    again(store, CHANGED)
    again(store, order())
    assert store.ledger.end_posted(claim, document(), WORKER).state is S.POSTED


def test_an_order_that_is_back_is_taken_again(store: Store) -> None:
    """Cancelled by a worker who saw it withdrawn, the order is pending again when the CRM shows it released."""
    for reason in (OrderCancelled().reason, OrderNotReleased(status="draft").reason):
        store.ledger.end(claimed(store, again(store, order()).posting), S.CANCELLED, WORKER, reason)
        assert store.ledger.find("SO1").state is S.CANCELLED
    assert again(store, order()).posting.state is S.PENDING


def test_what_a_person_cancelled_stays_cancelled(store: Store) -> None:
    """The same revision does not bring back what a person cancelled."""
    store.ledger.move(take(store), S.CANCELLED, "Li", HeldByPerson(person="Li", why="entered by hand").reason)
    assert again(store, order()).posting.state is S.CANCELLED


def test_a_page_and_its_cursor_are_kept_together(store: Store) -> None:
    """Orders, unreadable records and the cursor are all there after the page."""
    unreadable = OrderMalformed(problem="no date").reason
    with store.cursors.page(CRM, "after-2") as page:
        outcomes = [page.take(order(n), ERP, reference(n), S.PENDING, None, JOB).outcome for n in (1, 2)]
        page.note_malformed(CRM, "id-3", unreadable)
        knows = [
            page.knows(order(7, id="id-1"), ERP),
            page.knows(order(3), ERP),
            page.knows(order(1), "granite"),
        ]
    assert knows == [True, False, False]
    assert outcomes == ["new", "new"]
    assert store.cursors.cursor(CRM) == "after-2"
    assert store.cursors.malformed(CRM) == {"id-3": unreadable}
    assert len(store.ledger.postings()) == 2


def take_and_fail(store: Store) -> None:
    """Take one order of a page, and fail before its end."""
    with store.cursors.page(CRM, "two") as page:
        page.take(order(), ERP, reference(), S.PENDING, None, JOB)
        raise ZeroDivisionError


def test_a_page_that_fails_leaves_no_trace(store: Store) -> None:
    """Neither its orders nor its cursor stay, so the page is read again."""
    with store.cursors.page(CRM, "one"):
        pass
    with pytest.raises(ZeroDivisionError):
        take_and_fail(store)
    assert store.cursors.cursor(CRM) == "one"
    assert store.cursors.cursor("other") is None
    assert store.ledger.postings() == ()


def test_an_order_that_became_readable_is_no_longer_listed(store: Store) -> None:
    """The list of unreadable records holds an order only until it is taken."""
    with store.cursors.page(CRM, None) as page:
        page.note_malformed(CRM, "id-1", OrderMalformed(problem="no date").reason)
        page.note_malformed(CRM, "id-1", OrderMalformed(problem="no lines").reason)
    assert [reason.params for reason in store.cursors.malformed(CRM).values()] == [{"problem": "no lines"}]
    take(store)
    assert store.cursors.malformed(CRM) == {}
