"""Does everybody see who carries orders now?"""

from datetime import timedelta

from bridge.store.ledgers import Store
from bridge.store.seat_leases import LEASE
from tests.unit.store.ledger_samples import ERP, NOVEMBER, StandingClock

BEAT = LEASE.total_seconds() - 1


def workers(store: Store) -> list[str]:
    """Who is alive."""
    return [host.worker for host in store.hosts.hosts()]


def test_a_host_that_beats_is_seen_with_all_that_it_says(store: Store) -> None:
    """Its ERPs, its version, since when, and until when it counts as alive."""
    store.hosts.beat("host-1/17", [ERP, "granite"], "0.1.0")
    (host,) = store.hosts.hosts()
    assert (host.worker, host.erps, host.version) == ("host-1/17", (ERP, "granite"), "0.1.0")
    assert (host.started_at, host.until) == (NOVEMBER, NOVEMBER + LEASE)


def test_a_beat_renews_and_does_not_begin_anew(store: Store, clock: StandingClock) -> None:
    """Who has run for long is still the oldest, with what it said last."""
    store.hosts.beat("old", [ERP], "1")
    clock.wait(1)
    store.hosts.beat("new", [ERP], "1")
    clock.wait(BEAT)
    store.hosts.beat("old", ["granite"], "2")
    assert workers(store) == ["old", "new"]
    old = store.hosts.hosts()[0]
    assert (old.erps, old.version, old.started_at) == (("granite",), "2", NOVEMBER)
    assert old.until == clock.at + LEASE


def test_a_host_that_falls_silent_is_gone_after_its_lease(store: Store, clock: StandingClock) -> None:
    """Not a second earlier, and it is there again once it beats."""
    store.hosts.beat("host-1", [ERP], "1")
    clock.wait(BEAT)
    assert workers(store) == ["host-1"]
    clock.wait(1)
    assert workers(store) == []
    store.hosts.beat("host-1", [ERP], "1")
    assert workers(store) == ["host-1"]


def test_a_host_that_leaves_takes_the_rows_of_the_dead_with_it(store: Store, clock: StandingClock) -> None:
    """The living stay, and a dead one that comes back begins anew."""
    store.hosts.beat("dead", [ERP], "1")
    clock.wait(BEAT + 1)
    store.hosts.beat("going", [ERP], "1")
    store.hosts.beat("staying", [ERP], "1")
    store.hosts.leave("going")
    assert workers(store) == ["staying"]
    store.hosts.beat("dead", [ERP], "1")
    began = {host.worker: host.started_at for host in store.hosts.hosts()}["dead"]
    assert began == NOVEMBER + timedelta(seconds=BEAT + 1)
