"""How does a workbook that people wrote into come back, so that no word of theirs is lost?"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.errors import FileUnreadable, StatementUnknown
from bridge.locale import Phrase
from bridge.model.statements import Statement
from bridge.reports.alterations import WorkbookAltered, alterations, own_sheets, told
from bridge.reports.edits import Desk, Edits, edits_of
from bridge.reports.issuings import Office
from bridge.reports.signings import NotToBeSigned
from bridge.reports.uploads import (
    Uploaded,
    WorkbookForeign,
    lines,
    original,
    run_of,
    sheets_of_breaks,
    uploaded,
)


@dataclass(frozen=True)
class Received:
    """What became of a workbook: what was taken of it, what was not, and where the file itself is kept.

    `unread` are sheets that somebody added.
    """

    statement: Statement
    edits: Edits
    kept: Path
    unread: Sequence[str]


def received(path: Path, office: Office, author: str, at: datetime) -> Received:
    """Take what people wrote into the workbook; the file is kept whatever comes of it.

    Raises FileUnreadable, WorkbookForeign or WorkbookAltered, and AnnotatedMeanwhile where somebody else writes at the
    same moment; nothing is taken then.
    """
    kept = _keep(path, office)
    given, statement, issued = _opened(path, office, kept)
    found = alterations(given, issued)
    if found:
        raise WorkbookAltered(path=str(path), what=told(found))
    notes, through = office.annotations.notes(statement.erp)
    known, _ = office.annotations.notes(statement.erp, statement.notes_through)
    items, taken = office.statements.items(statement.erp), office.annotations.taken_from(statement.erp, given.sha256)
    edits = edits_of(given, Desk(issued, statement.as_of, known, notes, items, author, at, taken))
    if edits.notes:
        words = [replace(note, source=given.sha256) for note in edits.notes]
        office.annotations.annotate(statement.erp, words, after=through)
    return Received(statement, edits, kept, own_sheets(given, issued))


def statement_named(path: Path, office: Office) -> Statement:
    """The statement that was issued as this workbook, whatever people wrote beside its breaks.

    Raises FileUnreadable, WorkbookForeign or, where it shows anything else than what was issued, NotToBeSigned.
    """
    given, statement, issued = _opened(path, office)
    found = alterations(given, issued)
    if found:
        why = Phrase("it was altered where nobody may write: {what}", what=told(found))
        raise NotToBeSigned(workbook=path.name, why=why)
    names = [*sheets_of_breaks(issued)]
    there, were = ({line.item_id for line in lines(book, names)} for book in (given, issued))
    if were - there:
        raise NotToBeSigned(workbook=path.name, why=Phrase("breaks were left out: {count}", count=len(were - there)))
    return statement


def _opened(path: Path, office: Office, kept: Path | None = None) -> tuple[Uploaded, Statement, Uploaded]:
    """A workbook that is given, the statement it names, and the workbook as that was issued."""
    given = uploaded(path, kept)
    run = run_of(given)
    try:
        statement = office.statements.statement(run)
    except StatementUnknown as error:
        raise WorkbookForeign(path=str(path), why=Phrase("there is no run {run}", run=run)) from error
    return given, statement, _issued(statement, path, office)


def _issued(statement: Statement, path: Path, office: Office) -> Uploaded:
    lies = office.path(statement)
    try:
        content = lies.read_bytes()
    except OSError as error:
        why = Phrase("the workbook it was issued as is gone: {file}", file=lies.name)
        raise WorkbookForeign(path=str(path), why=why) from error
    if hashlib.sha256(content).hexdigest() != statement.workbook_sha256:
        why = Phrase("the workbook it was issued as was changed: {file}", file=lies.name)
        raise WorkbookForeign(path=str(path), why=why)
    return original(content, lies)


def _keep(path: Path, office: Office) -> Path:
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        kept = office.folder / "uploads" / f"{sha256}.xlsx"
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            part = kept.with_suffix(".part")
            shutil.copyfile(path, part)
            part.replace(kept)
    except OSError as error:
        raise FileUnreadable(path=str(path), why=error.strerror or str(error)) from error
    return kept
