"""What does a program, or an auditor, need to know of a workbook without opening it?"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bridge.model.items import Lifecycle
from bridge.model.statements import StatementKind
from bridge.reports.origins import run_of, versions
from bridge.reports.reconciliations import Reconciliation

SCHEMA = 2


def manifest_of(found: Reconciliation, workbook: str, hashes: Mapping[str, str], language: str) -> bytes:
    """The manifest: the verdict, all counts and controls, and hashes of the inputs and all files; sums are texts.

    `hashes` are the SHA-256 of the workbook and of what lies beside it, by file name.
    """
    content: dict[str, Any] = {
        "schema": SCHEMA,
        **_statement(found, language),
        "workbook": {"file": workbook, "sha256": hashes[workbook], "language": language},
        "beside": {name: sha256 for name, sha256 in hashes.items() if name != workbook},
        "inputs_sha256": dict(found.fingerprints),
        "values_sha256": found.values_sha256(),
        "made_with": dict(versions()),
        **_figures(found),
        **_readings(found),
        "warnings": list(found.warnings),
        "notes": [str(note) for note in found.notes],
    }
    return (json.dumps(content, default=str, ensure_ascii=False, indent=1) + "\n").encode()


def _statement(found: Reconciliation, language: str) -> dict[str, object]:
    """Which statement it is, of what, and what it says."""
    return {
        "run": run_of(found, language),
        "kind": (StatementKind.VERIFICATION if found.memory.verification else StatementKind.CURRENT).value,
        "number": found.memory.number,
        "version": found.memory.version,
        "previous": _previous(found),
        "erp": found.erp,
        "period": asdict(found.period),
        "as_of": {side: moment.isoformat() for side, moment in asdict(found.as_of).items()},
        "verdict": found.verdict.value,
    }


def _figures(found: Reconciliation) -> dict[str, object]:
    """How many rows it has, how they moved, what they come to, and whether that ties."""
    return {
        "rows": {"breaks": len(found.breaks), "matched": len(found.matched), "postings": len(found.postings)},
        "details": [asdict(detail) for detail in found.details],
        "movement": _movement(found),
        "pressing": found.lives.pressing,
        "totals": [_texts(asdict(total) | {"difference": total.difference}) for total in found.totals],
        "excluded": [asdict(each) for each in found.exclusions],
        "controls": [_texts(asdict(control) | {"ties": control.ties}) for control in found.controls],
    }


def _readings(found: Reconciliation) -> dict[str, object]:
    """What each side was as it was read, and how the ERP was."""
    return {
        "as_read": [
            {"side": each.side, "count": each.count, "hash": str(each.hash), "sums": _texts(dict(each.sums))}
            for each in found.sides
        ],
        "erp_reading": None if found.passes is None else asdict(found.passes),
        "looked_up": {"asked": len(found.lookups.asked), "found": len(found.lookups.found)},
    }


def _previous(found: Reconciliation) -> dict[str, object] | None:
    before = found.memory.previous
    return None if before is None else {"run": before.run, "manifest_sha256": before.manifest_sha256}


def _movement(found: Reconciliation) -> dict[str, int]:
    counts = {each.value.lower(): found.lives.count(each) for each in Lifecycle}
    return {"opening": found.memory.opening, **counts, "closing": found.open_items}


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """Minor units as texts: a reader in another language may not hold them as whole numbers."""
    return {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) and name != "count" else value
        for name, value in values.items()
    }
