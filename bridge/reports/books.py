"""How does a reconciliation become a workbook that can be relied upon?

It is rendered, written beside its place, read back from the disk and only then put in its place; the manifest comes
last, so that a workbook without one is known to be unfinished. The same reconciliation gives the same bytes.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.locale import ENGLISH
from bridge.reports.cells import Book
from bridge.reports.details import write_detail
from bridge.reports.files import put_in_place, write_part
from bridge.reports.manifests import manifest_of
from bridge.reports.plans import detailed, planned, shown_of
from bridge.reports.readbacks import Held, intended, read_back, saved_controls
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.summaries import Summary
from bridge.reports.tables import MOST_ROWS, write_tables
from bridge.reports.texts import Words

Reader = Callable[[bytes, Reconciliation], Held]
Beside = Callable[[Reconciliation], Mapping[str, bytes]]


def nothing(_found: Reconciliation) -> Mapping[str, bytes]:
    """A workbook that lies there alone."""
    return {}


def write_workbook(
    found: Reconciliation,
    path: Path,
    language: str = ENGLISH,
    evidence: str | None = None,
    reader: Reader = read_back,
    *,
    beside: Beside = nothing,
) -> Reconciliation:
    """Write the workbook and its manifest; the reconciliation with what reading it back added (C7).

    `evidence` is the way from the workbook's folder to the evidence store, for links; `beside` gives further files by
    name, whose hashes the manifest holds too. A workbook that does not read
    back as it was meant is written again as INCOMPLETE, so look at the verdict that is returned. Raises StorageFull or
    FileUnwritable; the file that was there before is then still there, whole.
    """
    found = _with_details(found, path, language)
    meant = intended(found)
    expected = found.with_controls(saved_controls(meant, meant))
    content, part, held = _tried(expected, path, language, evidence, reader)
    proved = found.with_controls(saved_controls(meant, held))
    if proved != expected:
        content, part, _ = _tried(proved, path, language, evidence, reader)
    put_in_place(part, path)
    files = {path.name: content, **beside(proved)}
    hashes = {name: hashlib.sha256(each).hexdigest() for name, each in files.items()}
    files[manifest_path(path).name] = manifest_of(proved, path.name, hashes, language)
    for name in [*files][1:]:
        put_in_place(write_part(path.with_name(name), files[name]), path.with_name(name))
    return proved


def _with_details(found: Reconciliation, path: Path, language: str) -> Reconciliation:
    """What is too long for a workbook, written beside it; and what reading it back added."""
    words = Words(language)
    written = [write_detail(plan, path, words, shown=shown_of(plan, found)) for plan in detailed(found)]
    details, controls = [detail for detail, _ in written], [each for _, found_in in written for each in found_in]
    return found.with_details(details).with_controls(controls)


def manifest_path(path: Path) -> Path:
    """Where the manifest of a workbook lies."""
    return path.with_name(f"{path.stem}.manifest.json")


def rendered(
    found: Reconciliation, language: str = ENGLISH, evidence: str | None = None, most_rows: int = MOST_ROWS
) -> bytes:
    """The workbook's bytes; `evidence` is the way from its folder to the evidence store, `most_rows` of one sheet."""
    book = Book(Words(language), found.as_of.latest, evidence)
    Summary(book, found).write()
    for plan in planned(found, language):
        write_tables(book, plan, most_rows)
    return book.content()


def _tried(
    found: Reconciliation, path: Path, language: str, evidence: str | None, reader: Reader
) -> tuple[bytes, Path, Held]:
    content = rendered(found, language, evidence)
    part = write_part(path, content)
    return content, part, reader(part.read_bytes(), found)
