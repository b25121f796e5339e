"""How many orders a minute go through each surface, with all guards, beside a bare script that has none?

python -m tests.bench.surfaces [--surface granite juniper tryton_desktop tryton_web] [--orders N]: order by order in
turns. Ours is a seat of the product, a process of its own: search, type, read back, ask for leave, save, read the
stored document back and compare; without CRM, ledger and pictures. The script types by fixed keys and places, rests so
long between them as its author found good (`bare_granites` and its neighbours), saves, and looks at nothing. Where its
order is not stored, its desk is put right by hand before the next one, and that is not timed. Right and wrong are
counted in the ERP's own tables. The first order of each warms up: its time is not counted, what came of it is.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Error as PlaywrightError

from bridge.clocks import SystemClock
from bridge.engine.seats import Seat
from bridge.errors import BridgeError, ReadBackDiffers
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.forms import told
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.ports import ErpBot, Search, SeatPlan
from tests.bench.entry import Stopwatch
from tests.bench.surface_contests import CONTESTS, Contest
from tests.bench.verdicts import Stored, meant, shown, verdict, verdicts

NONE = CrossReferences()
ORDERS = {"granite": 20, "juniper": 20, "tryton_desktop": 5, "tryton_web": 5}


@dataclass
class Side:
    """What one of the two has done: the seconds of each order, and what should be stored."""

    seconds: list[float] = field(default_factory=list)
    wanted: dict[str, Stored] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


class Ours:
    """The bot's own steps at a seat, with every comparison that the product makes."""

    def __init__(self, plan: SeatPlan) -> None:
        self.plan, self.spent = plan, defaultdict[str, float](float)
        self.seat = Seat(plan, SystemClock())
        self.seat.sign_on()

    def enter(self, wanted: Order, reference: str) -> None:
        """Enter the order; raises where anything is not as it was meant."""
        bot, profile = cast("ErpBot", Stopwatch(self.seat, self.spent)), self.plan.profile
        if any(row.reference == reference for row in bot.search(Search(reference=reference))):
            raise RuntimeError(f"{reference} is there already")
        form = form_of(wanted, reference, profile, NONE)
        bot.open_entry(reference)
        different = form_differences(form, bot.type_order(form), profile)
        if different:
            raise ReadBackDiffers(differences=told(different))
        answer = bot.save(lambda: True)
        if answer.number is None:
            raise RuntimeError(answer.text)
        different = document_differences(wanted, reference, bot.read_document(answer.number), profile, NONE)
        if different:
            raise ReadBackDiffers(differences=told(different))

    def put_right(self) -> None:
        """A new seat."""
        self.seat.end()
        self.seat = Seat(self.plan, SystemClock())
        self.seat.sign_on()


def race(contest: Contest, orders: int) -> tuple[Side, Side, Mapping[str, float]]:
    """Order by order, ours and the script's; and where our time went."""
    ours, sides = Ours(contest.plan), (Side(), Side())
    enter = (ours.enter, contest.bare)
    put_right = (ours.put_right, contest.put_right)
    try:
        for number in range(orders + 1):
            for place, side in enumerate(sides):
                reference = f"SU-{number:03}-{'OB'[place]}"
                wanted = contest.order(number)
                side.wanted[reference] = meant(wanted, contest.chosen)
                begun = time.perf_counter()
                try:
                    enter[place](wanted, reference)
                except (BridgeError, RuntimeError, PlaywrightError) as error:
                    side.troubles.append(f"{reference}: {type(error).__name__} {str(error)[:200]}")
                side.seconds.append(time.perf_counter() - begun)
                if verdict(side.wanted[reference], contest.stored(reference)) == "missing":
                    put_right[place]()
            if not number:
                ours.spent.clear()
    finally:
        ours.seat.close()
    for side in sides:
        del side.seconds[0]
    return (*sides, ours.spent)


def measured(name: str, orders: int) -> dict[str, Any]:
    """One surface."""
    with tempfile.TemporaryDirectory() as folder, CONTESTS[name](Path(folder)) as contest:
        ours, bare, spent = race(contest, orders)
        row: dict[str, Any] = {"surface": name, "orders": orders + 1}
        for side, who in ((ours, "ours"), (bare, "bare")):
            row[f"{who} s"] = statistics.median(side.seconds)
            row[f"{who} a minute"] = 60 * len(side.seconds) / sum(side.seconds)
            row[who] = shown(verdicts(side.wanted, contest.stored))
        row["ratio"] = row["ours s"] / row["bare s"]
    steps = ", ".join(f"{step} {seconds / orders:.2f}" for step, seconds in spent.items())
    print(f"{name}: load {os.getloadavg()[0]:.1f}; ours {range_of(ours)}, bare {range_of(bare)}; of ours: {steps}")
    for trouble in (*ours.troubles, *bare.troubles):
        print(f"  {trouble}")
    return row


def range_of(side: Side) -> str:
    """The shortest and the longest order."""
    return f"{min(side.seconds):.2f} to {max(side.seconds):.2f} s"


def report(rows: list[dict[str, Any]]) -> None:
    """Print the table."""
    names = ("ours s", "bare s", "ratio", "ours a minute", "bare a minute")
    print("\n| surface | orders each | " + " | ".join(names) + " | ours right / wrong / missing / twice | bare |")
    print("|---|" + "---:|" * 6 + "---|---|")
    for row in rows:
        values = " | ".join(f"{row[name]:.2f}" for name in names)
        print(f"| {row['surface']} | {row['orders']} | {values} | {row['ours']} | {row['bare']} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--surface", nargs="+", choices=list(CONTESTS), default=list(CONTESTS))
    parser.add_argument("--orders", type=int, help="of each side; 20 for the toys, 5 for Tryton unless told")
    told_to = parser.parse_args()
    rows = []
    for name in told_to.surface:
        try:
            rows.append(measured(name, told_to.orders or ORDERS[name]))
        except pytest.skip.Exception as skipped:
            print(f"{name}: {skipped}")
    report(rows)


if __name__ == "__main__":
    main()
