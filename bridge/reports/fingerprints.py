"""Was it the same input? A hash over each side, the same whatever the order in which its records came."""

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from bridge.model.components import PARTS
from bridge.reports.alignments import ABSENT
from bridge.reports.inputs import Inputs, Period
from bridge.reports.records import Records
from bridge.reports.recounts import hash_total

SIGNED = ("order_number", "number", "customer", "currency", "date", "minor", "company", "texts", *PARTS)


def fingerprints(inputs: Inputs) -> Mapping[str, str]:
    """SHA-256 of each side, of the cross references and of the settings."""
    side = inputs.documents
    settings = (
        inputs.erp,
        inputs.period,
        inputs.rule,
        inputs.pending_within,
        inputs.parts_within,
        sorted(inputs.carried.not_typed_since.items()),
        inputs.listing_lag,
        inputs.tolerances.sha256,
        sorted(inputs.carried.orders),
        sorted(inputs.carried.documents),
        inputs.first_day,
        *((name, sorted(getattr(inputs.basis, name))) for name in ("included", "compared")),
        inputs.basis.gross_prices,
        sorted(inputs.codes.items()),
    )
    shown = (sorted(side.shows), sorted(side.list_shows), side.limits, sorted(side.folds.items()), side.house_currency)
    totals = (side.totals.count, sorted((side.totals.sums or {}).items())) if side.totals else None
    reading = (side.as_of, side.passes, side.lookups)
    return {
        "crm": _digest((*inputs.crm.orders, *inputs.crm.malformed, inputs.crm.as_of)),
        "ledger": _digest((*inputs.ledger.postings, inputs.ledger.as_of)),
        "erp": _digest((*side.listed, *side.opened, *side.unreadable.items(), totals, *reading)),
        "cross_references": _digest(inputs.cross.codes.items()),
        "settings": _digest(((*settings, *shown),)),
    }


def _digest(values: Iterable[object]) -> str:
    """Over the values as Python writes them: all of them are frozen values of ours that write every field."""
    texts = sorted(repr(value) for value in values)
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def values_of(table: pd.DataFrame, records: Records, period: Period) -> int:
    """A hash total over each row of the period: its outcome and all it says, but for how far the ERP is with it."""
    signed = [f"{side}_{name}" for side in ("crm", "erp") for name in SIGNED if f"{side}_{name}" in table]
    rows = table[["crm", "erp", "outcome", *signed]][_of(period, table)]
    columns = [rows[name].astype("str").fillna("") for name in ("outcome", *signed)]
    told = zip(rows["crm"], rows["erp"], *columns, strict=True)
    return hash_total(f"{_lines(crm, erp, records)}\x1f{each}" for crm, erp, *each in told)


def _of(period: Period, table: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are of the period by a day of theirs, and not only open from before; what has no day is of any.

    What the ledger alone knows is always a break, and of its period as such.
    """
    days = [day.date().isoformat() for day in pd.date_range(period.first, period.last)]
    crm, erp = table["crm_date"], table["erp_date"]
    return crm.isin(days) | erp.isin(days) | (crm.isna() & erp.isna() & (table["owner"] == ABSENT))


def _lines(crm: int, erp: int, records: Records) -> str:
    order = records.crm[crm].order if crm >= 0 else None
    sides = (order.lines if order is not None else (), records.erp[erp].lines or () if erp >= 0 else ())
    return str([f"{line.item} {line.quantity} {line.unit_price}" for side in sides for line in side])
