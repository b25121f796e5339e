"""Was it the same input? A hash over each side, the same whatever the order in which its records came."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bridge.reports.inputs import Inputs


def fingerprints(inputs: Inputs) -> Mapping[str, str]:
    """SHA-256 of each side, of the cross references and of the settings."""
    side = inputs.documents
    erp: list[Any] = [*map(asdict, side.listed), *map(asdict, side.opened)]
    erp += [(number, asdict(reason)) for number, reason in side.unreadable.items()]
    erp += [asdict(side.totals) if side.totals else None, side.as_of]
    settings = [inputs.erp, inputs.period, inputs.rule, inputs.pending_within, inputs.listing_lag, inputs.tolerance]
    settings += [sorted(side.shows), sorted(side.folds.items()), side.house_currency]
    return {
        "crm": _digest([*map(asdict, inputs.crm.orders), *map(asdict, inputs.crm.malformed), inputs.crm.as_of]),
        "ledger": _digest([*map(asdict, inputs.ledger.postings), inputs.ledger.as_of]),
        "erp": _digest(erp),
        "cross_references": _digest([(*key, code) for key, code in inputs.cross.codes.items()]),
        "settings": _digest(enumerate(settings)),
    }


def _digest(values: Iterable[Any]) -> str:
    texts = sorted(json.dumps(value, default=str, sort_keys=True, ensure_ascii=True) for value in values)
    return hashlib.sha256("\n".join(texts).encode("ascii")).hexdigest()
