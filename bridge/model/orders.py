"""What does the CRM ask for? The order as it was read, never touched up."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bridge.model.money import minor_digits, rounded, trimmed

UNTYPED = (
    *("changed_at", "crm_revision", "status", "customer_name", "priority", "deadline"),
    *("tax", "company", "prices_include_tax"),
)
LATER = frozenset({"discount", "freight", "unit"})


class OrderStatus(StrEnum):
    """What the CRM says of the order; only released orders are typed."""

    DRAFT = "draft"
    RELEASED = "released"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class OrderLine:
    """One line of an order; quantity and price keep the digits of the source.

    `unit` is the CRM's code for what is counted, "" where it states none. `discount` is the amount that is taken off
    the line, where the CRM states quantity and price before it.
    """

    position: int
    item: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    stated_amount: Decimal | None = None
    unit: str = ""
    discount: Decimal | None = None

    def amount(self, currency: str) -> Decimal:
        """Quantity times price less the line's discount, rounded half up to the currency's minor unit."""
        return rounded(self.quantity * self.unit_price - (self.discount or 0), minor_digits(currency))


@dataclass(frozen=True)
class Order:
    """One order of one CRM in one revision.

    `id` is the CRM's own key and never changes; `number` is what people call the order and is unique only if the
    CRM keeps it so. `stated_total` is the header's net total where the CRM gives one, `changed_at` the server's
    stamp. `priority` (0 comes first) and `deadline` say how urgent it is, where the CRM does. `discount`, `freight` and
    `tax` are what the header states, None where it says nothing; `company` is whose order it is, where there are more
    than one. `prices_include_tax` says that the prices of the lines are with tax.
    """

    crm: str
    id: str
    number: str
    status: OrderStatus
    customer: str | None
    customer_name: str
    ordered_on: date
    currency: str
    lines: tuple[OrderLine, ...]
    changed_at: datetime
    stated_total: Decimal | None = None
    po_number: str = ""
    remarks: str = ""
    crm_revision: str = ""
    priority: int | None = None
    deadline: datetime | None = None
    discount: Decimal | None = None
    freight: Decimal | None = None
    tax: Decimal | None = None
    company: str = ""
    prices_include_tax: bool = False

    @property
    def total(self) -> Decimal:
        """The sum of the line amounts: the goods alone, as they are typed."""
        return sum((line.amount(self.currency) for line in self.lines), Decimal(0))

    @property
    def net_total(self) -> Decimal:
        """The goods less the header's discount and with its freight; no more tax than the prices hold."""
        return self.total - (self.discount or 0) + (self.freight or 0)

    @property
    def revision(self) -> str:
        """A hash over all that would be typed, so that a change of a line is seen even where no stamp moves.

        What we write back to the CRM is not part of it, so our own echo is no change; neither is a customer that was
        renamed, nor a number that is written with other zeros. What came later than the first ledgers counts only where
        it is stated, so that their orders keep the revision they have.
        """
        content = asdict(self)
        for untyped in UNTYPED:
            del content[untyped]
        for part in (content, *content["lines"]):
            for name in LATER.intersection(part):
                if not part[name]:
                    del part[name]
        text = json.dumps(content, default=_plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: object) -> str:
    return f"{trimmed(value):f}" if isinstance(value, Decimal) else str(value)
