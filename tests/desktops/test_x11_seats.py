"""Does the check of a Linux machine start a real display, and name what is missing?"""

import os
import sys
from pathlib import Path

import pytest

from bots.drivers.x11_displays import Display, DisplaySize
from bots.drivers.x11_seats import desktop_findings
from bridge.ports import SeatFinding

pytestmark = pytest.mark.desktop
SIZE = DisplaySize(1024, 700)
LOOKED_AT = {"packages", "program", "display", "size", "scaling", "layout", "caps_lock", "picture", "fonts", "ocr"}


def found(command: str) -> dict[str, SeatFinding]:
    """What is found here, by code."""
    return {each.code: each for each in desktop_findings(command, SIZE)}


def test_a_machine_with_all_that_is_needed_is_fit(only_display: Display) -> None:
    """A display of that size comes up at 96 dpi and is seen; what it is found by is left as it was."""
    assert only_display
    before = {name: os.environ.get(name) for name in ("DISPLAY", "XAUTHORITY")}
    seen = found(f"{sys.executable} -m erp")
    assert seen.keys() == LOOKED_AT
    assert [each.what for each in seen.values() if each.weight == "fault" and each.code != "fonts"] == []
    assert {name: os.environ.get(name) for name in ("DISPLAY", "XAUTHORITY")} == before


def test_what_is_not_installed_is_named_with_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No display is tried without its programs, and everything else is looked at all the same."""
    monkeypatch.setenv("PATH", str(tmp_path))
    seen = found("erp --client 800")
    assert {each.code for each in seen.values() if each.weight == "fault"} == {"packages", "program", "fonts"}
    assert "Xvfb, openbox, xauth" in seen["packages"].what
    assert "'erp'" in seen["program"].what


def test_a_display_that_does_not_come_up_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An X server that ends at once is told of, and nothing is left behind."""
    for program in ("Xvfb", "openbox", "xauth"):
        path = tmp_path / program
        path.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    seen = found("sh")
    assert seen["display"].weight == "fault"
    assert "size" not in seen
