"""What does a program, or an auditor, need to know of a workbook without opening it?"""

import json
from dataclasses import asdict
from typing import Any

from bridge.reports.reconciliations import Reconciliation

SCHEMA = 1


def manifest_of(found: Reconciliation, workbook: str, sha256: str, language: str) -> bytes:
    """The manifest: the verdict, all counts and controls, and hashes of the inputs and the workbook; sums are texts."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "erp": found.erp,
        "period": asdict(found.period),
        "as_of": {side: moment.isoformat() for side, moment in asdict(found.as_of).items()},
        "verdict": found.verdict.value,
        "workbook": {"file": workbook, "sha256": sha256, "language": language},
        "inputs_sha256": dict(found.fingerprints),
        "rows": {"breaks": len(found.breaks), "matched": len(found.matched), "postings": len(found.postings)},
        "totals": [_texts(asdict(total) | {"difference": total.difference}) for total in found.totals],
        "excluded": [asdict(each) for each in found.exclusions],
        "controls": [_texts(asdict(control) | {"ties": control.ties}) for control in found.controls],
        "warnings": list(found.warnings),
    }
    return (json.dumps(content, default=str, ensure_ascii=False, indent=1) + "\n").encode()


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """Minor units as texts: a reader in another language may not hold them as whole numbers."""
    return {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) and name != "count" else value
        for name, value in values.items()
    }
