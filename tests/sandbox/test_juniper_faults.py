"""Doubts Juniper's faults: each acts as it says, told by the books, the line and the screen."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from sandbox.juniper.faults import KINDS, Fault, FaultBook
from tests.sandbox.harbour_clerks import eventually
from tests.sandbox.juniper_clerks import KEY, Clerk, Juniper, juniper

TWO_LINES = (("P-30", "2"), ("P-40", "3"))


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Juniper]:
    """A fresh Juniper."""
    with juniper(tmp_path) as running:
        yield running


@pytest.fixture
def clerk(erp: Juniper) -> Clerk:
    """BOT1, in front of the question whether to save."""
    clerk = erp.clerk("BOT1")
    clerk.typed(*TWO_LINES, external="REFERENCE-1")
    clerk.press("F6")
    return clerk


def outcomes(erp: Juniper) -> list[str]:
    """What became of every save that reached the host."""
    return [row["outcome"] for row in erp.rows("SELECT outcome FROM deeds WHERE at = 'save' ORDER BY id")]


def test_cut_before_stores_nothing(erp: Juniper, clerk: Clerk) -> None:
    """The line is gone, the books are empty."""
    erp.fault("cut_before")
    clerk.send("Y")
    clerk.glass.until(lambda: clerk.glass.closed)
    assert (erp.orders(), outcomes(erp)) == ([], ["cut"])
    assert isinstance(clerk.glass.lost, ConnectionResetError)


def test_cut_after_stores_one_order(erp: Juniper, clerk: Clerk) -> None:
    """The order is there before the line is lost, and its number is never told."""
    erp.fault("cut_after")
    clerk.send("Y")
    clerk.glass.until(lambda: clerk.glass.closed)
    assert (len(erp.orders()), outcomes(erp)) == (1, ["cut"])
    assert "saved" not in clerk.glass.transcript


def test_late_commit_stores_after_the_line_is_gone(erp: Juniper, clerk: Clerk) -> None:
    """Even though the user signed on again meanwhile."""
    erp.fault("late_commit", seconds=2.0)
    began = time.monotonic()
    clerk.send("Y")
    clerk.glass.until(lambda: clerk.glass.closed)
    erp.clerk("BOT1")
    assert erp.orders() == []
    eventually(erp.orders)
    assert time.monotonic() - began >= 2.0


def test_list_lag_hides_a_new_order_from_the_list_only(erp: Juniper, clerk: Clerk) -> None:
    """The display shows it, the list finds it later."""
    erp.fault("list_lag", seconds=2.0)
    clerk.press("Y")
    clerk.press("F3")
    assert "REFERENCE-1" in clerk.displayed(10001)
    clerk.press("F3")
    clerk.choose(2)
    clerk.press("ENTER")
    assert "0 orders" in clerk.text
    eventually(lambda: clerk.press("ENTER") == "" and "1 orders" in clerk.text)


@pytest.mark.parametrize("before", [False, True])
def test_slow_answers_late(erp: Juniper, clerk: Clerk, *, before: bool) -> None:
    """Keys typed meanwhile are lost, one bell for each; with `before` the deed is late too."""
    erp.fault("slow", seconds=0.6, before=before)
    began = time.monotonic()
    clerk.send("Y")
    clerk.wait("X SYSTEM")
    eventually(lambda: outcomes(erp))
    assert bool(erp.orders()) is not before
    bells = clerk.glass.bells
    clerk.send("C1002")
    eventually(lambda: clerk.glass.bells == bells + 5)
    clerk.wait("Order 10001 saved")
    assert (time.monotonic() - began >= 0.6, clerk.cell(3, 19, 8)) == (True, "")


def test_frozen_lets_no_byte_through(erp: Juniper, clerk: Clerk) -> None:
    """The order is stored, a broadcast and the answer come late, and keys typed into the ice are taken afterwards."""
    erp.fault("frozen", seconds=0.8)
    clerk.send("Y")
    eventually(erp.orders)
    erp.control("broadcast", {"text": "hello"})
    clerk.send("C1002", "ENTER")
    assert "saved" not in clerk.text
    assert "hello" not in clerk.text
    clerk.wait("Smith Ltd (Exeter)")
    assert {"hello", "Order 10001 saved"} <= set(re.findall("hello|Order 10001 saved", clerk.glass.transcript))
    saved, entered = (datetime.fromisoformat(row["arrived_at"]) for row in erp.rows("SELECT * FROM deeds")[-2:])
    assert (entered - saved).total_seconds() >= 0.8


@pytest.mark.parametrize(
    ("kind", "text"),
    [("refusal", "SO-150 Credit limit exceeded"), ("record_locked", "Record locked by MARY since 09:14")],
)
def test_a_refusal_stores_nothing(erp: Juniper, clerk: Clerk, kind: str, text: str) -> None:
    """The form stays as it was."""
    erp.fault(kind)
    assert clerk.press("Y") == text
    assert (erp.orders(), clerk.cell(4, 19, 20)) == ([], "REFERENCE-1")


def test_a_false_refusal_has_stored(erp: Juniper, clerk: Clerk) -> None:
    """The same look as a true one."""
    erp.fault("refusal_but_saved")
    assert clerk.press("Y") == "SO-199 Could not save order, please try again"
    assert (len(erp.orders()), clerk.cell(4, 19, 20)) == (1, "REFERENCE-1")


def test_an_expired_session_may_have_stored(erp: Juniper, clerk: Clerk) -> None:
    """The sign-on screen says nothing of the order."""
    erp.fault("refusal_but_saved", text="Session expired!")
    assert clerk.press("Y") == "SY-009 Session expired!"
    assert len(erp.orders()) == 1


@pytest.mark.parametrize("and_saved", [False, True])
def test_a_killed_session_may_have_stored(erp: Juniper, clerk: Clerk, *, and_saved: bool) -> None:
    """The screen is the same, the books differ."""
    erp.fault("session_killed", and_saved=and_saved)
    assert clerk.press("Y") == "SY-009 Session expired!"
    assert "(GR-100)" in clerk.text
    assert len(erp.orders()) == int(and_saved)


def test_a_blank_screen_has_stored_and_answers_no_key(erp: Juniper, clerk: Clerk) -> None:
    """Not even a repaint brings anything back; signing on elsewhere works."""
    erp.fault("blank_screen")
    clerk.send("Y")
    clerk.glass.until(lambda: not clerk.text.strip())
    clerk.send("REPAINT", "ENTER", "F3")
    erp.clerk("BOT1")
    assert (len(erp.orders()), clerk.text.strip()) == (1, "")


def test_a_broadcast_may_take_the_place_of_the_answer(erp: Juniper, clerk: Clerk) -> None:
    """A repaint takes it away and brings no answer."""
    erp.fault("broadcast_over_answer")
    clerk.send("Y")
    clerk.wait("Message from root: Backup starts in 5 minutes")
    assert clerk.message.startswith("Message from root")
    clerk.send("REPAINT")
    clerk.glass.until(lambda: not clerk.message and "(SO-210)" in clerk.text)
    assert len(erp.orders()) == 1


def test_a_half_drawn_answer_comes_in_pieces(erp: Juniper, clerk: Clerk) -> None:
    """The title is there while the rest is not; the keyboard is free only at the end."""
    erp.fault("half_drawn", at="search", milliseconds=60)
    for _ in range(3):
        erp.put()
    clerk.press("N")
    clerk.press("F3")
    clerk.choose(2)
    clerk.send("ENTER")
    clerk.glass.until(lambda: "10001" in clerk.text and "3 orders" not in clerk.text)
    clerk.wait("3 orders")


def test_a_lost_line_comes_with_a_repaint(erp: Juniper, clerk: Clerk) -> None:
    """The answer was painted, and never arrived."""
    erp.fault("lost_line")
    clerk.press("Y")
    assert "saved" not in clerk.text
    assert len(erp.orders()) == 1
    clerk.send("REPAINT")
    clerk.wait("Order 10001 saved")


def test_a_reference_may_be_cut(erp: Juniper, clerk: Clerk) -> None:
    """Without a word."""
    erp.fault("cut_reference", length=5)
    assert clerk.press("Y") == "Order 10001 saved"
    assert erp.orders()[0]["external_no"] == "REFER"


def test_fields_may_be_corrupted(erp: Juniper, clerk: Clerk) -> None:
    """Of the header, or of a line; dates and figures too."""
    erp.fault("corrupt_field", field="order_date", value="2020-01-02")
    erp.fault("corrupt_field", field="quantity", value="7", line=2, skip=1)
    clerk.press("Y")
    clerk.press("F3")
    clerk.saved(*TWO_LINES)
    assert erp.orders()[0]["order_date"] == "2020-01-02"
    assert [line[1] for line in erp.lines(10002)] == ["2", "7"]


def test_a_line_may_be_dropped_and_an_order_doubled(erp: Juniper, clerk: Clerk) -> None:
    """The second number is told."""
    erp.fault("drop_line", line=1)
    erp.fault("saved_twice")
    assert clerk.press("Y") == "Order 10002 saved"
    assert [[line[0] for line in erp.lines(number)] for number in (10001, 10002)] == [["P-40"], ["P-40"]]


@pytest.mark.parametrize(
    ("at", "choice", "keys"),
    [
        ("cancel", 4, [["10001", "ENTER"], ["F9"], ["Y"]]),
        ("search", 2, [["ENTER"]]),
        ("display", 3, [["10001", "ENTER"]]),
        ("enter", 1, [["ENTER"]]),
    ],
)
def test_other_deeds_can_be_hit_too(erp: Juniper, at: str, choice: int, keys: list[list[str]]) -> None:
    """A refusal at each of them, and nothing is done."""
    erp.put()
    erp.fault("refusal", at=at, text="No")
    clerk = erp.clerk("BOT1")
    clerk.choose(choice)
    assert [clerk.press(*each) for each in keys][-1] == "No"
    assert erp.orders()[0]["status"] == "Open"


def test_signing_on_can_be_refused_too(erp: Juniper) -> None:
    """Once; the next try opens the menu."""
    erp.fault("refusal", at="sign_on", text="No")
    clerk = erp.clerk()
    assert clerk.sign_on() == "No"
    assert clerk.press("ENTER") == ""
    assert "(GR-110)" in clerk.text


def test_a_fault_may_wait_for_the_form_that_holds_a_text(erp: Juniper, clerk: Clerk) -> None:
    """Whoever else saves is spared."""
    erp.fault("refusal", holding="REFERENCE-1")
    other = erp.clerk("BOT2")
    assert other.saved(external="REFERENCE-11") == "Order 10001 saved"
    assert clerk.press("Y") == "SO-150 Credit limit exceeded"
    assert [fault["fired"] for fault in erp.control("faults", method="GET")] == [1]
    erp.control("faults", method="DELETE")
    assert erp.control("faults", method="GET") == []


def test_times_and_skip_are_counted() -> None:
    """The first two pass, the next two are hit, the fifth passes."""
    book = FaultBook()
    book.order({"fault": "refusal", "times": 2, "skip": 2})
    assert [bool(book.take("save", set())) for _ in range(5)] == [False, False, True, True, False]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_ordered_and_unknown_wishes_are_refused(kind: str) -> None:
    """By name, for known deeds, with known parameters."""
    field = {"field": "remarks"} if kind == "corrupt_field" else {}
    assert FaultBook().order({"fault": kind, "at": "cancel"} | field).fault == kind
    for wrong in ({"fault": kind, "colour": 1}, {"at": "save"}, {"fault": "none"}, {"fault": kind, "at": "lunch"}):
        with pytest.raises(ValueError, match="unknown"):
            FaultBook().order(wrong)
    with pytest.raises(ValueError, match="field must be"):
        Fault(fault="corrupt_field", field="position")


def test_the_control_door_needs_its_key(erp: Juniper) -> None:
    """Without it there is no such address; a wrong wish is told."""
    with httpx.Client(base_url=erp.address.url, verify=False, trust_env=False) as stranger:
        assert stranger.get("/control/health").status_code == 404
        right = {"X-Control-Key": KEY}
        assert stranger.get("/control/health", headers=right).json()["status"] == "ok"
        wrong = stranger.post("/control/advance", headers=right, json={"eat": 1})
        assert (wrong.status_code, "unknown stages" in wrong.json()["error"]) == (400, True)
        assert stranger.post("/control/orders/1/status", headers=right, json={"status": "Open"}).status_code == 404
