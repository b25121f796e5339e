"""Which columns has each table of the workbook? The field id never changes, the header is in the reader's words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bridge.model.breaks import LOCUS_MEANINGS, MEANINGS, SUB_MEANINGS, Locus
from bridge.model.money import Money as Amount
from bridge.reports.cells import Evidence, Money, Value
from bridge.reports.controls import CONTROL_MEANINGS, HASH, ROWS, Control
from bridge.reports.inputs import Typed
from bridge.reports.records import ordered_amounts
from bridge.reports.rows import Row
from bridge.reports.shown_values import Shown
from bridge.reports.texts import Words

Item = TypeVar("Item")
Look = Mapping[str, object]
BAD: Look = {"bg_color": "#FBE3E4", "bold": True}
FAIR: Look = {"bg_color": "#FFF4D6"}
GOOD: Look = {"bg_color": "#E4F3E6"}


@dataclass(frozen=True)
class Column(Generic[Item]):
    """One column: its field id, its English header (key of the catalogue), its width in characters, its value.

    `look` only repeats in colour what the cell says in words. What is `editable` is read back from people; `choices` is
    what they can choose from. A `hidden` column is for programs.
    """

    field: str
    header: str
    width: int
    value: Callable[[Item, Words], Value]
    wraps: bool = False
    figures: bool = False
    look: Callable[[Item], Look] = lambda _: {}
    editable: bool = False
    choices: Callable[[Words], Sequence[str]] | None = None
    hidden: bool = False


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None else Money(minor, currency or "")


def _typed_amount(row: Row, _: Words) -> Money | None:
    if row.owner is None or row.crm is None:
        return None
    order = row.owner.order
    return _money(ordered_amounts(order, row.basis)[0], order.currency)


def _order_date(row: Row, _: Words) -> Value:
    return row.crm.order.ordered_on if row.crm and row.crm.order else None


def _state(typed: Typed | None, words: Words) -> str | None:
    return words.of(typed.posting.state) if typed else None


def _packet(typed: Typed | None) -> Evidence | None:
    return Evidence(typed.posting.packet) if typed and typed.posting.packet else None


def _flags(row: Row, words: Words) -> str:
    return ", ".join(words(MEANINGS[flag].name) for flag in row.flags)


def _perhaps(row: Row, words: Words) -> str | None:
    if row.perhaps is None:
        return None
    named = ", ".join(row.perhaps.names)
    return f"{named} ({words('{count} fit').format(count=row.perhaps.count)})" if row.perhaps.ambiguous else named


def _came_in(row: Row, words: Words) -> str | None:
    """Where it came in; which fields, where not all came in at the same place."""
    found = dict.fromkeys(locus for locus in row.loci if locus)
    if len(set(row.loci)) == 1:
        return next((words(LOCUS_MEANINGS[locus]) for locus in found), None)
    parts = (f"{words(LOCUS_MEANINGS[locus])}: {_fields_of(row, locus, words)}" for locus in found)
    return "; ".join(parts) or None


def _fields_of(row: Row, locus: Locus, words: Words) -> str:
    pairs = zip(row.differences, row.loci, strict=True)
    return ", ".join(dict.fromkeys(words.label(difference) for difference, found in pairs if found is locus))


def _shown_amount(shown: Shown | None) -> Money | None:
    return None if shown is None or shown.currency is None else _money(shown.minor, shown.currency)


def _customer(row: Row, _: Words) -> str | None:
    return row.crm.order.customer if row.crm and row.crm.order else None


def _customer_name(row: Row, _: Words) -> str | None:
    return row.crm.order.customer_name if row.crm and row.crm.order else None


def _crm_status(row: Row, words: Words) -> str | None:
    return words.of(row.crm.order.status) if row.crm and row.crm.order else None


def _erp_status(row: Row, words: Words) -> str | None:
    return words.of(row.erp.status) if row.erp and row.erp.status else None


def _told_status(row: Row, words: Words) -> str | None:
    return words.of(row.owner.last_status) if row.owner and row.owner.last_status else None


def _reference(row: Row, _: Words) -> str | None:
    return row.owner.posting.reference if row.owner else (row.erp.reference if row.erp else None)


def _reason(row: Row, words: Words) -> str | None:
    return row.reason.worded(words.language) if row.reason else None


def _differences(row: Row, words: Words) -> str | None:
    return "; ".join(words.difference(each) for each in row.differences) or None


_NAMES: Sequence[Column[Row]] = (
    Column("order_number", "Order", 15, lambda row, _: row.order_number or None),
    Column("document", "Document", 13, lambda row, _: row.erp.number if row.erp else None),
)
_MONEY: Sequence[Column[Row]] = (
    Column("currency", "Currency", 9, lambda row, _: row.currency),
    Column("crm_amount", "CRM amount", 16, lambda row, _: _money(row.crm_minor, row.crm_currency), figures=True),
    Column("erp_amount", "ERP amount", 16, lambda row, _: _money(row.erp_minor, row.erp_currency), figures=True),
    Column("erp_currency", "ERP currency", 11, lambda row, _: row.erp_currency),
    Column("difference", "Difference", 16, lambda row, _: _money(row.difference, row.currency), figures=True),
)


def _component(name: str) -> Callable[[Row, Words], Value]:
    return lambda row, _: _money(getattr(row.split, name) if row.split else None, row.currency)


_COMPONENTS: Sequence[Column[Row]] = (
    Column("of_goods", "Of which goods", 14, _component("goods"), figures=True),
    Column("of_discount", "Of which discount", 14, _component("discount"), figures=True),
    Column("of_freight", "Of which freight", 14, _component("freight"), figures=True),
    Column("of_tax", "Of which tax", 14, _component("tax"), figures=True),
    Column("of_rest", "Not explained", 14, _component("rest"), figures=True),
)
_COMPANY: Column[Row] = Column("company", "Company", 11, lambda row, _: row.company or None)
_PARTIES: Sequence[Column[Row]] = (
    Column("customer", "Customer", 12, _customer),
    Column("customer_name", "Customer name", 24, _customer_name),
    Column("erp_customer", "ERP customer", 12, lambda row, _: row.erp.customer if row.erp else None),
    Column("order_date", "Order date", 11, _order_date),
    Column("erp_date", "ERP date", 11, lambda row, _: row.erp.ordered_on if row.erp else None),
)
_TRACES: Sequence[Column[Row]] = (
    Column("group", "Group", 14, lambda row, _: row.group or None),
    Column("reference", "Reference", 18, _reference),
    Column("matched_by", "Matched by", 11, lambda row, _: row.passed or None),
    Column("evidence", "Evidence", 22, lambda row, _: _packet(row.owner)),
    Column("item_id", "Item id", 18, lambda row, _: row.item_id),
)
BREAK_COLUMNS: Sequence[Column[Row]] = (
    *_NAMES,
    Column("outcome", "Break", 22, lambda row, words: words(MEANINGS[row.outcome].name), look=lambda _: BAD),
    Column("sub", "Kind", 22, lambda row, words: words(SUB_MEANINGS[row.sub]) if row.sub else None, wraps=True),
    *_MONEY,
    *_COMPONENTS,
    _COMPANY,
    Column("reason", "Reason", 44, _reason, wraps=True),
    Column("differences", "What differs (CRM ≠ ERP)", 44, _differences, wraps=True),
    Column("locus", "Came in", 22, _came_in, wraps=True),
    Column("flags", "All that is true", 22, _flags, wraps=True),
    Column("perhaps", "May belong to", 22, _perhaps, wraps=True),
    *_PARTIES,
    Column("typed_amount", "Amount as taken", 16, _typed_amount, figures=True),
    Column("form_amount", "Amount in the form", 16, lambda row, _: _shown_amount(row.in_form), figures=True),
    Column("verified_amount", "Amount as verified", 16, lambda row, _: _shown_amount(row.as_verified), figures=True),
    Column("crm_status", "CRM status", 12, _crm_status),
    Column("posting_state", "Ledger state", 12, lambda row, words: _state(row.owner, words)),
    Column("told_status", "Status told to CRM", 13, _told_status),
    Column("erp_status", "ERP status", 12, _erp_status),
    Column("code", "Code", 20, lambda row, _: row.outcome.value),
    Column("sub_code", "Kind code", 12, lambda row, _: row.sub.value or None),
    *_TRACES,
)
MATCH_COLUMNS: Sequence[Column[Row]] = (
    *_NAMES,
    Column("outcome", "Result", 16, lambda row, words: words(MEANINGS[row.outcome].name)),
    *_MONEY,
    _COMPANY,
    *_PARTIES,
    Column("erp_status", "ERP status", 12, _erp_status),
    Column("code", "Code", 14, lambda row, _: row.outcome.value),
    *_TRACES,
)


def _worded(typed: Typed, words: Words) -> str | None:
    return typed.posting.reason.worded(words.language) if typed.posting.reason else None


def _taken(typed: Typed) -> Money:
    return Money(Amount(typed.order.total, typed.order.currency).minor, typed.order.currency)


def _last(typed: Typed, words: Words) -> str | None:
    return words.of(typed.last_status) if typed.last_status else None


POSTING_COLUMNS: Sequence[Column[Typed]] = (
    Column("order_number", "Order", 15, lambda typed, _: typed.posting.order_number),
    Column("document", "Document", 13, lambda typed, _: typed.posting.document),
    Column("state", "Ledger state", 13, lambda typed, words: words.of(typed.posting.state)),
    Column("reason", "Reason", 60, _worded, wraps=True),
    Column("currency", "Currency", 9, lambda typed, _: typed.order.currency),
    Column("amount", "Amount as taken", 16, lambda typed, _: _taken(typed), figures=True),
    Column("customer", "Customer", 12, lambda typed, _: typed.order.customer),
    Column("customer_name", "Customer name", 24, lambda typed, _: typed.order.customer_name),
    Column("order_date", "Order date", 11, lambda typed, _: typed.order.ordered_on),
    Column("attempts", "Attempts", 10, lambda typed, _: typed.posting.attempts, figures=True),
    Column("updated_at", "Last moved (UTC)", 19, lambda typed, _: typed.posting.updated_at),
    Column("told_status", "Status told to CRM", 13, _last),
    Column("phase", "Phase", 11, lambda typed, words: words.of(typed.posting.phase)),
    Column("reference", "Reference", 18, lambda typed, _: typed.posting.reference),
    Column("evidence", "Evidence", 22, lambda typed, _: _packet(typed)),
)


def _figure(figure: int | None, control: Control) -> Value:
    if figure is None or control.unit == ROWS:
        return figure
    return f"{figure:015}" if control.unit == HASH else Money(figure, control.unit)


def _result(control: Control, words: Words) -> str:
    if not control.available:
        return f"– {words('not available')}"
    return f"✔ {words('ties')}" if control.ties else f"✖ {words('does not tie')}"


CONTROL_COLUMNS: Sequence[Column[Control]] = (
    Column("control", "Control", 9, lambda control, _: control.code),
    Column("result", "Result", 16, _result, look=lambda control: GOOD if control.ties else BAD),
    Column("scope", "Of", 16, lambda control, words: words(control.scope)),
    Column("unit", "Unit", 9, lambda control, words: words(control.unit)),
    Column("expected", "Counted another way", 24, lambda control, _: _figure(control.expected, control), figures=True),
    Column("found", "In this report", 24, lambda control, _: _figure(control.found, control), figures=True),
    Column("meaning", "What must tie", 80, lambda control, words: words(CONTROL_MEANINGS[control.code]), wraps=True),
)
