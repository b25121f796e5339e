"""Where does the ledger lie, and how is it opened so that what was committed stays?"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bridge.errors import FileUnreadable, LedgerDown, StorageFull

MIGRATIONS = Path(__file__).with_name("migrations")
DISK_FULL, READ_ONLY = "53100", "25006"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
BUSY_MILLISECONDS = 30_000
# What a server may have relaxed for others: a leave that was given is on its disk, and whoever waited for the writers'
# lock sees what they wrote. https://www.postgresql.org/docs/current/runtime-config-client.html
SESSION = {
    "synchronous_commit": "on",
    "default_transaction_isolation": "read\\ committed",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_user_timeout": "10s",
}
# A server that is cut off must be noticed within a lease, and a host that is cut off must not keep others from writing:
# https://www.postgresql.org/docs/current/libpq-connect.html and .../runtime-config-client.html
SERVER_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": " ".join(f"-c {name}={value}" for name, value in SESSION.items()),
}
POOL = 5  # connections kept per process; a server allows a hundred in all by default
WRITERS_LOCK = 7_310_588  # any number that nobody else locks in this database


class Database:
    """One open ledger database; connections are handed out for one transaction each, to any thread."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._reader = _engine(self._url)
        self._writer = self._reader.execution_options(writes=True)

    @property
    def name(self) -> str:
        """Where the ledger lies, without a password."""
        return self._url.database or self._url.render_as_string()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the ledger and changes nothing."""
        with self._errors(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable once left, or leaves no trace; raises StorageFull where the disk is full.

        It waits up to 30 seconds for another writer.
        """
        with self._errors(), self._writer.begin() as connection:
            yield connection

    def server_time(self, connection: Connection) -> datetime | None:
        """What time it is at the database server; None where the ledger is a file of this machine."""
        if connection.dialect.name != "postgresql":
            return None
        moment: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return moment.astimezone(UTC)

    def upgrade(self) -> None:
        """Bring the tables to this version; several may do so at once.

        Raises FileUnreadable, and LedgerDown where the ledger is on a server that does not answer.
        """
        try:
            if self._is_current():
                return
            with self.writing() as connection:
                command.upgrade(migration_config(connection), "head")
        except (CommandError, DBAPIError) as error:
            raise FileUnreadable(path=self.name, why=str(getattr(error, "orig", error))) from error
        except LedgerDown as error:
            if self._url.get_backend_name() != "sqlite":
                raise
            raise FileUnreadable(path=self.name, why=str(error.params["why"])) from error

    def _is_current(self) -> bool:
        with self.reading() as connection:
            heads = ScriptDirectory.from_config(migration_config(connection)).get_heads()
            return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)

    def close(self) -> None:
        """Close all connections."""
        self._reader.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if _means_full(error.orig):
                raise StorageFull(what=self.name) from error
            if isinstance(error, OperationalError | InterfaceError) or _means_replica(error.orig):
                raise LedgerDown(name=self.name, why=_first_line(error)) from error
            raise


def with_password(url: str, password: str | None) -> str:
    """The URL with the password that it does not hold itself."""
    made = make_url(url)
    if password is None or made.password is not None or made.username is None:
        return url
    return made.set(password=password).render_as_string(hide_password=False)


def new_id(result: CursorResult[Any]) -> int:
    """The id that the database gave to the row just inserted."""
    key = result.inserted_primary_key
    if key is None:
        raise LookupError("the database gave no id")
    return int(key[0])


def migration_config(connection: Connection) -> Config:
    """What Alembic needs to work on the connection; no file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _means_full(error: object) -> bool:
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or (
        getattr(error, "sqlstate", None) == DISK_FULL
    )


def _means_replica(error: object) -> bool:
    """Whether the server only reads, as one does that has not yet taken over from another."""
    return getattr(error, "sqlstate", None) == READ_ONLY


def _first_line(error: DBAPIError) -> str:
    return next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        server = create_engine(url, pool_pre_ping=True, pool_size=POOL, max_overflow=POOL, connect_args=SERVER_OPTIONS)
        event.listen(server, "begin", _wait_for_other_writers)
        return server
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's own BEGIN is deferred, and a deferred reader that turns writer is refused at once instead of waiting
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    _enter_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _enter_wal(connection: sqlite3.Connection) -> None:
    # two that turn a new file to WAL at once block each other, and SQLite then refuses one of them without waiting
    patience = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.02)
        else:
            return


def _wait_for_other_writers(connection: Connection) -> None:
    # one writer at a time, as in SQLite: then what a transaction read is still so when it writes, on every host
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
