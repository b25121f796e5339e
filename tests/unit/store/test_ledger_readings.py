"""Does the ledger answer what workers, operators and reports ask?"""

from datetime import timedelta

import pytest

from bridge.errors import PostingAmbiguous, PostingUnknown
from bridge.model.postings import PostingState
from bridge.ports import Backlog
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import ERP, HELD, JOB, MINUTE, NOVEMBER, StandingClock, order, posted, take

S = PostingState


def test_a_posting_is_found_by_whatever_people_call_it(store: Store) -> None:
    """Reference, order number and document all lead to the posting."""
    posting = posted(store)
    assert store.ledger.find("SUI-1") == store.ledger.find("SO1") == store.ledger.find("D-1") == posting
    with pytest.raises(PostingUnknown):
        store.ledger.find("SO1", "granite")


def test_a_name_that_means_several_postings_is_not_guessed(store: Store) -> None:
    """An order that goes into two ERPs must be named with its ERP."""
    take(store)
    granite = store.ledger.take(order(), "granite", "SUI-1", S.PENDING, None, JOB).posting
    with pytest.raises(PostingAmbiguous, match=r"SUI-1 \(harbour\), SUI-1 \(granite\)"):
        store.ledger.find("SO1")
    assert store.ledger.find("SO1", "granite") == granite


def test_postings_are_listed_by_erp_state_and_time(store: Store, clock: StandingClock) -> None:
    """Each condition narrows the list; without one it holds everything, oldest first."""
    pending, held = take(store), take(store, order(2), S.HELD, HELD)
    clock.wait(60)
    granite = store.ledger.take(order(), "granite", "SUI-1", S.PENDING, None, JOB).posting
    ledger = store.ledger
    assert ledger.postings() == (pending, held, granite)
    assert ledger.postings(erp=ERP) == (pending, held)
    assert ledger.postings(states=[S.PENDING]) == (pending, granite)
    assert ledger.postings(states=[S.PENDING, S.HELD], erp=ERP) == (pending, held)
    assert ledger.postings(since=clock.at) == (granite,)


def test_what_was_entered_for_orders_of_some_days_is_known_by_its_numbers(store: Store) -> None:
    """Of that ERP, the first and the last day included; what waits has no document."""
    day = order().ordered_on
    for number, off in enumerate((-1, 0, 1, 2), 1):
        posted(store, take(store, order(number, ordered_on=day + timedelta(days=off))), f"D-{number}")
    take(store, order(5))
    assert store.ledger.entered(ERP, day, day + timedelta(days=1)) == {"D-2", "D-3"}
    assert store.ledger.entered("granite", day, day) == set()


def test_of_more_postings_than_wanted_the_newest_are_listed(store: Store) -> None:
    """Whichever ERP they are of, and oldest first all the same."""
    first, second = take(store), take(store, order(2))
    granite = store.ledger.take(order(), "granite", "SUI-1", S.PENDING, None, JOB).posting
    third = take(store, order(3))
    ledger = store.ledger
    assert ledger.postings(most=2) == (granite, third)
    assert ledger.postings(states=[S.PENDING], most=2) == (granite, third)
    assert ledger.postings(states=[S.PENDING], most=9) == (first, second, granite, third)
    assert ledger.postings(erp=ERP, states=[S.PENDING], most=2) == (second, third)
    assert ledger.postings(states=[S.HELD], most=2) == ()


def test_what_waits_is_known_by_its_oldest_and_by_how_many_are_late(store: Store, clock: StandingClock) -> None:
    """Over all ERPs; what has ended or is at work waits no more, however late it is."""
    assert store.ledger.backlog(clock.at) == Backlog(None, 0)
    early, late = clock.at - MINUTE, clock.at + MINUTE
    posted(store, take(store, order(1, deadline=early)))
    take(store, order(2, deadline=early), S.HELD, HELD)
    take(store, order(3, deadline=late))
    take(store, order(4))
    store.ledger.take(order(deadline=early), "granite", "SUI-9", S.PENDING, None, JOB)
    assert store.ledger.backlog(clock.at) == Backlog("SUI-3", 1)
    assert store.ledger.backlog(late + MINUTE) == Backlog("SUI-3", 2)


def test_the_control_reference_is_the_one_verified_last(store: Store, clock: StandingClock) -> None:
    """A search that must find something looks for what was verified last in that ERP, and is still posted."""
    assert store.ledger.control_reference(ERP) is None
    for number in (2, 1, 3):
        clock.wait(1)
        last = posted(store, take(store, order(number)), f"D-{number}")
    assert store.ledger.control_reference(ERP) == "SUI-3"
    store.ledger.move(last, S.HELD, "Li", HELD)
    assert store.ledger.control_reference(ERP) == "SUI-1"
    assert store.ledger.control_reference("granite") is None


def test_a_reference_leads_to_its_owner(store: Store) -> None:
    """The owner of a reference is known per ERP; a reference nobody has is nobody's."""
    posting = take(store)
    assert store.ledger.reference_owner(ERP, "SUI-1") == posting
    assert store.ledger.reference_owner("granite", "SUI-1") is None
    assert store.ledger.reference_owner(ERP, "SUI-2") is None


def test_a_customer_counts_as_known_only_after_a_posting_since_the_moment(store: Store, clock: StandingClock) -> None:
    """A pending order does not make its customer known, a posted one does, from its moment on, in its ERP."""
    take(store)
    assert not store.ledger.customer_was_posted(ERP, "C-7", NOVEMBER)
    posted(store, store.ledger.find("SO1"))
    assert store.ledger.customer_was_posted(ERP, "C-7", clock.at)
    assert not store.ledger.customer_was_posted(ERP, "C-7", clock.at + timedelta(seconds=1))
    assert not store.ledger.customer_was_posted(ERP, "C-8", NOVEMBER)
    assert not store.ledger.customer_was_posted("granite", "C-7", NOVEMBER)


def test_the_orders_of_many_postings_are_read_at_once(store: Store) -> None:
    """Also of more postings than one query of an old SQLite takes."""
    listed = [take(store, order(number)) for number in (1, 2, 3)]
    orders = store.ledger.orders_of(listed * 400)
    assert {number: taken.number for number, taken in orders.items()} == {p.id: p.order_number for p in listed}
