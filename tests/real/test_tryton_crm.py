"""Sales of a real CRM, read by its REST door as TOML says, typed into an ERP, and told what became of them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import pytest

from bridge.errors import AmountDiffers, OrderCancelled, OrderNotReleased, TotalDiffers
from bridge.model.postings import Posting, PostingState
from sandbox.crm.loading import EXCERPT
from tests.oracles import Stored
from tests.real.tryton_installations import TrytonToHarbour, TrytonToSqlLedger, tryton_to_harbour, tryton_to_sql_ledger
from tests.real.tryton_sales import Sale, SaleLine, invoices

pytestmark = [pytest.mark.real, pytest.mark.browser]

POSTED, REJECTED, CANCELLED = PostingState.POSTED, PostingState.REJECTED, PostingState.CANCELLED
SHORT: Final = 3


def excerpt(most_lines: int) -> list[Sale]:
    """The real invoices with so few lines, each with a customer's PO number; the credit note is among them."""
    return [
        {**sale, "reference": f"PO {sale['number']}"}
        for sale in invoices(EXCERPT)
        if len(sale["lines"]) <= most_lines and sale["party"] != "NOBODY"
    ]


class Changes:
    """What became of four sales that were changed after they were taken and before they were typed."""

    def __init__(self, house: TrytonToHarbour) -> None:
        self.house, crm = house, house.crm
        names = ("revised", "cancelled", "line changed", "taken back")
        self.ids = {n: crm.add(f"T-{place}", ("3", "9.99"), ("1", "2.00")) for place, n in enumerate(names, 7001)}
        house.taken(list(self.ids.values()))
        crm.revise(self.ids["revised"], "8.50")
        crm.cancel(self.ids["cancelled"])
        crm.change_price(self.ids["line changed"], "8.50")
        crm.take_back(self.ids["taken back"])
        house.run("post_orders")

    def outcome(self, name: str) -> tuple[PostingState, str | None, int]:
        """State, reason's code, and how many orders the ERP holds."""
        posting = self.house.posting(self.ids[name])
        return posting.state, posting.reason.code if posting.reason else None, len(stored_by(self.house, posting))


def stored_by(house: TrytonToHarbour, posting: Posting) -> list[Stored]:
    """Every order in Harbour's tables that carries the posting's reference."""
    return [stored for stored in house.oracle.all() if stored.reference == posting.reference]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonToHarbour]:
    """Tryton with real invoices as confirmed sales, all of them taken, posted, and told."""
    with tryton_to_harbour(tmp_path_factory.mktemp("bridge"), excerpt(SHORT)) as running:
        for job in ("take_orders", "post_orders", "read_status", "tell_crm"):
            report = running.run(job)
            assert report.ok, report.troubles
        yield running


@pytest.fixture(scope="module")
def changes(house: TrytonToHarbour) -> Changes:
    """The four changed sales."""
    return Changes(house)


def test_every_sale_is_in_the_erp_once_as_tryton_has_it(house: TrytonToHarbour) -> None:
    """Customer, date, currency, PO, and each line by position: what the salesperson confirmed, from table to table."""
    ids = house.crm.ids()
    for sale in excerpt(SHORT):
        posting = house.posting(ids[sale["number"]])
        if sale["number"].startswith("C"):
            assert (posting.state, stored_by(house, posting)) == (REJECTED, [])
            continue
        (stored,) = stored_by(house, posting)
        lines = [(line["product"], Decimal(line["quantity"]), Decimal(line["unit_price"])) for line in sale["lines"]]
        assert (posting.state, posting.document) == (POSTED, str(stored.number))
        assert [(line.item, line.quantity, line.price) for line in stored.lines] == lines
        assert (stored.customer, stored.ordered_on, stored.currency, stored.po_number, stored.total) == (
            sale["party"], sale["sale_date"], "GBP", sale["reference"], sum(q * p for _, q, p in lines),
        )  # fmt: skip


def test_the_salesperson_reads_in_tryton_what_became_of_each_sale(house: TrytonToHarbour) -> None:
    """The write-back stands in the sale itself: ERP, number and which message it is; nothing where none is."""
    ids = house.crm.ids()
    for sale in excerpt(SHORT):
        posting = house.posting(ids[sale["number"]])
        told = house.crm.told(ids[sale["number"]])
        entered = f"harbour: entered {posting.document} #1"
        assert told == (entered if posting.state is POSTED else "None"), sale["number"]


def test_the_erps_progress_arrives_in_tryton(house: TrytonToHarbour) -> None:
    """Shipped in the warehouse, read from the ERP's list, told to the CRM; only the changed sale is told again."""
    order_id = house.crm.ids()["536366"]
    number = house.posting(order_id).document
    house.erp.change("UPDATE orders SET status = 'Shipped' WHERE number = ?", number)
    read, told = house.run("read_status"), house.run("tell_crm")

    assert (read.counts["changed"], told.counts["told"]) == (1, 1)
    assert house.crm.told(order_id) == f"harbour: shipped {number} #2"


def test_a_sale_revised_between_taking_and_typing_is_typed_as_it_is_now(changes: Changes) -> None:
    """Taken back, repriced and confirmed again in Tryton: one order, at the new price."""
    assert changes.outcome("revised") == (POSTED, None, 1)
    (stored,) = stored_by(changes.house, changes.house.posting(changes.ids["revised"]))
    assert [(line.quantity, line.price) for line in stored.lines] == [
        (Decimal(3), Decimal("8.50")),
        (Decimal(1), Decimal(2)),
    ]


def test_a_sale_cancelled_between_taking_and_typing_is_not_typed(changes: Changes) -> None:
    """The last look at the CRM comes before the first key."""
    assert changes.outcome("cancelled") == (CANCELLED, OrderCancelled.code, 0)


def test_a_sale_that_somebody_has_taken_back_is_not_typed(changes: Changes) -> None:
    """A draft with half its lines is nobody's order yet."""
    assert changes.outcome("taken back") == (CANCELLED, OrderNotReleased.code, 0)


def test_a_change_of_a_line_alone_is_seen(changes: Changes) -> None:
    """No stamp of the sale moves and its total stays behind: it is not typed as it was, nor with a total that lies."""
    assert changes.outcome("line changed") == (REJECTED, TotalDiffers.code, 0)


def exact(number: str, *lines: tuple[str, str, str]) -> Sale:
    """A confirmed sale of products by quantity and price."""
    rows: list[SaleLine] = [{"product": code, "quantity": count, "unit_price": price} for code, count, price in lines]
    return {
        "number": number,
        "reference": f"PO {number}",
        "party": "C0003",
        "party_name": "Müller & Söhne GmbH",
        "currency": "GBP",
        "sale_date": "2026-03-05",
        "state": "confirmed",
        "lines": rows,
    }


EXACT: Final = [
    exact("E-1", ("W-200", "12", "12.345"), ("W-100", "3", "9.99")),
    exact("E-2", ("W-300", "1000", "0.0805"), ("W-400", "1", "0")),
    exact("E-3", ("W-100", "3", "123456.7891")),
]
HALVES: Final = exact("E-4", ("W-100", "1", "0.125"))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonToSqlLedger]:
    """A real CRM and a real ERP: exact prices and two real invoices, taken, posted and told."""
    sales = [*EXACT, HALVES, *excerpt(2)[:2]]
    with tryton_to_sql_ledger(tmp_path_factory.mktemp("bridge"), sales) as running:
        for job in ("take_orders", "post_orders", "tell_crm"):
            report = running.run(job)
            assert report.ok, report.troubles
        yield running


def test_four_decimals_of_tryton_are_four_decimals_in_postgresql(real: TrytonToSqlLedger) -> None:
    """From one third party's table to the other's, by a REST door and a keyboard: not a digit is lost or added."""
    ids = real.crm.ids()
    for sale in [*EXACT, *excerpt(2)[:2]]:
        posting = real.posting(ids[sale["number"]])
        assert (posting.state, posting.reason) == (POSTED, None), sale["number"]
        (stored,) = real.stored(posting)
        assert [(line["item"], line["quantity"], line["price"]) for line in stored["lines"]] == [
            (line["product"], Decimal(line["quantity"]), Decimal(line["unit_price"])) for line in sale["lines"]
        ]
        assert (stored["customer_number"], stored["date"], stored["po_number"]) == (
            sale["party"], sale["sale_date"], sale["reference"],
        )  # fmt: skip
        assert real.crm.told(ids[sale["number"]]) == f"sql_ledger: entered {stored['number']} #1"


def test_a_half_penny_that_tryton_rounds_to_even_is_not_typed(real: TrytonToSqlLedger) -> None:
    """0.125 is 0.12 in Tryton and 0.13 in the ERP: the cent is found before the order is entered, not by finance."""
    posting = real.posting(real.crm.ids()[HALVES["number"]])

    assert (posting.state, real.stored(posting)) == (REJECTED, [])
    assert posting.reason is not None
    assert posting.reason.code == AmountDiffers.code
