"""What is a desktop seat on Windows made of? The session of this process, and the ERP's program in it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import mss
import psutil

from bots.drivers.win_clipboards import Clipboard
from bots.drivers.win_doors import ClipboardCalls, Dwm, User32
from bots.drivers.win_eyes import Camera, Eyes
from bots.drivers.win_keys import Gui, WinKeys
from bots.drivers.win_layouts import Characters
from bots.drivers.win_programs import WinProgram
from bots.drivers.win_session_doors import Kernel32
from bots.drivers.win_structures import CallFailedError
from bots.drivers.win_windows import Windows
from bridge.errors import SessionUnfit
from bridge.ports.seat_findings import SeatFinding

NEEDED = ("session", "session_in_use", "unlocked")


@dataclass(frozen=True)
class Doors:
    """Everything that is asked of Windows while a seat works."""

    user32: User32
    dwm: Dwm
    clipboard: ClipboardCalls
    kernel32: Kernel32
    gui: Gui
    camera: Camera
    layout: Callable[[], int]


class WinDesktop:
    """The desktop of this Windows session, which is left as it is at the end."""

    lost = (CallFailedError, mss.ScreenShotError)

    def __init__(self, command: str, doors: Doors) -> None:
        self._doors = doors
        self.program = WinProgram(doors.kernel32, command)
        self.keys = WinKeys(doors.gui, doors.user32)
        self.clipboard = Clipboard(doors.clipboard, self._stranger)
        self.layout = Characters(doors.layout)
        self.windows = Windows(doors.user32, doors.dwm, self.program.holds, doors.clipboard.pump)
        self.eyes = Eyes(doors.camera)

    def _stranger(self, window: int) -> str | None:
        """Whose window it is; None where it is the program's own."""
        made_by = self._doors.user32.thread_and_process(window)
        if made_by is None:
            return "?"
        return None if self.program.holds(made_by[1]) else _name_of(made_by[1])

    def close(self) -> None:
        """End the program, and share nothing with it any more."""
        try:
            self.program.end()
        finally:
            for part in (self.windows, self.clipboard, self.eyes):
                try:
                    part.close()
                except self.lost:
                    continue


def require_session(findings: Iterable[SeatFinding]) -> None:
    """Raises SessionUnfit where no key would reach the session of this process."""
    for found in findings:
        if found.code in NEEDED and found.weight == "fault":
            raise SessionUnfit(why=found.what)


def _name_of(process: int) -> str:
    try:
        return psutil.Process(process).name()
    except psutil.Error:
        return "?"
