"""In which lines do the pairs of a script differ, with a merge and `DataFrame.apply`?"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from tests.bench.engines.naive_rows import NOTHING, Day, amount_of, is_on


def line_differences(rows: pd.DataFrame, day: Day) -> "pd.Series[Any]":
    """For each row what differs in its lines."""
    told: list[set[Outcome]] = [set() for _ in range(len(rows))]
    opened = rows["compared"] & rows["opened"].map(is_on) & ("lines" in day.shows)
    alike = rows["gross"].map(is_on) == day.gross_prices
    columns = {
        "alike": alike,
        "crm": rows["crm"],
        "erp": rows["erp"],
        "row": np.arange(len(rows)),
        "currency": rows["currency_crm"],
    }
    pairs = pd.DataFrame({**columns, "same": rows["currency_crm"] == rows["currency_erp"]})[opened]
    wanted = pairs.merge(day.crm_lines, left_on="crm", right_on="record")
    both = wanted.merge(
        day.erp_lines, left_on=["erp", "place"], right_on=["record", "place"], how="left", suffixes=("", "_erp")
    )
    laid: Any = both.where(both.notna(), None)
    off = laid.apply(lambda line: _of_line(line, day), axis=1)
    for row, outcomes in zip(both["row"], off, strict=True):
        told[row].update(outcomes)
    held = day.erp_lines.groupby("record").size().to_dict()
    for row, crm, erp in zip(pairs["row"], pairs["crm"], pairs["erp"], strict=True):
        if day.counts.get(crm, 0) != held.get(erp, 0):
            told[row].add(Outcome.QTY_DIFF)
    return pd.Series(told, index=rows.index)


def _of_line(line: Mapping[str, Any], day: Day) -> set[Outcome]:
    if line["record_erp"] is None:
        return set()
    found = set()
    if line["item"] != line["item_erp"]:
        found.add(Outcome.ITEM_DIFF)
    if line["description"] != line["description_erp"]:
        found.add(Outcome.TEXT_DIFF)
    if _is_other(line, "quantity") or line["unit"] not in {None, line["unit_erp"]}:
        found.add(Outcome.QTY_DIFF)
    if line["alike"] and _is_other(line, "price"):
        found.add(Outcome.AMOUNT_DIFF)
    if line["alike"] and line["same"] and "amount" in day.shows and line["amount"] != line["amount_erp"]:
        within = line["amount"] is not None and line["amount_erp"] is not None and _is_little(line, day)
        found.add(Outcome.MATCHED_TOL if within else Outcome.AMOUNT_DIFF)
    return found


def _is_other(line: Mapping[str, Any], name: str) -> bool:
    """Whether a number differs, in the smallest unit where the order states one."""
    name = name if line["unit"] is None else f"base_{name}"
    wanted, found = line[name], line[f"{name}_erp"]
    return found is None or Fraction(wanted) != Fraction(found)


def _is_little(line: Mapping[str, Any], day: Day) -> bool:
    code = line["currency"]
    above, below = day.lines.get(code, NOTHING)
    off = amount_of(line["amount_erp"] - line["amount"], code)
    return off is not None and -below <= off <= above
