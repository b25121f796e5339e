"""Is what was committed safe, and can the ledger's tables be trusted to be what the code thinks?"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bridge.errors import FileUnreadable, LedgerDown, StorageFull
from bridge.store.column_types import Instant
from bridge.store.databases import Database
from bridge.store.ledgers import Store, open_ledger
from bridge.store.tables import metadata
from tests.unit.store.ledger_samples import NOVEMBER, StandingClock, order, take

ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_sqlite_commits_to_the_disk(store: Store) -> None:
    """Every connection, reading or writing, is in WAL mode with synchronous=FULL, foreign keys and 30 s of patience."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    database = store.database
    with database.reading() as first, database.reading() as second, database.writing() as third:
        for connection in (first, second, third):
            found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
            assert found == wanted


def test_the_migrations_make_the_tables_of_the_code(url: str) -> None:
    """From an empty file the migrations lead to exactly the tables, columns, types and indexes of the code."""
    database = Database(url)
    database.upgrade()
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_many_open_a_new_ledger_at_once(tmp_path: Path, clock: StandingClock) -> None:
    """Whoever comes first makes the tables, the others wait and find them."""
    for round_ in range(3):
        url = f"sqlite:///{tmp_path / f'{round_} 账本 100%.db'}"
        with ThreadPoolExecutor(8) as pool:
            stores = list(pool.map(lambda _, url=url: open_ledger(url, clock), range(8)))
        take(stores[0])
        assert {len(store.ledger.postings()) for store in stores} == {1}
        for store in stores:
            store.close()


def test_an_open_ledger_can_be_opened_while_somebody_writes(store: Store, url: str, clock: StandingClock) -> None:
    """Opening a ledger that is up to date asks for no lock, so a long page of orders blocks nobody's start."""
    with store.cursors.page("suite", "1"), open_ledger(url, clock) as second:
        assert second.ledger.postings() == ()


def test_a_folder_that_is_missing_is_made(tmp_path: Path, clock: StandingClock) -> None:
    """The first start on a new machine needs no folder."""
    open_ledger(f"sqlite:///{tmp_path / 'a' / 'b' / 'ledger.db'}", clock).close()
    assert (tmp_path / "a" / "b" / "ledger.db").exists()


def test_a_ledger_of_a_newer_version_is_refused(store: Store, url: str, clock: StandingClock) -> None:
    """An older program says that it cannot read a newer ledger, and leaves it alone."""
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(FileUnreadable, match="9999"):
        open_ledger(url, clock)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, clock: StandingClock) -> None:
    """A text file is named as unreadable and is not touched."""
    path = tmp_path / "notes.db"
    path.write_text("Remember the milk. " * 99, encoding="utf-8")
    with pytest.raises(FileUnreadable, match=r"notes\.db"):
        open_ledger(f"sqlite:///{path}", clock)
    assert path.read_text(encoding="utf-8").startswith("Remember")


def test_a_server_that_does_not_answer_is_said_to_be_down(clock: StandingClock) -> None:
    """Not that a file cannot be read; the password is not shown."""
    with pytest.raises(LedgerDown) as caught:
        open_ledger("postgresql+psycopg://bridge:hush@127.0.0.1:9/ledger", clock)
    assert "hush" not in caught.value.worded()


@ON_SQLITE
def test_a_full_disk_is_said_to_be_full(store: Store) -> None:
    """Where the disk takes no more, StorageFull is raised, nothing of the transaction stays, and reading goes on."""
    before = take(store)
    big = order(2, remarks="x" * 500_000)
    with store.database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 3}"))
    with pytest.raises(StorageFull, match=r"ledger\.db"):
        take(store, big)
    assert store.ledger.postings() == (before,)
    assert store.ledger.order_of(before) == order()


def test_a_moment_is_kept_in_utc_and_comes_back_aware(store: Store) -> None:
    """Whatever its zone, a moment is the same after reading, and its text sorts as time does."""
    shanghai = timezone(timedelta(hours=8))
    moment = datetime(2026, 11, 22, 8, 0, 0, 7, shanghai)
    store.switches.set_cut_over("harbour", moment, "Li")
    kept = store.switches.cut_over("harbour")
    assert kept == moment
    assert kept is not None
    assert kept.utcoffset() == timedelta(0)
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT moment FROM cut_overs")).scalar() == "2026-11-22T00:00:00.000007Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody may guess a zone."""
    with pytest.raises(ValueError, match="no time zone"):
        Instant().process_bind_param(NOVEMBER.replace(tzinfo=None), None)  # type: ignore[arg-type]


def test_the_history_hangs_on_a_posting(store: Store) -> None:
    """Foreign keys are enforced: nothing can be written about a posting that is not there."""
    statement = text("INSERT INTO moves (posting_id, at, new, actor) VALUES (4711, 'now', 'pending', 'x')")
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.database.writing() as connection:
        connection.execute(statement)


@ON_SQLITE
def test_anybody_can_read_the_ledger_with_the_tools_they_have(store: Store, tmp_path: Path) -> None:
    """States, moments and Chinese names are plain text for any SQLite browser."""
    take(store)
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        row = connection.execute("SELECT reference, state, taken_at FROM postings").fetchone()
    connection.close()
    assert row == ("SUI-1", "pending", "2026-11-22T08:00:00.000000Z")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_was_told_to_be_hasty_is_not_so_for_the_ledger(store: Store) -> None:
    """A commit that is answered is on its disk, and a writer sees what was written before, whatever is usual there."""
    with store.database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    with store.database.writing() as connection:
        for setting in ("synchronous_commit = off", "default_transaction_isolation = 'repeatable read'"):
            connection.execute(text(f'ALTER DATABASE "{name}" SET {setting}'))
    store.database.close()
    with store.database.reading() as connection:
        asked = ("synchronous_commit", "transaction_isolation")
        assert [connection.execute(text(f"SHOW {each}")).scalar_one() for each in asked] == ["on", "read committed"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_only_reads_is_an_outage(store: Store) -> None:
    """A replica that has not taken over yet is waited for, like a server that does not answer."""
    with store.database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    with store.database.writing() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    store.database.close()
    with pytest.raises(LedgerDown, match="read-only"):
        take(store)
