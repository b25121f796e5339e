"""Who is signed on? One session per user, three tries per password, no end without a reason."""

import secrets
import sqlite3
from dataclasses import dataclass

from sandbox.granite.sayings import Saying, refused, saying
from sandbox.granite.tables import stamp, transaction

MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Session:
    """One signed-on clerk."""

    token: str
    user: str


def sign_on(db: sqlite3.Connection, user: str, password: str, pid: int) -> Session:
    """Check the password, end the user's other sessions and begin a new one; raises RefusedError."""
    with transaction(db):
        refusal = _check(db, user.upper(), password)
        if not refusal:
            return _begin(db, user.upper(), pid)
    raise refused(refusal.text, **refusal.values)


def alive(db: sqlite3.Connection, session: Session) -> bool:
    """Whether nobody ended it."""
    row = db.execute("SELECT ended FROM sessions WHERE token = ?", (session.token,)).fetchone()
    return row is not None and not row["ended"]


def end(db: sqlite3.Connection, token: str, reason: str) -> None:
    """End a session and release its locks."""
    db.execute("UPDATE sessions SET ended = ? WHERE token = ? AND ended = ''", (reason, token))
    db.execute("DELETE FROM locks WHERE token = ?", (token,))


def _check(db: sqlite3.Connection, user: str, password: str) -> Saying | None:
    row = db.execute("SELECT * FROM users WHERE name = ?", (user,)).fetchone()
    if row is None:
        return _wrong(1)
    if row["locked"]:
        return saying("SO-002 User locked")
    if secrets.compare_digest(row["password"].encode(), password.encode()):
        db.execute("UPDATE users SET failed_attempts = 0 WHERE name = ?", (user,))
        return None
    attempt = row["failed_attempts"] + 1
    change = "UPDATE users SET failed_attempts = ?, locked = ? WHERE name = ?"
    db.execute(change, (attempt, attempt >= MAX_ATTEMPTS, user))
    return _wrong(attempt)


def _wrong(attempt: int) -> Saying:
    return saying("SO-001 Wrong password (attempt {attempt} of {most})", attempt=attempt, most=MAX_ATTEMPTS)


def _begin(db: sqlite3.Connection, user: str, pid: int) -> Session:
    for row in db.execute("SELECT token FROM sessions WHERE user = ? AND ended = ''", (user,)).fetchall():
        end(db, row["token"], "signed on elsewhere")
    session = Session(secrets.token_hex(16), user)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, '')", (session.token, user, pid, stamp()))
    return session
