"""A fresh ledger for each test, on each database that is listed here."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import StandingClock

BACKENDS = ("sqlite",)


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands."""
    return StandingClock()


@pytest.fixture(params=BACKENDS)
def url(tmp_path: Path) -> str:
    """Where a new ledger may lie."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was made once, to be copied, because making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    open_ledger(f"sqlite:///{path}", StandingClock()).close()
    return path


@pytest.fixture
def store(url: str, clock: StandingClock, tmp_path: Path, empty_ledger: Path) -> Iterator[Store]:
    """A new ledger, open."""
    shutil.copy(empty_ledger, tmp_path / "ledger.db")
    with open_ledger(url, clock) as opened:
        yield opened
