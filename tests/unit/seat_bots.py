"""Who sits at a seat that is doubted? Bots that do one thing each, and note it in the file that is their user."""

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bots.drivers import open_driver
from bridge.errors import CaptureRefused, TargetNotFound
from bridge.model.profiles import ErpProfile, Formats, Lags
from bridge.ports import Answer, Leave, Picture, Search, SeatPlan
from tests.sandbox.harbour_clerks import eventually

WAIT = "import threading; threading.Event().wait()"
START_AND_WAIT = f"import subprocess, sys, threading; subprocess.Popen([sys.executable, '-c', {WAIT!r}]); {WAIT}"


def plan(bot: str, note: Path, address: str = "") -> SeatPlan:
    """A seat for one of these bots; its user is the file of notes."""
    profile = ErpProfile("toy", "1", "web", f"tests.unit.seat_bots:{bot}", Formats(), Lags(), {})
    return SeatPlan(profile, address, str(note), "secret", headed=False, options={})


class Clerk:
    """Does what it is told, and notes it."""

    def __init__(self, plan: SeatPlan) -> None:
        self.note_file = Path(plan.user)

    @classmethod
    def at_seat(cls, plan: SeatPlan) -> Self:
        """The bot of one seat."""
        return cls(plan)

    def note(self, text: str) -> None:
        """Keep it."""
        with self.note_file.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def sign_on(self) -> None:
        """Sign on."""
        self.note("signed on")

    def sign_off(self) -> None:
        """Sign off."""
        self.note("signed off")

    def search(self, query: Search) -> Any:
        """What comes of it depends on what is looked for."""
        match query.reference:
            case "missing":
                raise TargetNotFound(target="customer", screen="order_entry")
            case "broken":
                raise ZeroDivisionError("division by zero")
            case "unsendable":
                return (threading.Lock(),)
            case "loud":
                sys.stdout.write("a bot's own words\n")
                sys.stdout.flush()
                subprocess.run([sys.executable, "-c", "print('and those of what it started')"], check=True)
            case "noted":
                self.note("searched")
            case "endless":
                self.note("endless")
                threading.Event().wait()
        return ()

    def capture(self, step: str) -> Picture:
        """A picture that is developed in a while, or shows nothing."""

        def develop() -> bytes:
            if step == "blank":
                raise CaptureRefused(screen="toy", why="uniform")
            eventually(lambda: "searched" in self.note_file.read_text("utf-8"), 10)
            return step.encode()

        self.note("taken")
        return Picture(step, "toy", datetime.now(UTC), develop, "png", 1, 1)

    def save(self, leave: Leave) -> Answer:
        """Let the request leave where leave was given."""
        self.note("asks")
        if leave():
            self.note("left")
            return Answer("10001")
        self.note("refused")
        return Answer(None)

    def close(self) -> None:
        """End."""
        self.note("closed")


class Boss(Clerk):
    """Starts a process that starts a process, each a group of its own, as a browser does; notes their ids."""

    def sign_on(self) -> None:
        """Start them."""
        first = subprocess.Popen([sys.executable, "-c", START_AND_WAIT], start_new_session=True)
        self.note(f"started {first.pid} of {os.getpid()}")


class Surfer(Clerk):
    """Has a real browser with a page."""

    def __init__(self, plan: SeatPlan) -> None:
        super().__init__(plan)
        self.driver = open_driver(plan)
        self.driver.open("/")

    def close(self) -> None:
        """End the browser."""
        self.driver.close()
