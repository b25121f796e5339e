"""Does a program that says what it shows lead to its fields, and only to what a person could see and press?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from bots.drivers.desktop_parts import Window
from bots.drivers.x11_desktops import X11Desktop
from bots.drivers.x11_displays import Display
from bots.drivers.x11_trees import Tree
from bridge.errors import DisplayMissing
from bridge.model.profiles import Locator
from tests.installations import ROOT
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop
PROGRAM = Path(__file__).with_name("gtk_programs.py")
DEBIAN_PYTHON = Path("/usr/bin/python3")
PROBE = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"
NAME = Locator("accessible", "Name:", "text")


@dataclass
class Lab:
    """A desktop with the program on it, and its window."""

    desktop: X11Desktop
    window: Window

    def count(self, name: str, role: str) -> int:
        """How many places the program has for that."""
        spots = self.desktop.sight.spots(self.window, self.desktop.eyes.grab(), Locator("accessible", name, role))
        return len(spots or ())

    def press(self, name: str, role: str) -> None:
        """Press the mouse in the middle of it."""
        locator = Locator("accessible", name, role)
        (spot,) = self.desktop.sight.spots(self.window, self.desktop.eyes.grab(), locator) or ()
        left, top = spot.left + spot.width // 2, spot.top + spot.height // 2
        self.desktop.keys.click(self.window.left + left, self.window.top + top)


def why_not() -> str | None:
    """Why no GTK program can run here."""
    if (
        not DEBIAN_PYTHON.exists()
        or subprocess.run([DEBIAN_PYTHON, "-c", PROBE], check=False, capture_output=True).returncode
    ):
        return "Debian's own Python has no GTK here."
    return None


@pytest.fixture
def lab(display: Display) -> Iterator[Lab]:
    """The program, in front of which somebody sits."""
    if reason := why_not():
        pytest.skip(reason)
    desktop = X11Desktop(f"{DEBIAN_PYTHON} {PROGRAM}", display=display, asks=True)
    try:
        desktop.program.start()
        eventually(lambda: [each.title for each in desktop.windows.all()] == ["Accessible lab / First page"])
        (window,) = desktop.windows.all()
        eventually(lambda: desktop.windows.active() == window.id)
        yield Lab(desktop, window)
    finally:
        desktop.close()


def test_a_field_is_found_by_its_label_and_says_what_it_holds(lab: Lab) -> None:
    """Before and after somebody types there; and it says whether it has the keyboard."""
    assert lab.desktop.sight.text(lab.window, NAME) == "before"
    lab.press("Name:", "text")
    eventually(lambda: lab.desktop.sight.has_keyboard(lab.window, NAME))
    lab.desktop.keys.write("after ")
    eventually(lambda: "after" in (lab.desktop.sight.text(lab.window, NAME) or ""))


def test_what_is_there_twice_is_never_taken_for_one(lab: Lab) -> None:
    """Two fields of one label are two places, and neither of them says what "it" holds."""
    assert lab.count("Twice:", "text") == 2
    assert lab.desktop.sight.text(lab.window, Locator("accessible", "Twice:", "text")) is None


@pytest.mark.parametrize(("name", "role"), [("Hidden:", "text"), ("Grey", "push button"), ("Name:", "push button")])
def test_what_nobody_could_use_is_not_there(lab: Lab, name: str, role: str) -> None:
    """A field on another page, a grey button, and something else of that name."""
    assert lab.count(name, role) == 0


def test_a_table_is_read_with_its_headings(lab: Lab) -> None:
    """Row by row, whatever its texts are."""
    table = lab.desktop.sight.table(lab.window, Locator("accessible", "*", "table"))
    assert table == [["Item", "Description"], ["P-30", "锚链 10 mm"], ["P-40", "Shackle"]]


def test_a_message_without_a_title_is_told_by_what_it_says(lab: Lab) -> None:
    """Kind and text, so that a profile can know it."""
    lab.press("Ask", "push button")
    eventually(lambda: any(each.title.endswith(" / Is it so?") for each in lab.desktop.windows.all()))


def test_a_seat_has_a_message_bus_of_its_own_that_ends_with_it(display: Display) -> None:
    """Nothing is started on the bus of whoever runs us, nor left behind on the seat's own."""
    before = dict(display.environ)
    ours = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    desktop = X11Desktop("true", display=display, asks=True)
    address = display.environ["DBUS_SESSION_BUS_ADDRESS"]
    started = [each for each in psutil.Process().children(recursive=True) if "dbus" in each.name()]
    desktop.close()
    assert address not in (ours, before.get("DBUS_SESSION_BUS_ADDRESS"))
    assert started
    eventually(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in started))
    assert (dict(display.environ), os.environ.get("DBUS_SESSION_BUS_ADDRESS")) == (before, ours)


def test_no_launcher_but_the_seats_own_is_asked(tmp_path: Path) -> None:
    """A session bus that has none yet is not made to start one, which nobody would end."""
    if reason := why_not():
        pytest.skip(reason)
    command = ["dbus-daemon", "--session", "--nofork", f"--address=unix:dir={tmp_path}", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bus:
        assert bus.stdout is not None
        address = bus.stdout.readline().strip()
        try:
            with pytest.raises(DisplayMissing, match="at-spi-bus-launcher"):
                Tree(address, seconds=0.2)
        finally:
            bus.terminate()


SEAT = f"""
from bots.drivers.x11_desktops import X11Desktop
desktop = X11Desktop("{DEBIAN_PYTHON} {PROGRAM}", asks=True)
desktop.program.start()
while not desktop.windows.all():
    pass
print("ready", flush=True)
input()
"""


def test_nothing_of_a_bus_outlives_a_seat_that_is_killed(only_display: Display) -> None:
    """Nor what the launcher and the bus have started themselves."""
    assert only_display
    if reason := why_not():
        pytest.skip(reason)
    seat = subprocess.Popen(
        [sys.executable, "-c", SEAT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with seat:
        assert seat.stdout is not None
        assert seat.stdout.readline() == "ready\n"
        tree = psutil.Process(seat.pid)
        eventually(lambda: sum("dbus" in each.name() for each in tree.children(recursive=True)) == 2)
        started = [each for each in tree.children(recursive=True) if each.is_running()]
        seat.kill()
    eventually(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in started))
