"""What of each record is compared, as columns? Money as whole minor units, every absent value as null, no objects.

Texts that come again and again (customers, dates, items) are categories: kept once, and compared by their numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.mapping import Kind
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from bridge.model.texts import folded
from bridge.reports.components import part_columns, rests
from bridge.reports.inputs import Inputs, Typed
from bridge.reports.line_differences import Lines, lines_of, ordered_lines, stored_lines, text_hash
from bridge.reports.records import CrmRecord, ErpRecord, Records, normal
from bridge.reports.two_sides import TwoSides

HEADER_TEXTS = frozenset({"customer_name", "po_number", "remarks"})
COMMITTED = (Phase.NUMBERED, Phase.VERIFIED)
Columns = dict[str, Any]
Column = list[str | None]
Folds = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Frames:
    """The three sides as columns, each row at the place of its record, and the lines of orders and documents.

    Every engine that fills these columns can be compared; nothing after this sees a record.
    """

    crm: pd.DataFrame
    ledger: pd.DataFrame
    erp: pd.DataFrame
    crm_lines: Lines
    erp_lines: Lines


def frames_of(records: Records, inputs: Inputs) -> Frames:
    """The columns of all records."""
    crm_lines = lines_of(ordered_lines(r.order, inputs) if r.order else () for r in records.crm)
    units = "unit" in crm_lines.columns
    erp_lines = lines_of(stored_lines(r.lines or (), r.currency, inputs, units=units) for r in records.erp)
    erp = erp_frame(records, inputs)
    if "lines" in inputs.documents.shows:
        rest = rests(erp, erp_lines, inputs.basis)
        erp = erp.assign(rest=rest) if rest.any() else erp
    return Frames(crm_frame(records, inputs), ledger_frame(records, inputs), erp, crm_lines, erp_lines)


def is_committed(posting: Posting) -> bool:
    """Whether the ledger says that the ERP stored a document for it."""
    return posting.state is PostingState.POSTED or posting.phase in COMMITTED or posting.document is not None


def is_uncertain(posting: Posting) -> bool:
    """Whether Save was pressed and nobody knows what came of it."""
    return posting.state is PostingState.IN_DOUBT or posting.phase is Phase.SENT


def crm_frame(records: Records, inputs: Inputs) -> pd.DataFrame:
    """The CRM's side, its codes already the ERP's."""
    cross, folds = inputs.cross, inputs.documents.folds
    owners = {(typed.posting.crm, typed.posting.order_id) for typed in records.ledger}
    orders = [record.order for record in records.crm]
    customers = [cross.erp_code(Kind.CUSTOMER, o.customer or "") if o else None for o in orders]
    columns: Columns = {}
    columns["key"] = _texts([record.key for record in records.crm])
    columns["order_number"] = _texts([o.number if o else None for o in orders])
    columns["number"] = _texts([normal(o.number) if o else None for o in orders])
    columns["customer"] = _repeated([_folded(customer, "customer", folds) for customer in customers])
    columns["currency"] = _repeated([o.currency if o else None for o in orders])
    columns["date"] = _repeated([_day(o.ordered_on if o else None) for o in orders])
    columns["status"] = _repeated([o.status.value if o else None for o in orders])
    columns["minor"] = _whole([record.minor for record in records.crm])
    columns["invalid"] = _flags([record.invalid is not None for record in records.crm])
    columns["owner"] = _flags([(record.crm, record.order_id) in owners for record in records.crm])
    columns["released"] = _flags([_released(record) for record in records.crm])
    columns["in_period"] = _flags([o is None or inputs.looks_at_order(o.crm, o.id, o.ordered_on) for o in orders])
    two_sides = TwoSides(records, inputs)
    columns["two_sided"] = _flags([o is not None and two_sides.holds(o) for o in orders])
    return pd.DataFrame(columns | _stated_by_orders(records, inputs))


def ledger_frame(records: Records, inputs: Inputs) -> pd.DataFrame:
    """The ledger's side."""
    postings = [typed.posting for typed in records.ledger]
    columns: Columns = {}
    columns["key"] = _texts([normal(posting.reference) for posting in postings])
    columns["order_number"] = _texts([posting.order_number for posting in postings])
    columns["document"] = _texts([normal(posting.document or "") or None for posting in postings])
    columns["last_status"] = _repeated([typed.last_status and typed.last_status.value for typed in records.ledger])
    columns["posted"] = _flags([posting.state is PostingState.POSTED for posting in postings])
    columns["committed"] = _flags([is_committed(posting) for posting in postings])
    columns["uncertain"] = _flags([is_uncertain(posting) for posting in postings])
    columns["in_period"] = _flags([_ledger_in_period(typed, inputs) for typed in records.ledger])
    return pd.DataFrame(columns)


def erp_frame(records: Records, inputs: Inputs) -> pd.DataFrame:
    """The ERP's side."""
    folds = inputs.documents.folds
    columns: Columns = {}
    columns["number"] = _texts([normal(record.number) for record in records.erp])
    columns["reference"] = _texts([normal(record.reference or "") for record in records.erp])
    columns["po_number"] = _texts([normal(record.po_number or "") for record in records.erp])
    columns["customer"] = _repeated([_folded(record.customer, "customer", folds) for record in records.erp])
    columns["currency"] = _repeated([record.currency for record in records.erp])
    columns["date"] = _repeated([_day(record.ordered_on) for record in records.erp])
    columns["status"] = _repeated([record.status and record.status.value for record in records.erp])
    columns["minor"] = _whole([record.minor for record in records.erp])
    columns["invalid"] = _flags([record.invalid is not None for record in records.erp])
    columns["live"] = _flags([record.live for record in records.erp])
    columns["opened"] = _flags([record.lines is not None for record in records.erp])
    columns["in_period"] = _flags([inputs.looks_at_document(r.number, r.ordered_on) for r in records.erp])
    columns |= part_columns([record.parts for record in records.erp])
    if "company" in inputs.documents.shows:
        columns["company"] = _texts([record.company for record in records.erp])
    if HEADER_TEXTS & inputs.documents.shows:
        columns["texts"] = _whole([_hashed(document_texts(record, inputs)) for record in records.erp])
    return pd.DataFrame(columns)


def _stated_by_orders(records: Records, inputs: Inputs) -> Columns:
    """What not every CRM states; what none of its orders does has no column."""
    orders = [record.order for record in records.crm]
    columns: Columns = {**part_columns([record.parts for record in records.crm])}
    if any(o is not None and o.company for o in orders):
        own = [inputs.cross.erp_code(Kind.COMPANY, o.company) if o and o.company else None for o in orders]
        columns["company"] = _texts(own)
    if any(o is not None and o.prices_include_tax for o in orders):
        columns["gross"] = _flags([o is not None and o.prices_include_tax for o in orders])
    if HEADER_TEXTS & inputs.documents.shows:
        columns["texts"] = _whole([_hashed(order_texts(o, inputs)) if o else None for o in orders])
    return columns


def order_texts(order: Order, inputs: Inputs) -> dict[str, str]:
    """The texts of the order's header that are compared, by field, as the ERP is declared to keep them."""
    texts = {"customer_name": order.customer_name, "po_number": order.po_number, "remarks": order.remarks}
    return _compared(texts, inputs)


def document_texts(record: ErpRecord, inputs: Inputs) -> dict[str, str]:
    """The same texts of a document."""
    return _compared({"po_number": record.po_number or "", **record.others}, inputs)


def _compared(texts: Mapping[str, str], inputs: Inputs) -> dict[str, str]:
    folds = inputs.documents.folds
    fields = sorted(HEADER_TEXTS & inputs.documents.shows)
    return {field: folded(texts.get(field, ""), folds.get(field, ())) for field in fields}


def _hashed(texts: Mapping[str, str]) -> int:
    return text_hash("\x1f".join(texts.values()))


def _released(record: CrmRecord) -> bool:
    return record.order is not None and record.order.status is OrderStatus.RELEASED


def _ledger_in_period(typed: Typed, inputs: Inputs) -> bool:
    posting = typed.posting
    return inputs.looks_at_order(posting.crm, posting.order_id, typed.order.ordered_on)


def _folded(text: str | None, field: str, folds: Folds) -> str | None:
    return folded(text, folds.get(field, ())) if text else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _texts(values: Column) -> "pd.Series[str]":
    try:
        return pd.Series(values, dtype="str")
    except UnicodeEncodeError:
        return pd.Series(_whole_texts(values), dtype="str")


def _repeated(values: Column) -> "pd.Series[str]":
    try:
        column: pd.Series[Any] = pd.Series(values, dtype="category")
    except UnicodeEncodeError:
        column = pd.Series(_whole_texts(values), dtype="category")
    return column


def _whole_texts(texts: Column) -> Column:
    """Half a character, as a screen may show it, is told in a way that no whole text is."""
    return [text and text.encode("utf-8", "surrogatepass").decode("utf-8", "backslashreplace") for text in texts]


def _whole(values: list[int | None]) -> "pd.Series[int]":
    return pd.Series(values, dtype="Int64")


def _flags(values: list[bool]) -> "pd.Series[bool]":
    return pd.Series(np.array(values, dtype=bool))
