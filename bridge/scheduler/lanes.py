"""Who carries out what is queued? Each lane one run at a time, so that jobs of one lane never overlap."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from bridge.app import App
from bridge.log import logger
from bridge.ports import RunRecord
from bridge.scheduler.complaints import Complaints
from bridge.scheduler.leaderships import POLL, Term
from bridge.scheduler.plans import JobPlan
from bridge.scheduler.runs import FAILED, Running


class Lane:
    """A thread with an opened installation of its own, for one term; `ended` counts its runs by how they ended.

    `turn` is held by one lane of that name at a time: a run of an earlier term that takes its time ends first.
    """

    def __init__(self, name: str, app: App, plans: Mapping[str, JobPlan], term: Term, turn: threading.Lock) -> None:
        self.app = replace(app, stopping=term.ended)
        self.plans = {job: plan for job, plan in plans.items() if plan.lane == name}
        self.term = term
        self.turn = turn
        self.ended: Counter[str] = Counter()
        self.complaints = Complaints()
        self._all_kept = True
        self._thread = threading.Thread(target=self._work, name=f"lane {name}", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for the run at hand to end; whether it did."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            while not self.term.ended.is_set():
                if self.turn.acquire(timeout=POLL):
                    self._work_off()
        finally:
            self.app.close()

    def _work_off(self) -> None:
        try:
            while not self.term.ended.is_set():
                begun = self._begin()
                if begun is None:
                    self.term.ended.wait(POLL)
                else:
                    self._run(begun)
        finally:
            self.turn.release()

    def _begin(self) -> RunRecord | None:
        """The run that waits longest, begun; a ledger that cannot be written just now ends no lane."""
        with self.complaints.instead_of_errors("The next run cannot be begun"):
            runs = self.app.store.runs.under(self.term.lease)
            if not self._all_kept:
                runs.interrupt(lambda worker: worker != self.app.worker)
                self._all_kept = True
            queued = runs.next_queued(self.plans)
            return None if queued is None else runs.start(queued, self.app.worker)
        return None

    def _run(self, run: RunRecord) -> None:
        running = Running(self.app, self.plans[run.job], run)
        try:
            report = running.carry_out()
            logger.info("{} ended: {}", run.job, report.record())
            for trouble in report.troubles if running.state == FAILED else ():
                logger.warning("{}: {}", run.job, trouble)
        except Exception as error:  # noqa: BLE001 - one broken job must not end the lane; its run is on record as failed
            logger.opt(exception=error).debug("{} broke", run.job)
            logger.error("{} broke: {}: {}", run.job, type(error).__name__, error)
        self.ended[running.state] += 1
        self._all_kept = running.kept
