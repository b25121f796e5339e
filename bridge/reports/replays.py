"""Is what was issued still what was issued, and does it come out again from what it was made from?"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.locale import Phrase
from bridge.model.statements import Statement
from bridge.reports.books import manifest_path, write_workbook
from bridge.reports.issuings import Office, kept_path
from bridge.reports.keepings import read_kept
from bridge.reports.origins import versions
from bridge.reports.reconciliations import reconcile


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
        write_workbook(reconcile(kept.inputs, kept.memory), again, kept.language, kept.evidence)
        workbook = _sha256(again) == statement.workbook_sha256
        manifest = _sha256(manifest_path(again)) == statement.manifest_sha256
    return Replay(statement, workbook, manifest, _other_versions(_manifest(path)))


def _other_versions(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    then, now = manifest.get("made_with", {}), versions()
    return tuple(f"{name} {then.get(name, '?')} → {now[name]}" for name in now if then.get(name) != now[name])


def chain_findings(office: Office, erp: str) -> Iterator[tuple[Statement, Phrase]]:
    """What of the statements of an ERP is not as it was issued: gone, changed, or no longer linked."""
    before: Statement | None = None
    for statement in reversed(office.statements.statements(erp)):
        for what in _file_findings(statement, office):
            yield statement, what
        linked = _manifest(office.path(statement)).get("previous")
        if linked != _link(before):
            yield statement, Phrase("its manifest does not name the statement before it")
        before = statement if statement.number is not None else before


def _file_findings(statement: Statement, office: Office) -> Iterator[Phrase]:
    path = office.path(statement)
    wanted = {path: statement.workbook_sha256, manifest_path(path): statement.manifest_sha256}
    for each, sha256 in wanted.items():
        if not each.is_file():
            yield Phrase("{file} is gone", file=each.name)
        elif _sha256(each) != sha256:
            yield Phrase("{file} was changed", file=each.name)


def _link(before: Statement | None) -> dict[str, str] | None:
    return None if before is None else {"run": before.run, "manifest_sha256": before.manifest_sha256}


def _manifest(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(manifest_path(path).read_bytes())
    except (OSError, ValueError):
        return {}
    return content


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
