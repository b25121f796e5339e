"""Who is changing this order? One clerk at a time, told by a lock that dies with its session."""

import sqlite3
import time
from datetime import datetime

from sandbox.harbour.sessions import Session
from sandbox.harbour.tables import transaction


def acquire(db: sqlite3.Connection, number: int, session: Session, idle_seconds: float) -> str:
    """Take the lock; returns nothing on success, else what the clerk reads about the holder."""
    with transaction(db):
        row = db.execute(
            "SELECT locks.* FROM locks JOIN sessions USING (token)"
            " WHERE order_number = ? AND token <> ? AND ended = '' AND last_seen >= ?",
            (number, session.token, time.time() - idle_seconds),
        ).fetchone()
        if row:
            return f"Record locked by {row['user']} since {row['since']}"
        since = datetime.now().astimezone().strftime("%H:%M")
        db.execute(
            "INSERT INTO locks VALUES (?, ?, ?, ?) ON CONFLICT (order_number) DO UPDATE"
            " SET user = excluded.user, token = excluded.token,"
            " since = iif(token = excluded.token, since, excluded.since)",
            (number, session.user, session.token, since),
        )
    return ""


def release(db: sqlite3.Connection, number: int, session: Session) -> None:
    """Give the lock back, if it is this session's."""
    db.execute("DELETE FROM locks WHERE order_number = ? AND token = ?", (number, session.token))
