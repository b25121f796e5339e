"""What time is it long after a crash, when every lease has run out?"""

from datetime import datetime, timedelta

from bridge.app import SystemClock


class LaterClock(SystemClock):
    """The machine's time, so much later."""

    def __init__(self, later: timedelta) -> None:
        self._later = later

    def now(self) -> datetime:
        """The instant so much later."""
        return super().now() + self._later
