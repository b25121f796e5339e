"""Where does Tryton's own desktop client come from? Installed beside our test server, in a Python of its own.

It needs GTK by way of Debian's own Python, which no other Python can import; nothing of it is imported by the bridge.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from bots.bot import Credentials
from bots.drivers.desktop import DesktopDriver, DesktopOptions
from bots.drivers.x11_desktops import X11Desktop
from bots.tryton_desktop import TrytonDesktop
from bridge.store.selector_files import load_profile
from tests.contracts.tryton_worlds import CACHE
from tests.desktops.labs import why_not as why_no_display
from tests.real.sql_ledger_packages import PATIENCE, SqlLedgerUnavailableError, apt_get
from tests.real.tryton_servers import NAME, TrytonServer, TrytonUnavailableError, digest, locked, run
from tests.real.tryton_servers import why_not as why_no_server
from tests.samples import ROOT

DEBIAN_PYTHON: Final = Path("/usr/bin/python3")
PACKAGES: Final = (
    "adwaita-icon-theme",
    "at-spi2-core",
    "dbus",
    "gir1.2-gtk-3.0",
    "gir1.2-rsvg-2.0",
    "librsvg2-common",
    "python3-gi",
    "python3-gi-cairo",
    "python3-venv",
)
PINS: Final = ("tryton==8.0.9", "python-dateutil==4.0.0")
USER, PASSWORD = "BOT1", "secret-bot1-desktop"
GROUPS: Final = ("Sales", "Party Administration")
LISTED: Final = ("reference", "description")  # columns of the list of sales that are hidden at first
TIMEOUT: Final = 30.0  # seconds, on a machine that others use too
PROBE: Final = "import gi, venv; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk, Rsvg"


def why_not(cache: Path) -> str | None:
    """One sentence why the client cannot run here, or None after everything slow has been done."""
    if sys.platform != "linux" or not DEBIAN_PYTHON.exists():
        return "Tryton's desktop client is run by Debian's own Python, which is not here."
    try:
        installed(cache)
    except (TrytonUnavailableError, SqlLedgerUnavailableError) as error:
        return str(error)
    return why_no_display()


def installed(cache: Path) -> Path:
    """The client's Python, made on first use."""
    home = cache / f"client-{digest(*PINS)}"
    with locked(cache):
        if not (home / "complete").exists():
            packages()
            shutil.rmtree(home, ignore_errors=True)
            run(cache, "client", str(DEBIAN_PYTHON), "-m", "venv", "--system-site-packages", str(home))
            run(cache, "client", str(home / "bin/python"), "-I", "-m", "pip", "install", "--quiet", *PINS)
            (home / "complete").touch()
    return home / "bin" / "python"


def packages() -> None:
    """What Debian's Python lacks for GTK; raises TrytonUnavailableError where that may not be installed."""
    probe = subprocess.run([DEBIAN_PYTHON, "-c", PROBE], capture_output=True, check=False)
    buses = shutil.which("dbus-daemon") and Path("/usr/libexec/at-spi-bus-launcher").exists()
    if probe.returncode == 0 and buses:
        return
    if os.geteuid() != 0:
        raise TrytonUnavailableError("GTK for Debian's Python is missing, and only root can install it.")
    apt_get("install", "-y", "-q", PATIENCE, "--no-install-recommends", *PACKAGES)


@dataclass(frozen=True)
class Client:
    """How the client of one server is started: its command, and what the addresses begin with that it opens."""

    command: str
    base: str


def client(server: TrytonServer, cache: Path, folder: Path) -> Client:
    """A client with settings of its own, in which nobody has signed on yet."""
    home = folder / "home"
    (home / ".config").mkdir(parents=True, exist_ok=True)
    host = server.url.split("/")[2]
    settings = folder / "tryton.conf"
    settings.write_text(f"[login]\nhost = {host}\ndb = {NAME}\n[client]\ncheck_version = False\n", "utf-8")
    python = installed(cache)
    environ = {"HOME": home, "XDG_CONFIG_HOME": home / ".config", "LC_ALL": "C.UTF-8", "GSETTINGS_BACKEND": "memory"}
    words = ["env", *(f"{name}={value}" for name, value in environ.items())]
    return Client(
        " ".join([*words, str(python), str(python.with_name("tryton")), "-c", str(settings)]),
        f"tryton://{host}/{NAME}",
    )


@contextmanager
def desktop(command: str) -> Iterator[X11Desktop]:
    """A desktop of one's own whose program says what it shows; afterwards nobody knows of its display any more."""
    before = {name: os.environ.get(name) for name in ("DISPLAY", "XAUTHORITY")}
    opened = X11Desktop(command, asks=True)
    try:
        yield opened
    finally:
        opened.close()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@dataclass
class Office:
    """A server, a desktop with its client, and the bot that has signed on there."""

    server: TrytonServer
    desktop: X11Desktop
    base: str
    bot: TrytonDesktop

    def another(self, password: str = PASSWORD) -> TrytonDesktop:
        """A bot at the same desk, which is worked by whatever keys the desktop has now."""
        options = DesktopOptions(timeout=TIMEOUT, save_timeout=TIMEOUT, base=self.base)
        driver = DesktopDriver(self.bot.profile, self.desktop, options, self.desktop.sight)
        return TrytonDesktop(self.bot.profile, driver, Credentials(USER, password))

    def sales(self, reference: str) -> list[tuple[Any, ...]]:
        """Number, state, customer, their number, date and currency of every sale of that reference, in the database."""
        return self._rows(
            "SELECT s.number, s.state, p.code, s.reference, s.sale_date, c.code FROM sale_sale s "
            "JOIN party_party p ON p.id = s.party JOIN currency_currency c ON c.id = s.currency "
            "WHERE s.description = ?",
            reference,
        )

    def lines(self, reference: str) -> list[tuple[str, Decimal, Decimal]]:
        """Product, quantity and price of its lines in their order, in the database."""
        rows = self._rows(
            "SELECT p.code, l.quantity, l.unit_price FROM sale_line l JOIN sale_sale s ON s.id = l.sale "
            "JOIN product_product p ON p.id = l.product WHERE s.description = ? ORDER BY l.sequence, l.id",
            reference,
        )
        return [(code, Decimal(str(quantity)), Decimal(price.decode())) for code, quantity, price in rows]

    def count(self) -> int:
        """How many sales there are."""
        return int(self._rows("SELECT COUNT(*) FROM sale_sale")[0][0])

    def _rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.server.database, timeout=60)) as books:
            return books.execute(question, values).fetchall()


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """A Tryton of its own at which the bot sits; skips with the reason where there can be none."""
    if reason := why_no_server(CACHE) or why_not(CACHE):
        pytest.skip(reason)
    with TrytonServer.started(folder / "tryton", cache=CACHE) as server:
        add_typist(server)
        settings = client(server, CACHE, folder)
        with desktop(settings.command) as opened:
            profile = load_profile(ROOT / "selectors" / "tryton_desktop")
            options = DesktopOptions(timeout=TIMEOUT, save_timeout=TIMEOUT, base=settings.base)
            driver = DesktopDriver(profile, opened, options, opened.sight)
            bot = TrytonDesktop(profile, driver, Credentials(USER, PASSWORD))
            bot.sign_on()
            yield Office(server, opened, settings.base, bot)


def add_typist(server: TrytonServer, login: str = USER, password: str = PASSWORD) -> None:
    """A user who may sell, whose list of sales shows the columns that the bot reads."""
    with httpx.Client(
        base_url=f"{server.url}/rest/model/", headers={"Authorization": f"Bearer {server.key}"}, trust_env=False
    ) as door:

        def ask(method: str, path: str, body: Any = None, **params: str | list[str]) -> Any:
            answer = door.request(method, path, json=body, params=params, timeout=60)
            assert answer.is_success, answer.text
            return answer.json()

        groups = [each["id"] for each in ask("GET", "res.group", f="name", s="1000") if each["name"] in GROUPS]
        person = {"name": "Bot", "login": login, "password": password, "company": 1, "companies": [["add", [1]]]}
        user = ask("POST", "res.user", person | {"groups": [["add", groups]]})["id"]
        (view,) = (
            each["id"]
            for each in ask("GET", "ir.ui.view", f=["name", "model"], s="10000")
            if (each["name"], each["model"]) == ("sale_tree", "sale.sale")
        )
    rows = [(view, user, column, False, "sale.sale") for column in LISTED]
    with closing(sqlite3.connect(server.database, timeout=60)) as books, books:
        books.executemany(
            "INSERT INTO ir_ui_view_tree_optional (view, user, field, value, model) VALUES (?, ?, ?, ?, ?)", rows
        )
