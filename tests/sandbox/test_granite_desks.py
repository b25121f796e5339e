"""Doubts Granite's desks and office as programs: signing on, ends, looks, releases, and where things are."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from bots.drivers.x11_displays import Display
from sandbox.granite.__main__ import main
from sandbox.granite.chinese import CHINESE
from sandbox.granite.releases import RELEASES
from tests.installations import ROOT
from tests.sandbox.granite_clerks import KEY, Clerk, Granite, alive, granite
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop
FORM = ("customer", "order_date", "currency", "po_number", "external_number", "remarks", "save", "exit")


@pytest.fixture
def desk(display: Display, tmp_path: Path) -> Iterator[tuple[Granite, Clerk]]:
    """A desk at which nobody is signed on."""
    with granite(tmp_path, display) as running:
        yield running


@contextmanager
def started(*options: str, environ: Any = None) -> Iterator["subprocess.Popen[str]"]:
    """A Granite of its own that ends when its standard input closes."""
    command = [sys.executable, "-m", "sandbox.granite", *options, "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


# --- coming and going


def test_a_wrong_password_is_counted_and_locks_the_user(desk: tuple[Granite, Clerk]) -> None:
    """Three times; then the right one does not help. The password is never shown."""
    erp, clerk = desk
    for attempt in (1, 2, 3):
        clerk.put("alt+u", "bot1").put("alt+p", "wrong").press("alt+o")
        assert clerk.told() == f"SO-001 Wrong password (attempt {attempt} of 3)"
        clerk.see("GR-100")
    clerk.put("alt+p", "secret-bot1").press("enter")
    assert clerk.told() == "SO-002 User locked"
    erp.control("users", [{"name": "BOT1", "password": "new"}])
    clerk.see("GR-100").sign_on(password="new")


def test_a_clerk_exits_and_the_desk_ends_well(desk: tuple[Granite, Clerk]) -> None:
    """Exit code 0, and nobody is left signed on."""
    erp, clerk = desk
    clerk.sign_on().press("f12").see("GR-100").press("alt+x")
    assert erp.desks[0].wait(20) == 0
    assert erp.control("desks", method="GET") == []
    assert [row["ended"] for row in erp.rows("SELECT ended FROM sessions")] == ["signed off"]


def test_a_desk_ends_when_its_parent_does(display: Display, tmp_path: Path) -> None:
    """Its standard input closes: exit code 0, whether it works or is frozen."""
    with granite(tmp_path, display) as (erp, clerk):
        options = ("desk", "--database", str(erp.database))
        for frozen in (False, True):
            with started(*options, environ=dict(display.environ)) as process:
                eventually(lambda: sum("GR-100" in title for title in clerk.titles()) == 2)
                if frozen:
                    erp.fault("frozen", seconds=30, pid=process.pid)
                    eventually(lambda: erp.control("faults", method="GET")[0]["fired"])
                assert process.stdin
                process.stdin.close()
                assert process.wait(20) == 0


def test_an_office_serves_until_standard_input_closes(tmp_path: Path) -> None:
    """One line tells address and process; the seed file is in the books; nobody gets in without the key."""
    seed, database = tmp_path / "seed.json", tmp_path / "granite.db"
    seed.write_text(json.dumps({"customers": [{"code": "Z1", "name": "重庆"}]}), encoding="utf-8")
    options = ("--database", str(database), "--control-key", KEY, "--seed", str(seed), "--vat-percent", "20")
    with started("office", *options) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        assert ready["pid"] == process.pid
        with httpx.Client(base_url=ready["url"], verify=False, trust_env=False) as http:
            assert http.get("/control/health").status_code == 404
            http.headers["X-Control-Key"] = KEY
            assert http.get("/control/health").json() == {"status": "ok", "desks": 0}
            line = {"item_code": "P-30", "quantity": "1", "unit_price": "10"}
            wish = {"customer_code": "Z1", "lines": [line]}
            numbers = [http.post("/control/orders", json=wish).json()["number"] for _ in range(3)]
            assert http.post("/control/advance", json={"ship": 2, "invoice": 1}).json() == {
                "invoice": [],
                "ship": numbers[:2],
            }
            charged = http.post(f"/control/orders/{numbers[0]}/charges", json={"discount": "1"})
            assert charged.json()["discount"] == "1.00"
            assert http.post("/control/orders/1/status", json={"status": "Paid"}).status_code == 404
            assert http.post("/control/orders/1/status", json={"status": "Odd"}).status_code == 400
            assert http.post("/control/desks/looks", json={"theme": "alt"}).status_code == 400
        assert process.stdin
        process.stdin.close()
        assert process.wait(20) == 0


def test_an_unknown_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit):
        main(["desk", "--database", str(tmp_path / "g.db"), "--release", "9"])
    assert "invalid choice" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_its_own_ends_a_desk_and_is_told(display: Display, tmp_path: Path) -> None:
    """With exit code 70 and its trace on standard error."""
    with granite(tmp_path, display) as (erp, clerk):
        clerk.sign_on()
        with erp_broken(erp):
            clerk.press("f3").see("SO-220").press("alt+s")
            assert erp.desks[0].wait(20) == 70
        assert "no such table: orders" in erp.complaints()
        (tmp_path / "desks.log").write_text("")


@contextmanager
def erp_broken(erp: Granite) -> Iterator[None]:
    """The books lack a table, while inside."""

    def rename(of: str, to: str) -> None:
        with closing(sqlite3.connect(erp.database, timeout=20)) as db, db:
            db.execute(f"ALTER TABLE {of} RENAME TO {to}")

    rename("orders", "lost")
    yield
    rename("lost", "orders")


# --- looks and places


def test_the_clock_ticks(desk: tuple[Granite, Clerk]) -> None:
    """Pixels change although nobody does anything; the places of buttons do not."""
    erp, clerk = desk
    clerk.sign_on()
    before, end = erp.places(), time.monotonic() + 1.2
    eventually(lambda: time.monotonic() > end)
    assert erp.places() == before


def test_every_place_is_where_a_mouse_finds_it(desk: tuple[Granite, Clerk]) -> None:
    """A click into the middle of a field's place gives it the keyboard, with the check of the one that is left."""
    erp, clerk = desk
    clerk.sign_on().press("f2").see("SO-210")

    def click(name: str) -> None:
        erp.click(clerk, f"order_entry.{name}")

    for name in ("remarks", "lines.3.quantity", "external_number", "customer"):
        click(name)
        eventually(partial(erp.has_keyboard, f"order_entry.{name}"))
        clerk.hands.put(name[:8])
        assert clerk.hands.shown() == name[:8]
    click("remarks")
    assert clerk.told() == "SO-104 Customer not on file"
    assert clerk.see("SO-210").hands.shown() == "customer"
    click("exit")
    clerk.see("GR-110")


def test_looks_change_while_somebody_types(desk: tuple[Granite, Clerk]) -> None:
    """Nothing of what was typed is lost, and every place is still told truly."""
    erp, clerk = desk
    clerk.sign_on().enter(n="KEPT").press("alt+n")
    wishes: tuple[dict[str, Any], ...] = (
        {"theme": "dark"},
        {"theme": "alt", "font": "DejaVu Serif"},
        {"font_size": 13},
        {"font_size": 10, "scale": 1.5},
        {"scale": 1.0, "skin": "zh", "theme": "clam"},
        {"position": "+200+40"},
        {"size": "1000x700"},
    )
    for wish in wishes:
        erp.control("desks/looks", {"pid": erp.pid} | wish)
        assert clerk.shown("alt+n") == "KEPT"
        clerk.press("alt+c")
        eventually(lambda: erp.has_keyboard("order_entry.customer"))
        erp.click(clerk, "order_entry.external_number")
        eventually(lambda: erp.has_keyboard("order_entry.external_number"))
    headers = {"X-Control-Key": KEY}
    bad = {"pid": erp.pid, "theme": "pink"}
    answer = httpx.post(f"{erp.url}/control/desks/looks", json=bad, headers=headers, verify=False, trust_env=False)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "options", [(), ("--skin", "zh"), ("--scale", "1.5"), ("--font-size", "13", "--theme", "dark")]
)
def test_every_window_is_whole_on_its_screen(display: Display, tmp_path: Path, options: tuple[str, ...]) -> None:
    """No field or button is outside of a screen of 1280 by 800, nor over another one."""
    with granite(tmp_path, display, *options) as (erp, clerk):
        clerk.sign_on().press("f2").see("SO-210").press("alt+n", "f3").see("SO-220").press("f4").see("SO-230")
        places = erp.places()
        for name, place in places.items():
            assert place["left"] >= 0, name
            assert place["top"] >= 0, name
            assert place["left"] + place["width"] <= 1280, name
            assert place["top"] + place["height"] <= 800, name
        assert {f"order_entry.{name}" for name in FORM} <= places.keys()
        named = sorted(places.items())
        overlaps = [(a, b) for a, one in named for b, two in named if a < b and _overlap(one, two)]
        assert overlaps == []


def _overlap(one: dict[str, Any], two: dict[str, Any]) -> bool:
    if one["window"] != two["window"]:
        return False
    across = min(one["left"] + one["width"], two["left"] + two["width"]) - max(one["left"], two["left"])
    down = min(one["top"] + one["height"], two["top"] + two["height"]) - max(one["top"], two["top"])
    return bool(across > 0 and down > 0)


def test_the_chinese_skin_has_the_same_keys(display: Display, tmp_path: Path) -> None:
    """Titles with their codes, messages, questions and statuses are Chinese; the books are not."""
    with granite(tmp_path, display, "--skin", "zh") as (erp, clerk):
        assert clerk.titles() == ["花岗 - 登录 (GR-100)"]
        clerk.sign_on()
        assert clerk.front() == "花岗业务系统 (GR-110) - 版本 5.1"
        clerk.press("f2").see("销售订单录入 (SO-210)").put("alt+c", "C9").press("tab")
        assert clerk.message("花岗") == "SO-104 客户不存在"
        clerk.press("enter").see("SO-210").put("alt+c", "C2001").put("alt+n", "E").lines(("P-90", "1")).press("alt+s")
        assert clerk.message("花岗") == "是否保存订单?"
        clerk.answer("alt+y", "花岗")
        eventually(erp.orders)
        assert clerk.message("花岗") == "订单 10001 已保存"
        clerk.press("enter").see("SO-210").press("alt+n", "f3").see("SO-220").press("alt+s")
        headings, row = clerk.table("alt+l")
        assert headings[:2] + headings[-1:] == ["单号", "日期", "总额"]
        assert (row[3], row[8]) == ("重庆某某科技有限责任公司", "未结")
        assert erp.orders()[0]["status"] == "Open"


def test_every_word_is_used_and_chinese() -> None:
    """No English word is left among the Chinese ones, and none is translated that nobody says."""
    written = "".join(path.read_text("utf-8") for path in (ROOT / "sandbox" / "granite").glob("*.py"))
    assert [text for text in CHINESE if written.count(f'"{text}"') + written.count(f'"!{text}"') < 2] == []
    assert [text for text, worded in CHINESE.items() if worded == text] == []


def test_the_update_swaps_access_keys_and_the_order_of_tab(display: Display, tmp_path: Path) -> None:
    """Release 5.2 says so in its main window; whoever types by the old keys types into the wrong field."""
    with granite(tmp_path, display, "--release", "5.2") as (erp, clerk):
        clerk.sign_on()
        assert clerk.front() == "Granite Business System (GR-110) - Release 5.2"
        clerk.press("f2").see("SO-210").put("alt+y", "REMARKS").put("alt+r", "YOUR REF")
        clerk.press("alt+c")
        for text in ("C1001", "01/02/26", "YOUR REF", "EXTERNAL", "EUR", "REMARKS"):
            clerk.hands.put(text)
            clerk.press("tab")
        clerk.lines(("P-30", "1"))
        assert clerk.saved() == "Order 10001 saved"
        (order,) = erp.orders()
        assert [order[name] for name in ("po_number", "remarks", "external_number", "currency")] == [
            "YOUR REF",
            "REMARKS",
            "EXTERNAL",
            "EUR",
        ]


def test_every_release_describes_the_same_form() -> None:
    """An update moves and renames fields; it never adds or loses one, and no access key is there twice."""
    shapes = [(release.header.keys(), set(release.tab_order)) for release in RELEASES.values()]
    assert all(shape == shapes[0] for shape in shapes)
    for release in RELEASES.values():
        keys = [place.key for place in release.header.values() if place.key]
        assert len(set(keys)) == len(keys)
        cells = [(place.row, place.column) for place in release.header.values()]
        assert len(set(cells)) == len(cells)


def test_a_desk_that_does_not_answer_is_named(desk: tuple[Granite, Clerk]) -> None:
    """Who wishes for something at a desk that is not there is told so, in the end."""
    erp, _ = desk
    assert alive(erp.desks[0])
    headers = {"X-Control-Key": KEY}
    address = f"{erp.url}/control/desks/1/places"
    answer = httpx.get(address, headers=headers, verify=False, trust_env=False, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (504, "desk 1 did not answer within 10 seconds")
