"""An office on a ledger of its own, in which days follow each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bridge.locale import ENGLISH
from bridge.model.breaks import Verdict
from bridge.model.items import Lifecycle, Note, NoteField
from bridge.model.statements import Statement, StatementKind
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued, Office, issue, remembered
from bridge.reports.memories import carried_from
from bridge.reports.receptions import Received, received
from bridge.store.ledgers import open_ledger
from tests.fakes import FakeClock
from tests.unit.reports.days import NIGHT, PERIOD
from tests.unit.reports.workbooks_read import BREAKS, opened, table


class Days:
    """Reconciles one day after the other."""

    def __init__(self, folder: Path, language: str = ENGLISH) -> None:
        self.clock = FakeClock(NIGHT)
        self.store = open_ledger(f"sqlite:///{(folder / 'ledger.sqlite').as_posix()}", self.clock)
        statements, annotations = self.store.statements, self.store.annotations
        self.office = Office(folder / "reports", folder / "screenshots", language, statements, annotations)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def issue(self, inputs: Inputs, days: float = 0) -> Issued:
        """The statement of these inputs, read so many days after the first."""
        at = NIGHT + timedelta(days=days)
        self.clock.wait(max(0.0, (at - self.clock.now()).total_seconds()))
        memory = remembered(self.office, inputs.erp, inputs.period)
        return issue(replace(read_at(inputs, at), carried=carried_from(memory.items.values())), memory, self.office)

    def note(self, issued: Issued, place: int, field: NoteField, value: str, author: str = "li") -> None:
        """What somebody says beside one break."""
        item = issued.found.lives.items[issued.found.breaks[place].item_id]
        note = Note(item.id, field, value, author, self.clock.now(), item.fingerprint)
        self.office.annotations.annotate(issued.statement.erp, [note])


def closed_with(count: int, number: int = 1) -> Statement:
    """A statement that closed with so many breaks."""
    kind = StatementKind.CURRENT
    hashes = ("workbook", "manifest", "values")
    first, last = PERIOD.first, PERIOD.last
    return Statement("run", "harbour", kind, number, 1, first, last, NIGHT, Verdict.BREAKS, count, "day.xlsx", *hashes)


def read_at(inputs: Inputs, at: datetime) -> Inputs:
    """The same, all sides read at that moment."""
    return replace(
        inputs,
        crm=replace(inputs.crm, as_of=at),
        ledger=replace(inputs.ledger, as_of=at),
        documents=replace(inputs.documents, as_of=at),
    )


def written(issued: Issued, path: Path, cells: Sequence[Mapping[str, Any]]) -> Path:
    """A copy of the workbook in which a person wrote these cells, one mapping per break, saved by another program."""

    def write(sheet: Any, ids: list[Any]) -> None:
        for row, values in enumerate(cells, 3):
            for field, value in values.items():
                sheet.cell(row, ids.index(field) + 1).value = value

    return edited(issued, path, write)


def edited(issued: Issued, path: Path, edit: Callable[[Any, list[Any]], None]) -> Path:
    """A copy of the workbook whose breaks were edited."""
    book = opened(issued.path)
    sheet = book.worksheets[BREAKS]
    edit(sheet, [cell.value for cell in sheet[1]])
    book.save(path)
    return path


def take(days: Days, path: Path, author: str = "li") -> Received:
    """What becomes of the workbook."""
    return received(path, days.office, author, days.clock.now())


def place(issued: Issued, field: str, row: int = 0) -> str:
    """The cell that holds a field of a break."""
    return str(table(issued.path, BREAKS).cells(field)[row].coordinate)


def moved(issued: Issued) -> tuple[int, ...]:
    """Open before, new, reopened, resolved, open now."""
    found = issued.found
    kinds = (Lifecycle.NEW, Lifecycle.REOPENED, Lifecycle.RESOLVED)
    return (found.memory.opening, *(found.lives.count(kind) for kind in kinds), len(found.breaks))


def said(days: Days) -> dict[tuple[str, NoteField], str]:
    """The last words beside all breaks."""
    return {key: note.value for key, note in days.office.annotations.notes("harbour")[0].items()}
