"""What is a desktop seat on Linux made of? A display of its own, the ERP's program on it, and all one works it with."""

import os
import shlex
import subprocess

import mss
from Xlib.error import ConnectionClosedError, DisplayError, XError

from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.x11_clipboards import Clipboard
from bots.drivers.x11_displays import Display, DisplaySize, end_group
from bots.drivers.x11_eyes import Eyes
from bots.drivers.x11_keyboards import Keyboard
from bots.drivers.x11_windows import Windows


class X11Desktop:
    """A desktop on X11; one that is given a display leaves it open at the end."""

    lost = (ConnectionClosedError, DisplayError, XError, mss.ScreenShotError, BrokenPipeError, ConnectionResetError)

    def __init__(self, command: str, size: DisplaySize | None = None, display: Display | None = None) -> None:
        """Raises DisplayMissing where none comes up. The process works this one display from now on."""
        self._own = Display.started(size) if display is None else None
        self.display = display or self._own or Display.started(size)
        try:
            os.environ.update({name: self.display.environ[name] for name in ("DISPLAY", "XAUTHORITY")})
            self.keys = GuiKeys()
            self.clipboard = Clipboard(self.display.name)
            self.layout = Keyboard(self.display.name)
            self.windows = Windows(self.display.name)
            self.eyes = Eyes(self.display.name)
            self.program = X11Program(self.display, command)
        except BaseException:
            if self._own is not None:
                self._own.close()
            raise

    def close(self) -> None:
        """End the program, and the display where it is our own."""
        self.program.end()
        for part in (self.clipboard, self.layout, self.windows, self.eyes):
            try:
                part.close()
            except self.lost:
                continue
        if self._own is not None:
            self._own.close()


class X11Program:
    """The ERP's client program, started by a command line on one display."""

    def __init__(self, display: Display, command: str) -> None:
        self._display, self._command = display, shlex.split(command)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it anew."""
        self.end()
        self._process = self._display.run(self._command)

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """End it with all that it started."""
        if self._process is not None:
            end_group(self._process)
            self._display.forget(self._process)
            self._process = None
