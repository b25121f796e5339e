"""What does it take to read the comments of 20,000 breaks back from a workbook that people wrote into?

python -m tests.bench.comments [--breaks N] [--rounds N]: a statement of so many breaks is issued, a comment, a status
and an owner are written beside each of them by openpyxl, and it is given back as `erpbridge workbook upload` does:
compared cell by cell with the one that was issued, judged, and stored. Beside it the same file is only read: by
python-calamine, and by openpyxl in its read-only way. Processor seconds; each in a process of its own, turn by turn.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from openpyxl import load_workbook  # type: ignore[import-untyped]  # no stubs are installed
from python_calamine import CalamineWorkbook

from bridge.model.items import NoteField
from bridge.reports.receptions import received
from tests.bench.engines.answers import peak, processor
from tests.bench.workbooks import MEGABYTE, broken_day
from tests.installations import ROOT
from tests.unit.reports.offices import Days, written

MODULE = "tests.bench.comments"
BACK = "back.xlsx"


def prepare(folder: Path, breaks: int) -> None:
    """Issue the statement and write beside every break."""
    words = {"comment": "已与仓库确认 = see mail", "status": "Explained", "owner": "王芳"}
    with Days(folder) as days:
        issued = days.issue(broken_day(breaks))
        assert issued.statement.open_items == breaks
        written(issued, folder / BACK, [words] * breaks)


def ours(folder: Path) -> int:
    """Take the file back; how many words were taken."""
    with Days(folder) as days:
        taken = received(folder / BACK, days.office, "li", days.clock.now())
        assert taken.edits.refusals == ()
        notes, _ = days.office.annotations.notes("harbour")
        assert len(notes) == len(taken.edits.notes)
        return len(taken.edits.notes)


def calamine(folder: Path) -> int:
    """Only read every cell."""
    book = CalamineWorkbook.from_path(folder / BACK)
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def openpyxl(folder: Path) -> int:
    """Only read every cell, as openpyxl does it best."""
    book = load_workbook(folder / BACK, read_only=True)
    return sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))


READERS: Mapping[str, Callable[[Path], int]] = {"ours": ours, "calamine": calamine, "openpyxl read-only": openpyxl}


def measure(name: str, folder: Path) -> None:
    """Run one reader in this process and print what it took."""
    begun = processor()
    count = READERS[name](folder)
    print(json.dumps({"cpu": processor() - begun, "peak": peak(), "count": count}))


def told(name: str, folder: Path) -> dict[str, float]:
    """What one reader took in a process of its own."""
    command = [sys.executable, "-m", MODULE, "--measure", name, "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(breaks: int, rounds: int) -> None:
    """All readers in turn, so many times; our notes are new each time."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in READERS}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), breaks)
            for name in READERS:
                found[name].append(told(name, Path(folder)))
    base = statistics.median(each["cpu"] for each in found["ours"])
    for name, each in found.items():
        cpu = sorted(one["cpu"] for one in each)
        middle, most = statistics.median(cpu), max(one["peak"] for one in each) / MEGABYTE
        spread = f"({cpu[0]:.1f} to {cpu[-1]:.1f})"
        print(f"{name:20} {middle:6.1f} CPU s {spread:16} {most:6.0f} MB  {middle / base:5.2f} of ours")
    words = int(found["ours"][0]["count"])
    print(f"words taken: {words} of {len(list(NoteField)) - 2} beside each of {breaks} breaks")


def main() -> None:
    """Compare, or measure one reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--breaks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--measure", choices=READERS)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given.folder)
    else:
        compare(given.breaks, given.rounds)


if __name__ == "__main__":
    main()
