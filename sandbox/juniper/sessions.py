"""Who is signed on, and who is changing what? One session per user, and locks that die with it."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sandbox.juniper.tables import stamp, transaction

MAX_ATTEMPTS = 3


class SignOnRefusedError(Exception):
    """User and password do not open the door: `name` of the message, and which attempt it was."""

    def __init__(self, name: str, attempt: int = 0) -> None:
        super().__init__(name)
        self.name = name
        self.attempt = attempt


@dataclass(frozen=True)
class Session:
    """One signed-on clerk."""

    token: str
    user: str


def sign_on(db: sqlite3.Connection, user: str, password: str) -> Session:
    """Check the password, end the user's other sessions and begin a new one; raises SignOnRefusedError."""
    with transaction(db):
        refused = _refusal(db, user, password)
        if refused is None:
            return _begin(db, user)
    raise refused


def _refusal(db: sqlite3.Connection, user: str, password: str) -> SignOnRefusedError | None:
    row = db.execute("SELECT * FROM users WHERE name = ?", (user,)).fetchone()
    if row is None:
        return SignOnRefusedError("SO-001", 1)
    if row["locked"]:
        return SignOnRefusedError("SO-002")
    right = secrets.compare_digest(row["password"].encode(), password.encode())
    failed = 0 if right else row["failed_attempts"] + 1
    values = (failed, failed >= MAX_ATTEMPTS, user)
    db.execute("UPDATE users SET failed_attempts = ?, locked = ? WHERE name = ?", values)
    return None if right else SignOnRefusedError("SO-001", failed)


def _begin(db: sqlite3.Connection, user: str) -> Session:
    for row in db.execute("SELECT token FROM sessions WHERE user = ? AND ended = ''", (user,)).fetchall():
        end(db, row["token"], "signed on elsewhere")
    session = Session(secrets.token_hex(16), user)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, '')", (session.token, user, stamp()))
    return session


def alive(db: sqlite3.Connection, session: Session) -> bool:
    """Whether nobody ended the session."""
    row = db.execute("SELECT 1 FROM sessions WHERE token = ? AND ended = ''", (session.token,)).fetchone()
    return row is not None


def end(db: sqlite3.Connection, token: str, reason: str) -> None:
    """End a session and release its locks."""
    db.execute("UPDATE sessions SET ended = ? WHERE token = ? AND ended = ''", (reason, token))
    db.execute("DELETE FROM locks WHERE token = ?", (token,))


def end_all(db: sqlite3.Connection, reason: str) -> None:
    """End every session, as a restart does."""
    db.execute("UPDATE sessions SET ended = ? WHERE ended = ''", (reason,))
    db.execute("DELETE FROM locks")


@dataclass(frozen=True)
class Holder:
    """Who has an order open, and since which hour of the day."""

    user: str
    since: str


def lock(db: sqlite3.Connection, number: int, session: Session) -> Holder | None:
    """Take the edit lock of an order; the holder where somebody else has it."""
    with transaction(db):
        row = db.execute(
            "SELECT locks.* FROM locks JOIN sessions USING (token)"
            " WHERE order_number = ? AND token <> ? AND ended = ''",
            (number, session.token),
        ).fetchone()
        if row:
            return Holder(row["user"], row["since"])
        since = datetime.now().astimezone().strftime("%H:%M")
        db.execute("INSERT OR REPLACE INTO locks VALUES (?, ?, ?, ?)", (number, session.user, session.token, since))
    return None


def unlock(db: sqlite3.Connection, number: int, session: Session) -> None:
    """Give the lock back, if it is this session's."""
    db.execute("DELETE FROM locks WHERE order_number = ? AND token = ?", (number, session.token))
