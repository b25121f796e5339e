"""How much processor and memory does it take to compare a million orders, and do other engines say the same of each?

python -m tests.bench.reconciliations [--orders N] [--rounds N] [--engines ours,duckdb,...]: makes a day of so many
orders (CRM, ledger, ERP and some two lines an order) with every break in it, and lets each engine begin at the same
Parquet files and end with all rows named, counted, and the breaks written as Parquet; each in a process of its own,
turn by turn. Processor seconds are those of the whole process, its start included; memory is the most it has held.

Then it lays the answers beside each other: the outcome and all flags of every row, all counts and sums. The same is
done on a second, small day that is nearly all breaks, many of them over each other. Any difference is status 1.

Polars, DuckDB and datacompy are fetched by pip into environments of their own (`--peers FOLDER`); `plain` is the slow
engine of loops that `tests/unit/reports` uses too, `naive` what a script with `DataFrame.apply` would do. datacompy
compares two tables at a time and cannot name breaks: what it finds is printed, not compared.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.engines.days import EVERYTHING, Shares, day_of
from tests.bench.engines.environments import python_of, versions
from tests.bench.engines.sides import counted, write
from tests.bench.engines.verdicts import compared
from tests.installations import ROOT

MEGABYTE = 1024 * 1024
OURS = "ours"
HARD = 40_000  # orders of the day that is nearly all breaks


@dataclass(frozen=True)
class Engine:
    """A program, the environment it lives in, the packages it is made of, and how often it is worth running."""

    module: str
    environment: str = ""
    packages: tuple[str, ...] = ()
    once: bool = False
    named: bool = True


ENGINES: Mapping[str, Engine] = {
    OURS: Engine("ours", "", ("pandas", "numpy", "pyarrow")),
    "polars": Engine("polars_lazy", "frames", ("polars",)),
    "duckdb": Engine("duckdb_sql", "frames", ("duckdb",)),
    "datacompy": Engine("datacompy_pairs", "datacompy", ("datacompy", "polars", "pandas"), named=False),
    "plain": Engine("plain", once=True),
    "naive": Engine("naive", "", ("pandas",), once=True),
}


@dataclass(frozen=True)
class Usage:
    """What one run took: processor seconds in all and before its work began, and bytes."""

    cpu: float
    begun: float
    peak: int


@dataclass(frozen=True)
class Hall:
    """Where engines are run: the folder of the days, and that of the environments."""

    folder: Path
    peers: Path

    def run(self, name: str, day: str) -> Usage:
        """Let an engine answer, in a process of its own."""
        engine, out = ENGINES[name], self.answer(name, day)
        out.mkdir(parents=True, exist_ok=True)
        module = f"tests.bench.engines.{engine.module}"
        command = [python_of(engine.environment, self.peers), "-m", module, str(self.folder / day), str(out)]
        subprocess.run(command, cwd=ROOT, check=True)
        told = json.loads((out / "usage.json").read_text(encoding="utf-8"))
        return Usage(told["cpu"], told["begun"], told["peak"])

    def answer(self, name: str, day: str) -> Path:
        """The folder of an engine's answer."""
        return self.folder / day / name

    def disagreements(self, names: Sequence[str], day: str) -> int:
        """How many rows the engines do not name as ours does; prints it, with examples."""
        found = 0
        for name in names:
            if name == OURS or not ENGINES[name].named:
                continue
            both = compared(self.answer(OURS, day), self.answer(name, day))
            same = "counts and sums the same" if both.same_counts else "COUNTS OR SUMS DIFFER"
            print(f"{day}: {OURS} = {name}? {both.disagreeing} of {both.keys:,} keys disagree, {same}")
            print(*both.examples, sep="\n", end="\n" if both.examples else "")
            found += both.disagreeing + (not both.same_counts)
        return found


def made(folder: Path, orders: int, seed: int, shares: Shares) -> None:
    """Make a day there."""
    begun = time.process_time()
    tables = day_of(orders, seed, shares)
    write(tables, folder)
    print(f"{folder.name}: {', '.join(counted(tables))} (made in {time.process_time() - begun:.0f} s)")


def measured(hall: Hall, names: Sequence[str], day: str, rounds: int) -> dict[str, list[Usage]]:
    """What each engine took, round by round."""
    found: dict[str, list[Usage]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names:
            if number == 0 or not ENGINES[name].once:
                found[name].append(hall.run(name, day))
                print(
                    f"  round {number + 1}: {name} {found[name][-1].cpu:.1f} s, {_megabytes(found[name][-1:]):,.0f} MB"
                )
    return found


def table(found: Mapping[str, Sequence[Usage]]) -> None:
    """One line for each engine, beside ours in the same run."""
    ours = found[OURS]
    print("| engine | rounds | CPU s, median | least to most | of that, start | peak MB | CPU to ours | peak to ours |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, each in found.items():
        cpu, begun = [usage.cpu for usage in each], statistics.median(usage.begun for usage in each)
        ratio = statistics.median(cpu) / statistics.median(usage.cpu for usage in ours)
        memory = _megabytes(each) / _megabytes(ours)
        spread = f"{min(cpu):.1f} to {max(cpu):.1f}"
        print(
            f"| {name} | {len(each)} | {statistics.median(cpu):.1f} | {spread} | {begun:.1f} | {_megabytes(each):,.0f} "
            f"| {ratio:.2f} | {memory:.2f} |"
        )


def _megabytes(each: Sequence[Usage]) -> float:
    return max(usage.peak for usage in each) / MEGABYTE


def report(hall: Hall, names: Sequence[str]) -> None:
    """Which versions ran, on what."""
    for name in names:
        engine = ENGINES[name]
        if engine.packages:
            print(f"{name}: {versions(python_of(engine.environment, hall.peers), engine.packages)}")
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load average {load}")


def measure(hall: Hall, asked: argparse.Namespace) -> int:
    """Make the days, run, compare; how many rows disagree."""
    names = [name for name in ENGINES if name in asked.engines.split(",")]
    report(hall, names)
    made(hall.folder / "day", asked.orders, asked.seed, Shares())
    found = measured(hall, names, "day", asked.rounds)
    table(found)
    made(hall.folder / "hard", HARD, asked.seed + 1, EVERYTHING)
    for name in names:
        if ENGINES[name].named:
            hall.run(name, "hard")
    if "datacompy" in names:
        print("datacompy finds", (hall.answer("datacompy", "day") / "counts.json").read_text(encoding="utf-8"))
    return hall.disagreements(names, "day") + hall.disagreements(names, "hard")


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="plain and naive run once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--peers", type=Path, default=ROOT / ".cache" / "peers", help="where their environments are")
    parser.add_argument("--folder", type=Path, help="keep the days and answers there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return measure(Hall(asked.folder or Path(folder), asked.peers), asked)


if __name__ == "__main__":
    sys.exit(bool(main()))
