"""Every way in which a clean day is made wrong, with the one break that must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from bridge.errors import OrderMalformed, StatusUnknown
from bridge.model.breaks import Outcome, Sub
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, PostingState
from bridge.reports.inputs import Inputs, Malformed
from tests.unit.reports.days import (
    DAY,
    HELD_FOR_CUSTOMER,
    NIGHT,
    clean_day,
    document,
    order,
    with_documents,
    with_orders,
    with_posting,
    without_posting,
)
from tests.unit.reports.rich_days import gross_day, rich_day


@dataclass(frozen=True)
class Corruption:
    """A change to a clean day and what must be found, alone."""

    name: str
    change: Callable[[Inputs], Inputs]
    outcome: Outcome
    sub: Sub = Sub.NONE
    day: Callable[[], Inputs] = clean_day

    def __str__(self) -> str:
        return self.name


def document_changed(place: int = 2, **changes: object) -> Callable[[Inputs], Inputs]:
    """One document holds something else."""

    def change(documents: list[Document]) -> None:
        documents[place] = replace(documents[place], **changes)  # type: ignore[arg-type]  # any field may be changed

    return lambda day: with_documents(day, change)


def line_changed(place: int = 1, **changes: object) -> Callable[[Inputs], Inputs]:
    """A line (the second one) of one document holds something else."""

    def change(documents: list[Document]) -> None:
        lines = list(documents[2].lines)
        lines[place] = replace(lines[place], **changes)  # type: ignore[arg-type]  # any field may be changed
        documents[2] = replace(documents[2], lines=tuple(lines))

    return lambda day: with_documents(day, change)


def part_off(name: str, in_total: int) -> Callable[[Inputs], Inputs]:
    """A part of one document is two more, and its total follows."""

    def change(documents: list[Document]) -> None:
        old = documents[2]
        total, part = (old.total or Decimal(0)) + 2 * in_total, (getattr(old, name) or Decimal(0)) + 2
        documents[2] = replace(old, total=total, **{name: part})  # type: ignore[arg-type]  # a part is an amount

    return lambda day: with_documents(day, change)


def not_listed(day: Inputs) -> Inputs:
    """One document is gone."""
    return with_documents(day, lambda documents: documents.pop(2))


def never_typed(**changes: object) -> Callable[[Inputs], Inputs]:
    """One order was not entered; its posting stands where `changes` say."""
    plain: dict[str, object] = {"state": PostingState.PENDING, "phase": Phase.NONE, "document": None}
    return lambda day: with_posting(not_listed(day), 2, None, **{**plain, **changes})


def waiting(since: timedelta) -> Callable[[Inputs], Inputs]:
    """One order was not taken at all and was released so long ago."""

    def change(day: Inputs) -> Inputs:
        changed = replace(day.crm.orders[2], changed_at=NIGHT - since)
        return with_orders(without_posting(not_listed(day), 2), lambda orders: orders.__setitem__(2, changed))

    return change


def order_changed(**changes: object) -> Callable[[Inputs], Inputs]:
    """One order is something else in the CRM now."""
    return lambda day: with_orders(day, lambda orders: orders.__setitem__(2, order(3, **changes)))


def malformed(day: Inputs) -> Inputs:
    """The CRM has a record that is no order."""
    record = Malformed("toy", "id-9999", OrderMalformed(problem="no lines").reason)
    return replace(day, crm=replace(day.crm, malformed=(record,)))


def unreadable(day: Inputs) -> Inputs:
    """One row of the ERP's list cannot be read."""
    reason = StatusUnknown(erp="harbour", word="???").reason
    return replace(day, documents=replace(day.documents, unreadable={"00000003": reason}))


def by_hand(day: Inputs) -> Inputs:
    """Somebody entered a document of their own."""
    return with_documents(day, lambda documents: documents.append(document(order(77), "00000900", reference="phone")))


def order_gone(day: Inputs) -> Inputs:
    """The CRM no longer has an order that was entered."""
    return with_orders(day, lambda orders: orders.pop(2))


def twice(day: Inputs) -> Inputs:
    """Somebody entered an order again."""
    return with_documents(day, lambda documents: documents.append(replace(documents[2], number="00000901")))


def order_twice(day: Inputs) -> Inputs:
    """The CRM has the same order number under another id."""
    return with_orders(day, lambda orders: orders.append(order(3, id="id-other")))


def blank(field: str) -> Callable[[Inputs], Inputs]:
    """The ERP shows nothing where it shows this field otherwise."""
    return document_changed(2, **{field: None if field in {"total", "status"} else ""})


CORRUPTIONS = (
    Corruption("a CRM record that cannot be read", malformed, Outcome.INVALID_ROW, Sub.CRM),
    Corruption("an ERP record that cannot be read", unreadable, Outcome.INVALID_ROW, Sub.ERP),
    Corruption(
        "an amount with a fraction of a minor unit",
        document_changed(total=Decimal("1.0005")),
        Outcome.INVALID_ROW,
        Sub.ERP,
    ),
    Corruption("an order number twice in the CRM", order_twice, Outcome.DUP_CRM_KEY),
    Corruption("another number in the ledger", lambda d: with_posting(d, 2, document="X-1"), Outcome.LINK_CONFLICT),
    Corruption(
        "Save without an answer",
        never_typed(state=PostingState.IN_DOUBT, phase=Phase.SENT),
        Outcome.UNCERTAIN_COMMIT,
    ),
    Corruption("a document entered by hand", by_hand, Outcome.ORPHAN_IN_ERP, Sub.MANUAL),
    Corruption("an order gone from the CRM", order_gone, Outcome.ORPHAN_IN_ERP, Sub.BRIDGE),
    Corruption(
        "an order cancelled late", order_changed(status=OrderStatus.CANCELLED), Outcome.CANCELLED_LIVE, Sub.CANCELLED
    ),
    Corruption(
        "an order made a draft again", order_changed(status=OrderStatus.DRAFT), Outcome.CANCELLED_LIVE, Sub.DRAFT
    ),
    Corruption("a document entered twice", twice, Outcome.DUPLICATE_IN_ERP, Sub.MANUAL),
    Corruption("an order just released", waiting(timedelta(hours=1)), Outcome.NOT_TYPED, Sub.PENDING),
    Corruption("an order released long ago", waiting(timedelta(hours=9)), Outcome.NOT_TYPED, Sub.OVERDUE),
    Corruption("a posting that waits too long", never_typed(), Outcome.NOT_TYPED, Sub.OVERDUE),
    Corruption(
        "a held posting", never_typed(state=PostingState.HELD, reason=HELD_FOR_CUSTOMER), Outcome.NOT_TYPED, Sub.HELD
    ),
    Corruption("a rejected posting", never_typed(state=PostingState.REJECTED), Outcome.NOT_TYPED, Sub.REJECTED),
    Corruption("a failed posting", never_typed(state=PostingState.FAILED), Outcome.NOT_TYPED, Sub.FAILED),
    Corruption("a cancelled posting", never_typed(state=PostingState.CANCELLED), Outcome.NOT_TYPED, Sub.CANCELLED),
    Corruption("a posted order the ERP does not list", not_listed, Outcome.MISSING_IN_ERP),
    Corruption(
        "a document entered after the ERP was read",
        lambda d: with_posting(not_listed(d), 2, updated_at=NIGHT + timedelta(minutes=1)),
        Outcome.MISSING_IN_ERP,
        Sub.TIMING,
    ),
    Corruption("a void document", document_changed(status=DocumentStatus.CANCELLED), Outcome.MISSING_IN_ERP, Sub.VOID),
    Corruption("another customer", document_changed(customer="C-0009"), Outcome.CUSTOMER_DIFF),
    Corruption("a blank customer", blank("customer"), Outcome.CUSTOMER_DIFF),
    Corruption("another company", document_changed(company="02"), Outcome.COMPANY_DIFF, day=rich_day),
    Corruption("a blank company", blank("company"), Outcome.COMPANY_DIFF, day=rich_day),
    Corruption("another currency", document_changed(currency="USD"), Outcome.CURRENCY_DIFF),
    Corruption("a blank currency", blank("currency"), Outcome.CURRENCY_DIFF),
    Corruption("another item", line_changed(item="WASHER"), Outcome.ITEM_DIFF),
    Corruption("another quantity", line_changed(quantity=Decimal(2)), Outcome.QTY_DIFF),
    Corruption("a part of the quantity", line_changed(quantity=Decimal(1)), Outcome.QTY_DIFF, Sub.PARTIAL),
    Corruption(
        "a missing line",
        lambda d: document_changed(lines=d.documents.opened[2].lines[:1])(d),
        Outcome.QTY_DIFF,
        Sub.LINES,
    ),
    Corruption("another amount", document_changed(total=Decimal("1.000")), Outcome.AMOUNT_DIFF),
    Corruption("a blank amount", blank("total"), Outcome.AMOUNT_DIFF),
    Corruption("another price", line_changed(unit_price=Decimal("9.99")), Outcome.AMOUNT_DIFF, Sub.PRICE),
    Corruption("a blank line amount", line_changed(amount=None), Outcome.AMOUNT_DIFF, Sub.PRICE),
    Corruption("another discount", part_off("discount", -1), Outcome.AMOUNT_DIFF, Sub.DISCOUNT, rich_day),
    Corruption("a blank discount", document_changed(discount=None), Outcome.AMOUNT_DIFF, Sub.DISCOUNT, rich_day),
    Corruption("another freight", part_off("freight", 1), Outcome.AMOUNT_DIFF, Sub.FREIGHT, rich_day),
    Corruption("another tax beside the total", part_off("tax", 1), Outcome.AMOUNT_DIFF, Sub.TAX, rich_day),
    Corruption("another tax in the total", part_off("tax", 1), Outcome.AMOUNT_DIFF, Sub.TAX, gross_day),
    Corruption("a total that nothing explains", document_changed(total=Decimal(1)), Outcome.AMOUNT_DIFF, day=rich_day),
    Corruption(
        "boxes priced as pieces", line_changed(0, unit_price=Decimal("2.5")), Outcome.AMOUNT_DIFF, Sub.UNIT, rich_day
    ),
    Corruption("boxes counted as pieces", line_changed(0, quantity=Decimal(4)), Outcome.QTY_DIFF, Sub.UNIT, rich_day),
    Corruption("an unknown unit", line_changed(0, unit="KG"), Outcome.QTY_DIFF, Sub.UNIT, rich_day),
    Corruption("a blank unit", line_changed(0, unit=""), Outcome.QTY_DIFF, Sub.UNIT, rich_day),
    Corruption("another day", document_changed(ordered_on=DAY - timedelta(days=9)), Outcome.CUTOFF_DIFF),
    Corruption("another month", document_changed(ordered_on=DAY + timedelta(days=20)), Outcome.CUTOFF_DIFF, Sub.PERIOD),
    Corruption("a status nobody was told", document_changed(status=DocumentStatus.SHIPPED), Outcome.STATUS_DIFF),
    Corruption("a blank status", blank("status"), Outcome.STATUS_DIFF),
    Corruption("another PO number", document_changed(po_number="PO 9"), Outcome.TEXT_DIFF, day=rich_day),
    Corruption("another name", document_changed(others={"customer_name": "x"}), Outcome.TEXT_DIFF, day=rich_day),
    Corruption("a blank name", document_changed(others={}), Outcome.TEXT_DIFF, day=rich_day),
    Corruption("another description", line_changed(description="Nut"), Outcome.TEXT_DIFF, day=rich_day),
    Corruption(
        "a document the ledger holds back",
        lambda d: with_posting(d, 2, state=PostingState.HELD),
        Outcome.STATUS_DIFF,
        Sub.NOT_POSTED,
    ),
    Corruption("a document the ledger forgot", lambda d: without_posting(d, 2), Outcome.STATUS_DIFF, Sub.UNKNOWN),
)


def three() -> Inputs:
    """A day with three breaks."""
    return by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day())))


def wrong(total: str) -> Inputs:
    """A clean day, but that one document holds another total."""
    return document_changed(3, total=Decimal(total))(clean_day())
