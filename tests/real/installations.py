"""What does a bridge at work on a real ERP look like? An installation on the toy CRM and a third-party SQL-Ledger."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli_w

from bridge.model.postings import Posting
from bridge.settings import keep_secret, load_settings
from sandbox.crm.servers import KEY, CrmServer
from tests.installations import ROOT, Crm, Workplace, configuration
from tests.real.sql_ledger_clerks import FormClerk
from tests.real.sql_ledger_datasets import SEATS, Customer, Item, User
from tests.real.sql_ledger_fixtures import orders_with, sql_ledger
from tests.real.sql_ledger_servers import SqlLedgerServer
from tests.real.trapping_proxies import TrappingProxy

TYPIST: User = SEATS[2]
SAVE = b"&action=Save&"
UPDATE = b"&action=Update&"


@dataclass
class SqlLedgerInstallation(Workplace):
    """A bridge between a toy CRM and SQL-Ledger; its bot may be sent through `proxy`, its clerks go straight."""

    crm: Crm
    erp: SqlLedgerServer
    proxy: TrappingProxy

    def load(self, orders: Sequence[Mapping[str, Any]]) -> list[Posting]:
        """Put orders into the CRM and take them; their postings, in the same order."""
        return self.taken(self.crm.put(*orders))

    def post(self, *orders: Mapping[str, Any]) -> list[Posting]:
        """Load orders, run post_orders once, and give their postings as they stand then."""
        return self.posted(self.crm.put(*orders))

    def stored(self, posting: Posting) -> list[dict[str, Any]]:
        """What stands under the posting's reference in PostgreSQL."""
        return orders_with(self.erp, posting.reference)

    @contextmanager
    def clerk(self, user: User = SEATS[1]) -> Iterator[FormClerk]:
        """Somebody else who has signed on."""
        with FormClerk(self.erp.url, user) as signed_on:
            yield signed_on.sign_on()


def make_known(server: SqlLedgerServer, orders: Sequence[Mapping[str, Any]]) -> None:
    """Customers and items of CRM orders, in SQL-Ledger's tables; the list price is never what an order pays."""
    names = {order["customer"]["code"]: order["customer"]["name"] for order in orders if order["customer"]}
    server.dataset.add_customers(Customer(code, name) for code, name in sorted(names.items()))
    items = {line["item"]: line["description"] for order in orders for line in order["lines"]}
    server.dataset.add_items(Item(code, text, Decimal("9999.99")) for code, text in sorted(items.items()))


def sql_ledger_block(address: str) -> dict[str, Any]:
    """The settings of one SQL-Ledger; its lag is one CGI run, which here takes far less than a second."""
    return {
        "address": address,
        "user": TYPIST.full_login,
        "selectors": (ROOT / "selectors" / "sql_ledger").as_posix(),
        "cut_over": datetime(2010, 1, 1, tzinfo=UTC),
        "commit_lag": 1,
        "browser": {"timeout": 20, "save_timeout": 20},
    }


@contextmanager
def sql_ledger_installation(
    folder: Path, *, mended_text: bool = True, by_proxy: bool = False, **erp: Any
) -> Iterator[tuple[SqlLedgerInstallation, SqlLedgerServer]]:
    """An installation whose ERP is SQL-Ledger, and the server; skips with the reason where none can run.

    The bot's line is the proxy's only where asked for, since a proxy in Python costs time.
    """
    with (
        tempfile.TemporaryDirectory(prefix="sl-") as room,
        sql_ledger(Path(room), mended_text=mended_text) as server,
        TrappingProxy.running(server.port) as proxy,
        CrmServer(folder / "crm.sqlite") as crm,
    ):
        assert isinstance(proxy, TrappingProxy)
        content = configuration(folder, crm.url, "")
        address = f"http://127.0.0.1:{proxy.port}/sql-ledger" if by_proxy else server.url
        content["erps"] = {"sql_ledger": sql_ledger_block(address) | {"crm": "sandbox"} | erp}
        (folder / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        kept = load_settings(folder / "erpbridge.toml")
        keep_secret("crm.sandbox", KEY, kept)
        keep_secret("erp.sql_ledger", TYPIST.password, kept)
        house = SqlLedgerInstallation(folder, Crm(crm.url), server, proxy)
        try:
            yield house, server
        finally:
            house.app.close()
