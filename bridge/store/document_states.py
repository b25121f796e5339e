"""How far is the ERP with the documents it holds, as last read from its screens?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.model.documents import Document, DocumentStatus
from bridge.ports import KnownDocument
from bridge.store.databases import Database
from bridge.store.outboxes import put_in
from bridge.store.tables import document_states, postings


class SqlDocumentStates:
    """The document states of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, documents: Iterable[KnownDocument]) -> tuple[KnownDocument, ...]:
        """Keep what was seen; the documents whose status changed, with a message to the CRM where they are ours."""
        with self._database.writing() as connection:
            return tuple(document for document in documents if _noted(connection, document))

    def documents(self, erp: str) -> Sequence[KnownDocument]:
        """All documents of one ERP that were seen, by number."""
        query = select(document_states).where(document_states.c.erp == erp).order_by(document_states.c.number)
        with self._database.reading() as connection:
            return tuple(_document(row) for row in connection.execute(query))


def note_entered(connection: Connection, posting: Row[Any], document: Document, now: datetime) -> None:
    """Keep that the document is the posting's; a status beyond open is news for the CRM, one not shown is none."""
    known = _known(connection, posting.erp, document.number)
    shown = document.status or (DocumentStatus.OPEN if known is None else DocumentStatus(known.status))
    _store(connection, KnownDocument(posting.erp, document.number, shown, posting.id, now), known)
    if shown is not DocumentStatus.OPEN:
        put_in(connection, posting, shown, now)


def _noted(connection: Connection, seen: KnownDocument) -> bool:
    """Keep what was seen, unless something newer is known; whether the status changed."""
    known = _known(connection, seen.erp, seen.number)
    if known is not None and seen.seen_at < known.seen_at:
        return False
    _store(connection, seen, known)
    if known is not None and known.status == seen.status:
        return False
    posting = _posting(connection, seen)
    if posting is not None:
        put_in(connection, posting, seen.status, seen.seen_at)
    return True


def _known(connection: Connection, erp: str, number: str) -> Row[Any] | None:
    key = (document_states.c.erp == erp, document_states.c.number == number)
    return connection.execute(select(document_states).where(*key)).one_or_none()


def _store(connection: Connection, seen: KnownDocument, known: Row[Any] | None) -> None:
    key = {"erp": seen.erp, "number": seen.number}
    values = {"status": seen.status, "posting_id": seen.posting_id, "seen_at": seen.seen_at}
    if known is None:
        connection.execute(insert(document_states).values(**key, **values, changed_at=seen.seen_at))
        return
    if seen.posting_id is None:
        values["posting_id"] = known.posting_id
    changed_at = known.changed_at if known.status == seen.status else seen.seen_at
    connection.execute(update(document_states).filter_by(**key).values(**values, changed_at=changed_at))


def _posting(connection: Connection, seen: KnownDocument) -> Row[Any] | None:
    """The posting whose document this is, once it was posted; before that the CRM is told nothing of it."""
    ours = (postings.c.erp == seen.erp, postings.c.document == seen.number, postings.c.posted_at.is_not(None))
    return connection.execute(select(postings).where(*ours).order_by(postings.c.id).limit(1)).one_or_none()


def _document(row: Row[Any]) -> KnownDocument:
    return KnownDocument(row.erp, row.number, DocumentStatus(row.status), row.posting_id, row.seen_at)
