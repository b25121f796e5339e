"""Is every change of a document kept and told once, however many come at a time?"""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.model.documents import DocumentStatus
from bridge.model.postings import Phase, PostingState
from bridge.ports import KnownDocument, UnfinishedDocument
from bridge.store.document_states import BATCH
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import CRM, ERP, MINUTE, NOVEMBER, WORKER, order, posted, sent, take

D = DocumentStatus
FINAL = {D.PAID, D.CANCELLED}
DAY = date(2026, 11, 20)


def seen(number: str, status: DocumentStatus, minutes: int = 1, listed: str = "") -> KnownDocument:
    """The document as it was seen so many minutes later."""
    return KnownDocument(ERP, number, status, None, NOVEMBER + timedelta(minutes=minutes), listed)


def told(store: Store) -> list[tuple[str, int, str]]:
    """Every message, in the order in which it is told."""
    found = []
    while message := store.outbox.claim(CRM, WORKER, MINUTE):
        store.outbox.told(message)
        found.append((message.order_id, message.sequence, message.status))
    return found


def test_more_than_a_batch_is_kept_whole(store: Store) -> None:
    """Those of ours among them are told, whichever batch they stand in."""
    for number in (1, 2):
        posted(store, take(store, order(number)), f"D-{number}")
    others = [seen(f"X-{number}", D.CONFIRMED) for number in range(2 * BATCH)]
    whole = [seen("D-1", D.SHIPPED), *others, seen("D-2", D.PAID)]
    assert store.documents.note(whole) == tuple(whole)
    assert store.documents.note([seen(each.number, each.status, 2) for each in whole]) == ()
    assert len(store.documents.documents(ERP)) == 2 * BATCH + 2
    assert sorted(told(store)) == [
        ("id-1", 1, "entered"),
        ("id-1", 2, "shipped"),
        ("id-2", 1, "entered"),
        ("id-2", 2, "paid"),
    ]


def test_two_erps_in_one_batch_are_not_mixed_up(store: Store) -> None:
    """The same number may stand in both."""
    posted(store)
    other = KnownDocument("granite", "D-1", D.PAID, None, NOVEMBER + MINUTE)
    assert len(store.documents.note([other, seen("D-1", D.SHIPPED)])) == 2
    assert [known.status for erp in (ERP, "granite") for known in store.documents.documents(erp)] == [D.SHIPPED, D.PAID]
    assert told(store) == [("id-1", 1, "entered"), ("id-1", 2, "shipped")]


READINGS = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(D), st.integers(0, 9)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(READINGS, st.integers(0, 12))
def test_a_batch_does_what_one_after_the_other_would_do(
    store: Store, readings: list[tuple[str, DocumentStatus, int]], cut: int
) -> None:
    """The same document several times, older readings after newer ones, known before or not."""
    erps = {"together": [cut], "alone": range(1, len(readings))}
    kept = []
    for erp, cuts in erps.items():
        with store.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM document_states")
        whole = [
            KnownDocument(erp, n, status, None, NOVEMBER + timedelta(minutes=m), str(m)) for n, status, m in readings
        ]
        edges = [0, *cuts, len(whole)]
        parts = [whole[start:end] for start, end in pairwise(edges)]
        changed = [(each.number, each.status, each.seen_at) for part in parts for each in store.documents.note(part)]
        found = [(each.number, each.status, each.seen_at, each.listed) for each in store.documents.documents(erp)]
        kept.append((changed, found))
    assert kept[0] == kept[1]


def test_what_is_known_is_found_by_number(store: Store) -> None:
    """As it was listed, and nothing of other ERPs or of numbers nobody saw."""
    first = seen("D-1", D.OPEN, listed="C-7|49.75")
    store.documents.note([first, KnownDocument("granite", "D-1", D.PAID, None, NOVEMBER)])
    assert store.documents.known(ERP, ["D-1", "D-2", *map(str, range(BATCH))]) == {"D-1": first}
    assert store.documents.known(ERP, []) == {}


def test_documents_that_may_change_are_found_oldest_first(store: Store) -> None:
    """Of ours; what is final, what nobody posted and what only others typed is not among them."""
    days = {1: DAY, 2: DAY - timedelta(days=9), 3: DAY - timedelta(days=20), 4: DAY}
    ids = {}
    for number, day in days.items():
        ids[number] = posted(store, take(store, order(number, ordered_on=day)), f"D-{number}").id
    store.documents.note([seen("D-3", D.CANCELLED), seen("D-1", D.SHIPPED), seen("X-1", D.OPEN)])
    take(store, order(9))
    assert store.documents.unfinished(ERP, FINAL) == [
        UnfinishedDocument("D-2", ids[2], days[2]),
        UnfinishedDocument("D-1", ids[1], days[1]),
        UnfinishedDocument("D-4", ids[4], days[4]),
    ]
    assert [each.number for each in store.documents.unfinished(ERP, {*FINAL, D.SHIPPED})] == ["D-2", "D-4"]
    assert store.documents.unfinished("granite", FINAL) == []


def test_a_held_document_may_change_whether_it_was_seen_or_not(store: Store) -> None:
    """It was stored and never posted."""
    claim = sent(store)
    store.ledger.note_phase(claim, Phase.NUMBERED, "D-1")
    held = store.ledger.end(claim, PostingState.HELD, WORKER)
    expected = [UnfinishedDocument("D-1", held.id, DAY)]
    assert store.documents.unfinished(ERP, FINAL) == expected
    store.documents.note([seen("D-1", D.CONFIRMED)])
    assert store.documents.unfinished(ERP, FINAL) == expected
    store.documents.note([seen("D-1", D.CANCELLED, 2)])
    assert store.documents.unfinished(ERP, FINAL) == []
