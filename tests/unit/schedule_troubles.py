"""What does a schedule meet at its ledger? A disk that is full, or a line that is cut."""

from dataclasses import replace
from typing import Any

from bridge.app import App
from bridge.errors import LedgerDown, StorageFull
from bridge.ports import RunRecord, SeatLease


class Full:
    """Runs in a ledger whose disk is full for the next calls of one kind."""

    def __init__(self, runs: Any, call: str, times: int) -> None:
        self._runs, self._call, self.left = runs, call, times

    def under(self, lease: SeatLease) -> "Full":
        """The same for whoever leads."""
        self._runs = self._runs.under(lease)
        return self

    def __getattr__(self, name: str) -> Any:
        if name == self._call and self.left > 0:
            self.left -= 1
            return self._refuse
        return getattr(self._runs, name)

    def _refuse(self, *_: object) -> RunRecord:
        raise StorageFull(what="ledger")


class Line:
    """What lies between a process and its ledger; counted is what was asked since it was cut, and mended."""

    def __init__(self, app: App) -> None:
        self.cut = False
        self.refused = self.answered = 0
        store = app.store
        far: dict[str, Any] = {"seats": Far(store.seats, self), "runs": Far(store.runs, self)}
        app.__dict__["store"] = replace(store, **far)

    def out(self) -> None:
        """Cut it."""
        self.refused, self.cut = 0, True

    def back(self) -> None:
        """Mend it."""
        self.answered, self.cut = 0, False


class Far:
    """A part of a ledger that is reached over a line."""

    def __init__(self, part: Any, line: Line) -> None:
        self._part, self._line = part, line

    def under(self, lease: SeatLease) -> "Far":
        """The same for whoever leads."""
        return Far(self._part.under(lease), self._line)

    def __getattr__(self, name: str) -> Any:
        if self._line.cut:
            self._line.refused += 1
            raise LedgerDown(name="ledger", why="cut")
        self._line.answered += 1
        return getattr(self._part, name)


def fill(app: App, call: str, times: int = 2) -> Full:
    """Let the disk be full for so many calls."""
    full = Full(app.store.runs, call, times)
    app.__dict__["store"] = replace(app.store, runs=full)  # type: ignore[arg-type]
    return full
