"""Does the demo show what it says?"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from sandbox.crm.loading import EXCERPT
from tests.end_to_end.whole_days import wrongs
from tests.installations import ROOT, configuration
from tests.oracles import Oracle

ORDERS = 14
STATES = ("posted", "held", "rejected", "in_doubt", "failed", "pending", "cancelled")
KEYS = {
    "orders", *STATES, "duplicates", "missing", "crm_told", "verdict", "workbook", "evidence", "seconds",
    "seconds_per_order",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One demonstration on real orders, in a folder of its own; what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    shipped = configuration(folder, "http://127.0.0.1:1", "http://127.0.0.1:2")
    (folder / "erpbridge.toml").write_text(tomli_w.dumps(shipped), encoding="utf-8")
    command = [sys.executable, "-m", "bridge.cli", "--config", str(folder / "erpbridge.toml"), "demo", "--json"]
    command += ["--orders", str(EXCERPT), "--count", str(ORDERS)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=400, env=dict(os.environ), check=False
    )
    assert done.returncode == 0, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    return record


@pytest.mark.browser
def test_every_real_order_ends_in_exactly_one_state(demo: dict[str, Any]) -> None:
    """The states add up to the orders, and nothing is doubled, missing, in doubt, failed or pending."""
    assert demo.keys() >= KEYS
    assert sum(demo[state] for state in STATES) == demo["orders"] == ORDERS
    assert not any(demo[key] for key in ("duplicates", "missing", "in_doubt", "failed", "pending"))
    assert demo["posted"] > 0
    assert demo["held"] > 0


@pytest.mark.browser
def test_the_erps_own_tables_equal_what_the_crm_asked_for(demo: dict[str, Any]) -> None:
    """Harbour's tables hold each posted order once, value by value, and none of the others."""
    assert list(wrongs(Path(demo["config"]).parent, EXCERPT)) == []


@pytest.mark.browser
def test_the_crm_was_told_and_the_workbook_lies_there(demo: dict[str, Any]) -> None:
    """Each posted order was told at least once, and workbook and evidence are where the demo says."""
    assert demo["crm_told"] >= demo["posted"]
    assert Path(demo["workbook"]).stat().st_size > 0
    assert any(Path(demo["evidence"]).rglob("manifest.jsonl"))


@pytest.mark.browser
def test_the_toys_of_a_demo_can_be_taken_up_again(demo: dict[str, Any]) -> None:
    """`erpbridge sandbox` starts them with all they held, so that ledger and ERP still speak of the same orders."""
    tables = Path(demo["config"]).parent / "sandbox" / "harbour.sqlite"
    held = Oracle(tables).all()
    command = [sys.executable, "-m", "bridge.cli", "--config", demo["config"], "sandbox", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as toys:
        assert toys.stdout is not None
        told = json.loads(toys.stdout.readline())
        toys.terminate()
        assert toys.wait(60) == 0
    assert Path(told["data"]) == tables.parent
    assert len(held) == demo["posted"]
    assert Oracle(tables).all() == held
