"""What was read back from the ERP's screens in each attempt, as the ledger keeps it?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from bridge.model.documents import Document
from bridge.model.postings import Claim
from bridge.model.read_backs import Content, FilledForm, ReadBack, ReadBacks
from bridge.store.frozen_texts import read_frozen, write_frozen
from bridge.store.reading_tables import read_backs

FORM, DOCUMENT = "form", "document"


def keep_read_backs(
    connection: Connection, claim: Claim, contents: Sequence[FilledForm | Document], now: datetime
) -> None:
    """Keep what was read in this attempt, in a transaction that is there anyway; a later reading takes its place."""
    kept = {FORM if isinstance(content, FilledForm) else DOCUMENT: write_frozen(content) for content in contents}
    if not kept:
        return
    key = {"posting_id": claim.posting.id, "attempt": claim.attempt}
    here = (read_backs.c.posting_id == claim.posting.id, read_backs.c.attempt == claim.attempt)
    connection.execute(delete(read_backs).where(*here, read_backs.c.stage.in_(list(kept))))
    facts = {"revision": claim.posting.revision, "read_at": now}
    rows = [{**key, **facts, "stage": stage, "content": content} for stage, content in kept.items()]
    connection.execute(insert(read_backs), rows)


def read_backs_in(connection: Connection, portions: Iterable[Sequence[int]]) -> Mapping[int, ReadBacks]:
    """What was kept of the postings with these ids."""
    rows: dict[int, list[Row[Any]]] = {}
    for ids in portions:
        query = select(read_backs).where(read_backs.c.posting_id.in_(ids)).order_by(read_backs.c.attempt.desc())
        for row in connection.execute(query):
            rows.setdefault(row.posting_id, []).append(row)
    return {posting_id: _read_backs(found) for posting_id, found in rows.items()}


def _read_backs(rows: Sequence[Row[Any]]) -> ReadBacks:
    """The newest document, and the newest form that was filled no later than it was read."""
    document = next(_readings(rows, DOCUMENT, Document), None)
    forms = _readings(rows, FORM, FilledForm)
    return ReadBacks(next((f for f in forms if document is None or f.attempt <= document.attempt), None), document)


def _readings(rows: Sequence[Row[Any]], stage: str, kind: type[Content]) -> Iterator[ReadBack[Content]]:
    for row in rows:
        if row.stage == stage:
            yield ReadBack(read_frozen(kind, row.content), row.attempt, row.revision, row.read_at)
