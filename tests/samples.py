"""What do orders and documents look like? Plain ones that no rule has anything against, to be changed by a test."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from bridge.model.documents import Document, DocumentLine, DocumentStatus
from bridge.model.forms import Form
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.model.profiles import ErpProfile
from bridge.store.selector_files import load_profile

ROOT = Path(__file__).parents[1]
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of ours
STAMP = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def harbour() -> ErpProfile:
    """The profile of Harbour, as shipped."""
    return load_profile(ROOT / "selectors" / "harbour")


@cache
def granite() -> ErpProfile:
    """The profile of Granite, as shipped."""
    return load_profile(ROOT / "selectors" / "granite")


@cache
def juniper() -> ErpProfile:
    """The profile of Juniper, as shipped."""
    return load_profile(ROOT / "selectors" / "juniper")


@cache
def tryton_web() -> ErpProfile:
    """The profile of Tryton's web client, as shipped."""
    return load_profile(ROOT / "selectors" / "tryton_web")


def line(position: int = 1, **changes: Any) -> OrderLine:
    """A plain order line."""
    plain = OrderLine(position, "P-30", "Anchor chain 10 mm", Decimal(2), Decimal("12.90"))
    return replace(plain, **changes)


def order(number: int = 1, **changes: Any) -> Order:
    """A released order that no rule has anything against."""
    lines = (line(), line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("4.80")))
    plain = Order(
        crm="fake",
        id=f"id-{number}",
        number=f"{700000 + number}",
        status=OrderStatus.RELEASED,
        customer="C1001",
        customer_name="海港贸易有限公司",
        ordered_on=date(2026, 3, 2),
        currency="GBP",
        lines=lines,
        changed_at=STAMP,
        po_number=f"PO {number}",
    )
    return replace(plain, **changes)


def document_of_hand(wanted: Order, reference: str, **changes: Any) -> Document:
    """What a clerk who types the order by hand leaves in the ERP."""
    lines = tuple(_line_of_hand(each) for each in wanted.lines)
    total = sum((each.amount or Decimal(0) for each in lines), Decimal(0))
    others = {"terms": "30", "warehouse": "MAIN", "shipping": "STD"}
    plain = Document("", wanted.customer or "", wanted.ordered_on, reference, wanted.currency, lines, total)
    plain = replace(plain, po_number=wanted.po_number, others=others, status=DocumentStatus.OPEN)
    return replace(plain, **changes)


def _line_of_hand(wanted: OrderLine) -> DocumentLine:
    amount = (wanted.quantity * wanted.unit_price).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return DocumentLine(wanted.position, wanted.item, wanted.quantity, wanted.unit_price, amount)


def wrong(wanted: Order, document: Document) -> list[str]:
    """Where a document is not the order, told without the product's own rules."""
    pairs = {
        "customer": (wanted.customer, document.customer),
        "date": (wanted.ordered_on, document.ordered_on),
        "currency": (wanted.currency, document.currency),
        "po": (wanted.po_number, document.po_number),
        "lines": (
            [(each.item, each.quantity, each.unit_price) for each in wanted.lines],
            [(each.item, each.quantity, each.unit_price) for each in document.lines],
        ),
        "others": ({"terms": "30", "warehouse": "MAIN", "shipping": "STD"}, dict(document.others)),
    }
    return [name for name, (left, right) in pairs.items() if left != right]


def shown(header: Mapping[str, str] | None = None, line: Mapping[str, str] | None = None) -> Callable[[Form], Form]:
    """A screen that shows these values instead of the typed ones; the line is the last one."""

    def garbled(form: Form) -> Form:
        *others, last = form.lines
        return Form({**form.header, **(header or {})}, (*others, {**last, **(line or {})}))

    return garbled
