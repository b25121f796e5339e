"""What does a workbook hold that is given, or that was issued?

One that is given is looked through before a cell of it is read, and its sheets are read one by one, each only when it
is known how far it reaches.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeGuard

from python_calamine import CalamineError, CalamineWorkbook

from bridge.errors import FileUnreadable, RequestRefused
from bridge.locale import LANGUAGES, Phrase
from bridge.model.items import NoteField
from bridge.reports.audits import RUN
from bridge.reports.outlines import Outline, Place, outlines
from bridge.reports.tables import FIELD_ROW, FIRST_ROW
from bridge.reports.texts import Words

MOST_BYTES = 64 * 1024 * 1024
MOST_FACTS = 100_000  # cells; the sheet that names the run has a few hundred
ITEM = "item_id"
AUDITS = frozenset(Words(language)("Audit") for language in LANGUAGES)
EDITABLE = frozenset(each.value for each in NoteField)
Cell = str | float | bool | datetime | date | time | timedelta | None
Cells = list[list[Cell]]


class WorkbookForeign(RequestRefused):
    """{path} is no workbook that was issued here ({why}), so nothing of it was taken."""


@dataclass(frozen=True)
class Uploaded:
    """A workbook whose sheets can be read; `sha256` is of the file. One that was issued here has no `outlines`."""

    path: Path
    sha256: str
    names: tuple[str, ...]
    outlines: Mapping[str, Outline]
    book: CalamineWorkbook
    read: dict[str, Cells] = field(default_factory=dict)

    def cells(self, name: str) -> Cells:
        """All cells of a sheet, from the first row and column on; raises FileUnreadable."""
        if name not in self.read:
            try:
                self.read[name] = self.book.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[assignment]  # a list of the same, which is not declared so
            except (CalamineError, ValueError) as error:
                raise FileUnreadable(path=str(self.path), why=str(error)) from error
        return self.read[name]


@dataclass(frozen=True)
class Line:
    """One row of a sheet of breaks: its number as people count, what it holds by field, and what of it is computed."""

    number: int
    item_id: str
    cells: Mapping[str, Cell]
    computed: frozenset[str] = frozenset()


def uploaded(path: Path, kept: Path | None = None) -> Uploaded:
    """The workbook that is given, read from its kept copy where there is one; raises FileUnreadable."""
    lies = kept or path
    try:
        if lies.stat().st_size > MOST_BYTES:
            raise FileUnreadable(path=str(path), why=Phrase("it is too large"))
        content = lies.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=str(path), why=error.strerror or str(error)) from error
    found = outlines(content, path)
    return _opened(content, path, found)


def original(content: bytes, path: Path) -> Uploaded:
    """The workbook in these bytes, which are known to be ours."""
    return _opened(content, path, {})


def _opened(content: bytes, path: Path, found: Mapping[str, Outline]) -> Uploaded:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError, ValueError) as error:
        raise FileUnreadable(path=str(path), why=str(error)) from error
    return Uploaded(path, hashlib.sha256(content).hexdigest(), tuple(found or book.sheet_names), found, book)


def run_of(book: Uploaded) -> str:
    """The run that issued a workbook that is given, as one of its sheets says; raises WorkbookForeign.

    What our own sheet says comes first: somebody may have added a copy of another statement's.
    """
    for name in sorted(book.outlines, key=lambda name: name not in AUDITS):
        facts = book.cells(name) if book.outlines[name].size <= MOST_FACTS else []
        fields = fields_of(facts)
        if {"fact", "value"} <= set(fields):
            fact, value = fields.index("fact"), fields.index("value")
            run = next((row[value] for row in facts if row[fact] == RUN), None)
            if is_written(run):
                return str(run)
    raise WorkbookForeign(path=str(book.path), why=Phrase("it names no run"))


def is_written(cell: Cell) -> TypeGuard[str | float | datetime | date | time | timedelta]:
    """Whether anything stands there."""
    return cell is not None and cell != ""


def fields_of(cells: Cells) -> list[str]:
    """The field ids of a table, without the blanks after them."""
    fields = ["" if cell is None else str(cell) for cell in cells[FIELD_ROW]] if len(cells) > FIELD_ROW else []
    while fields and not fields[-1]:
        fields.pop()
    return fields


def lists_breaks(cells: Cells) -> bool:
    """Whether a sheet is one of breaks that people write beside, also where one of its columns is gone."""
    fields = set(fields_of(cells))
    return ITEM in fields and "was" not in fields and not EDITABLE.isdisjoint(fields)


def sheets_of_breaks(issued: Uploaded) -> Iterator[str]:
    """The sheets of a workbook as issued into which people may write."""
    return (name for name in issued.names if lists_breaks(issued.cells(name)))


def lines(book: Uploaded, names: Iterable[str]) -> Iterator[Line]:
    """All rows of these sheets that say of which break they are, or into which somebody wrote all the same."""
    for name in names:
        cells = book.cells(name)
        fields, computed = fields_of(cells), _computed(book, name)
        for row, values in enumerate(cells[FIRST_ROW:], FIRST_ROW):
            held = dict(zip(fields, values, strict=False))
            if is_written(held[ITEM]) or any(is_written(held[field]) for field in EDITABLE):
                formulas = frozenset(fields[column] for column in computed.get(row, ()) if column < len(fields))
                yield Line(row + 1, str(held[ITEM]), held, formulas)


def _computed(book: Uploaded, name: str) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = {}
    places: Iterable[Place] = book.outlines[name].computed if name in book.outlines else ()
    for row, column in places:
        found.setdefault(row, []).append(column)
    return found
