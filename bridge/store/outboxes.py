"""What has the CRM still to be told, in which order, and by whom now?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from bridge.errors import Reason
from bridge.model.tellings import concerns_all, is_unknown, rest_after, wait_after
from bridge.ports import Clock, CrmRest, WriteBack
from bridge.store.databases import Database
from bridge.store.lives import MayLive, always
from bridge.store.reasons import reason_values
from bridge.store.tables import crm_rests, outbox

ABOUT = ("crm", "order_id", "order_number", "erp", "document")


@dataclass(frozen=True)
class News:
    """One message about a posting, that is to be put in."""

    posting: Row[Any]
    status: str
    at: datetime
    message: str = ""


class SqlOutbox:
    """The outbox of the ledger."""

    def __init__(self, database: Database, clock: Clock, may_live: MayLive = always) -> None:
        self._database = database
        self._clock = clock
        self._may_live = may_live

    def waiting(self, crm: str) -> Sequence[WriteBack]:
        """The messages not told yet, oldest first; of one order only the first, for the next must not overtake it."""
        query = select(outbox).where(*_untold(crm), IS_FIRST).order_by(outbox.c.id)
        with self._database.reading() as connection:
            return tuple(_message(row) for row in connection.execute(query))

    def claim(self, crm: str, worker: str, lease: timedelta) -> WriteBack | None:
        """A message to tell now, nobody else's until the lease ends; None where none may be told now.

        What was never tried comes first, so that one message the CRM chokes on does not keep the others.
        """
        with self._database.writing() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            if _rest(connection, crm, self._clock.now()) is not None:
                return None
            free = (*_untold(crm), self._is_free(connection, crm, now), _is_due(self._clock.now()), IS_FIRST)
            row = _oldest(connection, *free, outbox.c.tries == 0) or _oldest(connection, *free, outbox.c.tries > 0)
            if row is None:
                return None
            held = {"holder": worker, "held_until": now + lease, "tries": row.tries + 1, "unsure": True}
            connection.execute(update(outbox).where(outbox.c.id == row.id).values(**held))
            return replace(_message(row), tries=row.tries + 1)

    def told(self, message: WriteBack) -> None:
        """The CRM has it, and is there."""
        with self._database.writing() as connection:
            told = {"told_at": self._clock.now(), "unsure": False, "holder": None, "held_until": None}
            connection.execute(update(outbox).where(*_key(message), outbox.c.told_at.is_(None)).values(**told))
            _forget_rest(connection, message)

    def put_off(self, message: WriteBack, why: Reason) -> None:
        """It could not be told; it stays, and waits a while, or the whole CRM does.

        Of a message that somebody else has claimed since, nothing is changed: what he is doing is not known here.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row = connection.execute(select(outbox).where(*_key(message))).one()
            if row.tries != message.tries:
                return
            values: dict[str, object] = {
                "unsure": is_unknown(why) or message.unsure,
                "holder": None,
                "held_until": None,
            }
            if concerns_all(why):
                _lengthen_rest(connection, row.crm, now)
            else:
                values["next_try_at"] = now + wait_after(row.tries)
            untold = (outbox.c.id == row.id, outbox.c.told_at.is_(None))
            connection.execute(update(outbox).where(*untold).values(**values, **reason_values(why)))

    def resting(self, crm: str) -> CrmRest | None:
        """How long the CRM is left alone because it did not answer; None where it is not."""
        with self._database.reading() as connection:
            return _rest(connection, crm, self._clock.now())

    def _is_free(self, connection: Connection, crm: str, now: datetime) -> ColumnElement[bool]:
        """That nobody holds the message, or nobody alive, or not any more."""
        held = (*_untold(crm), outbox.c.holder.is_not(None))
        holders = connection.execute(select(outbox.c.holder).where(*held).distinct()).scalars()
        dead = [holder for holder in holders if not self._may_live(holder)]
        return or_(outbox.c.holder.is_(None), outbox.c.holder.in_(dead), outbox.c.held_until <= now)


def put_in(connection: Connection, posting: Row[Any], status: str, now: datetime, message: str = "") -> None:
    """Add a message about a posting, after all others of its order."""
    put_in_all(connection, [News(posting, status, now, message)])


def put_in_all(connection: Connection, news: Sequence[News]) -> None:
    """Add messages, each after all others of its order and after those before it here."""
    last = dict(_last_sequences(connection, news))
    rows = []
    for each in news:
        order = (each.posting.crm, each.posting.order_id)
        last[order] = last.get(order, 0) + 1
        rows.append(_row(each, last[order]))
    if rows:
        connection.execute(insert(outbox), rows)


def _row(news: News, sequence: int) -> Mapping[str, object]:
    about = {name: getattr(news.posting, name) for name in ABOUT}
    content = {"posting_id": news.posting.id, "sequence": sequence, "status": news.status, "message": news.message}
    return {**about, **content, "created_at": news.at, "tries": 0, "unsure": False}


def _last_sequences(connection: Connection, news: Sequence[News]) -> Iterable[tuple[tuple[str, str], int]]:
    """The greatest sequence of each order that has messages already."""
    orders: dict[str, list[str]] = {}
    for each in news:
        orders.setdefault(each.posting.crm, []).append(each.posting.order_id)
    for crm, ids in orders.items():
        these = (outbox.c.crm == crm, outbox.c.order_id.in_(ids))
        query = select(outbox.c.order_id, func.max(outbox.c.sequence)).where(*these).group_by(outbox.c.order_id)
        yield from (((crm, order_id), last) for order_id, last in connection.execute(query))


def _untold(crm: str) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.crm == crm, outbox.c.told_at.is_(None)


def _first_of_its_order() -> ColumnElement[bool]:
    """That no earlier message of the same order waits."""
    before = outbox.alias("before")
    same = (before.c.crm == outbox.c.crm, before.c.order_id == outbox.c.order_id)
    earlier = (*same, before.c.sequence < outbox.c.sequence, before.c.told_at.is_(None))
    return ~select(before.c.id).where(*earlier).exists()


IS_FIRST = _first_of_its_order()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.next_try_at.is_(None), outbox.c.next_try_at <= now)


def _oldest(connection: Connection, *conditions: ColumnElement[bool]) -> Row[Any] | None:
    query = select(outbox).where(*conditions).order_by(outbox.c.tries, outbox.c.id).limit(1)
    return connection.execute(query).one_or_none()


def _rest(connection: Connection, crm: str, now: datetime) -> CrmRest | None:
    resting = (crm_rests.c.crm == crm, crm_rests.c.until > now)
    row = connection.execute(select(crm_rests).where(*resting)).one_or_none()
    return None if row is None else CrmRest(row.crm, row.failures, row.since, row.until)


def _lengthen_rest(connection: Connection, crm: str, now: datetime) -> None:
    row = connection.execute(select(crm_rests).where(crm_rests.c.crm == crm)).one_or_none()
    failures = 1 if row is None else row.failures + 1
    connection.execute(delete(crm_rests).where(crm_rests.c.crm == crm))
    since = now if row is None else row.since
    values = {"failures": failures, "since": since, "until": now + rest_after(failures)}
    connection.execute(insert(crm_rests).values(crm=crm, **values))


def _forget_rest(connection: Connection, message: WriteBack) -> None:
    crm = select(outbox.c.crm).where(*_key(message)).scalar_subquery()
    connection.execute(delete(crm_rests).where(crm_rests.c.crm == crm))


def _key(message: WriteBack) -> tuple[ColumnElement[bool], ...]:
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
        unsure=row.unsure,
        tries=row.tries,
    )
