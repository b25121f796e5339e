"""What does a workbook of 20,000 breaks take to write, beside bare writers that put the same cells into plain sheets?

python -m tests.bench.workbooks [--breaks N] [--rounds N]: so many orders, each broken in one of four ways, are
compared, and the workbook is written by the product as it does every morning: with formats and links, read back from
the disk, hashed, and its manifest. Beside it XlsxWriter and openpyxl write the same sheets, rows and columns with
nothing else. Each in a process of its own, turn by turn; processor seconds are those of the writing alone, memory is
what the process held before and the most it has held. What the columns are is asked of the product's workbook.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import psutil
import xlsxwriter  # type: ignore[import-untyped]  # it ships no marker for its types
from openpyxl import Workbook  # type: ignore[import-untyped]  # no stubs are installed
from python_calamine import CalamineWorkbook

from bridge.model.documents import Document
from bridge.reports.books import write_workbook
from bridge.reports.inputs import Inputs
from bridge.reports.readbacks import Held, read_back
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.bench.engines.answers import peak, processor
from tests.installations import ROOT
from tests.unit.reports.days import document, inputs_of, order, typed

MODULE = "tests.bench.workbooks"
MEGABYTE = 1024 * 1024
CELLS, BOOK = "cells.json", "ours.xlsx"
Cell = str | float
Sheets = Mapping[str, Sequence[Sequence[Cell]]]


@dataclass(frozen=True)
class Usage:
    """What one writing took: processor seconds, of these the reading back; bytes before, at most, and stored."""

    cpu: float
    reading: float
    before: int
    peak: int
    size: int


def broken(number: int) -> Document | None:
    """The document of an order, wrong in one of four ways."""
    entered = order(number)
    right = document(entered, f"{number:08}")
    wrong = (
        replace(right, total=entered.total + 5),
        replace(right, customer="C-9999"),
        replace(right, ordered_on=right.ordered_on - timedelta(days=1)),
        None,
    )
    return wrong[number % len(wrong)]


def broken_day(breaks: int) -> Inputs:
    """A day of so many orders, none of which agrees with its document."""
    numbers = range(1, breaks + 1)
    orders = [order(number) for number in numbers]
    postings = [typed(each, number, f"{number:08}") for number, each in zip(numbers, orders, strict=True)]
    return inputs_of(orders, postings, [each for each in map(broken, numbers) if each])


def ours(folder: Path, breaks: int) -> Usage:
    """The product's own; it leaves its cells behind for the others."""
    found = reconcile(broken_day(breaks))
    assert len(found.breaks) == breaks
    spent = [0.0]

    def timed(content: bytes, meant: Reconciliation) -> Held:
        begun = processor()
        held = read_back(content, meant)
        spent[0] += processor() - begun
        return held

    path = folder / BOOK
    used = measured(lambda: write_workbook(found, path, evidence="../evidence", reader=timed), path)
    (folder / CELLS).write_text(json.dumps(dict(_cells(path))), encoding="utf-8")
    return replace(used, reading=spent[0])


def _cells(path: Path) -> Iterator[tuple[str, list[list[Cell]]]]:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        yield name, [[cell if isinstance(cell, int | float) else str(cell) for cell in row] for row in rows]


def measured(write: Callable[[], object], path: Path) -> Usage:
    """What it takes to write that file."""
    before, begun = psutil.Process().memory_info().rss, processor()
    write()
    return Usage(processor() - begun, 0.0, before, peak(), path.stat().st_size)


def bare_xlsxwriter(path: Path, sheets: Sheets) -> None:
    """Every cell, and nothing else."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write_number
                    write(at, column, cell)


def bare_openpyxl(path: Path, sheets: Sheets, *, write_only: bool = False) -> None:
    """Every cell, and nothing else."""
    book = Workbook(write_only=write_only)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


BARE: Mapping[str, Callable[[Path, Sheets], None]] = {
    "xlsxwriter": bare_xlsxwriter,
    "openpyxl": bare_openpyxl,
    "openpyxl write-only": lambda path, sheets: bare_openpyxl(path, sheets, write_only=True),
}
WRITERS = ("ours", *BARE)


def be(name: str, folder: Path, breaks: int) -> Usage:
    """Be one of the writers."""
    if name == "ours":
        return ours(folder, breaks)
    sheets: Sheets = json.loads((folder / CELLS).read_text(encoding="utf-8"))
    path = folder / f"{name}.xlsx"
    return measured(lambda: BARE[name](path, sheets), path)


def started(name: str, folder: Path, breaks: int) -> Usage:
    """Let a writer work in a process of its own."""
    command = [sys.executable, "-m", MODULE, "--be", name, "--folder", str(folder), "--breaks", str(breaks)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return Usage(**json.loads(told.splitlines()[-1]))


def measure(breaks: int, rounds: int) -> None:
    """Let all writers write, turn by turn, and print what they took."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found: dict[str, list[Usage]] = {name: [] for name in WRITERS}
        for _ in range(rounds):
            for name in WRITERS:
                found[name].append(started(name, place, breaks))
        shapes = {name: (len(rows), max(map(len, rows), default=0)) for name, rows in _told(place).items()}
    print(", ".join(f"{name} {version(name)}" for name in ("xlsxwriter", "openpyxl", "python-calamine")))
    print("sheets: " + ", ".join(f"{name} {rows:,} x {columns}" for name, (rows, columns) in shapes.items()))
    table(found)


def _told(folder: Path) -> Sheets:
    sheets: Sheets = json.loads((folder / CELLS).read_text(encoding="utf-8"))
    return sheets


def table(found: Mapping[str, Sequence[Usage]]) -> None:
    """One line for each writer, beside ours in the same run."""
    heads = ("rounds", "CPU s, median", "least to most", "of that, reading back", "MB before", "peak MB", "MB stored")
    print(f"| writer | {' | '.join(heads)} | CPU to ours |")
    print("|---|" + "---:|" * (len(heads) + 1))
    whole = statistics.median(usage.cpu for usage in found["ours"])
    for name, each in found.items():
        cpu, reading = [usage.cpu for usage in each], statistics.median(usage.reading for usage in each)
        held = [max(getattr(usage, size) for usage in each) / MEGABYTE for size in ("before", "peak", "size")]
        print(
            f"| {name} | {len(each)} | {statistics.median(cpu):.1f} | {min(cpu):.1f} to {max(cpu):.1f} | {reading:.1f} "
            f"| {held[0]:,.0f} | {held[1]:,.0f} | {held[2]:.1f} | {statistics.median(cpu) / whole:.2f} |"
        )


def main() -> None:
    """Measure, or be one of the writers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--breaks", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--be", choices=WRITERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.be:
        print(json.dumps(asdict(be(asked.be, asked.folder, asked.breaks))))
    else:
        measure(asked.breaks, asked.rounds)


if __name__ == "__main__":
    main()
