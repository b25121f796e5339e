"""What is each record called, and how much is it in whole minor units, so that the sides can be laid side by side?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

from bridge.errors import Reason, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.components import Basis, Stating, added, stated
from bridge.model.documents import Document, DocumentLine, DocumentStatus, Listed
from bridge.model.money import Money, minor_digits, rounded
from bridge.model.orders import Order
from bridge.model.references import make_reference
from bridge.model.texts import visible
from bridge.reports.inputs import Inputs, Typed

Value = TypeVar("Value")
MOST_MINOR = 10**17  # int64 holds 9.2 * 10**18; beyond this a figure is a reading error, not an order
NOTHING: Mapping[str, int] = {}
NO_TEXTS: Mapping[str, str] = {}
SEPARATORS = re.compile(r"[\s,;/|+&、]+")


@dataclass(frozen=True)
class CrmRecord:
    """One record of the CRM; `order` is None where it could not be read as an order.

    `minor` is its compared total, `parts` what its header states beside the goods, all in minor units.
    """

    crm: str
    order_id: str
    key: str
    order: Order | None
    minor: int | None
    invalid: Reason | None
    parts: Mapping[str, int] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class ErpRecord:
    """One document as list and document show it together, the list first; None is what they do not show.

    `currency` is the ISO code, `minor` the compared total in its minor units, as are the `parts` that are stated.
    `company` is the ERP's code; `po_number` and `others` are the document's.
    """

    number: str
    reference: str | None
    customer: str | None
    currency: str | None
    ordered_on: date | None
    status: DocumentStatus | None
    minor: int | None
    lines: tuple[DocumentLine, ...] | None
    invalid: Reason | None
    parts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    company: str | None = None
    po_number: str | None = None
    others: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)

    @property
    def live(self) -> bool:
        """Whether the ERP still counts on it."""
        return self.status is not DocumentStatus.CANCELLED


@dataclass(frozen=True)
class Records:
    """All records of the three sides, each side in an order that does not depend on how it was read."""

    crm: tuple[CrmRecord, ...]
    ledger: tuple[Typed, ...]
    erp: tuple[ErpRecord, ...]


def records_of(inputs: Inputs) -> Records:
    """The records of all sides."""
    return Records(
        crm=tuple(sorted(_crm_records(inputs), key=_crm_place)),
        ledger=tuple(sorted(inputs.ledger.postings, key=lambda typed: (typed.posting.reference, typed.posting.id))),
        erp=tuple(sorted(_erp_records(inputs), key=lambda record: (record.number, record.reference or ""))),
    )


def _crm_place(record: CrmRecord) -> tuple[str, str, float, str]:
    """By name, of the same name the newest first."""
    order = record.order
    if order is None:
        return (record.crm, record.order_id, 0.0, "")
    return (record.crm, record.order_id, -order.changed_at.timestamp(), repr(order))


def normal(text: str) -> str:
    """The text for matching only: full-width as half-width, nothing invisible, no case; what is shown stays raw."""
    return visible(text).upper()


def tokens(reference: str) -> list[str]:
    """The words of a reference that may name several orders."""
    return [token for token in SEPARATORS.split(reference) if token]


def minor_of(amount: Decimal, currency: str) -> int:
    """The amount in whole minor units; raises ValueUnreadable where it holds a fraction of one or is absurd."""
    try:
        minor = Money(amount, currency).minor
    except (ValueError, ArithmeticError):
        raise _no_sum(amount, currency) from None
    if abs(minor) > MOST_MINOR:
        raise _no_sum(amount, currency)
    return minor


def _no_sum(amount: Decimal, currency: str) -> ValueUnreadable:
    kind = Phrase("sum of {currency}", currency=currency)
    return ValueUnreadable(field=Phrase("total"), text=str(amount), kind=kind)


def major(minor: int, currency: str) -> Decimal:
    """Minor units as an amount."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def keys_of(inputs: Inputs) -> Mapping[tuple[str, str], str]:
    """The normal reference of every order that the ledger knows, by CRM and the CRM's id."""
    return {(p.crm, p.order_id): normal(p.reference) for p in (typed.posting for typed in inputs.ledger.postings)}


def key_of(order: Order, inputs: Inputs, known: Mapping[tuple[str, str], str]) -> str:
    """The normal reference of the order: the ledger's, else the one it would get, else one that nobody shares."""
    found = known.get((order.crm, order.id))
    if found is not None:
        return found
    if inputs.rule is None:
        return _own_key(order.crm, order.id)
    return normal(make_reference(inputs.codes.get(order.crm, order.crm), order.number, inputs.rule))


def _own_key(crm: str, order_id: str) -> str:
    return f"\x1f{crm}\x1f{order_id}"


def _crm_records(inputs: Inputs) -> Iterator[CrmRecord]:
    known, side = keys_of(inputs), inputs.crm
    for order in side.orders:
        minor, parts, invalid = ordered_amounts(order, inputs.basis)
        yield CrmRecord(order.crm, order.id, key_of(order, inputs, known), order, minor, invalid, parts)
    for record in side.malformed:
        key = known.get((record.crm, record.order_id)) or _own_key(record.crm, record.order_id)
        yield CrmRecord(record.crm, record.order_id, key, None, None, record.reason)


Amounts = tuple[int | None, Mapping[str, int], Reason | None]


def ordered_amounts(order: Order, basis: Basis) -> Amounts:
    """The compared total of an order, its parts, and why it cannot be read."""
    try:
        return compared_minor(order, basis), minors_of(order, order.currency), None
    except ValueUnreadable as error:
        return None, NOTHING, error.reason


def stored_amounts(total: Decimal | None, parts: Mapping[str, Decimal], currency: str, basis: Basis) -> Amounts:
    """The compared total of a document, its parts, and why it cannot be read."""
    try:
        minors = _minors(parts, currency)
        if total is None:
            return None, minors, None
        goods = minor_of(total, currency) - added(minors, basis.included, 0)
        return goods + added(minors, basis.compared, 0), minors, None
    except ValueUnreadable as error:
        return None, NOTHING, error.reason


def compared_minor(order: Order, basis: Basis) -> int:
    """The compared total of an order in minor units; raises ValueUnreadable where a part of it is not whole."""
    parts = minors_of(order, order.currency)
    within = parts.get("tax", 0) if order.prices_include_tax else 0
    return minor_of(order.total, order.currency) - within + added(parts, basis.compared, 0)


def minors_of(of: Stating, currency: str) -> Mapping[str, int]:
    """The stated parts in minor units; raises ValueUnreadable where one holds a fraction of one."""
    return _minors(stated(of), currency)


def _minors(parts: Mapping[str, Decimal], currency: str) -> Mapping[str, int]:
    found = {name: minor_of(amount, currency) for name, amount in parts.items()}
    return found if any(found.values()) else _zeros(frozenset(found))


@cache
def _zeros(names: frozenset[str]) -> Mapping[str, int]:
    """One for all: most documents of an ERP that shows discount, freight and tax have none of them."""
    return dict.fromkeys(names, 0)


def _erp_records(inputs: Inputs) -> Iterator[ErpRecord]:
    side = inputs.documents
    opened = {document.number: document for document in side.opened}
    for row in side.listed:
        yield _erp_record(row, opened.get(row.number), side.unreadable.get(row.number), inputs)
    listed = {row.number for row in side.listed}
    for number in sorted(side.unreadable.keys() - listed):
        yield _erp_record(Listed(number), opened.get(number), side.unreadable[number], inputs)


def _erp_record(row: Listed, document: Document | None, unreadable: Reason | None, inputs: Inputs) -> ErpRecord:
    code = first(row.currency, document.currency if document else None)
    currency = inputs.cross.currencies.get(code, code) if code else inputs.documents.house_currency or None
    total, basis = first(row.total, document.total if document else None), inputs.basis
    if total is None and document is not None and "total" not in inputs.documents.shows:
        total = total_of_lines(document, currency or "")
        basis = of_lines(basis)
    parts = {**(stated(document) if document else {}), **stated(row)}
    minor, minors, invalid = stored_amounts(total, parts, currency or "", basis)
    return ErpRecord(
        number=row.number,
        reference=first(row.reference, document.reference if document else None),
        customer=first(row.customer, document.customer if document else None),
        currency=currency,
        ordered_on=row.ordered_on or (document.ordered_on if document else None),
        status=row.status or (document.status if document else None),
        minor=minor,
        lines=document.lines if document is not None else None,
        invalid=unreadable or invalid,
        parts=minors,
        company=first(row.company, document.company if document else None),
        po_number=first(document.po_number if document else None, row.po_number),
        others=document.others if document is not None else NO_TEXTS,
    )


def of_lines(basis: Basis) -> Basis:
    """The basis of a total that was made of lines: it holds what their prices do."""
    return replace(basis, included=frozenset({"tax"} if basis.gross_prices else ()))


def total_of_lines(document: Document, currency: str) -> Decimal:
    """What the lines of a document come to where the ERP shows no total."""
    digits = minor_digits(currency)
    amounts = (rounded(line.quantity * line.unit_price, digits) for line in document.lines)
    return sum(amounts, Decimal(0))


def first(*values: Value | None) -> Value | None:
    """The first value that is shown; a blank text is none."""
    return next((value for value in values if value is not None and value != ""), None)
