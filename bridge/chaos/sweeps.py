"""What becomes of orders that are struck at every point, by every fault? Each is struck once, until all have ended."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Self

import psutil

from bridge.chaos.arenas import LAG, LONGER_LAG, USERS, Arena
from bridge.chaos.faults import Fault, Life
from bridge.chaos.plans import Blow, Plan, struck, write_plan
from bridge.chaos.points import Point
from bridge.chaos.strikers import Strikes
from bridge.chaos.tables import Row, fates, rows_of, told
from bridge.chaos.victims import COMMAND, Briefing
from bridge.chaos.weaknesses import NEEDS_LATE_LIST
from bridge.locale import Phrase

LOOK = 0.1
PATIENCE = 300.0
AFTERMATH = 1.0  # what a victim that goes on still had in hand must have come out by then
LAGS = {Life.TROUBLED: LONGER_LAG}  # where the ERP is told to be late


class Victim:
    """A process that carries orders and may be struck down."""

    def __init__(self, arena: Arena, briefing: Briefing) -> None:
        arena.relieve()
        self.process = subprocess.Popen(
            [*COMMAND, str(arena.config), briefing.text()],
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
    said: list[Phrase] = field(default_factory=list)
    _plans: Iterator[int] = field(default_factory=lambda: count(1), init=False)
    _strikes: list[Strikes] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.without in NEEDS_LATE_LIST:
            self.arena.lag()

    def strike(self, point: Point, fault: Fault, count: int) -> Row:
        """Let so many new orders be struck there by that fault, until all have come to rest."""
        return self.strike_all([(point, fault, count)])[0]

    def strike_all(self, blows: Sequence[tuple[Point, Fault, int]]) -> list[Row]:
        """Let orders be struck by all these, each once, until all have come to rest; a row for each point and fault."""
        planned: dict[str, Blow] = {}
        for life in Life:
            in_it = [(p, fault) for p, fault, count in blows if fault.life is life for _ in range(count)]
            planned |= self._paused(in_it) if life is Life.PAUSED else self._together(life, in_it)
        found = fates(self.arena, planned, self._all_strikes())
        rows = rows_of(found, planned)
        self.rows += rows
        self.said += told(found, planned)
        return rows

    def _together(self, life: Life, blows: Sequence[Blow]) -> Plan:
        """All of them in the life of one victim, and of others where it is struck down."""
        if not blows:
            return {}
        self.arena.declare(LAGS.get(life, LAG))
        plan = dict(zip(self.arena.load(len(blows)), blows, strict=True))
        self._again_and_again(self._briefing(plan))
        return plan

    def _paused(self, blows: Sequence[Blow]) -> Plan:
        """One after the other, each beside another victim that takes over."""
        planned: dict[str, Blow] = {}
        self.arena.declare(LAG)
        for blow in blows:
            plan = dict.fromkeys(self.arena.load(1), blow)
            self._beside_another(self._briefing(plan))
            planned |= plan
        return planned

    def _briefing(self, plan: Plan) -> Briefing:
        path = self.arena.folder / f"plan-{next(self._plans)}.json"
        write_plan(path, plan)
        self._strikes.append(Strikes(struck(str(path))))
        return Briefing(self.seats, str(path), self.without, restart=self.restart)

    def _all_strikes(self) -> Mapping[str, float]:
        return {order: at for each in self._strikes for order, at in each.all().items()}

    def _again_and_again(self, briefing: Briefing) -> None:
        """Start a victim, and another one whenever it is struck down."""
        progress = Progress(self.arena)
        while self.arena.unfinished() and progress.goes_on():
            with Victim(self.arena, briefing) as victim:
                while victim.alive and self.arena.unfinished() and progress.goes_on():
                    time.sleep(LOOK)

    def _beside_another(self, briefing: Briefing) -> None:
        """A victim that stands still is let go on when another one has taken over all that it held."""
        deadline = time.monotonic() + PATIENCE
        first, second = USERS[: self.seats], USERS[self.seats :]
        other = replace(briefing, users=second or first)
        with Victim(self.arena, replace(briefing, users=first)) as victim:
            _wait(lambda: victim.stands_still() or not self.arena.unfinished(), deadline)
            with Victim(self.arena, other):
                _wait(lambda: not self.arena.unfinished(), deadline)
                victim.resume()
                time.sleep(AFTERMATH)
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
