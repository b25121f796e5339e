"""Can a job fire twice for one moment, or a run be forgotten?"""

from datetime import timedelta
from decimal import Decimal

import pytest

from bridge.errors import LeaseLost
from bridge.ports import RunRecord
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import JOB, NOVEMBER, WORKER, StandingClock


def queued(store: Store, minutes: int = 0, job: str = JOB) -> RunRecord:
    """A queued run, planned so many minutes later."""
    run = store.runs.enqueue(job, NOVEMBER + timedelta(minutes=minutes), "scheduler")
    assert run is not None
    return run


def test_a_job_fires_once_for_one_moment(store: Store, url: str, clock: StandingClock) -> None:
    """However many schedulers ask, a job is queued once for one planned moment, also after it has run."""
    run = queued(store)
    with open_ledger(url, clock) as second:
        assert second.runs.enqueue(JOB, NOVEMBER, "other scheduler") is None
        assert second.runs.enqueue("reconcile", NOVEMBER, "other scheduler") is not None
    store.runs.start(run, WORKER)
    store.runs.end(run, "done")
    assert store.runs.enqueue(JOB, NOVEMBER, "scheduler") is None
    assert len(store.runs.runs(JOB)) == 1


def test_runs_come_in_the_order_they_were_planned(store: Store) -> None:
    """Of the jobs that are asked for, the run that was planned first is next, whenever it was queued."""
    assert store.runs.next_queued([JOB]) is None
    late, early, other = queued(store, 5), queued(store, 1), queued(store, 0, "reconcile")
    assert store.runs.next_queued([JOB]) == early
    assert store.runs.next_queued([JOB, "reconcile"]) == other
    store.runs.start(early, WORKER)
    assert store.runs.next_queued([JOB]) == late
    assert store.runs.next_queued([]) is None


def test_a_run_is_started_by_one_worker(store: Store, clock: StandingClock) -> None:
    """The second one who starts a run gets nothing; the record says who runs it since when."""
    run = queued(store)
    clock.wait(3)
    started = store.runs.start(run, WORKER)
    assert started is not None
    assert (started.state, started.worker, started.started_at) == ("running", WORKER, clock.at)
    assert store.runs.start(run, "worker-2") is None


def test_a_run_keeps_its_report(store: Store, clock: StandingClock) -> None:
    """The report comes back with its numbers unrounded; a run that does not run cannot end."""
    run = queued(store)
    with pytest.raises(LeaseLost):
        store.runs.end(run, "done")
    store.runs.start(run, WORKER)
    ended = store.runs.end(run, "failed", {"posted": 3, "total": Decimal("10.10"), "why": {"text": "断线"}})
    assert ended.report == {"posted": 3, "total": "10.10", "why": {"text": "断线"}}
    assert (ended.state, ended.ended_at, ended.actor) == ("failed", clock.at, "scheduler")
    assert store.runs.runs() == (ended,)
    with pytest.raises(LeaseLost):
        store.runs.end(run, "done")


def test_a_run_that_was_killed_is_found(store: Store) -> None:
    """At start, running runs of workers that are gone are marked interrupted; those of living ones go on."""
    dead, alive, waiting = queued(store, 1), queued(store, 2), queued(store, 3)
    store.runs.start(dead, "worker-1")
    store.runs.start(alive, "worker-2")
    found = store.runs.interrupt(lambda worker: worker == "worker-2")
    assert [(run.id, run.state, run.ended_at) for run in found] == [(dead.id, "interrupted", NOVEMBER)]
    assert [run.state for run in store.runs.runs()] == ["queued", "running", "interrupted"]
    assert store.runs.next_queued([JOB]) == waiting
    assert store.runs.interrupt(lambda worker: worker == "worker-2") == ()


def test_the_newest_runs_are_listed_first(store: Store) -> None:
    """A list of runs is as long as asked, newest first, of one job where asked."""
    for minutes in range(4):
        queued(store, minutes)
    queued(store, 9, "reconcile")
    listed = [run.planned_at - NOVEMBER for run in store.runs.runs(JOB, most=3)]
    assert listed == [timedelta(minutes=3), timedelta(minutes=2), timedelta(minutes=1)]


def test_whoever_leads_no_more_queues_begins_and_interrupts_nothing(store: Store) -> None:
    """The lease is looked at in the same transaction, so that none fires after another one has taken it; it may end."""
    waits, runs = queued(store), queued(store, 1)
    first = store.seats.take("-", "scheduler", WORKER)
    led = store.runs.under(first)
    assert led.start(runs, WORKER) is not None
    store.seats.leave(first)
    store.seats.take("-", "scheduler", "worker-2")
    with pytest.raises(LeaseLost):
        led.enqueue(JOB, NOVEMBER + timedelta(minutes=2), "scheduler")
    with pytest.raises(LeaseLost):
        led.start(waits, WORKER)
    with pytest.raises(LeaseLost):
        led.interrupt(lambda _worker: False)
    assert led.end(runs, "done").state == "done"
    assert [run.state for run in store.runs.runs()] == ["done", "queued"]
