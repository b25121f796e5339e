"""What time is it long after a crash, when every lease has run out?"""

import threading
import time
from datetime import UTC, datetime, timedelta


class LaterClock:
    """The machine's time, so much later."""

    def __init__(self, later: timedelta) -> None:
        self.later = later

    def now(self) -> datetime:
        """The instant so much later, in UTC."""
        return datetime.now(UTC) + self.later

    def elapsed(self) -> float:
        """Seconds since some moment; being late changes nothing about it."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        threading.Event().wait(max(0.0, seconds))
