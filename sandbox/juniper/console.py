"""How does one sit down at Juniper without ssh? `python -m sandbox.juniper.console --database PATH` on a pty."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.juniper.__main__ import installation, options
from sandbox.juniper.clerks import House
from sandbox.juniper.launches import opened
from sandbox.juniper.terminals import Terminal


class PtyLine:
    """The terminal on standard input and output."""

    def write(self, data: bytes) -> None:
        """Paint."""
        while data:
            data = data[os.write(sys.stdout.fileno(), data) :]

    def cut(self) -> None:
        """Nothing more goes out: the terminal knows."""

    def close(self) -> None:
        """Nothing is left to be sent."""


def main(arguments: list[str] | None = None) -> int:
    """Serve one terminal until it hangs up; 2 where there is none."""
    given = installation("sandbox.juniper.console").parse_args(arguments)
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("The console needs a pty; use ssh instead.", file=sys.stderr)  # noqa: T201 - nobody else is told
        return 2
    with opened(options(given), given.seed) as house, _raw(sys.stdin.fileno()):
        asyncio.run(_serve(house))
    return 0


async def _serve(house: House) -> None:
    terminal, loop, keyboard = Terminal(house, PtyLine()), asyncio.get_running_loop(), sys.stdin.fileno()

    def read() -> None:
        try:
            data = os.read(keyboard, 4096)
        except OSError:  # the other side of the pty is closed
            data = b""
        if data:
            terminal.receive(data)
        else:
            loop.remove_reader(keyboard)
            terminal.hang_up()

    loop.add_reader(keyboard, read)
    await terminal.run()


@contextmanager
def _raw(keyboard: int) -> Iterator[None]:
    """Every key at once and as it is, while inside."""
    if sys.platform == "win32":
        raise OSError("there are no ptys here")
    import termios
    import tty

    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main())
