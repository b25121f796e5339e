"""How much was read of each side, before anything was left out? Count, hash total, and the sum of each currency."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.errors import ValueUnreadable
from bridge.reports.inputs import Inputs
from bridge.reports.records import Records, minor_of
from bridge.reports.recounts import hash_total


@dataclass(frozen=True)
class SideTotals:
    """The control totals of one side as it was read at that moment; sums in minor units, cancelled ones included.

    What has no readable amount is counted and adds nothing.
    """

    side: str
    as_of: datetime
    count: int
    hash: int
    sums: Mapping[str, int]


def side_totals(records: Records, inputs: Inputs) -> tuple[SideTotals, ...]:
    """Of CRM, ledger and ERP."""
    erp = [(record.number, record.currency, record.minor) for record in records.erp]
    return (
        _totals("CRM", inputs.crm.as_of, _asked(records)),
        _totals("ledger", inputs.ledger.as_of, _taken(records)),
        _totals("ERP", inputs.documents.as_of, erp),
    )


def _asked(records: Records) -> Iterator[tuple[str, str | None, int | None]]:
    for record in records.crm:
        currency = None if record.order is None else record.order.currency
        yield f"{record.crm}\x1f{record.order_id}", currency, record.minor


def _taken(records: Records) -> Iterator[tuple[str, str | None, int | None]]:
    for typed in records.ledger:
        order = typed.order
        try:
            minor = minor_of(order.total, order.currency)
        except ValueUnreadable:
            minor = None
        yield typed.posting.reference, order.currency, minor


def _totals(side: str, as_of: datetime, read: Iterable[tuple[str, str | None, int | None]]) -> SideTotals:
    sums: Counter[str] = Counter()
    names = []
    for name, currency, minor in read:
        names.append(name)
        if minor is not None:
            sums[currency or ""] += minor
    return SideTotals(side, as_of, len(names), hash_total(names), dict(sorted(sums.items())))
