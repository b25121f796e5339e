"""Where does a victim stand? In its installation, near the back doors of the toys, and under a clock that may jump."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bridge.app import App
from bridge.model.postings import Claim
from bridge.toys.sandboxes import Sandbox


class JumpingClock:
    """The machine's time, moved by so much as somebody has set it wrong; nobody waits on once `woken` is set."""

    def __init__(self, woken: threading.Event) -> None:
        self.moved = timedelta()
        self._woken = woken

    def now(self) -> datetime:
        """The instant that it shows, in UTC."""
        return datetime.now(UTC) + self.moved

    def elapsed(self) -> float:
        """Seconds since some moment; setting a clock changes nothing about it."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._woken.wait(max(0.0, seconds))


@dataclass(frozen=True)
class Scene:
    """What whoever strikes can reach: the victim's own installation and clock, the toys, and a server's restart."""

    app: App
    config: Path
    clock: JumpingClock
    crm: Sandbox
    erp: Sandbox
    chance: Random
    restart: tuple[str, ...] = ()


Act = Callable[[Scene, Claim], None]
