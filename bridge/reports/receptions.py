"""How does a workbook that people wrote into come back, so that no word of theirs is lost?"""

import hashlib
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bridge.errors import FileUnreadable, StatementUnknown
from bridge.locale import Phrase
from bridge.model.statements import Statement
from bridge.reports.issuings import Office
from bridge.reports.uploads import Desk, Edits, Uploaded, WorkbookForeign, edits_of, uploaded


@dataclass(frozen=True)
class Received:
    """What became of a workbook: what was taken of it, what was not, and where the file itself is kept."""

    statement: Statement
    edits: Edits
    kept: Path


def received(path: Path, office: Office, author: str, at: datetime) -> Received:
    """Take what people wrote into the workbook; the file is kept whatever comes of it.

    Raises FileUnreadable, WorkbookForeign or WorkbookAltered; nothing is taken then.
    """
    kept = _keep(path, office)
    given = uploaded(path)
    statement = _statement(given.run, path, office)
    issued = _issued(statement, path, office)
    edits = edits_of(given, _desk(statement, issued, office, author, at), path)
    if edits.notes:
        office.annotations.annotate(statement.erp, [replace(note, source=given.sha256) for note in edits.notes])
    return Received(statement, edits, kept)


def _desk(statement: Statement, issued: Uploaded, office: Office, author: str, at: datetime) -> Desk:
    known, _ = office.annotations.notes(statement.erp, statement.notes_through)
    notes, _ = office.annotations.notes(statement.erp)
    return Desk(statement, issued, known, notes, office.statements.items(statement.erp), author, at)


def _statement(run: str, path: Path, office: Office) -> Statement:
    try:
        return office.statements.statement(run)
    except StatementUnknown as error:
        raise WorkbookForeign(path=str(path), why=Phrase("there is no run {run}", run=run)) from error


def _issued(statement: Statement, path: Path, office: Office) -> Uploaded:
    original = office.path(statement)
    try:
        issued = uploaded(original)
    except FileUnreadable as error:
        why = Phrase("the workbook it was issued as is gone: {file}", file=original.name)
        raise WorkbookForeign(path=str(path), why=why) from error
    if issued.sha256 != statement.workbook_sha256:
        why = Phrase("the workbook it was issued as was changed: {file}", file=original.name)
        raise WorkbookForeign(path=str(path), why=why)
    return issued


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
