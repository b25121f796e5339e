"""A network that says what the test wrote down, and a small CRM configuration to speak over it."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bridge.crm.connections import open_crm
from bridge.crm.rest_readers import RestReader
from bridge.crm.rest_writers import RestWriter
from bridge.crm.specs import CrmSpec, read_spec
from bridge.crm.transports import Transport
from tests.fakes import FakeClock

SECRET: Final = "s3cr3t-t0ken"
Said = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

TABLE: Final[dict[str, Any]] = {
    "reference_code": "T",
    "client": {"base_url": "https://crm.test/api", "auth": {"type": "bearer"}},
    "orders": {
        "path": "orders",
        "data_selector": "orders",
        "incremental": {"start_param": "since", "lookback": 600},
    },
    "get": {"path": "orders/{id}"},
    "fields": {
        "id": "id",
        "number": "number",
        "status": "status",
        "customer": "customer.code",
        "customer_name": "customer.name?",
        "order_date": "date",
        "currency": "currency",
        "total": "total?",
        "remarks": "remarks?",
        "changed_at": ["changed", "created"],
        "lines": {"path": "lines", "item": "item", "quantity": "quantity", "unit_price": "price"},
    },
    "status": {"open": "draft", "won": "released", "lost": "cancelled"},
    "writeback": {
        "method": "put",
        "path": "orders/{order_id}/erp",
        "json": {"number": "{document}", "text": "{erp}: {status}", "sequence": "{sequence}"},
        "idempotency": "sequence",
    },
}


def table(**changes: Any) -> dict[str, Any]:
    """The configuration with parts of its tables replaced, one level deep; None removes a key."""
    made = deepcopy(TABLE)
    for name, change in changes.items():
        made[name] = {**made[name], **change} if isinstance(change, dict) and name in made else change
        if isinstance(made[name], dict):
            made[name] = {key: value for key, value in made[name].items() if value is not None}
    return made


def spec(**changes: Any) -> CrmSpec:
    """The configuration, read."""
    return read_spec(table(**changes))


class Script(httpx.BaseTransport):
    """Says its answers in turn, the last one again and again, and keeps what it was asked."""

    def __init__(self, *said: Said) -> None:
        self._said = list(said)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Say the next answer."""
        request.read()
        self.asked.append(request)
        said = self._said.pop(0) if len(self._said) > 1 else self._said[0]
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, httpx.Response) else said(request)

    @property
    def queries(self) -> list[dict[str, str]]:
        """The parameters of each request."""
        return [dict(request.url.params) for request in self.asked]

    @property
    def bodies(self) -> list[Any]:
        """The JSON of each request."""
        return [json.loads(request.content) if request.content else None for request in self.asked]


def says(data: Any, status: int = 200, **headers: str) -> httpx.Response:
    """An answer in JSON; underscores in header names are hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return httpx.Response(status, content=json.dumps(data), headers={"content-type": "application/json", **named})


def record(order_id: int, **changes: Any) -> dict[str, Any]:
    """An order as this CRM writes it."""
    return {
        "id": order_id,
        "number": f"A-{order_id}",
        "status": "won",
        "customer": {"code": "C1", "name": "Customer 1"},
        "date": "2026-03-05",
        "currency": "GBP",
        "changed": f"2026-03-05T08:00:{order_id % 60:02}Z",
        "created": "2026-03-01T08:00:00Z",
        "lines": [{"item": "W-100", "quantity": 3, "price": 9.99}],
        **changes,
    }


def listing(*records: Any, **more: Any) -> dict[str, Any]:
    """The list's answer."""
    return {"orders": list(records), **more}


def transport(script: Script, clock: FakeClock | None = None, **client: Any) -> Transport:
    """A transport over a script."""
    made = spec(client=client)
    return Transport("test", made.client, SecretStr(SECRET), clock or FakeClock(), wire=script)


def opened(script: Script, clock: FakeClock | None = None, **changes: Any) -> tuple[RestReader, RestWriter]:
    """Reader and writer over a script."""
    return open_crm("test", spec(**changes), SecretStr(SECRET), clock or FakeClock(), wire=script)
