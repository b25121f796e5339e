"""Where is a schedule doubted? In an installation of nothing but a ledger and jobs that note what they do."""

import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import tomli_w
from apscheduler.triggers.base import BaseTrigger
from pydantic import ConfigDict

from bridge.app import App
from bridge.engine.workers import name_worker
from bridge.errors import BridgeError, StorageFull
from bridge.ports import Clock, RunRecord
from bridge.scheduler import JobPlan, Serving
from bridge.settings import load_settings
from tests.installations import configuration
from tests.sandbox.harbour_clerks import eventually
from tests.unit.scheduled_jobs import notes

NEVER = "0 0 1 1 *"
AGO = timedelta(minutes=5)
MOMENT = datetime(2026, 3, 2, 9, 30, 20, tzinfo=UTC)


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

    @contextmanager
    def serving(self, app: App | None = None, patience: float = 30.0, **triggers: BaseTrigger) -> Iterator[Serving]:
        """The schedule at work in a thread; on leaving it is told to stop and waited for, and its errors are raised."""
        app = app or self.app()
        serving = Serving(app, app.stopping, patience, carries=False)
        serving.plans = {
            job: Firing(**plan.model_dump(), own=triggers[job]) if job in triggers else plan
            for job, plan in serving.plans.items()
        }
        started, errors = Event(), []

        def serve() -> None:
            try:
                serving.serve(started.set)
            except BridgeError as error:
                errors.append(error)
                started.set()

        thread = Thread(target=serve)
        thread.start()
        try:
            assert started.wait(60)
            yield serving
        finally:
            app.stopping.set()
            thread.join(patience + 60)
        if errors:
            raise errors[0]


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


class Full:
    """Runs in a ledger whose disk is full for the next calls of one kind."""

    def __init__(self, runs: Any, call: str, times: int) -> None:
        self._runs, self._call, self.left = runs, call, times

    def __getattr__(self, name: str) -> Any:
        if name == self._call and self.left > 0:
            self.left -= 1
            return self._refuse
        return getattr(self._runs, name)

    def _refuse(self, *_: object) -> RunRecord:
        raise StorageFull(what="ledger")


def fill(app: App, call: str, times: int = 2) -> Full:
    """Let the disk be full for so many calls."""
    full = Full(app.store.runs, call, times)
    app.__dict__["store"] = replace(app.store, runs=full)  # type: ignore[arg-type]
    return full
