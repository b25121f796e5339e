"""When does which job run? Firings only queue; lanes carry out what is queued, one job at a time."""

import importlib
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bridge.app import App, JobReport
from bridge.errors import AlreadyServing, BridgeError, InvalidConfig, JobUnknown, SeatTaken
from bridge.locale import Phrase, fault, faults_in
from bridge.log import logger
from bridge.ports import RunRecord

POLL = 0.5
ACTOR = "scheduler"


class JobPlan(BaseModel):
    """One table of schedule.toml; `time_limit` in seconds, `zone` an IANA name or the installation's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str
    cron: str
    time_limit: float = Field(gt=0)
    lane: str
    zone: str = ""

    @field_validator("cron")
    @classmethod
    def _readable(cls, cron: str) -> str:
        try:
            CronTrigger.from_crontab(cron, timezone="UTC")
        except ValueError as error:
            raise ValueError(Phrase("it is no time plan of five fields as cron has it: {why}", why=error)) from None
        return cron

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            if zone:
                ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(Phrase("{zone} is no time zone of the IANA list", zone=repr(zone))) from None
        return zone

    def trigger(self, zone: str) -> CronTrigger:
        """When it fires."""
        return CronTrigger.from_crontab(self.cron, timezone=self.zone or zone)

    def function(self) -> Callable[[App], JobReport]:
        """The job itself; raises InvalidConfig."""
        module, _, name = self.run.partition(":")
        try:
            found: Callable[[App], JobReport] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            what = Phrase("{name} cannot be loaded ({why})", name=repr(self.run), why=error)
            raise InvalidConfig.of([fault("schedule.toml: run", what)]) from error
        return found


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    jobs: dict[str, JobPlan]


def load_schedule(path: Path) -> Mapping[str, JobPlan]:
    """The plan of every job; raises InvalidConfig with every fault at once."""
    try:
        return _Schedule.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).jobs
    except FileNotFoundError:
        raise InvalidConfig.of([fault(str(path), Phrase("the file is missing"))]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it is no TOML in UTF-8: {why}", why=error))]) from None
    except ValidationError as error:
        raise InvalidConfig.of([fault(f"{path}: {key}", what) for key, what in faults_in(error)]) from None


def schedule_of(app: App) -> Mapping[str, JobPlan]:
    """The plan of this installation."""
    return load_schedule(app.settings.at(app.settings.jobs))


def run_job(app: App, job: str) -> JobReport:
    """Run a job now, within its time limit, and keep a record of it; raises JobUnknown."""
    plans = schedule_of(app)
    if job not in plans:
        raise JobUnknown(job=job, known=", ".join(plans))
    queued = app.store.runs.enqueue(job, app.clock.now(), "person")
    begun = app.store.runs.start(queued, app.worker) if queued is not None else None
    return _carry_out(app, plans[job], begun)


def _carry_out(app: App, plan: JobPlan, run: RunRecord | None) -> JobReport:
    app.deadline = app.clock.now() + timedelta(seconds=plan.time_limit)
    state = "failed"
    record: Mapping[str, object] | None = None
    try:
        with logger.contextualize(run=run.id if run else "-"):
            report = plan.function()(app)
        state, record = ("done" if report.ok else "failed"), report.record()
        return report
    except BridgeError as error:
        record = {"troubles": [error.worded(app.language)]}
        raise
    finally:
        app.deadline = None
        if run is not None:
            app.store.runs.end(run, state, record)


class Service:
    """The schedule at work, until it is told to stop; one per ledger."""

    def __init__(self, open_app: Callable[[], App], stopping: threading.Event) -> None:
        self.open_app = open_app
        self.stopping = stopping
        self.app = open_app()
        self.plans = schedule_of(self.app)
        for plan in self.plans.values():
            plan.function()

    def serve(self, started: Callable[[], None] = lambda: None) -> None:
        """Queue what is due, work it off, and end cleanly after the order at hand once `stopping` is set."""
        with self._alone():
            self._resume()
            scheduler = self._scheduler()
            lanes = [self._lane(lane) for lane in sorted({plan.lane for plan in self.plans.values()})]
            scheduler.start()
            started()
            try:
                while not self.stopping.wait(POLL):
                    if not all(lane.is_alive() for lane in lanes):
                        break
            finally:
                self.stopping.set()
                scheduler.shutdown(wait=False)
                for lane in lanes:
                    lane.join()
                self.app.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self.app.store.seats.seat("-", "scheduler", self.app.worker):
                yield
        except SeatTaken as error:
            raise AlreadyServing(holder=error.params.get("holder"), until=error.params.get("until")) from error

    def _resume(self) -> None:
        """What a killed service left running is queued again, and what should have fired meanwhile is queued once."""
        now = self.app.clock.now()
        again = {run.job for run in self.app.store.runs.interrupt(lambda worker: worker == self.app.worker)}
        for job, plan in self.plans.items():
            if job in again or self._missed(job, plan, now):
                self.app.store.runs.enqueue(job, now, ACTOR)

    def _missed(self, job: str, plan: JobPlan, now: datetime) -> bool:
        last = next(iter(self.app.store.runs.runs(job, most=1)), None)
        if last is None:
            return True
        following = plan.trigger(self.app.settings.zone).get_next_fire_time(last.planned_at, last.planned_at)
        return following is not None and following <= now

    def _scheduler(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=self.app.settings.zone)
        for job, plan in self.plans.items():
            scheduler.add_job(
                self._queue,
                plan.trigger(self.app.settings.zone),
                args=[job],
                id=job,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        return scheduler

    def _queue(self, job: str) -> None:
        planned = self.app.clock.now().replace(second=0, microsecond=0)
        if not self._waiting(job):
            self.app.store.runs.enqueue(job, planned, ACTOR)

    def _waiting(self, job: str) -> bool:
        """Whether the job is queued already: a second firing behind a long run adds nothing."""
        return self.app.store.runs.next_queued([job]) is not None

    def _lane(self, lane: str) -> threading.Thread:
        thread = threading.Thread(target=self._work, args=(lane,), name=f"lane {lane}")
        thread.start()
        return thread

    def _work(self, lane: str) -> None:
        app = self.open_app()
        app.stopping = self.stopping
        jobs = [job for job, plan in self.plans.items() if plan.lane == lane]
        try:
            while not self.stopping.is_set():
                queued = app.store.runs.next_queued(jobs)
                begun = app.store.runs.start(queued, self.app.worker) if queued is not None else None
                if begun is None:
                    self.stopping.wait(POLL)
                else:
                    self._run(app, begun)
        finally:
            app.close()

    def _run(self, app: App, run: RunRecord) -> None:
        try:
            report = _carry_out(app, self.plans[run.job], run)
            logger.info("{} ended: {}", run.job, report.record())
        except BridgeError as error:
            logger.error("{} ended: {}", run.job, error.worded())
        except Exception:  # noqa: BLE001 - one broken job must not end the service; its run is on record as failed
            logger.exception("{} broke", run.job)
