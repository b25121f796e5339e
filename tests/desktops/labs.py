"""A desktop of one's own with a program on it, and hands that work there."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bots.drivers.desktop_hands import Habits, Hands
from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.desktop_parts import Window
from bots.drivers.x11_clipboards import Clipboard
from bots.drivers.x11_displays import Display
from bots.drivers.x11_keyboards import Keyboard
from bots.drivers.x11_windows import Windows
from tests.desktops.lab_programs import TITLE
from tests.installations import ROOT
from tests.real.sql_ledger_packages import PATIENCE, apt_get
from tests.sandbox.harbour_clerks import eventually

PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox", "xauth": "xauth", "setxkbmap": "x11-xkb-utils"}
PATIENT = Habits(fetched_within=10.0, copied_within=5.0)


def why_not() -> str | None:
    """Why there can be no display here; what Debian lacks is installed where that may be done."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_get("install", "-y", "-q", PATIENCE, "--no-install-recommends", *missing)
        missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if find_spec("_tkinter") is None:
        missing.append("python3-tk")
    return f"A desktop needs {', '.join(missing)}." if missing else None


@dataclass
class Lab:
    """A program with one field that has the keyboard; `held` is what the program itself says it holds."""

    display: Display
    process: "subprocess.Popen[bytes]"
    file: Path
    window: Window
    keys: GuiKeys
    windows: Windows
    clipboard: Clipboard
    keyboard: Keyboard
    hands: Hands

    def held(self) -> str:
        """What the program wrote down last."""
        return self.file.read_text(encoding="utf-8", errors="surrogatepass")

    def entered(self) -> list[str]:
        """What the field held each time when Enter was pressed."""
        file = self.file.with_suffix(".lines")
        lines = file.read_text(encoding="ascii").splitlines(keepends=True) if file.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def freeze(self) -> None:
        """Let the program do nothing at all."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was."""
        os.kill(self.process.pid, signal.SIGCONT)


@contextmanager
def lab(display: Display, folder: Path, busy: float = 0.0, habits: Habits = PATIENT) -> Iterator[Lab]:
    """A program of its own on that display, in front of which somebody sits."""
    file = folder / "held.txt"
    command = [sys.executable, "-m", "tests.desktops.lab_programs", str(file), "--busy", str(busy)]
    environ = dict(display.environ) | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    keys, windows, clipboard, keyboard = (
        GuiKeys(),
        Windows(display.name),
        Clipboard(display.name),
        Keyboard(display.name),
    )
    try:
        eventually(lambda: [each for each in windows.all() if each.title == TITLE])
        (window,) = (each for each in windows.all() if each.title == TITLE)
        windows.activate(window.id)
        eventually(lambda: windows.active() == window.id)
        hands = Hands(keys, clipboard, keyboard, habits)
        eventually(file.exists)
        yield Lab(display, process, file, window, keys, windows, clipboard, keyboard, hands)
    finally:
        keys.close()
        windows.close()
        clipboard.close()
        keyboard.close()
        process.kill()
        process.wait()
