"""Where is a host doubted? At an ERP in memory, with a real ledger, engines of threads, and time that really passes."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bridge.clocks import SystemClock
from bridge.engine.duties import Duty
from bridge.engine.hosts import Host
from bridge.engine.places import Around, Means, plainly
from bridge.engine.seats import Seat
from bridge.model.guards import Breaker
from bridge.model.postings import Posting, PostingState
from bridge.ports import Clock, SeatPlan, TaskRecord
from bridge.store.ledgers import Store, open_ledger
from tests.fake_bots import FakeBot
from tests.fake_engines import FakeEngine
from tests.sandbox.harbour_clerks import eventually
from tests.unit.entry_worlds import CUT_OVER, World

LEASE = timedelta(seconds=3)
LAG = timedelta(seconds=0.2)
LONG = timedelta(hours=1)
SECONDS = 30.0
S = PostingState


class FakeSeat(FakeBot):
    """A fake bot that can be killed like a seat; with a `gate` it signs off only once that is open.

    `signed` is called when it has signed on.
    """

    alive = True
    closing = False
    gate: threading.Event | None = None
    signed: Callable[[], None] | None = None

    def sign_on(self) -> None:
        """Sign on, then say so."""
        super().sign_on()
        if self.signed is not None:
            self.signed()

    def kill(self) -> None:
        """Nothing leaves it any more."""
        self.ended, self.alive = True, False

    def end(self) -> None:
        """The same, and it is signed on no more."""
        self.kill()
        self.signed_on_at = None

    def close(self) -> None:
        """Sign off, then end."""
        self.closing = True
        if self.gate is not None:
            assert self.gate.wait(SECONDS)
        if self.alive:
            self.sign_off()
        self.end()

    def megabytes(self) -> int:
        """What it takes in memory."""
        return self.erp_memory.get(self.user, 1)

    erp_memory: Mapping[str, int] = {}


class JumpingClock(SystemClock):
    """The machine's own clock, which somebody may set meanwhile."""

    ahead = timedelta()

    def now(self) -> datetime:
        """What it shows."""
        return super().now() + self.ahead


@dataclass
class Floor:
    """One ERP, one ledger, and as many hosts as a test wants."""

    store: Store
    clock: JumpingClock
    world: World = field(init=False)
    seats: list[FakeSeat] = field(default_factory=list)
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    duty: Mapping[str, Any] = field(default_factory=dict)
    around: Around = plainly
    signed: Callable[[], None] | None = None
    gate: threading.Event | None = None

    def __post_init__(self) -> None:
        self.world = World(self.store, cast("Any", self.clock), lags=(LAG, LAG))

    def seat(self, plan: SeatPlan, _clock: Clock) -> Seat:
        """A new seat, which the test can look at."""
        self.seats.append(FakeSeat(self.world.fate.over(self.world.erp, "erp"), plan.user))
        self.seats[-1].signed, self.seats[-1].gate = self.signed, self.gate
        return cast("Seat", self.seats[-1])

    def host(self, name: str = "here", **duty: Any) -> Host:
        """A host that works in this ERP; `duty` are its terms."""
        world, erp = self.world, self.world.profile.name
        plain = Duty(
            erp=erp,
            profile=world.profile,
            crm=world.crm,
            users=("BOT1",),
            plan=lambda user: SeatPlan(world.profile, "", user, "secret"),
            cut_over=lambda: CUT_OVER,
            closed=lambda _at: None,
            lease=LEASE,
            control_reference=world.control_reference,
            breaker=Breaker(failures=100),
        )
        means = Means(
            ledger=self.store.ledger,
            leases=self.store.seats,
            switches=world.fate.over(self.store.switches, "switches"),
            evidence=world.evidence,
            clock=self.clock,
            worker=name,
            stopped=lambda: None,
            seat_of=self.seat,
            around=self.around,
        )
        engine = FakeEngine(name, self.tasks)
        hosts, circuits = self.store.hosts, self.store.circuits
        return Host(means, {erp: replace(plain, **duty)}, engine=engine, hosts=hosts, circuits=circuits)

    @contextmanager
    def working(self, name: str = "here", patience: float = 10, **duty: Any) -> Iterator[Host]:
        """A host at work while inside."""
        host = self.host(name, **duty)
        host.start()
        try:
            yield host
        finally:
            host.stop(patience)

    def doubt(self, *postings: Posting, **duty: Any) -> None:
        """A host works until these are in doubt, and is gone before one may be settled; then that time is over."""
        lags = replace(self.world.profile.lags, commit=LONG)
        with self.working(patience=0, profile=replace(self.world.profile, lags=lags), **duty):
            for posting in postings:
                self.until(posting, S.IN_DOUBT)
        self.clock.ahead += 2 * LONG

    def jump(self) -> None:
        """Somebody sets the clock forward, by more than the lags."""
        self.clock.ahead += 5 * LAG

    def until(self, posting: Posting, state: PostingState) -> None:
        """Wait until the posting is there."""
        eventually(lambda: self.world.now(posting).state is state, SECONDS)


@contextmanager
def floor(folder: Path) -> Iterator[Floor]:
    """A new ledger by a clock that is right until somebody sets it."""
    clock = JumpingClock()
    with open_ledger(f"sqlite:///{(folder / 'ledger.sqlite').as_posix()}", clock, lease=LEASE) as store:
        yield Floor(store, clock)
