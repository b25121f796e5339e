"""How can an attempt be stopped anywhere, and go on later? In a thread that runs only while somebody waits for it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bridge.model.documents import Document
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Claim, Phase, Work
from bridge.model.read_backs import FilledForm
from bridge.ports import Answer, SeatLease, Taken
from tests.fake_bots import FakeBot
from tests.fake_erps import FakeErp, Saving, unanswered
from tests.fakes import FakeClock
from tests.troubles import Died, Fate
from tests.unit.entry_worlds import COMMIT, LISTING

PATIENCE = 60.0
REFUSAL = "SO-150 Credit limit exceeded"
# how a Save may go within what the profile declares
SAVINGS: dict[str, Saving] = {
    "well": Saving(),
    "listed late": Saving(list_lag=LISTING),
    "no answer, stored": unanswered(),
    "no answer, late": unanswered(commit_lag=COMMIT, list_lag=LISTING),
    "no answer, nothing stored": unanswered(times=0),
    "refused": Saving(times=0, text=REFUSAL),
    "refused, but stored": Saving(text=REFUSAL, list_lag=LISTING),
    "stored twice": Saving(times=2),
    "stored twice, no answer": unanswered(times=2, commit_lag=COMMIT),
    "a line dropped": Saving(change=lambda document: replace(document, lines=document.lines[:-1])),
}
# and beyond: then only a person may say that it was not stored
TOO_LATE = {"no answer, later than declared": unanswered(commit_lag=timedelta(minutes=10))}


@dataclass
class SetClock(FakeClock):
    """The clock of the machines, which anybody may set: `real` is the time that passes, `ahead` how wrong it is."""

    real: FakeClock
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """What this clock shows."""
        return self.real.now() + self.ahead

    def elapsed(self) -> float:
        """Seconds that nobody can set."""
        return self.real.elapsed()

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.real.wait(seconds)


class Walk:
    """An attempt in a thread of its own that runs only while we wait for it, so that every history can be repeated."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work, self._killed = work, False
        self._go, self._still = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.ended = False
        self.error: BaseException | None = None

    def start(self) -> None:
        """Let it run until it stands still or has ended."""
        self._thread.start()
        self._wait()

    def go_on(self, *, killed: bool = False) -> None:
        """Let it go on, or die where it stands."""
        self._killed = killed
        self._still.clear()
        self._go.set()
        self._wait()

    def pause(self) -> None:
        """Stand still; called in its own thread."""
        self._still.set()
        assert self._go.wait(PATIENCE)
        self._go.clear()
        if self._killed:
            raise Died

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it judges what came
            self.error = error
        self.ended = True
        self._still.set()

    def _wait(self) -> None:
        assert self._still.wait(PATIENCE)
        if self.ended:
            self._thread.join(PATIENCE)


@dataclass
class Place:
    """A worker process with its seat; it works as its own ERP user, or as the one whose session must be ended."""

    worker: str
    user: str
    fate: Fate = field(default_factory=Fate)
    bot: FakeBot | None = None
    lease: SeatLease | None = None
    since: float = 0.0
    walk: Walk | None = None
    claim: Claim | None = None
    order_id: str = ""

    @property
    def is_at_work(self) -> bool:
        """Whether an attempt stands still here."""
        return self.walk is not None and not self.walk.ended

    def end(self) -> None:
        """Kill the seat."""
        if self.bot is not None:
            self.bot.end()
        self.bot = None


@dataclass
class Watched:
    """A ledger that is watched: nothing is sent once it was told of a cancellation."""

    ledger: Any
    cancelled: set[str]
    broken: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def take(self, now: Order, *arguments: Any, **named: Any) -> Taken:
        """Take the order, and remember whether it is cancelled."""
        taken: Taken = self.ledger.take(now, *arguments, **named)
        (self.cancelled.add if now.status is OrderStatus.CANCELLED else self.cancelled.discard)(now.id)
        return taken

    def note_phase(
        self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[FilledForm | Document] = ()
    ) -> None:
        """Note it, and doubt that it was allowed."""
        self.ledger.note_phase(claim, phase, document, read)
        if phase is Phase.SENT and claim.posting.work is not Work.CANCEL and claim.posting.order_id in self.cancelled:
            self.broken.append(f"{claim.posting.reference} was sent though it is known to be cancelled")


@dataclass
class Counting(FakeErp):
    """An ERP that knows which orders it stored twice at one request."""

    doubled: set[str] = field(default_factory=set)

    def receive(self, document: Any, user: str, session: int, number: str = "") -> Answer:
        """Take it."""
        plan = self._plans[0] if self._plans else None
        if session == self.sessions.get(user) and not number and plan is not None and plan.times > 1:
            self.doubled.add(document.po_number)
        return super().receive(document, user, session, number)
