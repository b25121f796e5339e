"""One bridge at work on a real SQL-Ledger per test file; each test has orders, customers and references of its own."""

from collections.abc import Iterator

import pytest

from tests.real.installations import SqlLedgerInstallation, sql_ledger_installation


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLedgerInstallation]:
    """The installation of this file; skips with the reason where SQL-Ledger cannot run."""
    with sql_ledger_installation(tmp_path_factory.mktemp("bridge"), by_proxy=True) as (house, _):
        yield house


@pytest.fixture
def house(running: SqlLedgerInstallation) -> Iterator[SqlLedgerInstallation]:
    """The same, calm again afterwards: nothing cut, nobody waiting behind a request, no fault kept back."""
    yield running
    running.proxy.calm()
