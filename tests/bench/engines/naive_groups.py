"""Which rows of a script are groups, with Counters and loops?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from tests.bench.engines.naive_rows import Day, amount_of, is_on

PARTS = frozenset({"discount", "freight", "tax"})


def judged_groups(rows: pd.DataFrame, day: Day) -> "pd.Series[str]":
    """For each row what its group is; nothing where it is in none."""
    told = pd.Series("", index=rows.index, dtype=object)
    sizes = (rows["crm"] >= 0).astype(int) + (rows["erp"] >= 0).astype(int)
    crowded = rows[sizes.groupby(rows["root"]).transform("sum") > 2]
    sums = [_quantities(lines, crowded[side]) for side, lines in (("crm", day.crm_lines), ("erp", day.erp_lines))]
    for _, members in crowded.groupby("root"):
        told[members.index] = _group(members, day, *sums)
    return told


Line = tuple[str, str, str | None, str | None, str, int | None]
Quantities = Mapping[int, Sequence[Line]]


def _quantities(lines: pd.DataFrame, records: "pd.Series[int]") -> Quantities:
    found: dict[int, list[Line]] = {}
    wanted = lines[lines["record"].isin(set(records))]
    for record, *line in wanted[["record", "item", "quantity", "unit", "base_quantity", "price", "amount"]].itertuples(
        index=False
    ):
        found.setdefault(record, []).append(tuple(line))
    return found


def _group(members: pd.DataFrame, day: Day, asked: Quantities, held: Quantities) -> str:
    orders, documents = members[members["crm"] >= 0], members[members["erp"] >= 0]
    fit = orders["released"].map(is_on) & ~orders["invalid_crm"].map(is_on) & ~orders["excess"].astype(bool)
    unclear = documents["invalid_erp"].map(is_on).any() or members["uncertain"].map(is_on).any()
    if orders.empty or documents.empty or not fit.all() or unclear or not _is_alike(orders, documents, day):
        return ""
    blank = any(amount is None for amount in documents["amount_erp"])
    off = sum(amount or 0 for amount in documents["amount_erp"]) - sum(orders["amount_crm"])
    above, below = day.bounds(orders["currency_crm"].iloc[0], *orders["crm"])
    near = -below <= off <= above
    more, less = blank or (off > 0 and not near), off < 0 and not near
    dearer = False
    if "lines" in day.shows and documents["opened"].map(is_on).all():
        more, less = _balance(orders["crm"], documents["erp"], asked, held)
        alike = all(is_on(gross) == day.gross_prices for gross in orders["gross"])
        dearer = alike and _is_dearer(orders["crm"], documents["erp"], asked, held, day)
    if more or less:
        return "" if more else "partial"
    gaps = [*_part_gaps(orders, documents, day)]
    if dearer or not all(-below <= gap <= above for gap in gaps) or (blank and "total" in day.shows):
        return "off"
    if blank or off == 0:
        return "tolerated" if gaps else "whole"
    return "tolerated" if near else "off"


def _part_gaps(orders: pd.DataFrame, documents: pd.DataFrame, day: Day) -> Iterator[Decimal]:
    """By how much the parts of the total differ; one that it does not hold differs only where it is stated."""
    currency = orders["currency_crm"].iloc[0]
    for name in PARTS & day.shows:
        asked, held = [*orders[f"{name}_crm"]], [*documents[f"{name}_erp"]]
        if name in day.compared or (None not in asked and set(held) != {None}):
            gap = amount_of(sum(each or 0 for each in held) - sum(each or 0 for each in asked), currency)
            if gap:
                yield gap


def _is_dearer(
    orders: "pd.Series[int]", documents: "pd.Series[int]", asked: Quantities, held: Quantities, day: Day
) -> bool:
    worth: Counter[str] = Counter()
    cents: dict[str, list[tuple[int, Any]]] = {}
    for sign, records, by in ((1, documents, held), (-1, orders, asked)):
        for line in (line for record in records for line in by.get(record, ())):
            worth[line[0]] += sign * Decimal(line[1]) * Decimal(line[4])  # type: ignore[assignment]  # as below
            cents.setdefault(line[0], []).append((sign, line[5]))
    return any(worth.values()) or ("amount" in day.shows and any(map(_is_other_amount, cents.values())))


def _is_other_amount(lines: Sequence[tuple[int, Any]]) -> bool:
    if any(amount is None for _, amount in lines):
        return True
    halves = len(lines) if sum(sign for sign, _ in lines) else 0  # as each line is rounded by itself
    return bool(abs(sum(sign * amount for sign, amount in lines)) * 2 > halves)


def _is_alike(orders: pd.DataFrame, documents: pd.DataFrame, day: Day) -> bool:
    alike = len({*orders["currency_crm"], *documents["currency_erp"]}) == 1
    if "customer" in day.shows:
        alike &= len({*orders["customer_crm"], *documents["customer_erp"]}) == 1
    if "company" in day.shows:
        named = {company for company in orders["company_crm"] if company is not None}
        alike &= not named or len({*named, *documents["company_erp"]}) == 1
    return alike and not any(amount is None for amount in orders["amount_crm"])


def _balance(
    orders: "pd.Series[int]", documents: "pd.Series[int]", asked: Quantities, held: Quantities
) -> tuple[bool, bool]:
    balance: Counter[tuple[str, str | None]] = Counter()
    sides = ((1, documents, held), (-1, orders, asked))
    lines = [(sign, line) for sign, records, by in sides for record in records for line in by.get(record, ())]
    counted = all(line[2] is not None for _, line in lines)
    for sign, (item, quantity, unit, base, *_) in lines:
        key, number = ((item, unit), base) if counted else ((item, None), quantity)
        balance[key] += sign * Decimal(number or 0)  # type: ignore[assignment]  # a Counter of Decimals
    return any(each > 0 for each in balance.values()), any(each < 0 for each in balance.values())
