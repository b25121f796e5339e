"""When is a break true of a row? One predicate per break, over all rows at once; a new break is one entry more.

A predicate sees the alignment with the columns of `prepared` and answers with a flag per row. It never looks at another
predicate's answer: which true one names the row is the business of `Outcome`'s order alone.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from bridge.model.tolerances import Band, Tolerances
from bridge.reports.alignments import M1
from bridge.reports.arrays import Positions
from bridge.reports.components import with_parts
from bridge.reports.frames import Frames
from bridge.reports.groups import GroupState, with_groups
from bridge.reports.line_differences import LinePairs, differs, is_within, line_flags
from bridge.reports.terms import CompareTerms

Predicate = Callable[[pd.DataFrame], "pd.Series[bool]"]


def prepared(rows: pd.DataFrame, frames: Frames, terms: CompareTerms) -> pd.DataFrame:
    """The rows with what several predicates ask: which pairs are compared, in which fields, and how far they differ."""
    rows = rows.copy(deep=False)
    rows["paired"] = rows["has_crm"] & rows["has_erp"]
    rows["compared"] = rows["paired"] & rows["crm_released"] & ~rows["crm_invalid"] & ~rows["erp_invalid"]
    for name in ("customer", "currency", "total", "date", "status", "company"):
        field = "order_date" if name == "date" else name
        rows[f"shows_{name}"] = field in terms.shows
    with_groups(rows, frames, terms)
    rows["grouped"] = rows["group"] != GroupState.NONE
    rows["compared"] &= ~rows["grouped"]
    rows["lined"] = rows["compared"] & rows["erp_opened"] & ("lines" in terms.shows)
    return _with_tolerance(_with_lines(rows, frames, terms), frames, terms)


def _with_lines(rows: pd.DataFrame, frames: Frames, terms: CompareTerms) -> pd.DataFrame:
    lined = rows["lined"].to_numpy()
    left, right = rows["crm"].to_numpy()[lined], rows["erp"].to_numpy()[lined]
    above, below = _line_bands(rows["crm_currency"][lined], terms.tolerances)
    same = ~differs(rows["crm_currency"], rows["erp_currency"])
    for name, flags in line_flags(LinePairs(left, right, above, below), frames.crm_lines, frames.erp_lines).items():
        rows[f"line_{name}"] = False
        rows.loc[lined, f"line_{name}"] = flags
    for name in ("amount", "within"):
        rows[f"line_{name}"] &= same & ("amount" in terms.shows)
    alike = rows["crm_gross"] == terms.basis.gross_prices if "crm_gross" in rows else not terms.basis.gross_prices
    for name in ("price", "amount", "within"):  # a price with tax is not one without
        rows[f"line_{name}"] &= alike
    return rows


def _with_tolerance(rows: pd.DataFrame, frames: Frames, terms: CompareTerms) -> pd.DataFrame:
    same = ~differs(rows["crm_currency"], rows["erp_currency"])
    rows["money"] = rows["compared"] & same & (rows["shows_total"] | rows["erp_minor"].notna())
    rows["unequal"] = rows["money"] & differs(rows["crm_minor"], rows["erp_minor"])

    def bands(places: Positions) -> tuple[Positions, Positions]:
        return _order_bands(rows["crm_currency"].take(places), rows["crm"].to_numpy()[places], frames, terms.tolerances)

    unequal = np.flatnonzero(rows["unequal"])
    off = rows["erp_minor"].take(unequal) - rows["crm_minor"].take(unequal)
    within = np.zeros(len(rows), dtype=bool)
    within[unequal] = is_within(off, *bands(unequal))
    rows["within"] = within
    with_parts(rows, terms.shows, terms.basis, bands)
    return rows


def _line_bands(currencies: "pd.Series[str]", tolerances: Tolerances) -> tuple[Positions, Positions]:
    bands = {code: (tolerances.of(code).line or Band()).minor(code) for code in currencies.dropna().unique()}
    return _spread(currencies, bands)


def _order_bands(
    currencies: "pd.Series[str]", orders: Positions, frames: Frames, tolerances: Tolerances
) -> tuple[Positions, Positions]:
    """What is tolerated of each of these orders: its currency's bound, and no more than its lines come to."""
    known = currencies.dropna().unique()
    above, below = _spread(currencies, {code: tolerances.of(code).order.minor(code) for code in known})
    if all(tolerances.of(code).line is None for code in known):
        return above, below
    most = np.iinfo(np.int64).max
    lines = frames.crm_lines.starts[orders + 1] - frames.crm_lines.starts[orders]
    each = {code: band.minor(code) if (band := tolerances.of(code).line) else (most, most) for code in known}
    bounds = [np.where(band == most, most, band * lines) for band in _spread(currencies, each)]
    return np.minimum(above, bounds[0]), np.minimum(below, bounds[1])


def _spread(currencies: "pd.Series[str]", bands: Mapping[str, tuple[int, int]]) -> tuple[Positions, Positions]:
    """Above and below for every row, by its currency; a row without one is tolerated nothing."""
    codes, known = pd.factorize(currencies)
    table = np.array([*(bands[code] for code in known), (0, 0)], dtype=np.int64)
    return table[codes, 0], table[codes, 1]


def nowhere(rows: pd.DataFrame) -> "pd.Series[bool]":
    """True of no row."""
    return pd.Series(data=False, index=rows.index)


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
    return rows["excess"] & rows["has_erp"] & ~rows["grouped"]


def not_typed(rows: pd.DataFrame) -> "pd.Series[bool]":
    """A released order that neither the ERP nor the ledger says was entered."""
    absent = rows["has_crm"] & ~rows["has_erp"] & ~rows["excess"] & ~rows["grouped"]
    return absent & rows["crm_released"] & ~rows["ledger_committed"] & ~rows["ledger_uncertain"]


def missing_in_erp(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The ledger says it was entered, and the ERP lists no live document."""
    wanted = rows["crm_released"] | rows["crm_invalid"] | ~rows["has_crm"]
    return ~rows["has_erp"] & rows["ledger_committed"] & wanted & ~rows["grouped"]


def customer_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another customer, after the cross references."""
    return rows["compared"] & rows["shows_customer"] & differs(rows["crm_customer"], rows["erp_customer"])


def company_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Booked in another company than the order's, after the cross references; an order may name none."""
    if "crm_company" not in rows or "erp_company" not in rows:
        return nowhere(rows)
    named = rows["crm_company"].notna() & rows["shows_company"]
    return rows["compared"] & named & differs(rows["crm_company"], rows["erp_company"])


def currency_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another currency."""
    return rows["compared"] & differs(rows["crm_currency"], rows["erp_currency"])


def item_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another item in any line."""
    return rows["line_item"]


def qty_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another quantity or unit in any line, another number of lines, or documents that do not hold all together yet."""
    lines = rows["line_quantity"] | rows["line_unit"] | rows["line_lines"]
    return lines | (rows["group"] == GroupState.PARTIAL)


def amount_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another total, discount, freight or tax beyond the tolerance, or another price or amount in any line."""
    off = rows["group"] == GroupState.OFF
    lines = rows["line_price"] | rows["line_amount"]
    return (rows["unequal"] & ~rows["within"]) | rows["part_off"] | lines | off


def cutoff_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another order date."""
    return rows["compared"] & rows["shows_date"] & differs(rows["crm_date"], rows["erp_date"])


def status_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """The ledger knows another status than the ERP shows, or does not count the document as posted."""
    known = rows["has_ledger"] & rows["ledger_posted"]
    other = known & rows["shows_status"] & differs(rows["ledger_last_status"], rows["erp_status"])
    seen = rows["compared"] | (rows["grouped"] & rows["paired"])
    return seen & ~rows["ledger_uncertain"] & ~without_ledger(rows) & (other | ~known)


def without_ledger(rows: pd.DataFrame) -> "pd.Series[bool]":
    """An order and a document that were there before the bridge: the ledger cannot know of them."""
    return rows["paired"] & rows["crm_two_sided"] & ~rows["ledger_committed"] & ~rows["ledger_uncertain"]


def text_diff(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another name, PO number, remark or description, where the ERP shows it; no amount hangs on it."""
    texts = differs(rows["crm_texts"], rows["erp_texts"]) if "crm_texts" in rows else nowhere(rows)
    return (rows["compared"] & rows["erp_opened"] & texts) | rows["line_description"]


def matched_tol(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Another total, but no more than is tolerated."""
    return rows["within"] | rows["part_within"] | rows["line_within"] | (rows["group"] == GroupState.TOLERATED)


PREDICATES: dict[Outcome, Predicate] = {
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
    Outcome.COMPANY_DIFF: company_diff,
    Outcome.CURRENCY_DIFF: currency_diff,
    Outcome.ITEM_DIFF: item_diff,
    Outcome.QTY_DIFF: qty_diff,
    Outcome.AMOUNT_DIFF: amount_diff,
    Outcome.CUTOFF_DIFF: cutoff_diff,
    Outcome.STATUS_DIFF: status_diff,
    Outcome.TEXT_DIFF: text_diff,
    Outcome.MATCHED_TOL: matched_tol,
}
