"""How does a line go to a program on this machine? By a pseudo-terminal, as if somebody sat in front of it."""

import os
import select
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from bridge.errors import InvalidConfig, LineLost
from bridge.locale import Phrase, fault

PIECE = 65536
SECONDS_TO_END = 5.0


class PtyLine:
    """A program of this machine, started by a command line; Windows has no pseudo-terminals of this kind."""

    _erp: str
    _master: int
    _process: "subprocess.Popen[bytes]"

    def __init__(self, erp: str, command: str, environ: Mapping[str, str], size: tuple[int, int] = (80, 24)) -> None:
        """Starts it; raises InvalidConfig where it cannot be started or there is no such terminal."""
        if sys.platform == "win32":
            what = Phrase("there are no pseudo-terminals on Windows: use ssh")
            raise InvalidConfig.of([fault(f"erps.{erp}.address", what)])
        import pty

        self._erp = erp
        self._master, inner = pty.openpty()
        _resize(inner, size)
        try:
            self._process = subprocess.Popen(
                shlex.split(command),
                stdin=inner,
                stdout=inner,
                stderr=inner,
                env={**os.environ, **environ},
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._master)
            raise InvalidConfig.of([fault(f"erps.{erp}.address", Phrase("{why}", why=error))]) from error
        finally:
            os.close(inner)

    def send(self, data: bytes) -> None:
        """Send these."""
        try:
            os.write(self._master, data)
        except OSError as error:
            raise LineLost(erp=self._erp, why=str(error)) from error

    def receive(self, seconds: float) -> bytes:
        """What has come."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, PIECE)
        except OSError:
            data = b""
        if not data:
            raise LineLost(erp=self._erp, why=str(Phrase("the host has ended it")))
        return data

    def close(self) -> None:
        """End the program."""
        with suppress(OSError):
            os.close(self._master)
        self._process.terminate()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _resize(terminal: int, size: tuple[int, int]) -> None:
    if sys.platform != "win32":
        import termios

        termios.tcsetwinsize(terminal, (size[1], size[0]))
