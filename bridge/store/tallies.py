"""How many postings are in each state? Kept as they move, because counting a million rows takes too long."""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, Integer, Table, insert, select, update

from bridge.store.column_types import Words
from bridge.store.tables import metadata

tallies = Table(
    "tallies",
    metadata,
    Column("state", Words, primary_key=True),
    Column("postings", Integer, nullable=False),
)


def note_passage(connection: Connection, old: str | None, new: str) -> None:
    """One posting left a state, or is new, and is in another one now; part of the transaction that moves it."""
    if old is not None:
        _add(connection, old, -1)
    _add(connection, new, 1)


def counted(connection: Connection) -> Mapping[str, int]:
    """How many postings are in each state that any is in."""
    query = select(tallies.c.state, tallies.c.postings).where(tallies.c.postings > 0)
    return {row.state: row.postings for row in connection.execute(query)}


def _add(connection: Connection, state: str, number: int) -> None:
    known = update(tallies).where(tallies.c.state == state).values(postings=tallies.c.postings + number)
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(tallies).values(state=state, postings=number))
