"""What does the ledger know of its postings? Every question that changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from bridge.errors import PostingAmbiguous, PostingUnknown, Reason
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Attempt, Move, Phase, Posting, PostingState
from bridge.model.read_backs import ReadBacks
from bridge.ports import Backlog
from bridge.store.cross_references import codes_of
from bridge.store.databases import Database
from bridge.store.order_texts import read_order
from bridge.store.postings import posting_of
from bridge.store.read_backs import read_backs_in
from bridge.store.reasons import reason_of
from bridge.store.switches import stop_reason
from bridge.store.tables import POSTED, attempts, moves, order_revisions, postings
from bridge.store.tallies import counted

S = PostingState
STORED = (Phase.NUMBERED, Phase.VERIFIED)
WAITING = (S.PENDING, S.IN_DOUBT)
AT_ONCE = 500  # parameters of one query; SQLite built long ago takes 999


class Readings:
    """The part of the ledger that answers."""

    _database: Database

    def posting(self, posting_id: int) -> Posting:
        """One posting; raises PostingUnknown."""
        found = self._postings(select(postings).where(postings.c.id == posting_id))
        if not found:
            raise PostingUnknown(reference=posting_id)
        return found[0]

    def find(self, text: str, erp: str | None = None) -> Posting:
        """The posting with that reference, order number or document; raises PostingUnknown or PostingAmbiguous."""
        for column in (postings.c.reference, postings.c.order_number, postings.c.document):
            query = select(postings).where(column == text).order_by(postings.c.id)
            found = self._postings(query if erp is None else query.where(postings.c.erp == erp))
            if len(found) > 1:
                listed = ", ".join(f"{posting.reference} ({posting.erp})" for posting in found)
                raise PostingAmbiguous(text=text, references=listed)
            if found:
                return found[0]
        raise PostingUnknown(reference=text)

    def postings(
        self,
        *,
        erp: str | None = None,
        states: Sequence[PostingState] = (),
        since: datetime | None = None,
        most: int | None = None,
    ) -> Sequence[Posting]:
        """The postings that answer and changed since the moment, oldest first; of more than `most` the newest."""
        query = select(postings).order_by(postings.c.id.desc()).limit(most)
        if states:
            query = query.where(postings.c.state.in_(states))
        if since is not None:
            query = query.where(postings.c.updated_at >= since)
        with self._database.reading() as connection:
            asked = [
                query if each is None else query.where(postings.c.erp == each)
                for each in _erps(connection, erp, states)
            ]
            rows = sorted((row for each in asked for row in connection.execute(each)), key=lambda row: int(row.id))
        return tuple(posting_of(row) for row in (rows if most is None else rows[-most:]))

    def entered(self, erp: str, first: date, last: date) -> frozenset[str]:
        """The documents that orders of these days were entered as, but for those that are cancelled."""
        posting = postings.c
        ours = (posting.erp == erp, posting.document.is_not(None), posting.state != S.CANCELLED)
        query = select(posting.document).where(*ours, posting.ordered_on.between(first, last))
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def backlog(self, now: datetime) -> Backlog:
        """What waits to be worked on, over all ERPs."""
        late = func.count(case((postings.c.deadline < now, postings.c.id)))
        query = select(func.min(postings.c.id).label("oldest"), late.label("overdue")).where(
            postings.c.state.in_(WAITING)
        )
        with self._database.reading() as connection:
            asked = [query.where(postings.c.erp == erp) for erp in _erps(connection, None, WAITING)]
            rows = [connection.execute(each).one() for each in asked]
            oldest = min((row.oldest for row in rows if row.oldest is not None), default=None)
            named = select(postings.c.reference).where(postings.c.id == oldest)
            return Backlog(connection.execute(named).scalar(), sum(row.overdue for row in rows))

    def due(self, erp: str, now: datetime, most: int | None = None) -> Sequence[Posting]:
        """What can be worked on: in doubt and past its moment, then stored but not verified, then new.

        Among equals the lower priority number comes first, then the nearer deadline, then the older posting.
        """
        settled = or_(postings.c.settle_after.is_(None), postings.c.settle_after <= now)
        rested = or_(postings.c.not_before.is_(None), postings.c.not_before <= now)
        wanted = (postings.c.erp == erp, postings.c.state.in_([S.PENDING, S.IN_DOUBT]), rested)
        urgency = case((postings.c.state == S.IN_DOUBT, 0), (postings.c.phase.in_(STORED), 1), else_=2)
        endless = case((postings.c.deadline.is_(None), 1), else_=0)
        query = select(postings).where(*wanted, or_(postings.c.state == S.PENDING, settled))
        order = (urgency, postings.c.priority, endless, postings.c.deadline, postings.c.id)
        return self._postings(query.order_by(*order).limit(most))

    def counts(self) -> Mapping[str, int]:
        """How many postings are in each state."""
        with self._database.reading() as connection:
            return counted(connection)

    def order_of(self, posting: Posting) -> Order:
        """The order as it was taken, in the posting's revision."""
        revision = order_revisions.c.revision == posting.revision
        query = select(order_revisions.c.order_text).where(order_revisions.c.posting_id == posting.id, revision)
        with self._database.reading() as connection:
            current = connection.execute(_current().where(postings.c.id == posting.id, revision)).scalar()
            return read_order(
                current or connection.execute(query.order_by(order_revisions.c.sequence.desc()).limit(1)).scalar_one()
            )

    def order_in_erp(self, posting: Posting) -> Order | None:
        """The order as the ERP is known to hold it; None where it does not, or nobody knows in which revision."""
        held = and_(
            order_revisions.c.posting_id == postings.c.id, order_revisions.c.sequence == postings.c.posted_sequence
        )
        query = select(order_revisions.c.order_text).join(postings, held).where(postings.c.id == posting.id)
        with self._database.reading() as connection:
            text = connection.execute(query).scalar()
            return None if text is None else read_order(text)

    def orders_of(self, postings: Sequence[Posting]) -> Mapping[int, Order]:
        """The newest orders that count of many postings by posting id."""
        with self._database.reading() as connection:
            texts = _current().add_columns(order_revisions.c.posting_id)
            rows = [
                row
                for ids in _portions([posting.id for posting in postings])
                for row in connection.execute(texts.where(order_revisions.c.posting_id.in_(ids)))
            ]
        return {row.posting_id: read_order(row.order_text) for row in rows}

    def read_backs_of(self, postings: Sequence[Posting]) -> Mapping[int, ReadBacks]:
        """What was read back from the ERP's screens, by posting id, of those of which anything was kept."""
        with self._database.reading() as connection:
            return read_backs_in(connection, _portions([posting.id for posting in postings]))

    def history(self, posting: Posting) -> Sequence[Move]:
        """All moves of a posting, oldest first."""
        with self._database.reading() as connection:
            return history_of(connection, posting.id)

    def attempts(self, posting: Posting) -> Sequence[Attempt]:
        """All attempts at a posting, oldest first."""
        query = select(attempts).where(attempts.c.posting_id == posting.id).order_by(attempts.c.number)
        with self._database.reading() as connection:
            return tuple(_attempt(row) for row in connection.execute(query))

    def control_reference(self, erp: str) -> str | None:
        """The reference of the posting last verified in that ERP: a search must find it, or searching is broken."""
        posted = (postings.c.erp == erp, POSTED)
        query = (
            select(postings.c.reference).where(*posted).order_by(postings.c.verified_at.desc(), postings.c.id.desc())
        )
        with self._database.reading() as connection:
            return connection.execute(query.limit(1)).scalar()

    def reference_owner(self, erp: str, reference: str) -> Posting | None:
        """The posting that owns the reference in that ERP."""
        return self._first(select(postings).where(postings.c.erp == erp, postings.c.reference == reference))

    def customer_was_posted(self, erp: str, customer: str, since: datetime) -> bool:
        """Whether an order of that CRM customer was posted since the moment (cut-over or restore)."""
        same = (postings.c.erp == erp, postings.c.customer == customer, postings.c.posted_at >= since)
        return self._first(select(postings).where(*same).limit(1)) is not None

    def cross_references(self, erp: str) -> CrossReferences:
        """The code table of one ERP."""
        with self._database.reading() as connection:
            return codes_of(connection, erp)

    def stopped(self) -> Reason | None:
        """Why everything is stopped, or None."""
        with self._database.reading() as connection:
            return stop_reason(connection)

    def _postings(self, query: Select[Any]) -> tuple[Posting, ...]:
        with self._database.reading() as connection:
            return tuple(posting_of(row) for row in connection.execute(query))

    def _first(self, query: Select[Any]) -> Posting | None:
        return next(iter(self._postings(query)), None)


def _erps(connection: Connection, erp: str | None, states: Sequence[PostingState]) -> Sequence[str | None]:
    """By which ERPs to ask, one after the other: states are found at once within an ERP only. None is all at once."""
    if erp is not None or not states:
        return [erp]
    first = select(func.min(postings.c.erp).label("erp")).cte("erps", recursive=True)
    following = select(func.min(postings.c.erp)).where(postings.c.erp > first.c.erp).scalar_subquery()
    erps = first.union_all(select(following).where(first.c.erp.is_not(None)))
    return list(connection.execute(select(erps.c.erp).where(erps.c.erp.is_not(None))).scalars())


def history_of(connection: Connection, posting_id: int) -> tuple[Move, ...]:
    """All moves of a posting, oldest first, as this transaction sees them."""
    query = select(moves).where(moves.c.posting_id == posting_id).order_by(moves.c.id)
    return tuple(_move(row) for row in connection.execute(query))


def _current() -> Select[Any]:
    same: ColumnElement[bool] = and_(
        order_revisions.c.posting_id == postings.c.id, order_revisions.c.sequence == postings.c.order_sequence
    )
    return select(order_revisions.c.order_text).join(postings, same)


def _portions(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _move(row: Row[Any]) -> Move:
    old = None if row.old is None else PostingState(row.old)
    return Move(row.at, old, PostingState(row.new), row.actor, reason_of(row), row.attempt)


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        number=row.number,
        worker=row.worker,
        started_at=row.started_at,
        ended_at=row.ended_at,
        phase=Phase(row.phase),
        outcome=None if row.outcome is None else PostingState(row.outcome),
        reason=reason_of(row),
        packet=row.packet,
        packet_head=row.packet_head,
        user=row.user,
    )
