"""Was it the same input? A hash over each side, the same whatever the order in which its records came."""

import hashlib
from collections.abc import Iterable, Mapping

from bridge.reports.inputs import Inputs


def fingerprints(inputs: Inputs) -> Mapping[str, str]:
    """SHA-256 of each side, of the cross references and of the settings."""
    side = inputs.documents
    settings = (
        inputs.erp,
        inputs.period,
        inputs.rule,
        inputs.pending_within,
        inputs.listing_lag,
        inputs.tolerances.sha256,
    )
    shown = (sorted(side.shows), sorted(side.folds.items()), side.house_currency)
    totals = (side.totals.count, sorted((side.totals.sums or {}).items())) if side.totals else None
    return {
        "crm": _digest((*inputs.crm.orders, *inputs.crm.malformed, inputs.crm.as_of)),
        "ledger": _digest((*inputs.ledger.postings, inputs.ledger.as_of)),
        "erp": _digest((*side.listed, *side.opened, *side.unreadable.items(), totals, side.as_of)),
        "cross_references": _digest(inputs.cross.codes.items()),
        "settings": _digest(((*settings, *shown),)),
    }


def _digest(values: Iterable[object]) -> str:
    """Over the values as Python writes them: all of them are frozen values of ours that write every field."""
    texts = sorted(repr(value) for value in values)
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
