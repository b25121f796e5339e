"""What becomes of orders that are struck at every point, by every fault? Each is struck once, until all have ended."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self

import psutil

from bridge.chaos.arenas import LAG, LONGER_LAG, USERS, Arena
from bridge.chaos.faults import Company, Fault
from bridge.chaos.plans import Plan, struck, write_plan
from bridge.chaos.points import Point
from bridge.chaos.strikers import Strikes
from bridge.chaos.tables import Row, fates, rows_of, told
from bridge.chaos.victims import COMMAND, Orders

LOOK = 0.1
PATIENCE = 300.0
AFTERMATH = 1.0  # what a victim that goes on still had in hand must have come out by then
LAGS = {Company.TROUBLED: LONGER_LAG}  # where the ERP is told to be late


class Victim:
    """A process that carries orders and may be struck down."""

    def __init__(self, arena: Arena, orders: Orders) -> None:
        arena.relieve()
        self.process = subprocess.Popen(
            [*COMMAND, str(arena.config), orders.text()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def resume(self) -> None:
        """Let it go on, with its seats, after it stood still."""
        with suppress(psutil.Error):
            own = psutil.Process(self.process.pid)
            for process in (*own.children(recursive=True), own):
                with suppress(psutil.Error):
                    process.resume()

    def stands_still(self) -> bool:
        """Whether somebody made it stand still."""
        with suppress(psutil.Error):
            return psutil.Process(self.process.pid).status() == psutil.STATUS_STOPPED
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.resume()
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@dataclass
class Sweep:
    """Strikes in one arena; `without` names what is taken from the bridge, so that the sweep must notice.

    `restart` is the command that restarts the ledger's server; `said` are lines on orders that ended as none may.
    """

    arena: Arena
    seats: int = 2
    without: str = ""
    restart: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _plans: Iterator[int] = field(default_factory=lambda: count(1))
    _strikes: list[Strikes] = field(default_factory=list)

    def strike(self, point: Point, fault: Fault, count: int) -> Row:
        """Let so many new orders be struck there by that fault, until all have come to rest."""
        return self.strike_all([(point, fault, count)])[0]

    def strike_all(self, blows: Sequence[tuple[Point, Fault, int]]) -> list[Row]:
        """Let orders be struck by all these, each once, until all have come to rest; a row for each point and fault."""
        planned: dict[str, tuple[Point, Fault]] = {}
        for company in Company:
            blows_here = [(p, fault) for p, fault, count in blows if fault.company is company for _ in range(count)]
            planned |= self._paused(blows_here) if company is Company.PAUSED else self._together(company, blows_here)
        found = fates(self.arena, planned, self._all_strikes())
        rows = rows_of(found, planned)
        self.rows += rows
        self.said += told(found, planned)
        return rows

    def _together(self, company: Company, blows: Sequence[tuple[Point, Fault]]) -> Plan:
        """All of them in the life of one victim, and of others where it is struck down."""
        if not blows:
            return {}
        self.arena.declare(LAGS.get(company, LAG))
        plan = dict(zip(self.arena.load(len(blows)), blows, strict=True))
        self._again_and_again(self._orders(plan))
        return plan

    def _paused(self, blows: Sequence[tuple[Point, Fault]]) -> Plan:
        """One after the other, each beside another victim that takes over."""
        planned: dict[str, tuple[Point, Fault]] = {}
        self.arena.declare(LAG)
        for blow in blows:
            plan = dict.fromkeys(self.arena.load(1), blow)
            self._beside_another(self._orders(plan))
            planned |= plan
        return planned

    def _orders(self, plan: Plan) -> Orders:
        path = self.arena.folder / f"plan-{next(self._plans)}.json"
        write_plan(path, plan)
        self._strikes.append(Strikes(struck(str(path))))
        return Orders(self.seats, str(path), self.without, restart=self.restart)

    def _all_strikes(self) -> Mapping[str, float]:
        return {order: at for each in self._strikes for order, at in each.all().items()}

    def _again_and_again(self, orders: Orders) -> None:
        """Start a victim, and another one whenever it is struck down."""
        progress = Progress(self.arena)
        while self.arena.unfinished() and progress.goes_on():
            with Victim(self.arena, orders) as victim:
                while victim.alive and self.arena.unfinished() and progress.goes_on():
                    time.sleep(LOOK)

    def _beside_another(self, orders: Orders) -> None:
        """A victim that stands still is let go on when another one has taken over all that it held."""
        deadline = time.monotonic() + PATIENCE
        first, second = USERS[: self.seats], USERS[self.seats :]
        other = replace(orders, users=second or first)
        with Victim(self.arena, replace(orders, users=first)) as victim:
            _wait(lambda: victim.stands_still() or not self.arena.unfinished(), deadline)
            with Victim(self.arena, other):
                _wait(lambda: not self.arena.unfinished(), deadline)
                victim.resume()
                _wait(lambda: False, min(deadline, time.monotonic() + AFTERMATH))
                _wait(lambda: not self.arena.unfinished(), deadline)


class Progress:
    """Whether orders still come to rest, one after the other; what stands still for too long never will."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.least = arena.unfinished()
        self.since = time.monotonic()

    def goes_on(self) -> bool:
        """Whether one came to rest within the last minutes."""
        unfinished = self.arena.unfinished()
        if unfinished < self.least:
            self.least, self.since = unfinished, time.monotonic()
        return time.monotonic() - self.since < PATIENCE


def _wait(reached: Callable[[], bool], deadline: float) -> None:
    while not reached() and time.monotonic() < deadline:
        time.sleep(LOOK)


@contextmanager
def timed() -> Iterator[list[float]]:
    """The seconds that pass inside, as the only item of the list, once it is left."""
    begun, spent = time.monotonic(), [0.0]
    try:
        yield spent
    finally:
        spent[0] = round(time.monotonic() - begun, 1)
