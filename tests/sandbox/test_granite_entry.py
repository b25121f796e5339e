"""Doubts how an order is typed into Granite: keys, traps, lines, saving; told by the books."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bots.drivers.x11_displays import Display
from tests.sandbox.granite_clerks import Clerk, Granite, granite
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop
TODAY = date.today()  # noqa: DTZ011 - the clock on the ERP's own wall
WITH_ALL = ("order_date", "external_number", "po_number", "remarks", "currency", "terms", "warehouse")


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[tuple[Granite, Clerk]]:
    """A desk at which BOT1 is signed on."""
    with granite(tmp_path, display) as (erp, clerk):
        clerk.sign_on()
        yield erp, clerk


def test_an_order_is_typed_by_tab_alone(desk: tuple[Granite, Clerk]) -> None:
    """The order of Tab is not that of the eye, in the header and in the lines; defaults come by themselves."""
    erp, clerk = desk
    clerk.press("f2").see("SO-210")
    for text in ("c1001", "EXT-1", "05/06/26", "Remark", "PO 1", "e"):
        clerk.hands.put(text)
        clerk.press("tab")
    for text in ("p-30", "2.5", "1.005", "Chain, galvanised", "P-40", "3", "", ""):
        if text:
            clerk.hands.put(text)
        clerk.press("tab")
    assert clerk.saved() == "Order 10001 saved"
    (order,) = erp.orders()
    stored = [order[name] for name in WITH_ALL]
    assert stored == ["2026-06-05", "EXT-1", "PO 1", "Remark", "EUR", "30", "MAIN"]
    assert (order["customer_code"], order["net_total"], order["created_by"]) == ("C1001", "16.78", "BOT1")
    lines = erp.rows("SELECT position, item_code, description, quantity, unit_price, amount FROM order_lines")
    assert [tuple(line.values()) for line in lines] == [
        (1, "P-30", "Chain, galvanised", "2.5", "1.01", "2.53"),
        (2, "P-40", "Mooring rope 24 mm", "3", "4.75", "14.25"),
    ]


def test_the_form_is_blank_after_saving(desk: tuple[Granite, Clerk]) -> None:
    """And saving the same again makes a second order."""
    erp, clerk = desk
    for _ in range(2):
        clerk.enter(n="SAME").saved()
        clerk.see("SO-210")
        assert [clerk.shown(f"alt+{key}") for key in "cnydu"] == ["", "", "", TODAY.strftime("%d/%m/%y"), "GBP"]
        assert clerk.shown("alt+l") == ""
    assert [(order["number"], order["external_number"]) for order in erp.orders()] == [
        (10001, "SAME"),
        (10002, "SAME"),
    ]


def test_what_is_too_long_is_cut_without_a_word(desk: tuple[Granite, Clerk]) -> None:
    """Typed or pasted, Chinese or not; a pasted line end cuts all behind it."""
    erp, clerk = desk
    clerk.enter(("P-30", "1", "", "行" * 40), n="X" * 25, y="客户参考" * 5, r="r" * 45, d="31/12/2026").saved()
    (order,) = erp.orders()
    assert [order[name] for name in WITH_ALL[:4]] == ["2020-12-31", "X" * 20, ("客户参考" * 5)[:15], "r" * 40]
    assert erp.rows("SELECT description FROM order_lines") == [{"description": "行" * 35}]
    clerk.see("SO-210").press("alt+r")
    clerk.clipboard.offer("one\ntwo")
    clerk.press("ctrl+v")
    assert clerk.clipboard.was_fetched(10)
    clerk.clipboard.release()
    assert clerk.hands.shown() == "one"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("01/02/26", "2026-02-01"), ("01.02.26", "2026-01-02"), ("13-02-26", "2026-02-13"), ("1/2/26", "2026-02-01")],
)
def test_a_date_is_read_as_its_age_did(desk: tuple[Granite, Clerk], typed: str, stored: str) -> None:
    """With dots and dashes the month comes first; what cannot be is swapped."""
    erp, clerk = desk
    clerk.enter(d=typed).saved()
    assert erp.orders()[0]["order_date"] == stored


def test_what_is_missing_is_said_before_anything_is_asked(desk: tuple[Granite, Clerk]) -> None:
    """No customer, no date, no lines: each its message, and nothing is stored."""
    erp, clerk = desk
    clerk.press("f2").see("SO-210").press("alt+s")
    assert clerk.told() == "SO-104 Customer not on file"
    clerk.see("SO-210").put("alt+c", "C1001").put("alt+d", "99/99/99").press("alt+s")
    assert clerk.told() == "SO-110 Invalid date"
    clerk.see("SO-210").put("alt+d", "").press("alt+s")
    assert clerk.told() == "SO-140 No order lines"
    assert clerk.see("SO-210").hands.shown() == ""
    assert (erp.orders(), erp.rows("SELECT * FROM presses")) == ([], [])


def test_an_unknown_customer_is_said_when_the_field_is_left(desk: tuple[Granite, Clerk]) -> None:
    """And the keyboard stays there, so that nothing is typed into another field."""
    _, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+c", "C9999").press("tab")
    assert clerk.told() == "SO-104 Customer not on file"
    assert clerk.see("SO-210").hands.shown() == "C9999"
    clerk.press("alt+n")
    assert clerk.told() == "SO-104 Customer not on file"


def test_keys_that_come_before_a_message_are_for_the_message(desk: tuple[Granite, Clerk]) -> None:
    """What was typed ahead does not land in a field: a blank in it presses the message's button, as ever."""
    _, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+c", "C9999").press("tab").type("abc")
    assert clerk.message() == "SO-104 Customer not on file"
    clerk.type(" ")
    eventually(lambda: "Granite" not in clerk.titles())
    clerk.done()
    clerk.type("de")
    assert clerk.hands.shown() == "C9999de"


def test_a_name_that_several_have_opens_the_look_up(desk: tuple[Granite, Clerk]) -> None:
    """The first one is highlighted, which need not be the right one; Escape takes none."""
    _, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+c", "smith").press("tab").see("SO-211").press("escape").see("SO-210")
    assert clerk.hands.shown() == "smith"
    clerk.press("tab").see("SO-211").press("enter").see("SO-210")
    assert clerk.hands.shown() == "C1001"
    clerk.put("alt+c", "exeter").press("tab", "alt+c")
    assert clerk.hands.shown() == "C1002"
    clerk.put("alt+c", "C2001").press("f4").see("SO-211").press("down", "enter").see("SO-210")
    assert clerk.hands.shown() == "C1002"


def test_an_unknown_item_is_said_when_its_cell_is_left(desk: tuple[Granite, Clerk]) -> None:
    """And the keyboard stays there."""
    _, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+c", "C1001").put("alt+l", "P-99").press("tab")
    assert clerk.told() == "IN-020 Item not on file"
    assert clerk.see("SO-210").hands.shown() == "P-99"


def test_an_unknown_currency_is_said(desk: tuple[Granite, Clerk]) -> None:
    """A beginning that is clear is completed."""
    _, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+u", "XXX").press("tab")
    assert clerk.told() == "SO-112 Currency not on file"
    clerk.see("SO-210").put("alt+u", "c").press("alt+n")
    assert clerk.shown("alt+u") == "CNY"


def test_a_row_without_a_quantity_disappears(desk: tuple[Granite, Clerk]) -> None:
    """When Save is pressed, without a word; numbers are read as leniently as ever."""
    erp, clerk = desk
    clerk.enter(("P-30", "0"), ("P-40", "many"), ("P-50", "1.234,5"), ("P-60", "1,234.5", "1,000.005")).saved()
    lines = erp.rows("SELECT position, item_code, quantity, unit_price FROM order_lines")
    assert [tuple(line.values()) for line in lines] == [
        (1, "P-50", "1.2345", "38.50"),
        (2, "P-60", "1234.5", "1000.01"),
    ]


def test_an_order_of_sixty_lines_can_be_typed_and_read(desk: tuple[Granite, Clerk]) -> None:
    """The grid scrolls with the keyboard; Up and Down keep the column, Ctrl+End finds the first empty row."""
    erp, clerk = desk
    clerk.press("f2").see("SO-210").put("alt+c", "C2003").press("alt+l")
    for place in range(60):
        clerk.type("P-30" if place % 2 else "P-40").press("tab").type(str(place + 1)).press("enter")
    assert clerk.shown("up", "tab") == "60"
    assert clerk.shown(*["up"] * 30) == "30"
    assert clerk.shown("ctrl+end") == ""
    assert clerk.saved() == "Order 10001 saved"
    lines = erp.rows("SELECT position, item_code, quantity FROM order_lines ORDER BY position")
    assert [line["quantity"] for line in lines] == [str(place) for place in range(1, 61)]
    clerk.press("alt+n", "f4").see("SO-230").put("alt+n", "10001").press("enter")
    assert [row[3] for row in clerk.table("alt+l")[1:]] == [str(place) for place in range(1, 61)]


def test_no_is_what_enter_and_escape_mean(desk: tuple[Granite, Clerk]) -> None:
    """Only a clear yes saves; the form is as it was."""
    erp, clerk = desk
    clerk.enter(n="KEPT")
    for key in ("enter", "escape", "space", "alt+o"):
        clerk.press("alt+s")
        assert clerk.message() == "Save order?"
        clerk.answer(key).see("SO-210")
        assert clerk.shown("alt+n") == "KEPT"
    assert erp.orders() == []


def test_a_message_is_copied_as_windows_copies_its_own(desk: tuple[Granite, Clerk]) -> None:
    """Rules of dashes around title, text and buttons."""
    _, clerk = desk
    clerk.enter().press("alt+s").see("Granite")
    rule = "-" * 27
    assert clerk.hands.message() == f"{rule}\nGranite\n{rule}\nSave order?\n{rule}\nYes   No   \n{rule}\n"


def test_a_half_typed_form_stays_as_it_is_beside_other_windows(desk: tuple[Granite, Clerk]) -> None:
    """List and display open over it, even while an unknown customer stands in it; F2 brings it back."""
    erp, clerk = desk
    erp.order()
    clerk.enter(n="KEPT").press("alt+c")
    clerk.hands.put("C99")
    clerk.press("f3").see("SO-220").press("alt+s", "f4").see("SO-230").put("alt+n", "10001").press("enter")
    clerk.press("f2").see("SO-210")
    assert clerk.hands.shown() == "C99"
    assert clerk.put("alt+c", "C1002").shown("alt+n") == "KEPT"
    assert clerk.saved() == "Order 10002 saved"


def test_exit_leaves_the_form_without_a_question(desk: tuple[Granite, Clerk]) -> None:
    """Even where a field may not be left; the next form is blank."""
    erp, clerk = desk
    clerk.enter(n="GONE").put("alt+c", "C99").press("alt+x").see("GR-110").press("f2").see("SO-210")
    assert (clerk.shown("alt+n"), erp.orders()) == ("", [])


def test_chinese_is_stored_as_it_was_pasted(desk: tuple[Granite, Clerk]) -> None:
    """Also characters beyond the basic plane."""
    erp, clerk = desk
    clerk.enter(customer="C2003", r="𠮷野家 重庆某科技").saved()
    assert erp.orders()[0]["remarks"] == "𠮷野家 重庆某科技"
