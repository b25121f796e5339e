"""Where is the bot of Tryton's web client doubted? In a Tryton of its own, behind a line that can be cut."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest

from bots.bot import Credentials
from bots.tryton_web import TrytonWeb
from bridge.crm.codecs import ENCODERS
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order
from bridge.ports import ErpBot, SeatPlan
from tests.contracts.tryton_worlds import CACHE
from tests.real.cutting_proxies import CuttingProxy
from tests.real.tryton_servers import NAME, key_of
from tests.real.tryton_webs import USER, TrytonWebServer, why_not
from tests.samples import tryton_web

CREATE: Final = b'"model.sale.sale.create"'
STORED: Final = {  # our status -> state, shipment state and invoice state of a sale
    DocumentStatus.OPEN: ("quotation", "none", "none"),
    DocumentStatus.CONFIRMED: ("confirmed", "none", "none"),
    DocumentStatus.PART_SHIPPED: ("processing", "partially shipped", "pending"),
    DocumentStatus.SHIPPED: ("processing", "sent", "pending"),
    DocumentStatus.INVOICED: ("processing", "sent", "awaiting payment"),
    DocumentStatus.PAID: ("done", "sent", "paid"),
    DocumentStatus.CANCELLED: ("cancelled", "none", "none"),
}
PATIENT: Final = {"timeout": 30.0, "save_timeout": 30.0}


@dataclass
class Colleague:
    """Somebody who enters sales through Tryton's REST door."""

    door: httpx.Client

    def enter(self, order: Order, reference: str) -> int:
        """Store a sale and quote it, so that it has a number; the id of its record."""
        party, unit = self._id("party.party", "code", order.customer or ""), self._id("product.uom", "name", "Meter")
        address = self._ask("GET", "party.address", params=_where(["party", "=", party]))[0]["id"]
        lines = [
            {
                "product": self._id("product.product", "code", line.item),
                "unit": unit,
                "quantity": float(line.quantity),
                "unit_price": {"__class__": "Decimal", "decimal": str(line.unit_price)},
                "sequence": line.position,
            }
            for line in order.lines
        ]
        day = order.ordered_on
        sale = {
            "company": 1,
            "party": party,
            "invoice_address": address,
            "shipment_address": address,
            "description": reference,
            "reference": order.po_number,
            "currency": self._id("currency.currency", "code", order.currency),
            "sale_date": {"__class__": "date", "year": day.year, "month": day.month, "day": day.day},
            "lines": [["create", lines]],
        }
        stored = int(self._ask("POST", "sale.sale", json=sale)["id"])
        self._ask("POST", f"sale.sale/{stored}/quote", json={})
        return stored

    def _id(self, model: str, field: str, value: str) -> int:
        return int(self._ask("GET", model, params=_where([field, "=", value]))[0]["id"])

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self.door.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


class TrytonWebWorld:
    """A real Tryton, worked by its web client's bot; what only fits other ERPs it does not have."""

    def __init__(self, server: TrytonWebServer, colleague: Colleague, proxy: CuttingProxy, bot: TrytonWeb) -> None:
        self.profile = bot.profile
        self.bot: ErpBot = bot
        self.server = server
        self.proxy = proxy
        self._colleague = colleague
        self._bot = bot

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order as a colleague would have; its number."""
        stored = self._colleague.enter(order, reference)
        (sale,) = self.server.rows("SELECT number FROM sale_sale WHERE id = ?", stored)
        self.move(sale["number"], status)
        return str(sale["number"])

    def stored(self, reference: str) -> int:
        """How many sales carry exactly that description in Tryton's own tables."""
        return len(self.server.sales(reference))

    def move(self, number: str, status: DocumentStatus) -> None:
        """The sale's states change."""
        question = "UPDATE sale_sale SET state = ?, shipment_state = ?, invoice_state = ? WHERE number = ?"
        self.server.change(question, *STORED[status], number)

    def sent(self) -> int:
        """How many requests to store a sale Tryton has received so far."""
        return self.proxy.posts(CREATE)

    def lose_next(self, *, cancelling: bool = False) -> None:  # noqa: ARG002 - nothing is cancelled
        """The next sale is stored, and the line is cut before its answer."""
        self.proxy.cut_after_request(CREATE)

    def wrong_password(self) -> ErpBot:
        """A bot in the same browser with a wrong password."""
        return TrytonWeb(self.profile, self._bot.driver, Credentials("admin", "wrong"))


def _where(clause: list[Any]) -> dict[str, str]:
    return {"d": ENCODERS["tryton"]([clause])}


@contextmanager
def tryton_web_world(folder: Path) -> Iterator[TrytonWebWorld]:
    """A Tryton of its own and a browser with its web client; skips where none can be had."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with (
        TrytonWebServer.started(folder / "tryton", cache=CACHE) as server,
        door(server) as colleague,
        CuttingProxy.running(urlsplit(server.url).port or 0) as proxy,
    ):
        seat = SeatPlan(tryton_web(), f"http://127.0.0.1:{proxy.port}", *USER, options=PATIENT)
        with closing(TrytonWeb.at_seat(seat)) as bot:
            bot.sign_on()
            yield TrytonWebWorld(server, colleague, proxy, bot)


@contextmanager
def door(server: TrytonWebServer) -> Iterator[Colleague]:
    """A colleague at the REST door."""
    key = {"Authorization": f"Bearer {key_of(server.database)}"}
    with httpx.Client(base_url=f"{server.url}/{NAME}/rest/model/", headers=key, trust_env=False, timeout=60) as client:
        yield Colleague(client)
