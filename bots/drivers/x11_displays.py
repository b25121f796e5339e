"""Where does a desktop seat on Linux work? On an X display of its own, which ends with it."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bridge.errors import DisplayMissing

DPI = 96  # Xvfb's own default is 100, with which every widget of most toolkits is drawn a little larger
SECONDS_TO_START = 30.0
SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class DisplaySize:
    """How large the display is, in pixels."""

    width: int = 1280
    height: int = 800

    def __str__(self) -> str:
        return f"{self.width}x{self.height}x24"


@dataclass
class Display:
    """One display with its window manager: `environ` is what programs need to draw on it, `processes` run for it."""

    name: str
    environ: Mapping[str, str]
    _folder: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @classmethod
    def started(cls, size: DisplaySize | None = None) -> Self:
        """A new display on a free number; raises DisplayMissing where it does not come up."""
        folder = Path(tempfile.mkdtemp(prefix="erpbridge-display-"))
        opened = cls("", {}, folder)
        try:
            opened._start(size or DisplaySize())
        except (OSError, DisplayMissing):
            opened.close()
            raise
        return opened

    def _start(self, size: DisplaySize) -> None:
        cookie, secret = _cookie_file(self._folder), secrets.token_hex(16)
        _add_cookie(cookie, ":0", secret)  # the server asks for it whatever display it is for; so from the first moment
        read, write = os.pipe()
        os.set_inheritable(write, True)
        options = ["-screen", "0", str(size), "-dpi", str(DPI), "-nolisten", "tcp", "-noreset", "-auth", str(cookie)]
        self.run([_program("Xvfb"), "-displayfd", str(write), *options], pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        if not number:
            raise DisplayMissing(program="Xvfb")
        self.name = f":{number}"
        _add_cookie(cookie, self.name, secret)
        kept = {name: value for name, value in os.environ.items() if name not in {"WAYLAND_DISPLAY", "XMODIFIERS"}}
        self.environ = {**kept, "DISPLAY": self.name, "XAUTHORITY": str(cookie), "XDG_SESSION_TYPE": "x11"}
        self.run([_program("openbox"), "--sm-disable"])

    def run(self, command: Sequence[str], pass_fds: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
        """Start a program on the display; it ends with it. Nothing of it holds our own output open."""
        process = subprocess.Popen(
            [*_mortal(), *command],
            env=dict(self.environ) or None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self.processes.append(process)
        return process

    def forget(self, process: "subprocess.Popen[bytes]") -> None:
        """It has ended, and does not have to end with the display."""
        self.processes.remove(process)

    def close(self) -> None:
        """End all that was started on the display, the display last."""
        for process in reversed(self.processes):
            end_group(process)
        self.processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mortal() -> list[str]:
    """What lets a program end with this process, however this one ends."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL", "--"] if found and sys.platform == "linux" else []


def _cookie_file(folder: Path) -> Path:
    """Where the display's secret lies, readable by nobody else."""
    cookie = folder / "Xauthority"
    cookie.touch(mode=0o600)
    return cookie


def _add_cookie(cookie: Path, display: str, secret: str) -> None:
    """Without it any user of the machine could look on and type; no process list shows it, as it is told by a pipe."""
    said = f"add {display} . {secret}\n".encode()
    command = [_program("xauth"), "-q", "-f", str(cookie), "source", "-"]
    subprocess.run(command, input=said, check=True, capture_output=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise DisplayMissing(program=name)
    return found


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """End a program of a display with all that it started, politely and then not."""
    if sys.platform == "win32":
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, sign)
            process.wait(SECONDS_TO_END)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
