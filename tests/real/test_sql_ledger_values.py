"""Amounts, codes and texts at which a real ERP trips up its clerks: stored exactly, or not stored at all."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from bridge.errors import (
    BridgeError,
    CustomerAmbiguous,
    CustomerUnknown,
    ItemUnknown,
    StoredDifferent,
    TextNotKept,
)
from bridge.model.postings import Posting, PostingState
from bridge.reports.inputs import Period
from jobs.reconcile import gather
from tests.installations import order
from tests.real.installations import SqlLedgerInstallation, sql_ledger_installation
from tests.real.sql_ledger_datasets import Customer

pytestmark = [pytest.mark.real, pytest.mark.browser]

POSTED, HELD, REJECTED = PostingState.POSTED, PostingState.HELD, PostingState.REJECTED
COMPANY: Final = """
UPDATE customer SET taxincluded = 't' WHERE customernumber = 'V-1';
UPDATE customer SET discount = 0.1 WHERE customernumber = 'V-2';
DELETE FROM exchangerate;
INSERT INTO exchangerate (curr, transdate, exchangerate) VALUES ('USD', '2026-03-02', 0.8);
"""
"""One customer pays prices with tax in them, one gets a tenth off, and dollars have a rate on one day only."""


def amount(quantity: Decimal, price: Decimal) -> Decimal:
    """One line in the currency's smallest unit."""
    return (quantity * price).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def line(item: str, quantity: str, price: str) -> dict[str, str]:
    """A line of a CRM order, its amount in whole pennies."""
    worth = str(amount(Decimal(quantity), Decimal(price)))
    return {"item": item, "description": item, "quantity": quantity, "unit_price": price, "amount": worth}


def wanted(customer: str, *lines: dict[str, str], **fields: Any) -> dict[str, Any]:
    """An order of these lines."""
    return order(customer={"code": customer, "name": customer}, lines=list(lines)) | fields


ORDERS: Final[dict[str, dict[str, Any]]] = {
    "free": wanted("C-100", line("P-20", "1", "0"), line("P-10", "2", "1.25"), line("P-20", "4", "0.00")),
    "fine": wanted("C-100", line("P-40", "1.5", "12.34"), line("P-10", "0.001", "1000"), line("P-10", "3", "0.12345")),
    "large": wanted("C-100", line("P-10", "100000", "1234.56")),
    "taxed": wanted("C-102", line("P-30", "2", "89.90"), line("P-20", "3", "0.40")),
    "tax included": wanted("V-1", line("P-30", "2", "89.90")),
    "discounted": wanted("V-2", line("P-20", "10", "0.40"), line("P-30", "1", "89.90")),
    "a cent off": wanted("C-100", *[line("P-40", "1.5", "12.345")] * 3),
    "dollars": wanted("C-104", line("P-20", "10", "0.40"), line("P-30", "2", "89.90"), currency="USD"),
    "dollars from London": wanted("C-101", line("P-20", "10", "0.40"), currency="USD"),
    "dollars without a rate": wanted("C-104", line("P-20", "10", "0.40"), currency="USD", order_date="2026-03-03"),
    "twice": wanted("C-100", line("P-20", "1", "0.40"), line("P-20", "1", "0.45"), line("P-20", "1", "0.40")),
    "near": wanted("C-100", line("P-200", "1", "0.85"), line("P-20", "1", "0.35")),
    "letters": wanted("C-106", line("P-50", "1", "7"), po_number='Bestellung Köln 重庆 "4711" & <b> + ; 100%'),
    "entity": wanted("C-100", line("P-20", "1", "0.40"), po_number="A&amp;B"),
    "unknown customer": wanted("C-999", line("P-20", "1", "0.40")),
    "half a customer": wanted("C-10", line("P-20", "1", "0.40")),
    "any customer": wanted("C-1%", line("P-20", "1", "0.40")),
    "two customers": wanted("V-3", line("P-20", "1", "0.40")),
    "unknown item": wanted("C-100", line("P-20", "1", "0.40"), line("P-999", "1", "0.40")),
    "half an item": wanted("C-100", line("P-2", "1", "0.40")),
    "any item": wanted("C-100", line("P-%", "1", "0.40")),
}
REFUSED: Final[dict[str, tuple[PostingState, type[BridgeError]]]] = {
    "entity": (REJECTED, TextNotKept),
    "unknown customer": (HELD, CustomerUnknown),
    "half a customer": (HELD, CustomerUnknown),
    "any customer": (HELD, CustomerUnknown),
    "two customers": (HELD, CustomerAmbiguous),
    "unknown item": (HELD, ItemUnknown),
    "half an item": (HELD, ItemUnknown),
    "any item": (HELD, ItemUnknown),
}


UNSETTLED: Final = ("a cent off", "dollars without a rate")
EXACT: Final = [name for name in ORDERS if name not in REFUSED and name not in UNSETTLED]


class Posted:
    """What became of the orders, all of them in one run."""

    def __init__(self, house: SqlLedgerInstallation, orders: Mapping[str, dict[str, Any]]) -> None:
        self.house = house
        self.of: dict[str, Posting] = dict(zip(orders, house.post(*orders.values()), strict=True))

    def stored(self, name: str) -> list[dict[str, Any]]:
        """What PostgreSQL holds of the order."""
        return self.house.stored(self.of[name])

    def outcome(self, name: str) -> tuple[PostingState, str | None, int]:
        """State, reason's code, and how many orders PostgreSQL holds."""
        posting = self.of[name]
        return posting.state, posting.reason.code if posting.reason else None, len(self.stored(name))


@pytest.fixture(scope="module")
def posted(running: SqlLedgerInstallation) -> Posted:
    """Every order of this file, posted."""
    dataset = running.erp.dataset
    dataset.add_customers([Customer("V-1", "Gross Ltd", taxed=True), Customer("V-2", "Tenth Ltd")])
    dataset.add_customers([Customer("V-3", "One"), Customer("V-3", "Two")])
    dataset.run(COMPANY)
    return Posted(running, ORDERS)


@pytest.mark.parametrize("name", EXACT)
def test_what_was_ordered_is_stored_to_the_last_digit(posted: Posted, name: str) -> None:
    """Zero prices, fractions, taxes, discounts, foreign money, similar items: lines, net and currency as in the CRM."""
    assert posted.outcome(name) == (POSTED, None, 1), posted.of[name].reason
    (stored,), asked = posted.stored(name), ORDERS[name]
    lines = [(x["item"], Decimal(x["quantity"]), Decimal(x["unit_price"])) for x in asked["lines"]]
    total = sum((amount(quantity, price) for _, quantity, price in lines), Decimal(0))

    assert [(x["item"], x["quantity"], x["price"]) for x in stored["lines"]] == lines
    assert [x["discount"] for x in stored["lines"]] == [0] * len(lines)
    assert (stored["net"], stored["currency"], stored["po_number"]) == (total, asked["currency"], asked["po_number"])
    assert (stored["customer_number"], stored["tax_included"]) == (asked["customer"]["code"], False)


def test_tax_comes_on_top_of_what_was_ordered(posted: Posted) -> None:
    """The ERP adds the customer's VAT by itself; the order's net amount is what the CRM says."""
    for name in ("taxed", "tax included"):
        (stored,) = posted.stored(name)
        assert stored["total"] > stored["net"]


def test_tax_and_units_are_read_from_the_erps_own_screens(posted: Posted) -> None:
    """The list shows net amount and tax apart, the order the unit of each line: as PostgreSQL has them."""
    inputs = gather(posted.house.app, "sql_ledger", Period(date(2026, 3, 1), date(2026, 3, 31)))
    rows = {row.number: row for row in inputs.documents.listed}
    units = {document.number: [line.unit for line in document.lines] for document in inputs.documents.opened}
    for name in ("taxed", "tax included", "fine", "dollars"):
        (stored,) = posted.stored(name)
        row = rows[stored["number"]]
        assert (row.total, row.tax or 0) == (stored["net"], stored["total"] - stored["net"])
        assert units[stored["number"]] == [line["unit"] for line in stored["lines"]]
    assert {"tax", "unit"} <= inputs.documents.shows


def test_foreign_money_is_stored_at_the_rate_of_the_day(posted: Posted) -> None:
    """Amounts in the order's currency, and the ERP's own rate beside them."""
    rates = [posted.stored(name)[0]["exchange_rate"] for name in ("dollars", "dollars from London")]

    assert rates == [Decimal("0.8")] * 2


def test_a_day_without_a_rate_stores_nothing(posted: Posted) -> None:
    """The ERP would silently take a dollar for a pound."""
    assert posted.stored("dollars without a rate") == []
    assert posted.of["dollars without a rate"].state is HELD


def test_a_total_that_the_erp_rounds_otherwise_waits_for_a_person(posted: Posted) -> None:
    """Three lines of 18.52 are 55.56 in the CRM; the ERP shows 55.56 too, stores 55.55, and finance finds that cent."""
    assert posted.outcome("a cent off") == (HELD, StoredDifferent.code, 1)
    reason = posted.of["a cent off"].reason
    assert reason is not None
    assert "55.56" in reason.worded()
    assert "55.55" in reason.worded()


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_entered_as_it_is_is_not_entered(posted: Posted, name: str) -> None:
    """No order for a customer or item that only resembles the one that was meant, and no text that the ERP alters."""
    state, error = REFUSED[name]

    assert posted.outcome(name) == (state, error.code, 0)


SPOILT: Final = {
    "umlaut PO": wanted("C-100", line("P-20", "1", "0.40"), po_number="Bestellung Köln"),
    "umlaut PO beside Chinese": wanted("C-106", line("P-20", "1", "0.40"), po_number="Bestellung Köln"),
    "umlaut customer": wanted("C-105", line("P-20", "1", "0.40")),
    "Chinese item": wanted("C-106", line("P-50", "1", "7")),
}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posted]:
    """The ERP as Debian ships it, which spoils every letter outside ASCII."""
    with sql_ledger_installation(tmp_path_factory.mktemp("bridge"), mended_text=False) as (house, _):
        yield Posted(house, SPOILT)


def test_a_text_that_a_page_tears_apart_is_not_saved(spoilt: Posted) -> None:
    """Beside a Chinese name this ERP shows an umlaut as two letters: nothing is stored, the reason names the text."""
    assert spoilt.outcome("umlaut PO beside Chinese") == (REJECTED, TextNotKept.code, 0)


def test_a_text_that_every_page_shows_right_is_saved(spoilt: Posted) -> None:
    """Whatever the table holds, the next clerk reads on the ERP's own screen what was ordered."""
    assert spoilt.outcome("umlaut PO") == (POSTED, None, 1), spoilt.of["umlaut PO"].reason
    (stored,) = spoilt.stored("umlaut PO")
    with spoilt.house.clerk() as clerk:
        clerk.visit("oe.pl", action="edit", type="sales_order", id=str(stored["id"]), vc="customer")
        assert clerk.value("ponumber") == "Bestellung Köln"


@pytest.mark.parametrize("name", ["umlaut customer", "Chinese item"])
def test_a_customer_with_umlauts_is_still_the_right_one(spoilt: Posted, name: str) -> None:
    """Where a drop-down would book on the first customer, the number finds the one that was meant."""
    assert spoilt.outcome(name) == (POSTED, None, 1), spoilt.of[name].reason
    (stored,) = spoilt.stored(name)
    assert stored["customer_number"] == SPOILT[name]["customer"]["code"]
