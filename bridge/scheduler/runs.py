"""How is a job run once? Within its time, and with a record of what became of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bridge.app import App
from bridge.errors import BridgeError, JobUnknown, LeaseLost, Unexpected
from bridge.job_reports import JobReport, asked_to_end
from bridge.log import logger
from bridge.ports import RunRecord
from bridge.scheduler.plans import JobPlan, schedule_of

RUNNING, DONE, FAILED, INTERRUPTED = "running", "done", "failed", "interrupted"
PERSON = "person"


def run_job(app: App, job: str) -> JobReport:
    """Run a job now; raises JobUnknown. A job that was asked to end before its end reports that as a trouble."""
    plans = schedule_of(app)
    if job not in plans:
        raise JobUnknown(job=job, known=", ".join(plans))
    run = app.store.runs.enqueue(job, app.clock.now(), PERSON, app.worker)
    return Running(app, plans[job], run).carry_out()


class Running:
    """One run at work; `state` is how it ended, `kept` whether the ledger knows that."""

    def __init__(self, app: App, plan: JobPlan, run: RunRecord | None) -> None:
        self.app = app
        self.plan = plan
        self.run = run
        self.state = INTERRUPTED
        self.kept = False

    def carry_out(self) -> JobReport:
        """Run the job within its time limit; raises what it raises, with the run's end on record."""
        app = self.app
        app.deadline = app.clock.now() + timedelta(seconds=self.plan.time_limit)
        record: Mapping[str, object] | None = None
        try:
            report = self._report()
            self.state, record = (DONE if report.ok else FAILED), report.record()
        except BridgeError as error:
            self.state, record = FAILED, _record_of(error, app)
            raise
        except Exception as error:
            self.state, record = FAILED, _record_of(Unexpected(what=f"{type(error).__name__}: {error}"), app)
            raise
        finally:
            app.deadline = None
            self.state = INTERRUPTED if app.stopping.is_set() else self.state
            self._keep(record)
        return report

    def _report(self) -> JobReport:
        app = self.app
        with logger.contextualize(run=self.run.id if self.run else "-"):
            report = self.plan.function()(app)
        if not app.stopping.is_set():
            return report
        return replace(report, troubles=(*report.troubles, asked_to_end().worded(app.language)))

    def _keep(self, record: Mapping[str, object] | None) -> None:
        """What was done is done, whether or not a full disk lets us say so."""
        try:
            if self.run is not None:
                self.app.store.runs.end(self.run, self.state, record)
        except LeaseLost:
            logger.warning("Run {} was taken for dead meanwhile.", self.run.id if self.run else "-")
        except Exception as error:  # noqa: BLE001 - must not hide how the job itself ended
            logger.warning("The end of run {} could not be kept: {}", self.run.id if self.run else "-", error)
            return
        self.kept = True


def _record_of(error: BridgeError, app: App) -> Mapping[str, object]:
    return {"troubles": [error.worded(app.language)]}
