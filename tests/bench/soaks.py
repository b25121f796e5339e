"""What happens in hours of plain work? `erpbridge serve` with real browsers, an order every few seconds, no faults.

python -m tests.bench.soaks [--minutes 120] [--every 4] [--seats 2] --out FOLDER: a toy CRM, a toy ERP and the service,
each as a process of its own. When the time is over nothing new comes, what is left is finished, the service is asked to
end, and the ERP's own tables are compared with what was wanted. Every half minute the whole tree of processes is
measured. `--report FOLDER` prints what a running or broken-off soak has come to. Nothing here asserts a time.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from bridge.app import App
from bridge.chaos.arenas import Arena, arena, body_of
from bridge.settings import load_settings
from tests.bench.processes import Tree
from tests.bench.soak_reports import ENTERED, FACTS, SAMPLES, reported
from tests.installations import ROOT
from tests.sandbox.harbour_clerks import eventually

EVERY = 30.0  # seconds between two samples
MARK = "ERPBRIDGE_SOAK"
SCHEDULE = {
    "take_orders": ("* * * * *", "crm"),
    "post_orders": ("* * * * *", "erp"),
    "tell_crm": ("* * * * *", "crm"),
    "read_status": ("*/5 * * * *", "erp"),
}


@dataclass
class Soak:
    """A service at work between its toys."""

    arena: Arena
    process: "subprocess.Popen[str]"
    every: float
    tree: Tree
    before: int
    begun: float = field(default_factory=time.monotonic)
    entered: int = 0
    looked: float = 0.0

    def run(self, seconds: float) -> None:
        """Feed and measure until the time is over or the service has ended by itself."""
        while (now := time.monotonic() - self.begun) < seconds and self.process.poll() is None:
            if now >= self.entered * self.every:
                self.enter()
            self.look_in_time()
            following = min(self.entered * self.every, self.looked + EVERY)
            time.sleep(max(0.0, min(following, seconds) - (time.monotonic() - self.begun)))

    def enter(self) -> None:
        """One more real order in the CRM."""
        self.entered += 1
        body = body_of(self.arena.sample[self.entered % len(self.arena.sample)], f"S{self.entered}")
        self.arena.crm.control("orders", {"orders": [body]})
        self._write(ENTERED, {"at": datetime.now(UTC).isoformat(), "order": body})

    def look_in_time(self) -> None:
        """Measure, where the last time is long enough ago."""
        now = time.monotonic() - self.begun
        if now >= self.looked + EVERY or not self.tree.seen:
            self.looked = now
            sample = {"seconds": round(now, 1), "load": os.getloadavg()[0], "entered": self.entered}
            counts = dict(self.arena.app.store.ledger.counts())
            self._write(SAMPLES, {**sample, "postings": counts, **self.tree.look()})

    def end(self, patience: float) -> None:
        """Wait until nothing is left to do, then ask the service to end."""
        begun = time.monotonic()
        with suppress(AssertionError):
            eventually(self._rests, patience)
        rested = time.monotonic()
        self.look_in_time()
        self.tree.look()
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(180)
        ended = time.monotonic()
        facts = {
            "exit_status": self.process.poll(),
            "seconds_to_rest": round(rested - begun, 1),
            "seconds_to_end": round(ended - rested, 1),
            "processes_seen": len(self.tree.seen),
            "strays": self.tree.strays(),
        }
        (self.arena.folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")

    def _rests(self) -> bool:
        self.look_in_time()
        store = self.arena.app.store
        taken = sum(store.ledger.counts().values()) >= self.before + self.entered
        return taken and not self.arena.unfinished() and not store.outbox.waiting("sandbox")

    def _write(self, name: str, record: dict[str, Any]) -> None:
        with (self.arena.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def as_users_run_it(ready: Arena, seats: int, schedule: Path) -> None:
    """The settings that are shipped, but for addresses, the schedule, and as many users as seats."""
    content = tomllib.loads(ready.config.read_text(encoding="utf-8"))
    content.pop("lease_seconds")
    erp = content["erps"]["harbour"]
    for key in ("most_attempts", "breaker", "browser"):
        erp.pop(key)
    erp["users"] = erp["users"][:seats]
    content["jobs"] = schedule.as_posix()
    ready.config.write_text(tomli_w.dumps(content), encoding="utf-8")
    ready.app.close()
    ready.app = App(load_settings(ready.config))


def schedule_of_minutes(folder: Path) -> Path:
    """A schedule that looks every minute, which is as often as a schedule can."""
    jobs = {
        job: {"run": f"jobs.{job}:run", "cron": cron, "time_limit": 3600, "lane": lane}
        for job, (cron, lane) in SCHEDULE.items()
    }
    path = folder / "schedule.toml"
    path.write_text(tomli_w.dumps({"jobs": jobs}), encoding="utf-8")
    return path


def serve(config: Path, mark: tuple[str, str]) -> "subprocess.Popen[str]":
    """`erpbridge serve` in a process of its own."""
    command = [sys.executable, "-m", "bridge.cli", "--config", str(config), "serve", "--json"]
    with (config.parent / "said.txt").open("w", encoding="utf-8") as said:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"ERPBRIDGE_LANGUAGE": "en"} | dict([mark]),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )


def soak(folder: Path, minutes: float, every: float, seats: int) -> None:
    """Let it work; what came of it lies in the folder."""
    folder.mkdir(parents=True)
    with arena(folder, ROOT / "erpbridge.toml", browser=True) as ready:
        as_users_run_it(ready, seats, schedule_of_minutes(folder))
        mark, before = (MARK, str(folder)), sum(ready.app.store.ledger.counts().values())
        process = serve(ready.config, mark)
        try:
            at_work = Soak(ready, process, every, Tree(process.pid, mark), before)
            at_work.run(60 * minutes)
            at_work.end(patience=max(600.0, 10 * minutes))
        finally:
            with suppress(OSError):
                process.kill()
            process.wait(30)
            ready.app.close()


def main() -> None:
    """Soak, or report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--every", type=float, default=4, help="seconds between two orders")
    parser.add_argument("--seats", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a new folder")
    parser.add_argument("--report", type=Path, help="only print what this folder has come to")
    told = parser.parse_args()
    folder: Path = told.report or told.out
    if told.report is None:
        soak(folder, told.minutes, told.every, told.seats)
    print(json.dumps(reported(folder), indent=2))


if __name__ == "__main__":
    main()
