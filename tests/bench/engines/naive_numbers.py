"""Which document was entered under an order's own number, with dictionaries?"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd


def with_own_numbers(erp: pd.DataFrame, crm: pd.DataFrame, ledger: pd.DataFrame, joined: set[str]) -> pd.DataFrame:
    """The documents, those that show the number of a free order under its key."""
    entered = ledger["key"][ledger["committed"].astype(bool) | ledger["uncertain"].astype(bool)]
    taken = {*joined, *entered, *erp["key"]}
    bearers: dict[str, list[str]] = {}
    for number, key in zip(crm["number"], crm["key"], strict=True):
        if number:
            bearers.setdefault(number, []).append(key)
    shown = erp.apply(lambda row: _shown(row, bearers, taken), axis=1)
    times = Counter(shown)
    own = shown.map(lambda number: number if times[number] == 1 else "")
    erp = erp.copy()
    erp.loc[own != "", "key"] = [bearers[number][0] for number in own if number]
    erp.loc[own != "", "pass"] = 4
    return erp.assign(order=erp["pass"])


def _shown(row: Mapping[str, Any], bearers: Mapping[str, list[str]], taken: set[str]) -> str:
    """The number that a document shows, of the one order that bears it and that nobody entered."""
    if row["pass"]:
        return ""
    seen = {text for text in (row["reference"], row["po_number"]) if text in bearers}
    if len(seen) != 1:
        return ""
    number = seen.pop()
    return number if len(bearers[number]) == 1 and bearers[number][0] not in taken else ""
