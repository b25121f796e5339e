"""By how much may the ERP's amounts differ from the CRM's before a person must look?"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bridge.model.money import minor_digits


@dataclass(frozen=True)
class Band:
    """What is tolerated of one difference: the ERP may be so much `above` the CRM, or so much `below` it."""

    above: Decimal = Decimal(0)
    below: Decimal = Decimal(0)

    def minor(self, currency: str) -> tuple[int, int]:
        """Above and below in whole minor units; a fraction of one tolerates nothing more."""
        digits = minor_digits(currency)
        return int(self.above.scaleb(digits)), int(self.below.scaleb(digits))


@dataclass(frozen=True)
class Tolerance:
    """What is tolerated in one currency, in the currency's own units.

    `order` bounds the difference of an order's total; where `line` is given, no order is tolerated more than that times
    its lines. `line` bounds the difference of one line's amount. `cap` bounds all that is tolerated in one report
    together, signs aside; None bounds nothing.
    """

    order: Band = Band()
    line: Band | None = None
    cap: Decimal | None = None

    def bounds(self, currency: str, lines: int) -> tuple[int, int]:
        """What is tolerated of orders with so many lines, above and below, in minor units."""
        above, below = self.order.minor(currency)
        if self.line is None:
            return above, below
        each = self.line.minor(currency)
        return min(above, each[0] * lines), min(below, each[1] * lines)


@dataclass(frozen=True)
class Tolerances:
    """What is tolerated, by currency; `others` is for a currency that is not named. `version` names the set."""

    version: str = "none"
    currencies: Mapping[str, Tolerance] = field(default_factory=dict)
    others: Tolerance = Tolerance()

    def of(self, currency: str) -> Tolerance:
        """What is tolerated in one currency."""
        return self.currencies.get(currency, self.others)

    @property
    def sha256(self) -> str:
        """A hash over all that the set says, so that nobody changes it under the same name unseen."""
        told = {code: _told(tolerance) for code, tolerance in sorted(self.currencies.items())}
        text = json.dumps([self.version, told, _told(self.others)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _told(tolerance: Tolerance) -> list[str]:
    """Every bound as a text, equal ones alike; one that is not given is another than one that allows nothing."""
    order, line = tolerance.order, tolerance.line
    each = (None, None) if line is None else (line.above, line.below)
    return ["none" if amount is None else _plain(amount) for amount in (order.above, order.below, *each, tolerance.cap)]


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
