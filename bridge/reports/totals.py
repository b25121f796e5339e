"""How many rows of each outcome are there, and how much do they come to, in each currency?"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.model.breaks import Outcome
from bridge.reports.rows import Row


@dataclass(frozen=True)
class Total:
    """The rows of one outcome in one currency; amounts in minor units, never over two currencies."""

    outcome: Outcome
    currency: str
    count: int
    crm: int
    erp: int

    @property
    def difference(self) -> int:
        """ERP less CRM."""
        return self.erp - self.crm


def totals_of(rows: Iterable[Row]) -> tuple[Total, ...]:
    """The totals by outcome and currency; a row of two currencies counts once and adds to both."""
    sums: defaultdict[tuple[Outcome, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        sums[row.outcome, row.currency][0] += 1
        for amounts in row.amounts():
            entry = sums[row.outcome, amounts.currency]
            entry[1] += amounts.crm
            entry[2] += amounts.erp
    places = {outcome: place for place, outcome in enumerate(Outcome)}
    listed = sorted(sums, key=lambda key: (places[key[0]], key[1]))
    return tuple(Total(outcome, currency, *sums[outcome, currency]) for outcome, currency in listed)
