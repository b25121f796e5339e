"""Real orders through the screens of a real ERP, checked in its own tables field by field."""

import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import pytest

from bridge.cli.checks import check_live
from bridge.model.documents import DocumentStatus
from bridge.model.postings import Posting, PostingState
from sandbox.crm.loading import EXCERPT, read_invoices
from tests.real.installations import SqlLedgerInstallation, make_known, sql_ledger_installation

pytestmark = [pytest.mark.real, pytest.mark.browser]

LONGEST: Final = 32
LONG: Final = 8
TYPED: Final = 20 if os.environ.get("ERPBRIDGE_LONG") else 8
NOT_TYPED: Final = {"C536383": PostingState.REJECTED, "536558": PostingState.HELD}
"""A credit note, and an order of nobody."""


def chosen() -> list[dict[str, Any]]:
    """The excerpt's invoices: short ones, the longest one, and the two that must not be typed; or all of them."""
    every = [order | {"po_number": f"PO {order['number']}/a"} for order in read_invoices(EXCERPT)]
    if os.environ.get("ERPBRIDGE_ALL_ORDERS"):
        return every
    special = [each for each in every if each["number"] in NOT_TYPED or len(each["lines"]) == LONGEST]
    short = [each for each in every if len(each["lines"]) < LONG and each not in special]
    return short[:TYPED] + special


class Day:
    """What one run of every job made of the orders."""

    def __init__(self, house: SqlLedgerInstallation, orders: list[dict[str, Any]]) -> None:
        self.house, self.orders = house, orders
        self.ids = house.crm.put(*orders)
        self.postings = house.posted(self.ids)
        self.typed = [order for order in orders if order["number"] not in NOT_TYPED]
        self.reports = [house.run("read_status"), house.run("tell_crm")]

    def posting(self, order: Mapping[str, Any]) -> Posting:
        """The posting of a CRM order."""
        (found,) = [posting for posting in self.postings if posting.order_number == order["number"]]
        return found


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Orders taken, posted, their statuses read and told, once for all tests of this file."""
    with sql_ledger_installation(tmp_path_factory.mktemp("bridge")) as (house, server):
        orders = chosen()
        make_known(server, orders)
        yield Day(house, orders)


def as_ordered(order: Mapping[str, Any]) -> dict[str, Any]:
    """What PostgreSQL must hold for a CRM order, in the oracle's words."""
    return {
        "customer_number": order["customer"]["code"],
        "customer": order["customer"]["name"],
        "date": order["order_date"],
        "currency": order["currency"],
        "po_number": order["po_number"],
        "net": Decimal(order["total"]),
        "closed": False,
        "lines": [
            (place, line["item"], line["description"], Decimal(line["quantity"]), Decimal(line["unit_price"]))
            for place, line in enumerate(order["lines"], 1)
        ],
    }


def as_stored(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields of what PostgreSQL holds."""
    names = ("customer_number", "customer", "date", "currency", "po_number", "net", "closed")
    fields = ("position", "item", "description", "quantity", "price")
    lines = [tuple(line[field] for field in fields) for line in stored["lines"]]
    return {name: stored[name] for name in names} | {"lines": lines}


def test_every_order_is_stored_once_and_equal_field_by_field(day: Day) -> None:
    """Real orders: customer, date, currency, PO, net, and each line by position, item, text, quantity, price."""
    assert len(day.typed) >= TYPED
    for order in day.typed:
        posting = day.posting(order)
        assert (posting.state, posting.reason) == (PostingState.POSTED, None), order["number"]
        (stored,) = day.house.stored(posting)
        assert as_stored(stored) == as_ordered(order)
        assert (posting.document, stored["entered_by"]) == (stored["number"], "typist")


def test_nothing_else_is_in_the_erp(day: Day) -> None:
    """As many orders as were typed, one per reference; a credit note and an order of nobody never reached a screen."""
    references = [stored["description"] for stored in day.house.erp.orders()]

    assert sorted(references) == sorted(day.posting(order).reference for order in day.typed)
    assert {n: day.posting({"number": n}).state for n in NOT_TYPED} == NOT_TYPED


def test_an_order_of_many_lines_keeps_them_all_in_their_order(day: Day) -> None:
    """32 lines, four items on it twice: position by position."""
    (long,) = [order for order in day.typed if len(order["lines"]) == LONGEST]
    (stored,) = day.house.stored(day.posting(long))

    assert [line["item"] for line in stored["lines"]] == [line["item"] for line in long["lines"]]
    assert len({line["item"] for line in stored["lines"]}) < LONGEST


def test_the_crm_is_told_number_and_status_of_every_order(day: Day) -> None:
    """The ERP's number and its status arrive where the salesperson looks; read again from the CRM, not from us."""
    assert all(report.ok for report in day.reports), [report.troubles for report in day.reports]
    for told in [day.house.crm.order(order_id) for order_id in day.ids]:
        posting = day.posting(told)
        numbers = [stored["number"] for stored in day.house.stored(posting)]
        assert [told["erp"]["number"]] == (numbers or [None]), told["number"]
        assert told["erp"]["status"] == ("entered" if numbers else None)


def test_no_lock_of_ours_is_left_in_the_erp(day: Day) -> None:
    """Reading an order locks it for everybody; when the seat is gone, so are its locks."""
    assert day.house.erp.dataset.locks() == []


def test_a_closed_order_is_read_as_such_and_told(day: Day) -> None:
    """A clerk closes one order; the next reading of the list sees it, and only it, and the CRM hears of it."""
    closed = day.posting(day.typed[0])
    (stored,) = day.house.stored(closed)
    day.house.erp.dataset.run(f"UPDATE oe SET closed = 't' WHERE id = {stored['id']};")
    read, told = day.house.run("read_status"), day.house.run("tell_crm")

    known = {seen.number: seen.status for seen in day.house.app.store.documents.documents("sql_ledger")}
    assert (read.counts["changed"], told.counts["told"]) == (1, 1)
    assert [number for number, status in known.items() if status is not DocumentStatus.OPEN] == [stored["number"]]


def test_a_part_delivery_is_one_order_closed_in_part(day: Day) -> None:
    """A clerk invoices a part; the ERP opens a second order of that number for the rest: told once, not in turns."""
    posting = day.posting(day.typed[1])
    (stored,) = day.house.stored(posting)
    with day.house.clerk() as clerk:
        clerk.visit("oe.pl", action="edit", type="sales_order", id=str(stored["id"]), vc="customer")
        clerk.fill(ship_1="1")
        clerk.press("Sales Invoice")
    assert len(day.house.stored(posting)) == 2
    changed = [day.house.run("read_status").counts["changed"] for _ in range(2)]
    day.house.run("tell_crm")

    assert changed == [1, 0]
    assert day.house.crm.order(int(posting.order_id))["erp"]["status"] == DocumentStatus.PART_SHIPPED


def test_every_target_is_found_by_its_first_locator(day: Day) -> None:
    """`check --live`: the screens still are what the selector files say; only what may be absent is."""
    found = check_live(day.house.app, "sql_ledger")

    assert {hit["screen"] for hit in found} == {"sign_on", "order_list", "order_entry"}
    assert [hit for hit in found if hit["state"] not in {"found", "absent"}] == []
    assert {hit["target"] for hit in found if hit["state"] == "absent"} <= {"order", "tax_included", "exchange_rate"}
