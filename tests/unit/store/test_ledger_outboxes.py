"""Is the CRM told everything, once, and in the right order?"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from bridge.errors import CrmDown, CrmRefused
from bridge.model.documents import DocumentStatus
from bridge.model.postings import PostingState
from bridge.ports import KnownDocument, WriteBack
from bridge.store.ledgers import Store
from bridge.store.outboxes import SqlOutbox
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
    take,
)

D = DocumentStatus
DOWN = CrmDown(crm=CRM, address="https://crm", why="no answer").reason
REFUSED = CrmRefused(crm=CRM, status=409, text="locked").reason


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
    store.outbox.put_off(message, DOWN)
    assert store.outbox.waiting(CRM) == (replace(message, unsure=True),)


# --- who tells ------------------------------------------------------------------------------------------------------


def claim(store: Store, worker: str = WORKER) -> WriteBack | None:
    """The message that worker tells next."""
    return store.outbox.claim(CRM, worker, MINUTE)


def sure(message: WriteBack | None) -> WriteBack:
    """The message there must be."""
    assert message is not None
    return message


def two_orders(store: Store) -> None:
    """Two orders that were entered and shipped: two messages each."""
    for number in (1, 2):
        posted(store, take(store, order(number)), f"D-{number}")
    store.documents.note([seen(D.SHIPPED, number=f"D-{number}") for number in (1, 2)])


def test_of_one_order_one_message_is_under_way_at_a_time(store: Store) -> None:
    """Whoever asks meanwhile is given other orders, and then nothing, until the first message is told."""
    two_orders(store)
    first, second = sure(claim(store)), sure(claim(store, "other-host"))
    assert [(each.order_id, each.sequence) for each in (first, second)] == [("id-1", 1), ("id-2", 1)]
    assert claim(store) is None
    store.outbox.told(second)
    after = sure(claim(store, "third"))
    assert (after.order_id, after.sequence, claim(store)) == ("id-2", 2, None)


def test_a_claim_that_lapsed_is_given_on_and_is_not_sure(store: Store) -> None:
    """A host that fell silent while it told may have told: whoever comes next looks first."""
    posted(store)
    before = sure(store.outbox.claim(CRM, WORKER, timedelta()))
    after = sure(claim(store, "other-host"))
    assert (before.unsure, after.unsure, after.sequence) == (False, True, 1)
    assert claim(store, "third-host") is None


def test_whoever_slept_through_the_lease_says_nothing_of_it_any_more(store: Store) -> None:
    """A refusal that is read late does not free, or make sure of, what another host is telling meanwhile."""
    posted(store)
    slept = sure(store.outbox.claim(CRM, WORKER, timedelta()))
    assert sure(claim(store, "other-host")).unsure
    store.outbox.put_off(slept, REFUSED)
    assert claim(store, "third-host") is None
    assert store.outbox.waiting(CRM)[0].unsure


def test_what_a_dead_process_claimed_is_free_at_once(store: Store, clock: StandingClock) -> None:
    """A process of this host that was killed is not waited for."""
    posted(store)
    assert claim(store, "dead") is not None
    outbox = SqlOutbox(store.database, clock, lambda worker: worker != "dead")
    assert sure(outbox.claim(CRM, WORKER, MINUTE)).unsure
    assert outbox.claim(CRM, "other", MINUTE) is None


def test_two_that_drain_at_once_tell_each_message_once_and_in_order(store: Store) -> None:
    """Threads with connections of their own, as hosts have them."""
    for number in range(1, 9):
        posted(store, take(store, order(number)), f"D-{number}")
    for status, minutes in ((D.CONFIRMED, 1), (D.SHIPPED, 2), (D.PAID, 3)):
        store.documents.note([seen(status, minutes, f"D-{number}") for number in range(1, 9)])
    told: list[WriteBack] = []

    def drain(worker: str) -> None:
        while (message := claim(store, worker)) or store.outbox.waiting(CRM):
            if message:
                told.append(message)
                store.outbox.told(message)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drain, ["one", "two", "three", "four"]))
    by_order = {f"id-{n}": [each.status for each in told if each.order_id == f"id-{n}"] for n in range(1, 9)}
    assert by_order == {f"id-{n}": ["entered", "confirmed", "shipped", "paid"] for n in range(1, 9)}


# --- a CRM that is down, or refuses ---------------------------------------------------------------------------------


def test_a_crm_that_goes_on_failing_rests_ever_longer(store: Store, clock: StandingClock) -> None:
    """One failure is no outage; from the second on nothing is told for a minute, and at last for five."""
    two_orders(store)
    rests = []
    for _ in range(7):
        store.outbox.put_off(sure(claim(store)), DOWN)
        rest = store.outbox.resting(CRM)
        rests.append((rest.until - clock.at).total_seconds() if rest else 0)
        if rest:
            assert claim(store) is None
            clock.at = rest.until
    assert rests == [0, 60, 120, 240, 300, 300, 300]


def test_a_crm_that_answers_again_is_told_everything_at_once(store: Store, clock: StandingClock) -> None:
    """The rest is forgotten with the first message that arrives, also that of the messages that failed."""
    two_orders(store)
    for _ in range(4):
        store.outbox.put_off(sure(claim(store)), DOWN)
        rest = store.outbox.resting(CRM)
        clock.at = rest.until if rest else clock.at
    statuses = []
    while message := claim(store):
        store.outbox.told(message)
        statuses.append((message.order_id, message.status))
    assert len(statuses) == 4
    assert store.outbox.resting(CRM) is None
    store.documents.note([seen(D.PAID, 9)])
    store.outbox.put_off(sure(claim(store)), DOWN)
    assert store.outbox.resting(CRM) is None


def test_a_message_the_crm_chokes_on_does_not_keep_the_others(store: Store) -> None:
    """What failed comes after what was not tried yet."""
    two_orders(store)
    choked = sure(claim(store))
    store.outbox.put_off(choked, DOWN)
    others = [sure(claim(store)).order_id]
    assert (choked.order_id, others) == ("id-1", ["id-2"])
    assert sure(claim(store)).order_id == "id-1"


def test_a_message_that_was_refused_waits_ever_longer(store: Store, clock: StandingClock) -> None:
    """An order that the CRM has locked is asked for again after a minute, and at last each quarter of an hour."""
    posted(store)
    waits, message = [], sure(claim(store))
    for _ in range(6):
        store.outbox.put_off(message, REFUSED)
        began = clock.at
        while (found := claim(store)) is None:
            clock.at += MINUTE
        waits.append((clock.at - began) // MINUTE)
        message = found
    assert waits == [1, 2, 4, 8, 15, 15]


def test_a_message_that_was_refused_keeps_nobody_else(store: Store) -> None:
    """The other orders are told, and the CRM does not rest; that it was refused is sure."""
    two_orders(store)
    store.outbox.put_off(sure(claim(store)), REFUSED)
    assert (sure(claim(store)).order_id, store.outbox.resting(CRM)) == ("id-2", None)
    assert not store.outbox.waiting(CRM)[0].unsure


def test_a_crm_that_refuses_us_rests_whatever_the_order(store: Store) -> None:
    """A key that expired is no fault of an order, and asking for each order would be a storm."""
    two_orders(store)
    for _ in range(2):
        store.outbox.put_off(sure(claim(store)), CrmRefused(crm=CRM, status=401, text="key expired").reason)
    rest = store.outbox.resting(CRM)
    assert rest is not None
    assert (rest.failures, claim(store)) == (2, None)
    assert [message.unsure for message in store.outbox.waiting(CRM)] == [False, False]


def test_a_refusal_does_not_make_sure_of_what_was_told_before_it(store: Store, clock: StandingClock) -> None:
    """The first telling may still be under way when the second one is refused."""
    posted(store)
    store.outbox.put_off(sure(claim(store)), DOWN)
    store.outbox.put_off(sure(claim(store)), REFUSED)
    clock.at += MINUTE * 5
    assert sure(claim(store)).unsure


# --- what is news ---------------------------------------------------------------------------------------------------


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
