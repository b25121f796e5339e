"""What time is it, as the machine says?"""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class SystemClock:
    """The machine's own time; nobody waits on once `woken` is set."""

    woken: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since some moment of the past."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.woken.wait(max(0.0, seconds))
