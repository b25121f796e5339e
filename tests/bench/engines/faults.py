"""What can go wrong with an order on its way, one fault at a time? Each changes the records of some orders in place."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from tests.bench.engines.sides import CURRENCIES, PARTS, Orders, Sides

Fault = Callable[[Sides, Orders], object]
HEADER = ["order_number", "number", "customer", "currency", "date", "status", "minor", "company", "texts", *PARTS]
BLANKS = ("customer", "currency", "date", "status", "minor", "item", "amount", "discount", "freight", "tax")


def invalid_row(sides: Sides, orders: Orders) -> None:
    """The CRM's record cannot be read, or the ERP's."""
    of_crm, of_erp = orders[::2], orders[1::2]
    sides.crm.loc[of_crm, HEADER] = None
    sides.crm.loc[of_crm, "invalid"], sides.crm.loc[of_crm, "released"] = True, False
    _drop_lines(sides.crm_lines, of_crm)
    sides.erp.loc[of_erp, "invalid"], sides.erp.loc[of_erp, "minor"] = True, None


def dup_crm_key(sides: Sides, orders: Orders) -> None:
    """The CRM holds it a second time; some of the seconds are cancelled."""
    seconds = sides.more_orders(orders)
    _withdraw(sides, seconds[::5], "cancelled")


def link_conflict(sides: Sides, orders: Orders) -> None:
    """The ledger says that it is a document that is nowhere, or the document of another order."""
    nowhere, others = orders[::2], orders[1::2]
    sides.ledger.loc[nowhere, "document"] = [f"X{order:08}" for order in nowhere]
    sides.ledger.loc[others, "document"] = [f"D{(order + 2) % len(sides.ledger):08}" for order in others]


def uncertain_commit(sides: Sides, orders: Orders) -> None:
    """Save was pressed, and nobody knows; the document is there or not."""
    sides.ledger.loc[orders, ["posted", "committed"]] = False
    sides.ledger.loc[orders, "uncertain"] = True
    sides.ledger.loc[orders, ["document", "last_status"]] = None
    sides.erp.loc[orders[::2], "kept"] = False


def orphan_in_erp(sides: Sides, orders: Orders) -> None:
    """A document without an order, of which the ledger knows or not; some name what nobody has."""
    sides.crm.loc[orders, "kept"] = False
    sides.ledger.loc[orders[::2], "kept"] = False
    sides.erp.loc[orders[::4], "reference"] = "BY PHONE, TUESDAY"


def cancelled_live(sides: Sides, orders: Orders) -> None:
    """Cancelled or a draft again in the CRM."""
    _withdraw(sides, orders[::2], "cancelled")
    _withdraw(sides, orders[1::2], "draft")


def duplicate_in_erp(sides: Sides, orders: Orders) -> None:
    """Another document of it."""
    sides.more_documents(orders, "E")


def not_typed(sides: Sides, orders: Orders) -> None:
    """It has not been entered; the ledger waits for it, or does not know it."""
    sides.erp.loc[orders, "kept"] = False
    sides.ledger.loc[orders, ["posted", "committed"]] = False
    sides.ledger.loc[orders, ["document", "last_status"]] = None
    sides.ledger.loc[orders[::2], "kept"] = False


def missing_in_erp(sides: Sides, orders: Orders) -> None:
    """It was entered and is gone, or cancelled there."""
    sides.erp.loc[orders[::2], "kept"] = False
    sides.erp.loc[orders[1::2], "status"], sides.erp.loc[orders[1::2], "live"] = "cancelled", False


def customer_diff(sides: Sides, orders: Orders) -> None:
    """Another customer; or one where the order names none."""
    sides.erp.loc[orders, "customer"] = "C-99999"
    sides.crm.loc[orders[::4], "customer"] = None


def company_diff(sides: Sides, orders: Orders) -> None:
    """Booked in another company, or none is shown; an order that names none differs from no document."""
    sides.erp.loc[orders, "company"] = "9000"
    sides.erp.loc[orders[::4], "company"] = None
    sides.crm.loc[orders[::5], "company"] = None


def currency_diff(sides: Sides, orders: Orders) -> None:
    """Another currency."""
    places = pd.Index(CURRENCIES).get_indexer(pd.Index(sides.erp.loc[orders, "currency"]))
    sides.erp.loc[orders, "currency"] = CURRENCIES[(places + 1) % len(CURRENCIES)]


def item_diff(sides: Sides, orders: Orders) -> None:
    """Another item in its last line."""
    sides.erp_lines.loc[_last_lines(sides, orders), "item"] = "ITEM-OTHER"


def qty_diff(sides: Sides, orders: Orders) -> None:
    """Another quantity, a line less, one more, or another unit, or one that is not known."""
    other, less, more, unit = (orders[place::4] for place in range(4))
    sides.erp_lines.loc[_last_lines(sides, unit[::2]), "unit"] = "KG"
    sides.erp_lines.loc[_last_lines(sides, unit[1::2]), "unit"] = None
    sides.erp_lines.loc[_last_lines(sides, other), "halves"] += 3
    sides.erp_lines.loc[_last_lines(sides, less), "kept"] = False
    extra = sides.erp_lines.loc[_last_lines(sides, more)].assign(place=99)
    sides.erp_lines = pd.concat([sides.erp_lines, extra], ignore_index=True)


def amount_diff(sides: Sides, orders: Orders) -> None:
    """Another total, another price or amount of a line, or another part of the total or beside it."""
    total, price, amount, part, beside = (orders[place::5] for place in range(5))
    _charge(sides, part[::3], "discount", 700)
    _charge(sides, part[1::3], "freight", 900)
    _charge(sides, part[2::3], "tax", 300)
    sides.erp.loc[beside, "freight"] = sides.erp.loc[beside, "freight"].fillna(0) + np.where(beside % 2, 1000, 2)
    sides.crm.loc[beside[::3], "tax"] = None  # a tax that one side does not state is no difference
    _charge(sides, beside[::6], "tax", 500)
    sides.crm.loc[price[::4], "gross"] = True  # and a price with tax is not one without
    sides.erp.loc[total, "minor"] += np.where(total % 2, 1000, -7)
    sides.erp_lines.loc[_last_lines(sides, price), "cents"] += 2
    sides.erp_lines.loc[_last_lines(sides, amount), "amount"] -= 500


def cutoff_diff(sides: Sides, orders: Orders) -> None:
    """Another order date."""
    sides.erp.loc[orders, "date"] = "2026-12-01"


def status_diff(sides: Sides, orders: Orders) -> None:
    """Another status than was last known, if any was; not counted as posted; or not known to the ledger."""
    sides.erp.loc[orders[::3], "status"] = "invoiced"
    sides.ledger.loc[orders[::6], "last_status"] = None
    sides.ledger.loc[orders[1::3], "posted"] = False
    sides.ledger.loc[orders[2::3], "kept"] = False


def text_diff(sides: Sides, orders: Orders) -> None:
    """Another text of the header or of a line, or none."""
    header, line, none = orders[::3], orders[1::3], orders[2::3]
    sides.erp.loc[header, "texts"] = sides.erp.loc[header, "texts"] // 2
    sides.erp_lines.loc[_last_lines(sides, line), "description"] += 1
    sides.erp.loc[none[::2], "texts"] = None
    sides.erp_lines.loc[_last_lines(sides, none[1::2]), "description"] = pd.NA


def off_by_little(sides: Sides, orders: Orders) -> None:
    """Up to five minor units in total or freight, one in a line: tolerated in one currency, and not in the next."""
    sides.erp.loc[orders, "minor"] += orders % 11 - 5
    sides.erp.loc[orders[::3], "freight"] = sides.erp.loc[orders[::3], "freight"].fillna(0) + orders[::3] % 11 - 5
    sides.erp.loc[orders[1::3], "tax"] += orders[1::3] % 11 - 5
    last = _last_lines(sides, orders[::2])
    sides.erp_lines.loc[last, "amount"] += np.where(sides.erp_lines.loc[last, "record"] % 4, 1, -1)


def blank(sides: Sides, orders: Orders) -> None:
    """A field of the ERP shows nothing, in the document or in its last line; in some the document was not opened."""
    for place, name in enumerate(BLANKS):
        chosen = orders[place :: len(BLANKS) + 1]
        if name in sides.erp.columns:
            sides.erp.loc[chosen, name] = None
        else:
            sides.erp_lines.loc[_last_lines(sides, chosen), name] = "" if name == "item" else pd.NA
    sides.crm.loc[orders[:: 2 * (len(BLANKS) + 1)], "customer"] = None  # nothing on both sides is no difference
    closed = orders[len(BLANKS) :: len(BLANKS) + 1]
    sides.erp.loc[closed, "opened"] = False
    sides.erp.loc[closed, "texts"] = None  # what only a document shows is not missed where it was not opened
    _drop_lines(sides.erp_lines, closed)


def by_number(sides: Sides, orders: Orders) -> None:
    """M2: the document shows no reference of ours, the ledger knows its number."""
    sides.erp.loc[orders[::2], "reference"] = ""
    sides.erp.loc[orders[1::2], "reference"] = "BY PHONE"


def left_out(sides: Sides, orders: Orders) -> None:
    """Outside the period, drafts, cancelled ones, documents that are void, and what was never entered."""
    outside, draft, cancelled, void, never = (orders[place::5] for place in range(5))
    for frame in (sides.crm, sides.ledger, sides.erp):
        frame.loc[outside, "in_period"] = False
    not_typed(sides, np.concatenate([draft, cancelled, never]))
    _withdraw(sides, draft, "draft")
    _withdraw(sides, cancelled, "cancelled")
    sides.crm.loc[never, "kept"] = False
    copies = sides.more_documents(void, "V")
    sides.erp.loc[copies, "status"], sides.erp.loc[copies, "live"] = "cancelled", False


FAULTS: Mapping[Outcome, Fault] = {
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
}


def _charge(sides: Sides, orders: Orders, name: str, minor: int) -> None:
    """The document charges so much more of a part, and its total says so."""
    sides.erp.loc[orders, name] = sides.erp.loc[orders, name].fillna(0) + minor
    sides.erp.loc[orders, "minor"] += PARTS[name] * minor


def _withdraw(sides: Sides, orders: Orders, status: str) -> None:
    sides.crm.loc[orders, "status"], sides.crm.loc[orders, "released"] = status, False


def _last_lines(sides: Sides, orders: Orders) -> "pd.Index[Any]":
    lines = sides.erp_lines.loc[sides.lines_of(orders)]
    return lines[lines["kept"]].drop_duplicates("record", keep="last").index


def _drop_lines(lines: pd.DataFrame, records: Orders) -> None:
    lines.loc[lines["record"].isin(records), "kept"] = False
