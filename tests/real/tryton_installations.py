"""What does a bridge between two third parties look like? Tryton as the CRM, Harbour or SQL-Ledger as the ERP."""

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
import tomli_w

from bridge.model.postings import Posting
from bridge.settings import keep_secret, load_settings
from tests.contracts.tryton_worlds import CACHE, TrytonWorld
from tests.installations import PASSWORD, ROOT, Workplace, configuration
from tests.oracles import Oracle
from tests.real.installations import TYPIST, sql_ledger_block
from tests.real.sql_ledger_datasets import Customer, Item
from tests.real.sql_ledger_fixtures import orders_with, sql_ledger
from tests.real.sql_ledger_servers import SqlLedgerServer
from tests.real.tryton_sales import Sale
from tests.real.tryton_servers import TrytonServer, why_not
from tests.sandbox.harbour_clerks import Harbour, harbour

SPEC: Final = ROOT / "tests" / "contracts" / "crm_specs" / "tryton.toml"


class Salesperson(TrytonWorld):
    """Somebody at work in Tryton, by its own buttons and fields."""

    def ids(self) -> dict[str, str]:
        """The id of every sale by its number."""
        return {sale["number"]: str(sale["id"]) for sale in self._ask("GET", "sale.sale?f=number&s=1000")}

    def take_back(self, order_id: str) -> None:
        """Make the confirmed sale a draft again and remove its last line."""
        self._press(order_id, "draft")
        line = self._ask("GET", f"sale.sale/{order_id}", params={"f": "lines.id"})["lines"][-1]["id"]
        self._ask("DELETE", f"sale.line/{line}")

    def revise(self, order_id: str, price: str) -> None:
        """Take the confirmed sale back, change the price of its first line, and confirm it again, totals and all."""
        self._press(order_id, "draft")
        self.change_price(order_id, price)
        self._press(order_id, "quote", "confirm")

    def _press(self, order_id: str, *buttons: str) -> None:
        for button in buttons:
            self._ask("POST", f"sale.sale/{order_id}/{button}", {})


@dataclass
class TrytonInstallation(Workplace):
    """A bridge whose CRM is a real Tryton; `crm` is a person at work in it."""

    crm: Salesperson

    def posting(self, order_id: str) -> Posting:
        """The posting of a sale as it stands now."""
        (found,) = [posting for posting in self.app.store.ledger.postings() if posting.order_id == order_id]
        return found


@dataclass
class TrytonToHarbour(TrytonInstallation):
    """The ERP is the toy one, whose tables `oracle` reads."""

    erp: Harbour

    def __post_init__(self) -> None:
        super().__post_init__()
        self.oracle = Oracle(self.erp.options.database)


def tryton_block(server: TrytonServer) -> dict[str, Any]:
    """The configuration of the contract suite, pointed at this server."""
    block: dict[str, Any] = tomllib.loads(SPEC.read_text("utf-8"))["crms"]["tryton"]
    block["client"] |= {"base_url": f"{server.url}/rest/model"}
    return block


def install(folder: Path, server: TrytonServer, erps: Mapping[str, Any], passwords: Mapping[str, str]) -> None:
    """Write the configuration with Tryton as its only CRM, and keep the secrets."""
    content = configuration(folder, "", "")
    content |= {"crms": {"tryton": tryton_block(server)}, "erps": {n: {**e, "crm": "tryton"} for n, e in erps.items()}}
    (folder / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    settings = load_settings(folder / "erpbridge.toml")
    keep_secret("crm.tryton", server.key, settings)
    for name, password in passwords.items():
        keep_secret(f"erp.{name}", password, settings)


@contextmanager
def tryton(folder: Path, sales: list[Sale]) -> Iterator[tuple[TrytonServer, Salesperson]]:
    """A Tryton that holds these sales, and a person at work in it; skips where none can be had."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with ExitStack() as running, ExitStack() as stop:
        server = running.enter_context(TrytonServer.started(folder / "tryton", cache=CACHE, sales=sales))
        yield server, Salesperson(server, running, stop)


@contextmanager
def tryton_to_harbour(folder: Path, sales: list[Sale]) -> Iterator[TrytonToHarbour]:
    """Tryton with these sales, and a Harbour that knows their customers and products."""
    with tryton(folder, sales) as (server, person), harbour(folder) as erp:
        customers = {sale["party"]: sale.get("party_name", sale["party"]) for sale in sales} | {"C0001": "Shanghai"}
        items = {line["product"] for sale in sales for line in sale["lines"]} | {"W-100"}
        erp.control("customers", [{"code": c, "name": n, "currency": "GBP"} for c, n in customers.items()])
        erp.control("items", [{"code": c, "description": c, "price": "9999.99"} for c in sorted(items)])
        settings = configuration(folder, "", erp.url)["erps"]["harbour"]
        install(folder, server, {"harbour": settings}, {"harbour": PASSWORD})
        house = TrytonToHarbour(folder, person, erp)
        try:
            yield house
        finally:
            house.app.close()


@dataclass
class TrytonToSqlLedger(TrytonInstallation):
    """Two third parties, and only the bridge between them."""

    erp: SqlLedgerServer

    def stored(self, posting: Posting) -> list[dict[str, Any]]:
        """What stands under the posting's reference in PostgreSQL."""
        return orders_with(self.erp, posting.reference)


@contextmanager
def tryton_to_sql_ledger(folder: Path, sales: list[Sale]) -> Iterator[TrytonToSqlLedger]:
    """Tryton with these sales, and a SQL-Ledger that knows their customers and products, at another list price."""
    with (
        tempfile.TemporaryDirectory(prefix="sl-") as room,
        sql_ledger(Path(room)) as erp,
        tryton(folder, sales) as (server, person),
    ):
        customers = {sale["party"]: sale.get("party_name", sale["party"]) for sale in sales}
        items = {line["product"] for sale in sales for line in sale["lines"]}
        erp.dataset.add_customers(Customer(code, name) for code, name in sorted(customers.items()))
        erp.dataset.add_items(Item(code, code, Decimal("9999.99")) for code in sorted(items))
        install(folder, server, {"sql_ledger": sql_ledger_block(erp.url)}, {"sql_ledger": TYPIST.password})
        house = TrytonToSqlLedger(folder, person, erp)
        try:
            yield house
        finally:
            house.app.close()
