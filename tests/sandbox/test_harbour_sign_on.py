"""Doubts Harbour's door: passwords, one session per user, sessions that end, frames."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.harbour_clerks import LINE, Harbour, harbour

EXPIRED = "Session expired! Please sign on again."


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Harbour]:
    """A fresh Harbour."""
    with harbour(tmp_path) as running:
        yield running


def test_sign_on_opens_three_named_frames(erp: Harbour) -> None:
    """Frames `banner`, `menu` and `main`; the banner tells the release."""
    clerk = erp.clerk()
    desk = clerk.sign_on()
    assert [f'<frame name="{name}"' in desk.html for name in ("banner", "menu", "main")] == [True] * 3
    assert "Release 7.2" in clerk.get("/banner").html
    assert clerk.get("/menu").html.count(">Order Entry<") == 2


def test_three_wrong_passwords_lock_the_user(erp: Harbour) -> None:
    """Each answer is HTTP 200 and counts; after the third even the right password is refused."""
    clerk = erp.clerk()
    answers = [clerk.sign_on("bot1", "wrong") for _ in range(3)]
    assert {answer.status for answer in answers} == {200}
    for attempt, answer in enumerate(answers, start=1):
        assert f"SO-001 Invalid user or password (attempt {attempt} of 3)" in answer.html
    assert "SO-002 User locked. Call the system administrator." in clerk.sign_on().html
    assert erp.rows("SELECT failed_attempts, locked FROM users WHERE name = 'BOT1'") == [
        {"failed_attempts": 3, "locked": 1}
    ]


def test_a_right_password_forgives_earlier_failures(erp: Harbour) -> None:
    """Failures count only in a row."""
    clerk = erp.clerk()
    clerk.sign_on("BOT1", "wrong")
    clerk.sign_on()
    assert "attempt 1 of 3" in clerk.sign_on("BOT1", "wrong").html


def test_an_unknown_user_is_told_the_same(erp: Harbour) -> None:
    """Nobody learns which users exist."""
    assert "SO-001 Invalid user or password" in erp.clerk().sign_on("NOBODY", "x").html


def test_a_second_sign_on_of_the_same_user_ends_the_first_session(erp: Harbour) -> None:
    """The first clerk sees the password box, another user stays."""
    first, other = erp.clerk("BOT1"), erp.clerk("BOT2")
    second = erp.clerk("BOT1")
    assert first.get("/so/entry").error == EXPIRED
    assert "txtPass2" in first.get("/so/entry").fields
    assert [clerk.get("/so/entry").error for clerk in (second, other)] == ["", ""]


def test_an_idle_session_ends(erp: Harbour) -> None:
    """After the idle time the next request finds no session."""
    clerk = erp.clerk("BOT1")
    erp.change("UPDATE sessions SET last_seen = last_seen - 899")
    assert clerk.get("/so/list").error == ""
    erp.change("UPDATE sessions SET last_seen = last_seen - 901")
    assert clerk.get("/so/list").error == EXPIRED


def test_signing_on_again_in_the_frame_saves_the_kept_order_behind_an_error(erp: Harbour) -> None:
    """The page says Session expired a second time although the order is in the books, as a real ERP did."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, txtCust="C1001", txtRem="KEPT")
    erp.clerk("BOT1")
    box = clerk.post("/so/save", fields)
    assert (box.error, erp.orders()) == (EXPIRED, [])
    again = clerk.post("/so/save", box.fields | {"txtPass2": "secret-bot1"})
    assert again.error == EXPIRED
    assert [order["remarks"] for order in erp.orders()] == ["KEPT"]
    assert clerk.get("/so/list").error == ""


def test_a_wrong_password_in_the_frame_saves_nothing(erp: Harbour) -> None:
    """And it counts towards the lock."""
    clerk = erp.clerk("BOT1")
    fields = clerk.typed(LINE, txtCust="C1001")
    erp.clerk("BOT1")
    clerk.post("/so/save", fields | {"txtUser2": "BOT1", "txtPass2": "wrong"})
    assert erp.orders() == []
    assert erp.rows("SELECT failed_attempts FROM users WHERE name = 'BOT1'") == [{"failed_attempts": 1}]


def test_sign_off_ends_the_session(erp: Harbour) -> None:
    """The way out leads to the sign-on page, and the session is over."""
    clerk = erp.clerk("BOT1")
    assert "txtUser" in clerk.get("/signoff").fields
    assert clerk.get("/so/entry").error == EXPIRED


def test_without_the_key_there_is_no_control_door(erp: Harbour) -> None:
    """A wrong key and no key both get 404."""
    for headers in ({}, {"X-Control-Key": "wrong"}):
        answer = httpx.get(f"{erp.url}/control/health", headers=headers, verify=False, trust_env=False)
        assert answer.status_code == 404


def test_a_harbour_without_a_key_opens_the_door_to_nobody(tmp_path: Path) -> None:
    """An empty key is no key."""
    with harbour(tmp_path, control_key="") as running:
        answer = httpx.get(
            f"{running.url}/control/health", headers={"X-Control-Key": ""}, verify=False, trust_env=False
        )
        assert answer.status_code == 404


def test_the_control_door_opens_with_the_key(erp: Harbour) -> None:
    """And tells which release answers."""
    assert erp.control("health", None, "GET") == {"status": "ok", "release": "7.2", "encoding": "cp1252"}
