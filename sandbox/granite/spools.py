"""What is still to be booked? Orders that a desk handed in and the office books later, when nobody looks."""

import json
import sqlite3
import time
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.granite import locks, orders, savings
from sandbox.granite.orders import NewOrder, OrderLine
from sandbox.granite.sayings import RefusedError
from sandbox.granite.sessions import Session


def hand_in(
    db: sqlite3.Connection,
    session: Session,
    action: str,
    *,
    seconds: float,
    order: NewOrder | None,
    number: int | None,
) -> None:
    """Leave a save or a cancellation for the office, to be done so many seconds from now."""
    db.execute(
        "INSERT INTO spool (due, action, number, content, user, token) VALUES (?, ?, ?, ?, ?, ?)",
        (time.time() + seconds, action, number, _written(order), session.user, session.token),
    )


def work_off(db: sqlite3.Connection) -> int:
    """Do all that is due; a stored order is left alone where its lock has gone meanwhile. How many were due."""
    query = "SELECT * FROM spool WHERE outcome = '' AND due <= ? ORDER BY due"
    due = db.execute(query, (time.time(),)).fetchall()
    for row in due:
        db.execute("UPDATE spool SET outcome = ? WHERE id = ?", (_done(db, row), row["id"]))
    return len(due)


def _done(db: sqlite3.Connection, row: sqlite3.Row) -> str:
    number, session = row["number"], Session(row["token"], row["user"])
    if number is not None and not locks.holds(db, number, session.token):
        return "lost: the lock has gone"
    try:
        if row["action"] == "cancel":
            return f"cancelled {savings.cancel(db, number, session)}"
        return f"saved {savings.save(db, _read(row['content']), number, session, {})}"
    except RefusedError as refused:
        return f"refused: {refused.said.text}"


def _written(order: NewOrder | None) -> str:
    if order is None:
        return ""
    return json.dumps({**vars(order), "lines": [vars(line) for line in order.lines]}, default=str)


def _read(content: str) -> NewOrder:
    wish: dict[str, Any] = json.loads(content)
    lines = tuple(
        OrderLine(**{**line, "quantity": Decimal(line["quantity"]), "unit_price": Decimal(line["unit_price"])})
        for line in wish.pop("lines")
    )
    return orders.NewOrder(**{**wish, "order_date": date.fromisoformat(wish["order_date"]), "lines": lines})
