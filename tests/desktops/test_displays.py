"""Does a desktop seat work on a display that is its own, and does it stop when a person says so?"""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from Xlib.display import Display as Connection

from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.x11_displays import DPI, Display, DisplaySize
from bridge.errors import DisplayMissing, OperatorStopped
from tests.desktops.labs import Lab
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop


def test_nobody_without_its_secret_reaches_a_display(display: Display, tmp_path: Path) -> None:
    """Another user of the machine can neither look on nor type; whoever has the secret can."""
    ends = [
        subprocess.run(
            [sys.executable, "-c", "from Xlib.display import Display; Display().close()"],
            env={**display.environ, "XAUTHORITY": cookie},
            capture_output=True,
            check=False,
        )
        for cookie in (display.environ["XAUTHORITY"], str(tmp_path / "nothing"))
    ]
    assert ends[0].returncode == 0
    assert b"DisplayConnectionError" in ends[1].stderr


def test_a_display_has_the_size_and_the_density_that_were_asked_for(
    only_display: Display, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With another density every widget would stand elsewhere."""
    assert only_display
    with Display.started(DisplaySize(800, 600)) as other:
        monkeypatch.setenv("XAUTHORITY", other.environ["XAUTHORITY"])
        connection = Connection(other.name)
        screen = connection.screen()
        assert (screen.width_in_pixels, screen.height_in_pixels) == (800, 600)
        assert round(screen.width_in_pixels / screen.width_in_mms * 25.4) == DPI
        connection.close()


def test_what_was_started_on_a_display_ends_with_it(only_display: Display) -> None:
    """The program, the window manager and the server; and its secret is gone."""
    assert only_display
    before = set(psutil.Process().children(recursive=True))
    with Display.started() as other:
        program = other.run(["sleep", "600"])
        cookie = Path(other.environ["XAUTHORITY"])
        running = set(psutil.Process().children(recursive=True)) - before
        assert cookie.stat().st_mode & 0o077 == 0
    assert program.poll() is not None
    eventually(lambda: not [each for each in running if each.is_running() and each.name() in {"sleep", "openbox"}])
    assert not cookie.exists()


def test_a_display_that_cannot_be_started_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The program that is missing, and nothing is left behind."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DisplayMissing, match="xauth is missing"):
        Display.started()


def test_the_mouse_in_a_corner_stops_the_hands(field: Lab) -> None:
    """A person who pushes it there is obeyed before the next key; hands that begin take it out of the corner."""
    field.hands.put("before")
    connection = Connection(field.display.name)
    connection.screen().root.warp_pointer(0, 0)
    connection.sync()
    with pytest.raises(OperatorStopped):
        field.hands.put("after")
    eventually(lambda: field.held() == "before")
    with closing(GuiKeys()):
        field.keys.press("end")
    connection.close()


def test_a_window_is_told_with_its_place_and_what_it_stands_before(field: Lab) -> None:
    """The lab stands alone, in the display, and has the keyboard."""
    (window,) = field.windows.all()
    width, height = field.windows.size()
    assert (window.title, window.stands_before, window.is_hidden) == ("Lab", None, False)
    assert 0 <= window.left < width
    assert 0 <= window.top < height
    assert field.windows.active() == window.id
    assert os.environ["DISPLAY"] == field.display.name
