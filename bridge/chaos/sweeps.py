"""What becomes of orders that are struck at every point? By the ERP's own tables, and by nothing that we say."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import count
from statistics import mean
from typing import Self

import psutil

from bridge.chaos.arenas import USERS, Arena
from bridge.chaos.points import Act, Point
from bridge.chaos.strikers import Plan, Strikes
from bridge.chaos.victims import Orders, struck, write_plan
from bridge.model.postings import PostingState

LOOK = 0.1
PATIENCE = 120.0
AFTERMATH = 1.0  # what a victim that goes on still had in hand must have come out by then
S = PostingState
SEEN = {S.POSTED, S.HELD, S.REJECTED, S.CANCELLED, S.FAILED}


@dataclass(frozen=True)
class Row:
    """What came of the orders struck at one point in one way; `seconds` is the mean from the strike to their rest."""

    point: str
    act: str
    orders: int
    struck: int
    duplicates: int
    lost: int
    wrong: int
    in_doubt: int
    held: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing was doubled, lost, wrong or left in doubt."""
        return not (self.duplicates or self.lost or self.wrong or self.in_doubt or self.held)


class Victim:
    """A process that carries orders and may be struck down."""

    def __init__(self, arena: Arena, orders: Orders) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bridge.chaos.victims", str(arena.config), orders.text()],
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
    """Strikes in one arena; `without` names what is taken from the bridge, so that the sweep must notice."""

    arena: Arena
    seats: int = 2
    without: str = ""
    rows: list[Row] = field(default_factory=list)
    _plans: Iterator[int] = field(default_factory=lambda: count(1))
    _strikes: list[Strikes] = field(default_factory=list)

    def strike(self, point: Point, act: Act, count: int) -> Row:
        """Let so many new orders be struck there in that way, until all have come to rest."""
        return self.strike_all([(point, act, count)])[0]

    def strike_all(self, combinations: Sequence[tuple[Point, Act, int]]) -> list[Row]:
        """Let orders be struck in all these ways, each once, until all have come to rest; a row for each way."""
        mixed = [(point, act) for point, act, count in combinations for _ in range(count)]
        numbers = dict(zip(self.arena.load(len(mixed)), mixed, strict=True))
        killed = {number: each for number, each in numbers.items() if each[1] is not Act.PAUSE}
        self._again_and_again(self._orders(killed))
        for number, each in numbers.items():
            if each[1] is Act.PAUSE:
                self._beside_another(self._orders({number: each}))
        rows = [self._row(*each, numbers) for each in dict.fromkeys(mixed)]
        self.rows += rows
        return rows

    def _orders(self, plan: Plan) -> Orders:
        """Orders for a victim; what is not in the plan waits, held by nobody but us."""
        path = self.arena.folder / f"plan-{next(self._plans)}.json"
        write_plan(path, plan)
        self._strikes.append(Strikes(struck(str(path))))
        self.arena.release(plan)
        return Orders(self.seats, str(path), self.without)

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
        other = Orders(self.seats, orders.plan, self.without, second or first)
        with Victim(self.arena, replace(orders, users=first)) as victim:
            _wait(lambda: victim.stands_still() or not self.arena.unfinished(), deadline)
            with Victim(self.arena, other):
                _wait(lambda: not self.arena.unfinished(), deadline)
                victim.resume()
                _wait(lambda: False, min(deadline, time.monotonic() + AFTERMATH))
                _wait(lambda: not self.arena.unfinished(), deadline)

    def _row(self, point: Point, act: Act, planned: Plan) -> Row:
        numbers = [number for number, each in planned.items() if each == (point, act)]
        strikes = {order: at for each in self._strikes for order, at in each.all().items()}
        postings, stored = self.arena.postings(numbers), self.arena.stored()
        found = {number: stored.get(f"PO {number}", []) for number in numbers}
        states = {number: postings[number].state for number in numbers}
        times = [postings[each].updated_at.timestamp() - strikes[each] for each in numbers if each in strikes]
        return Row(
            point=point.name,
            act=act.value,
            orders=len(numbers),
            struck=sum(number in strikes for number in numbers),
            duplicates=sum(len(documents) > 1 for documents in found.values()),
            lost=sum(_lost(states[number], bool(found[number])) for number in numbers),
            wrong=sum(self.arena.differs(number, each) for number in numbers for each in found[number]),
            in_doubt=sum(state in (S.IN_DOUBT, S.CLAIMED) for state in states.values()),
            held=sum(state in (S.HELD, S.FAILED, S.REJECTED) for state in states.values()),
            seconds=round(mean([max(0.0, each) for each in times]), 1) if times else 0.0,
        )


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


def _lost(state: PostingState, stored: bool) -> bool:
    return (state is S.POSTED and not stored) or state not in SEEN


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
