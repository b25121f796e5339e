"""Where does a program of a desktop seat say what it shows? On a message bus of the seat's own, which ends with it.

Never on the bus of whoever started us: his programs are no business of a seat. What is started is the session bus and,
before the ERP's program, the launcher of AT-SPI (https://gitlab.gnome.org/GNOME/at-spi2-core).
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bots.drivers.x11_displays import Display, end_group
from bridge.errors import DisplayMissing

BUS, LAUNCHER = "dbus-daemon", "at-spi-bus-launcher"
BESIDE = os.pathsep.join(("/usr/libexec", "/usr/lib/at-spi2-core", "/usr/lib/at-spi2"))  # where distributions put it
ADDRESS, RUNTIME = "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"  # the latter is where the launcher puts its own
SILENCING = frozenset({"NO_AT_BRIDGE", "AT_SPI_BUS_ADDRESS", "DBUS_STARTER_ADDRESS", "GTK_A11Y"})


@dataclass
class Bus:
    """The message bus of one display; `address` is where programs find it."""

    address: str
    _display: Display
    _before: dict[str, str]
    _folder: Path
    _processes: list["subprocess.Popen[bytes]"]

    @classmethod
    def started(cls, display: Display) -> "Bus":
        """A bus that every program started on the display from now on knows; raises DisplayMissing."""
        opened = cls("", display, dict(display.environ), Path(tempfile.mkdtemp(prefix="erpbridge-bus-")), [])
        try:
            opened._start()
        except (OSError, DisplayMissing):
            opened.close()
            raise
        return opened

    def _start(self) -> None:
        read, write = os.pipe()
        os.set_inheritable(write, True)
        options = ["--session", "--nofork", f"--address=unix:dir={self._folder}", f"--print-address={write}"]
        self._run([_program(BUS), *options], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as told:
            self.address = told.readline().strip()
        if not self.address:
            raise DisplayMissing(program=BUS)
        kept = {name: value for name, value in self._before.items() if name not in SILENCING}
        self._display.environ = {**kept, ADDRESS: self.address, RUNTIME: str(self._folder)}
        self._run([*_told_to_end(), _program(LAUNCHER), "--launch-immediately"])

    def _run(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        self._processes.append(self._display.run(command, pass_fds))

    def close(self) -> None:
        """End it; the display's programs know of none any more."""
        for process in reversed(self._processes):
            end_group(process)
            self._display.forget(process)
        self._processes.clear()
        self._display.environ = self._before
        shutil.rmtree(self._folder, ignore_errors=True)


def _told_to_end() -> list[str]:
    """What lets the launcher end when we do, and in time to end the bus that it started itself."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "TERM", "--"] if found else []


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=BESIDE)
    if found is None:
        raise DisplayMissing(program=name)
    return found
