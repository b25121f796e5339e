"""Does the schedule outlive its ledger's outages, and fire in one process only, whoever is cut off?"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pytest

from bridge.app import App
from bridge.errors import LedgerDown
from bridge.scheduler import Serving, require_functions
from bridge.scheduler.firings import Firings
from bridge.scheduler.lanes import Lane
from bridge.scheduler.leaderships import Term
from bridge.store.ledgers import Store
from tests.sandbox.harbour_clerks import eventually
from tests.unit.schedule_troubles import Line, fill
from tests.unit.schedule_worlds import World, fire, of, quiet_world, table

LEASE = 9 * 3600.0  # its heart sleeps through every test
PLACE = ("-", "scheduler")


class WoundClock:
    """The time of day is real; the clock that leases are watched by is wound by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        """The real one."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """What it was wound to."""
        return self.seconds

    def wait(self, seconds: float) -> None:
        """Really wait."""
        threading.Event().wait(seconds)


@dataclass
class Leader:
    """One that serves over a line that can be cut."""

    world: World
    serving: Serving
    line: Line
    clock: WoundClock

    def falls_silent(self) -> None:
        """The line is cut, and two thirds of the lease pass."""
        self.line.out()
        self.clock.seconds += LEASE * 0.67
        self.serving.leadership.heart.watch()

    def leads_after(self, led: object) -> bool:
        """Whether it leads another term than that one."""
        return self.serving.firings is not led and self.world.holder() == self.serving.app.worker


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two jobs in one lane, one in another; all have run a while ago."""
    with quiet_world(tmp_path) as world:
        world.configure(lease_seconds=LEASE)
        yield world


@pytest.fixture
def leader(world: World) -> Iterator[Leader]:
    """It leads."""
    clock = WoundClock()
    app = world.app(clock)
    line = Line(app)
    with world.serving(app) as serving:
        yield Leader(world, serving, line, clock)
        line.back()


# --- one that leads -------------------------------------------------------------------------------------------------


def test_whoever_cannot_renew_leads_no_more_and_leads_again_once_it_can(leader: Leader) -> None:
    """The run at hand is told to stop with a third of the lease left, and taken up after the outage; jobs fire."""
    led = leader.serving.firings
    fire(leader.serving, "slow")
    leader.world.until("slow begins")
    leader.falls_silent()
    leader.world.until("slow begins", "slow ends")
    eventually(lambda: leader.line.refused >= 2, 60)
    leader.world.go()
    leader.line.back()
    eventually(lambda: leader.leads_after(led), 60)
    leader.world.until_states("done", "interrupted", "done", job="slow")
    fire(leader.serving, "quick")
    leader.world.until_states("done", "done", job="quick")
    assert not leader.serving.stopping.is_set()


def test_a_short_outage_ends_no_term(leader: Leader) -> None:
    """What fires meanwhile is queued afterwards, by the one that led all the time."""
    led = leader.serving.firings
    leader.line.out()
    leader.clock.seconds += LEASE * 0.6
    leader.serving.leadership.heart.watch()
    fire(leader.serving, "quick")
    eventually(lambda: leader.line.refused >= 2, 60)
    leader.line.back()
    leader.world.until("quick")
    assert leader.serving.firings is led


def test_where_another_one_leads_after_an_outage_it_is_waited_for(leader: Leader) -> None:
    """Its living successor is no error, and fires alone until it leaves."""
    led = leader.serving.firings
    leader.falls_silent()
    eventually(lambda: leader.line.refused >= 2, 60)
    successor = leader.world.successor()
    leader.line.back()
    eventually(lambda: leader.line.answered >= 4, 60)
    fire(leader.serving, "quick")
    assert leader.serving.firings is led
    assert leader.world.states("quick") == ["done"]
    leader.world.opened[0].store.seats.leave(successor)
    eventually(lambda: leader.leads_after(led), 60)


def test_a_firing_of_one_that_leads_no_more_is_refused_by_the_ledger(world: World) -> None:
    """Even one that stood still at the worst moment, and knows of nothing, queues, begins and interrupts nothing."""
    app = world.app()
    lease = app.store.seats.take(*PLACE, app.worker)
    runs = app.store.runs.under(lease)
    old = Firings(app, require_functions(app), runs)
    new = Firings(app, old.plans, app.store.runs.under(world.successor()))
    for firings in (old, new):
        firings.fire("quick")
        firings.queue_fired()
        assert world.states("quick") == ["done", "queued"] if firings is new else ["done"]
    assert not old.resumed()
    assert Lane("one", app, old.plans, Term(lease), threading.Lock())._begin() is None
    assert world.states("quick") == ["done", "queued"]


def test_a_run_that_does_not_end_with_its_term_keeps_its_lane_waiting_and_no_other(world: World) -> None:
    """Deaf to being told to stop, it overlaps with no run of its lane in the next term."""
    deaf = of(world, stubborn=table("stubborn"), other=table("other", lane="two"))
    clock = WoundClock()
    app = deaf.app(clock)
    line = Line(app)
    with deaf.serving(app) as serving:
        leader = Leader(deaf, serving, line, clock)
        fire(serving, "other")
        eventually(lambda: sorted(deaf.notes()) == ["other begins", "stubborn begins"], 60)
        led = serving.firings
        leader.falls_silent()
        eventually(lambda: "other ends" in deaf.notes(), 60)
        line.back()
        eventually(lambda: deaf.notes().count("other begins") == 2, 60)
        assert serving.firings is not led
        assert deaf.notes().count("stubborn begins") == 1
        deaf.go()
        deaf.until_states("interrupted", "done", job="stubborn")
    assert [note for note in deaf.notes() if "stubborn" in note] == ["stubborn begins", "stubborn ends"] * 2


def test_what_is_due_at_the_start_of_a_term_is_queued_once_the_ledger_takes_it(world: World) -> None:
    """A disk that is full just then ends neither the term nor the service."""
    due = of(world, quick=table("quick"), broken=table("broken"))
    app = due.app()
    full = fill(app, "interrupt")
    with due.serving(app):
        due.until("broken")
    assert full.left == 0


class Unopened(App):
    """An installation whose ledger cannot be opened twice."""

    refusals: ClassVar = [LedgerDown(name="ledger", why="cut"), LedgerDown(name="ledger", why="cut")]

    @cached_property
    def store(self) -> Store:
        """The ledger, the third time."""
        if self.refusals:
            raise self.refusals.pop()
        return super().store


def test_a_lane_outlives_a_ledger_that_cannot_be_opened(world: World) -> None:
    """It opens one of its own for each term; right after an outage that may not succeed at once."""
    app = Unopened(world.opened[0].settings)
    term = Term(world.opened[0].store.seats.take(*PLACE, app.worker))
    lane = Lane("one", app, require_functions(app), term, threading.Lock())
    world.queued("quick")
    lane.start()
    world.until("quick")
    term.ended.set()
    assert lane.join(60)


# --- one that waits -------------------------------------------------------------------------------------------------


def test_one_on_standby_outlives_outages(world: World) -> None:
    """Whatever the ledger answers while it waits, it leads once the place is free."""
    app = world.app()
    leads = world.successor()
    line = Line(app)
    with world.waiting(app, standby=True) as serving:
        line.out()
        eventually(lambda: line.refused >= 3, 60)
        world.opened[0].store.seats.leave(leads)
        line.back()
        eventually(lambda: world.holder() == app.worker, 60)
        fire_when_it_leads(serving, "quick")
        world.until("quick")


def test_one_that_waits_out_a_dead_holder_outlives_outages(world: World) -> None:
    """Also one that is not on standby, once the ledger has answered."""
    app = world.app()
    dead = world.successor()
    line = Line(app)
    with world.waiting(app) as serving:
        line.out()
        eventually(lambda: line.refused >= 3, 60)
        world.opened[0].store.seats.leave(dead)
        line.back()
        fire_when_it_leads(serving, "quick")
        world.until("quick")


def test_a_ledger_that_does_not_answer_at_the_start_is_an_error(world: World) -> None:
    """Nothing was promised yet, and whoever starts it is there to read why it ends."""
    app = world.app()
    Line(app).out()
    with pytest.raises(LedgerDown):
        Serving(app, app.stopping, carries=False).serve()


def test_a_fault_that_is_no_outage_ends_the_service_with_an_error(world: World) -> None:
    """Only who was told to stop ends in peace."""
    app = world.app()

    def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Serving(app, app.stopping, carries=False).serve(breaks)
    assert world.holder() is None


def fire_when_it_leads(serving: Serving, job: str) -> None:
    """The job is due, as soon as it leads."""
    eventually(lambda: serving.firings is not None, 60)
    fire(serving, job)
