"""Who sits at Granite's desks? Clerks with real keys, on a display, and somebody who has the office's control door."""

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from bots.drivers.desktop_hands import Habits, Hands
from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.desktop_parts import Window
from bots.drivers.x11_clipboards import Clipboard
from bots.drivers.x11_displays import Display
from bots.drivers.x11_keyboards import Keyboard
from bots.drivers.x11_windows import Windows
from sandbox.granite.offices import office
from tests.installations import ROOT
from tests.sandbox.harbour_clerks import eventually

KEY = "control-key"
SECONDS = 20.0  # to wait for what a busy machine does in a blink
# without a window, which would take the keyboard
PASTED = "import sys, tkinter; tk = tkinter.Tk(); tk.withdraw(); sys.stdout.buffer.write(tk.clipboard_get().encode())"
Line = Sequence[str]  # item, quantity, price


class Clerk:
    """Somebody with keyboard, clipboard and eyes on one display."""

    def __init__(self, display: Display) -> None:
        self.display = display
        self.keys = GuiKeys()
        self.windows = Windows(display.name)
        self.clipboard = Clipboard(display.name)
        self._keyboard = Keyboard(display.name)
        habits = Habits(fetched_within=SECONDS, copied_within=SECONDS)
        self.hands = Hands(self.keys, self.clipboard, self._keyboard, habits, has_done=self.done)

    def close(self) -> None:
        """Go."""
        for each in (self.keys, self.windows, self.clipboard, self._keyboard):
            each.close()

    # --- keys

    def press(self, *chords: str) -> Self:
        """Press one after the other: `alt+s`, `tab`."""
        for chord in chords:
            self.keys.press(*chord.split("+"))
        return self

    def type(self, text: str) -> Self:
        """Press the key of each character."""
        self.keys.write(text)
        return self

    def put(self, chord: str, text: str) -> Self:
        """Go to a field by its access key and replace what it holds."""
        self.press(chord)
        self.hands.put(text)
        return self

    def done(self) -> bool:
        """Wait until the window in front has done all that was pressed so far."""
        active = self.windows.active()
        return active is not None and self.windows.answers(active, SECONDS)

    # --- eyes

    def titles(self) -> list[str]:
        """Of all windows."""
        return [window.title for window in self.windows.all()]

    def window(self, title: str) -> Window | None:
        """The last window whose title holds that."""
        return next((each for each in reversed(self.windows.all()) if title in each.title), None)

    def front(self) -> str:
        """The title of the window that has the keyboard."""
        active = self.windows.active()
        return next((window.title for window in self.windows.all() if window.id == active), "")

    def see(self, *titles: str) -> Self:
        """Wait until a window with one of these titles, or codes in them, has the keyboard."""
        eventually(lambda: any(title in self.front() for title in titles), SECONDS)
        self.done()
        return self

    def shown(self, *chords: str) -> str:
        """What the field holds to which these keys lead."""
        self.press(*chords)
        return self.hands.shown()

    def table(self, *chords: str) -> list[list[str]]:
        """What a list copies, headings first; these keys lead there."""
        self.press(*chords)
        self.clipboard.offer("")
        self.press("f7")
        assert self.clipboard.was_taken(SECONDS)
        read = subprocess.run(
            [sys.executable, "-c", PASTED], env=dict(self.display.environ), capture_output=True, check=True
        )
        return [line.split("\t") for line in read.stdout.decode("utf-8").split("\n")]

    def message(self, title: str = "Granite") -> str:
        """Wait for a message or a question, and read it."""
        eventually(lambda: self.front() == title, SECONDS)
        copied = self.hands.message()
        return re.split(r"(?m)^-+$\n?", copied)[2].strip()

    def answer(self, chord: str, title: str = "Granite") -> Self:
        """Press what answers the message or question that has the keyboard, and wait until it is gone."""
        asked = self.windows.active()
        assert self.front() == title
        self.press(chord)
        eventually(lambda: asked not in [window.id for window in self.windows.all()], SECONDS)
        return self

    def told(self) -> str:
        """Wait for a message, read it, and press its button."""
        text = self.message()
        self.answer("enter")
        return text

    # --- what a clerk does

    def sign_on(self, user: str = "BOT1", password: str = "") -> Self:
        """User and password, up to the main window."""
        self.see("GR-100").put("alt+u", user).put("alt+p", password or f"secret-{user.lower()}").press("enter")
        return self.see("GR-110")

    def enter(self, *lines: Line, customer: str = "C1001", **fields: str) -> Self:
        """Open the form and type; fields by their access keys, such as `n="EXT-1"`."""
        self.press("f2").see("SO-210").put("alt+c", customer)
        for key, text in fields.items():
            self.put(f"alt+{key}", text)
        return self.lines(*(lines or (("P-30", "2", ""),)))

    def lines(self, *lines: Line) -> Self:
        """Type lines from the first row on."""
        self.press("alt+l")
        for line in lines:
            for text in line:
                self.hands.put(text)
                self.press("tab")
            self.press("enter")
        self.done()
        return self

    def save(self) -> Self:
        """Save, and say yes."""
        self.press("alt+s")
        assert self.message() in {"Save order?", "You are changing an existing order. Save?"}
        return self.answer("alt+y")

    def saved(self) -> str:
        """Save, say yes, and what is said then."""
        return self.save().told()


class Granite:
    """A running office with its books and its control door, and the desks that were opened."""

    def __init__(self, url: str, database: Path, display: Display, log: Path) -> None:
        self.url, self.database = url, database
        self._display, self._log = display, log
        self.desks: list[subprocess.Popen[bytes]] = []
        self._http = httpx.Client(
            base_url=url, headers={"X-Control-Key": KEY}, verify=False, trust_env=False, timeout=SECONDS
        )

    def desk(self, *options: str) -> "subprocess.Popen[bytes]":
        """Open another desk."""
        command = [sys.executable, "-m", "sandbox.granite", "desk", "--database", str(self.database), *options]
        environ = dict(self._display.environ) | {"PYTHONPATH": str(ROOT)}
        with self._log.open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.desks.append(process)
        return process

    @property
    def pid(self) -> int:
        """The process of the first desk."""
        return self.desks[0].pid

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What stands in the books."""
        with closing(sqlite3.connect(self.database, timeout=SECONDS)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def orders(self) -> list[dict[str, Any]]:
        """All orders by number."""
        return self.rows("SELECT * FROM orders ORDER BY number")

    def control(self, path: str, wish: Any = None, method: str = "POST") -> Any:
        """Use the control door."""
        answer = self._http.request(method, f"/control/{path}", json=wish)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, kind: str, **parameters: Any) -> None:
        """Order a fault."""
        self.control("faults", {"fault": kind} | parameters)

    def places(self) -> dict[str, dict[str, Any]]:
        """Where each field and button of the first desk is."""
        found: dict[str, dict[str, Any]] = self.control(f"desks/{self.pid}/places", method="GET")
        return found

    def click(self, clerk: Clerk, name: str) -> None:
        """Press the mouse in the middle of that place, wherever it is; a click may come later than keys do."""
        place = self.places()[name]
        clerk.keys.click(place["left"] + place["width"] // 2, place["top"] + place["height"] // 2)

    def has_keyboard(self, name: str) -> bool:
        """Whether the first desk's keyboard is there."""
        return bool(self.control(f"desks/{self.pid}/keyboard", method="GET")["name"] == name)

    def complaints(self) -> str:
        """What the desks wrote on their standard error."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def order(self, **wish: Any) -> int:
        """An order that somebody typed elsewhere."""
        lines = [{"item_code": "P-30", "description": "Anchor chain 10 mm", "quantity": "2", "unit_price": "12.90"}]
        number: int = self.control("orders", {"customer_code": "C1001", "lines": lines} | wish)["number"]
        return number

    def close(self) -> None:
        """End the desks that are open."""
        for process in self.desks:
            process.kill()
            process.wait()
        self._http.close()


@contextmanager
def granite(folder: Path, display: Display, *options: str) -> Iterator[tuple[Granite, Clerk]]:
    """An office in this process, one desk on the display, and a clerk in front of it, not signed on."""
    database = folder / "granite.db"
    with office(database, KEY) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running = Granite(f"http://127.0.0.1:{server.port}", database, display, folder / "desks.log")
        clerk = Clerk(display)
        try:
            running.desk(*options)
            clerk.see("(GR-100)")
            yield running, clerk
            assert running.complaints() == ""
        finally:
            clerk.close()
            running.close()
            server.shutdown()
            thread.join()


def alive(process: "subprocess.Popen[bytes]") -> bool:
    """Whether that desk is still there."""
    return process.poll() is None
