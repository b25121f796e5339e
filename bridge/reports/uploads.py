"""What did people write into a workbook, and may it be believed?

Only the editable columns are read. A file in which anything else is not as it was issued is refused as a whole, since
nobody can say then beside which break a comment stands. A single word that cannot be taken is refused by itself.
"""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from bridge.errors import FileUnreadable, RequestRefused
from bridge.locale import Phrase
from bridge.model.items import SETTLED, Handling, Item, Note, NoteField
from bridge.model.statements import Statement
from bridge.ports import Notes
from bridge.reports.audits import RUN
from bridge.reports.item_columns import FINGERPRINT
from bridge.reports.notings import value_of
from bridge.reports.tables import FIELD_ROW, FIRST_ROW

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024  # a small file that unpacks to more than this is no workbook of ours
MOST_TOLD = 20
ITEM = "item_id"
EDITABLE = frozenset(field.value for field in NoteField)
Cell = str | float | bool | datetime | date | time | timedelta | None
Record = Mapping[str, Cell]


class WorkbookForeign(RequestRefused):
    """{path} is no workbook that was issued here ({why}), so nothing of it was taken."""


class WorkbookAltered(RequestRefused):
    """{path} was altered where nobody may write, so nothing of it was taken: {what}"""


@dataclass(frozen=True)
class Uploaded:
    """What a workbook holds: the run that issued it, and its breaks; `sha256` is of the file."""

    run: str
    records: tuple[Record, ...]
    sha256: str


@dataclass(frozen=True)
class Refusal:
    """One word that was not taken; `row` is the row of the sheet as people count."""

    row: int
    item_id: str
    field: str
    why: Phrase


@dataclass(frozen=True)
class Edits:
    """What was taken of a workbook and what was not."""

    notes: tuple[Note, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class Desk:
    """What is known when a workbook comes back.

    How it was issued, what was `known` of people's notes then and what they say now, how every break stands, and who.
    """

    statement: Statement
    issued: Uploaded
    known: Notes
    notes: Notes
    items: Mapping[str, Item]
    author: str
    at: datetime


def uploaded(path: Path) -> Uploaded:
    """What the workbook there holds; raises FileUnreadable or WorkbookForeign."""
    content = _content(path)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileUnreadable(path=str(path), why=str(error)) from error
    tables = [_records(cells) for cells in sheets if len(cells) > FIELD_ROW]
    facts = next((table for table in tables if table and {"fact", "value"} <= table[0].keys()), ())
    run = next((str(record["value"]) for record in facts if record["fact"] == RUN), None)
    if run is None:
        raise WorkbookForeign(path=str(path), why=Phrase("it names no run"))
    records = tuple(record for table in tables if table and _lists_breaks(table[0]) for record in table)
    return Uploaded(run, records, hashlib.sha256(content).hexdigest())


def _lists_breaks(record: Record) -> bool:
    """Whether a table is that of the breaks, also where one of its columns is gone."""
    return ITEM in record and "was" not in record and not EDITABLE.isdisjoint(record)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileUnreadable(path=str(path), why=Phrase("it is too large"))
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise FileUnreadable(path=str(path), why=Phrase("it is too large"))
    except (OSError, zipfile.BadZipFile) as error:
        raise FileUnreadable(path=str(path), why=str(error)) from error
    return content


def _records(cells: Sequence[Sequence[Cell]]) -> tuple[Record, ...]:
    fields = [str(cell) for cell in cells[FIELD_ROW]]
    return tuple(dict(zip(fields, row, strict=False)) for row in cells[FIRST_ROW:] if any(map(_is_written, row)))


def _is_written(cell: Cell) -> bool:
    return cell not in {None, ""}


def edits_of(given: Uploaded, desk: Desk, path: Path) -> Edits:
    """What people wrote; raises WorkbookAltered where anything else is not as it was issued."""
    issued = {str(record[ITEM]): record for record in desk.issued.records}
    if issued and not given.records:
        raise WorkbookForeign(path=str(path), why=Phrase("its sheet of breaks is gone"))
    altered = [each for number, record in _numbered(given) for each in _alterations(number, record, issued)]
    if altered:
        told = altered if len(altered) <= MOST_TOLD else [*altered[:MOST_TOLD], f"… ({len(altered)})"]
        raise WorkbookAltered(path=str(path), what=Phrase.joined(told, "; "))
    counts = Counter(str(record[ITEM]) for record in given.records)
    notes: list[Note] = []
    refusals: list[Refusal] = []
    for number, record in _numbered(given):
        name = str(record.get(ITEM) or "")
        if name not in issued or counts[name] > 1:
            why = Phrase("the row is there twice") if name in issued else Phrase("no such break was issued")
            refusals.append(Refusal(number, name, "", why))
            continue
        for said in _said(number, record, issued[name], desk):
            (notes if isinstance(said, Note) else refusals).append(said)  # type: ignore[arg-type]  # each to its own
    return Edits(tuple(notes), tuple(refusals))


def _numbered(given: Uploaded) -> Iterator[tuple[int, Record]]:
    return enumerate(given.records, FIRST_ROW + 1)


def _alterations(number: int, record: Record, issued: Mapping[str, Record]) -> Iterator[Phrase]:
    before = issued.get(str(record.get(ITEM) or ""))
    if before is None:
        return
    for field, cell in before.items():
        if field not in record or (field not in EDITABLE and _plain(record[field]) != _plain(cell)):
            yield Phrase("row {row}, column {column}", row=number, column=field)


def _plain(cell: Cell) -> Cell:
    """A cell as it compares: blank is nothing, and a moment has whole seconds."""
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0)
    return None if cell == "" else cell


def _said(number: int, record: Record, before: Record, desk: Desk) -> Iterator[Note | Refusal]:
    for field in NoteField:
        name = str(record[ITEM])
        try:
            wanted, was = value_of(field, record.get(field.value)), value_of(field, before.get(field.value))
        except ValueError:
            text = str(record[field.value])
            yield Refusal(number, name, field.value, Phrase("{text} is neither in the list nor a day", text=text))
            continue
        if wanted != was:
            note = Note(name, field, wanted, desk.author, desk.at, str(record[FINGERPRINT]))
            if _is_said(note, desk):
                continue
            why = _against(note, desk)
            yield note if why is None else Refusal(number, name, field.value, why)


def _is_said(note: Note, desk: Desk) -> bool:
    """Whether the same word of the same values stands there already, since the file came a second time."""
    current = desk.notes.get((note.item_id, note.field))
    return current is not None and (current.value, current.fingerprint) == (note.value, note.fingerprint)


def _against(note: Note, desk: Desk) -> Phrase | None:
    """What speaks against taking the word: somebody else's, written meanwhile, or values that are others by now."""
    key = (note.item_id, note.field)
    current = desk.notes.get(key)
    is_new = current is not None and current != desk.known.get(key) and current.author != note.author
    if current is not None and is_new and current.value != note.value:
        return Phrase("{author} wrote {text} meanwhile", author=current.author, text=repr(current.value))
    if note.field is not NoteField.STATUS or not note.value:
        return None
    if note.value == Handling.REVIEW:
        return Phrase("this status cannot be given")
    item = desk.items.get(note.item_id)
    if note.value in SETTLED and item is not None and item.fingerprint != note.fingerprint:
        return Phrase("its values have changed since this workbook was issued")
    return None
