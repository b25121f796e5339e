"""Which process keeps the schedule now? One of all that share the ledger, for as long as it can renew its lease.

Whoever cannot renew it leads no more, well before another one may, and then waits for the place like one on standby: an
outage of the ledger ends a term, never the service.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.app import App
from bridge.engine.hearts import Kept
from bridge.engine.workers import was_here
from bridge.errors import AlreadyServing, BridgeError, SeatTaken
from bridge.ports import SeatLease
from bridge.scheduler.complaints import Complaints

ACTOR = "scheduler"
NOBODY = "-"
POLL = 0.5

Waiting = Callable[[str, str], None]


@dataclass(frozen=True)
class Term:
    """One time of leading; `ended` is set where we end it, and where the lease is lost or may soon be."""

    lease: SeatLease
    ended: threading.Event = field(default_factory=threading.Event)


class Leadership:
    """Our place among those that would lead, sought until `stopping` is set.

    On `standby` whoever leads is waited for; else a living one is an error, until we have led once ourselves.
    """

    def __init__(self, app: App, stopping: threading.Event, *, standby: bool) -> None:
        self.app = app
        self.standby = standby
        self.stopping = stopping
        self.complaints = Complaints()
        self.heart = app.heart_of(timedelta(seconds=app.settings.lease_seconds), app.clock.elapsed)
        self._kept: Kept | None = None
        self._lease: SeatLease | None = None

    def seek(self, waiting: Waiting) -> Term | None:
        """The next term, begun once nobody else leads; None where we were told to stop.

        A holder who may be dead is waited out (it lives if it renews its lease); `waiting` is told of it. Raises
        AlreadyServing, and what the ledger meets only while it has not answered yet.
        """
        seen: SeatTaken | None = None
        while not self.stopping.is_set():
            answer: Term | SeatTaken | None = None
            with self._outliving() if self.standby or seen else nullcontext():
                answer = self._ask()
            if isinstance(answer, Term):
                return answer
            if answer is not None:
                self._refuse_living(answer, seen)
                if seen is None:
                    waiting(str(answer.params["holder"]), str(answer.params["until"]))
                seen = answer
            self.stopping.wait(POLL)
        return None

    def end(self, term: Term) -> None:
        """Lead no more; the place is renewed on only where the service ends, until it has."""
        term.ended.set()
        if not self.stopping.is_set():
            self._renew_no_more()

    def close(self) -> None:
        """Give the place up for good, at once where the ledger can be told."""
        self._renew_no_more()
        with suppress(BridgeError):
            self._leave()
        self.heart.close()

    def _outliving(self) -> AbstractContextManager[None]:
        return self.complaints.instead_of_errors("The schedule cannot be taken over")

    def _ask(self) -> Term | SeatTaken:
        try:
            return self._begin()
        except SeatTaken as error:
            return error

    def _begin(self) -> Term:
        seats = self.app.store.seats
        self._leave()
        begun = self.app.clock.elapsed()
        lease = self._lease = seats.take(NOBODY, ACTOR, self.app.worker)
        term = Term(lease)
        self._kept = Kept("the schedule", lambda: seats.beat(lease), term.ended.set, begun)
        self.heart.begin(self._kept)
        self.standby = True
        return term

    def _renew_no_more(self) -> None:
        if self._kept is not None:
            self.heart.leave(self._kept)

    def _leave(self) -> None:
        """What an outage kept us from giving back must not keep us, or others, waiting now."""
        if self._lease is not None:
            self.app.store.seats.leave(self._lease)
            self._lease = None

    def _refuse_living(self, taken: SeatTaken, seen: SeatTaken | None) -> None:
        holder, until = str(taken.params["holder"]), str(taken.params["until"])
        renewed = seen is not None and seen.params != taken.params
        if not self.standby and (renewed or was_here(holder)):
            raise AlreadyServing(holder=holder, until=until)
