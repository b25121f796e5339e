"""Can two sign on as one ERP user at the same time, or more than there are licences?"""

from datetime import timedelta

import pytest

from bridge.errors import LeaseLost, LicencesUsed, SeatTaken
from bridge.ports import SeatHealth
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import ERP, NOVEMBER, StandingClock


def test_one_user_has_one_seat(store: Store) -> None:
    """While a seat is held, nobody else gets it, and is told who holds it; other users and ERPs are free."""
    store.seats.take(ERP, "rpa1", "host-1/17")
    with pytest.raises(SeatTaken, match="host-1/17"):
        store.seats.take(ERP, "rpa1", "host-2/4")
    store.seats.take(ERP, "rpa2", "host-2/4")
    store.seats.take("granite", "rpa1", "host-2/4")


def test_never_more_seats_than_licences(store: Store, clock: StandingClock) -> None:
    """Whoever asks for one more is told who has them; a lapsed or left seat counts no more, nor do other ERPs."""
    for user in ("rpa1", "rpa2"):
        left = store.seats.take(ERP, user, "host-1", licences=2)
    store.seats.take("granite", "rpa1", "host-1", licences=1)
    with pytest.raises(LicencesUsed, match="host-1"):
        store.seats.take(ERP, "rpa3", "host-2", licences=2)
    store.seats.leave(left)
    store.seats.take(ERP, "rpa3", "host-2", licences=2)
    clock.wait(31)
    store.seats.take(ERP, "rpa4", "host-3", licences=1)


def test_a_seat_is_free_once_it_was_left(store: Store) -> None:
    """Leaving a seat frees it at once."""
    store.seats.leave(store.seats.take(ERP, "rpa1", "host-1"))
    store.seats.take(ERP, "rpa1", "host-2")


def test_a_seat_of_the_dead_is_free_after_its_lease(store: Store, clock: StandingClock) -> None:
    """A holder that never left and beats no more loses the seat when the lease is over, not before."""
    store.seats.take(ERP, "rpa1", "host-1")
    clock.wait(29)
    with pytest.raises(SeatTaken):
        store.seats.take(ERP, "rpa1", "host-2")
    clock.wait(1)
    store.seats.take(ERP, "rpa1", "host-2")


def test_a_beat_renews_the_lease_and_says_how_the_seat_is(store: Store, clock: StandingClock) -> None:
    """Long work does not lose the seat, and whoever asks for the state of all sees it."""
    lease = store.seats.take(ERP, "rpa1", "host-1")
    clock.wait(20)
    store.seats.beat(lease, SeatHealth(NOVEMBER, 12, 430))
    clock.wait(20)
    (seat,) = store.seats.seats()
    assert (seat.user, seat.holder, seat.health) == ("rpa1", "host-1", SeatHealth(NOVEMBER, 12, 430))
    assert seat.until == clock.at + timedelta(seconds=10)


def test_whoever_lost_its_seat_is_told_so_and_does_not_free_the_next_one(store: Store, clock: StandingClock) -> None:
    """A beat after the lease was given to another holder fails, and leaving leaves that one its seat."""
    lost = store.seats.take(ERP, "rpa1", "host-1")
    clock.wait(31)
    store.seats.take(ERP, "rpa1", "host-2")
    with pytest.raises(LeaseLost):
        store.seats.beat(lost)
    store.seats.leave(lost)
    with pytest.raises(SeatTaken, match="host-2"):
        store.seats.take(ERP, "rpa1", "host-3")
