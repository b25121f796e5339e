"""Doubts the terminal driver at a 3270 host: mainframe-mocker, which has its own Python, spoken to by s3270."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bots.drivers import open_driver
from bots.drivers.terminal import TerminalDriver
from bridge.errors import ErpDown, InvalidConfig, LineLost, SaveUnanswered, StopOrdered, TextUntypable
from bridge.ports import SeatPlan
from bridge.store.selector_files import load_profile
from tests.real.sql_ledger_packages import PATIENCE, apt_get

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
PROFILE = load_profile(HERE / "basalt")
HOST = "mainframe-mocker==0.1.8"
NEEDED = (3, 12)
WHO = ("BOT1", "secret")
SEATED = {"timeout": 5.0, "save_timeout": 3.0}


def newer_python() -> str | None:
    """A Python that is new enough for the host."""
    places = Path.home().glob(".pyenv/versions/3.*/bin/python")
    named = (shutil.which(f"python3.{minor}") for minor in range(12, 20))
    for python in (*filter(None, named), *sorted(map(str, places))):
        if _is_new_enough(python):
            return python
    return None


@cache
def _is_new_enough(python: str) -> bool:
    asked = [python, "-c", f"import sys, venv; sys.exit(sys.version_info < {NEEDED})"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the host."""
    if shutil.which("s3270") is None:
        apt_get("install", "-y", "-q", PATIENCE, "--no-install-recommends", "s3270")
    python = newer_python()
    if python is None:
        pytest.skip("mainframe-mocker needs Python 3.12, and there is none here.")
    home = tmp_path_factory.mktemp("mocker")
    subprocess.run([python, "-m", "venv", home], check=True, capture_output=True)
    subprocess.run([home / "bin" / "pip", "install", "-q", HOST], check=True, capture_output=True)
    return home / "bin" / "python"


@dataclass
class Basalt:
    """The host with its own file of orders, and a driver that is signed on."""

    folder: Path
    port: int
    driver: TerminalDriver

    def orders(self) -> list[dict[str, str]]:
        """What the host stored, as it says itself."""
        file = self.folder / "orders.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def fill(self, **texts: str) -> None:
        """Open the entry form, and type these and one line."""
        screen = PROFILE.screens["order_entry"]
        self.driver.open("f2")
        self.driver.show(screen)
        self.driver.fill([(screen.targets[name], text) for name, text in texts.items()])
        self.driver.fill_row(screen.grids["lines"], 1, {"item": "P-40", "quantity": "3", "price": "12.90"})

    def save(self, leave: Callable[[], bool] = lambda: True) -> tuple[str, ...]:
        """Commit, and what the host says then."""
        screen = PROFILE.screens["order_entry"]
        self.driver.commit(screen.targets["save"], leave)
        return self.driver.show(screen)


@pytest.fixture
def basalt(interpreter: Path, tmp_path: Path) -> Iterator[Basalt]:
    """A host of one's own."""
    command = [interpreter, HERE / "basalt_host.py", tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        port = int(host.stdout.readline())
        driver = open_driver(SeatPlan(PROFILE, f"tn3270://127.0.0.1:{port}", *WHO, options=SEATED))
        assert isinstance(driver, TerminalDriver)
        try:
            sign_on(driver)
            sign_on(driver)
            yield Basalt(tmp_path, port, driver)
        finally:
            driver.close()
            host.kill()


def sign_on(driver: TerminalDriver) -> None:
    """As BOT1."""
    driver.open("")
    screen = PROFILE.screens["sign_on"]
    driver.show(screen)
    driver.fill([(screen.targets["user"], WHO[0]), (screen.targets["password"], WHO[1])])
    driver.press(screen.targets["sign_on"])
    driver.show(PROFILE.screens["menu"])


def test_an_order_is_typed_read_back_saved_and_shown_again(basalt: Basalt) -> None:
    """By labels and headings, into the host's own fields; umlauts, quotes and backslashes as they are."""
    remarks = 'Müller "A\\B", (x) #@'
    basalt.fill(customer="C1003", external="SB-1-X", remarks=remarks)
    screen = PROFILE.screens["order_entry"]
    read = basalt.driver.read(list(screen.targets.values())[:3])
    assert read == {"customer": "C1003", "external": "SB-1-X", "remarks": remarks}
    assert basalt.save() == ("BSL0300I ORDER 10001 SAVED",)
    typed = {"customer": "C1003", "external": "SB-1-X", "remarks": remarks, "number": "10001"}
    line = {"item1": "P-40", "quantity1": "3", "price1": "12.90"}
    assert basalt.orders() == [typed | line]

    shown = PROFILE.screens["order_show"]
    basalt.driver.open("f4")
    basalt.driver.show(shown)
    basalt.driver.fill([(shown.targets["number"], "10001")])
    basalt.driver.press(shown.targets["check"])
    basalt.driver.show(shown)
    assert basalt.driver.read([shown.targets["remarks"]]) == {"remarks": remarks}
    assert basalt.driver.rows(shown.grids["lines"]) == ({"item": "P-40", "quantity": "3", "price": "12.90"},)


def test_what_a_field_does_not_hold_never_goes_on_in_the_next_one(basalt: Basalt) -> None:
    """Eight characters of a customer, and not the ninth in External No.: the read-back tells."""
    screen = PROFILE.screens["order_entry"]
    basalt.fill(customer="C1001-AND-MORE", external="")
    read = basalt.driver.read([screen.targets["customer"], screen.targets["external"]])
    assert read == {"customer": "C1001-AN", "external": ""}


def test_what_the_host_has_no_code_for_is_not_typed(basalt: Basalt) -> None:
    """Its code page is one of Latin letters."""
    screen = PROFILE.screens["order_entry"]
    with pytest.raises(TextUntypable, match="采"):
        basalt.fill(customer="C1001", remarks="采购")
    assert basalt.driver.read([screen.targets["remarks"]]) == {"remarks": ""}


def test_typing_over_leaves_nothing_behind(basalt: Basalt) -> None:
    """The tail of what stood there before is gone."""
    screen = PROFILE.screens["order_entry"]
    basalt.fill(customer="C1001", remarks="a long remark that was there")
    basalt.driver.fill([(screen.targets["remarks"], "short")])
    assert basalt.driver.read([screen.targets["remarks"]]) == {"remarks": "short"}


def test_a_host_at_work_is_waited_for(basalt: Basalt) -> None:
    """The keyboard is locked meanwhile; what it says next is what it said to this."""
    screen = PROFILE.screens["order_entry"]
    basalt.fill(customer="C1001", remarks="slow")
    basalt.driver.press(screen.targets["check"])
    assert basalt.driver.show(screen) == ("BSL0200I PF6 STORES THE ORDER",)


def test_what_the_host_refuses_is_its_answer(basalt: Basalt) -> None:
    """Nothing is stored, and it may be said twice."""
    screen = PROFILE.screens["order_entry"]
    basalt.fill(customer="C9999")
    for _ in range(2):
        basalt.driver.press(screen.targets["check"])
        assert basalt.driver.show(screen) == ("BSL0104E CUSTOMER NOT ON FILE",)
    assert basalt.orders() == []


@pytest.mark.parametrize(("remarks", "stored"), [("gone", 0), ("lost", 1)])
def test_a_line_that_ends_at_save_is_in_doubt(basalt: Basalt, remarks: str, stored: int) -> None:
    """Nobody claims that it was stored, nor that it was not."""
    basalt.fill(customer="C1001", remarks=remarks)
    with pytest.raises(SaveUnanswered):
        basalt.save()
    assert len(basalt.orders()) == stored


def test_nothing_is_saved_without_leave(basalt: Basalt) -> None:
    """The key that commits is not pressed, by commit or otherwise."""
    screen = PROFILE.screens["order_entry"]
    basalt.fill(customer="C1001")
    with pytest.raises(StopOrdered):
        basalt.save(lambda: False)
    basalt.driver.show(screen)
    with pytest.raises(StopOrdered):
        basalt.driver.press(screen.targets["save"])
    assert basalt.orders() == []


def test_the_password_is_nowhere_to_be_seen(basalt: Basalt) -> None:
    """Neither in what is read of its field, nor in the text beside the picture."""
    screen = PROFILE.screens["sign_on"]
    basalt.driver.open("")
    basalt.driver.show(screen)
    basalt.driver.fill([(screen.targets["password"], "hunter22")])
    assert "hunter22" not in " ".join(basalt.driver.host.look().lines)
    assert b"hunter22" not in (basalt.driver.capture("sign_on").beside or b"")


def test_a_line_that_is_cut_is_named(basalt: Basalt) -> None:
    """At the next look, and at once."""
    basalt.fill(customer="C1001", remarks="gone")
    with pytest.raises(SaveUnanswered):
        basalt.save()
    with pytest.raises(LineLost):
        basalt.driver.host.look()


def test_a_host_that_is_not_there_is_named() -> None:
    """So is an address that is none."""
    driver = open_driver(SeatPlan(PROFILE, "tn3270://127.0.0.1:1", *WHO, options=SEATED))
    with pytest.raises(ErpDown, match=r"127\.0\.0\.1:1"):
        driver.open("")
    for address in ("tn3270s:///UNIT", "tn3270s://host/A,B"):
        with pytest.raises(InvalidConfig):
            open_driver(SeatPlan(PROFILE, address, *WHO, options=SEATED)).open("")
