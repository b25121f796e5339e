"""Of which kind is a break, where did it come in, and how does one word it? Asked row by row, of breaks only."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bridge.errors import Reason
from bridge.model.breaks import Outcome, Sub
from bridge.model.components import PARTS
from bridge.model.documents import DocumentLine, DocumentStatus
from bridge.model.forms import Difference
from bridge.model.mapping import Kind
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Posting, PostingState
from bridge.reports.frames import document_texts, order_texts
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import LineValues, ordered_lines, plain, stored_lines
from bridge.reports.loci import document_shown, first_of, form_shown, loci_of
from bridge.reports.records import ErpRecord, major
from bridge.reports.rows import Row
from bridge.reports.units import counts_of, is_of_units

FIELD_DIFFS = frozenset(outcome for outcome in Outcome if outcome.is_of_fields)
STILL_OPEN = frozenset({DocumentStatus.OPEN, DocumentStatus.CONFIRMED, DocumentStatus.PART_SHIPPED})


@dataclass(frozen=True)
class _Case:
    """What the kind of a break hangs on."""

    row: Row
    inputs: Inputs
    is_void: bool

    @property
    def posting(self) -> Posting | None:
        return self.row.owner.posting if self.row.owner is not None else None

    @property
    def order(self) -> Order | None:
        return self.row.crm.order if self.row.crm is not None else None


def divided(row: Row, inputs: Inputs, *, is_void: bool) -> Row:
    """The row with its kind, its locus, its reason and its differences; `is_void` says a cancelled document exists."""
    if row.outcome is Outcome.MATCHED:
        return row
    case = _Case(row, inputs, is_void)
    kind = _SUBS.get(row.outcome)
    differences = tuple(_differences(case))
    loci = loci_of(row, inputs, differences)
    return replace(
        row,
        sub=kind(case) if kind else Sub.NONE,
        locus=first_of(loci),
        reason=_reason(case),
        differences=differences,
        loci=loci,
        in_form=form_shown(row, inputs),
        as_verified=document_shown(row, inputs),
    )


def _reason(case: _Case) -> Reason | None:
    invalid = [side.invalid for side in (case.row.crm, case.row.erp) if side is not None and side.invalid]
    return invalid[0] if invalid else (case.posting.reason if case.posting else None)


# --- kinds ----------------------------------------------------------------------------------------------------------


def _unreadable(case: _Case) -> Sub:
    return Sub.CRM if case.row.crm is not None and case.row.crm.invalid else Sub.ERP


def _orphan(case: _Case) -> Sub:
    return Sub.MANUAL if case.posting is None else Sub.BRIDGE


def _withdrawn(case: _Case) -> Sub:
    return Sub.CANCELLED if case.order is not None and case.order.status is OrderStatus.CANCELLED else Sub.DRAFT


def _twice(case: _Case) -> Sub:
    """By whom the second document was entered: the bridge's own number is known to the ledger."""
    number = case.row.erp.number if case.row.erp else None
    return Sub.BRIDGE if case.posting is not None and case.posting.document == number else Sub.MANUAL


_WAITING: Mapping[PostingState, Sub] = {
    PostingState.HELD: Sub.HELD,
    PostingState.REJECTED: Sub.REJECTED,
    PostingState.FAILED: Sub.FAILED,
    PostingState.CANCELLED: Sub.CANCELLED,
}


def _not_entered(case: _Case) -> Sub:
    if case.posting is not None and case.posting.state in _WAITING:
        return _WAITING[case.posting.state]
    return Sub.OVERDUE if case.order is None or _is_late(case.order, case) else Sub.PENDING


def _is_late(order: Order, case: _Case) -> bool:
    """Whether it waits too long: since its last change, or since it was found not to be entered, whichever is longer.

    A change that is still to come is a wrong clock, and nobody can say how long that order waits. The deadline is the
    ledger's, which a person may have moved, and the CRM's only where the ledger does not know the order yet.
    """
    inputs = case.inputs
    now, deadline = inputs.crm.as_of, case.posting.deadline if case.posting is not None else order.deadline
    since = min(order.changed_at, inputs.carried.not_typed_since.get((order.crm, order.id), order.changed_at))
    return abs(now - since) > inputs.pending_within or (deadline is not None and deadline < now)


def _missing(case: _Case) -> Sub:
    if case.is_void:
        return Sub.VOID
    seen = case.inputs.documents.as_of - case.inputs.listing_lag
    return Sub.TIMING if case.posting is not None and case.posting.updated_at > seen else Sub.NONE


def _quantity(case: _Case) -> Sub:
    if case.row.group:
        return _partial(case)
    lines = case.row.erp.lines if case.row.erp else None
    if case.order is None or lines is None:
        return Sub.NONE
    if len(case.order.lines) != len(lines):
        return Sub.LINES
    if is_of_units(case.order, lines, case.inputs):
        return Sub.UNIT
    return _partial(case) if _is_part(case, case.order, lines) else Sub.NONE


def _partial(case: _Case) -> Sub:
    """Whether the rest may still come, or should have come long ago."""
    order = case.order or (case.row.owner.order if case.row.owner else None)
    day = order.ordered_on if order is not None else case.row.group_ordered_on
    today = case.inputs.documents.as_of.date()
    return Sub.PARTIAL_OVERDUE if day is None or today - day > case.inputs.parts_within else Sub.PARTIAL


def _is_part(case: _Case, order: Order, lines: tuple[DocumentLine, ...]) -> bool:
    """Whether the ERP holds a part of every line and may still hold the rest."""
    open_still = case.row.erp is not None and case.row.erp.status in STILL_OPEN
    parts = (0 < held <= asked for asked, held in counts_of(order, lines, case.inputs))
    return open_still and Outcome.ITEM_DIFF not in case.row.flags and all(parts)


_PARTS: Mapping[str, Sub] = {"discount": Sub.DISCOUNT, "freight": Sub.FREIGHT, "tax": Sub.TAX}


def _amount(case: _Case) -> Sub:
    """Which one thing is all that differs, if one thing is."""
    split, beside = case.row.split, case.row.parts_beside
    lines = case.row.erp.lines if case.row.erp else None
    if case.order is not None and lines is not None and is_of_units(case.order, lines, case.inputs):
        return Sub.UNIT
    if split is None or case.row.difference:
        return _PARTS.get(split.alone, Sub.NONE) if split is not None and not beside else Sub.NONE
    if case.row.crm_minor != case.row.erp_minor:
        return Sub.NONE
    parts = [name for name in PARTS if getattr(split, name)] + list(beside)
    if not parts:
        return Sub.PRICE
    return _PARTS[parts[0]] if len(parts) == 1 and not split.goods else Sub.NONE


def _date(case: _Case) -> Sub:
    ordered, stored = case.order and case.order.ordered_on, case.row.erp and case.row.erp.ordered_on
    same = ordered and stored and (ordered.year, ordered.month) == (stored.year, stored.month)
    return Sub.NONE if same else Sub.PERIOD


def _status(case: _Case) -> Sub:
    if case.posting is None:
        return Sub.UNKNOWN
    return Sub.NONE if case.posting.state is PostingState.POSTED else Sub.NOT_POSTED


_SUBS: Mapping[Outcome, Callable[[_Case], Sub]] = {
    Outcome.INVALID_ROW: _unreadable,
    Outcome.ORPHAN_IN_ERP: _orphan,
    Outcome.CANCELLED_LIVE: _withdrawn,
    Outcome.DUPLICATE_IN_ERP: _twice,
    Outcome.NOT_TYPED: _not_entered,
    Outcome.MISSING_IN_ERP: _missing,
    Outcome.QTY_DIFF: _quantity,
    Outcome.AMOUNT_DIFF: _amount,
    Outcome.CUTOFF_DIFF: _date,
    Outcome.STATUS_DIFF: _status,
}


# --- differences, worded --------------------------------------------------------------------------------------------


def _differences(case: _Case) -> Iterator[Difference]:
    order, record = case.order, case.row.erp
    if Outcome.LINK_CONFLICT in case.row.flags and case.posting is not None and record is not None:
        yield Difference("document", case.posting.document or "", record.number)
    if order is None or record is None or not FIELD_DIFFS.intersection(case.row.flags):
        return
    yield from _header_differences(case, order, record)
    if record.lines is not None and "lines" in case.inputs.documents.shows:
        yield from _line_differences(order, record, record.lines, case.inputs)


def _header_differences(case: _Case, order: Order, record: ErpRecord) -> Iterator[Difference]:
    flags = case.row.flags
    if Outcome.CUSTOMER_DIFF in flags:
        wanted = case.inputs.cross.erp_code(Kind.CUSTOMER, order.customer or "")
        yield Difference("customer", wanted, record.customer or "")
    if Outcome.COMPANY_DIFF in flags:
        yield Difference("company", case.inputs.cross.erp_code(Kind.COMPANY, order.company), record.company or "")
    if Outcome.CURRENCY_DIFF in flags:
        yield Difference("currency", order.currency, record.currency or "")
    if Outcome.CUTOFF_DIFF in flags:
        yield Difference("order_date", str(order.ordered_on), str(record.ordered_on or ""))
    if Outcome.CURRENCY_DIFF not in flags and case.row.crm_minor != record.minor:
        wanted, shown = (_major(minor, order.currency) for minor in (case.row.crm_minor, record.minor))
        yield Difference("total", wanted, shown)
    if Outcome.CURRENCY_DIFF not in flags:
        yield from _part_differences(case, record)
    if Outcome.TEXT_DIFF in flags:
        ordered, stored = order_texts(order, case.inputs), document_texts(record, case.inputs)
        yield from (Difference(name, text, stored[name]) for name, text in ordered.items() if text != stored[name])
    if Outcome.STATUS_DIFF in flags and case.posting is not None and case.posting.state is PostingState.POSTED:
        known = case.row.owner.last_status if case.row.owner else None
        yield Difference("status", known or "", record.status or "")


def _part_differences(case: _Case, record: ErpRecord) -> Iterator[Difference]:
    """What is stated differently beside the goods: all of the compared total, and what both sides state."""
    crm, erp = (case.row.crm.parts if case.row.crm else {}), record.parts
    for name in PARTS:
        counts = name in case.inputs.basis.compared or (name in crm and name in erp)
        if counts and name in case.inputs.documents.shows and crm.get(name, 0) != erp.get(name, 0):
            currency = case.row.currency
            yield Difference(name, _major(crm.get(name), currency), _major(erp.get(name), currency))


def _major(minor: int | None, currency: str) -> str:
    return "" if minor is None else plain(major(minor, currency))


def _line_differences(
    order: Order, record: ErpRecord, stored: tuple[DocumentLine, ...], inputs: Inputs
) -> Iterator[Difference]:
    wanted, found = ordered_lines(order, inputs), stored_lines(stored, record.currency, inputs)
    same_prices = order.prices_include_tax == inputs.basis.gross_prices
    amounts = same_prices and "amount" in inputs.documents.shows and record.currency == order.currency
    if len(wanted) != len(found):
        yield Difference("lines", str(len(wanted)), str(len(found)))
    for place, (left, right) in enumerate(zip(wanted, found, strict=False), 1):
        ordered, held = order.lines[place - 1], stored[place - 1]
        if left.item != right.item:
            yield Difference("item", left.item, right.item, place)
        yield from _count_differences(left, right, (ordered.unit, held.unit), place, prices=same_prices)
        if left.description != right.description:
            yield Difference("description", ordered.description, held.description, place)
        if amounts and left.amount != right.amount:
            shown = "" if held.amount is None else plain(held.amount)
            yield Difference("amount", plain(ordered.amount(order.currency)), shown, place)


def _count_differences(
    left: LineValues, right: LineValues, units: tuple[str, str], place: int, *, prices: bool
) -> Iterator[Difference]:
    """Quantity and price, each with its unit where both sides have one."""
    counted = left.unit is not None and right.unit is not None
    if counted and left.unit != right.unit:
        yield Difference("unit", units[0], units[1], place)
    for name in ("quantity", "price") if prices else ("quantity",):
        one, other = ((getattr(each, f"base_{name}" if counted else name)) for each in (left, right))
        if one != other:
            raw = (getattr(each, name) for each in (left, right))
            shown = [f"{number} {unit}".strip() for number, unit in zip(raw, units, strict=True)]
            one, other = shown if counted else (one, other)
            yield Difference(name, one, other, place)
