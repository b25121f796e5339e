"""Do several desktops in parallel enter every order once and right, what does each take, and how does it scale?

python -m tests.bench.desktop_seats [--seats 1 2 6] [--orders 10] [--way product scripts]: `erpbridge run post_orders`
with so many Granite users and so many orders for each, all into one Granite: ledger, engine, evidence, and a process
for each seat with its own Xvfb, openbox and desk, and what reads labels for it where that is installed. The CRM and
Granite's office run in this process and are not counted. Beside it as many bare scripts, each with a display and a desk
of its own. Right and wrong are counted in Granite's own tables.

The rate is that of the time when all are at work: of each seat its orders after the first by the time from its first to
its last; their sum. Memory is the most that was seen at once, by part: MB of which shared pages are divided among those
who share them (PSS), and in brackets with shared pages counted in full (RSS). Processor seconds are those between the
looks at which each seat had had about one order and the last one, by part and order.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import tomli_w
from sqlalchemy import select

from bridge.model.postings import PostingState
from bridge.settings import keep_secret, load_settings
from bridge.store.tables import attempts, postings
from sandbox.crm.servers import KEY as CRM_KEY
from sandbox.crm.servers import CrmServer
from tests.bench.verdicts import Stored, in_granite, shown, verdicts
from tests.contracts.granite_worlds import Books, books, desk_command
from tests.desktops.labs import why_not
from tests.installations import PASSWORD, ROOT, Crm, Workplace, configuration, order
from tests.watchers import meanwhile

EVERY = 0.5  # seconds between two looks
MEGABYTE = 1024 * 1024
PARTS = ("seat", "reader", "Xvfb", "openbox", "desk")
MODULES = {"sandbox.granite": "desk", "bots.drivers.ocr_readings": "reader", "tests.bench.bare_granites": "seat"}
LINES = (("P-30", "2", "12.95"), ("P-40", "2.5", "4.80"), ("P-20", "1000", "0.07"))
ROOM = {"timeout": 60.0, "save_timeout": 30.0}


@dataclass
class Look:
    """What was seen at one moment: orders stored so far, and of each part its memory, processor seconds and count."""

    stored: int
    pss: Counter[str] = field(default_factory=Counter)
    rss: Counter[str] = field(default_factory=Counter)
    cpu: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)


def part_of(process: psutil.Process) -> str:
    """Which part of a seat the process is; "host" where it is none."""
    name, line = process.name(), process.cmdline()
    if name in {"Xvfb", "openbox"}:
        return name
    for module, part in MODULES.items():
        if module in line:
            return part
    return "seat" if "spawn_main" in " ".join(line) else "host"


def look(root: int, stored: int) -> Look:
    """Look at a process and all below it."""
    seen = Look(stored)
    for process in below(root):
        try:
            part, held, times = part_of(process), process.memory_full_info(), process.cpu_times()
        except psutil.Error:
            continue
        seen.pss[part] += held.pss
        seen.rss[part] += held.rss
        seen.cpu[part] += round(1000 * (times.user + times.system))
        seen.count[part] += 1
    return seen


def below(root: int) -> Iterator[psutil.Process]:
    """The process and its descendants."""
    try:
        process = psutil.Process(root)
        yield process
        yield from process.children(recursive=True)
    except psutil.Error:
        return


@dataclass
class Shift:
    """So many seats and orders at one Granite."""

    seats: int
    orders: int
    books: Books
    looks: list[Look] = field(default_factory=list)

    @property
    def users(self) -> list[str]:
        """The ERP users."""
        return [f"BOT{number}" for number in range(1, self.seats + 1)]

    def stored(self) -> int:
        """How many orders stand in the books."""
        return int(self.books.rows("SELECT count(*) FROM orders")[0][0])

    def watch(self, process: "subprocess.Popen[Any]") -> None:
        """Look at it again and again, until it ends."""
        with meanwhile(lambda: self.looks.append(look(process.pid, self.stored())), EVERY):
            if process.wait(300 + 30 * self.seats * self.orders):
                raise RuntimeError(f"it ended with {process.returncode}")

    def figures(self) -> dict[str, Any]:
        """Memory of one seat by part, and processor seconds by part and order."""
        whole = [each for each in self.looks if each.count["desk"] >= self.seats]
        if len(whole) < 2:
            return {}
        first = next((each for each in whole if each.stored >= self.seats), whole[0])
        last = max(whole, key=lambda each: sum(each.cpu.values()))
        done = max(1, last.stored - first.stored)
        found: dict[str, Any] = {}
        for part in (*PARTS, "host"):
            heads = 1 if part == "host" else self.seats
            pss, rss = (max(getattr(each, kind)[part] for each in whole) for kind in ("pss", "rss"))
            found[f"{part} MB"] = f"{pss / heads / MEGABYTE:.0f} ({rss / heads / MEGABYTE:.0f})"
            found[f"{part} cpu"] = (last.cpu[part] - first.cpu[part]) / 1000 / done
        found["MB"] = sum(max(each.pss[part] for each in whole) for part in PARTS) / self.seats / MEGABYTE
        found["cpu"] = sum(found[f"{part} cpu"] for part in PARTS)
        return found


def rate(moments: Mapping[str, Sequence[datetime]]) -> float:
    """Orders a minute while all were at work."""
    rates = [(len(each) - 1) / (max(each) - min(each)).total_seconds() for each in moments.values() if len(each) > 1]
    return 60 * sum(rates)


# --- the product ----------------------------------------------------------------------------------------------------


def body(number: int) -> dict[str, Any]:
    """An order of three lines; each fifth has a Chinese PO number."""
    lines = [
        {"item": item, "description": item, "quantity": str(Decimal(quantity) + number % 7), "unit_price": price}
        for item, quantity, price in LINES
    ]
    return order(lines=lines, po_number=f"采购 {number}" if number % 5 == 0 else f"PO {number}")


def meant(wanted: Mapping[str, Any]) -> Stored:
    """What must be stored of it."""
    lines = tuple((x["item"], Decimal(x["quantity"]), Decimal(x["unit_price"])) for x in wanted["lines"])
    customer = str(wanted["customer"]["code"])
    return Stored(customer, wanted["po_number"], wanted["order_date"], wanted["currency"], lines)


def furnish(folder: Path, crm: str, shift: Shift) -> None:
    """The shipped configuration with Granite as its only ERP."""
    content = configuration(folder, crm, "http://127.0.0.1:1")
    plain = content["erps"].pop("harbour")
    for name in ("browser", "user"):
        plain.pop(name, None)
    desktop = {"address": desk_command(shift.books.database), "selectors": str(ROOT / "selectors" / "granite")}
    content["erps"] = {"granite": plain | desktop | {"desktop": ROOM, "users": shift.users}}
    (folder / "erpbridge.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    settings = load_settings(folder / "erpbridge.toml")
    keep_secret("crm.sandbox", CRM_KEY, settings)
    keep_secret("erp.granite", PASSWORD, settings)


def by_product(shift: Shift, folder: Path) -> tuple[dict[str, Sequence[datetime]], dict[str, Stored]]:
    """Let the product enter them: when each user's orders were posted, and what should be stored."""
    with CrmServer(folder / "crm.sqlite") as crm:
        furnish(folder, crm.url, shift)
        place = Workplace(folder)
        try:
            wanted = [body(number) for number in range(shift.seats * shift.orders)]
            taken = place.taken(Crm(crm.url).put(*wanted))
            with place.child("run", "post_orders") as process:
                shift.watch(process)
            states = Counter(place.now(each).state for each in taken)
            if states != {PostingState.POSTED: len(taken)}:
                print(f"  not posted: {dict(states)}")
            return posted_by_user(place), {x.reference: meant(y) for x, y in zip(taken, wanted, strict=True)}
        finally:
            place.app.close()


def posted_by_user(place: Workplace) -> dict[str, Sequence[datetime]]:
    """When each user's orders were posted."""
    asked = select(attempts.c.user, postings.c.posted_at).join(postings, postings.c.id == attempts.c.posting_id)
    moments: dict[str, list[datetime]] = {}
    with place.app.store.database.reading() as connection:
        for row in connection.execute(asked.where(postings.c.posted_at.is_not(None))):
            moments.setdefault(row.user, []).append(row.posted_at)
    return dict(moments)


# --- the scripts ----------------------------------------------------------------------------------------------------


def by_scripts(shift: Shift, _folder: Path) -> tuple[dict[str, Sequence[datetime]], dict[str, Stored]]:
    """Let bare scripts enter as many; the same two things."""
    command = [sys.executable, "-m", "tests.bench.desktop_seats", "--scripts", str(shift.books.database)]
    wanted = {user: {f"{user}-{number:03}": body(number) for number in range(shift.orders)} for user in shift.users}
    told = {user: [typed(*each) for each in mine.items()] for user, mine in wanted.items()}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as given:
        json.dump(told, given)
        given.seek(0)
        shift.watch(subprocess.Popen(command, cwd=ROOT, stdin=given, stdout=out))
        out.seek(0)
        found: dict[str, list[float]] = json.load(out)
    moments = {user: [datetime.fromtimestamp(each, UTC) for each in done] for user, done in found.items()}
    return dict(moments), {ref: meant(each) for mine in wanted.values() for ref, each in mine.items()}


def typed(reference: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What a script is told."""
    names = {"ordered_on": "order_date", "po_number": "po_number", "currency": "currency", "lines": "lines"}
    return {"reference": reference, "customer": wanted["customer"]["code"]} | {x: wanted[y] for x, y in names.items()}


def run_scripts(database: str) -> None:
    """Start one for each user at once, and print when each order of each was done."""
    module, told = "tests.bench.bare_granites", json.load(sys.stdin)
    running = {user: bare_script(module, database, user, orders) for user, orders in told.items()}
    print(json.dumps({user: json.loads(each.communicate()[0].splitlines()[-1]) for user, each in running.items()}))


def bare_script(module: str, database: str, user: str, orders: Any) -> "subprocess.Popen[str]":
    """One script with its orders; it works on its own from now on."""
    command = [sys.executable, "-m", module, database, user, PASSWORD, json.dumps(orders)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


WAYS = {"product": by_product, "scripts": by_scripts}


def measured(way: str, seats: int, orders: int) -> dict[str, Any]:
    """One row."""
    with tempfile.TemporaryDirectory() as folder, books(Path(folder)) as running:
        shift = Shift(seats, orders, running)
        people: Any = [{"name": user, "password": PASSWORD} for user in shift.users]
        running.control("users", people)
        moments, wanted = WAYS[way](shift, Path(folder))
        counted = shown(verdicts(wanted, lambda reference: in_granite(running, reference)))
        strangers = shift.stored() - sum(len(in_granite(running, reference)) for reference in wanted)
        row = {"way": way, "seats": seats, "orders": len(wanted), "a minute": rate(moments), "books": counted}
        row |= {"strangers": strangers, "each": [len(each) for each in moments.values()], "load": os.getloadavg()[0]}
        row |= shift.figures()
        print(json.dumps(row), flush=True)
        return row


def report(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the tables."""
    one = {row["way"]: row["a minute"] for row in rows if row["seats"] == 1}
    print("\n| way | seats | orders | a minute | to one seat | right / wrong / missing / twice | load |")
    print("|---|---:|---:|---:|---:|---|---:|")
    for row in rows:
        scale = f"{row['a minute'] / one[row['way']]:.2f}" if one.get(row["way"]) else "-"
        values = (row["way"], row["seats"], row["orders"], f"{row['a minute']:.1f}", scale, row["books"])
        print("| " + " | ".join(str(each) for each in values) + f" | {row['load']:.1f} |")
    parts = (*PARTS, "host")
    titles = (*(f"{part} MB" for part in parts), "CPU s an order", *(f"of it {part}" for part in parts))
    print("\n| way | seats | MB a seat | " + " | ".join(titles) + " |\n|---|" + "---:|" * (len(titles) + 2))
    for row in rows:
        if "MB" not in row:
            continue
        memory = " | ".join(row[f"{part} MB"] for part in parts)
        cpu = " | ".join(f"{row[f'{part} cpu']:.2f}" for part in parts)
        print(f"| {row['way']} | {row['seats']} | {row['MB']:.0f} | {memory} | {row['cpu']:.2f} | {cpu} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seats", type=int, nargs="+", default=[1, 2, 6])
    parser.add_argument("--orders", type=int, default=10, help="for each seat")
    parser.add_argument("--way", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--scripts", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.scripts:
        run_scripts(told.scripts)
        return
    if (reason := why_not()) is not None:
        print(reason)
        return
    os.environ["PYTHONPATH"] = str(ROOT)  # the desks are modules of ours
    report([measured(way, seats, told.orders) for seats in told.seats for way in told.way])


if __name__ == "__main__":
    main()
