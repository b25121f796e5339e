"""Is what was issued still what was issued, and does it come out again from what it was made from?"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.locale import Phrase
from bridge.model.statements import Statement
from bridge.reports.books import manifest_path
from bridge.reports.files import sha256_of
from bridge.reports.issuings import Office, kept_path, written
from bridge.reports.keepings import read_kept
from bridge.reports.origins import versions


@dataclass(frozen=True)
class Replay:
    """Whether a statement came out again to the byte; `other_versions` are the programs that are others than then."""

    statement: Statement
    workbook: bool
    manifest: bool
    other_versions: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether all of it did."""
        return self.workbook and self.manifest


def replayed(statement: Statement, office: Office) -> Replay:
    """Make the statement again from its kept inputs, beside, and compare; raises FileUnreadable."""
    path = office.path(statement)
    kept = read_kept(kept_path(path))
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / path.name
        written(kept, kept_path(path).read_bytes(), again)
        workbook = sha256_of(again) == statement.workbook_sha256
        manifest = sha256_of(manifest_path(again)) == statement.manifest_sha256
    return Replay(statement, workbook, manifest, _other_versions(_manifest(path)))


def _other_versions(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    then, now = manifest.get("made_with", {}), versions()
    return tuple(f"{name} {then.get(name, '?')} → {now[name]}" for name in now if then.get(name) != now[name])


def chain_findings(office: Office, erp: str) -> Iterator[tuple[Statement, Phrase]]:
    """What of the statements of an ERP is not as it was issued: gone, changed, or no longer linked.

    While a verification was made, which is no link, the chain may have grown: it names any statement before it.
    """
    links: list[dict[str, str] | None] = [None]
    for statement in reversed(office.statements.statements(erp)):
        for what in file_findings(statement, office):
            yield statement, what
        linked = _manifest(office.path(statement)).get("previous")
        is_link = statement.number is not None
        if linked not in (links[-1:] if is_link else links):
            yield statement, Phrase("its manifest does not name the statement before it")
        if is_link:
            links.append(_link(statement))


def file_findings(statement: Statement, office: Office) -> Iterator[Phrase]:
    """What of a statement's files is not as it was issued: workbook, manifest, and all that lies beside them."""
    path = office.path(statement)
    wanted = {path: statement.workbook_sha256, manifest_path(path): statement.manifest_sha256}
    yield from (what for each, sha256 in wanted.items() for what in _differs(each, sha256))
    if not [*_differs(manifest_path(path), statement.manifest_sha256)]:  # an altered one is nothing to go by
        yield from (what for each, sha256 in _beside(path).items() for what in _differs(each, sha256))


def _differs(path: Path, sha256: str) -> Iterator[Phrase]:
    if not path.is_file():
        yield Phrase("{file} is gone", file=path.name)
    elif sha256_of(path) != sha256:
        yield Phrase("{file} was changed", file=path.name)


def _beside(path: Path) -> Mapping[Path, str]:
    """What else was issued with the workbook, and its hashes, as its manifest says."""
    manifest = _manifest(path)
    files = [manifest.get("beside", {}), *(detail["files"] for detail in manifest.get("details", ()))]
    return {path.with_name(name): sha256 for each in files for name, sha256 in each.items()}


def _link(statement: Statement) -> dict[str, str]:
    return {"run": statement.run, "manifest_sha256": statement.manifest_sha256}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(manifest_path(path).read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
