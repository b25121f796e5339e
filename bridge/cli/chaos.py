"""Is an order ever entered twice, or lost? Asked by killing the bridge at every point, on the sandbox."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bridge.chaos.arenas import arena
from bridge.chaos.points import POINTS, Act, Point
from bridge.chaos.sweeps import Row, Sweep, timed
from bridge.chaos.weaknesses import WEAKNESSES
from bridge.cli.outputs import Console, console_of, headings, say
from bridge.errors import RequestRefused
from bridge.log import logger
from bridge.settings import config_path

LATE_LIST = "intent"  # without it nothing but a list that is late leads to a second entry
KILLS = (Act.SEAT, Act.ENGINE, Act.TREE)


class WeaknessUnknown(RequestRefused):
    """There is no weakness {name}; known are {known}."""


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("chaos", help=say("Kill the bridge at every point of its work, and count in the ERP's own tables."))(
        chaos
    )


def chaos(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=1, help=say("How many orders in all."))] = 120,
    seats: Annotated[int, typer.Option(min=1, max=4, help=say("ERP users at work at once."))] = 2,
    pause: Annotated[
        bool, typer.Option("--pause", help=say("Let processes stand still too, and go on after a takeover."))
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help=say("Through the browser, as in real work."))] = False,
    ledger: Annotated[str, typer.Option(help=say("The URL of an empty database, instead of a file."))] = "",
    without: Annotated[
        str, typer.Option(help=say("Take this promise-keeper away, to see that it is noticed: probe, intent, fencing."))
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Exit status 0 where no order was doubled, lost, stored wrong or left in doubt."""
    console = console_of(context)
    if without and without not in WEAKNESSES:
        raise WeaknessUnknown(name=without, known=", ".join(WEAKNESSES))
    logger.remove()
    with (
        timed() as spent,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        arena(Path(folder), config_path(console.config), browser=browser, ledger=ledger) as ready,
    ):
        combinations = shared_out(orders, [*KILLS, Act.PAUSE] if pause else list(KILLS))
        if without == LATE_LIST:
            ready.lag()
        sweep = Sweep(ready, seats, without)
        sweep.strike_all(combinations)
    _tell(console, sweep.rows, spent[0], as_json=as_json)


def shared_out(orders: int, acts: Sequence[Act]) -> list[tuple[Point, Act, int]]:
    """So many orders, spread evenly over all points and acts; with few orders each point is struck in turn."""
    combinations = [(point, act) for act in acts for point in POINTS]
    share, more = divmod(orders, len(combinations))
    if share:
        return [(*each, share + (number < more)) for number, each in enumerate(combinations)]
    step = len(combinations) / orders
    return [(*combinations[int(number * step)], 1) for number in range(orders)]


def _tell(console: Console, rows: Sequence[Row], seconds: float, *, as_json: bool) -> None:
    sums = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("orders", "struck", "duplicates", "lost", "wrong", "in_doubt", "held")
    }
    if as_json:
        console.json({**sums, "seconds": seconds, "table": [asdict(row) for row in rows]})
    else:
        columns = headings(
            "point", "struck down", "orders", "duplicates", "lost", "wrong", "in doubt", "held", "seconds to recover"
        )
        cells = [(r.point, r.act, r.orders, r.duplicates, r.lost, r.wrong, r.in_doubt, r.held, r.seconds) for r in rows]
        console.table(say("Sweep"), columns, cells)
        told = ", ".join(f"{name} {count}" for name, count in sums.items())
        console.line(f"{told}, {say('{seconds} seconds', seconds=seconds)}")
    if not all(row.ok for row in rows):
        raise typer.Exit(1)
