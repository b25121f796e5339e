"""Doubts the screens Order List (SO-220), Order Display (SO-230), the master files and the look-up windows."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.harbour_clerks import Clerk, Harbour, Page, harbour

ALL = {"go": "1"}
LINES = [{"item_code": "P-30", "description": "Anchor chain 10 mm", "quantity": "100.5", "unit_price": "12.90"}]


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Harbour]:
    """A fresh Harbour."""
    with harbour(tmp_path) as running:
        yield running


@pytest.fixture
def clerk(erp: Harbour) -> Clerk:
    """BOT1, signed on."""
    return erp.clerk("BOT1")


def book(erp: Harbour, **wish: Any) -> int:
    """An order typed by somebody else."""
    number: int = erp.control("orders", {"customer_code": "C1001", "lines": LINES} | wish)["number"]
    return number


def numbers(page: Page) -> list[int]:
    """The numbers listed."""
    return [int(number) for number in re.findall(r'number=(\d+)">', page.html)]


def test_only_open_orders_are_listed_until_the_box_is_unticked(erp: Harbour, clerk: Clerk) -> None:
    """The tick hides shipped, invoiced, paid and cancelled orders, even when the status is asked for."""
    statuses = ("Open", "Confirmed", "Part shipped", "Shipped", "Invoiced", "Paid", "Cancelled")
    booked = [book(erp, status=status) for status in statuses]
    assert clerk.get("/so/list").fields["fOpen"] == "1"
    assert numbers(clerk.get("/so/list")) == booked[:3]
    assert numbers(clerk.get("/so/list", go="1")) == booked
    assert numbers(clerk.get("/so/list", go="1", fOpen="1", fStat="Paid")) == []
    assert numbers(clerk.get("/so/list", go="1", fStat="Paid")) == [booked[5]]


def test_remarks_are_searched_for_a_part_in_any_case(erp: Harbour, clerk: Clerk) -> None:
    """A shorter reference also finds the longer ones."""
    booked = [book(erp, remarks=remarks) for remarks in ("CRM-12", "x crm-123 y", "CRM-13")]
    assert numbers(clerk.get("/so/list", go="1", fRem="crm-12")) == booked[:2]
    assert numbers(clerk.post("/so/list", ALL | {"fRem": "CRM-123"})) == [booked[1]]
    assert numbers(clerk.get("/so/list", go="1", fRem="%")) == []


def test_umlauts_are_searched_in_the_encoding_of_the_page(erp: Harbour, clerk: Clerk) -> None:
    """As a browser sends them."""
    booked = book(erp, remarks="Grüße")
    assert numbers(clerk.post("/so/list", ALL | {"fRem": "Grüße"})) == [booked]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"fCust": "c1010"}, [10002]),
        ({"fNum": "10003"}, [10003]),
        ({"fRef": "po-2"}, [10002]),
        ({"fFrom": "02/01/26"}, [10002, 10003]),
        ({"fFrom": "02/01/26", "fTo": "02/01/26"}, [10002]),
        ({"fCust": "C10"}, []),
    ],
)
def test_filters_narrow_the_list(erp: Harbour, clerk: Clerk, asked: dict[str, str], expected: list[int]) -> None:
    """Customer and number exactly, Your Ref by part, dates inclusive."""
    book(erp, order_date="2026-01-01", po_number="PO-1")
    book(erp, order_date="2026-01-02", po_number="PO-2", customer_code="C1010")
    book(erp, order_date="2026-01-03", po_number="PO-3")
    assert numbers(clerk.get("/so/list", go="1", **asked)) == expected


def test_an_invalid_date_in_the_filter_is_an_error(clerk: Clerk) -> None:
    """HTTP 200."""
    page = clerk.get("/so/list", go="1", fFrom="soon")
    assert (page.status, page.error) == (200, "SO-110 Invalid date")


def test_the_list_turns_pages_of_25_and_keeps_its_filter(erp: Harbour, clerk: Clerk) -> None:
    """Next and Previous carry the filter; count and totals are those of all pages."""
    booked = [book(erp, remarks="Größe", status="Paid") for _ in range(26)]
    book(erp, remarks="other")
    first = clerk.post("/so/list", ALL | {"fRem": "größe"})
    following = re.search(r'<a href="([^"]+)">Next</a>', first.html)
    assert following
    second = clerk.get(following[1].replace("&amp;", "&"))
    assert (numbers(first), numbers(second)) == (booked[:25], booked[25:])
    for page in (first, second):
        assert '<b id="lblCount">26</b>' in page.html
        assert '<td>Total GBP</td><td class="num">33,707.70</td>' in page.html
    assert "Next</a>" not in second.html
    assert "Previous</a>" in second.html


def test_totals_are_told_per_currency(erp: Harbour, clerk: Clerk) -> None:
    """Never added over currencies."""
    book(erp)
    book(erp, currency="EUR", lines=[LINES[0] | {"quantity": "-1"}])
    totals = re.findall(r'<td>Total (\w+)</td><td class="num">([^<]+)</td>', clerk.get("/so/list").html)
    assert totals == [("EUR", "-12.90"), ("GBP", "1,296.45")]


def test_the_display_shows_every_field_and_line(erp: Harbour, clerk: Clerk) -> None:
    """Label left, value right; numbers with thousands separators."""
    number = book(
        erp,
        customer_code="C1010",
        order_date="2026-02-03",
        remarks="R-1",
        po_number="PO-1",
        currency="EUR",
        terms="14",
        warehouse="NORTH",
        shipping_method="EXPRESS",
        lines=[LINES[0], {"item_code": "P-70", "quantity": "1", "unit_price": "1249", "description": "Winch"}],
    )
    html = clerk.get("/so/show", number=str(number)).html
    shown = dict(re.findall(r"<td>([^<]+)</td><td bgcolor=\"#FFFFFF\"[^>]*>([^<]*)</td>", html))
    assert shown == {
        "Order No.": str(number),
        "Status": "Open",
        "Customer No.": "C1010",
        "Name": "Müller GmbH",
        "Order Date": "03/02/26",
        "Currency": "EUR",
        "Your Ref": "PO-1",
        "Remarks": "R-1",
        "Terms": "14",
        "Warehouse": "NORTH",
        "Shipping": "EXPRESS",
        "Created by": "MARY",
    }
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in re.findall(r'<tr class="line">.*?</tr>', html)]
    assert rows == [
        ["1", "P-30", "Anchor chain 10 mm", "100.5", "12.90", "1,296.45", "MTR"],
        ["2", "P-70", "Winch", "1", "1,249.00", "1,249.00", "PCE"],
    ]
    assert '<b id="dspTotal">2,545.45</b>' in html


def test_discount_carriage_and_vat_are_shown_under_the_lines_and_in_the_list(tmp_path: Path) -> None:
    """What the office adds changes the order total and its VAT, in books, display, list and the list's totals."""
    with harbour(tmp_path, vat_percent=Decimal(20)) as erp:
        number = book(erp)
        erp.control(f"orders/{number}/charges", {"discount": "96.45", "carriage": "12.00"})
        (stored,) = erp.orders()
        assert [stored[name] for name in ("net_total", "discount", "carriage", "vat")] == [
            *("1296.45", "96.45", "12.00", "242.40"),
        ]
        clerk = erp.clerk("BOT1")
        shown = clerk.get("/so/show", number=str(number)).html
        for place, amount in (("Disc", "96.45"), ("Carr", "12.00"), ("Vat", "242.40"), ("Gross", "1,454.40")):
            assert f'id="dsp{place}">{amount}<' in shown
        listed = clerk.get("/so/list").html
        assert '<td class="num">242.40</td><td class="num">1,454.40</td></tr>' in listed
        assert '<td>Total GBP</td><td class="num">1,454.40</td>' in listed


def test_books_of_an_older_house_get_the_charges(tmp_path: Path) -> None:
    """Orders that were stored before there were charges show none, and can get some."""
    with harbour(tmp_path) as erp:
        number = book(erp)
    with closing(sqlite3.connect(tmp_path / "harbour.db")) as books:
        for name in ("discount", "carriage", "vat"):
            books.execute(f"ALTER TABLE orders DROP COLUMN {name}")
        books.commit()
    with harbour(tmp_path) as erp:
        assert 'id="dspGross">1,296.45<' in erp.clerk("BOT1").get("/so/show", number=str(number)).html
        erp.control(f"orders/{number}/charges", {"carriage": "1"})
        assert 'id="dspGross">1,297.45<' in erp.clerk("BOT1").get("/so/show", number=str(number)).html


def test_advancing_moves_the_oldest_orders(erp: Harbour) -> None:
    """Later stages first, so that one call moves an order one stage only."""
    booked = [book(erp) for _ in range(3)]
    erp.control("advance", {"ship": 2})
    moved = erp.control("advance", {"ship": 1, "invoice": 1})
    assert moved == {"invoice": booked[:1], "ship": booked[2:]}
    assert [order["status"] for order in erp.orders()] == ["Invoiced", "Shipped", "Shipped"]


def test_typed_text_never_becomes_markup(erp: Harbour, clerk: Clerk) -> None:
    """Old, but not that old."""
    number = book(erp, remarks="<script>x</script>")
    for page in (clerk.get("/so/list"), clerk.get("/so/show", number=str(number))):
        assert "<script>x" not in page.html


def test_look_up_windows_find_by_part_of_a_name(clerk: Clerk) -> None:
    """Inactive customers cannot be picked; the target field is never taken for script."""
    found = clerk.get("/lookup/customers", target="txtCust", txtFind="smith")
    assert re.findall(r"pick\(&#34;(\w+)&#34;\)", found.html) == ["C1001", "C1002", "C1003"]
    assert "elements['txtCust']" in found.html
    assert "pick(" not in clerk.get("/lookup/customers", txtFind="dormant").html.split("</head>")[1]
    assert "Washer M8 zinc" in clerk.get("/lookup/items", target="item_1", txtFind="zinc").html
    assert "elements['alert1']" in clerk.get("/lookup/items", target="'];alert(1)//").html


def test_customers_and_items_can_be_added_once(erp: Harbour, clerk: Clerk) -> None:
    """A second time is refused."""
    customer = {"txtCode": "c2000", "txtName": "Øresund A/S", "txtCity": "Malmö", "selCurr": "EUR"}
    item = {"txtCode": "p-99", "txtDesc": "Bell", "txtUnit": "PCE", "txtPrice": "1,000.005"}
    assert "Customer C2000 added" in clerk.post("/cu", customer).html
    assert "Item P-99 added" in clerk.post("/in", item).html
    assert [clerk.post("/cu", customer).error, clerk.post("/in", item).error] == [
        "CU-102 C2000 is already on file",
        "CU-102 P-99 is already on file",
    ]
    assert erp.rows("SELECT name, city FROM customers WHERE code = 'C2000'") == [
        {"name": "Øresund A/S", "city": "Malmö"}
    ]
    assert erp.rows("SELECT price FROM items WHERE code = 'P-99'") == [{"price": "1000.01"}]
