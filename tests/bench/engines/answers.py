"""What does an engine hand in, and what did it take of the machine to get there? The standard library only.

Each engine is run as `python -m tests.bench.engines.NAME DAY OUT`, in an environment of its own. In OUT it leaves
`breaks.parquet` and `counts.json`; then, when it has been measured, `rows.parquet` with every row: the records it
stands for (-1 where a side has none), its outcome as a place in `Outcome` and the bits of all that is true.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.model.breaks import Outcome

ROW = ("crm", "ledger", "erp", "outcome", "flags")
BREAK = (*ROW, "currency", "crm_minor", "erp_minor")
PLACES = {outcome: place for place, outcome in enumerate(Outcome)}
Totals = Mapping[tuple[int, str], tuple[int, int, int]]
Exclusions = Mapping[tuple[str, str], int]


def counts(totals: Totals, exclusions: Exclusions) -> str:
    """Rows, CRM and ERP sums by outcome and currency, and what was left out by side and rule, as JSON."""
    told = {
        "totals": {f"{list(Outcome)[place]} {currency}": list(each) for (place, currency), each in totals.items()},
        "exclusions": {f"{side} {rule}": count for (side, rule), count in exclusions.items() if count},
    }
    return json.dumps(told, sort_keys=True, indent=1)


def peak() -> int:
    """The most memory this process has held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent held when it forked
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import psutil

    held = psutil.Process().memory_info()
    return int(getattr(held, "peak_wset", held.rss))


def processor() -> float:
    """Processor seconds of this process so far, its start and all its threads included."""
    spent = os.times()
    return spent.user + spent.system


def answered(run: Callable[[Path, Path], Callable[[Path], None]]) -> None:
    """Run an engine as the command line says, note what it took, and let it write all its rows only then."""
    day, out = Path(sys.argv[1]), Path(sys.argv[2])
    begun = processor()
    write_rows = run(day, out)
    told = {"cpu": processor(), "begun": begun, "peak": peak(), "python": sys.version.split()[0]}
    (out / "usage.json").write_text(json.dumps(told), encoding="utf-8")
    write_rows(out / "rows.parquet")
