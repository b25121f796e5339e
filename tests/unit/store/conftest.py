"""A fresh ledger for each test, on SQLite and, where one can be started here, on PostgreSQL."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bridge.store.ledgers import Store, open_ledger
from tests.postgres_servers import PostgresServer, available, postgres_server
from tests.unit.store.ledger_samples import StandingClock
from tests.unit.store.standing_servers import hide_the_time, set_the_time, stop_the_time


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands."""
    return StandingClock()


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this session's own."""
    if not available():
        pytest.skip("no PostgreSQL can be started here")
    with postgres_server() as started:
        hide_the_time(started)
        yield started


@pytest.fixture(scope="session")
def bare_database(server: PostgresServer) -> str:
    """A database without a ledger, whose time stands, to be copied."""
    url = server.new_database()
    stop_the_time(url)
    return url


@pytest.fixture(scope="session")
def empty_database(server: PostgresServer, bare_database: str) -> str:
    """A ledger on the server that was made once, to be copied."""
    url = server.new_database(bare_database)
    open_ledger(url, StandingClock()).close()
    return url


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was made once, to be copied, because making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    open_ledger(f"sqlite:///{path}", StandingClock()).close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.sweep)])
def url(request: pytest.FixtureRequest, clock: StandingClock, tmp_path: Path) -> Iterator[str]:
    """Where a new ledger may lie, by that clock; an empty one lies there already where the test wants one open."""
    wants_ledger = "store" in request.fixturenames
    if request.param == "sqlite":
        if wants_ledger:
            shutil.copy(request.getfixturevalue("empty_ledger"), tmp_path / "ledger.db")
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server: PostgresServer = request.getfixturevalue("server")
    made = server.new_database(request.getfixturevalue("empty_database" if wants_ledger else "bare_database"))
    clock.followers.append(partial(set_the_time, made))
    yield made
    server.drop(made)


@pytest.fixture
def store(url: str, clock: StandingClock) -> Iterator[Store]:
    """A new ledger, open."""
    with open_ledger(url, clock) as opened:
        yield opened
