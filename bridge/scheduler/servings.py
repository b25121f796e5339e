"""How is the schedule kept, from the start of the service to its end, and after it was killed?"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from bridge.app import App
from bridge.engine.hearts import Heart
from bridge.engine.hosts import Host
from bridge.engine.workers import may_live, was_here
from bridge.errors import AlreadyServing, BridgeError, SeatTaken
from bridge.log import logger
from bridge.ports import SeatLease
from bridge.scheduler.complaints import Complaints
from bridge.scheduler.lanes import POLL, Lane
from bridge.scheduler.plans import JobPlan, require_functions
from bridge.scheduler.runs import INTERRUPTED, RUNNING

ACTOR = "scheduler"
NOBODY = "-"
PATIENCE = 60.0
KILL_SECONDS = 15.0
MOST_RUNNING = 1000

Waiting = Callable[[str, str], None]


def nothing(*_: str) -> None:
    """Tell nobody."""


def _suppressing(act: Callable[[SeatLease], None]) -> Callable[[SeatLease], None]:
    def quietly(lease: SeatLease) -> None:
        with suppress(BridgeError):
            act(lease)

    return quietly


class Serving:
    """The schedule at work, until `stopping` is set; one per ledger.

    `patience` is how many seconds the runs at hand have for their end before their seats are killed, which the ledger
    bears at any moment. `carries` says whether orders are carried in this process too, or only on other hosts. One on
    `standby` waits for the place of another one, carrying orders meanwhile.
    """

    def __init__(
        self,
        app: App,
        stopping: threading.Event,
        patience: float = PATIENCE,
        *,
        carries: bool = True,
        standby: bool = False,
    ) -> None:
        self.app = app
        self.standby = standby
        self.carries = carries
        self.stopping = stopping
        self.patience = patience
        self.plans = require_functions(app)
        self.complaints = Complaints()
        self._fired: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._late: dict[str, datetime] = {}
        names = sorted({plan.lane for plan in self.plans.values()})
        self.lanes = [Lane(name, app, self.plans, stopping) for name in names]

    def serve(
        self, started: Callable[[], None] = lambda: None, waiting: Waiting = lambda _holder, _until: None
    ) -> None:
        """Queue what is due and work it off; end after the order at hand once `stopping` is set.

        `started` is called when it serves, `waiting` where a place must first be given up by whoever held it last (then
        with that holder and until when at most). Raises AlreadyServing.
        """
        with ExitStack() as place:
            early = place.enter_context(self._carrying()) if self.standby else None
            if self._take_place(place, waiting):
                self._resume()
                carrying = nullcontext(early) if self.standby else self._carrying()
                with carrying as host, self._schedule(), self._lanes(host):
                    started()
                    while not self.stopping.wait(POLL):
                        self._queue_fired()

    @property
    def ended(self) -> Mapping[str, int]:
        """How many runs ended how."""
        return sum((lane.ended for lane in self.lanes), Counter[str]())

    # --- one at a time ----------------------------------------------------------------------------------------------

    def _take_place(self, place: ExitStack, waiting: Waiting) -> bool:
        """Wait out a holder who may be dead (it lives if it renews its lease); False where we were told to stop."""
        last: Mapping[str, object] | None = None
        while not self.stopping.is_set():
            try:
                self._lead(place, self.app.store.seats.take(NOBODY, ACTOR, self.app.worker))
            except SeatTaken as error:
                holder, until = str(error.params["holder"]), str(error.params["until"])
                if not self.standby and (was_here(holder) or last not in (None, error.params)):
                    raise AlreadyServing(holder=holder, until=until) from None
                if last is None:
                    waiting(holder, until)
                last = error.params
                self.stopping.wait(POLL)
            else:
                return True
        return False

    def _carrying(self) -> AbstractContextManager[Host | None]:
        if not self.carries:
            return nullcontext()
        return self.app.carrying(dict.fromkeys(self.app.settings.erps), patience=self.patience)

    def _lead(self, place: ExitStack, lease: SeatLease) -> None:
        """Keep the place; whoever cannot keep it leads no more, before anybody else does."""
        leases = self.app.store.seats
        heart = Heart(timedelta(seconds=self.app.settings.lease_seconds), self.app.clock.elapsed)
        place.callback(heart.close)
        place.callback(_suppressing(leases.leave), lease)
        place.enter_context(heart.keeping("the schedule", lambda: leases.beat(lease), self.stopping.set))

    def _resume(self) -> None:
        """What did not come to its end is queued again, and what should have fired meanwhile is queued once."""
        now, runs = self.app.clock.now(), self.app.store.runs
        others = {run.worker for run in runs.runs(most=MOST_RUNNING) if run.state == RUNNING and run.actor != ACTOR}
        runs.interrupt(lambda worker: worker in others and may_live(worker))
        for job, plan in self.plans.items():
            if self._is_due(job, plan, now) and not self._is_queued(job) and not self._closed(job, now):
                runs.enqueue(job, now, ACTOR)

    def _is_due(self, job: str, plan: JobPlan, now: datetime) -> bool:
        """Whether the job never ran, did not come to its end in our hands, or should have fired since."""
        last = next(iter(self.app.store.runs.runs(job, most=1)), None)
        if last is None or (last.state == INTERRUPTED and last.actor == ACTOR):
            return True
        following = plan.trigger(self.app.settings.zone).get_next_fire_time(last.planned_at, last.planned_at)
        return following is not None and following <= now

    # --- firing -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _schedule(self) -> Iterator[None]:
        scheduler = BackgroundScheduler(timezone=self.app.settings.zone)
        for job, plan in self.plans.items():
            trigger = plan.trigger(self.app.settings.zone)
            late_or_not = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
            scheduler.add_job(self._fire, trigger, args=[job], id=job, **late_or_not)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)

    def _fire(self, job: str) -> None:
        self._fired.put(job)

    def _queue_fired(self) -> None:
        """Queue what has fired, again and again until the ledger takes it; behind a queued run another adds nothing."""
        with suppress(queue.Empty):
            while True:
                job = self._fired.get_nowait()
                if not self._closed(job, self.app.clock.now()):
                    self._late.setdefault(job, self._this_minute())
        for job, planned_at in list(self._late.items()):
            with self.complaints.instead_of_errors("What is due cannot be queued"):
                if not self._is_queued(job):
                    self.app.store.runs.enqueue(job, planned_at, ACTOR)
                del self._late[job]

    def _closed(self, job: str, at: datetime) -> bool:
        """Whether the calendar of the job, if it keeps one, says that nothing is done then."""
        name = self.plans[job].calendar
        return bool(name) and self.app.settings.calendar(name).closed(at) is not None

    def _this_minute(self) -> datetime:
        return self.app.clock.now().replace(second=0, microsecond=0)

    def _is_queued(self, job: str) -> bool:
        return self.app.store.runs.next_queued([job]) is not None

    # --- ending -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _lanes(self, host: Host | None) -> Iterator[None]:
        for lane in self.lanes:
            lane.app.host = host
            lane.start()
        patience = self.patience
        try:
            yield
        except KeyboardInterrupt:
            patience = 0.0
        finally:
            self.stopping.set()
            self._end_lanes(patience)

    def _end_lanes(self, patience: float) -> None:
        """Let the runs at hand end, for as long as patience lasts or until somebody insists; then kill their seats."""
        try:
            late = self._still_at_work(patience)
        except KeyboardInterrupt:
            late = self.lanes
        if late:
            self.app.hurried.set()
        for lane in late:
            lane.app.kill_seat()
        if late and (stuck := self._still_at_work(KILL_SECONDS)):
            logger.warning("Runs that did not end: {}; the next start takes them up again.", len(stuck))

    def _still_at_work(self, seconds: float) -> list[Lane]:
        deadline = time.monotonic() + seconds
        return [lane for lane in self.lanes if not lane.join(deadline - time.monotonic())]
