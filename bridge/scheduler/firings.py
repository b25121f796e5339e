"""What is due now, and what became due while nobody led? Each is queued once, and only while we lead."""

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from bridge.app import App
from bridge.engine.workers import may_live
from bridge.ports import RunRecords
from bridge.scheduler.complaints import Complaints
from bridge.scheduler.leaderships import ACTOR
from bridge.scheduler.plans import JobPlan
from bridge.scheduler.runs import INTERRUPTED, RUNNING

MOST_RUNNING = 1000


class Firings:
    """The firings of one term; `runs` refuse them once another one leads."""

    def __init__(self, app: App, plans: Mapping[str, JobPlan], runs: RunRecords) -> None:
        self.app = app
        self.plans = plans
        self.runs = runs
        self.complaints = Complaints()
        self._fired: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._late: dict[str, datetime] = {}

    # --- what became due before -------------------------------------------------------------------------------------

    def resumed(self) -> bool:
        """Whether what was due before is queued: tried again until the ledger takes it."""
        with self.complaints.instead_of_errors("What is due cannot be queued"):
            self._resume()
            return True
        return False

    def _resume(self) -> None:
        """What did not come to its end is queued again, and what should have fired meanwhile is queued once."""
        now, runs = self.app.clock.now(), self.runs
        others = {run.worker for run in runs.runs(most=MOST_RUNNING) if run.state == RUNNING and run.actor != ACTOR}
        runs.interrupt(lambda worker: worker in others and may_live(worker))
        for job, plan in self.plans.items():
            if self._is_due(job, plan, now) and not self._is_queued(job) and not self._closed(job, now):
                runs.enqueue(job, now, ACTOR)

    def _is_due(self, job: str, plan: JobPlan, now: datetime) -> bool:
        """Whether the job never ran, did not come to its end in our hands, or should have fired since."""
        last = next(iter(self.runs.runs(job, most=1)), None)
        if last is None or (last.state == INTERRUPTED and last.actor == ACTOR):
            return True
        trigger, at = plan.trigger(self.app.settings.zone), last.planned_at
        while (following := trigger.get_next_fire_time(at, at)) is not None and following <= now:
            if not self._closed(job, following):
                return True
            at = following
        return False

    # --- what becomes due -------------------------------------------------------------------------------------------

    @contextmanager
    def firing(self) -> Iterator[None]:
        """Fire while inside."""
        scheduler = BackgroundScheduler(timezone=self.app.settings.zone)
        for job, plan in self.plans.items():
            trigger = plan.trigger(self.app.settings.zone)
            late_or_not = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
            scheduler.add_job(self.fire, trigger, args=[job], id=job, **late_or_not)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)

    def fire(self, job: str) -> None:
        """The job is due."""
        self._fired.put(job)

    def queue_fired(self) -> None:
        """Queue what has fired, again and again until the ledger takes it; behind a queued run another adds nothing."""
        with suppress(queue.Empty):
            while True:
                job = self._fired.get_nowait()
                if not self._closed(job, self.app.clock.now()):
                    self._late.setdefault(job, self._this_minute())
        for job, planned_at in list(self._late.items()):
            with self.complaints.instead_of_errors("What is due cannot be queued"):
                if not self._is_queued(job):
                    self.runs.enqueue(job, planned_at, ACTOR)
                del self._late[job]

    def _closed(self, job: str, at: datetime) -> bool:
        """Whether the calendar of the job, if it keeps one, says that nothing is done then."""
        name = self.plans[job].calendar
        return bool(name) and self.app.settings.calendar(name).closed(at) is not None

    def _this_minute(self) -> datetime:
        return self.app.clock.now().replace(second=0, microsecond=0)

    def _is_queued(self, job: str) -> bool:
        return self.runs.next_queued([job]) is not None
