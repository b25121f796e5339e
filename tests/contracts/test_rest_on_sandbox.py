"""Doubts the generic reader and writer over a real connection that breaks, stalls and lies about the time."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bridge.crm.connections import open_crm
from bridge.errors import CrmDown, CrmRefused
from bridge.model.orders import Order
from bridge.ports import OrderPage, WriteBack
from sandbox.crm.loading import EXCERPT, read_invoices
from tests.contracts.crm_worlds import SandboxWorld, sandbox_world
from tests.fakes import FakeClock

NEWS = WriteBack(1, "", "A-1", 1, "harbour", "SO-900001", "posted", "Entered as SO-900001.")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SandboxWorld]:
    """A toy CRM of its own."""
    with sandbox_world(tmp_path) as found:
        yield found


def _read(world: SandboxWorld, cursor: str | None = None) -> tuple[list[OrderPage], list[Order]]:
    pages = list(world.reader.changed_orders(cursor))
    return pages, [order for page in pages for order in page.orders]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 7},
        {"status": 500},
        {"status": "cut", "moment": "before"},
        {"status": "cut", "moment": "after"},
    ],
)
def test_a_fault_in_the_middle_of_a_reading_loses_nothing(world: SandboxWorld, fault: dict[str, Any]) -> None:
    """The second page is asked for until it comes whole."""
    ids = {world.add(f"A-{count}", ("1", "2.50")) for count in range(7)}
    world.fault(**fault, skip=1, times=2)
    orders = _read(world)[1]
    assert {order.id for order in orders} == ids
    assert world.hits() == 2


def test_a_crm_that_asks_for_patience_gets_it(world: SandboxWorld) -> None:
    """As long as it asked for."""
    world.fault(status=429, retry_after=7)
    _read(world)
    assert world.clock.waits == [7]


def test_a_refused_key_is_presented_once(world: SandboxWorld) -> None:
    """The CRM counts."""
    world.fault(status=401, times=9)
    with pytest.raises(CrmRefused):
        _read(world)
    assert world.hits() == 1


def test_a_crm_that_hangs_is_down(world: SandboxWorld) -> None:
    """After the time limit of each request, not after its own."""
    world.fault(status="slow", seconds=60, times=9)
    table = world.spec.client.model_copy(update={"timeout": 0.2})
    reader = open_crm("sandbox", world.spec.model_copy(update={"client": table}), SecretStr("sandbox-key"), FakeClock())
    with pytest.raises(CrmDown, match="ReadTimeout"):
        list(reader[0].changed_orders(None))
    assert world.hits() == 5


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_message_whose_answer_was_cut_is_applied_once(world: SandboxWorld, moment: str) -> None:
    """It is looked for before it is told again."""
    order_id = world.add("A-1", ("1", "2.50"))
    world.fault(status="cut", method="PUT", moment=moment)
    world.writer.tell(replace(NEWS, order_id=order_id))
    assert [news["outcome"] for news in world.write_backs(order_id)] == ["applied"]


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_the_crms_clock_may_be_hours_off(world: SandboxWorld, seconds: int) -> None:
    """Ours shows January, theirs is two hours wrong: the cursor rests on theirs alone."""
    world.control("POST", "clock", {"offset_seconds": seconds})
    before = world.add("A-1", ("1", "2.50"))
    pages, orders = _read(world)
    after = world.add("A-2", ("1", "2.50"))
    assert [order.id for order in orders] == [before]
    assert after in {order.id for order in _read(world, pages[-1].cursor)[1]}


def test_a_clock_set_back_between_two_readings_hides_nothing(world: SandboxWorld) -> None:
    """What is stamped in the hour that comes twice is found."""
    world.add("A-1", ("1", "2.50"))
    cursor = _read(world)[0][-1].cursor
    world.control("POST", "clock", {"offset_seconds": -3600})
    late = world.add("A-2", ("1", "2.50"))
    assert late in {order.id for order in _read(world, cursor)[1]}


def test_orders_of_one_instant_are_all_read(world: SandboxWorld) -> None:
    """A bulk import gives hundreds the same stamp, over several pages."""
    orders = [{"number": f"A-{count}", "order_date": "2026-03-05"} for count in range(11)]
    ids = {str(order_id) for order_id in world.control("POST", "orders", {"orders": orders})["ids"]}
    pages, read = _read(world)
    assert {order.id for order in read} == ids
    assert len({order.changed_at for order in read}) == 1
    assert {order.id for page in pages[:2] for order in page.orders} | {
        order.id for order in _read(world, pages[1].cursor)[1]
    } == ids


def test_an_order_stamped_before_the_cursor_is_found_by_looking_back(world: SandboxWorld) -> None:
    """Its transaction began before the ones that were read and ended after them."""
    world.add("A-1", ("1", "2.50"))
    cursor = _read(world)[0][-1].cursor
    now = _read(world)[1][0].changed_at
    late = {"number": "A-2", "order_date": "2026-03-05", "changed_at": now.replace(microsecond=0).isoformat()}
    order_id = str(world.control("POST", "orders", {"orders": [late]})["ids"][0])
    assert order_id in {order.id for order in _read(world, cursor)[1]}


def test_poison_among_real_orders_is_set_aside(world: SandboxWorld) -> None:
    """Numbers made to hurt, control characters and half characters, each under its own id."""
    line = {"item": "W-1", "quantity": "1", "unit_price": "1", "amount": "1"}
    poison: list[dict[str, Any]] = [
        {"number": "P-1", "lines": [{**line, "unit_price": "1e999999"}], "total": "1"},
        {"number": "P-2", "lines": [{**line, "quantity": "NaN"}], "total": "1"},
        {"number": "P-3", "lines": [line], "total": "Infinity"},
        {"number": "P\t4"},
        {"number": "P-5", "remarks": "\x00"},
        {"number": "P-6", "remarks": "half \ud83d"},
        {"number": "P-7", "lines": [{**line, "item": None}], "total": "1"},
        {"number": "P-8", "order_date": None},
    ]
    dated = [{"order_date": "2026-03-05", **order} for order in poison]
    ids = [str(order_id) for order_id in world.control("POST", "orders", {"orders": dated})["ids"]]
    good = world.add("A-1", ("1", "2.50"))
    pages, orders = _read(world)
    malformed = {order_id: reason for page in pages for order_id, reason in page.malformed.items()}
    assert [order.id for order in orders] == [good]
    assert list(malformed) == ids
    assert all(reason.worded().isprintable() for reason in malformed.values())


def test_real_invoices_are_read_to_the_penny(world: SandboxWorld) -> None:
    """The excerpt's 24 invoices: every line, quantity, price and total as the file has them."""
    invoices = read_invoices(EXCERPT)
    world.control("POST", "orders", {"orders": invoices})
    orders = {order.number: order for order in _read(world)[1]}
    assert len(orders) == len(invoices) == 24
    for invoice in invoices:
        order = orders[invoice["number"]]
        assert [(line.item, line.description, str(line.quantity), str(line.unit_price)) for line in order.lines] == [
            (line["item"], line["description"], line["quantity"], line["unit_price"]) for line in invoice["lines"]
        ]
        assert order.total == order.stated_total == Decimal(invoice["total"])


def test_a_proxy_of_the_office_is_not_asked_for_the_machine_itself(
    world: SandboxWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could not reach the CRM here, and would see the key."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    reader = open_crm("sandbox", world.spec, SecretStr("sandbox-key"), FakeClock())[0]
    assert len(list(reader.changed_orders(None))) == 1
    with pytest.raises(httpx.ConnectError), httpx.Client() as http:
        http.get("http://crm.test/")
