"""Which CRMs must keep the reader's and the writer's promises, and how a test works behind their backs?"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
from pydantic import SecretStr

from bridge.crm.connections import open_crm
from bridge.crm.rest_readers import RestReader
from bridge.crm.rest_writers import RestWriter
from bridge.crm.specs import CrmSpec, read_spec
from bridge.errors import CrmDown, CrmRefused
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.ports import CrmReader, CrmWriter
from tests.fakes import FakeClock, FakeCrm

ROOT: Final = Path(__file__).parents[2]
SPECS: Final = Path(__file__).with_name("crm_specs")
UNREADABLE: Final = "A\x01B"


class CrmWorld(Protocol):
    """A CRM with its reader and writer, and the hands of the people who work in it."""

    reader: CrmReader
    writer: CrmWriter
    answers_are_lost: bool

    def add(self, number: str, *lines: tuple[str, str]) -> str:
        """A released order of W-100s, one line per (quantity, price); its id."""
        ...

    def change_price(self, order_id: str, price: str) -> None:
        """Change the first line's price."""
        ...

    def cancel(self, order_id: str) -> None:
        """Cancel the order."""
        ...

    def spoil(self, order_id: str) -> None:
        """Give it a number that cannot be read."""
        ...

    def remove(self, order_id: str) -> None:
        """Delete the order."""
        ...

    def told(self, order_id: str) -> str:
        """All that the CRM shows of what it was told last about the order."""
        ...

    def lose_next_answer(self) -> None:
        """Do what the next writing asks, and lose the answer to it."""
        ...

    def go_down(self) -> None:
        """Answer nobody any more."""
        ...

    def stranger(self) -> CrmReader:
        """A reader with a wrong key."""
        ...


def spec_of(name: str, base_url: str, **orders_params: Any) -> CrmSpec:
    """The shipped configuration of a CRM, at another address."""
    table = deepcopy(tomllib.loads((SPECS / f"{name}.toml").read_text("utf-8"))["crms"][name])
    table["client"]["base_url"] = base_url
    table["orders"]["params"] |= orders_params
    return read_spec(table, f"crms.{name}")


class FakeWorld:
    """The fake that other tests rely on."""

    answers_are_lost = True

    def __init__(self) -> None:
        self.crm = FakeCrm(page_size=3)
        self.reader: CrmReader = self.crm
        self.writer: CrmWriter = self.crm
        self._count = 0

    def add(self, number: str, *lines: tuple[str, str]) -> str:
        """See `CrmWorld`."""
        self._count += 1
        order = Order(
            crm="fake",
            id=str(self._count),
            number=number,
            status=OrderStatus.RELEASED,
            customer="C0001",
            customer_name="上海精密机械有限公司",
            ordered_on=date(2026, 3, 5),
            currency="GBP",
            lines=tuple(
                OrderLine(position, "W-100", "Widget, standard", Decimal(quantity), Decimal(price))
                for position, (quantity, price) in enumerate(lines, 1)
            ),
            changed_at=datetime(2026, 1, 1, tzinfo=UTC),
            po_number=f"PO {number}",
        )
        self.crm.put(order)
        return order.id

    def change_price(self, order_id: str, price: str) -> None:
        """See `CrmWorld`."""
        order = self._order(order_id)
        self.crm.put(replace(order, lines=(replace(order.lines[0], unit_price=Decimal(price)), *order.lines[1:])))

    def cancel(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.crm.put(replace(self._order(order_id), status=OrderStatus.CANCELLED))

    def spoil(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.crm.spoil(order_id)

    def remove(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.crm.remove(order_id)

    def told(self, order_id: str) -> str:
        """See `CrmWorld`."""
        return str(self.crm.told(order_id))

    def lose_next_answer(self) -> None:
        """See `CrmWorld`."""
        self.crm.lose_next_answer = True

    def go_down(self) -> None:
        """See `CrmWorld`."""
        self.crm.fault = CrmDown(crm="fake", address="memory", why="switched off")

    def stranger(self) -> CrmReader:
        """See `CrmWorld`."""
        crm = FakeCrm()
        crm.fault = CrmRefused(crm="fake", status=401, text="who are you?")
        return crm

    def _order(self, order_id: str) -> Order:
        order = self.crm.order(order_id)
        assert order is not None
        return order


class SandboxWorld:
    """The toy CRM as a process, read over HTTP by its TOML block."""

    answers_are_lost = False  # the transport repeats what may be repeated, so the caller never sees it

    def __init__(self, url: str, process: "subprocess.Popen[str]", clock: FakeClock) -> None:
        self._process, self.clock, self.url = process, clock, url
        self.spec = spec_of("sandbox", f"{url}/api", limit=3)
        self.connection: tuple[RestReader, RestWriter] = open_crm("sandbox", self.spec, SecretStr("sandbox-key"), clock)
        self.reader: CrmReader = self.connection[0]
        self.writer: CrmWriter = self.connection[1]

    def add(self, number: str, *lines: tuple[str, str]) -> str:
        """See `CrmWorld`."""
        order = {
            "number": number,
            "customer": {"code": "C0001", "name": "上海精密机械有限公司"},
            "order_date": "2026-03-05",
            "po_number": f"PO {number}",
            "lines": [_line(quantity, price) for quantity, price in lines],
        }
        return str(self.control("POST", "orders", {"orders": [order]})["ids"][0])

    def change_price(self, order_id: str, price: str) -> None:
        """See `CrmWorld`."""
        self.control("PATCH", f"orders/{order_id}", {"lines": [_line("1", price)]})

    def cancel(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.control("PATCH", f"orders/{order_id}", {"status": "cancelled"})

    def spoil(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.control("PATCH", f"orders/{order_id}", {"number": UNREADABLE})

    def remove(self, order_id: str) -> None:
        """See `CrmWorld`."""
        self.control("DELETE", f"orders/{order_id}")

    def told(self, order_id: str) -> str:
        """See `CrmWorld`."""
        applied = [news for news in self.write_backs(order_id) if news["outcome"] == "applied"]
        return str(applied[-1]) if applied else ""

    def write_backs(self, order_id: str) -> list[dict[str, Any]]:
        """Every news the CRM received of the order."""
        found: list[dict[str, Any]] = self.control("GET", "write-backs")["write_backs"]
        return [news for news in found if str(news["order_id"]) == order_id]

    def lose_next_answer(self) -> None:
        """See `CrmWorld`."""
        self.fault(status="cut", method="PUT", moment="after")

    def fault(self, **fault: Any) -> None:
        """Put a fault in force."""
        self.control("POST", "faults", fault)

    def hits(self) -> int:
        """How many requests the faults have met."""
        return sum(fault["hits"] for fault in self.control("GET", "faults")["faults"])

    def go_down(self) -> None:
        """See `CrmWorld`."""
        end(self._process)

    def stranger(self) -> CrmReader:
        """See `CrmWorld`."""
        return open_crm("sandbox", self.spec, SecretStr("wrong-key"), self.clock)[0]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Work behind the CRM's back."""
        headers = {"X-Control-Key": "sandbox-control", "Content-Type": "application/json"}
        with httpx.Client(trust_env=False, base_url=f"{self.url}/control/", headers=headers, timeout=30) as http:
            answer = http.request(method, path, content=None if body is None else json.dumps(body))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def _line(quantity: str, price: str) -> dict[str, str]:
    return {"item": "W-100", "description": "Widget, standard", "quantity": quantity, "unit_price": price}


@contextmanager
def sandbox_world(folder: Path) -> Iterator[SandboxWorld]:
    """A toy CRM of its own, until the block ends."""
    command = [sys.executable, "-m", "sandbox.crm", "--database", str(folder / "crm.sqlite"), "--until-stdin-closes"]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        world = None
        try:
            world = SandboxWorld(json.loads(process.stdout.readline())["url"], process, FakeClock())
            yield world
        finally:
            if world:
                world.connection[0].close()
            end(process)


def end(process: "subprocess.Popen[str]") -> None:
    """Let the process end by itself; kill it where it does not."""
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
