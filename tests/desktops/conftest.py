"""Where do these tests work? On one X display of their own in each process, as a process can work no other."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # there is no X11
else:
    from bots.drivers.x11_displays import Display
    from tests.desktops.labs import Lab, lab, why_not

    @pytest.fixture(scope="session")
    def only_display() -> Iterator[Display]:
        """The one display of this process."""
        reason = why_not()
        if reason is not None:
            pytest.skip(reason)
        with Display.started() as started:
            yield started

    @pytest.fixture
    def display(only_display: Display, monkeypatch: pytest.MonkeyPatch) -> Display:
        """The display, which this test alone knows of: others are to find none."""
        for name in ("DISPLAY", "XAUTHORITY"):
            monkeypatch.setenv(name, only_display.environ[name])
        return only_display

    @pytest.fixture
    def field(display: Display, tmp_path: Path) -> Iterator[Lab]:
        """A field that has the keyboard."""
        with lab(display, tmp_path) as opened:
            yield opened
