"""Does one bridge type the same orders into a desktop ERP and a terminal ERP, each once, with evidence of it?"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest
import tomli_w

from bridge.model.postings import PostingState
from bridge.settings import keep_secret, load_settings
from sandbox.crm.servers import KEY as CRM_KEY
from sandbox.crm.servers import CrmServer
from tests.contracts.granite_worlds import Books, books, desk_command
from tests.desktops.labs import why_not
from tests.installations import PASSWORD, ROOT, Crm, Workplace, configuration, order
from tests.sandbox.harbour_clerks import eventually
from tests.sandbox.juniper_clerks import Juniper, juniper

pytestmark = pytest.mark.desktop
SMALL = {"timeout": 20.0, "save_timeout": 10.0}


@dataclass
class TwoErps(Workplace):
    """A bridge between the toy CRM and two ERPs."""

    crm: Crm
    granite: Books
    juniper: Juniper


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwoErps]:
    """Both ERPs behind one bridge."""
    if why_not() is not None:
        pytest.skip(str(why_not()))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with CrmServer(tmp_path / "crm.sqlite") as crm, books(tmp_path) as granite, juniper(tmp_path) as running:
        _furnish(tmp_path, crm.url, granite, running)
        house = TwoErps(tmp_path, Crm(crm.url), granite, running)
        try:
            yield house
        finally:
            house.app.close()


def _furnish(folder: Path, crm: str, granite: Books, running: Juniper) -> None:
    content = configuration(folder, crm, "http://127.0.0.1:1")
    plain = content["erps"].pop("harbour")
    plain.pop("browser")
    desktop = {"address": desk_command(granite.database), "selectors": str(ROOT / "selectors" / "granite")}
    terminal: dict[str, Any] = {
        "address": f"ssh://erp@127.0.0.1:{running.address.port}",
        "selectors": str(ROOT / "selectors" / "juniper"),
        "terminal": SMALL | {"host_key": running.address.host_key},
    }
    content["erps"] = {"granite": plain | desktop | {"desktop": SMALL}, "juniper": plain | terminal}
    (folder / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    settings = load_settings(folder / "erpbridge.toml")
    for name, value in {
        "crm.sandbox": CRM_KEY,
        "erp.granite": PASSWORD,
        "erp.juniper": PASSWORD,
        "host.juniper": "juniper",
    }.items():
        keep_secret(name, value, settings)


def test_orders_are_posted_once_in_each_and_every_picture_is_vouched_for(house: TwoErps) -> None:
    """By the books of both ERPs; the pictures of the terminal have their characters beside them."""
    orders = [order(po_number="采购 𠮷1"), order(po_number="PO <>|@#"), order()]
    postings = house.posted(house.crm.put(*orders))
    found = {(each.erp, each.reference): each.state for each in house.app.store.ledger.postings()}
    assert set(found.values()) == {PostingState.POSTED}, [(each.erp, each.reason) for each in postings]
    assert len(found) == 6
    typed = sorted(str(each["po_number"]) for each in orders)
    assert sorted(po for (po,) in house.granite.rows("SELECT po_number FROM orders")) == typed
    assert sorted(row["your_ref"] for row in house.juniper.rows("SELECT your_ref FROM orders")) == typed

    screenshots = house.folder / "screenshots"
    grids = [json.loads(path.read_text(encoding="utf-8")) for path in screenshots.rglob("*.json")]
    assert any("Order 10001 saved" in " ".join(grid["rows"]) for grid in grids)
    assert [verdict.returncode for verdict in _verdicts(house, screenshots)] == [0, 0]
    changed = next(screenshots.rglob("0001-filled.json"))
    changed.write_text(changed.read_text(encoding="utf-8").replace("C1001", "C1002"), encoding="utf-8")
    for verdict in _verdicts(house, screenshots):
        assert (verdict.returncode, "0001-filled.json" in verdict.stdout) == (1, True), verdict.stdout


def _verdicts(house: TwoErps, screenshots: Path) -> list["subprocess.CompletedProcess[str]"]:
    """What our own verifier says, and what the one says that shares no code with it."""
    ours = ["-m", "bridge.cli", "--config", str(house.config), "evidence", "verify", "--all"]
    alone = [str(ROOT / "docs" / "verify_evidence.py"), str(screenshots)]
    return [
        subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        for command in (ours, alone)
    ]


def test_seats_are_looked_on_at_and_nothing_of_them_is_left(house: TwoErps) -> None:
    """Their display, their window manager and the ERP's program end with them, and so does what they showed."""
    before, seen, posted = _seats(), set[psutil.Process](), Event()
    views, frames = house.app.live_views, {"granite": set[bytes](), "juniper": set[bytes]()}

    def watch() -> None:
        while not posted.wait(0.1):
            seen.update(_seats() - before)
            for erp, shown in frames.items():
                views.want(erp, "BOT1")
                view = views.latest(erp, "BOT1")
                shown.update({view.content} if view else ())

    watcher = Thread(target=watch)
    watcher.start()
    house.posted(house.crm.put(order()))
    posted.set()
    watcher.join()
    assert len(seen) >= 2
    eventually(lambda: not any(each.is_running() for each in seen))
    assert all(len(shown) > 1 for shown in frames.values()), {erp: len(shown) for erp, shown in frames.items()}
    assert [views.latest(erp, "BOT1") for erp in frames] == [None, None]


@pytest.mark.parametrize("when", ["at once", "while it types"])
def test_a_person_who_stops_a_seat_is_obeyed_until_told_otherwise(house: TwoErps, when: str) -> None:
    """Nothing is in the books, nothing is tried again, and nobody signs on as that user; afterwards all goes on."""
    before, stop = {each.pid for each in _seats()}, Event()

    def push() -> None:
        while not stop.wait(0.05):
            if when == "at once" or house.granite.rows("SELECT 1 FROM sessions WHERE user = 'BOT1'"):
                for seat in [each for each in _seats() if each.pid not in before and each.name() == "openbox"]:
                    _push_mouse_into_corner(seat)

    person = Thread(target=push)
    person.start()
    try:
        ids = house.crm.put(order(), order())
        house.posted(ids)
        house.run("post_orders")
    finally:
        stop.set()
        person.join()
    assert house.granite.rows("SELECT * FROM orders") == []
    assert house.app.store.switches.barred("granite", "BOT1") is not None
    states = {each.state for each in house.app.store.ledger.postings() if each.erp == "granite"}
    assert states <= {PostingState.HELD, PostingState.PENDING}

    house.app.store.switches.lift("granite", "BOT1")
    (after,) = house.posted(house.crm.put(order()))[:1]
    assert house.now(after).state is PostingState.POSTED


def _push_mouse_into_corner(seat: psutil.Process) -> None:
    """As a person does who looks on."""
    there = "from Xlib.display import Display; at = Display(); at.screen().root.warp_pointer(0, 0); at.sync()"
    with suppress(psutil.Error):
        environ = seat.environ()
        subprocess.run([sys.executable, "-W", "ignore", "-c", there], env=environ, capture_output=True, check=False)


def _seats() -> set[psutil.Process]:
    """What runs below this process that only a seat starts; other tests of this process may have some open."""
    names = {"Xvfb", "openbox"}
    return {each for each in psutil.Process().children(recursive=True) if each.name() in names}
