"""How is a reconciliation issued as the next statement of its ERP, so that nothing issued is ever changed?

Workbook, kept inputs and manifest come first and under a name of their own, the entry in the chain last: what a crash
leaves behind are files that no statement names.
"""

import glob
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.errors import ChainMoved, StatementUnknown
from bridge.model.statements import Statement, StatementKind
from bridge.ports import Annotations, Statements
from bridge.reports.books import manifest_path, write_workbook
from bridge.reports.cells import way_to
from bridge.reports.files import put_in_place, sha256_of, unwritable, write_part
from bridge.reports.inputs import Inputs, Period
from bridge.reports.keepings import Kept, kept_content
from bridge.reports.memories import Memory
from bridge.reports.origins import run_of
from bridge.reports.pages import page_of, page_path
from bridge.reports.reconciliations import MOST_SHOWN, Reconciliation, reconcile


@dataclass(frozen=True)
class Office:
    """Where statements are issued: their folder, that of the evidence, the language, and what is remembered.

    `most_shown` is how many rows of a list that people read stand in a workbook at most.
    """

    folder: Path
    evidence: Path
    language: str
    statements: Statements
    annotations: Annotations
    most_shown: int = MOST_SHOWN

    def path(self, statement: Statement) -> Path:
        """Where its workbook lies."""
        return self.folder / statement.workbook


@dataclass(frozen=True)
class Issued:
    """What was issued: the statement, its workbook, and the reconciliation with what reading it back added."""

    statement: Statement
    path: Path
    found: Reconciliation


def remembered(office: Office, erp: str, period: Period) -> Memory:
    """What a reconciliation of that period goes on from; of a closed period it is a verification."""
    lock = office.annotations.locked(erp)
    through = lock.through if lock else None
    notes, last = office.annotations.notes(erp)
    return Memory(
        previous=office.statements.newest(erp),
        items=office.statements.items(erp),
        notes=notes,
        notes_through=last,
        sign_offs=tuple(office.annotations.sign_offs(erp, period.first, period.last)),
        locked=through,
        version=_next_version(office, erp, period),
        verification=through is not None and period.last <= through,
    )


def issue(inputs: Inputs, memory: Memory, office: Office) -> Issued:
    """Reconcile, write everything down, and append it to the chain; raises ChainMoved, StorageFull or FileUnwritable.

    Where another statement was issued meanwhile, nothing of this one stays, and nothing of the other is touched.
    """
    path = office.folder / workbook_name(inputs.erp, inputs.period, memory.version)
    kept = Kept(inputs, memory, office.language, way_to(office.evidence, path), most_shown=office.most_shown)
    with _claimed(path, inputs.erp):
        return _repeated(kept, office, path) if path.exists() else _issued(kept, office, path)


def _repeated(kept: Kept, office: Office, path: Path) -> Issued:
    """What was issued of the very same run; raises ChainMoved where what lies there is of another one."""
    found = _found(kept)
    try:
        return Issued(office.statements.statement(run_of(found, office.language)), path, found)
    except StatementUnknown as error:
        raise ChainMoved(erp=found.erp) from error


def _found(kept: Kept) -> Reconciliation:
    return replace(reconcile(kept.inputs, kept.memory), most_shown=kept.most_shown)


def _issued(kept: Kept, office: Office, path: Path) -> Issued:
    found = written(kept, kept_content(kept), path)
    statement = _statement(found, path, office.language)
    try:
        return Issued(office.statements.issue(statement, found.lives.news()), path, found)
    except ChainMoved:
        for each in path.parent.glob(f"{glob.escape(path.stem)}.*"):
            if each != _claim(path):
                each.unlink()
        raise


def written(kept: Kept, content: bytes, path: Path) -> Reconciliation:
    """Write the statement of what was kept, as which `content` lies beside it, with its page and its manifest."""

    def beside(found: Reconciliation) -> Mapping[str, bytes]:
        return {kept_path(path).name: content, page_path(path).name: page_of(found, path.name, kept.language)}

    return write_workbook(_found(kept), path, kept.language, kept.evidence, beside=beside)


def copied(issued: Issued, folder: Path) -> Path:
    """Copy what people look at to another folder; where the workbook lies there. Raises FileUnwritable or StorageFull.

    What was issued stays where it is: comments, signatures and the chain hang on that.
    """
    details = [issued.path.with_name(name) for detail in issued.found.details for name in detail.files]
    for each in (issued.path, page_path(issued.path), *details):
        try:
            content = each.read_bytes()
        except OSError as error:
            raise unwritable(folder / each.name, error) from error
        put_in_place(write_part(folder / each.name, content), folder / each.name)
    return folder / issued.path.name


@contextmanager
def _claimed(path: Path, erp: str) -> Iterator[None]:
    """The name is ours alone while inside; raises ChainMoved where somebody else has it."""
    claim = _claim(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        claim.touch(exist_ok=False)
    except FileExistsError as error:
        raise ChainMoved(erp=erp) from error
    except OSError as error:
        raise unwritable(claim, error) from error
    try:
        yield
    finally:
        claim.unlink(missing_ok=True)


def _claim(path: Path) -> Path:
    return path.with_name(f"{path.stem}.claim")


def workbook_name(erp: str, period: Period, version: int) -> str:
    """The file name of a workbook: no text from outside."""
    return f"{erp}-{period.first}-{period.last}-v{version}.xlsx"


def kept_path(path: Path) -> Path:
    """Where the inputs of a workbook lie."""
    return path.with_name(f"{path.stem}.inputs.json.gz")


def _next_version(office: Office, erp: str, period: Period) -> int:
    version = 1 + max((each.version for each in _of_period(office.statements.statements(erp), period)), default=0)
    while _is_taken(office.folder / workbook_name(erp, period, version)):
        version += 1  # what a crash left behind stays what it is
    return version


def _is_taken(path: Path) -> bool:
    return path.exists() or _claim(path).exists()


def _of_period(statements: Sequence[Statement], period: Period) -> Sequence[Statement]:
    return [each for each in statements if (each.first, each.last) == (period.first, period.last)]


def _statement(found: Reconciliation, path: Path, language: str) -> Statement:
    memory = found.memory
    return Statement(
        run=run_of(found, language),
        erp=found.erp,
        kind=StatementKind.VERIFICATION if memory.verification else StatementKind.CURRENT,
        number=memory.number,
        version=memory.version,
        first=found.period.first,
        last=found.period.last,
        as_of=found.as_of.latest,
        verdict=found.verdict,
        open_items=found.open_items,
        workbook=path.name,
        workbook_sha256=sha256_of(path),
        manifest_sha256=sha256_of(manifest_path(path)),
        values_sha256=found.values_sha256(),
        notes_through=memory.notes_through,
    )
