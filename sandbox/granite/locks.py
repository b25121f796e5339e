"""Who is changing this order? One clerk at a time, told by a lock that dies with its session."""

import sqlite3
from datetime import datetime

from sandbox.granite.sayings import refused
from sandbox.granite.sessions import Session
from sandbox.granite.tables import transaction


def acquire(db: sqlite3.Connection, number: int, session: Session) -> None:
    """Take the lock, which may be this session's already; raises RefusedError naming who has it."""
    with transaction(db):
        row = db.execute(
            "SELECT locks.* FROM locks JOIN sessions USING (token)"
            " WHERE order_number = ? AND token <> ? AND ended = ''",
            (number, session.token),
        ).fetchone()
        if row:
            raise refused("Record locked by {user} since {since}", user=row["user"], since=row["since"])
        since = datetime.now().astimezone().strftime("%H:%M")
        db.execute("DELETE FROM locks WHERE order_number = ? AND token <> ?", (number, session.token))
        db.execute("INSERT OR IGNORE INTO locks VALUES (?, ?, ?, ?)", (number, session.user, session.token, since))


def holds(db: sqlite3.Connection, number: int, token: str) -> bool:
    """Whether that session has the lock."""
    return bool(db.execute("SELECT 1 FROM locks WHERE order_number = ? AND token = ?", (number, token)).fetchone())


def release(db: sqlite3.Connection, number: int, token: str) -> None:
    """Give the lock back, if that session has it."""
    db.execute("DELETE FROM locks WHERE order_number = ? AND token = ?", (number, token))
