"""What goes wrong next? Faults ordered by tests, each for chosen deeds and so many times."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.juniper.orders import Header, OrderLine

DEEDS = ("save", "cancel", "search", "display", "sign_on", "enter")
MESSAGE_ROW = 23

KINDS = {
    "slow": "answers `seconds` late; acts at once, or only then with `before`",
    "cut_before": "the connection is reset, nothing done",
    "cut_after": "acts, then the connection is reset instead of an answer",
    "late_commit": "the connection is reset at once, and the deed done `seconds` later",
    "list_lag": "the order list shows what is saved now only `seconds` later",
    "refusal": "answers `text`, nothing done",
    "refusal_but_saved": "acts, but answers `text`; a text with 'Session expired' ends the session",
    "session_killed": "the session is ended first; with `and_saved` the deed is done all the same",
    "record_locked": "answers `text`, nothing done",
    "blank_screen": "acts, then clears the screen and says nothing more",
    "broadcast_over_answer": "acts, and a broadcast of `text` stands where the answer should",
    "half_drawn": "acts, and the answer is painted with pauses of `milliseconds`",
    "lost_line": "acts, and row `line` of the answer (else the message line) arrives only after a repaint",
    "frozen": "acts, but for `seconds` no byte comes in or goes out",
    "cut_reference": "stores only the first `length` bytes of External No.",
    "corrupt_field": "stores `value` instead of what was typed into `field` (of line `line`, from 1)",
    "drop_line": "does not store line `line` (from 1; else the last)",
    "saved_twice": "stores the order twice and tells the second number",
}

CORRUPTIBLE = {each.name for kind in (Header, OrderLine) for each in fields(kind)} - {"position"}

TEXTS = {
    "refusal": "SO-150 Credit limit exceeded",
    "refusal_but_saved": "SO-199 Could not save order, please try again",
    "record_locked": "Record locked by MARY since 09:14",
    "broadcast_over_answer": "Backup starts in 5 minutes",
}


@dataclass(kw_only=True)
class Fault:
    """One ordered fault: which deed it hits, how often, and how.

    `times` 0 means until cleared; `skip` lets that many deeds pass first; with `holding` it hits only a form of
    which one field holds exactly that text.
    """

    fault: str
    at: str = "save"
    times: int = 1
    skip: int = 0
    holding: str = ""
    seconds: float = 1.0
    milliseconds: int = 40
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
        if self.at not in DEEDS:
            raise ValueError(f"unknown deed {self.at!r}; known are {', '.join(DEEDS)}")
        if self.fault == "corrupt_field" and self.field not in CORRUPTIBLE:
            raise ValueError(f"field must be one of {', '.join(sorted(CORRUPTIBLE))}")
        self.text = self.text or TEXTS.get(self.fault, "")

    def hits(self, at: str, held: Collection[str]) -> bool:
        """Whether this deed, with such texts in its form, uses up one of the skips or times."""
        if self.at != at or (self.holding and self.holding not in held):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times and self.fired >= self.times:
            return False
        self.fired += 1
        return True


Faults = dict[str, Fault]


@dataclass
class FaultBook:
    """All ordered faults of a running Juniper; safe for its threads."""

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ordered: int = 0

    def order(self, wish: dict[str, Any]) -> Fault:
        """Take an order; raises ValueError for an unknown kind or parameter."""
        unknown = set(wish) - {each.name for each in fields(Fault)} | set(wish) & {"id", "fired"}
        if unknown or "fault" not in wish:
            raise ValueError(f"unknown or missing parameters: {', '.join(sorted(unknown)) or 'fault'}")
        fault = Fault(**wish)
        with self._lock:
            self._ordered += 1
            fault.id = self._ordered
            self._faults.append(fault)
        return fault

    def take(self, at: str, held: Collection[str]) -> Faults:
        """The faults that hit this deed, by kind; counts them as fired."""
        with self._lock:
            return {fault.fault: fault for fault in self._faults if fault.hits(at, held)}

    def all(self) -> list[dict[str, Any]]:
        """Every ordered fault with how often it fired."""
        with self._lock:
            return [vars(fault) | {} for fault in self._faults]

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._faults.clear()
