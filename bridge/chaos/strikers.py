"""Who strikes? Something between an attempt and its desk, which does what was planned when the point is reached."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridge.chaos.faults import Fault
from bridge.chaos.plans import Plan
from bridge.chaos.points import Point
from bridge.chaos.scenes import Scene
from bridge.entry import Desk
from bridge.model.postings import Claim, Phase

MOMENTS = 0.06  # seconds within which a toy ERP has stored and answered
HANDS = ("bot", "ledger", "crm", "evidence")
UNWRITABLE = 15.0  # seconds for which a full disk may keep us from noting a strike


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
            self._keep(order)
            return True

    def _keep(self, order: str) -> None:
        """Where the disk of this process is full, another order was struck so: wait until that is over."""
        deadline = time.monotonic() + UNWRITABLE
        while True:
            try:
                with self.path.open("ab", buffering=0) as file:
                    file.write(f"{time.time():.3f} {order}\n".encode())
                    os.fsync(file.fileno())
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


class Striker:
    """Strikes each order once, at its own point."""

    def __init__(self, plan: Plan, strikes: Strikes, scene: Scene) -> None:
        self.plan = plan
        self.strikes = strikes
        self.scene = scene

    def around(self, desk: Desk, claim: Claim) -> Desk:
        """The desk with the striker before every port."""
        planned = self.plan.get(claim.posting.order_number)
        if planned is None:
            return desk
        watch = Watch(self, claim, *planned)
        watched: dict[str, Any] = {hand: Watched(getattr(desk, hand), hand, watch) for hand in HANDS}
        return replace(desk, **watched)

    def strike(self, claim: Claim, fault: Fault) -> None:
        """Do what is to be done, once per order."""
        if self.strikes.note(claim.posting.order_number):
            fault.act(self.scene, claim)


class Watch:
    """Counts the calls of one attempt."""

    def __init__(self, striker: Striker, claim: Claim, point: Point, fault: Fault) -> None:
        self.striker = striker
        self.claim = claim
        self.point = point
        self.fault = fault
        self.counts: Counter[tuple[str, bool]] = Counter()

    def pass_by(self, call: str, *, after: bool) -> None:
        """Strike where this is the point."""
        self.counts[call, after] += 1
        point = self.point
        if (point.call, point.after) == (call, after) and point.nth in (0, self.counts[call, after]):
            self.strike()

    def strike(self) -> None:
        """Strike now."""
        self.striker.strike(self.claim, self.fault)

    def send(self) -> None:
        """Leave is given: strike at some moment of Save, or at once where Save itself is to meet the fault."""
        if self.point.call != "saving":
            return
        if self.fault.prompt:
            self.strike()
        else:
            moment = self.striker.scene.chance.uniform(0, MOMENTS)
            threading.Timer(moment, self.strike).start()


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
