"""A fresh ledger for each test: on SQLite always, on PostgreSQL too where ERPBRIDGE_TEST_POSTGRES holds its URL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import StandingClock

POSTGRES = os.environ.get("ERPBRIDGE_TEST_POSTGRES", "")
BACKENDS = ("sqlite", "postgresql") if POSTGRES else ("sqlite",)


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands."""
    return StandingClock()


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new ledger may lie."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    schema, server = f"test_{uuid4().hex}", create_engine(POSTGRES)
    with server.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)
    with server.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    server.dispose()


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was made once, to be copied, because making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    open_ledger(f"sqlite:///{path}", StandingClock()).close()
    return path


@pytest.fixture
def store(url: str, clock: StandingClock, tmp_path: Path, empty_ledger: Path) -> Iterator[Store]:
    """A new ledger, open."""
    if url.startswith("sqlite"):
        shutil.copy(empty_ledger, tmp_path / "ledger.db")
    with open_ledger(url, clock) as opened:
        yield opened
