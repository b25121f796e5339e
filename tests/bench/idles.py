"""What does `erpbridge serve` take while there is nothing to do? Processor time and memory, at the shipped settings.

python -m tests.bench.idles [--minutes 5] [--sqlite-only]: installed between its toys, with the shipped schedule but for
the daily reconciliation, which would sign on once at the first start; measured after a minute of getting ready. Of a
PostgreSQL server its own processor time is told too.
"""

import argparse
import json
import os
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import tomli_w

from bridge.chaos.arenas import arena
from tests.bench.processes import Tree
from tests.bench.soaks import MARK, as_users_run_it, serve
from tests.installations import ROOT
from tests.postgres_servers import PostgresServer, available, postgres_server

READY = 60.0


@contextmanager
def idle(folder: Path, ledger: str) -> Iterator[Tree]:
    """A service that has nothing to do."""
    with arena(folder, ROOT / "erpbridge.toml", browser=True, ledger=ledger) as ready:
        as_users_run_it(ready, seats=1, schedule=without_reconciliation(folder))
        mark = (MARK, str(folder))
        process = serve(ready.config, mark)
        try:
            time.sleep(READY)
            yield Tree(process.pid, mark)
        finally:
            process.terminate()
            with suppress(psutil.Error):
                process.wait(60)
            ready.app.close()


def without_reconciliation(folder: Path) -> Path:
    """The shipped schedule, but for what signs on though there is nothing to do."""
    content = tomllib.loads((ROOT / "jobs" / "schedule.toml").read_text(encoding="utf-8"))
    del content["jobs"]["reconcile"]
    path = folder / "schedule.toml"
    path.write_text(tomli_w.dumps(content), encoding="utf-8")
    return path


def measure(folder: Path, seconds: float, server: PostgresServer | None) -> dict[str, Any]:
    """Look twice, so many seconds apart."""
    with idle(folder, server.new_database() if server else "") as tree:
        before, of_server, begun = tree.look(), _spent(server), time.monotonic()
        time.sleep(seconds)
        after, lasted = tree.look(), time.monotonic() - begun
        spent = sum(after["cpu"].values()) - sum(before["cpu"].values())
        found = {
            "seconds": round(lasted, 1),
            "cpu_percent_of_a_core": round(100 * spent / lasted, 2),
            "cpu_seconds_per_hour": round(3600 * spent / lasted, 1),
            "pss_mb": after["pss"],
            "rss_mb": after["rss"],
            "processes": after["processes"],
            "threads": after["threads"],
            "handles": after["handles"],
            "load": os.getloadavg()[0],
        }
        if server is not None:
            found["server_cpu_percent"] = round(100 * (_spent(server) - of_server) / lasted, 2)
        return found


def _spent(server: PostgresServer | None) -> float:
    """Processor seconds of the server so far."""
    if server is None:
        return 0.0
    first = psutil.Process(int((server.data / "postmaster.pid").read_text(encoding="ascii").split()[0]))
    spent = 0.0
    for process in (first, *first.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--sqlite-only", action="store_true")
    told = parser.parse_args()
    with ExitStack() as stack:
        server = None if told.sqlite_only or not available() else stack.enter_context(postgres_server())
        for name, on in (("SQLite", None), ("PostgreSQL", server)) if server else (("SQLite", None),):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                print(json.dumps({"ledger": name, **measure(Path(folder), 60 * told.minutes, on)}), flush=True)


if __name__ == "__main__":
    main()
