"""Who is signed on? One session per user, three tries per password, no end without a reason."""

import secrets
import sqlite3
import time
from dataclasses import dataclass

from sandbox.harbour.tables import transaction

MAX_ATTEMPTS = 3


class SignOnRefusedError(Exception):
    """User and password do not open the door; the message is what the clerk reads."""


@dataclass(frozen=True)
class Session:
    """One signed-on clerk."""

    token: str
    user: str
    company: str


def sign_on(db: sqlite3.Connection, user: str, password: str, company: str) -> Session:
    """Check the password, end the user's other sessions and begin a new one."""
    with transaction(db):
        refusal = _check(db, user.upper(), password)
        if not refusal:
            return _begin(db, user.upper(), company)
    raise SignOnRefusedError(refusal)


def find(db: sqlite3.Connection, token: str, idle_seconds: float) -> Session | None:
    """The live session of this token; one that was idle too long ends here."""
    row = db.execute("SELECT * FROM sessions WHERE token = ? AND ended = ''", (token,)).fetchone()
    if row is None:
        return None
    if row["last_seen"] < time.time() - idle_seconds:
        end(db, token, "idle")
        return None
    db.execute("UPDATE sessions SET last_seen = ? WHERE token = ?", (time.time(), token))
    return Session(token, row["user"], row["company"])


def last_user(db: sqlite3.Connection, token: str) -> str:
    """The user who once had this token, or nothing."""
    row = db.execute("SELECT user FROM sessions WHERE token = ?", (token,)).fetchone()
    return row["user"] if row else ""


def end(db: sqlite3.Connection, token: str, reason: str) -> None:
    """End a session and release its locks."""
    db.execute("UPDATE sessions SET ended = ? WHERE token = ? AND ended = ''", (reason, token))
    db.execute("DELETE FROM locks WHERE token = ?", (token,))


def _check(db: sqlite3.Connection, user: str, password: str) -> str:
    row = db.execute("SELECT * FROM users WHERE name = ?", (user,)).fetchone()
    if row is None:
        return f"SO-001 Invalid user or password (attempt 1 of {MAX_ATTEMPTS})"
    if row["locked"]:
        return "SO-002 User locked. Call the system administrator."
    if secrets.compare_digest(row["password"].encode(), password.encode()):
        db.execute("UPDATE users SET failed_attempts = 0 WHERE name = ?", (user,))
        return ""
    attempt = row["failed_attempts"] + 1
    db.execute(
        "UPDATE users SET failed_attempts = ?, locked = ? WHERE name = ?", (attempt, attempt >= MAX_ATTEMPTS, user)
    )
    return f"SO-001 Invalid user or password (attempt {attempt} of {MAX_ATTEMPTS})"


def _begin(db: sqlite3.Connection, user: str, company: str) -> Session:
    for row in db.execute("SELECT token FROM sessions WHERE user = ? AND ended = ''", (user,)).fetchall():
        end(db, row["token"], "signed on elsewhere")
    session = Session(secrets.token_hex(16), user, company)
    now = time.time()
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, '')", (session.token, user, company, now, now))
    return session
