"""What goes wrong next? Faults ordered by tests, each for chosen requests and so many times."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.harbour.orders import NewOrder, OrderLine

KINDS = {
    "slow": "answers `seconds` late; acts at once, or only then with `before`",
    "error_500": "answers 500, nothing done",
    "cut_before": "resets the connection, nothing done",
    "cut_after": "acts, then resets the connection instead of answering",
    "late_commit": "resets the connection at once and acts `seconds` later",
    "list_lag": "the order list shows what is saved now only `seconds` later",
    "refusal": "answers `text`, nothing done",
    "refusal_but_saved": "acts, but answers `text`; a text with 'Session expired' gives that page",
    "session_killed": "the session is ended first; with `and_saved` the request is acted on all the same",
    "record_locked": "answers `text`, nothing done",
    "blank_page": "acts, then answers 200 with nothing in it",
    "unexpected_alert": "acts, and the page opens a JavaScript alert of `text`",
    "cut_reference": "stores only the first `length` characters of Remarks",
    "corrupt_field": "stores `value` instead of what was typed into `field` (of line `line`, from 1)",
    "drop_line": "does not store line `line` (from 1; else the last)",
    "saved_twice": "stores the order twice and tells the second number",
}

CORRUPTIBLE = {f.name for kind in (NewOrder, OrderLine) for f in fields(kind)} - {"lines", "position"}

TEXTS = {
    "refusal": "SO-150 Credit limit exceeded",
    "refusal_but_saved": "SO-199 Could not save order, please try again",
    "record_locked": "Record locked by MARY since 09:14",
    "unexpected_alert": "Database backup will start in 5 minutes",
}


@dataclass(kw_only=True)
class Fault:
    """One ordered fault: whom it hits (`path` is a prefix, empty `method` means any), how often, and how.

    With `holding` it hits only a form of which one field holds exactly that text.
    """

    fault: str
    path: str = "/so/save"
    method: str = "POST"
    times: int = 1
    skip: int = 0
    holding: str = ""
    seconds: float = 1.0
    before: bool = False
    text: str = ""
    and_saved: bool = False
    length: int = 8
    field: str = ""
    value: str = ""
    line: int = 0
    id: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.fault not in KINDS:
            raise ValueError(f"unknown fault {self.fault!r}; known are {', '.join(KINDS)}")
        if self.fault == "corrupt_field" and self.field not in CORRUPTIBLE:
            raise ValueError(f"field must be one of {', '.join(sorted(CORRUPTIBLE))}")
        self.text = self.text or TEXTS.get(self.fault, "")

    def hits(self, method: str, path: str, held: Collection[str] = ()) -> bool:
        """Whether this request, with such texts in its form, uses up one of the skips or times."""
        if not path.startswith(self.path) or self.method not in ("", method):
            return False
        if self.holding and self.holding not in held:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times and self.fired >= self.times:
            return False
        self.fired += 1
        return True


@dataclass
class FaultBook:
    """All ordered faults of a running Harbour; safe for its threads."""

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ordered: int = 0

    def order(self, wish: dict[str, Any]) -> Fault:
        """Take an order; raises ValueError for an unknown kind or parameter."""
        unknown = set(wish) - {f.name for f in fields(Fault)} | set(wish) & {"id", "fired"}
        if unknown or "fault" not in wish:
            raise ValueError(f"unknown or missing parameters: {', '.join(sorted(unknown)) or 'fault'}")
        fault = Fault(**wish)
        with self._lock:
            self._ordered += 1
            fault.id = self._ordered
            self._faults.append(fault)
        return fault

    def take(self, method: str, path: str, held: Collection[str] = ()) -> dict[str, Fault]:
        """The faults that hit this request, by kind; counts them as fired."""
        with self._lock:
            return {fault.fault: fault for fault in self._faults if fault.hits(method, path, held)}

    def all(self) -> list[dict[str, Any]]:
        """Every ordered fault with how often it fired."""
        with self._lock:
            return [vars(fault) | {} for fault in self._faults]

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._faults.clear()
