"""Is the CRM told everything, once, and in the right order?"""

from datetime import timedelta

from bridge.errors import CrmDown
from bridge.model.documents import DocumentStatus
from bridge.model.postings import PostingState
from bridge.ports import KnownDocument, WriteBack
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import (
    CRM,
    ERP,
    JOB,
    NOVEMBER,
    WORKER,
    StandingClock,
    claimed,
    document,
    order,
    posted,
    take,
)

D = DocumentStatus


def seen(status: DocumentStatus, minutes: int = 1, number: str = "D-1") -> KnownDocument:
    """The document as it was seen so many minutes later."""
    return KnownDocument(ERP, number, status, None, NOVEMBER + timedelta(minutes=minutes))


def told_in_order(store: Store) -> list[tuple[int, str, str | None]]:
    """What the CRM is told, one by one, until nothing waits."""
    messages = []
    while waiting := store.outbox.waiting(CRM):
        store.outbox.told(waiting[0])
        messages.append((waiting[0].sequence, waiting[0].status, waiting[0].document))
    return messages


def test_a_posted_order_is_told_with_its_document(store: Store) -> None:
    """Posting an order and the message about it are one transaction; told once, it waits no more."""
    posting = posted(store)
    expected = WriteBack(posting.id, "id-1", "SO1", 1, ERP, "D-1", "entered", "")
    assert store.outbox.waiting(CRM) == (expected,)
    assert store.outbox.waiting("other") == ()
    store.outbox.told(expected)
    assert store.outbox.waiting(CRM) == ()


def test_a_message_never_overtakes_the_one_before_it(store: Store) -> None:
    """Of one order only the first message waits; other orders do not wait for it."""
    posted(store)
    store.documents.note([seen(D.SHIPPED), seen(D.PAID, 2)])
    posted(store, take(store, order(2)), "D-2")
    first, other = store.outbox.waiting(CRM)
    assert (first.order_id, first.sequence, other.order_id, other.sequence) == ("id-1", 1, "id-2", 1)
    store.outbox.told(other)
    assert told_in_order(store) == [(1, "entered", "D-1"), (2, "shipped", "D-1"), (3, "paid", "D-1")]


def test_a_message_that_was_put_off_stays_first(store: Store) -> None:
    """Where the CRM does not answer, nothing is lost and nothing overtakes."""
    posted(store)
    store.documents.note([seen(D.SHIPPED)])
    (message,) = store.outbox.waiting(CRM)
    store.outbox.put_off(message, CrmDown(crm=CRM, address="https://crm", why="refused").reason)
    assert store.outbox.waiting(CRM) == (message,)


def test_the_sequence_grows_over_all_erps_of_an_order(store: Store) -> None:
    """An order entered into two ERPs numbers its messages through, so that a late one is known as such."""
    posted(store)
    other = store.ledger.take(order(), "granite", "SUI-1", PostingState.PENDING, None, JOB).posting
    store.ledger.end_posted(claimed(store, other), document("G-1"), WORKER)
    assert told_in_order(store) == [(1, "entered", "D-1"), (2, "entered", "G-1")]


def test_a_change_of_status_is_told_and_no_change_is_not(store: Store, clock: StandingClock) -> None:
    """Only documents whose status changed are returned and told, whichever way it changed."""
    posting = posted(store)
    seen_first = [seen(D.OPEN, 1), seen(D.CONFIRMED, 2, "D-77")]
    assert store.documents.note(seen_first) == (seen_first[1],)
    assert store.documents.note([seen(D.SHIPPED, 3)]) == (seen(D.SHIPPED, 3),)
    assert store.documents.note([seen(D.SHIPPED, 4)]) == ()
    assert store.documents.note([seen(D.CONFIRMED, 5)]) == (seen(D.CONFIRMED, 5),)
    assert [status for _, status, _ in told_in_order(store)] == ["entered", "shipped", "confirmed"]
    known = store.documents.documents(ERP)
    expected = [("D-1", D.CONFIRMED, posting.id), ("D-77", D.CONFIRMED, None)]
    assert [(item.number, item.status, item.posting_id) for item in known] == expected
    assert known[0].seen_at == clock.at + timedelta(minutes=5)


def test_an_old_reading_changes_nothing(store: Store) -> None:
    """A status read before one that is known already is no news."""
    posted(store)
    store.documents.note([seen(D.SHIPPED, 9)])
    assert store.documents.note([seen(D.OPEN, 3)]) == ()
    assert store.documents.documents(ERP)[0].status is D.SHIPPED


def test_a_document_posted_late_tells_how_far_it_is(store: Store) -> None:
    """An order found in the ERP already shipped is told as entered and then as shipped."""
    store.ledger.end_posted(claimed(store), document(status=D.SHIPPED), WORKER)
    assert [status for _, status, _ in told_in_order(store)] == ["entered", "shipped"]


def test_a_document_whose_screen_shows_no_status_keeps_the_known_one(store: Store) -> None:
    """The document screen of some ERPs shows no status: what the list said stays."""
    store.documents.note([seen(D.CONFIRMED, -1)])
    posted(store)
    assert store.documents.documents(ERP)[0].status is D.CONFIRMED


def test_the_crm_hears_nothing_of_a_document_before_it_is_posted(store: Store) -> None:
    """A document that was numbered and not verified is nobody's news yet."""
    claim = claimed(store)
    store.ledger.note_phase(claim, store.ledger.posting(claim.posting.id).phase, "D-1")
    store.documents.note([seen(D.CONFIRMED)])
    assert store.outbox.waiting(CRM) == ()
