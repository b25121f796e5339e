"""What has the CRM still to be told, and in which order?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bridge.errors import Reason
from bridge.ports import Clock, WriteBack
from bridge.store.databases import Database
from bridge.store.reasons import reason_values
from bridge.store.tables import outbox


class SqlOutbox:
    """The outbox of the ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def waiting(self, crm: str) -> Sequence[WriteBack]:
        """The messages not told yet, oldest first; of one order only the first, for the next must not overtake it."""
        untold = (outbox.c.crm == crm, outbox.c.told_at.is_(None))
        first = select(func.min(outbox.c.id)).where(*untold).group_by(outbox.c.order_id)
        query = select(outbox).where(outbox.c.id.in_(first)).order_by(outbox.c.id)
        with self._database.reading() as connection:
            return tuple(_message(row) for row in connection.execute(query))

    def told(self, message: WriteBack) -> None:
        """The CRM has it."""
        with self._database.writing() as connection:
            untold = (*_key(message), outbox.c.told_at.is_(None))
            connection.execute(update(outbox).where(*untold).values(told_at=self._clock.now()))

    def put_off(self, message: WriteBack, why: Reason) -> None:
        """It could not be told; it stays."""
        with self._database.writing() as connection:
            values = {"tries": outbox.c.tries + 1, **reason_values(why)}
            connection.execute(update(outbox).where(*_key(message)).values(**values))


def put_in(connection: Connection, posting: Row[Any], status: str, now: datetime, message: str = "") -> None:
    """Add a message about a posting, after all others of its order."""
    order = (outbox.c.crm == posting.crm, outbox.c.order_id == posting.order_id)
    last = connection.execute(select(func.max(outbox.c.sequence)).where(*order)).scalar()
    about = {name: getattr(posting, name) for name in ("crm", "order_id", "order_number", "erp", "document")}
    content = {"posting_id": posting.id, "sequence": (last or 0) + 1, "status": status, "message": message}
    connection.execute(insert(outbox).values(**about, **content, created_at=now, tries=0))


def _key(message: WriteBack) -> tuple[Any, ...]:
    return outbox.c.posting_id == message.posting_id, outbox.c.sequence == message.sequence


def _message(row: Row[Any]) -> WriteBack:
    return WriteBack(
        posting_id=row.posting_id,
        order_id=row.order_id,
        order_number=row.order_number,
        sequence=row.sequence,
        erp=row.erp,
        document=row.document,
        status=row.status,
        message=row.message,
    )
