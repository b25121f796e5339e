"""How much memory does the bridge need while it serves with one seat, beside a bare script that types as many orders?

python -m tests.bench.memory [--orders N]: both are children of this process, with all that they start; the CRM and the
ERP run in this one and are not counted. Shared pages are divided among those who share them (PSS), where the system
tells; elsewhere only what is a process's own counts (USS).
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bridge.model.postings import PostingState
from tests.bench.bare_scripts import BareHarbour
from tests.bench.entry import LINES, bare_page, day, wanted
from tests.installations import ROOT, Installation, installed, order
from tests.sandbox.harbour_clerks import eventually
from tests.watchers import meanwhile

EVERY = 0.5  # seconds between two looks; asking Chromium's processes costs some hundredths
MEGABYTE = 1024 * 1024
AT_ONCE = """
[jobs.take_orders]
run        = "jobs.take_orders:run"
cron       = "* * * * *"
time_limit = 600
lane       = "crm"

[jobs.post_orders]
run        = "jobs.post_orders:run"
cron       = "* * * * *"
time_limit = 3600
lane       = "erp"
"""


@dataclass
class Peak:
    """The most that a process and all its descendants have held at once."""

    process: int
    whole: int = 0
    parts: dict[str, int] = field(default_factory=dict)

    def look(self) -> None:
        """Look once."""
        parts: dict[str, int] = {}
        with suppress(psutil.Error):
            own = psutil.Process(self.process)
            for each in [own, *own.children(recursive=True)]:
                with suppress(psutil.Error):
                    held = each.memory_full_info()
                    parts[each.name()] = parts.get(each.name(), 0) + getattr(held, "pss", held.uss)
        if sum(parts.values()) > self.whole:
            self.whole, self.parts = sum(parts.values()), parts


def serving(house: Installation, orders: int) -> Peak:
    """The peak of `erpbridge serve` while these orders go through its one seat."""
    schedule = house.folder / "schedule.toml"
    schedule.write_text(AT_ONCE, encoding="utf-8")
    text = house.config.read_text(encoding="utf-8")
    house.config.write_text(text.replace((ROOT / "jobs" / "schedule.toml").as_posix(), schedule.as_posix()), "utf-8")
    house.reopen()
    house.crm.put(*[order(**wanted("harbour")) for _ in range(orders)])

    def posted() -> bool:
        return len([x for x in house.app.store.ledger.postings() if x.state is PostingState.POSTED]) == orders

    with house.child("serve") as process:
        peak = Peak(process.pid)
        with meanwhile(peak.look, EVERY):
            eventually(posted, 120 + 10 * orders)
        process.terminate()
        process.wait(60)
    return peak


def scripted(url: str, orders: int) -> Peak:
    """The peak of the bare script while it types as many."""
    command = [sys.executable, "-m", "tests.bench.memory", "--script-for", url, "--orders", str(orders)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        peak = Peak(process.pid)
        with meanwhile(peak.look, EVERY):
            process.wait(120 + 10 * orders)
    return peak


def script(url: str, orders: int) -> None:
    """Be the bare script."""
    with bare_page() as page:
        bare = BareHarbour(page, url)
        for number in range(orders):
            bare.enter("C1002", day("harbour"), f"BARE-{number}", LINES)


def measure(orders: int) -> None:
    """Measure both and print it."""
    with tempfile.TemporaryDirectory() as folder, installed(Path(folder)) as house:
        peaks = {"bare script": scripted(house.erp.url, orders), "erpbridge serve": serving(house, orders)}
    report(orders, peaks)


def report(orders: int, peaks: dict[str, Peak]) -> None:
    """Print it."""
    print(f"peak memory over {orders} orders of {len(LINES)} lines, one seat, MB")
    for name, peak in peaks.items():
        parts = ", ".join(f"{part} {held // MEGABYTE}" for part, held in sorted(peak.parts.items()))
        print(f"  {name:16} {peak.whole // MEGABYTE:5}   ({parts})")
    bare, bridge = (peak.whole for peak in peaks.values())
    print(f"  ratio            {bridge / bare:5.2f}")


def chosen() -> Callable[[], None]:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--script-for", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    return lambda: script(asked.script_for, asked.orders) if asked.script_for else measure(asked.orders)


if __name__ == "__main__":
    chosen()()
