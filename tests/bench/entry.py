"""How much longer than a bare script does the bridge take for one order, and where does the time go?

python -m tests.bench.entry [--erp harbour|sql_ledger] [--orders N]: takes turns between the two in one run, so that
whatever else the machine does hits both alike. The script types and looks the order up once; the bridge probes twice,
reads every field back, verifies the stored document and keeps three pictures.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bots.drivers.browsers import find_browser
from bots.drivers.web_sessions import ARGUMENTS, as_root
from bridge.engine.hearts import Heart
from bridge.engine.seats import Seat
from bridge.entry import carry
from bridge.model.postings import PostingState
from bridge.scheduler import run_job
from tests.bench.bare_scripts import BareHarbour, BareSqlLedger
from tests.installations import Installation, installed, order
from tests.real.installations import SqlLedgerInstallation, sql_ledger_installation
from tests.real.sql_ledger_datasets import User

LINES = (("P-20", "10", "0.40"), ("P-30", "2", "89.90"), ("P-40", "3", "12.34"))
House = Installation | SqlLedgerInstallation


class Stopwatch:
    """Wraps a port and adds up how long its calls take."""

    def __init__(self, inner: Any, spent: dict[str, float], prefix: str = "") -> None:
        self._inner = inner
        self._spent = spent
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def timed(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return found(*arguments, **named)
            finally:
                self._spent[self._prefix + name] += time.perf_counter() - begun

        return timed


@contextmanager
def bare_page() -> Iterator[Any]:
    """A page as a script would open it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser().path, args=list(ARGUMENTS), chromium_sandbox=not as_root()
        )
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 900})
        finally:
            browser.close()


class Bridge:
    """The product at work on one seat, one order at a time."""

    def __init__(self, house: House, erp: str) -> None:
        self.house, self.app, self.erp = house, house.app, erp
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def at_work(self) -> Iterator[Callable[[dict[str, Any]], float]]:
        """Sign on, and give what carries one order and says how long it took."""
        heart = Heart(timedelta(seconds=45), self.app.clock.elapsed)
        with self.app.place(self.erp) as place:
            place.seat()

            def enter(wanted: dict[str, Any]) -> float:
                self.house.crm.put(wanted)
                run_job(self.app, "take_orders")
                desk = place.desk()
                bot = desk.bot
                desk = replace(
                    desk,
                    bot=Stopwatch(bot, self.spent, "erp: "),
                    crm=Stopwatch(desk.crm, self.spent, "crm: "),
                    ledger=Stopwatch(desk.ledger, self.spent, "ledger: "),
                )
                assert isinstance(bot, Seat)
                begun = time.perf_counter()
                posting = self.app.store.ledger.due(self.erp, self.app.clock.now())[0]
                claim = self.app.store.ledger.claim(posting, desk.worker, desk.lease)
                assert claim is not None
                with heart.keeping("order", lambda: self.app.store.ledger.beat(claim, desk.lease), place.kill):
                    ended = carry(desk, claim)
                assert ended.state is PostingState.POSTED, ended
                return time.perf_counter() - begun

            yield enter


def measure(erp: str, orders: int) -> None:
    """Take turns, and print medians, the ratio and the profile."""
    with tempfile.TemporaryDirectory() as folder, opened(erp, Path(folder)) as (house, bare_of), bare_page() as page:
        bare = bare_of(page)
        bridge = Bridge(house, erp)
        times: dict[str, list[float]] = {"bare": [], "bridge": []}
        with bridge.at_work() as enter:
            for turn in range(orders + 1):
                begun = time.perf_counter()
                bare.enter("C1002" if erp == "harbour" else "C-100", day(erp), f"BARE-{turn}", LINES)
                taken = time.perf_counter() - begun
                carried = enter(order(**wanted(erp)))
                if turn:  # the first of each warms up
                    times["bare"].append(taken)
                    times["bridge"].append(carried)
                else:
                    bridge.spent.clear()
    report(erp, times, bridge.spent)


def day(erp: str) -> str:
    """The order date as each ERP writes it."""
    return "02/03/26" if erp == "harbour" else "2026-03-02"


def wanted(erp: str) -> dict[str, Any]:
    """The three-line order of the comparison."""
    lines = [{"item": i, "description": i, "quantity": q, "unit_price": p} for i, q, p in LINES]
    code = "C1001" if erp == "harbour" else "C-102"
    return {"customer": {"code": code, "name": "Smith Ltd"}, "lines": lines, "po_number": ""}


@contextmanager
def opened(erp: str, folder: Path) -> Iterator[tuple[House, Callable[[Any], Any]]]:
    """An installation on the ERP, and the bare script for it."""
    if erp == "harbour":
        with installed(folder) as house:
            yield house, lambda page: BareHarbour(page, house.erp.url)
        return
    with sql_ledger_installation(folder) as (ledger_house, _):
        second = User("typist2", "Second typist", dropdown_limit=0)  # one user, one session
        ledger_house.erp.add_user(second)
        address = f"http://127.0.0.1:{ledger_house.proxy.port}/sql-ledger"  # both by the same way
        yield ledger_house, lambda page: BareSqlLedger(page, address, second.full_login, second.password)


def report(erp: str, times: dict[str, list[float]], spent: dict[str, float]) -> None:
    """Print it."""
    bare, bridge = statistics.median(times["bare"]), statistics.median(times["bridge"])
    print(f"{erp}: {len(times['bare'])} orders of {len(LINES)} lines, medians of one run")
    for name, values in times.items():
        print(f"  {name:8} {statistics.median(values):6.2f} s   ({min(values):.2f} to {max(values):.2f})")
    print(f"  ratio    {bridge / bare:6.2f}")
    whole = sum(times["bridge"])
    for name, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        print(f"  {name:26} {seconds / len(times['bridge']):6.3f} s  {100 * seconds / whole:5.1f} %")
    print(f"  {'the rest':26} {(whole - sum(spent.values())) / len(times['bridge']):6.3f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--erp", choices=("harbour", "sql_ledger"), default="harbour")
    parser.add_argument("--orders", type=int, default=10)
    chosen = parser.parse_args()
    measure(chosen.erp, chosen.orders)
