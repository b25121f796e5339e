"""Who strikes? Something between an attempt and its desk, which kills when the wanted point is reached."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import psutil

from bridge.chaos.points import Act, Point
from bridge.entry import Desk
from bridge.model.postings import Claim, Phase

MOMENTS = 0.06  # seconds within which a toy ERP has stored and answered
HANDS = ("bot", "ledger", "crm", "evidence")


class Strikes:
    """Which orders were struck, and when; kept in a file, since whoever strikes may be gone a moment later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def all(self) -> dict[str, float]:
        """When each order was struck, in seconds since 1970."""
        if not self.path.exists():
            return {}
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return {line.partition(" ")[2]: float(line.partition(" ")[0]) for line in lines if " " in line}

    def note(self, order: str) -> bool:
        """Keep that the order is struck now; False where it was before."""
        with self._lock:
            if order in self.all():
                return False
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{time.time():.3f} {order}\n")
                file.flush()
                os.fsync(file.fileno())
            return True


Plan = Mapping[str, tuple[Point, Act]]


class Striker:
    """Strikes each order once, at its own point."""

    def __init__(self, plan: Plan, strikes: Strikes) -> None:
        self.plan = plan
        self.strikes = strikes
        self.chance = Random(os.getpid())  # noqa: S311 - a moment to strike at is no secret

    def around(self, desk: Desk, claim: Claim) -> Desk:
        """The desk with the striker before every port."""
        planned = self.plan.get(claim.posting.order_number)
        if planned is None:
            return desk
        watch = Watch(self, claim.posting.order_number, *planned)
        watched: dict[str, Any] = {hand: Watched(getattr(desk, hand), hand, watch) for hand in HANDS}
        return replace(desk, **watched)

    def strike(self, order: str, act: Act) -> None:
        """Do what is to be done, once per order."""
        if self.strikes.note(order):
            ACTS[act]()


class Watch:
    """Counts the calls of one attempt."""

    def __init__(self, striker: Striker, order: str, point: Point, act: Act) -> None:
        self.striker = striker
        self.order = order
        self.point = point
        self.act = act
        self.counts: Counter[tuple[str, bool]] = Counter()

    def pass_by(self, call: str, *, after: bool) -> None:
        """Strike where this is the point."""
        self.counts[call, after] += 1
        point = self.point
        if (point.call, point.after) == (call, after) and point.nth in (0, self.counts[call, after]):
            self.striker.strike(self.order, self.act)

    def send(self) -> None:
        """Save is under way from now on: strike at some moment of it."""
        if self.point.call == "saving":
            moment = self.striker.chance.uniform(0, MOMENTS)
            threading.Timer(moment, self.striker.strike, [self.order, self.act]).start()


class Watched:
    """A port whose calls are watched."""

    def __init__(self, inner: Any, hand: str, watch: Watch) -> None:
        self._inner = inner
        self._hand = hand
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def watched(*arguments: Any, **named: Any) -> Any:
            call = _called(f"{self._hand}.{name}", arguments)
            self._watch.pass_by(call, after=False)
            if name == "save":
                arguments = (self._sending(*arguments),)
            result = found(*arguments, **named)
            self._watch.pass_by(call, after=True)
            return result

        return watched

    def _sending(self, leave: Callable[[], bool]) -> Callable[[], bool]:
        def given() -> bool:
            said = leave()
            if said:
                self._watch.send()
            return said

        return given


def _called(call: str, arguments: tuple[Any, ...]) -> str:
    phases = [argument for argument in arguments if isinstance(argument, Phase)]
    return f"{call}:{phases[0].value}" if phases else call


def _seats() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def kill_seats() -> None:
    """Kill every seat of this process with all it has started."""
    for process in _seats():
        process.kill()


def kill_engine() -> None:
    """Kill this process; its seats notice that they are alone."""
    psutil.Process().kill()


def kill_tree() -> None:
    """Kill the seats and this process."""
    kill_seats()
    kill_engine()


def pause() -> None:
    """Stand still with the seats, until somebody lets us go on."""
    for process in (*_seats(), psutil.Process()):
        process.suspend()


ACTS: dict[Act, Callable[[], None]] = {
    Act.SEAT: kill_seats,
    Act.ENGINE: kill_engine,
    Act.TREE: kill_tree,
    Act.PAUSE: pause,
}
