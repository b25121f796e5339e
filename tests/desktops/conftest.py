"""Where do these tests work? On one X display of their own in each process, as a process can work no other."""

import os
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
    def display() -> Iterator[Display]:
        """The one display of this process."""
        reason = why_not()
        if reason is not None:
            pytest.skip(reason)
        with Display.started() as started:
            os.environ.update(started.environ)
            yield started

    @pytest.fixture
    def field(display: Display, tmp_path: Path) -> Iterator[Lab]:
        """A field that has the keyboard."""
        with lab(display, tmp_path) as opened:
            yield opened
