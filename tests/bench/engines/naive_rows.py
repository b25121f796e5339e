"""How does a script lay three tables beside each other, with merges, loops and dictionaries?"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from bridge.model.money import minor_digits
from tests.bench.engines.naive_numbers import with_own_numbers

SEPARATORS = re.compile(r"[\s,;/|+&、]+")
Bounds = tuple[Decimal, Decimal]
NOTHING = (Decimal(0), Decimal(0))
Owners = Mapping[Any, str]


def is_on(value: object) -> bool:
    """Whether a flag of a merged table is set; merging leaves holes."""
    return value is True


@dataclass(frozen=True)
class Day:
    """The tables, every cell an object; amounts are Decimals in the currency's own units."""

    crm: pd.DataFrame
    ledger: pd.DataFrame
    erp: pd.DataFrame
    crm_lines: pd.DataFrame
    erp_lines: pd.DataFrame
    counts: Mapping[Any, int]
    shows: frozenset[str]
    compared: frozenset[str]
    gross_prices: bool
    orders: Mapping[str, Bounds]
    lines: Mapping[str, Bounds]

    @classmethod
    def read(cls, folder: Path) -> "Day":
        """The day in a folder."""
        tables = {name: _table(folder, name) for name in ("crm", "ledger", "erp", "crm_lines", "erp_lines")}
        for name in ("crm", "erp"):
            table: Any = tables[name]
            table["amount"] = table.apply(lambda row: amount_of(row["minor"], row["currency"]), axis=1)
        told = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        bands = told["tolerances"]
        orders = {code: _bounds(code, each["order"]) for code, each in bands.items()}
        lines = {code: _bounds(code, each["line"]) for code, each in bands.items() if each["line"]}
        counts = tables["crm_lines"].groupby("record").size().to_dict()
        shown, held = frozenset(told["shows"]), frozenset(told["compared"])
        return cls(
            **tables,
            counts=counts,
            shows=shown,
            compared=held,
            gross_prices=told["gross_prices"],
            orders=orders,
            lines=lines,
        )

    def bounds(self, currency: str | None, *records: int) -> Bounds:
        """What is tolerated of these orders, above and below."""
        above, below = self.orders.get(currency or "", NOTHING)
        each = self.lines.get(currency or "")
        count = sum(self.counts.get(record, 0) for record in records)
        return (min(above, each[0] * count), min(below, each[1] * count)) if each else (above, below)


def _table(folder: Path, name: str) -> pd.DataFrame:
    table = pd.read_parquet(folder / f"{name}.parquet", dtype_backend="numpy_nullable").astype(object)
    return table.where(table.notna(), None)


def amount_of(minor: int | None, currency: str | None) -> Decimal | None:
    """The amount in units of its currency."""
    return None if minor is None else Decimal(minor).scaleb(-minor_digits(currency or "EUR"))


def _bounds(code: str, told: Sequence[int]) -> Bounds:
    above, below = (Decimal(each).scaleb(-minor_digits(code)) for each in told)
    return above, below


def aligned(day: Day) -> tuple[pd.DataFrame, Counter[tuple[str, str]]]:
    """One row per order or document, less what is left out, and how much that is."""
    owners: dict[Any, str] = {}
    for number, key in zip(day.ledger["document"], day.ledger["key"], strict=True):
        if number is not None:
            owners.setdefault(number, key)
    roots: dict[str, str] = {}
    crm, erp = day.crm, _with_keys(day, owners, roots)
    _join_stored(day, owners, roots)
    erp = with_own_numbers(
        erp, crm, day.ledger, {each for key, root in roots.items() if key != root for each in (key, root)}
    )
    crm = crm.sort_values(["owner", "released", "record"], ascending=[False, False, True])
    erp = erp.sort_values(["order", "owned", "record"], ascending=[True, False, True])
    firsts = [each[~each["key"].duplicated()] for each in (crm, erp)]
    rows = firsts[0].merge(day.ledger, on="key", how="outer", suffixes=("_crm", "_ledger"))
    rows = rows.merge(firsts[1], on="key", how="outer", suffixes=("_crm", "_erp")).assign(excess=False)
    rows = pd.concat([rows, *_later(crm, erp)], ignore_index=True).rename(columns={"record": "erp"})
    rows = rows.rename(columns={"record_crm": "crm", "record_ledger": "ledger"}).astype(object)
    for side in ("crm", "ledger", "erp"):
        rows[side] = rows[side].fillna(-1).astype(int)
    rows = rows.where(rows.notna(), None)
    rows["root"] = rows["key"].map(lambda key: _root(key, roots))
    return _kept(rows, day)


def _with_keys(day: Day, owners: Owners, roots: dict[str, str]) -> pd.DataFrame:
    """The live documents with the key each belongs to, and how it was found; several keys of one are joined."""
    known = {*day.crm["key"], *day.ledger["key"]}

    def key_of(row: Mapping[str, Any]) -> tuple[str, int, bool]:
        reference, owner = row["reference"], owners.get(row["number"])
        words = [reference] if reference in known else [each for each in SEPARATORS.split(reference) if each in known]
        for other in words[1:]:
            _join(words[0], other, roots)
        if words:
            return words[0], 1, owner == words[0]
        return (owner, 2, True) if owner else (f"\x1f{row['record']}", 0, False)

    live = day.erp[day.erp["live"].map(is_on)]
    found = live.apply(key_of, axis=1)
    told = live.assign(key=found.str[0], owned=found.str[2], **{"pass": found.str[1]})
    return told.assign(order=told["pass"])


def _join_stored(day: Day, owners: Owners, roots: dict[str, str]) -> None:
    live = set(day.erp["number"][day.erp["live"].map(is_on)])
    for number, key in zip(day.ledger["document"], day.ledger["key"], strict=True):
        if number in live:
            _join(owners[number], key, roots)


def _root(key: str, roots: Mapping[str, str]) -> str:
    while roots.get(key, key) != key:
        key = roots[key]
    return key


def _join(one: str, other: str, roots: dict[str, str]) -> None:
    low, high = sorted((_root(one, roots), _root(other, roots)))
    roots[high] = low


def _later(crm: pd.DataFrame, erp: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """A row of its own for every further record of a key, its columns called as the merges call them."""
    both = {"customer", "currency", "date", "status", "minor", "invalid", "amount", "number", "company", "texts"}
    both |= {"discount", "freight", "tax"}
    mine = {name: f"{name}_crm" for name in {*both, "record", "order_number", "in_period"}}
    yield crm[crm["key"].duplicated()].rename(columns=mine).assign(excess=True)
    theirs = {name: f"{name}_erp" for name in both}
    yield erp[erp["key"].duplicated()].rename(columns=theirs).assign(excess=True)


def _kept(rows: pd.DataFrame, day: Day) -> tuple[pd.DataFrame, Counter[tuple[str, str]]]:
    inside = rows.apply(lambda row: any(is_on(row[name]) for name in PERIODS), axis=1)
    rows["inside"] = inside.groupby(rows["root"]).transform("any")
    rule = rows.apply(_rule, axis=1)
    left_out = Counter({("erp", "void"): int((~day.erp["live"].astype(bool)).sum())})
    for side in ("crm", "ledger", "erp"):
        counted = rule[(rule != "") & (rows[side] >= 0)].value_counts()
        left_out.update({(side, str(name)): int(count) for name, count in counted.items()})
    return rows[rule == ""].reset_index(drop=True), left_out


PERIODS = ("in_period_crm", "in_period_ledger", "in_period")


def _rule(row: Mapping[str, Any]) -> str:
    if not row["inside"]:
        return "outside_period"
    if row["erp"] >= 0 or is_on(row["uncertain"]):
        return ""
    if row["crm"] >= 0:
        return str(row["status_crm"]) if row["status_crm"] in {"draft", "cancelled"} else ""
    return "" if is_on(row["committed"]) else "never_entered"
