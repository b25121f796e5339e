"""How many rows of each outcome are there, and how much do they come to, in each currency?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bridge.model.breaks import Outcome
from bridge.reports.arrays import Positions
from bridge.reports.classifications import OUTCOMES, PLACES

SPLIT = 10**9  # sums are made of two halves, since a sum of many great amounts would leave 64 bits


@dataclass(frozen=True)
class Total:
    """The rows of one outcome in one currency; amounts in minor units, never over two currencies."""

    outcome: Outcome
    currency: str
    count: int
    crm: int
    erp: int

    @property
    def difference(self) -> int:
        """ERP less CRM."""
        return self.erp - self.crm


def with_amounts(table: pd.DataFrame) -> pd.DataFrame:
    """The table with what each row adds to the sums: `crm_adds` in `currency`, `erp_adds` in `erp_adds_in`.

    An order that is not released stands for nothing; a document of another currency adds to that one.
    """
    released = table["crm_released"] & ~table["crm_minor"].isna()
    table["crm_counts"], table["erp_counts"] = released, table["erp_minor"].notna()
    crm, erp = (table[f"{side}_currency"].astype("str") for side in ("crm", "erp"))
    erp = erp.fillna("")
    table["currency"] = crm.where(crm.notna(), erp)
    table["crm_adds"] = table["crm_minor"].where(released).fillna(0).astype(np.int64)
    table["erp_adds"] = table["erp_minor"].fillna(0).astype(np.int64)
    table["erp_adds_in"] = erp.where(table["erp_minor"].notna(), table["currency"])
    return table


def sums_of(amounts: "pd.Series[int]", *keys: "pd.Series[str]") -> dict[tuple[object, ...], int]:
    """The exact sum of the amounts of each key; none of the keys may be null."""
    if amounts.empty:
        return {}
    codes, names = zip(*(pd.factorize(key) for key in keys), strict=True)
    shape = tuple(map(len, names))
    places: Positions = np.asarray(np.ravel_multi_index(codes, shape), dtype=np.int64)
    there = np.flatnonzero(np.bincount(places))
    high, low = (_sums(half, places)[there].tolist() for half in np.divmod(amounts.to_numpy(), SPLIT))
    named = zip(
        *(name.take(code) for name, code in zip(names, np.unravel_index(there, shape), strict=True)), strict=True
    )
    return {key: one * SPLIT + other for key, one, other in zip(named, high, low, strict=True)}


def _sums(amounts: Positions, places: Positions) -> Positions:
    sums = np.zeros(int(places.max()) + 1, dtype=np.int64)
    np.add.at(sums, places, amounts)
    return sums


def totals_of(table: pd.DataFrame) -> tuple[Total, ...]:
    """The totals by outcome and currency; a row of two currencies counts once and adds to both."""
    outcomes = table["outcome"]
    counts = {key: int(count) for key, count in table.groupby([outcomes, "currency"]).size().items()}
    crm = sums_of(table["crm_adds"], outcomes, table["currency"])
    erp = sums_of(table["erp_adds"], outcomes, table["erp_adds_in"])
    return tuple(
        Total(OUTCOMES[int(str(place))], str(currency), counts.get((place, currency), 0), *amounts)
        for place, currency, *amounts in joined(crm, erp)
    )


def joined(
    crm: dict[tuple[object, ...], int], erp: dict[tuple[object, ...], int]
) -> Iterator[tuple[object, object, int, int]]:
    """Both keys of every sum, the CRM's and the ERP's, 0 where one side has none."""
    for place, currency in sorted(crm.keys() | erp.keys(), key=_rank):
        yield place, currency, crm.get((place, currency), 0), erp.get((place, currency), 0)


def _rank(key: tuple[object, ...]) -> tuple[int, str, str]:
    """Outcomes by precedence, names by their letters."""
    return (int(key[0]) if isinstance(key[0], int | np.integer) else 0, str(key[0]), str(key[1]))


@dataclass(frozen=True)
class Tolerated:
    """How much was tolerated in one currency together, signs aside, in minor units; `count` of orders and groups."""

    currency: str
    count: int
    minor: int


def tolerated_of(table: pd.DataFrame) -> tuple[Tolerated, ...]:
    """What was tolerated, by currency; of a group its residual counts, not what each of its members is off.

    It counts whatever names the row: an order whose text differs too is tolerated none the less.
    """
    asked, refused = (1 << PLACES[outcome] for outcome in (Outcome.MATCHED_TOL, Outcome.AMOUNT_DIFF))
    rows = table[(table["flags"] & (asked | refused)) == asked]
    keys = (rows["currency"], rows["root"])
    off = sums_of(rows["erp_adds"] - rows["crm_adds"], *keys)
    beside = sums_of(rows["beside"], *keys) if "beside" in rows.columns else {}
    found: dict[str, list[int]] = {}
    for key, residual in off.items():
        found.setdefault(str(key[0]), []).append(abs(residual) + beside.get(key, 0))
    return tuple(Tolerated(currency, len(each), sum(each)) for currency, each in sorted(found.items()))
