"""Where is Granite's bot doubted? In a Granite with an office and a desk of its own, on a display of its own."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from bots.bot import Credentials
from bots.drivers.desktop import DesktopDriver, DesktopOptions
from bots.drivers.desktop_labels import seeing
from bots.drivers.x11_desktops import X11Desktop
from bots.drivers.x11_displays import Display
from bots.granite import Granite
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order
from bridge.ports import ErpBot
from sandbox.granite import locks, sessions, tables
from sandbox.granite.offices import office
from sandbox.granite.sayings import RefusedError
from tests.desktops.labs import why_not
from tests.samples import ROOT, granite

USER, PASSWORD = "BOT1", "secret-bot1"
REFUSAL = "SO-150 Credit limit exceeded"
KEY = "key"
OPTIONS = DesktopOptions(timeout=20.0, save_timeout=4.0)


@dataclass
class Books:
    """The control door and the tables of one Granite."""

    database: Path
    url: str

    def control(self, path: str, wish: dict[str, Any], seconds: float = 60) -> Any:
        """What the control door answers."""
        answer = httpx.post(f"{self.url}/control/{path}", json=wish, headers={"X-Control-Key": KEY}, timeout=seconds)
        answer.raise_for_status()
        return answer.json()

    def clear_faults(self) -> None:
        """No more faults."""
        httpx.delete(f"{self.url}/control/faults", headers={"X-Control-Key": KEY}, timeout=60).raise_for_status()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What the tables hold."""
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(question, values).fetchall()

    @contextmanager
    def mary(self) -> Iterator[tuple[sqlite3.Connection, sessions.Session]]:
        """A colleague at her own desk."""
        with closing(tables.connect(self.database)) as db:
            yield db, sessions.sign_on(db, "MARY", "mary", os.getpid())


@contextmanager
def books(folder: Path) -> Iterator[Books]:
    """An office without a window."""
    with office(folder / "granite.db", KEY) as server:
        served = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        served.start()
        try:
            yield Books(folder / "granite.db", f"http://127.0.0.1:{server.port}")
        finally:
            server.shutdown()
            served.join()


def desk_command(database: Path, *options: str) -> str:
    """What starts a desk."""
    return " ".join([sys.executable, "-m", "sandbox.granite", "desk", "--database", str(database), *options])


def lay_out(display: Display, keyboard: str) -> None:
    """Give the display another keyboard."""
    subprocess.run(["setxkbmap", keyboard], check=True, env=dict(display.environ))


@contextmanager
def desktop(command: str, keyboard: str = "us") -> Iterator[X11Desktop]:
    """A desktop of one's own; afterwards nobody knows of its display any more."""
    before = {name: os.environ.get(name) for name in ("DISPLAY", "XAUTHORITY", "PYTHONPATH")}
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        with Display.started() as display:
            lay_out(display, keyboard)
            opened = X11Desktop(command, display=display)
            try:
                yield opened
            finally:
                opened.close()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class GraniteWorld:
    """The toy Granite, worked by its bot on a real desktop."""

    def __init__(self, running: Books, bot: Granite, driver: DesktopDriver, opened: X11Desktop) -> None:
        self.profile = granite()
        self.bot: ErpBot = bot
        self.books, self.granite, self.driver, self.desktop = running, bot, driver, opened

    @property
    def desk_pid(self) -> int:
        """The desk that is open."""
        (pid,) = (pid for (pid,) in self.books.rows("SELECT pid FROM desks") if psutil.pid_exists(pid))
        return int(pid)

    def disturb(self, *, waits: bool = True, **wish: Any) -> None:
        """Do something to the desk now; what takes longer is not waited for."""
        if waits:
            self.books.control("desks/do", {"pid": self.desk_pid, **wish})
            return
        with suppress(httpx.TimeoutException):
            self.books.control("desks/do", {"pid": self.desk_pid, **wish}, seconds=0.3)

    def dress(self, **looks: Any) -> None:
        """Change how the desk looks."""
        self.books.control("desks/looks", {"pid": self.desk_pid, **looks})

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order through the control door."""
        lines = [
            {"item_code": each.item, "quantity": str(each.quantity), "unit_price": str(each.unit_price)}
            for each in order.lines
        ]
        wish: dict[str, Any] = {"customer_code": order.customer, "external_number": reference, "lines": lines}
        wish |= {"order_date": order.ordered_on.isoformat(), "currency": order.currency, "po_number": order.po_number}
        number = str(self.books.control("orders", wish)["number"])
        self.move(number, status)
        return number

    def stored(self, reference: str) -> int:
        """How many orders carry exactly that reference in the books."""
        return len(self.books.rows("SELECT number FROM orders WHERE external_number = ?", reference))

    def move(self, number: str, status: DocumentStatus) -> None:
        """Change a status through the control door."""
        word = next(word for word, meaning in self.profile.statuses.items() if meaning is status)
        self.books.control(f"orders/{number}/status", {"status": word})

    def somebody_opens(self, number: str) -> str:
        """Mary opens the order, and leaves it again where that worked."""
        with self.books.mary() as (db, session):
            try:
                locks.acquire(db, int(number), session)
            except RefusedError as locked:
                return locked.said.text.format(**locked.said.values)
            locks.release(db, int(number), session.token)
        return ""

    def somebody_edits(self, number: str, po_number: str) -> str:
        """Mary gives the order that PO number, unless it is locked."""
        locked = self.somebody_opens(number)
        if not locked:
            with self.books.mary() as (db, _):
                db.execute("UPDATE orders SET po_number = ? WHERE number = ?", (po_number, number))
        return locked

    @contextmanager
    def held_by_somebody(self, number: str) -> Iterator[None]:
        """Mary has the order open, while inside."""
        with self.books.mary() as (db, session):
            locks.acquire(db, int(number), session)
            yield
            locks.release(db, int(number), session.token)

    def sent(self) -> int:
        """How often Save or Cancel Order was pressed and answered with Yes."""
        return len(self.books.rows("SELECT id FROM presses WHERE action IN ('save', 'cancel')"))

    def refuse_next(self, *, cancelling: bool = False) -> None:
        """The next Save is refused."""
        self.books.control("faults", {"fault": "refusal", "at": _action(cancelling=cancelling), "text": REFUSAL})

    def lose_next(self, *, cancelling: bool = False) -> None:
        """The next Save is stored, and the program dies before it says so."""
        self.books.control("faults", {"fault": "crash_after", "at": _action(cancelling=cancelling)})

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        with closing(tables.connect(self.books.database)) as db:
            sessions.sign_on(db, USER, PASSWORD, os.getpid())

    def wrong_password(self) -> ErpBot:
        """A bot of another user at the same desk, with a wrong password."""
        return Granite(self.profile, self.driver, Credentials("BOT2", "wrong"))


def _action(*, cancelling: bool) -> str:
    return "cancel" if cancelling else "save"


@contextmanager
def granite_world(
    folder: Path, keyboard: str = "us", options: Sequence[str] = (), *, reads: bool = False
) -> Iterator[GraniteWorld]:
    """A Granite on a desktop of its own, its desk started with these options; its bot `reads` labels where asked."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with books(folder) as running, desktop(desk_command(running.database, *options), keyboard) as opened:
        driver = DesktopDriver(granite(), opened, OPTIONS, seeing(granite(), opened.sight, labels=reads))
        bot = Granite(granite(), driver, Credentials(USER, PASSWORD))
        bot.sign_on()
        yield GraniteWorld(running, bot, driver, opened)
