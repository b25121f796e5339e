"""When is a break true of a row? One predicate per break, over all rows at once; a new break is one entry more.

A predicate sees the alignment with the columns of `prepared` and answers with a flag per row. It never looks at another
predicate's answer: which true one names the row is the business of `Outcome`'s order alone.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from bridge.model.money import minor_digits
from bridge.reports.alignments import M1
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import FLAGS, differs, line_flags
from bridge.reports.records import Records

Predicate = Callable[[pd.DataFrame], "pd.Series[bool]"]


def prepared(rows: pd.DataFrame, records: Records, inputs: Inputs) -> pd.DataFrame:
    """The rows with what several predicates ask: which pairs are compared, in which fields, and how far they differ."""
    rows = rows.copy()
    rows["paired"] = rows["has_crm"] & rows["has_erp"]
    rows["compared"] = rows["paired"] & rows["crm_released"] & ~rows["crm_invalid"] & ~rows["erp_invalid"]
    for name in ("customer", "currency", "total", "date", "status"):
        field = "order_date" if name == "date" else name
        rows[f"shows_{name}"] = field in inputs.documents.shows
    opened = np.array([record.lines is not None for record in records.erp] + [False])
    rows["lined"] = rows["compared"] & opened[rows["erp"]] & ("lines" in inputs.documents.shows)
    flags = line_flags(rows, rows["lined"], records, inputs)
    for name in FLAGS:
        rows[f"line_{name}"] = flags[name]
    return _with_tolerance(rows, inputs)


def _with_tolerance(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    currencies = rows["crm_currency"].dropna().unique()
    tolerated = {code: int(inputs.tolerance.scaleb(minor_digits(code))) for code in currencies}
    same = ~differs(rows["crm_currency"], rows["erp_currency"])
    money = rows["compared"] & same
    rows["money"] = money & (rows["shows_total"] | rows["erp_minor"].notna())
    off = (rows["erp_minor"] - rows["crm_minor"]).abs()
    within = off.le(rows["crm_currency"].map(tolerated).astype("Int64")).fillna(value=False).astype(bool)
    rows["unequal"] = rows["money"] & differs(rows["crm_minor"], rows["erp_minor"])
    rows["within"] = rows["unequal"] & within
    return rows


def invalid_row(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A record of either side cannot be read."""
    return rows["crm_invalid"] | rows["erp_invalid"]


def dup_crm_key(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A second order of the CRM has the same reference."""
    return rows["excess"] & rows["has_crm"]


def link_conflict(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The reference found a document, and the ledger says the order is another one."""
    other = rows["ledger_document"].notna() & differs(rows["ledger_document"], rows["erp_number"])
    return rows["has_ledger"] & rows["has_erp"] & (rows["erp_pass"] == M1).fillna(value=False) & other


def uncertain_commit(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Save was pressed and no number was read."""
    return rows["ledger_uncertain"]


def orphan_in_erp(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A live document without an order; the second document of one order is a duplicate instead."""
    return rows["has_erp"] & ~rows["has_crm"] & ~rows["excess"]


def cancelled_live(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The CRM no longer releases the order, and its document is live."""
    return rows["paired"] & ~rows["crm_released"] & ~rows["crm_invalid"]


def duplicate_in_erp(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another live document of the same order."""
    return rows["excess"] & rows["has_erp"]


def not_typed(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A released order that neither the ERP nor the ledger says was entered."""
    absent = rows["has_crm"] & ~rows["has_erp"] & ~rows["excess"]
    return absent & rows["crm_released"] & ~rows["ledger_committed"] & ~rows["ledger_uncertain"]


def missing_in_erp(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The ledger says it was entered, and the ERP lists no live document."""
    wanted = rows["crm_released"] | rows["crm_invalid"] | ~rows["has_crm"]
    return ~rows["has_erp"] & rows["ledger_committed"] & wanted


def customer_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another customer, after the cross references."""
    return rows["compared"] & rows["shows_customer"] & differs(rows["crm_customer"], rows["erp_customer"])


def currency_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another currency."""
    return rows["compared"] & differs(rows["crm_currency"], rows["erp_currency"])


def item_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another item in any line."""
    return rows["line_item"]


def qty_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another quantity in any line, or another number of lines."""
    return rows["line_quantity"] | rows["line_lines"]


def amount_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another total beyond the tolerance, or another price or amount in any line."""
    return (rows["unequal"] & ~rows["within"]) | rows["line_price"] | rows["line_amount"]


def cutoff_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another order date."""
    return rows["compared"] & rows["shows_date"] & differs(rows["crm_date"], rows["erp_date"])


def status_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The ledger knows another status than the ERP shows, or does not count the document as posted."""
    known = rows["has_ledger"] & rows["ledger_posted"]
    other = known & rows["shows_status"] & differs(rows["ledger_last_status"], rows["erp_status"])
    return rows["compared"] & ~rows["ledger_uncertain"] & (other | ~known)


def matched_tol(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another total, but no more than is tolerated."""
    return rows["within"]


PREDICATES: Mapping[Outcome, Predicate] = {
    Outcome.INVALID_ROW: invalid_row,
    Outcome.DUP_CRM_KEY: dup_crm_key,
    Outcome.LINK_CONFLICT: link_conflict,
    Outcome.UNCERTAIN_COMMIT: uncertain_commit,
    Outcome.ORPHAN_IN_ERP: orphan_in_erp,
    Outcome.CANCELLED_LIVE: cancelled_live,
    Outcome.DUPLICATE_IN_ERP: duplicate_in_erp,
    Outcome.NOT_TYPED: not_typed,
    Outcome.MISSING_IN_ERP: missing_in_erp,
    Outcome.CUSTOMER_DIFF: customer_diff,
    Outcome.CURRENCY_DIFF: currency_diff,
    Outcome.ITEM_DIFF: item_diff,
    Outcome.QTY_DIFF: qty_diff,
    Outcome.AMOUNT_DIFF: amount_diff,
    Outcome.CUTOFF_DIFF: cutoff_diff,
    Outcome.STATUS_DIFF: status_diff,
    Outcome.MATCHED_TOL: matched_tol,
}
