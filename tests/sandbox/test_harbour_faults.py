"""Doubts the faults: each acts as it says, told by the books, the connection and the access log."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.harbour.faults import KINDS
from tests.sandbox.harbour_clerks import LINE, Clerk, Harbour, eventually, harbour

TWO_LINES = (LINE, {"item": "P-40", "quantity": "3"})


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Harbour]:
    """A fresh Harbour."""
    with harbour(tmp_path) as running:
        yield running


@pytest.fixture
def clerk(erp: Harbour) -> Clerk:
    """BOT1, signed on."""
    return erp.clerk("BOT1")


@pytest.fixture
def typed(clerk: Clerk) -> dict[str, str]:
    """A form of two lines, ready to be saved."""
    return clerk.typed(*TWO_LINES, txtCust="C1001", txtRem="REFERENCE-1")


def saves(erp: Harbour) -> list[str]:
    """Every save that reached the server."""
    return [line for line in erp.requests() if line.startswith("POST /so/save")]


def test_cut_before_resets_the_connection_and_saves_nothing(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The request arrived once, the books are empty."""
    erp.fault("cut_before")
    with pytest.raises(httpx.ReadError, match="reset"):
        clerk.post("/so/save", typed)
    assert (erp.orders(), saves(erp)) == ([], ["POST /so/save cut"])


def test_cut_after_saves_one_order_and_resets_the_connection(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The order is there before the client can know; the next save on a new connection works."""
    erp.fault("cut_after")
    with pytest.raises(httpx.ReadError, match="reset"):
        clerk.post("/so/save", typed)
    assert len(erp.orders()) == 1
    assert clerk.post("/so/save", typed).saved == 10002
    assert saves(erp) == ["POST /so/save cut", "POST /so/save 200"]


def test_a_fault_may_wait_for_the_form_that_holds_a_text(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """Whoever else saves is spared, also where only the beginning is the same; the form itself is hit once."""
    erp.fault("cut_before", holding="REFERENCE-1")
    assert clerk.post("/so/save", typed | {"txtRem": "REFERENCE-11"}).saved == 10001
    with pytest.raises(httpx.ReadError, match="reset"):
        clerk.post("/so/save", typed)
    assert clerk.post("/so/save", typed).saved == 10002


def test_late_commit_saves_only_after_the_client_is_gone(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The reset comes at once, the order after the delay, even though the user signed on again meanwhile."""
    erp.fault("late_commit", seconds=2.0)
    began = time.monotonic()
    with pytest.raises(httpx.ReadError, match="reset"):
        clerk.post("/so/save", typed)
    erp.clerk("BOT1")
    assert (erp.orders(), saves(erp)) == ([], ["POST /so/save cut"])
    eventually(erp.orders)
    assert time.monotonic() - began >= 2.0
    assert len(erp.orders()) == 1


def test_list_lag_hides_a_new_order_from_the_list_only(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The number is told and the display shows it, while every search misses it for a while."""
    erp.fault("list_lag", seconds=0.5)
    number = clerk.post("/so/save", typed).saved
    assert "REFERENCE-1" in clerk.get("/so/show", number=str(number)).html
    for asked in ({"fRem": "REFERENCE-1"}, {"fNum": str(number)}):
        assert str(number) not in clerk.get("/so/list", **asked).html.split('id="list"')[1]
    eventually(lambda: f"number={number}" in clerk.get("/so/list").html)


def test_slow_answers_late(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The order is in the books while the client still waits."""
    erp.fault("slow", seconds=0.6)
    began = time.monotonic()
    waiting = threading.Thread(target=clerk.post, args=("/so/save", typed))
    waiting.start()
    eventually(erp.orders)
    assert waiting.is_alive()
    waiting.join()
    assert time.monotonic() - began >= 0.6


def test_slow_before_acts_late_too(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """A client that gives up leaves an order behind that comes later."""
    erp.fault("slow", seconds=0.5, before=True)
    waiting = threading.Thread(target=clerk.post, args=("/so/save", typed))
    waiting.start()
    eventually(lambda: erp.control("faults", None, "GET")[0]["fired"])
    assert erp.orders() == []
    waiting.join()
    assert len(erp.orders()) == 1


def test_error_500_does_nothing(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The only fault with a status of its own."""
    erp.fault("error_500")
    assert clerk.post("/so/save", typed).status == 500
    assert (erp.orders(), saves(erp)) == ([], ["POST /so/save 500"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [("refusal", "SO-150 Credit limit exceeded"), ("record_locked", "Record locked by MARY since 09:14")],
)
def test_a_refusal_saves_nothing(erp: Harbour, clerk: Clerk, typed: dict[str, str], kind: str, text: str) -> None:
    """HTTP 200 and the text."""
    erp.fault(kind)
    page = clerk.post("/so/save", typed)
    assert (page.status, page.error, erp.orders()) == (200, text, [])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "SO-199 Could not save order, please try again"),
        ("Disk full", "Disk full"),
        ("Session expired!", "Session expired! Please sign on again."),
    ],
)
def test_a_false_refusal_has_saved(erp: Harbour, clerk: Clerk, typed: dict[str, str], text: str, shown: str) -> None:
    """The same look as a true one."""
    erp.fault("refusal_but_saved", text=text)
    page = clerk.post("/so/save", typed)
    assert (page.status, page.error, len(erp.orders())) == (200, shown, 1)


@pytest.mark.parametrize("and_saved", [False, True])
def test_a_killed_session_may_have_saved(erp: Harbour, clerk: Clerk, typed: dict[str, str], *, and_saved: bool) -> None:
    """The page is the same; the books differ; the session is over either way."""
    erp.fault("session_killed", and_saved=and_saved)
    assert clerk.post("/so/save", typed).error == "Session expired! Please sign on again."
    assert len(erp.orders()) == int(and_saved)
    assert clerk.get("/so/list").error == "Session expired! Please sign on again."


def test_a_blank_page_has_saved(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """HTTP 200 with nothing in it."""
    erp.fault("blank_page")
    page = clerk.post("/so/save", typed)
    assert (page.status, page.html, len(erp.orders())) == (200, "", 1)


def test_an_alert_comes_with_the_page(erp: Harbour, clerk: Clerk) -> None:
    """On any screen, by default about a backup; the page is otherwise as ever."""
    erp.fault("unexpected_alert", path="/so/list", method="GET")
    assert 'alert("Database backup will start in 5 minutes")' in clerk.get("/so/list").html
    assert "alert(" not in clerk.get("/so/list").html


def test_cut_reference_stores_the_beginning_of_the_remarks(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """The answer looks as ever."""
    erp.fault("cut_reference", length=5)
    assert clerk.post("/so/save", typed).saved == 10001
    assert erp.orders()[0]["remarks"] == "REFER"


@pytest.mark.parametrize(
    ("field", "value"),
    [("customer_code", "C1002"), ("terms", "60"), ("order_date", "2020-01-01"), ("warehouse", "EXPORT")],
)
def test_corrupt_field_changes_the_header_in_silence(
    erp: Harbour, clerk: Clerk, typed: dict[str, str], field: str, value: str
) -> None:
    """Only the named field differs."""
    erp.fault("corrupt_field", field=field, value=value)
    clerk.post("/so/save", typed)
    clerk.post("/so/save", typed)
    ours = ("number", "created_at", field)
    bad, good = ({key: text for key, text in order.items() if key not in ours} for order in erp.orders())
    assert bad == good
    assert [order[field] == value for order in erp.orders()] == [True, False]


def test_corrupt_field_changes_a_line_in_silence(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """Amount and total follow, so that nothing looks wrong by itself."""
    erp.fault("corrupt_field", field="quantity", line=2, value="30")
    clerk.post("/so/save", typed)
    lines = erp.rows("SELECT quantity, amount FROM order_lines ORDER BY position")
    assert lines == [{"quantity": "2", "amount": "25.80"}, {"quantity": "30", "amount": "142.50"}]
    assert erp.orders()[0]["net_total"] == "168.30"


@pytest.mark.parametrize(("line", "left"), [(0, "P-30"), (1, "P-40")])
def test_drop_line_loses_a_line_in_silence(
    erp: Harbour, clerk: Clerk, typed: dict[str, str], line: int, left: str
) -> None:
    """The last one unless told otherwise; the others move up."""
    erp.fault("drop_line", line=line)
    clerk.post("/so/save", typed)
    assert erp.rows("SELECT position, item_code FROM order_lines") == [{"position": 1, "item_code": left}]


def test_saved_twice_makes_two_orders_of_one_request(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """Only the second number is told."""
    erp.fault("saved_twice")
    assert clerk.post("/so/save", typed).saved == 10002
    assert (len(erp.orders()), len(saves(erp))) == (2, 1)


def test_faults_skip_count_and_clear(erp: Harbour, clerk: Clerk, typed: dict[str, str]) -> None:
    """`skip` lets requests pass first, `times` 0 lasts until cleared, the list tells how often each fired."""
    erp.fault("refusal", text="once", skip=1)
    answers = [clerk.post("/so/save", typed).error for _ in range(3)]
    assert answers == ["", "once", ""]
    erp.fault("refusal", text="always", times=0)
    answers = [clerk.post("/so/save", typed).error for _ in range(2)]
    assert answers == ["always", "always"]
    assert [fault["fired"] for fault in erp.control("faults", None, "GET")] == [1, 2]
    erp.control("faults", None, "DELETE")
    assert clerk.post("/so/save", typed).error == ""
    assert erp.control("faults", None, "GET") == []


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "gremlin"},
        {"fault": "corrupt_field", "field": "colour"},
        {"fault": "slow", "colour": "red"},
        {"path": "/"},
        {"fault": "slow", "fired": 3},
    ],
)
def test_a_wrong_wish_is_refused(erp: Harbour, wish: dict[str, str]) -> None:
    """No fault is ordered by accident or half."""
    headers = {"X-Control-Key": erp.options.control_key}
    answer = httpx.post(f"{erp.url}/control/faults", json=wish, headers=headers, verify=False, trust_env=False)
    assert answer.status_code == 400
    assert erp.control("faults", None, "GET") == []


def test_every_kind_of_fault_is_proven_here() -> None:
    """A new kind needs a test above."""
    tests = Path(__file__).read_text("utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in tests] == []
