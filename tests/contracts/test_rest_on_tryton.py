"""Doubts the Tryton configuration on real invoices: every line to the penny, and only what changed the second time."""

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
from pydantic import SecretStr

from bridge.crm.connections import open_crm
from bridge.crm.rest_readers import RestReader
from bridge.model.orders import OrderStatus
from sandbox.crm.loading import EXCERPT, read_invoices
from tests.contracts.crm_worlds import spec_of
from tests.contracts.tryton_worlds import CACHE
from tests.fakes import FakeClock
from tests.real.tryton_sales import invoices
from tests.real.tryton_servers import TrytonServer, why_not

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """A Tryton that holds the excerpt's invoices as confirmed sales."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with TrytonServer.started(tmp_path_factory.mktemp("tryton"), cache=CACHE, sales=invoices(EXCERPT)) as running:
        yield running


@pytest.fixture
def reader(server: TrytonServer) -> Iterator[RestReader]:
    """Its reader, by the shipped configuration in pages of ten."""
    spec = spec_of("tryton", f"{server.url}/rest/model", s=10)
    found = open_crm("tryton", spec, SecretStr(server.key), FakeClock())[0]
    yield found
    found.close()


def test_real_invoices_are_read_to_the_penny(reader: RestReader) -> None:
    """Every item, quantity, price and total, whatever typed objects and floats they travelled as."""
    pages = list(reader.changed_orders(None))
    orders = {order.number: order for page in pages for order in page.orders}
    wanted = read_invoices(EXCERPT)
    assert [dict(page.malformed) for page in pages] == [{}] * len(pages)
    assert len(orders) == len(wanted)
    for invoice in wanted:
        order = orders[invoice["number"]]
        assert [(line.item, line.quantity, line.unit_price) for line in order.lines] == [
            (line["item"], Decimal(line["quantity"]), Decimal(line["unit_price"])) for line in invoice["lines"]
        ]
        assert order.total == order.stated_total == Decimal(invoice["total"])
        assert (order.status, str(order.ordered_on)) == (OrderStatus.RELEASED, invoice["order_date"])


def test_listed_and_single_orders_are_the_same(reader: RestReader) -> None:
    """Keys come in another order from call to call; the revision must not care."""
    for order in next(reader.changed_orders(None)).orders:
        assert reader.order(order.id) == order


def test_reading_the_whole_takes_less_than_it_may(reader: RestReader) -> None:
    """24 sales with 102 lines in three pages and an empty one: far below a second on an idle machine."""
    begun = time.monotonic()
    assert len(list(reader.changed_orders(None))) == 4
    assert time.monotonic() - begun < 20
