"""Where do these tests work? On the one X display of this process, most of them in one field of a lab."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # there is no X11
else:
    from bots.drivers.x11_displays import Display
    from tests.desktop_fixtures import display, only_display  # noqa: F401 - pytest finds them here
    from tests.desktops.labs import Lab, lab

    @pytest.fixture
    def field(display: Display, tmp_path: Path) -> Iterator[Lab]:  # noqa: F811 - the fixture, by its name
        """A field that has the keyboard."""
        with lab(display, tmp_path) as opened:
            yield opened
