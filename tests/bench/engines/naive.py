"""What comes of a day by merges and `DataFrame.apply`, with text and Decimal in every cell, as a script would do it?"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from bridge.model.breaks import Outcome
from tests.bench.engines.answers import BREAK, PLACES, ROW, answered, counts
from tests.bench.engines.naive_groups import judged_groups
from tests.bench.engines.naive_lines import line_differences
from tests.bench.engines.naive_rows import Bounds, Day, aligned, amount_of, is_on

MATCHES = min(place for outcome, place in PLACES.items() if not outcome.is_break)


def true_of(row: Mapping[str, Any], day: Day) -> Iterator[Outcome]:
    """All that is true of a row."""
    if is_on(row["invalid_crm"]) or is_on(row["invalid_erp"]):
        yield Outcome.INVALID_ROW
    if is_on(row["uncertain"]):
        yield Outcome.UNCERTAIN_COMMIT
    yield from of_orders(row)
    if row["erp"] >= 0:
        yield from of_documents(row)
    if not is_on(row["uncertain"]) and _is_wrong(row, day.shows):
        yield Outcome.STATUS_DIFF
    yield from OF_GROUPS.get(row["group"], ())
    if row["compared"]:
        yield from differences(row, day)


def of_orders(row: Mapping[str, Any]) -> Iterator[Outcome]:
    """What is true of an order, found or not."""
    crm, committed, released = row["crm"] >= 0, is_on(row["committed"]), is_on(row["released"])
    if crm and row["excess"]:
        yield Outcome.DUP_CRM_KEY
    if row["erp"] >= 0 or row["group"]:
        return
    if crm and not row["excess"] and released and not committed and not is_on(row["uncertain"]):
        yield Outcome.NOT_TYPED
    if committed and (released or is_on(row["invalid_crm"]) or not crm):
        yield Outcome.MISSING_IN_ERP


def of_documents(row: Mapping[str, Any]) -> Iterator[Outcome]:
    """What is true of a document, paired or not."""
    crm, number = row["crm"] >= 0, row["document"]
    if row["ledger"] >= 0 and row["pass"] == 1 and number is not None and number != row["number_erp"]:
        yield Outcome.LINK_CONFLICT
    if not crm and not row["excess"]:
        yield Outcome.ORPHAN_IN_ERP
    if crm and not is_on(row["released"]) and not is_on(row["invalid_crm"]):
        yield Outcome.CANCELLED_LIVE
    if row["excess"] and not row["group"]:
        yield Outcome.DUPLICATE_IN_ERP


def _is_wrong(row: Mapping[str, Any], shows: frozenset[str]) -> bool:
    """Whether the ledger does not count it as posted, or last knew another status."""
    if not (row["compared"] or (row["group"] and row["crm"] >= 0 and row["erp"] >= 0)):
        return False
    if is_on(row["two_sided"]) and row["crm"] >= 0 and not is_on(row["committed"]):
        return False
    posted = row["ledger"] >= 0 and is_on(row["posted"])
    return not posted or ("status" in shows and row["last_status"] != row["status_erp"])


OF_GROUPS = {"partial": (Outcome.QTY_DIFF,), "off": (Outcome.AMOUNT_DIFF,), "tolerated": (Outcome.MATCHED_TOL,)}


def differences(row: Mapping[str, Any], day: Day) -> Iterator[Outcome]:
    """What differs between an order and its document, header and lines."""
    shows = day.shows
    if "customer" in shows and row["customer_crm"] != row["customer_erp"]:
        yield Outcome.CUSTOMER_DIFF
    if row["currency_crm"] != row["currency_erp"]:
        yield Outcome.CURRENCY_DIFF
    elif "total" in shows or row["amount_erp"] is not None:
        yield from _of_money(row, day)
    if "company" in shows and row["company_crm"] not in {None, row["company_erp"]}:
        yield Outcome.COMPANY_DIFF
    if is_on(row["opened"]) and row["texts_crm"] != row["texts_erp"]:
        yield Outcome.TEXT_DIFF
    if "order_date" in shows and row["date_crm"] != row["date_erp"]:
        yield Outcome.CUTOFF_DIFF
    yield from row["lines"]


def _of_money(row: Mapping[str, Any], day: Day) -> Iterator[Outcome]:
    """What differs in the total, and in each part of it or beside it."""
    amounts = [(row["amount_crm"], row["amount_erp"])]
    for name in ("discount", "freight", "tax"):
        nothing = 0 if name in day.compared else None
        owed, charged = (nothing if row[f"{name}_{side}"] is None else row[f"{name}_{side}"] for side in ("crm", "erp"))
        if name in day.shows and owed is not None and charged is not None:
            amounts.append((amount_of(owed, row["currency_crm"]), amount_of(charged, row["currency_crm"])))
    for owed, charged in amounts:
        if owed != charged:
            yield Outcome.MATCHED_TOL if _within(owed, charged, row["bounds"]) else Outcome.AMOUNT_DIFF


def _within(owed: Decimal | None, charged: Decimal | None, bounds: Bounds) -> bool:
    above, below = bounds
    return owed is not None and charged is not None and -below <= charged - owed <= above


def named(row: Mapping[str, Any], day: Day) -> tuple[int, int]:
    """The row's outcome and flags, as places and bits."""
    places = [PLACES[outcome] for outcome in dict.fromkeys(true_of(row, day))]
    rest = Outcome.MATCHED if row["compared"] or row["group"] else Outcome.INVALID_ROW
    return min(places, default=PLACES[rest]), sum(1 << place for place in places)


def totals_of(rows: pd.DataFrame) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Rows and sums by outcome and currency, in minor units."""
    theirs = rows["currency_erp"].fillna("")
    mine = rows["currency_crm"].where(rows["currency_crm"].notna(), theirs)
    released = rows["minor_crm"].where(rows["released"].map(is_on), None).fillna(0)
    crm = rows.assign(mine=mine, adds=released).groupby(["outcome", "mine"])["adds"].agg(["size", "sum"])
    listed = rows.assign(theirs=theirs)[rows["minor_erp"].notna()]
    erp = listed.groupby(["outcome", "theirs"])["minor_erp"].sum()
    found = {key: (int(count), int(total), 0) for key, count, total in crm.itertuples()}
    for key, total in erp.items():
        count, owed, _ = found.get(key, (0, 0, 0))
        found[key] = (count, owed, int(total))
    return found


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, break frame and counts out."""
    day = Day.read(folder)
    rows, left_out = aligned(day)
    rows["group"] = judged_groups(rows, day)
    rows["compared"] = rows.apply(_is_compared, axis=1)
    rows["lines"] = line_differences(rows, day)
    rows["bounds"] = rows.apply(lambda row: day.bounds(row["currency_crm"], row["crm"]), axis=1)
    told = rows.apply(lambda row: named(row, day), axis=1)
    rows["outcome"], rows["flags"] = told.str[0], told.str[1]
    currency = rows["currency_crm"].where(rows["currency_crm"].notna(), rows["currency_erp"])
    spoken = rows.assign(currency=currency, crm_minor=rows["minor_crm"], erp_minor=rows["minor_erp"])
    spoken.loc[spoken["outcome"] < MATCHES, list(BREAK)].to_parquet(out / "breaks.parquet", index=False)
    (out / "counts.json").write_text(counts(totals_of(rows), left_out), encoding="utf-8")
    return lambda path: rows[list(ROW)].to_parquet(path, index=False)


def _is_compared(row: Mapping[str, Any]) -> bool:
    if row["crm"] < 0 or row["erp"] < 0 or row["group"]:
        return False
    return is_on(row["released"]) and not is_on(row["invalid_crm"]) and not is_on(row["invalid_erp"])


if __name__ == "__main__":
    answered(run)
