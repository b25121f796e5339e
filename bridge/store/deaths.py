"""What becomes of an order whose host died with it at hand, and who else was at hand there?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from bridge.errors import AttemptsExhausted, CannotSettle, HostDied, Reason
from bridge.model.failures import counts, deaths_in, rest_after_deaths
from bridge.model.postings import Move, Phase, PostingState, state_after_end
from bridge.store.tables import attempts

S = PostingState
LONGEST_ATTEMPT = timedelta(hours=1)  # more than the limits of all phases of one attempt together


def host_died(connection: Connection, row: Row[Any], history: Sequence[Move]) -> Reason:
    """Why a posting has lapsed of which nobody knows more."""
    others = _others(connection, row)
    return HostDied(worker=row.worker, others=others, deaths=deaths_in(history) + 1).reason


def _others(connection: Connection, row: Row[Any]) -> int:
    """How many more orders its worker had at hand; some of them may have been moved on already."""
    mine = attempts.c.posting_id == row.id, attempts.c.number == row.attempts
    began = connection.execute(select(attempts.c.started_at).where(*mine)).scalar_one()
    together = attempts.c.started_at.between(began - LONGEST_ATTEMPT, began + LONGEST_ATTEMPT)
    lost = or_(attempts.c.ended_at.is_(None), attempts.c.reason_code == HostDied.code)
    same = (attempts.c.worker == row.worker, attempts.c.posting_id != row.id)
    return int(connection.execute(select(func.count()).where(together, lost, *same)).scalar_one())


def after_death(row: Row[Any], died: Reason, failures: int, most_attempts: int) -> tuple[PostingState, Reason]:
    """What the crash table says, unless the order itself seems to kill whoever works on it."""
    state = state_after_end(Phase(row.phase))
    most = 2 * most_attempts if state is S.IN_DOUBT else most_attempts
    if failures < most or not counts(died):
        return state, died
    last = AttemptsExhausted(attempts=failures, last=died.phrase)
    if state is S.IN_DOUBT:
        return S.HELD, CannotSettle(erp=row.erp, why=last.phrase).reason
    return (S.HELD if row.document else S.FAILED), last.reason


def rested(died: Reason, now: datetime) -> datetime | None:
    """From when it may be tried again, so that what died together is not tried together at once; None for at once."""
    rest = rest_after_deaths(int(died.params.get("deaths", 0))) if died.code == HostDied.code else 0.0
    return now + timedelta(seconds=rest) if rest else None
