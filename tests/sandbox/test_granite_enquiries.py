"""Doubts what Granite shows of its books: the order list, the order display, and what lists copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.drivers.x11_displays import Display
from tests.sandbox.granite_clerks import Clerk, Granite, granite

pytestmark = pytest.mark.desktop
LIST = "Number/Date/Customer/Name/External No./Your Ref/Currency/Lines/Status/Discount/Carriage/VAT/Total"


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[tuple[Granite, Clerk]]:
    """A desk at which BOT1 is signed on."""
    with granite(tmp_path, display) as (erp, clerk):
        clerk.sign_on()
        yield erp, clerk


def numbers(clerk: Clerk, **filters: str) -> list[str]:
    """What the list finds, of its shown page."""
    clerk.press("f3").see("SO-220")
    for key, text in filters.items():
        clerk.put(f"alt+{key}", text)
    clerk.press("alt+s")
    return [row[0] for row in clerk.table("alt+l")[1:]]


def test_a_list_is_copied_with_headings_and_all_columns(desk: tuple[Granite, Clerk]) -> None:
    """Tab separated; tabs and line ends within a value become blanks; Chinese as it is."""
    erp, clerk = desk
    erp.order(customer_code="C2003", external_number="A\tB\nC", po_number="采购", order_date="2026-02-01")
    erp.control("orders/10001/charges", {"discount": "5", "carriage": "12.5"})
    clerk.press("f3").see("SO-220").press("alt+s")
    headings, row = clerk.table("alt+l")
    assert "/".join(headings) == LIST
    assert row[:9] == ["10001", "01/02/26", "C2003", "𠮷野样品食品(深圳)有限公司", "A B C", "采购", "GBP", "1", "Open"]
    assert row[9:] == ["5.00", "12.50", "0.00", "33.30"]


def test_what_is_done_is_hidden_unless_all_statuses_are_asked_for(desk: tuple[Granite, Clerk]) -> None:
    """N by default; Part shipped is not done."""
    erp, clerk = desk
    for status in ("Open", "Confirmed", "Part shipped", "Shipped", "Invoiced", "Paid", "Cancelled"):
        erp.order(status=status)
    assert numbers(clerk) == ["10001", "10002", "10003"]
    assert numbers(clerk, a="y") == [str(10001 + place) for place in range(7)]
    assert clerk.shown("alt+o") == "7"


def test_a_search_is_narrowed_by_each_filter(desk: tuple[Granite, Clerk]) -> None:
    """The reference by any part of it, in any case; customer and number whole; dates from and to."""
    erp, clerk = desk
    erp.order(external_number="CRM-0001-X", order_date="2026-01-01")
    erp.order(external_number="CRM-0012-Y", customer_code="C1002", order_date="2026-02-01")
    assert numbers(clerk, r="crm-001") == ["10002"]
    assert numbers(clerk, c="c1001") == ["10001"]
    assert numbers(clerk, c="C100") == []
    assert numbers(clerk, n="10002") == ["10002"]
    assert numbers(clerk, n="1000") == []
    assert numbers(clerk, f="02/01/26") == ["10002"]
    assert numbers(clerk, t="31/01/26") == ["10001"]
    clerk.press("f3").see("SO-220").put("alt+f", "77/77/77").press("alt+s")
    assert clerk.told() == "SO-110 Invalid date"


def test_pages_of_twenty_five_are_turned_by_keys_and_buttons(desk: tuple[Granite, Clerk]) -> None:
    """Count and totals are those of all pages, cancelled orders included."""
    erp, clerk = desk
    for place in range(60):
        erp.order(currency="EUR" if place % 2 else "GBP", status="Cancelled" if place < 10 else "Open")
    assert numbers(clerk, a="Y")[-1] == "10025"
    assert (clerk.shown("alt+g"), clerk.shown("alt+o")) == ("1/3", "60")
    assert clerk.table("alt+m") == [["Currency", "Total"], ["EUR", "774.00"], ["GBP", "774.00"]]
    clerk.press("alt+x")
    assert [row[0] for row in clerk.table("alt+l")[1:]] == [str(10026 + place) for place in range(25)]
    clerk.press("alt+l", "pagedown")
    assert (clerk.shown("alt+g"), len(clerk.table("alt+l"))) == ("3/3", 11)
    clerk.press("alt+x", "alt+l", "pageup", "alt+p")
    assert clerk.shown("alt+g") == "1/3"


def test_a_list_is_empty_until_it_is_searched(desk: tuple[Granite, Clerk]) -> None:
    """And emptied when it is asked for again."""
    erp, clerk = desk
    erp.order()
    clerk.press("f3").see("SO-220")
    assert (clerk.shown("alt+g"), clerk.shown("alt+o"), len(clerk.table("alt+l"))) == ("", "", 1)
    clerk.put("alt+r", "x").press("alt+s", "f3")
    assert (clerk.shown("alt+r"), clerk.shown("alt+g")) == ("", "")


def test_enter_on_a_row_displays_its_order(desk: tuple[Granite, Clerk]) -> None:
    """All of it, by Tab in one order, and its lines as a list."""
    erp, clerk = desk
    erp.order(external_number="E", po_number="P", remarks="R", order_date="2026-02-01", currency="EUR")
    erp.order(customer_code="C1010")
    erp.control("orders/10001/charges", {"discount": "5", "carriage": "12.5"})
    numbers(clerk)
    clerk.press("alt+l", "enter").see("SO-230")
    wanted = ["10001", "Open", "C1001", "01/02/26", "EUR", "P", "E", "R", "30", "MAIN", "STD"]
    assert clerk.shown("alt+n") == "10001"
    assert [clerk.shown("tab") for _ in range(10)] == wanted[1:]
    assert [clerk.shown("tab") for _ in range(4)] == ["5.00", "12.50", "0.00", "33.30"]
    assert clerk.table("alt+l") == [
        ["Pos", "Item", "Description", "Quantity", "Unit price", "Amount", "Unit"],
        ["1", "P-30", "Anchor chain 10 mm", "2", "12.90", "25.80", "MTR"],
    ]


def test_an_unknown_number_is_said_and_shows_nothing(desk: tuple[Granite, Clerk]) -> None:
    """What was shown before is gone; nothing of it can be typed over."""
    erp, clerk = desk
    erp.order(remarks="R")
    clerk.press("f4").see("SO-230").put("alt+n", "10001").press("enter")
    clerk.press("alt+n", "tab").type("x")
    assert clerk.shown("alt+n", "tab") == "Open"
    clerk.put("alt+n", "99999").press("enter")
    assert clerk.told() == "SO-120 Order not on file"
    assert clerk.see("SO-230").shown("alt+n", "tab") == ""


def test_function_keys_work_in_every_window(desk: tuple[Granite, Clerk]) -> None:
    """Each window is there once; Exit leaves the display."""
    _, clerk = desk
    clerk.press("f3").see("SO-220").press("f4").see("SO-230").press("f2").see("SO-210").press("f3").see("SO-220")
    assert sorted(title[-8:] for title in clerk.titles()) == ["(SO-210)", "(SO-220)", "(SO-230)", "ease 5.1"]
    clerk.press("f4").see("SO-230").press("alt+x").see("SO-220").press("f12").see("GR-100")
    assert clerk.titles() == ["Granite - Sign On (GR-100)"]


def test_equal_words_in_the_menu_lead_to_different_places(desk: tuple[Granite, Clerk]) -> None:
    """One of them was never paid for."""
    _, clerk = desk
    clerk.press("alt+p").press("enter")
    assert clerk.told() == "SY-041 Function not licensed"
    clerk.see("GR-110").press("alt+s").press("enter").see("SO-210")
