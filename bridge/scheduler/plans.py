"""When is each job to run, for how long, and beside which others? schedule.toml, checked with every fault at once."""

import importlib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bridge.app import App
from bridge.errors import InvalidConfig
from bridge.job_reports import JobReport
from bridge.locale import Phrase, fault, faults_in
from bridge.scheduler.weekdays import named

Job = Callable[[App], JobReport]
FIELDS = 5


class JobPlan(BaseModel):
    """One table of schedule.toml; `time_limit` in seconds, `zone` an IANA name or the installation's.

    Where it names a `calendar`, it does not fire at moments that are closed there.

    On the day the clock is put forward a time it skips comes an hour later; on the day it is put back a time it shows
    twice comes twice, which harms none of our jobs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str
    cron: str
    time_limit: float = Field(gt=0)
    lane: str
    zone: str = ""
    calendar: str = ""

    @field_validator("cron")
    @classmethod
    def _readable(cls, cron: str) -> str:
        try:
            _trigger(cron, "UTC")
        except ValueError as error:
            raise ValueError(Phrase("it is no time plan of five fields as cron has it: {why}", why=error)) from None
        _, _, day, _, weekday = cron.split()
        if "*" not in (day, weekday):
            raise ValueError(Phrase("name days of the month or days of the week, not both"))
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
        return _trigger(self.cron, self.zone or zone)

    def function(self) -> Job:
        """The job itself; raises InvalidConfig."""
        found = self.found()
        if isinstance(found, Phrase):
            raise InvalidConfig.of([fault("schedule.toml: run", found)])
        return found

    def found(self) -> Job | Phrase:
        """The job itself, or why it cannot be had."""
        module, _, name = self.run.partition(":")
        try:
            job: Job = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            return Phrase("{name} cannot be loaded ({why})", name=repr(self.run), why=error)
        return job


def _trigger(cron: str, zone: str) -> CronTrigger:
    fields = cron.split()
    if len(fields) == FIELDS:
        fields[-1] = named(fields[-1])
    return CronTrigger.from_crontab(" ".join(fields), timezone=zone)


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    jobs: dict[str, JobPlan]


def load_schedule(path: Path) -> Mapping[str, JobPlan]:
    """The plan of every job; raises InvalidConfig with every fault at once."""
    try:
        return _Schedule.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig"))).jobs
    except FileNotFoundError:
        raise InvalidConfig.of([fault(str(path), Phrase("the file is missing"))]) from None
    except OSError as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it cannot be read: {why}", why=error))]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidConfig.of([fault(str(path), Phrase("it is no TOML in UTF-8: {why}", why=error))]) from None
    except ValidationError as error:
        raise InvalidConfig.of([fault(f"{path}: {key}", what) for key, what in faults_in(error)]) from None


def schedule_of(app: App) -> Mapping[str, JobPlan]:
    """The plan of this installation."""
    return load_schedule(app.settings.at(app.settings.jobs))


def require_functions(app: App) -> Mapping[str, JobPlan]:
    """The plan of this installation, all that it names found; raises InvalidConfig with every fault at once."""
    plans, path = schedule_of(app), app.settings.at(app.settings.jobs)
    found = {job: plan.found() for job, plan in plans.items()}
    faults = [fault(f"{path}: jobs.{job}.run", each) for job, each in found.items() if isinstance(each, Phrase)]
    unknown = Phrase("there is no such calendar")
    known = {"", *app.settings.calendars}
    faults += [
        fault(f"{path}: jobs.{job}.calendar", unknown) for job, plan in plans.items() if plan.calendar not in known
    ]
    if faults:
        raise InvalidConfig.of(faults)
    return plans
