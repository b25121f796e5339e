"""What of each record is compared, as columns? Money as whole minor units, every absent value as null, no objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.mapping import Kind
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from bridge.model.texts import folded
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import Lines, lines_of, ordered_lines, stored_lines
from bridge.reports.records import CrmRecord, ErpRecord, Records, normal

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
    return Frames(
        crm=crm_frame(records, inputs),
        ledger=ledger_frame(records, inputs),
        erp=erp_frame(records, inputs),
        crm_lines=lines_of([ordered_lines(r.order, inputs) if r.order else () for r in records.crm]),
        erp_lines=lines_of([stored_lines(r.lines or (), r.currency, inputs) for r in records.erp]),
    )


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
    columns["customer"] = _texts([_folded(customer, "customer", folds) for customer in customers])
    columns["currency"] = _texts([o.currency if o else None for o in orders])
    columns["date"] = _texts([_day(o.ordered_on if o else None) for o in orders])
    columns["status"] = _texts([o.status.value if o else None for o in orders])
    columns["minor"] = _whole([record.minor for record in records.crm])
    columns["invalid"] = _flags([record.invalid is not None for record in records.crm])
    columns["owner"] = _flags([(record.crm, record.order_id) in owners for record in records.crm])
    columns["released"] = _flags([_released(record) for record in records.crm])
    columns["in_period"] = _flags([o is None or o.ordered_on in inputs.period for o in orders])
    return pd.DataFrame(columns)


def ledger_frame(records: Records, inputs: Inputs) -> pd.DataFrame:
    """The ledger's side."""
    postings = [typed.posting for typed in records.ledger]
    columns: Columns = {}
    columns["key"] = _texts([normal(posting.reference) for posting in postings])
    columns["order_number"] = _texts([posting.order_number for posting in postings])
    columns["document"] = _texts([normal(posting.document or "") or None for posting in postings])
    columns["last_status"] = _texts([typed.last_status and typed.last_status.value for typed in records.ledger])
    columns["posted"] = _flags([posting.state is PostingState.POSTED for posting in postings])
    columns["committed"] = _flags([is_committed(posting) for posting in postings])
    columns["uncertain"] = _flags([is_uncertain(posting) for posting in postings])
    columns["in_period"] = _flags([typed.order.ordered_on in inputs.period for typed in records.ledger])
    return pd.DataFrame(columns)


def erp_frame(records: Records, inputs: Inputs) -> pd.DataFrame:
    """The ERP's side."""
    folds = inputs.documents.folds
    columns: Columns = {}
    columns["number"] = _texts([normal(record.number) for record in records.erp])
    columns["reference"] = _texts([normal(record.reference or "") for record in records.erp])
    columns["customer"] = _texts([_folded(record.customer, "customer", folds) for record in records.erp])
    columns["currency"] = _texts([record.currency for record in records.erp])
    columns["date"] = _texts([_day(record.ordered_on) for record in records.erp])
    columns["status"] = _texts([record.status and record.status.value for record in records.erp])
    columns["minor"] = _whole([record.minor for record in records.erp])
    columns["invalid"] = _flags([record.invalid is not None for record in records.erp])
    columns["live"] = _flags([record.live for record in records.erp])
    columns["opened"] = _flags([record.lines is not None for record in records.erp])
    columns["in_period"] = _flags([_erp_in_period(record, inputs) for record in records.erp])
    return pd.DataFrame(columns)


def _released(record: CrmRecord) -> bool:
    return record.order is not None and record.order.status is OrderStatus.RELEASED


def _erp_in_period(record: ErpRecord, inputs: Inputs) -> bool:
    return record.ordered_on is None or record.ordered_on in inputs.period


def _folded(text: str | None, field: str, folds: Folds) -> str | None:
    return folded(text, folds.get(field, ())) if text else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _texts(values: Column) -> "pd.Series[str]":
    return pd.Series(values, dtype="str")


def _whole(values: list[int | None]) -> "pd.Series[int]":
    return pd.Series(values, dtype="Int64")


def _flags(values: list[bool]) -> "pd.Series[bool]":
    return pd.Series(np.array(values, dtype=bool))
