"""What goes wrong next? Faults ordered by tests, kept in the books so that every desk meets them."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from sandbox.granite.orders import NewOrder, OrderLine
from sandbox.granite.tables import transaction

KINDS = {
    "slow": "the desk does nothing for `seconds` after it acted, or before with `before`",
    "frozen": "the desk does nothing at all for `seconds`, then goes on with all keys it got",
    "crash_before": "the desk dies at once, nothing done",
    "crash_after": "acts, then the desk dies before it says anything",
    "late_commit": "the desk says nothing (with `and_dies` it dies) and the office acts `seconds` later",
    "list_lag": "the order list shows what is saved now only `seconds` later",
    "refusal": "says `text`, nothing done",
    "refusal_but_saved": "acts, but says `text`; a text with 'Session expired' goes back to sign-on",
    "session_killed": "the session is ended first; with `and_saved` the action is done all the same",
    "record_locked": "says `text`, nothing done",
    "no_answer": "acts and says nothing; the form stays as it is",
    "unexpected_message": "acts, and a window with `text` opens before the answer",
    "cut_reference": "stores only the first `length` characters of External No.",
    "corrupt_field": "stores `value` instead of what was typed into `field` (of line `line`, from 1)",
    "drop_line": "does not store line `line` (from 1; else the last)",
    "saved_twice": "stores the order twice and tells the second number",
    "steal_focus": "a window 'Backup' opens and takes the keyboard, for `seconds` or until it is closed",
    "cover": "a window that cannot have the keyboard lies over the form, for `seconds` or until it is clicked",
    "minimise": "the window in front is minimised",
    "move": "the window in front moves to `left`, `top`",
    "resize": "the window in front becomes `width` x `height`",
}
ACTIONS = ("save", "cancel", "search", "display", "change", "sign_on", "leave_field")
DISTURBANCES = ("frozen", "steal_focus", "cover", "minimise", "move", "resize")
NOW = ""  # not tied to an action

CORRUPTIBLE = {f.name for kind in (NewOrder, OrderLine) for f in fields(kind)} - {"lines", "position"}

TEXTS = {
    "refusal": "SO-150 Credit limit exceeded",
    "refusal_but_saved": "SO-199 Could not save order, please try again",
    "record_locked": "Record locked by MARY since 09:14",
    "unexpected_message": "Database backup will start in 5 minutes",
}
_SECONDS = {"steal_focus": 0.0, "cover": 0.0}


@dataclass(kw_only=True)
class Fault:
    """One ordered fault: which action it hits, how often, and how.

    With `holding` it hits only where one field holds exactly that text; with `pid` only that desk. A disturbance
    that names no action happens at once.
    """

    fault: str
    at: str | None = None
    times: int = 1
    skip: int = 0
    holding: str = ""
    pid: int = 0
    seconds: float | None = None
    before: bool = False
    text: str = ""
    and_saved: bool = False
    and_dies: bool = False
    length: int = 8
    field: str = ""
    value: str = ""
    line: int = 0
    left: int = 0
    top: int = 0
    width: int = 640
    height: int = 480
    id: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.fault not in KINDS:
            raise ValueError(f"unknown fault {self.fault!r}; known are {', '.join(KINDS)}")
        if self.at is None:
            self.at = NOW if self.fault in DISTURBANCES else "save"
        if self.at not in ACTIONS and not (self.at == NOW and self.fault in DISTURBANCES):
            raise ValueError(f"at must be one of {', '.join(ACTIONS)}")
        if self.fault == "corrupt_field" and self.field not in CORRUPTIBLE:
            raise ValueError(f"field must be one of {', '.join(sorted(CORRUPTIBLE))}")
        if self.seconds is None:
            self.seconds = _SECONDS.get(self.fault, 1.0)
        self.text = self.text or TEXTS.get(self.fault, "")

    @property
    def lasting(self) -> float:
        """How many seconds it lasts."""
        return self.seconds or 0.0

    def meets(self, at: str, held: Collection[str], pid: int) -> bool:
        """Whether such an action is one of its skips or times."""
        if self.at != at or self.pid not in {0, pid} or (self.holding and self.holding not in held):
            return False
        return not self.times or self.fired < self.times

    def hits(self) -> bool:
        """Whether an action that it meets is hit; uses up one of the skips or times."""
        if self.skip:
            self.skip -= 1
            return False
        self.fired += 1
        return True


def order(db: sqlite3.Connection, wish: dict[str, Any]) -> Fault:
    """Take an order; raises ValueError for an unknown kind or parameter."""
    allowed = {f.name for f in fields(Fault)} - {"id", "fired"}
    unknown = wish.keys() - allowed
    if unknown or "fault" not in wish:
        raise ValueError(f"unknown or missing parameters: {', '.join(sorted(unknown)) or 'fault'}")
    fault = Fault(**wish)
    with transaction(db):
        fault.id = db.execute("INSERT INTO faults (content) VALUES ('')").lastrowid or 0
        _keep(db, fault)
    return fault


def everything(db: sqlite3.Connection) -> list[Fault]:
    """Every ordered fault, with how often it fired."""
    rows = db.execute("SELECT content FROM faults WHERE content <> '' ORDER BY id")
    return [Fault(**json.loads(row["content"])) for row in rows]


def take(db: sqlite3.Connection, at: str, held: Iterable[str], pid: int) -> dict[str, Fault]:
    """The faults that hit this action of that desk, by kind; counts them as fired."""
    texts = set(held)
    if not any(fault.meets(at, texts, pid) for fault in everything(db)):
        return {}
    hit: dict[str, Fault] = {}
    with transaction(db):
        for fault in everything(db):
            if fault.meets(at, texts, pid):
                if fault.hits():
                    hit[fault.fault] = fault
                _keep(db, fault)
    return hit


def clear(db: sqlite3.Connection) -> None:
    """Forget all orders."""
    db.execute("DELETE FROM faults")


def _keep(db: sqlite3.Connection, fault: Fault) -> None:
    db.execute("UPDATE faults SET content = ? WHERE id = ?", (json.dumps(asdict(fault)), fault.id))
