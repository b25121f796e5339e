"""How does a posting change? One guarded update and one entry of its history, never one without the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.errors import LeaseLost, MoveForbidden, PostingUnknown, Reason
from bridge.model.postings import Phase, Posting, PostingState, Work, may_move
from bridge.store.reasons import reason_of, reason_values
from bridge.store.tables import moves, postings
from bridge.store.tallies import note_passage

UNSETTLED = frozenset({PostingState.CLAIMED, PostingState.IN_DOUBT, PostingState.HELD})


@dataclass(frozen=True)
class Step:
    """One change of state that is about to be written."""

    state: PostingState
    actor: str
    at: datetime
    reason: Reason | None = None
    attempt: int | None = None


def posting_of(row: Row[Any]) -> Posting:
    """The posting in a row."""
    return Posting(
        id=row.id,
        reference=row.reference,
        erp=row.erp,
        crm=row.crm,
        order_id=row.order_id,
        order_number=row.order_number,
        revision=row.revision,
        state=PostingState(row.state),
        phase=Phase(row.phase),
        reason=reason_of(row),
        document=row.document,
        attempts=row.attempts,
        settle_after=row.settle_after,
        refusal=row.refusal,
        packet=row.packet,
        updated_at=row.updated_at,
        work=Work(row.work),
        user=row.user,
        left_alone=row.left_alone,
        priority=row.priority,
        deadline=row.deadline,
        not_before=row.not_before,
    )


def posting_row(connection: Connection, posting_id: int) -> Row[Any]:
    """The row of a posting; raises PostingUnknown."""
    row = connection.execute(select(postings).where(postings.c.id == posting_id)).one_or_none()
    if row is None:
        raise PostingUnknown(reference=posting_id)
    return row


def change(connection: Connection, row: Row[Any], values: Mapping[str, object]) -> Row[Any]:
    """The row after the change; raises LeaseLost where state or token are no longer what the row says."""
    unchanged = (postings.c.id == row.id, postings.c.token == row.token, postings.c.state == row.state)
    if connection.execute(update(postings).where(*unchanged).values(**values)).rowcount != 1:
        raise LeaseLost(reference=row.reference)
    return posting_row(connection, row.id)


def move(connection: Connection, row: Row[Any], step: Step, values: Mapping[str, object] | None = None) -> Row[Any]:
    """The row after the move, with whatever else changes; raises MoveForbidden and writes nothing then.

    An order that was sent and not settled is in somebody's hands or held: no other state takes it.
    """
    wanted = dict(values or {})
    unsettled = wanted.get("phase", row.phase) == Phase.SENT
    if not may_move(PostingState(row.state), step.state) or (unsettled and step.state not in UNSETTLED):
        raise MoveForbidden(reference=row.reference, state=row.state, to=step.state.value)
    changed = change(
        connection, row, wanted | reason_values(step.reason) | {"state": step.state, "updated_at": step.at}
    )
    note_move(connection, row.id, row.state, step)
    return changed


def note_move(connection: Connection, posting_id: int, old: str | None, step: Step) -> None:
    """Add an entry to the history."""
    entry = {"posting_id": posting_id, "at": step.at, "old": old, "new": step.state, "actor": step.actor}
    connection.execute(insert(moves).values(**entry, attempt=step.attempt, **reason_values(step.reason)))
    note_passage(connection, old, step.state)
