"""Can two sign on as one ERP user at the same time?"""

import time
from datetime import timedelta
from threading import Event

import pytest

from bridge.errors import SeatTaken
from bridge.store.ledgers import Store
from bridge.store.seat_leases import SqlSeatLeases
from bridge.store.tables import seat_leases
from tests.unit.store.ledger_samples import ERP, StandingClock


def until_of(store: Store) -> object:
    """Until when the only seat is leased."""
    with store.database.reading() as connection:
        return connection.execute(seat_leases.select()).one().until


def test_one_user_has_one_seat(store: Store) -> None:
    """While a seat is held, nobody else gets it, and is told who holds it; other users and ERPs are free."""
    with store.seats.seat(ERP, "rpa1", "host-1/17"):
        with pytest.raises(SeatTaken, match="host-1/17"), store.seats.seat(ERP, "rpa1", "host-2/4"):
            pass
        with store.seats.seat(ERP, "rpa2", "host-2/4"), store.seats.seat("granite", "rpa1", "host-2/4"):
            pass


def test_a_seat_is_free_once_it_was_left(store: Store) -> None:
    """Leaving a seat, also by an error, frees it at once."""
    with pytest.raises(ZeroDivisionError), store.seats.seat(ERP, "rpa1", "host-1"):
        raise ZeroDivisionError
    with store.seats.seat(ERP, "rpa1", "host-2"):
        pass


def test_a_seat_of_the_dead_is_free_after_its_lease(store: Store, clock: StandingClock) -> None:
    """A holder that never left and beats no more loses the seat when the lease is over, not before."""
    store.seats._take(ERP, "rpa1", "host-1")
    clock.wait(29)
    with pytest.raises(SeatTaken), store.seats.seat(ERP, "rpa1", "host-2"):
        pass
    clock.wait(1)
    with store.seats.seat(ERP, "rpa1", "host-2"):
        pass


def test_a_held_seat_beats(store: Store, clock: StandingClock) -> None:
    """The lease of a living holder is renewed while it is held, so that long work does not lose the seat."""
    seats = SqlSeatLeases(store.database, clock, timedelta(seconds=0.1))
    with seats.seat(ERP, "rpa1", "host-1"):
        before = until_of(store)
        clock.wait(3600)
        deadline = time.monotonic() + 10
        while until_of(store) == before and time.monotonic() < deadline:
            Event().wait(0.01)
        assert until_of(store) == clock.at + timedelta(seconds=0.1)


def test_a_holder_that_lost_its_seat_does_not_free_the_next_one(store: Store, clock: StandingClock) -> None:
    """Leaving a seat that meanwhile belongs to another holder leaves that one its seat."""
    with store.seats.seat(ERP, "rpa1", "host-1"):
        clock.wait(31)
        store.seats._take(ERP, "rpa1", "host-2")
    with pytest.raises(SeatTaken, match="host-2"), store.seats.seat(ERP, "rpa1", "host-3"):
        pass
