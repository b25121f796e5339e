"""Who kills the bridge, or only its seat, at an exact step?"""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from bridge.app import App
from bridge.settings import load_settings
from tests.chaos.later_clocks import LaterClock
from tests.chaos.strikes import Fault, Outcome, fault, outcome, plain
from tests.installations import ROOT, Installation
from tests.sandbox.harbour_clerks import eventually
from tests.watchers import meanwhile

Kill = tuple[str, str | Fault, str]
KILLS: list[Kill] = [
    ("claimed", "claimed", "posted, stored 1 times"),
    ("while it types", fault("slow", "/so/entry", seconds=30), "posted, stored 1 times"),
    ("intent", "intent", "posted, stored 1 times"),
    ("sent, and nothing left", "sent", "held (cannot_settle), stored 0 times"),
    ("sent, not yet stored", fault("slow", seconds=0.5, before=True), "posted, stored 1 times"),
    ("stored, not yet answered", fault("slow", seconds=30), "posted, stored 1 times"),
    ("numbered", "numbered", "posted, stored 1 times"),
    ("while it verifies", fault("slow", "/so/show", "GET", seconds=30), "posted, stored 1 times"),
    ("verified", "verified", "posted, stored 1 times"),
    ("posted", "posted", "posted, stored 1 times"),
]
ONLY_LONG = {"claimed", "while it types", "while it verifies", "posted"}


def killed(installation: Installation, kills: Sequence[Kill]) -> dict[str, Outcome]:
    """What became of each order after a bridge was killed at it, and another one worked later."""
    orders = [plain() for _ in kills]
    postings = []
    for hours, ((_, point, _), wanted) in enumerate(zip(kills, orders, strict=True), 1):
        postings += installation.load([wanted])
        kill_at(installation, wanted["number"], point, hours)
    later = LaterClock(timedelta(hours=len(kills) + 1))
    installation.app.close()
    installation.app = App(load_settings(installation.config), clock=later)
    installation.run("post_orders")
    found = [outcome(installation, *each) for each in zip(orders, postings, strict=True)]
    return dict(zip([kill[0] for kill in kills], found, strict=True))


def kill_at(installation: Installation, number: str, point: str | Fault, hours: int) -> None:
    """Start a bridge, let it come to a step or into a slow request, and kill it there with all it needs to go on."""
    step = point if isinstance(point, str) else "nowhere"
    if isinstance(point, dict):
        installation.erp.control("faults", point)
    command = [sys.executable, "-m", "tests.chaos.standing_children", str(installation.config), number, step]
    with subprocess.Popen(
        [*command, str(hours)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        if isinstance(point, dict):
            eventually(lambda: fired(installation), 60)
        else:
            assert process.stdout.readline().decode().strip() == step
        process.kill()
    installation.erp.control("faults", None, "DELETE")


def fired(installation: Installation) -> int:
    """How many faults have struck since they were last cleared."""
    faults: list[dict[str, Any]] = installation.erp.control("faults", None, "GET")
    return sum(each["fired"] for each in faults)


@contextmanager
def at_each_strike(installation: Installation, act: Callable[[], object]) -> Iterator[None]:
    """Act each time a fault has just struck, while inside."""
    seen = 0

    def look() -> None:
        nonlocal seen
        now = fired(installation)
        if now > seen:
            act()
        seen = now

    with meanwhile(look, 0.02):
        yield


def kill_seats() -> None:
    """Kill every seat of this process."""
    for child in multiprocessing.active_children():
        child.kill()
