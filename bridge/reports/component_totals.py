"""How much does each component come to over all rows, and each company?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.components import PARTS, SIGNS, Basis
from bridge.reports.totals import joined, sums_of


def split_sums(table: pd.DataFrame, basis: Basis) -> Mapping[tuple[str, str], int]:
    """ERP less CRM of each component over all rows, by component and currency."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for side, keys, sign in (("erp", "erp_adds_in", 1), ("crm", "currency", -1)):
        for name, column in _side(table, side, basis):
            for (currency,), amount in sums_of(column, table[keys]).items():
                sums[name, str(currency)] += sign * amount
    return sums


def _side(table: pd.DataFrame, side: str, basis: Basis) -> Iterator[tuple[str, Any]]:
    """What each row of one side adds to each component."""
    goods, counts = table[f"{side}_adds"], table[f"{side}_counts"]
    for name in PARTS:
        if name in basis.compared and f"{side}_{name}" in table.columns:
            part = SIGNS[name] * table[f"{side}_{name}"].where(counts).fillna(0).astype(np.int64)
            goods = goods - part
            yield name, part
    if side == "erp" and "erp_rest" in table.columns:
        rest = table["erp_rest"].where(counts).fillna(0).astype(np.int64)
        goods = goods - rest
        yield "rest", rest
    yield "goods", goods


@dataclass(frozen=True)
class CompanyTotal:
    """The rows of one company in one currency, by the ERP's code of the company; "" where none is stated."""

    company: str
    currency: str
    count: int
    crm: int
    erp: int

    @property
    def difference(self) -> int:
        """ERP less CRM."""
        return self.erp - self.crm


def company_totals_of(table: pd.DataFrame) -> tuple[CompanyTotal, ...]:
    """The totals by company and currency; a document booked in another company adds to that one."""
    crm_company, erp_company = (_companies(table, side) for side in ("crm", "erp"))
    owner = crm_company.where(table["has_crm"] & crm_company.ne(""), erp_company)
    booked = erp_company.where(table["erp_counts"] & erp_company.ne(""), owner)
    counts = {key: int(count) for key, count in table.groupby([owner, table["currency"]]).size().items()}
    crm = sums_of(table["crm_adds"], owner, table["currency"])
    erp = sums_of(table["erp_adds"], booked, table["erp_adds_in"])
    return tuple(
        CompanyTotal(str(company), str(currency), counts.get((company, currency), 0), *amounts)
        for company, currency, *amounts in joined(crm, erp)
    )


def _companies(table: pd.DataFrame, side: str) -> "pd.Series[str]":
    column = f"{side}_company"
    if column not in table.columns:
        return pd.Series("", index=table.index, dtype="str")
    return table[column].fillna("").astype("str")
