"""What time is it?"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time is it? Tests hold their own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment of the past; whoever sets the machine's clock moves it not."""
        ...

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ...
