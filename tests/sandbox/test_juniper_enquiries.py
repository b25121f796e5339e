"""Doubts Juniper's order list, its display and its changes: what they show, hide, lock and store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.juniper.orders import STATUSES
from tests.sandbox.juniper_clerks import Clerk, Juniper, juniper


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Juniper]:
    """A fresh Juniper that charges VAT."""
    with juniper(tmp_path, vat_percent=20) as running:
        yield running


@pytest.fixture
def clerk(erp: Juniper) -> Clerk:
    """BOT1, at the main menu."""
    return erp.clerk("BOT1")


def listed(clerk: Clerk) -> list[str]:
    """The numbers on this page of the list."""
    return [number for row in range(8, 20) if (number := clerk.cell(row, 2, 6))]


# --- the list -------------------------------------------------------------------------------------------------------


def test_closed_orders_hide_until_all_statuses_are_wanted(erp: Juniper, clerk: Clerk) -> None:
    """The filter says N until a clerk says Y."""
    numbers = [str(erp.put(status=status)) for status in STATUSES]
    clerk.choose(2)
    clerk.press("ENTER")
    assert listed(clerk) == numbers[:3]
    clerk.press("TAB", "TAB", "TAB", "Y", "ENTER")
    assert listed(clerk) == numbers
    assert [clerk.cell(row, 48, 13) for row in range(8, 15)] == list(STATUSES)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["-B-"], 1),
        (["ext-"], 3),
        (["TAB", "c1002"], 1),
        (["TAB", "TAB", "10002"], 1),
        (["TAB", "TAB", "TAB", "TAB", "02/01/24"], 2),
        (["TAB", "TAB", "TAB", "TAB", "TAB", "02/01/24"], 2),
        (["nothing"], 0),
    ],
)
def test_every_filter_narrows_the_list(erp: Juniper, clerk: Clerk, keys: list[str], found: int) -> None:
    """A part of the external number, the customer, the number, days from and to."""
    for place, letter in enumerate("ABC", start=1):
        erp.put(external_no=f"EXT-{letter}-{place}", order_date=f"2024-01-0{place}", customer_code=f"C100{place}")
    clerk.choose(2)
    clerk.press(*keys, "ENTER")
    assert len(listed(clerk)) == found
    assert f"{found} orders" in clerk.glass.row(21)


def test_sixty_orders_are_five_pages_and_one_of_totals(erp: Juniper, clerk: Clerk) -> None:
    """Every order stands on one page, and the totals of all of them per currency behind the last one."""
    numbers = [str(erp.put(currency="EUR" if place % 2 else "GBP")) for place in range(60)]
    clerk.choose(2)
    clerk.press("ENTER")
    seen = []
    for page in range(1, 6):
        assert clerk.glass.row(21).split("  ")[0] == f"Page {page} of 5"
        assert "60 orders" in clerk.glass.row(21)
        seen += listed(clerk)
        clerk.press("F8")
    assert seen == numbers
    assert clerk.glass.row(21).startswith("Totals")
    assert [clerk.glass.row(row).split() for row in (8, 9)] == [["EUR", "928.80"], ["GBP", "928.80"]]
    assert clerk.press("F8") == "SY-012 No more pages"
    clerk.press("F7")
    assert listed(clerk) == numbers[48:]


def test_the_other_view_shows_what_the_first_has_no_room_for(erp: Juniper, clerk: Clerk) -> None:
    """Your ref, currency and charges of the same rows."""
    number = erp.put(your_ref="PO 7", currency="USD")
    erp.control(f"orders/{number}/charges", {"discount": "5.00", "carriage": "12.00"})
    clerk.choose(2)
    clerk.press("ENTER")
    assert clerk.glass.row(8).split()[-1] == "39.36"
    clerk.press("F10")
    assert clerk.glass.row(8).split() == [str(number), "PO", "7", "USD", "5.00", "12.00", "6.56"]


def test_a_date_that_is_none_is_told(clerk: Clerk) -> None:
    """With the cursor in its field."""
    clerk.choose(2)
    assert clerk.press("TAB", "TAB", "TAB", "TAB", "99/99/99", "ENTER") == "SO-110 Invalid date"


# --- the display ----------------------------------------------------------------------------------------------------


def test_the_display_shows_all_that_is_stored(erp: Juniper, clerk: Clerk) -> None:
    """Also what nobody typed."""
    number = erp.put(external_no="EXT-9", your_ref="PO 9", remarks="by hand", order_date="2024-02-29", status="Shipped")
    erp.control(f"orders/{number}/charges", {"discount": "5.00", "carriage": "12.00"})
    text = clerk.displayed(number)
    for shown in ("Shipped", "C1001     Smith Ltd", "EXT-9", "PO 9", "by hand", "29/02/24", ": 30 ", ": MAIN", ": STD"):
        assert shown in text
    figures = {clerk.cell(row, 19, 14) for row in (10, 11)} | {clerk.cell(row, 61, 14) for row in (9, 10, 11)}
    assert figures == {"5.00", "6.56", "25.80", "12.00", "39.36"}
    assert clerk.glass.row(13).split() == ["1", "P-30", "2", "12.90", "chain", "25.80"]


def test_lines_are_shown_eight_a_page(erp: Juniper, clerk: Clerk) -> None:
    """The ninth comes with F8."""
    line = {"item_code": "P-10", "quantity": "1", "unit_price": "1"}
    clerk.displayed(erp.put(lines=[line] * 9))
    assert (clerk.cell(20, 2, 3), clerk.glass.row(21)) == ("8", "Page 1 of 2")
    clerk.press("F8")
    assert (clerk.cell(13, 2, 3), clerk.cell(14, 2, 3)) == ("9", "")
    assert clerk.press("F8") == "SY-012 No more pages"


def test_what_is_not_there_is_not_shown(erp: Juniper, clerk: Clerk) -> None:
    """An unknown number leaves nothing of the order shown before."""
    clerk.displayed(erp.put(external_no="EXT-1"))
    assert clerk.press("99999", "ENTER") == "SO-120 Order not on file"
    assert "EXT-1" not in clerk.text


# --- changes --------------------------------------------------------------------------------------------------------


def test_a_change_overwrites_header_and_lines(erp: Juniper, clerk: Clerk) -> None:
    """Under the same number, after its own question."""
    number = erp.put(external_no="OLD-NUMBER")
    clerk.displayed(number)
    clerk.press("F5")
    assert "SALES ORDER CHANGE (SO-212)" in clerk.glass.row(1)
    clerk.send("TAB", "NEW", *["TAB"] * 6, "5")
    assert clerk.press("F6") == f"Change order {number}? (Y/N) _"
    assert clerk.press("Y") == f"Order {number} saved"
    assert "(SO-210)" in clerk.glass.row(1)
    assert erp.orders()[0]["external_no"] == "NEW-NUMBER"
    assert erp.lines(number) == [("P-30", "5", "12.90", "64.50")]
    assert (erp.orders()[0]["changed_by"], erp.rows("SELECT * FROM locks")) == ("BOT1", [])


@pytest.mark.parametrize("status", STATUSES)
def test_only_open_and_confirmed_orders_can_be_changed(erp: Juniper, clerk: Clerk, status: str) -> None:
    """From the display and from the menu."""
    number = erp.put(status=status)
    clerk.displayed(number)
    said = "" if status in {"Open", "Confirmed"} else f"SO-171 Order cannot be changed: status {status}"
    assert clerk.press("F5") == said
    assert ("(SO-212)" in clerk.glass.row(1)) == (not said)
    clerk.press("F3")
    clerk.choose(4)
    assert clerk.press(str(number), "ENTER") == said


def test_an_order_is_changed_by_one_clerk_at_a_time(erp: Juniper, clerk: Clerk) -> None:
    """The other one reads who has it and since when; leaving frees it."""
    number = erp.put()
    mary = erp.clerk("MARY", "mary")
    for each in (mary, clerk):
        each.displayed(number)
    assert mary.press("F5") == ""
    since = erp.rows("SELECT since FROM locks")[0]["since"]
    assert clerk.press("F5") == f"Record locked by MARY since {since}"
    mary.press("F12")
    assert clerk.press("F5") == ""


def test_a_change_without_its_lock_is_refused(erp: Juniper, clerk: Clerk) -> None:
    """Two desks share one lock; the one that is left first gives it away."""
    number = erp.put()
    for _ in range(2):
        clerk.press("F11")
        clerk.choose(4)
        clerk.press(str(number), "ENTER")
    clerk.press("F3")
    mary = erp.clerk("MARY", "mary")
    mary.choose(4)
    mary.press(str(number), "ENTER")
    clerk.press("F11")
    for key in ("F6", "F9"):
        clerk.press(key)
        assert clerk.press("Y").startswith("Record locked by MARY since")
    assert erp.orders()[0]["changed_by"] is None


def test_a_cancelled_order_keeps_its_content(erp: Juniper, clerk: Clerk) -> None:
    """F9 asks, Y answers."""
    number = erp.put(external_no="EXT-1")
    clerk.displayed(number)
    clerk.press("F5")
    assert clerk.press("F9") == f"Cancel order {number}? (Y/N) _"
    assert clerk.press("Y") == f"Order {number} cancelled"
    order = erp.orders()[0]
    assert (order["status"], order["external_no"]) == ("Cancelled", "EXT-1")
    assert erp.rows("SELECT * FROM locks") == []


def test_what_was_shipped_meanwhile_is_not_changed(erp: Juniper, clerk: Clerk) -> None:
    """The books have the last word."""
    number = erp.put()
    clerk.displayed(number)
    clerk.press("F5")
    erp.control(f"orders/{number}/status", {"status": "Shipped"})
    clerk.press("F6")
    assert clerk.press("Y") == "SO-171 Order cannot be changed: status Shipped"
    clerk.press("F9")
    assert clerk.press("Y") == "SO-171 Order cannot be changed: status Shipped"


def test_a_change_of_twelve_lines_fills_two_pages(erp: Juniper, clerk: Clerk) -> None:
    """And takes them all back."""
    line = {"item_code": "P-10", "quantity": "1", "unit_price": "1"}
    number = erp.put(lines=[line | {"quantity": str(place)} for place in range(1, 13)])
    clerk.displayed(number)
    clerk.press("F5")
    clerk.press("F8")
    assert clerk.cell(10, 22, 10) == "12"
    clerk.press("F6")
    clerk.press("Y")
    assert [quantity for _, quantity, *_ in erp.lines(number)] == [str(place) for place in range(1, 13)]


# --- the control door -----------------------------------------------------------------------------------------------


def test_orders_move_on_by_their_age(erp: Juniper) -> None:
    """Later stages first, the oldest first."""
    numbers = [erp.put() for _ in range(3)]
    assert erp.control("advance", {"ship": 2}) == {"ship": numbers[:2]}
    assert erp.control("advance", {"ship": 1, "invoice": 1}) == {"invoice": numbers[:1], "ship": numbers[2:]}


def test_masters_can_be_added(erp: Juniper, clerk: Clerk) -> None:
    """Customers, items and users."""
    erp.control("customers", [{"code": "n1", "name": "New Ltd"}])
    erp.control("items", [{"code": "n-1", "description": "New", "price": "1.5"}])
    erp.control("users", [{"name": "zoe", "password": "z"}])
    assert clerk.saved(("N-1", "2"), customer="N1") == "Order 10001 saved"
    assert erp.lines() == [("N-1", "2", "1.50", "3.00")]
    erp.clerk("ZOE", "z")
