"""SQL-Ledger for pytest: started where this machine can run it, otherwise the test is skipped with the reason."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.real.sql_ledger_packages import SqlLedgerUnavailableError, why_not
from tests.real.sql_ledger_servers import SqlLedgerServer

CACHE: Final = Path(__file__).parents[2] / ".cache" / "sql-ledger"
"""Fetched packages and the seeded dataset, kept between runs."""


@contextlib.contextmanager
def sql_ledger(
    folder: Path, kind: type[SqlLedgerServer] = SqlLedgerServer, *, mended_text: bool = True
) -> Iterator[SqlLedgerServer]:
    """A running server, as a context manager for fixtures and for tests that need one of their own."""
    if reason := why_not():
        pytest.skip(reason)
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(kind.started(folder, cache=CACHE, mended_text=mended_text))
        except SqlLedgerUnavailableError as error:
            pytest.skip(str(error))
        yield server


def orders_with(server: SqlLedgerServer, reference: str) -> list[dict[str, Any]]:
    """The orders in the database whose description is the reference."""
    return [order for order in server.orders() if order["description"] == reference]
