"""What is a desktop seat on Linux made of? A display of its own, the ERP's program on it, and all one works it with."""

import os
import shlex
import subprocess
import time
from contextlib import ExitStack, closing, suppress

import mss
from Xlib.error import ConnectionClosedError, DisplayError, XError

from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.desktop_parts import Windows as WindowsPort
from bots.drivers.desktop_sights import Blind, Sight, Sights
from bots.drivers.x11_accessibles import Accessibles, TitledWindows, Tops
from bots.drivers.x11_buses import Bus
from bots.drivers.x11_clipboards import Clipboard
from bots.drivers.x11_displays import Display, DisplaySize, end_group
from bots.drivers.x11_eyes import Eyes
from bots.drivers.x11_keyboards import Keyboard
from bots.drivers.x11_trees import Tree
from bots.drivers.x11_windows import Windows
from bridge.errors import DisplayMissing

SECONDS_TO_HAND = 30.0
SECONDS_TO_MANAGE = 20.0
POLL = 0.01


class X11Desktop:
    """A desktop on X11; one that is given a display leaves it open at the end."""

    lost = (ConnectionClosedError, DisplayError, XError, mss.ScreenShotError, BrokenPipeError, ConnectionResetError)

    def __init__(
        self, command: str, size: DisplaySize | None = None, display: Display | None = None, *, asks: bool = False
    ) -> None:
        """Raises DisplayMissing where none comes up. The process works this one display from now on.

        One that `asks` has a message bus on which its program says what it shows: `sight` finds it.
        """
        self._bus: Bus | None = None
        self._tree: Tree | None = None
        self.sight: Sight = Blind()
        self._own = Display.started(size) if display is None else None
        self._parts = ExitStack()
        self.display = display or self._own or Display.started(size)
        try:
            os.environ.update({name: self.display.environ[name] for name in ("DISPLAY", "XAUTHORITY")})
            self.keys = self._parts.enter_context(closing(GuiKeys()))
            self.clipboard = self._parts.enter_context(closing(Clipboard(self.display.name)))
            self.layout = self._parts.enter_context(closing(Keyboard(self.display.name)))
            self.windows: WindowsPort = self._parts.enter_context(closing(_managed(self.display.name)))
            self.eyes = self._parts.enter_context(closing(Eyes(self.display.name)))
            self.program = X11Program(self.display, command)
            if asks:
                self._ask()
        except BaseException:
            self._hang_up()
            raise

    def _ask(self) -> None:
        self._bus = Bus.started(self.display)
        self._tree = Tree(self._bus.address)
        tops = Tops(self._tree)
        self.sight = Sights({"accessible": Accessibles(self._tree, tops)})
        self.windows = TitledWindows(self.windows, self._tree, tops)

    def _hang_up(self) -> None:
        if self._tree is not None:
            self._tree.close()
        if self._bus is not None:
            self._bus.close()
        with suppress(*self.lost):
            self._parts.close()
        if self._own is not None:
            self._own.close()

    def close(self) -> None:
        """End the program, and the display where it is our own."""
        self.program.end()
        self._hang_up()


def _managed(display: str) -> Windows:
    """The windows of the display, once a window manager looks after them; raises DisplayMissing where none does."""
    windows, end = Windows(display), time.monotonic() + SECONDS_TO_MANAGE
    while not windows.are_managed():
        if time.monotonic() > end:
            windows.close()
            raise DisplayMissing(program="openbox")
        time.sleep(POLL)
    return windows


class X11Program:
    """The ERP's client program, started by a command line on one display."""

    def __init__(self, display: Display, command: str) -> None:
        self._display, self._command = display, shlex.split(command)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it anew."""
        self.end()
        self._process = self._display.run(self._command)

    def hand(self, address: str) -> None:
        """Start it once more with the address: it finds the one that runs on the same bus, and hands it over."""
        process = self._display.run([*self._command, address])
        try:
            process.wait(SECONDS_TO_HAND)
        except subprocess.TimeoutExpired:
            end_group(process)
        self._display.forget(process)

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """End it with all that it started."""
        if self._process is not None:
            end_group(self._process)
            self._display.forget(self._process)
            self._process = None
