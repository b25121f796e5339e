"""How far is the ERP with the documents it holds, as last read from its screens?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from bridge.model.documents import Document, DocumentStatus
from bridge.model.postings import PostingState
from bridge.ports import KnownDocument, UnfinishedDocument
from bridge.store.databases import Database
from bridge.store.outboxes import News, put_in, put_in_all
from bridge.store.tables import document_states, postings

BATCH = 500  # documents of one transaction, and numbers of one question: other writers wait no longer than that
Key = tuple[str, str]


class SqlDocumentStates:
    """The document states of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, documents: Sequence[KnownDocument]) -> tuple[KnownDocument, ...]:
        """Keep what was seen; the documents whose status changed, with a message to the CRM where they are ours.

        Durable batch by batch, each with its messages.
        """
        changed: list[KnownDocument] = []
        for batch in _batches(documents):
            with self._database.writing() as connection:
                changed += _noted(connection, batch)
        return tuple(changed)

    def documents(self, erp: str) -> Sequence[KnownDocument]:
        """All documents of one ERP that were seen, by number."""
        query = select(document_states).where(document_states.c.erp == erp).order_by(document_states.c.number)
        with self._database.reading() as connection:
            return tuple(_document(row) for row in connection.execute(query))

    def known(self, erp: str, numbers: Collection[str]) -> Mapping[str, KnownDocument]:
        """What is known of these documents, by number."""
        with self._database.reading() as connection:
            return {number: _document(row) for (_, number), row in _rows(connection, [(erp, each) for each in numbers])}

    def unfinished(self, erp: str, final: Collection[DocumentStatus]) -> Sequence[UnfinishedDocument]:
        """The documents of our postings that are in no final status, as far as is known; oldest order first."""
        state, posting = document_states.c, postings.c
        same = and_(state.erp == posting.erp, state.number == posting.document)
        moving = [status for status in DocumentStatus if status not in final]
        ours_now = or_(posting.posted_at.is_not(None), posting.state == PostingState.HELD)
        ours = select(posting.id, posting.document, posting.ordered_on)
        seen = ours.select_from(document_states.join(postings, same)).where(
            state.erp == erp, state.status.in_(moving), ours_now
        )
        held = (posting.erp == erp, posting.state == PostingState.HELD, posting.document.is_not(None))
        unseen = ours.select_from(postings.outerjoin(document_states, same)).where(*held, state.number.is_(None))
        with self._database.reading() as connection:
            rows = [row for query in (seen, unseen) for row in connection.execute(query)]
        found = {row.document: UnfinishedDocument(row.document, row.id, row.ordered_on) for row in rows}
        return sorted(found.values(), key=lambda document: (document.ordered_on, document.number))


def note_entered(connection: Connection, posting: Row[Any], document: Document, now: datetime) -> None:
    """Keep that the document is the posting's; a status beyond open is news for the CRM, one not shown is none."""
    known = dict(_rows(connection, [(posting.erp, document.number)])).get((posting.erp, document.number))
    shown = document.status or (DocumentStatus.OPEN if known is None else DocumentStatus(known.status))
    seen = KnownDocument(posting.erp, document.number, shown, posting.id, now)
    _store(
        connection, {_key(seen): _State.after(seen, known and _State.of(known))}, () if known is None else {_key(seen)}
    )
    if shown is not DocumentStatus.OPEN:
        put_in(connection, posting, shown, now)


def note_void(connection: Connection, posting: Row[Any], now: datetime) -> None:
    """Keep that the posting's document is cancelled, and tell the CRM unless it was told so before."""
    key = (posting.erp, posting.document)
    known = dict(_rows(connection, [key])).get(key)
    seen = KnownDocument(*key, DocumentStatus.CANCELLED, posting.id, now)
    _store(connection, {key: _State.after(seen, known and _State.of(known))}, () if known is None else {key})
    if known is None or known.status != DocumentStatus.CANCELLED:
        put_in(connection, posting, DocumentStatus.CANCELLED, now)


@dataclass(frozen=True)
class _State:
    """What is kept of one document."""

    seen: KnownDocument
    changed_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> "_State":
        return cls(_document(row), row.changed_at)

    @classmethod
    def after(cls, seen: KnownDocument, before: "_State | None") -> "_State":
        if before is None:
            return cls(seen, seen.seen_at)
        posting_id = before.seen.posting_id if seen.posting_id is None else seen.posting_id
        changed_at = before.changed_at if before.seen.status == seen.status else seen.seen_at
        return cls(replace(seen, posting_id=posting_id), changed_at)


def _batches(documents: Sequence[KnownDocument]) -> Iterator[Sequence[KnownDocument]]:
    for start in range(0, len(documents), BATCH):
        yield documents[start : start + BATCH]


def _noted(connection: Connection, batch: Sequence[KnownDocument]) -> list[KnownDocument]:
    """Keep the batch in few statements, whatever its size; those whose status changed."""
    keys = list(dict.fromkeys(map(_key, batch)))
    states = {key: _State.of(row) for key, row in _rows(connection, keys)}
    known, changed, touched = set(states), [], {}
    for seen in batch:
        before = states.get(_key(seen))
        if before is not None and seen.seen_at < before.seen.seen_at:
            continue
        states[_key(seen)] = touched[_key(seen)] = _State.after(seen, before)
        if before is None or before.seen.status != seen.status:
            changed.append(seen)
    _store(connection, touched, known)
    ours = _postings(connection, [_key(seen) for seen in changed])
    put_in_all(
        connection, [News(ours[_key(seen)], seen.status, seen.seen_at) for seen in changed if _key(seen) in ours]
    )
    return changed


def _key(seen: KnownDocument) -> Key:
    return seen.erp, seen.number


def _store(connection: Connection, states: Mapping[Key, _State], known: Collection[Key]) -> None:
    new = [_values(state) for key, state in states.items() if key not in known]
    old = [_values(state, "new_") for key, state in states.items() if key in known]
    if new:
        connection.execute(insert(document_states), new)
    if old:
        connection.execute(_UPDATE, old)


def _values(state: _State, prefix: str = "") -> dict[str, object]:
    seen = state.seen
    values: dict[str, object] = {"status": seen.status, "posting_id": seen.posting_id, "listed": seen.listed}
    values |= {"erp": seen.erp, "number": seen.number, "seen_at": seen.seen_at, "changed_at": state.changed_at}
    return {prefix + name: value for name, value in values.items()}


_UPDATE = (
    update(document_states)
    .where(document_states.c.erp == bindparam("new_erp"), document_states.c.number == bindparam("new_number"))
    .values({name: bindparam(f"new_{name}") for name in ("status", "posting_id", "listed", "seen_at", "changed_at")})
)


def _rows(connection: Connection, keys: Collection[Key]) -> Iterator[tuple[Key, Row[Any]]]:
    for erp, numbers in _by_erp(keys):
        these = (document_states.c.erp == erp, document_states.c.number.in_(numbers))
        for row in connection.execute(select(document_states).where(*these)):
            yield (erp, row.number), row


def _postings(connection: Connection, keys: Collection[Key]) -> Mapping[Key, Row[Any]]:
    """The postings whose documents these are, once posted; before that the CRM is told nothing of them."""
    found: dict[Key, Row[Any]] = {}
    for erp, numbers in _by_erp(keys):
        ours = (postings.c.erp == erp, postings.c.document.in_(numbers), postings.c.posted_at.is_not(None))
        for row in connection.execute(select(postings).where(*ours).order_by(postings.c.id)):
            found.setdefault((erp, row.document), row)
    return found


def _by_erp(keys: Collection[Key]) -> Iterator[tuple[str, list[str]]]:
    """The numbers of each ERP, as many as fit into one question."""
    for erp in sorted({erp for erp, _ in keys}):
        numbers = [number for of, number in keys if of == erp]
        for start in range(0, len(numbers), BATCH):
            yield erp, numbers[start : start + BATCH]


def _document(row: Row[Any]) -> KnownDocument:
    return KnownDocument(row.erp, row.number, DocumentStatus(row.status), row.posting_id, row.seen_at, row.listed)
