"""Doubts changing and cancelling stored orders: the edit lock and the statuses that allow it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.harbour_clerks import LINE, Harbour, harbour


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Harbour]:
    """A Harbour with one order, 10001, of two pieces."""
    with harbour(tmp_path) as running:
        running.clerk("MARY", "mary").save(txtRem="FIRST")
        yield running


def test_a_change_overwrites_the_order(erp: Harbour) -> None:
    """Same number, new content, lock released."""
    clerk = erp.clerk("BOT1")
    page = clerk.get("/so/entry", number="10001")
    assert "You are changing an existing order" in page.html
    fields = clerk.typed({"item": "P-40", "quantity": "1"}, start=page, txtRem="SECOND")
    assert clerk.post("/so/save", fields).saved == 10001
    (order,) = erp.orders()
    assert (order["remarks"], order["net_total"], order["changed_by"]) == ("SECOND", "30.55", "BOT1")
    assert erp.rows("SELECT * FROM locks") == []


def test_a_second_user_sees_the_lock_and_no_buttons(erp: Harbour) -> None:
    """And cannot save what was typed before either."""
    first, second = erp.clerk("BOT1"), erp.clerk("BOT2")
    mine = first.get("/so/entry", number="10001")
    theirs = second.get("/so/entry", number="10001")
    assert theirs.error.startswith("Record locked by BOT1 since ")
    assert 'value="Save"' in mine.html
    assert 'value="Save"' not in theirs.html
    assert second.post("/so/save", theirs.fields | {"txtRem": "STOLEN"}).error.startswith("Record locked by BOT1")
    assert erp.orders()[0]["remarks"] == "FIRST"


def test_exit_releases_the_lock(erp: Harbour) -> None:
    """The next clerk may change the order."""
    first, second = erp.clerk("BOT1"), erp.clerk("BOT2")
    first.get("/so/entry", number="10001")
    first.get("/so/exit", number="10001")
    assert second.get("/so/entry", number="10001").error == ""


@pytest.mark.parametrize("ending", ["sign off", "sign on elsewhere", "idle"])
def test_the_end_of_a_session_releases_its_locks(erp: Harbour, ending: str) -> None:
    """However it ends."""
    first = erp.clerk("BOT1")
    first.get("/so/entry", number="10001")
    if ending == "sign off":
        first.get("/signoff")
    elif ending == "idle":
        erp.change("UPDATE sessions SET last_seen = 0 WHERE user = 'BOT1'")
    else:
        erp.clerk("BOT1")
    assert erp.clerk("BOT2").get("/so/entry", number="10001").error == ""


def test_an_open_order_can_be_cancelled(erp: Harbour) -> None:
    """Status Cancelled, lines kept."""
    clerk = erp.clerk("BOT1")
    page = clerk.post("/so/cancel", clerk.get("/so/entry", number="10001").fields)
    assert "Order 10001 cancelled" in page.html
    assert [order["status"] for order in erp.orders()] == ["Cancelled"]
    assert len(erp.rows("SELECT * FROM order_lines")) == 1


@pytest.mark.parametrize("status", ["Part shipped", "Shipped", "Invoiced", "Paid", "Cancelled"])
def test_later_statuses_forbid_changing_and_cancelling(erp: Harbour, status: str) -> None:
    """Also for a form that was opened before."""
    clerk = erp.clerk("BOT1")
    fields = clerk.get("/so/entry", number="10001").fields
    erp.control("orders/10001/status", {"status": status})
    assert clerk.get("/so/entry", number="10001").error == f"SO-171 Order cannot be changed: status {status}"
    assert clerk.post("/so/cancel", fields).error == f"SO-170 Order cannot be cancelled: status {status}"
    assert clerk.post("/so/save", fields | {"txtRem": "LATE"}).error.startswith("SO-170 Order cannot be changed")
    assert (erp.orders()[0]["status"], erp.orders()[0]["remarks"]) == (status, "FIRST")


def test_an_unknown_number_is_told(erp: Harbour) -> None:
    """Display, change and cancel alike."""
    clerk = erp.clerk("BOT1")
    pages = [
        clerk.get("/so/show", number="9"),
        clerk.get("/so/entry", number="9"),
        clerk.post("/so/cancel", {"number": "9"}),
    ]
    assert {page.error for page in pages} == {"SO-120 Order not on file"}
    assert LINE["item"] in clerk.get("/so/show", number="10001").html
