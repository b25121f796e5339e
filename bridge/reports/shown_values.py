"""What did an order say, or a screen show, in values that can be laid beside each other?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bridge.errors import ValueUnreadable
from bridge.model.components import stated
from bridge.model.documents import Document, DocumentLine, DocumentStatus
from bridge.model.mapping import Kind
from bridge.model.money import minor_digits, rounded
from bridge.model.orders import Order
from bridge.model.read_backs import FilledForm
from bridge.model.texts import folded
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import LineValues, ordered_lines, stored_lines
from bridge.reports.records import (
    ErpRecord,
    minor_of,
    of_lines,
    ordered_amounts,
    stored_amounts,
    total_of_lines,
)


@dataclass(frozen=True)
class Shown:
    """The values of one order in one place; None is what that place does not show. `currency` is the ISO code.

    `minor` is the compared total, whatever the place itself calls its total; `parts` are beside the goods.
    """

    customer: str | None = None
    currency: str | None = None
    ordered_on: date | None = None
    minor: int | None = None
    status: DocumentStatus | None = None
    lines: tuple[LineValues, ...] | None = None
    company: str | None = None
    parts: Mapping[str, int] = field(default_factory=dict)

    def value(self, field: str, line: int | None) -> object:
        """The value of a field, of a line where one is named; None where it is not shown."""
        if line is not None:
            lines = self.lines or ()
            return getattr(lines[line - 1], field) if line <= len(lines) else None
        match field:
            case "lines":
                return None if self.lines is None else len(self.lines)
            case "order_date":
                return self.ordered_on
            case "total":
                return self.minor
            case "customer" | "currency" | "status" | "company":
                return getattr(self, field)
            case _:
                return self.parts.get(field)


def of_order(order: Order, inputs: Inputs) -> Shown:
    """What the order asks for, in the ERP's codes."""
    customer = inputs.cross.erp_code(Kind.CUSTOMER, order.customer or "")
    minor, parts, _ = ordered_amounts(order, inputs.basis)
    return Shown(
        customer=_folded(customer, inputs),
        currency=order.currency,
        ordered_on=order.ordered_on,
        minor=minor,
        lines=tuple(ordered_lines(order, inputs)),
        company=inputs.cross.erp_code(Kind.COMPANY, order.company) if order.company else None,
        parts={**dict.fromkeys(inputs.basis.compared, 0), **parts},
    )


def of_form(form: FilledForm, order: Order, inputs: Inputs) -> Shown:
    """What the filled form showed; where it shows no amounts they are what quantity and price come to.

    What no form shows beside the goods is as the order asked for.
    """
    currency = _iso(form.currency, inputs)
    lines = None if form.lines is None or currency is None else _with_amounts(form.lines, currency)
    goods = _minor(None if lines is None else _sum(lines), currency or "")
    asked, beside = _minor(order.total, order.currency), ordered_amounts(order, inputs.basis)[0]
    return Shown(
        customer=None if form.customer is None else _folded(form.customer, inputs),
        currency=currency,
        ordered_on=form.ordered_on,
        minor=None if goods is None or asked is None or beside is None else goods + beside - asked,
        lines=None if lines is None else tuple(stored_lines(lines, currency, inputs)),
    )


def of_document(document: Document, inputs: Inputs) -> Shown:
    """What the document showed."""
    currency = _iso(document.currency, inputs) or inputs.documents.house_currency or None
    total, basis = document.total, inputs.basis
    if total is None and currency is not None:
        total, basis = total_of_lines(document, currency), of_lines(basis)
    minor, parts, _ = stored_amounts(total, stated(document), currency or "", basis)
    return Shown(
        customer=_folded(document.customer, inputs),
        currency=currency,
        ordered_on=document.ordered_on,
        minor=minor,
        status=document.status,
        lines=tuple(stored_lines(document.lines, currency, inputs)),
        company=document.company or None,
        parts=parts,
    )


def of_record(record: ErpRecord, inputs: Inputs) -> Shown:
    """What the ERP shows now."""
    lines = None if record.lines is None else tuple(stored_lines(record.lines, record.currency, inputs))
    return Shown(
        customer=_folded(record.customer or "", inputs),
        currency=record.currency,
        ordered_on=record.ordered_on,
        minor=record.minor,
        status=record.status,
        lines=lines,
        company=record.company,
        parts=record.parts,
    )


def _folded(customer: str, inputs: Inputs) -> str:
    return folded(customer, inputs.documents.folds.get("customer", ()))


def _iso(code: str | None, inputs: Inputs) -> str | None:
    return inputs.cross.currencies.get(code, code) if code else None


def _with_amounts(lines: tuple[DocumentLine, ...], currency: str) -> tuple[DocumentLine, ...]:
    digits = minor_digits(currency)
    return tuple(
        replace(line, amount=rounded(line.quantity * line.unit_price, digits)) if line.amount is None else line
        for line in lines
    )


def _sum(lines: tuple[DocumentLine, ...]) -> Decimal:
    return sum((line.amount or Decimal(0) for line in lines), Decimal(0))


def _minor(amount: Decimal | None, currency: str) -> int | None:
    try:
        return None if amount is None else minor_of(amount, currency)
    except ValueUnreadable:
        return None
