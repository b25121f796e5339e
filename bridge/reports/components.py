"""How much of a difference is goods, discount, freight or tax, and what is left that none of them explains?

Every side's compared total is goods - discount + freight + tax, of which only the parts count that the installation
compares. The goods of the CRM are its lines. The goods of the ERP are the lines of the opened document, and what its
own total holds beyond lines and parts is the rest; where no lines are shown, the goods are what the parts leave over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import pandas as pd

from bridge.model.components import PARTS, SIGNS, Basis, added
from bridge.reports.arrays import Positions
from bridge.reports.line_differences import Lines, is_within

Bands = Callable[[Positions], tuple[Positions, Positions]]
COMPONENTS = ("goods", *PARTS, "rest")


@dataclass(frozen=True)
class Split:
    """What a difference is made of, in minor units; the sum of all is the difference."""

    goods: int = 0
    discount: int = 0
    freight: int = 0
    tax: int = 0
    rest: int = 0

    @classmethod
    def of(cls, minor: int | None, parts: Mapping[str, int], rest: int, basis: Basis) -> Self:
        """What one side's compared total is made of; nothing where there is none."""
        if minor is None:
            return cls()
        counted = {name: SIGNS[name] * amount for name, amount in parts.items() if name in basis.compared}
        return cls(goods=minor - added(parts, basis.compared, 0) - rest, rest=rest, **counted)

    def __sub__(self, other: "Split") -> "Split":
        return Split(**{name: getattr(self, name) - getattr(other, name) for name in COMPONENTS})

    @property
    def alone(self) -> str:
        """The name of the one component that is all of the difference; "" where there is none or more than one."""
        found = [each.name for each in fields(self) if getattr(self, each.name)]
        return found[0] if len(found) == 1 else ""


def part_columns(parts: list[Mapping[str, int]]) -> dict[str, "pd.Series[int]"]:
    """A column for each part that any record states; a part that nobody states costs nothing."""
    named = {name for each in parts for name in each}
    return {name: pd.Series([each.get(name) for each in parts], dtype="Int64") for name in PARTS if name in named}


def rests(erp: pd.DataFrame, lines: Lines, basis: Basis) -> Positions:
    """What each opened document's total holds beyond its lines and parts, where all amounts of its lines are known."""
    amounts, minors = lines.columns["amount"], erp["minor"]
    goods = _summed(amounts.fillna(0).to_numpy(dtype=np.int64), lines.starts)
    known = erp["opened"] & minors.notna() & (_summed(amounts.isna().to_numpy().astype(np.int64), lines.starts) == 0)
    taken = basis.compared | ({"tax"} if basis.gross_prices else set())
    total = _filled(minors) - goods
    for name in taken.intersection(erp.columns):
        sign = SIGNS[name] if name in basis.compared else 0
        total -= (sign - (1 if name == "tax" and basis.gross_prices else 0)) * _filled(erp[name])
    found: Positions = np.where(known, total, 0)
    return found


def _summed(values: Positions, starts: Positions) -> Positions:
    sums: Positions = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(values)])[starts]
    return sums[1:] - sums[:-1]


def _filled(column: "pd.Series[int]") -> Positions:
    found: Positions = np.asarray(column.fillna(0).to_numpy(dtype=np.int64))
    return found


def with_parts(rows: pd.DataFrame, shows: frozenset[str], basis: Basis, bands: Bands) -> None:
    """Add to the rows whether a part differs by more than is tolerated (`part_off`), by less, and how much less.

    `bands` says what is tolerated at these places. A part of the compared total differs from one that is not stated;
    any other is compared where both sides state it.
    """
    off, within = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for name in PARTS:
        if name not in shows or not {f"crm_{name}", f"erp_{name}"} & set(rows.columns):
            continue
        places, amounts = _differing(rows, name, counts=name in basis.compared)
        tolerated = is_within(pd.Series(amounts), *bands(places)).to_numpy()
        off[places[~tolerated]] = True
        within[places[tolerated]] = True
        if name not in basis.compared and tolerated.any():
            beside = np.zeros(len(rows), dtype=np.int64)
            beside[places[tolerated]] = np.abs(amounts[tolerated])
            rows["beside"] = rows.get("beside", 0) + beside
    rows["part_off"], rows["part_within"] = off, within


def _differing(rows: pd.DataFrame, name: str, *, counts: bool) -> tuple[Positions, Positions]:
    """At which places a part differs, and by how much."""
    crm, erp = stated_in(rows, f"crm_{name}"), stated_in(rows, f"erp_{name}")
    amounts = _filled(erp) - _filled(crm)
    differs = rows["money"].to_numpy(dtype=bool) & (amounts != 0)
    if not counts:
        differs &= (crm.notna() & erp.notna()).to_numpy(dtype=bool)
    return np.flatnonzero(differs), amounts[differs]


def stated_in(rows: pd.DataFrame, column: str) -> "pd.Series[int]":
    """The column, or one without any value where no record states it."""
    if column in rows.columns:
        found: pd.Series[int] = rows[column]
        return found
    return pd.Series(pd.array([pd.NA] * len(rows), dtype="Int64"), index=rows.index)
