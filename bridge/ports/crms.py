"""What does a CRM give, and what can it be told?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.errors import Reason
from bridge.model.orders import Order


@dataclass(frozen=True)
class OrderPage:
    """Some orders of the CRM, the records that could not be read as orders, and where to go on.

    `malformed` maps the CRM's id of an unreadable record to its reason. `cursor` is opaque and stored with the orders.
    Behind the `last` page nothing more is asked for.
    """

    orders: tuple[Order, ...]
    malformed: Mapping[str, Reason]
    cursor: str | None
    last: bool


class CrmReader(Protocol):
    """Reads orders from one CRM."""

    code: str

    def changed_orders(self, cursor: str | None) -> Iterator[OrderPage]:
        """All orders changed since the cursor, page by page, at least once each; raises CrmDown or CrmRefused."""
        ...

    def order(self, order_id: str) -> Order | None:
        """The order as it is now; None where it is gone. Raises CrmDown, CrmRefused or OrderMalformed."""
        ...


@dataclass(frozen=True)
class WriteBack:
    """What the CRM is told of an order; `sequence` grows with every message of one order.

    `unsure` says that it was told before and no answer was read, so the CRM may show it already; `tries` counts how
    often somebody claimed it, to tell it.
    """

    posting_id: int
    order_id: str
    order_number: str
    sequence: int
    erp: str
    document: str | None
    status: str
    message: str
    unsure: bool = False
    tries: int = 0


@dataclass(frozen=True)
class CrmRest:
    """A CRM that failed so often in a row since a moment is left alone until another one."""

    crm: str
    failures: int
    since: datetime
    until: datetime


class CrmWriter(Protocol):
    """Tells one CRM what became of its orders."""

    def tell(self, message: WriteBack) -> None:
        """Write it, idempotently; raises CrmDown where the outcome is unknown and CrmRefused where it is a no."""
        ...

    def shows(self, message: WriteBack) -> bool:
        """Whether the CRM is seen to hold it; False also where it gives nothing to see. Raises what `tell` raises."""
        ...
