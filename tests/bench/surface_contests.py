"""Where do a seat of ours and a bare script type the same orders? In one ERP for each surface, each as its own user."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from bridge.model.orders import Order
from bridge.ports import SeatPlan
from tests.bench.bare_granites import GraniteKeys
from tests.bench.bare_junipers import JuniperBytes
from tests.bench.bare_trytons import TrytonClicks, TrytonKeys
from tests.bench.verdicts import Stored, in_granite, lines_of
from tests.contracts.granite_worlds import desk_command, granite_world
from tests.contracts.tryton_worlds import CACHE
from tests.installations import ROOT
from tests.real.tryton_desktops import TIMEOUT, Office, add_typist, client, office
from tests.real.tryton_hasty_scripts import hasty_clerk
from tests.real.tryton_webs import USER, TrytonWebServer, why_not
from tests.samples import granite, juniper, line, order, tryton_web
from tests.sandbox.juniper_clerks import KEY

TOY: Final = (("P-30", "2", "12.95"), ("P-40", "2.5", "4.80"), ("P-20", "1000", "0.07"))
REAL: Final = (("W-100", "3", "8.50"), ("W-200", "12", "11.1105"), ("W-300", "1000", "0.0725"))
CHOSEN: Final = "order order"  # when Tryton invoices and ships
OURS: Final = ("BOT2", "secret-bot2")
PATIENT: Final = {"timeout": TIMEOUT, "save_timeout": TIMEOUT}
BY_REFERENCE: Final = (
    "SELECT number, customer_code, your_ref, order_date, currency FROM orders WHERE external_no = ?",
    "SELECT item_code, quantity, unit_price FROM order_lines WHERE order_number = ? ORDER BY position",
)


def nothing() -> None:
    """There is nothing to be put right."""


@dataclass(frozen=True)
class Contest:
    """One ERP: the plan of our seat, the script, what is stored, and what a person does when the script has failed."""

    plan: SeatPlan
    bare: Callable[[Order, str], None]
    stored: Callable[[str], Sequence[Stored]]
    customer: str
    lines: Sequence[tuple[str, str, str]]
    chosen: str = ""
    put_right: Callable[[], None] = nothing

    def order(self, number: int) -> Order:
        """An order of three lines with prices of its own; each fifth has a Chinese PO number."""
        lines = tuple(
            line(place, item=item, quantity=Decimal(quantity) + number % 7, unit_price=Decimal(price))
            for place, (item, quantity, price) in enumerate(self.lines, 1)
        )
        po_number = f"采购 {number}" if number % 5 == 0 else f"PO {number}"
        return replace(order(number, customer=self.customer, lines=lines), po_number=po_number)


@contextmanager
def on_granite(folder: Path) -> Iterator[Contest]:
    """Two desks on two displays, on one file."""
    with granite_world(folder) as world:
        plan = SeatPlan(granite(), desk_command(world.books.database), *OURS, options=PATIENT)
        yield Contest(plan, GraniteKeys().enter, lambda x: in_granite(world.books, x), "C1001", TOY)


@contextmanager
def on_juniper(folder: Path) -> Iterator[Contest]:
    """Two terminals of one host."""
    database = folder / "juniper.db"

    def rows(question: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(database)) as books:
            return books.execute(question, values).fetchall()

    def stored(reference: str) -> list[Stored]:
        header, lines = BY_REFERENCE
        return [
            Stored(customer, po_number, day, currency, lines_of(rows(lines, number)))
            for number, customer, po_number, day, currency in rows(header, reference)
        ]

    with juniper_process(database) as ready:
        port = int(ready["ssh"]["port"])
        options = {**PATIENT, "host_password": "juniper", "host_key": ready["host_key"]}
        plan = SeatPlan(juniper(), f"ssh://erp@127.0.0.1:{port}", *OURS, options=options)
        with closing(JuniperBytes("127.0.0.1", port)) as bare:
            bare.sign_on("BOT1", "secret-bot1")
            yield Contest(plan, bare.enter, stored, "C1001", TOY)


@contextmanager
def juniper_process(database: Path) -> Iterator[Mapping[str, Any]]:
    """A Juniper as a process of its own; its ready line."""
    command = [sys.executable, "-m", "sandbox.juniper", "--until-stdin-closes", "--control-key", KEY]
    pipe = subprocess.PIPE
    started = subprocess.Popen([*command, "--database", str(database)], cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    with started as process:
        if process.stdout is None:
            raise RuntimeError("no ready line")
        ready: Mapping[str, Any] = json.loads(process.stdout.readline())
        yield ready


@contextmanager
def on_tryton_desktop(folder: Path) -> Iterator[Contest]:
    """Two clients of one server, each on a display of its own."""
    with office(folder) as house:
        add_typist(house.server, *OURS)
        mine = folder / "ours"
        mine.mkdir()
        settings = client(house.server, CACHE, mine)
        plan = SeatPlan(house.bot.profile, settings.command, *OURS, options={**PATIENT, "base": settings.base})

        def anew() -> None:
            house.bot.sign_on()
            house.bot.screens.open("order_blank")

        house.bot.screens.open("order_blank")
        yield Contest(plan, TrytonKeys().enter, lambda x: _on_desktop(house, x), "C0002", REAL, put_right=anew)


def _on_desktop(house: Office, reference: str) -> list[Stored]:
    lines = lines_of(house.lines(reference))
    return [
        Stored(customer, po_number, str(day)[:10], currency, lines)
        for _, _, customer, po_number, day, currency in house.sales(reference)
    ]


@contextmanager
def on_tryton_web(folder: Path) -> Iterator[Contest]:
    """Two browsers at one server."""
    if reason := why_not(CACHE):
        pytest.skip(reason)
    with TrytonWebServer.started(folder / "tryton", cache=CACHE) as server, hasty_clerk(server.url) as page:
        plan = SeatPlan(tryton_web(), server.url, *USER, options=PATIENT)
        bare = TrytonClicks(page, server.url)
        yield Contest(plan, bare.enter, lambda x: _in_web(server, x), "C0002", REAL, CHOSEN)


def _in_web(server: TrytonWebServer, reference: str) -> list[Stored]:
    return [
        Stored(
            sale["customer"],
            sale["po_number"],
            sale["ordered_on"],
            sale["currency"],
            lines_of(sale["lines"]),
            f"{sale['invoice_method']} {sale['shipment_method']}",
        )
        for sale in server.sales(reference)
    ]


CONTESTS: Final[Mapping[str, Callable[[Path], AbstractContextManager[Contest]]]] = {
    "granite": on_granite,
    "juniper": on_juniper,
    "tryton_desktop": on_tryton_desktop,
    "tryton_web": on_tryton_web,
}
