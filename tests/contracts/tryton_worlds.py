"""How does the contract suite work in a real Tryton, read and told through its REST door?"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

from bridge.crm.codecs import ENCODERS
from bridge.crm.connections import open_crm
from bridge.ports import CrmReader, CrmWriter
from tests.contracts.crm_worlds import ROOT, UNREADABLE, spec_of
from tests.fakes import FakeClock
from tests.real.tryton_servers import TrytonServer, why_not

CACHE: Final = ROOT / ".cache" / "tryton"


class LosingWire(httpx.HTTPTransport):
    """The network, which loses the answer to one PUT when told to."""

    lose = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry the request; the server has done it when the answer is lost."""
        response = super().handle_request(request)
        if self.lose and request.method == "PUT":
            self.lose = False
            response.read()
            response.close()
            raise httpx.ReadError("the connection was reset")
        return response


class TrytonWorld:
    """A Tryton with no sale yet; see `CrmWorld`."""

    answers_are_lost = False  # the writer looks for itself

    def __init__(self, server: TrytonServer, running: ExitStack, stop: ExitStack) -> None:
        self._running, self._clock, self._wire = running, FakeClock(), LosingWire()
        self._http = httpx.Client(
            base_url=f"{server.url}/rest/model/",
            headers={"Authorization": f"Bearer {server.key}"},
            trust_env=False,
            timeout=60,
        )
        self._spec = spec_of("tryton", f"{server.url}/rest/model", s=3)
        reader, writer = open_crm("tryton", self._spec, SecretStr(server.key), self._clock, wire=self._wire)
        stop.callback(reader.close)
        stop.callback(self._http.close)
        self.reader: CrmReader = reader
        self.writer: CrmWriter = writer

    def add(self, number: str, *lines: tuple[str, str]) -> str:
        """See `CrmWorld`."""
        party, product = self._one("party.party", "C0001"), self._one("product.product", "W-100")
        address = self._ask("GET", "party.address", params={"d": _filter([["party", "=", party]])})[0]["id"]
        sale = {
            "company": 1,
            "number": number,
            "reference": f"PO {number}",
            "party": party,
            "invoice_address": address,
            "shipment_address": address,
            "currency": self._one("currency.currency", "GBP"),
            "sale_date": {"__class__": "date", "year": 2026, "month": 3, "day": 5},
            "lines": [["create", [self._line(product, place, line) for place, line in enumerate(lines, 1)]]],
        }
        order_id = self._ask("POST", "sale.sale", sale)["id"]
        self._ask("POST", f"sale.sale/{order_id}/quote", {})
        self._ask("POST", f"sale.sale/{order_id}/confirm", {})
        return str(order_id)

    def change_price(self, order_id: str, price: str) -> None:
        """See `CrmWorld`."""
        line = self._ask("GET", f"sale.sale/{order_id}", params={"f": "lines.id"})["lines"][0]["id"]
        self._ask("PUT", f"sale.line/{line}", {"unit_price": _decimal(price)})

    def cancel(self, order_id: str) -> None:
        """See `CrmWorld`; Tryton cancels a confirmed sale by way of a draft."""
        self._ask("POST", f"sale.sale/{order_id}/draft", {})
        self._ask("POST", f"sale.sale/{order_id}/cancel", {})

    def spoil(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self._ask("PUT", f"sale.sale/{order_id}", {"number": UNREADABLE})

    def remove(self, order_id: str) -> None:
        """See `CrmWorld`; Tryton deletes only what was cancelled."""
        self.cancel(order_id)
        self._ask("DELETE", f"sale.sale/{order_id}")

    def told(self, order_id: str) -> str:
        """See `CrmWorld`."""
        return str(self._ask("GET", f"sale.sale/{order_id}", params={"f": "description"})["description"])

    def lose_next_answer(self) -> None:
        """See `CrmWorld`."""
        self._wire.lose = True

    def go_down(self) -> None:
        """See `CrmWorld`."""
        self._running.close()

    def stranger(self) -> CrmReader:
        """See `CrmWorld`."""
        return open_crm("tryton", self._spec, SecretStr("wrong-key"), self._clock)[0]

    def _line(self, product: int, place: int, line: tuple[str, str]) -> dict[str, Any]:
        quantity, price = line
        unit = self._ask("GET", "product.uom", params={"d": _filter([["name", "=", "Unit"]])})[0]["id"]
        return {
            "sequence": place,
            "product": product,
            "unit": unit,
            "quantity": float(quantity),
            "unit_price": _decimal(price),
        }

    def _one(self, model: str, code: str) -> int:
        return int(self._ask("GET", model, params={"d": _filter([["code", "=", code]])})[0]["id"])

    def _ask(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
        content = None if body is None else json.dumps(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = self._http.request(method, path, content=content, params=params, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def _filter(domain: list[Any]) -> str:
    return ENCODERS["tryton"](domain)


def _decimal(number: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": number}


@contextmanager
def tryton_world(folder: Path) -> Iterator[TrytonWorld]:
    """A Tryton of its own, until the block ends; skips where none can be had."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with ExitStack() as running, ExitStack() as stop:
        server = running.enter_context(TrytonServer.started(folder / "tryton", cache=CACHE))
        yield TrytonWorld(server, running, stop)
