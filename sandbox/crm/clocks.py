"""What time it is at the CRM, which need not be what time it is at its clients."""

import threading
from datetime import UTC, datetime, timedelta

from sandbox.crm.problems import bad_request

_STEP = timedelta(microseconds=1)


def write_instant(instant: datetime) -> str:
    """ISO 8601 in UTC with exactly six decimals, so that text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").zfill(26) + "Z"


def read_instant(text: object, name: str) -> datetime:
    """The instant that `text` writes; without a time zone it is a `Problem`, because it would be a guess."""
    try:
        instant = datetime.fromisoformat(text if isinstance(text, str) else "")
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise bad_request(f"{name} must be an ISO 8601 instant with its zone, such as 2026-11-21T08:00:00Z.")


class Clock:
    """The CRM's clock: shiftable for tests, and its stamps strictly increase from one transaction to the next.

    Strictly increasing stamps are what makes paging by (changed_at, id) lose nothing: a later commit never gets
    a stamp at or below one that a client may already have passed. Only `shift` may take the clock back.
    """

    def __init__(self, last: str | None = None) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._last = read_instant(last, "last stamp") if last else None

    @property
    def offset_seconds(self) -> float:
        """How far this clock is ahead of the machine's, in seconds."""
        return self._offset.total_seconds()

    def now(self) -> str:
        """The present instant."""
        return write_instant(datetime.now(UTC) + self._offset)

    def stamp(self) -> str:
        """The instant to write on a change; above every stamp since the last `shift`."""
        with self._lock:
            instant = datetime.now(UTC) + self._offset
            if self._last is not None:
                instant = max(instant, self._last + _STEP)
            self._last = instant
        return write_instant(instant)

    def shift(self, seconds: float) -> None:
        """Set how far the clock is ahead; stamps follow it, even backwards."""
        try:
            offset = timedelta(seconds=seconds)
            write_instant(datetime.now(UTC) + offset)
        except (OverflowError, ValueError):
            raise bad_request("offset_seconds leaves the calendar.") from None
        with self._lock:
            self._offset, self._last = offset, None
