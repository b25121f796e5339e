"""What does the CRM ask for? The order as it was read, never touched up."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bridge.model.money import minor_digits, rounded, trimmed


class OrderStatus(StrEnum):
    """What the CRM says of the order; only released orders are typed."""

    DRAFT = "draft"
    RELEASED = "released"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class OrderLine:
    """One line of an order; quantity and price keep the digits of the source."""

    position: int
    item: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    stated_amount: Decimal | None = None

    def amount(self, currency: str) -> Decimal:
        """Quantity times price, rounded half up to the currency's minor unit."""
        return rounded(self.quantity * self.unit_price, minor_digits(currency))


@dataclass(frozen=True)
class Order:
    """One order of one CRM in one revision.

    `id` is the CRM's own key and never changes; `number` is what people call the order and is unique only if the
    CRM keeps it so. `stated_total` is the header's net total where the CRM gives one, `changed_at` the server's
    stamp. `priority` (0 comes first) and `deadline` say how urgent it is, where the CRM does.
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

    @property
    def total(self) -> Decimal:
        """The sum of the line amounts."""
        return sum((line.amount(self.currency) for line in self.lines), Decimal(0))

    @property
    def revision(self) -> str:
        """A hash over all that would be typed, so that a change of a line is seen even where no stamp moves.

        What we write back to the CRM is not part of it, so our own echo is no change; neither is a customer that was
        renamed, nor a number that is written with other zeros.
        """
        content = asdict(self)
        for untyped in ("changed_at", "crm_revision", "status", "customer_name", "priority", "deadline"):
            del content[untyped]
        text = json.dumps(content, default=_plain, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: object) -> str:
    return f"{trimmed(value):f}" if isinstance(value, Decimal) else str(value)
