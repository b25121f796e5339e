"""How is the schedule kept, from the start of the service to its end, and after it was killed or cut off?"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

from bridge.app import App
from bridge.engine.hosts import Host
from bridge.log import logger
from bridge.scheduler.firings import Firings
from bridge.scheduler.lanes import Lane
from bridge.scheduler.leaderships import POLL, Leadership, Term, Waiting
from bridge.scheduler.plans import require_functions

PATIENCE = 60.0
KILL_SECONDS = 15.0


class Serving:
    """The schedule at work, until `stopping` is set; of all that share a ledger one at a time fires.

    `patience` is how many seconds the runs at hand have for their end before their seats are killed, which the ledger
    bears at any moment. `carries` says whether orders are carried in this process too, or only on other hosts. One on
    `standby` waits for the place of another one, carrying orders meanwhile; so does whoever led, and could not renew
    its lease.
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
        self.carries = carries
        self.stopping = stopping
        self.patience = patience
        self.plans = require_functions(app)
        self.leadership = Leadership(app, stopping, standby=standby)
        self.lanes: list[Lane] = []
        self._turns = {name: threading.Lock() for name in sorted({plan.lane for plan in self.plans.values()})}
        self._ended = Counter[str]()
        self.firings: Firings | None = None

    def serve(
        self, started: Callable[[], None] = lambda: None, waiting: Waiting = lambda _holder, _until: None
    ) -> None:
        """Queue what is due and work it off while we lead; end after the order at hand once `stopping` is set.

        `started` is called whenever we lead from now on, `waiting` where a place must first be given up by whoever held
        it last (then with that holder and until when at most). Raises AlreadyServing, and what the ledger meets at the
        start.
        """
        with ExitStack() as whole:
            whole.callback(self.leadership.close)
            host = whole.enter_context(self._carrying()) if self.on_standby else None
            with self._lanes_ended():
                while (term := self.leadership.seek(waiting)) is not None:
                    host = host or whole.enter_context(self._carrying())
                    self._lead(term, host, started)

    @property
    def on_standby(self) -> bool:
        """Whether another one that leads is waited for: from the start, or since we led ourselves."""
        return self.leadership.standby

    @property
    def ended(self) -> Mapping[str, int]:
        """How many runs ended how."""
        return sum((lane.ended for lane in self.lanes), self._ended)

    def _carrying(self) -> AbstractContextManager[Host | None]:
        if not self.carries:
            return nullcontext()
        return self.app.carrying(dict.fromkeys(self.app.settings.erps), patience=self.patience)

    # --- leading ----------------------------------------------------------------------------------------------------

    def _lead(self, term: Term, host: Host | None, started: Callable[[], None]) -> None:
        """Fire until the term ends; the runs at hand are told so too, and end in their own time."""
        firings = self.firings = Firings(self.app, self.plans, self.app.store.runs.under(term.lease))
        try:
            with firings.firing():
                if self._resumes(firings, term):
                    self._start_lanes(term, host)
                    started()
                while not self._is_over(term):
                    firings.queue_fired()
        finally:
            self.leadership.end(term)
        if not self.stopping.is_set():
            logger.warning("The schedule is kept here no more, until its place can be taken again.")

    def _resumes(self, firings: Firings, term: Term) -> bool:
        while not firings.resumed():
            if self._is_over(term):
                return False
        return True

    def _is_over(self, term: Term) -> bool:
        """Whether the term ends, after a moment in which it may."""
        return self.stopping.is_set() or term.ended.wait(POLL) or self.stopping.is_set()

    # --- lanes ------------------------------------------------------------------------------------------------------

    def _start_lanes(self, term: Term, host: Host | None) -> None:
        """New lanes for the term; each begins once the one before it has ended its run."""
        for lane in [lane for lane in self.lanes if lane.join(0)]:
            self.lanes.remove(lane)
            self._ended += lane.ended
        begun = [Lane(name, self.app, self.plans, term, turn) for name, turn in self._turns.items()]
        for lane in begun:
            lane.app.host = host
            lane.start()
        self.lanes += begun

    @contextmanager
    def _lanes_ended(self) -> Iterator[None]:
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
