"""Doubts how stored orders are changed and cancelled in Granite, and by whom."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.drivers.x11_displays import Display
from tests.sandbox.granite_clerks import Clerk, Granite, granite
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[tuple[Granite, Clerk]]:
    """A desk at which BOT1 is signed on, and an order that Mary typed."""
    with granite(tmp_path, display) as (erp, clerk):
        erp.order(external_number="E", po_number="P", remarks="R")
        clerk.sign_on()
        yield erp, clerk


def opened(clerk: Clerk, number: str = "10001") -> Clerk:
    """The change of that order was asked for."""
    return clerk.press("f4").see("SO-230").put("alt+n", number).press("enter", "alt+e")


def test_a_changed_order_keeps_its_number(desk: tuple[Granite, Clerk]) -> None:
    """The form shows what is stored; a row without a quantity goes, another comes."""
    erp, clerk = desk
    opened(clerk).see("Sales Order Change (SO-212)")
    assert [clerk.shown(f"alt+{key}") for key in "bcnyru"] == ["10001", "C1001", "E", "P", "R", "GBP"]
    clerk.put("alt+y", "NEW").lines(("P-30", "0"), ("P-40", "3")).press("alt+s")
    assert clerk.message() == "You are changing an existing order. Save?"
    clerk.answer("alt+y")
    assert clerk.told() == "Order 10001 saved"
    clerk.see("SO-210")
    (order,) = erp.orders()
    assert (order["po_number"], order["changed_by"], order["net_total"]) == ("NEW", "BOT1", "14.25")
    assert [line["item_code"] for line in erp.rows("SELECT * FROM order_lines")] == ["P-40"]
    assert erp.rows("SELECT * FROM locks") == []
    assert clerk.enter().saved() == "Order 10002 saved"


def test_a_description_that_somebody_typed_stays(desk: tuple[Granite, Clerk]) -> None:
    """Going over an item changes nothing; another item brings its own description."""
    erp, clerk = desk
    opened(clerk).see("SO-212").press("alt+l", *["tab"] * 3)
    clerk.hands.put("By hand")
    clerk.press("alt+l", "tab", "shift+tab", "tab")
    clerk.hands.put("4")
    assert clerk.saved() == "Order 10001 saved"
    found = erp.rows("SELECT description, quantity, unit_price FROM order_lines")
    assert found == [{"description": "By hand", "quantity": "4", "unit_price": "12.90"}]


@pytest.mark.parametrize("status", ["Part shipped", "Shipped", "Invoiced", "Paid", "Cancelled"])
def test_what_is_done_is_not_changed(desk: tuple[Granite, Clerk], status: str) -> None:
    """Nor cancelled: there is no form for it."""
    erp, clerk = desk
    erp.control("orders/10001/status", {"status": status})
    assert opened(clerk).told() == f"SO-171 Order cannot be changed: status {status}"
    assert erp.rows("SELECT * FROM locks") == []


def test_somebody_elses_order_is_locked(desk: tuple[Granite, Clerk]) -> None:
    """By name and time, until the other leaves it or signs off."""
    erp, clerk = desk
    opened(clerk).see("SO-212")
    erp.desk("--position", "+700+300")
    mary = clerk.see("GR-100").put("alt+u", "MARY").put("alt+p", "mary").press("enter").see("GR-110")
    told = opened(mary).told()
    assert told.startswith("Record locked by BOT1 since ")
    eventually(lambda: [row["user"] for row in erp.control("desks", method="GET")] == ["BOT1", "MARY"])
    form = clerk.window("SO-212")
    assert form
    clerk.windows.activate(form.id)
    clerk.see("SO-212").press("alt+x")
    eventually(lambda: not erp.rows("SELECT * FROM locks"))


def test_an_order_is_cancelled_after_a_question(desk: tuple[Granite, Clerk]) -> None:
    """No leaves it as it is; the form is blank afterwards, and cancels nothing more."""
    erp, clerk = desk
    opened(clerk).see("SO-212").press("alt+k")
    assert clerk.message() == "Cancel order 10001?"
    clerk.press("escape").see("SO-212").press("alt+k")
    clerk.message()
    clerk.answer("alt+y")
    assert clerk.told() == "Order 10001 cancelled"
    clerk.see("SO-210").press("alt+k").done()
    assert "Granite" not in clerk.titles()
    assert [order["status"] for order in erp.orders()] == ["Cancelled"]
    assert [press["told"] for press in erp.rows("SELECT * FROM presses")] == ["Order 10001 cancelled"]


def test_only_one_form_is_open_at_a_time(desk: tuple[Granite, Clerk]) -> None:
    """A half typed order is in the way of a change, and is not lost by it."""
    erp, clerk = desk
    clerk.enter(n="KEPT").press("alt+n")
    assert opened(clerk).told() == "SO-175 Close the open order first"
    assert clerk.press("f2").see("SO-210").shown("alt+n") == "KEPT"
    assert erp.rows("SELECT * FROM locks") == []


def test_an_unknown_number_is_not_changed(desk: tuple[Granite, Clerk]) -> None:
    """Nor is an empty one."""
    _, clerk = desk
    clerk.press("f4").see("SO-230").put("alt+n", "99999").press("alt+e")
    assert clerk.told() == "SO-120 Order not on file"


def test_a_second_sign_on_ends_the_first_at_its_next_action(desk: tuple[Granite, Clerk]) -> None:
    """Its lock goes at once; its windows stay until they touch the books."""
    erp, clerk = desk
    opened(clerk).see("SO-212").put("alt+y", "LOST")
    erp.desk("--position", "+700+300")
    clerk.see("GR-100").sign_on()
    assert erp.rows("SELECT * FROM locks") == []
    form = clerk.window("SO-212")
    assert form
    clerk.windows.activate(form.id)
    assert clerk.see("SO-212").saved() == "SY-009 Session expired!"
    eventually(lambda: sorted(title[-8:] for title in clerk.titles()) == ["(GR-100)", "ease 5.1"])
    assert erp.orders()[0]["po_number"] == "P"
