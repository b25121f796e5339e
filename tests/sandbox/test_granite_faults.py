"""Doubts the faults of Granite: each acts as it says, told by the books, the windows and the end of the desk."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bots.drivers.x11_displays import Display
from sandbox.granite.faults import KINDS
from tests.sandbox.granite_clerks import KEY, Clerk, Granite, granite
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop
TWO_LINES = (("P-30", "2", ""), ("P-40", "3", ""))
CRASHED = 9
FALSE_REFUSAL = "SO-199 Could not save order, please try again"


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[tuple[Granite, Clerk]]:
    """A desk at which BOT1 has typed an order of two lines."""
    with granite(tmp_path, display) as (erp, clerk):
        clerk.sign_on().enter(*TWO_LINES, n="REFERENCE-1")
        yield erp, clerk


def test_crash_before_ends_the_desk_with_nothing_done(desk: tuple[Granite, Clerk]) -> None:
    """Save was pressed, and all windows are gone."""
    erp, clerk = desk
    erp.fault("crash_before")
    clerk.save()
    eventually(lambda: erp.control("desks", method="GET") == [])
    assert erp.desks[0].wait(20) == CRASHED
    assert erp.orders() == []
    assert [press["action"] for press in erp.rows("SELECT * FROM presses")] == ["save"]


def test_crash_after_ends_the_desk_with_the_order_stored(desk: tuple[Granite, Clerk]) -> None:
    """Nobody read its number; the next desk is as good as new."""
    erp, clerk = desk
    erp.fault("crash_after")
    clerk.save()
    assert erp.desks[0].wait(20) == CRASHED
    assert len(erp.orders()) == 1
    erp.desk()
    clerk.sign_on().enter(*TWO_LINES)
    assert clerk.saved() == "Order 10002 saved"


@pytest.mark.parametrize("dies", [False, True])
def test_late_commit_is_booked_by_the_office(desk: tuple[Granite, Clerk], *, dies: bool) -> None:
    """The desk says nothing or dies; the order comes later, even if the user signed on again meanwhile."""
    erp, clerk = desk
    erp.fault("late_commit", seconds=1.5, and_dies=dies)
    began = time.monotonic()
    clerk.save()
    eventually(lambda: erp.rows("SELECT * FROM spool"), 20)
    assert (erp.orders(), clerk.window("Granite -")) == ([], None)
    if dies:
        assert erp.desks[0].wait(20) == CRASHED
    erp.desk()
    clerk.sign_on()
    eventually(erp.orders)
    assert time.monotonic() - began >= 1.5
    assert [order["external_number"] for order in erp.orders()] == ["REFERENCE-1"]


def test_a_late_cancellation_needs_its_lock(desk: tuple[Granite, Clerk]) -> None:
    """The session that asked for it has ended, so the office leaves the order alone."""
    erp, clerk = desk
    clerk.press("alt+x").see("GR-110")
    erp.order()
    erp.fault("late_commit", at="cancel", seconds=1.0)
    clerk.press("f4").see("SO-230").put("alt+n", "10001").press("enter", "alt+e").see("SO-212").press("alt+k")
    assert clerk.message() == "Cancel order 10001?"
    clerk.answer("alt+y").see("SO-212").press("f12").see("GR-100")
    eventually(lambda: erp.rows("SELECT outcome FROM spool WHERE outcome <> ''"))
    assert erp.orders()[0]["status"] == "Open"


def test_list_lag_hides_a_new_order_from_the_list_only(desk: tuple[Granite, Clerk]) -> None:
    """The number is told and the display shows it, while every search misses it for a while."""
    erp, clerk = desk
    erp.fault("list_lag", seconds=4.0)
    assert clerk.saved() == "Order 10001 saved"
    clerk.press("f3").see("SO-220").put("alt+r", "REFERENCE-1").press("alt+s")
    assert clerk.shown("alt+o") == "0"
    clerk.press("f4").see("SO-230").put("alt+n", "10001").press("enter")
    assert clerk.shown("alt+n", "tab") == "Open"
    eventually(lambda: time.time() > erp.orders()[0]["visible_at"])
    clerk.press("f3").see("SO-220").put("alt+r", "REFERENCE-1").press("alt+s")
    assert clerk.shown("alt+o") == "1"


def test_slow_answers_late(desk: tuple[Granite, Clerk]) -> None:
    """The order is in the books while the desk still does nothing."""
    erp, clerk = desk
    erp.fault("slow", seconds=1.5)
    began = time.monotonic()
    clerk.save()
    eventually(erp.orders)
    assert time.monotonic() - began < 1.5
    assert clerk.told() == "Order 10001 saved"
    assert time.monotonic() - began >= 1.5


def test_slow_before_acts_late_too(desk: tuple[Granite, Clerk]) -> None:
    """Whoever gives up leaves an order behind that comes later."""
    erp, clerk = desk
    erp.fault("slow", seconds=1.5, before=True)
    clerk.save()
    eventually(lambda: erp.control("faults", method="GET")[0]["fired"])
    assert erp.orders() == []
    assert clerk.told() == "Order 10001 saved"


@pytest.mark.parametrize(
    ("kind", "text"),
    [("refusal", "SO-150 Credit limit exceeded"), ("record_locked", "Record locked by MARY since 09:14")],
)
def test_a_refusal_saves_nothing(desk: tuple[Granite, Clerk], kind: str, text: str) -> None:
    """Its text, and the form stays as it was."""
    erp, clerk = desk
    erp.fault(kind)
    assert clerk.saved() == text
    assert (clerk.see("SO-210").shown("alt+n"), erp.orders()) == ("REFERENCE-1", [])


@pytest.mark.parametrize("text", ["", "Disk full"])
def test_a_false_refusal_has_saved(desk: tuple[Granite, Clerk], text: str) -> None:
    """The same look as a true one."""
    erp, clerk = desk
    erp.fault("refusal_but_saved", text=text)
    assert clerk.saved() == (text or FALSE_REFUSAL)
    assert (clerk.see("SO-210").shown("alt+n"), len(erp.orders())) == ("REFERENCE-1", 1)


@pytest.mark.parametrize("and_saved", [False, True])
def test_a_killed_session_may_have_saved(desk: tuple[Granite, Clerk], *, and_saved: bool) -> None:
    """The message is the same and leads back to sign-on; the books differ."""
    erp, clerk = desk
    erp.fault("session_killed", and_saved=and_saved)
    assert clerk.saved() == "SY-009 Session expired!"
    clerk.see("GR-100")
    eventually(lambda: len(clerk.titles()) == 1)
    assert len(erp.orders()) == int(and_saved)


def test_no_answer_leaves_the_form_as_it_is(desk: tuple[Granite, Clerk]) -> None:
    """Stored, and no message ever: a second Save would be a second order."""
    erp, clerk = desk
    erp.fault("no_answer")
    clerk.save().see("SO-210")
    assert clerk.shown("alt+n") == "REFERENCE-1"
    assert len(erp.orders()) == 1
    assert clerk.saved() == "Order 10002 saved"


def test_an_unexpected_message_comes_before_the_answer(desk: tuple[Granite, Clerk]) -> None:
    """Then the answer comes, as ever."""
    erp, clerk = desk
    erp.fault("unexpected_message")
    assert clerk.saved() == "Database backup will start in 5 minutes"
    assert clerk.told() == "Order 10001 saved"
    erp.fault("unexpected_message", at="leave_field", text="Lunch")
    clerk.see("SO-210").put("alt+c", "C1002").press("tab")
    assert clerk.told() == "Lunch"
    assert clerk.see("SO-210").shown("alt+c") == "C1002"


def test_cut_reference_stores_the_beginning_of_the_external_number(desk: tuple[Granite, Clerk]) -> None:
    """The answer looks as ever."""
    erp, clerk = desk
    erp.fault("cut_reference", length=5)
    assert clerk.saved() == "Order 10001 saved"
    assert erp.orders()[0]["external_number"] == "REFER"


@pytest.mark.parametrize(
    ("field", "value"), [("customer_code", "C1002"), ("terms", "60"), ("order_date", "2020-01-01")]
)
def test_corrupt_field_changes_the_header_in_silence(desk: tuple[Granite, Clerk], field: str, value: str) -> None:
    """Once, and only the named field."""
    erp, clerk = desk
    erp.fault("corrupt_field", field=field, value=value)
    for _ in range(2):
        assert clerk.saved().endswith("saved")
        clerk.see("SO-210").enter(*TWO_LINES, n="REFERENCE-1")
    bad, good = erp.orders()
    assert {name for name in bad if bad[name] != good[name]} == {"number", "created_at", field}
    assert bad[field] == value


def test_corrupt_field_changes_a_line_in_silence(desk: tuple[Granite, Clerk]) -> None:
    """Amount and total follow, so that nothing looks wrong by itself."""
    erp, clerk = desk
    erp.fault("corrupt_field", field="quantity", line=2, value="30")
    clerk.saved()
    lines = erp.rows("SELECT quantity, amount FROM order_lines ORDER BY position")
    assert lines == [{"quantity": "2", "amount": "25.80"}, {"quantity": "30", "amount": "142.50"}]
    assert erp.orders()[0]["net_total"] == "168.30"


@pytest.mark.parametrize(("line", "left"), [(0, "P-30"), (1, "P-40")])
def test_drop_line_loses_a_line_in_silence(desk: tuple[Granite, Clerk], line: int, left: str) -> None:
    """The last one unless told otherwise; the others move up."""
    erp, clerk = desk
    erp.fault("drop_line", line=line)
    clerk.saved()
    assert erp.rows("SELECT position, item_code FROM order_lines") == [{"position": 1, "item_code": left}]


def test_saved_twice_makes_two_orders_of_one_press(desk: tuple[Granite, Clerk]) -> None:
    """Only the second number is told."""
    erp, clerk = desk
    erp.fault("saved_twice")
    assert clerk.saved() == "Order 10002 saved"
    assert (len(erp.orders()), len(erp.rows("SELECT * FROM presses"))) == (2, 1)


def test_a_frozen_desk_goes_on_with_all_keys_it_got(desk: tuple[Granite, Clerk]) -> None:
    """It does nothing for a while, then everything, in its order."""
    erp, clerk = desk
    clerk.press("alt+r").done()
    erp.fault("frozen", seconds=1.5)
    eventually(lambda: erp.control("faults", method="GET")[0]["fired"])
    began = time.monotonic()
    clerk.type("while frozen").press("alt+y").type("later")
    assert clerk.shown("alt+r") == "while frozen"
    assert time.monotonic() - began >= 1.0
    assert clerk.shown("alt+y") == "later"


def test_a_stolen_keyboard_takes_keys_until_it_is_given_back(desk: tuple[Granite, Clerk]) -> None:
    """A window like another program's comes at a moment that the test chooses, or in the middle of an action."""
    erp, clerk = desk
    clerk.press("alt+r").done()
    erp.control("desks/do", {"pid": erp.pid, "what": "steal_focus", "seconds": 2})
    clerk.see("Backup").type("stolen").see("SO-210")
    assert clerk.shown("alt+r") == ""
    erp.fault("steal_focus", at="leave_field", seconds=1, holding="kept")
    clerk.put("alt+r", "kept").press("tab").see("Backup").see("SO-210")
    assert clerk.shown("alt+r") == "kept"


def test_a_cover_hides_the_form_and_leaves_it_the_keyboard(desk: tuple[Granite, Clerk]) -> None:
    """No window list knows it."""
    erp, clerk = desk
    before = clerk.titles()
    erp.control("desks/do", {"pid": erp.pid, "what": "cover", "seconds": 2})
    assert (clerk.front(), clerk.titles()) == ("Sales Order Entry (SO-210)", before)
    assert clerk.put("alt+r", "typed under it").shown("alt+r") == "typed under it"


def test_the_form_is_minimised_moved_and_resized(desk: tuple[Granite, Clerk]) -> None:
    """By themselves, while a clerk works; F2 brings a minimised form back as it was."""
    erp, clerk = desk

    def place() -> tuple[int, int, int, int]:
        window = clerk.window("SO-210")
        assert window
        return window.left, window.top, window.width, window.height

    erp.control("desks/do", {"pid": erp.pid, "what": "resize", "width": 900, "height": 600})
    eventually(lambda: place()[2:] == (900, 600))
    erp.control("desks/do", {"pid": erp.pid, "what": "move", "left": 200, "top": 100})
    eventually(lambda: abs(place()[0] - 200) < 10 and abs(place()[1] - 100) < 40)
    erp.control("desks/do", {"pid": erp.pid, "what": "minimise"})
    eventually(lambda: (window := clerk.window("SO-210")) and window.is_hidden)
    menu = clerk.window("GR-110")
    assert menu
    clerk.windows.activate(menu.id)
    clerk.see("GR-110").press("f2").see("SO-210")
    assert clerk.shown("alt+n") == "REFERENCE-1"


def test_faults_wait_skip_count_and_clear(desk: tuple[Granite, Clerk]) -> None:
    """`holding` waits for a text, `skip` lets actions pass, `times` 0 lasts until cleared; the list tells how often."""
    erp, clerk = desk
    erp.fault("refusal", text="other", holding="REFERENCE-11")
    erp.fault("refusal", text="mine", holding="REFERENCE-1", skip=1)
    erp.fault("refusal", at="search", text="always", times=0)
    assert clerk.saved() == "Order 10001 saved"
    assert clerk.see("SO-210").enter(n="REFERENCE-1").saved() == "mine"
    for _ in range(2):
        clerk.press("f3").see("SO-220").press("alt+s")
        assert clerk.told() == "always"
    assert [fault["fired"] for fault in erp.control("faults", method="GET")] == [0, 1, 2]
    erp.control("faults", method="DELETE")
    assert erp.control("faults", method="GET") == []
    clerk.see("SO-220").press("alt+s")
    assert clerk.shown("alt+o") == "1"


@pytest.mark.parametrize(
    "wish",
    [
        {"fault": "gremlin"},
        {"fault": "corrupt_field", "field": "colour"},
        {"fault": "slow", "colour": "red"},
        {"at": "save"},
        {"fault": "slow", "fired": 3},
        {"fault": "slow", "at": "lunch"},
        {"fault": "slow", "at": ""},
    ],
)
def test_a_wrong_wish_is_refused(desk: tuple[Granite, Clerk], wish: dict[str, str]) -> None:
    """No fault is ordered by accident or half."""
    erp, _ = desk
    headers = {"X-Control-Key": KEY}
    answer = httpx.post(f"{erp.url}/control/faults", json=wish, headers=headers, verify=False, trust_env=False)
    assert answer.status_code == 400
    assert erp.control("faults", method="GET") == []


def test_every_kind_of_fault_is_proven_here() -> None:
    """A new kind needs a test above."""
    tests = Path(__file__).read_text("utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in tests] == []
