"""How does somebody outside reach a running desk? By a wish in the books, which the desk fulfils between two keys."""

import json
import sqlite3
import time
from typing import Any

from sandbox.granite.tables import stamp

PAUSE = 0.01  # seconds between two looks at the answer


class UnansweredError(Exception):
    """The desk did not answer in time; the message says which one."""


def ask(db: sqlite3.Connection, pid: int, wish: dict[str, Any], seconds: float = 10.0) -> Any:
    """What the desk answers; raises UnansweredError, and ValueError with what the desk found wrong in the wish."""
    number = db.execute("INSERT INTO wishes (pid, wish) VALUES (?, ?)", (pid, json.dumps(wish))).lastrowid
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        (answer,) = db.execute("SELECT answer FROM wishes WHERE id = ?", (number,)).fetchone()
        if answer is not None:
            return _told(json.loads(answer))
        time.sleep(PAUSE)
    # what nobody waits for any more is not done later
    db.execute("DELETE FROM wishes WHERE id = ? AND answer IS NULL", (number,))
    raise UnansweredError(f"desk {pid} did not answer within {seconds:g} seconds")


def _told(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["told"]


def waiting(db: sqlite3.Connection, pid: int) -> list[tuple[int, dict[str, Any]]]:
    """The wishes that this desk has not answered yet."""
    query = "SELECT id, wish FROM wishes WHERE pid = ? AND answer IS NULL ORDER BY id"
    return [(int(row["id"]), json.loads(row["wish"])) for row in db.execute(query, (pid,)).fetchall()]


def answer(db: sqlite3.Connection, number: int, told: Any, error: str = "") -> None:
    """Say what came of a wish."""
    said = {"error": error} if error else {"told": told}
    db.execute("UPDATE wishes SET answer = ? WHERE id = ?", (json.dumps(said), number))


def come(db: sqlite3.Connection, pid: int, release: str) -> None:
    """A desk opens; wishes to an earlier desk of that number are void."""
    db.execute("DELETE FROM wishes WHERE pid = ?", (pid,))
    db.execute("INSERT OR REPLACE INTO desks VALUES (?, '', ?, ?)", (pid, stamp(), release))


def sit_down(db: sqlite3.Connection, pid: int, user: str) -> None:
    """That user works at the desk from now on; nobody, where it is empty."""
    db.execute("UPDATE desks SET user = ?, since = ? WHERE pid = ?", (user, stamp(), pid))


def go(db: sqlite3.Connection, pid: int) -> None:
    """A desk closes."""
    db.execute("DELETE FROM desks WHERE pid = ?", (pid,))
