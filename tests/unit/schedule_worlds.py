"""Where is a schedule doubted? In an installation of nothing but a ledger and jobs that note what they do."""

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import tomli_w
from apscheduler.triggers.base import BaseTrigger
from pydantic import ConfigDict

from bridge.app import App
from bridge.clocks import SystemClock
from bridge.engine.workers import name_worker
from bridge.errors import BridgeError
from bridge.ports import Clock, RunRecord, SeatLease
from bridge.scheduler import JobPlan, Serving
from bridge.scheduler.firings import Firings
from bridge.scheduler.leaderships import ACTOR, NOBODY
from bridge.settings import load_settings
from bridge.store.seat_leases import SqlSeatLeases
from tests.installations import configuration
from tests.sandbox.harbour_clerks import eventually
from tests.unit.scheduled_jobs import notes

NEVER = "0 0 1 1 *"
ELSEWHERE = "elsewhere:7:abcdef.0123.4567"
FOR_HOURS = timedelta(hours=9)
AGO = timedelta(minutes=5)
MOMENT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)


def nothing() -> None:
    """Tell nobody."""


def table(run: str, **plan: object) -> dict[str, object]:
    """One job of the schedule; it fires on New Year only, so that tests fire it."""
    return {"run": f"tests.unit.scheduled_jobs:{run}", "cron": NEVER, "time_limit": 600, "lane": "one"} | plan


@dataclass(frozen=True)
class StandingClock:
    """A clock that stands at a moment; waiting is real."""

    moment: datetime = MOMENT
    woken: Event = field(default_factory=Event)

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def elapsed(self) -> float:
        """Seconds that really pass."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait."""
        self.woken.wait(seconds)


class Firing(JobPlan):
    """A job that fires by any trigger."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    own: BaseTrigger

    def trigger(self, zone: str) -> BaseTrigger:  # noqa: ARG002 - its own does not ask
        """The trigger of the test."""
        return self.own


@dataclass
class World:
    """An installation; each `app` of it is opened anew, as by another process."""

    folder: Path
    jobs: Mapping[str, Mapping[str, object]]

    def __post_init__(self) -> None:
        content = configuration(self.folder, "http://127.0.0.1:9", "http://127.0.0.1:9")
        content |= {"jobs": (self.folder / "schedule.toml").as_posix(), "zone": "UTC"}
        (self.folder / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        (self.folder / "schedule.toml").write_text(tomli_w.dumps({"jobs": self.jobs}), encoding="utf-8")
        self.opened: list[App] = []

    def configure(self, **content: object) -> None:
        """Change settings for whoever is opened from now on."""
        path = self.folder / "erpbridge.toml"
        path.write_text(tomli_w.dumps(tomllib.loads(path.read_text(encoding="utf-8")) | content), encoding="utf-8")

    def app(self, clock: Clock | None = None) -> App:
        """An opened installation."""
        settings = load_settings(self.folder / "erpbridge.toml")
        app = App(settings, clock=clock) if clock else App(settings)
        self.opened.append(app)
        return app

    def close(self) -> None:
        """Close all."""
        for app in self.opened:
            app.close()

    def runs(self, job: str | None = None) -> list[RunRecord]:
        """All runs, oldest first."""
        return list(reversed(self.opened[0].store.runs.runs(job)))

    def states(self, job: str | None = None) -> list[str]:
        """How they stand."""
        return [run.state for run in self.runs(job)]

    def notes(self) -> list[str]:
        """What the jobs noted."""
        return notes(self.opened[0])

    def go(self) -> None:
        """Let the slow jobs end."""
        (self.folder / "go").touch()

    def until(self, *noted: str) -> None:
        """Wait until the jobs noted this, in this order, and nothing else."""
        eventually(lambda: self.notes() == list(noted), 60)

    def until_states(self, *states: str, job: str | None = None) -> None:
        """Wait until the runs stand so."""
        eventually(lambda: self.states(job) == list(states), 60)

    def queued(self, job: str, actor: str = "scheduler", worker: str | None = None) -> RunRecord:
        """A run that somebody queued, or began."""
        app = self.opened[0]
        run = app.store.runs.enqueue(job, app.clock.now(), actor, worker)
        assert run is not None
        return run

    def holder(self) -> str | None:
        """Who keeps the schedule."""
        return next((seat.holder for seat in self.opened[0].store.seats.seats() if seat.erp == NOBODY), None)

    def successor(self) -> SeatLease:
        """Somebody elsewhere keeps the schedule from now on, as where the lease of whoever did is over."""
        store = self.opened[0].store
        seats = SqlSeatLeases(store.database, SystemClock(), FOR_HOURS, may_live=lambda _holder: False)
        return seats.take(NOBODY, ACTOR, ELSEWHERE)

    @contextmanager
    def waiting(self, app: App, *, standby: bool = False) -> Iterator[Serving]:
        """One that waits for the place of somebody else; on leaving it is told to stop, and its errors are raised."""
        told = Event()
        with self._at_work(Serving(app, app.stopping, carries=False, standby=standby), waiting=told.set) as serving:
            assert told.wait(60)
            yield serving

    @contextmanager
    def serving(self, app: App | None = None, patience: float = 30.0, **triggers: BaseTrigger) -> Iterator[Serving]:
        """The schedule at work in a thread; on leaving it is told to stop and waited for, and its errors are raised."""
        app = app or self.app()
        serving = Serving(app, app.stopping, patience, carries=False)
        serving.plans = {
            job: Firing(**plan.model_dump(), own=triggers[job]) if job in triggers else plan
            for job, plan in serving.plans.items()
        }
        started = Event()
        with self._at_work(serving, started=started.set):
            assert started.wait(60)
            yield serving

    @contextmanager
    def _at_work(
        self, serving: Serving, started: Callable[[], None] = nothing, waiting: Callable[[], None] = nothing
    ) -> Iterator[Serving]:
        errors: list[BridgeError] = []

        def serve() -> None:
            try:
                serving.serve(started, lambda _holder, _until: waiting())
            except BridgeError as error:
                errors.append(error)
                started()

        thread = Thread(target=serve)
        thread.start()
        try:
            yield serving
        finally:
            serving.stopping.set()
            thread.join(serving.patience + 60)
        if errors:
            raise errors[0]


def firings_of(serving: Serving) -> Firings:
    """What fires now that it leads."""
    assert serving.firings is not None
    return serving.firings


def fire(serving: Serving, job: str) -> None:
    """The job is due."""
    firings_of(serving).fire(job)


def quiet(world: World) -> None:
    """Let every job have run a while ago, so that a start finds nothing missed."""
    app = world.opened[0]
    for job in world.jobs:
        run = app.store.runs.enqueue(job, app.clock.now() - AGO, "scheduler", app.worker)
        assert run is not None
        app.store.runs.end(run, "done")


JOBS = {"quick": table("quick"), "slow": table("slow"), "other": table("other", lane="two")}


@contextmanager
def quiet_world(folder: Path) -> Iterator[World]:
    """Two jobs in one lane, one in another; all have run a while ago."""
    world = World(folder, JOBS)
    world.app()
    quiet(world)
    yield world
    world.close()


def of(world: World, **jobs: dict[str, object]) -> World:
    """Another schedule in the same place, whose jobs have not run yet."""
    return World(world.folder, jobs)


def dead_worker() -> str:
    """One of a process of this machine that is gone."""
    head, _began, own = name_worker().rsplit(".", 2)
    return f"{head}.dead.{own}"
