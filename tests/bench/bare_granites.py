"""What does a script type into Granite that has no guards? Fixed keys and fixed rests; it never looks.

python -m tests.bench.bare_granites DATABASE USER PASSWORD ORDERS: (JSON) at a desk on a display of its own; prints when
each order was done. Nothing of the bridge is imported here.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bridge.model.orders import Order, OrderLine

SCREEN = ("-screen", "0", "1280x800x24", "-dpi", "96", "-nolisten", "tcp", "-noreset")
ROOM = 8.0  # seconds for the desk to come up, where several do at once


def imported(name: str) -> Any:
    """The module, which opens the display when it is imported, and only then."""
    return importlib.import_module(name)


class GraniteKeys:
    """A pyautogui script for Granite: the Tab order, and a rest for each window that comes."""

    def __init__(self, rest: float = 0.3) -> None:
        self.gui = imported("pyautogui")
        self.gui.PAUSE, self.gui.FAILSAFE = 0, False
        self.rest = rest

    def sign_on(self, user: str, password: str) -> None:
        """User and password, once the desk has come up."""
        time.sleep(ROOM)
        for letter, text in (("u", user), ("p", password)):
            self.gui.hotkey("alt", letter)
            self.gui.write(text)
        self.gui.press("enter")
        time.sleep(ROOM / 4)

    def enter(self, wanted: "Order", reference: str) -> None:
        """Type the order and save it."""
        day = wanted.ordered_on.strftime("%d/%m/%y")
        self.gui.press("f2")
        for text in (wanted.customer, reference, day, "", wanted.po_number, wanted.currency):
            self.gui.write(text)
            self.gui.press("tab")
        for line in wanted.lines:
            self._line(line)
        for keys in (("alt", "s"), ("alt", "y")):
            self.gui.hotkey(*keys)
            time.sleep(self.rest)
        self.gui.press("enter")

    def _line(self, line: "OrderLine") -> None:
        for text, key in ((line.item, "tab"), (line.quantity, "tab"), (line.unit_price, "enter")):
            self.gui.write(str(text))
            self.gui.press(key)


def started(*command: str, told: int | None = None) -> "subprocess.Popen[bytes]":
    """A program that says nothing."""
    return subprocess.Popen(command, pass_fds=() if told is None else (told,), stderr=subprocess.DEVNULL)


@contextmanager
def desk(database: Path) -> Iterator[None]:
    """A display with a window manager and a desk, while inside."""
    read, write = os.pipe()
    processes = [started("Xvfb", "-displayfd", str(write), *SCREEN, told=write)]
    try:
        os.close(write)
        with os.fdopen(read) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        processes.append(started("openbox", "--sm-disable"))
        processes.append(started(sys.executable, "-m", "sandbox.granite", "desk", "--database", str(database)))
        yield
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def main(database: str, user: str, password: str, told: str) -> None:
    """Enter these orders."""
    orders = json.loads(told, object_hook=lambda each: SimpleNamespace(**each))
    with desk(Path(database)):
        bare, done = GraniteKeys(), []
        bare.sign_on(user, password)
        for order in orders:
            order.ordered_on = date.fromisoformat(order.ordered_on)
            bare.enter(order, order.reference)
            done.append(time.time())
        time.sleep(1.0)
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
