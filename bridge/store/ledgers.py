"""How is the ledger opened, and what lies in it?"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import delete, insert, select

from bridge.errors import MoveForbidden, Reason, UrgencySet
from bridge.model.orders import Order
from bridge.model.postings import BY_REVISION, Posting, PostingState
from bridge.ports import Clock, Taken
from bridge.store.annotations import SqlAnnotations
from bridge.store.circuits import SqlCircuits
from bridge.store.claims import Claims, forgotten
from bridge.store.cross_references import SqlCrossReferences
from bridge.store.databases import Database
from bridge.store.document_readings import SqlDocumentReadings
from bridge.store.document_states import SqlDocumentStates
from bridge.store.hosts import SqlHosts
from bridge.store.lives import MayLive, always
from bridge.store.outboxes import SqlOutbox
from bridge.store.packet_heads import PacketHeads
from bridge.store.postings import Step, change, move, note_move, posting_of, posting_row
from bridge.store.readings import Readings
from bridge.store.reasons import reason_of
from bridge.store.runs import SqlRuns
from bridge.store.seat_leases import LEASE, SqlSeatLeases
from bridge.store.statements import SqlStatements
from bridge.store.switches import SqlSwitches
from bridge.store.tables import cursors, malformed_orders
from bridge.store.takings import Page, settle_revision


class SqlLedger(Readings, Claims, PacketHeads):
    """The ledger in a database; it may be used by any thread."""

    def __init__(self, database: Database, clock: Clock, may_live: MayLive = always) -> None:
        self._database = database
        self._clock = clock
        self._may_live = may_live

    def take(  # noqa: PLR0917 - who did it closes every call of the ledger
        self,
        order: Order,
        erp: str,
        reference: str,
        state: PostingState,
        reason: Reason | None,
        actor: str,
        *,
        procedures: Collection[str] = (),
    ) -> Taken:
        """Store the order's newest revision and its posting, in the state that the rules gave it."""
        with self._database.writing() as connection:
            page = Page(connection, self._clock.now())
            return page.take(order, erp, reference, state, reason, actor, procedures=procedures)

    def move(
        self,
        posting: Posting,
        state: PostingState,
        actor: str,
        reason: Reason | None = None,
        *,
        forget_phase: bool = False,
    ) -> Posting:
        """Move a posting nobody has claimed, from the state it is known in; only `claim` claims.

        A posted order is due again only where the CRM changes it.
        """
        now = self._clock.now()
        with self._database.writing() as connection:
            row = posting_row(connection, posting.id)
            reserved = PostingState.CLAIMED in (row.state, state) or (row.state, state) in BY_REVISION
            if reserved or row.state != posting.state:
                raise MoveForbidden(reference=row.reference, state=row.state, to=state.value)
            alone = {"left_alone": row.left_alone}  # a person's word ends no session of the ERP
            values = {"not_before": None} | (forgotten(row) | alone if forget_phase else {})
            moved = move(connection, row, Step(state, actor, now, reason), values)
            return posting_of(settle_revision(connection, moved, now))

    def urge(self, posting: Posting, priority: int, deadline: datetime | None, actor: str) -> Posting:
        """Say how urgent it is, whatever the CRM said before; who did so stands in the history."""
        now = self._clock.now()
        with self._database.writing() as connection:
            row = change(connection, posting_row(connection, posting.id), {"priority": priority, "deadline": deadline})
            said = UrgencySet(priority=priority, deadline="-" if deadline is None else deadline.isoformat()).reason
            note_move(connection, row.id, row.state, Step(PostingState(row.state), actor, now, said))
            return posting_of(row)


class SqlCursors:
    """The cursors in the ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def cursor(self, crm: str) -> str | None:
        """Where to go on; None at the very beginning."""
        with self._database.reading() as connection:
            return connection.execute(select(cursors.c.cursor).where(cursors.c.crm == crm)).scalar()

    @contextmanager
    def page(self, crm: str, cursor: str | None) -> Iterator[Page]:
        """Take a page of orders; they and the cursor become durable together when the page is left without an error."""
        now = self._clock.now()
        with self._database.writing() as connection:
            yield Page(connection, now)
            connection.execute(delete(cursors).where(cursors.c.crm == crm))
            connection.execute(insert(cursors).values(crm=crm, cursor=cursor, saved_at=now))

    def malformed(self, crm: str) -> Mapping[str, Reason]:
        """The CRM's records that could not be read as orders, by their id."""
        query = select(malformed_orders).where(malformed_orders.c.crm == crm).order_by(malformed_orders.c.order_id)
        with self._database.reading() as connection:
            found = ((row.order_id, reason_of(row)) for row in connection.execute(query))
            return {order_id: reason for order_id, reason in found if reason is not None}


@dataclass(frozen=True)
class Store:
    """All that lies in one ledger database, each part behind its own promise."""

    ledger: SqlLedger
    cursors: SqlCursors
    outbox: SqlOutbox
    seats: SqlSeatLeases
    runs: SqlRuns
    documents: SqlDocumentStates
    readings: SqlDocumentReadings
    cross_references: SqlCrossReferences
    switches: SqlSwitches
    hosts: SqlHosts
    circuits: SqlCircuits
    statements: SqlStatements
    annotations: SqlAnnotations
    database: Database

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_ledger(url: str, clock: Clock, may_live: MayLive = always, lease: timedelta = LEASE) -> Store:
    """Open the ledger at an SQLAlchemy URL, made or upgraded where needed; raises FileUnreadable or StorageFull.

    `lease` is how long a seat or host counts as alive after its last beat. What a worker holds that `may_live` knows to
    be dead is free at once, without waiting for its lease to end.
    """
    database = Database(url)
    try:
        database.upgrade()
    except BaseException:
        database.close()
        raise
    return Store(
        ledger=SqlLedger(database, clock, may_live),
        cursors=SqlCursors(database, clock),
        outbox=SqlOutbox(database, clock, may_live),
        seats=SqlSeatLeases(database, clock, lease, may_live=may_live),
        runs=SqlRuns(database, clock),
        documents=SqlDocumentStates(database),
        readings=SqlDocumentReadings(database),
        cross_references=SqlCrossReferences(database),
        switches=SqlSwitches(database, clock),
        hosts=SqlHosts(database, clock, lease, may_live=may_live),
        circuits=SqlCircuits(database, clock),
        statements=SqlStatements(database, clock),
        annotations=SqlAnnotations(database, clock),
        database=database,
    )
