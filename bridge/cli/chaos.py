"""Is an order ever entered twice, or lost? Asked by striking the bridge at every point by every fault, on the toys."""

import shlex
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bridge.chaos.arenas import arena
from bridge.chaos.faults import BY_KEY, FAULTS, FULL_LEDGER, PAUSED, Fault, is_possible, key_of
from bridge.chaos.plans import shared_out
from bridge.chaos.sweeps import Sweep
from bridge.chaos.tables import Row
from bridge.chaos.weaknesses import WEAKNESSES
from bridge.cli.interruptions import ends_at_once
from bridge.cli.languages import language, say, word
from bridge.cli.outputs import Console, console_of
from bridge.errors import RequestRefused
from bridge.log import logger
from bridge.settings import config_path

ENOUGH = 0.9  # of the orders: what one fault does keeps some neighbours from reaching their own point
COUNTED = ("orders", "struck", "duplicates", "lost", "wrong", "in_doubt", "held", "otherwise")


class WeaknessUnknown(RequestRefused):
    """There is no weakness {name}; known are {known}."""


class FaultUnknown(RequestRefused):
    """There is no fault {name}; known are {known}."""


class FaultImpossible(RequestRefused):
    """The fault {name} cannot be struck here."""


class FolderTaken(RequestRefused):
    """The folder {path} is there already; a new one is needed."""


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    what = say("Strike the bridge at points of its work by faults, and count in the ERP's own tables.")
    cli.command("chaos", help=what)(chaos)


def chaos(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=1, help=say("How many orders in all."))] = 40,
    fault: Annotated[
        list[str] | None, typer.Option(help=say("Only this fault, such as tree-killed; may be given more than once."))
    ] = None,
    seats: Annotated[int, typer.Option(min=1, max=4, help=say("ERP users at work at once."))] = 2,
    pause: Annotated[
        bool, typer.Option("--pause", help=say("Let processes stand still too, and go on after a takeover."))
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help=say("Through the browser, as in real work."))] = False,
    ledger: Annotated[str, typer.Option(help=say("The URL of an empty database, instead of a file."))] = "",
    restart: Annotated[str, typer.Option(help=say("The command that restarts the server of that database."))] = "",
    lease: Annotated[
        float,
        typer.Option(min=0, help=say("Seconds without a heartbeat after which others take over; 0 for the usual.")),
    ] = 0.0,
    without: Annotated[
        str, typer.Option(help=say("Take this promise-keeper away, to see that it is noticed: probe, intent, fencing."))
    ] = "",
    keep: Annotated[
        Path | None, typer.Option(help=say("Work in this new folder, and leave all in it to look into."))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Exit status 0 where no order was doubled, lost, stored wrong, left in doubt or ended otherwise than it must."""
    console = console_of(context)
    if without and without not in WEAKNESSES:
        raise WeaknessUnknown(name=without, known=", ".join(WEAKNESSES))
    chosen = _chosen(fault or [], pause=pause, on_server=bool(ledger), can_restart=bool(restart))
    logger.remove()
    begun = time.monotonic()
    shipped = config_path(console.config)
    with (
        ends_at_once(),
        _folder(keep) as folder,
        arena(folder, shipped, browser=browser, ledger=ledger, small=FULL_LEDGER in chosen, lease=lease) as ready,
    ):
        sweep = Sweep(ready, seats, without, tuple(shlex.split(restart)))
        sweep.strike_all(shared_out(orders, chosen))
    _tell(console, sweep, round(time.monotonic() - begun, 1), as_json=as_json)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        try:
            keep.mkdir(parents=True)
        except FileExistsError as error:
            raise FolderTaken(path=keep) from error
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _chosen(names: Sequence[str], *, pause: bool, on_server: bool, can_restart: bool) -> list[Fault]:
    """The faults that were named, or all that can be struck here; processes stand still only where that is asked for.

    A process that stands still in the middle of writing to a file keeps all others from writing to it.
    """
    possible = [each for each in FAULTS if is_possible(each, on_server=on_server, can_restart=can_restart)]
    for name in names:
        if key_of(name) not in BY_KEY:
            raise FaultUnknown(name=name, known=", ".join(BY_KEY))
        if BY_KEY[key_of(name)] not in possible:
            raise FaultImpossible(name=name)
    wanted = {BY_KEY[key_of(name)] for name in names} or {each for each in possible if each is not PAUSED}
    return [each for each in possible if each in wanted or (pause and each is PAUSED)]


def _tell(console: Console, sweep: Sweep, seconds: float, *, as_json: bool) -> None:
    rows = sweep.rows
    sums = {name: sum(getattr(row, name) for row in rows) for name in COUNTED}
    if as_json:
        told = {"seconds": seconds, "table": [asdict(row) for row in rows], "said": sweep.said}
        console.json({**sums, **told})
    else:
        console.table(say("Sweep"), _columns(), [_cells(row) for row in rows])
        for line in sweep.said:
            console.line(line.worded(language()))
        counted = ", ".join(f"{word(name)} {count}" for name, count in sums.items())
        console.line(f"{counted}, {say('{seconds} seconds', seconds=seconds)}")
    if sums["struck"] < ENOUGH * sums["orders"]:
        console.line(say("Too few were struck for this to prove anything."))
        raise typer.Exit(1)
    if not all(row.ok for row in rows):
        raise typer.Exit(1)


def _columns() -> list[str]:
    return [word("point"), word("fault"), *map(word, COUNTED), word("seconds to recover")]


def _cells(row: Row) -> list[object]:
    figures = [getattr(row, name) for name in COUNTED]
    return [word(row.point), word(row.fault), *figures, row.seconds]
