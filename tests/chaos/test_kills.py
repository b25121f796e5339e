"""Is an order ever stored twice or lost because a process was killed, at whatever step?"""

import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from bridge.app import App
from bridge.settings import load_settings
from tests.chaos.later_clocks import LaterClock
from tests.chaos.strikes import LONG, Case, Fault, Strike, expected, fault, outcome, plain
from tests.installations import ROOT, Installation
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.browser

Kill = tuple[str, str | Fault, str]
KILLS: list[Kill] = [
    ("claimed", "claimed", "posted, stored 1 times"),
    ("while it types", fault("slow", "/so/entry", seconds=30), "posted, stored 1 times"),
    ("intent", "intent", "posted, stored 1 times"),
    ("sent, and nothing left", "sent", "held (cannot_settle), stored 0 times"),
    ("sent, not yet stored", fault("slow", seconds=1.5, before=True), "posted, stored 1 times"),
    ("stored, not yet answered", fault("slow", seconds=30), "posted, stored 1 times"),
    ("numbered", "numbered", "posted, stored 1 times"),
    ("while it verifies", fault("slow", "/so/show", "GET", seconds=30), "posted, stored 1 times"),
    ("verified", "verified", "posted, stored 1 times"),
    ("posted", "posted", "posted, stored 1 times"),
]
ONLY_LONG = {"claimed", "while it verifies", "posted"}


def test_the_whole_bridge_may_be_killed_at_any_step(installation: Installation) -> None:
    """After a SIGKILL between any two steps the next runs bring each order where it belongs, and type none twice."""
    kills = [kill for kill in KILLS if LONG or kill[0] not in ONLY_LONG]
    orders = [plain() for _ in kills]
    postings = []
    for hours, ((_, point, _), wanted) in enumerate(zip(kills, orders, strict=True), 1):
        postings += installation.load([wanted])
        kill_at(installation, wanted["number"], point, hours)
    later = LaterClock(timedelta(hours=len(kills) + 1))
    installation.app.close()
    installation.app = App(load_settings(installation.config), clock=later)
    installation.run("post_orders")
    found = [str(outcome(installation, *each)) for each in zip(orders, postings, strict=True)]
    assert dict(zip([kill[0] for kill in kills], found, strict=True)) == {kill[0]: kill[2] for kill in kills}
    assert installation.oracle.duplicates() == []


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
    left = threading.Event()

    def watch() -> None:
        seen = 0
        while not left.wait(0.02):
            now = fired(installation)
            if now > seen:
                act()
            seen = now

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


def kill_seats() -> None:
    """Kill every seat of this process."""
    for child in multiprocessing.active_children():
        child.kill()


def test_a_seat_may_be_killed_at_any_moment(installation: Installation) -> None:
    """The bridge survives its seat: what was sent is looked for, what was not is typed, and nothing twice."""
    cases = [
        Case("while it probes", (fault("slow", "/so/list", "", seconds=30),)),
        Case("while it types", (fault("slow", "/so/entry", seconds=30),)),
        Case("sent, not yet stored", (fault("slow", seconds=1.5, before=True),)),
        Case("stored, not yet answered", (fault("slow", seconds=30),)),
        Case("while it verifies", (fault("slow", "/so/show", "GET", seconds=30),)),
    ]
    strike = Strike(installation, cases)
    with at_each_strike(installation, kill_seats):
        found = strike.run()
    assert {name: str(each) for name, each in found.items()} == expected(cases)
    assert installation.oracle.duplicates() == []


def test_a_stop_while_an_order_is_typed_lets_nothing_leave(installation: Installation) -> None:
    """Once everything is stopped no Save leaves, and the order goes on where it was when the stop is lifted."""
    switches, wanted = installation.app.store.switches, plain()
    posting = installation.load([wanted])[0]
    installation.erp.control("faults", fault("slow", "/so/entry", seconds=1))
    installation.erp.control("faults", fault("slow", seconds=0))  # counts the Saves that arrive
    with at_each_strike(installation, lambda: switches.stop("person:test", "a drill")):
        report = installation.run("post_orders")
    assert report.troubles == ("Stopped by person:test: a drill",)
    typed, saved = installation.erp.control("faults", None, "GET")
    assert (typed["fired"], saved["fired"]) == (1, 0)
    installation.erp.control("faults", None, "DELETE")
    assert str(outcome(installation, wanted, posting)) == "pending (stop_ordered), stored 0 times"
    for _ in range(4):
        installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "pending (stop_ordered), stored 0 times"
    switches.resume("person:test")
    installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"
