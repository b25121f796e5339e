"""What does the ERP hold? Documents as they are read from its screens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentStatus(StrEnum):
    """How far the ERP is with a document; the order of the members is the order of life."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    INVOICED = "invoiced"
    PAID = "paid"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class DocumentLine:
    """One line as the ERP shows it."""

    position: int
    item: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal | None = None
    description: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Listed:
    """One row of the ERP's own order list; what a list does not show is None."""

    number: str
    customer: str | None = None
    ordered_on: date | None = None
    reference: str | None = None
    currency: str | None = None
    total: Decimal | None = None
    status: DocumentStatus | None = None
    po_number: str | None = None
    discount: Decimal | None = None
    freight: Decimal | None = None
    tax: Decimal | None = None
    company: str | None = None


@dataclass(frozen=True)
class Document:
    """One stored document, opened by its number and read whole; `others` are the fields nobody typed.

    `total` is what the ERP calls so; the profile says whether `discount`, `freight` and `tax` are in it.
    """

    number: str
    customer: str
    ordered_on: date
    reference: str
    currency: str
    lines: tuple[DocumentLine, ...]
    total: Decimal | None = None
    status: DocumentStatus | None = None
    po_number: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    discount: Decimal | None = None
    freight: Decimal | None = None
    tax: Decimal | None = None
    company: str = ""
