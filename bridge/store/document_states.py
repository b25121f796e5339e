"""How far is the ERP with the documents it holds, as last read from its screens?"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.model.documents import DocumentStatus
from bridge.ports import KnownDocument
from bridge.store.databases import Database
from bridge.store.outboxes import put_in
from bridge.store.postings import posting_row
from bridge.store.tables import document_states


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


def note_document(connection: Connection, seen: KnownDocument) -> bool:
    """Keep what was seen, unless something newer is known; whether the status changed."""
    key = (document_states.c.erp == seen.erp, document_states.c.number == seen.number)
    known = connection.execute(select(document_states).where(*key)).one_or_none()
    values: dict[str, object] = {"status": seen.status, "seen_at": seen.seen_at}
    if known is None:
        key_values = {"erp": seen.erp, "number": seen.number, "posting_id": seen.posting_id}
        connection.execute(insert(document_states).values(**key_values, **values, changed_at=seen.seen_at))
        return True
    if seen.seen_at < known.seen_at:
        return False
    if seen.posting_id is not None:
        values["posting_id"] = seen.posting_id
    changed = bool(known.status != seen.status)
    if changed:
        values["changed_at"] = seen.seen_at
    connection.execute(update(document_states).where(*key).values(**values))
    return changed


def _noted(connection: Connection, seen: KnownDocument) -> bool:
    if not note_document(connection, seen):
        return False
    posting_id = seen.posting_id or _posting_id(connection, seen)
    if posting_id is not None:
        put_in(connection, posting_row(connection, posting_id), seen.status, seen.seen_at)
    return True


def _posting_id(connection: Connection, seen: KnownDocument) -> int | None:
    key = (document_states.c.erp == seen.erp, document_states.c.number == seen.number)
    return connection.execute(select(document_states.c.posting_id).where(*key)).scalar()


def _document(row: Row[Any]) -> KnownDocument:
    return KnownDocument(row.erp, row.number, DocumentStatus(row.status), row.posting_id, row.seen_at)
