"""What can datacompy say of a day? It compares two tables at a time, and knows no precedence, no group and no lines.

Its two comparisons: orders with documents by our reference, and the ledger with documents by their number.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datacompy  # type: ignore[import-not-found]  # it lives in the peers' own environment
import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

from tests.bench.engines.answers import answered

HEADER = ("customer", "currency", "date", "minor")


def compares(folder: Path) -> dict[str, Any]:
    """Both comparisons."""
    crm, ledger, erp = (pl.read_parquet(folder / f"{name}.parquet") for name in ("crm", "ledger", "erp"))
    live = erp.filter("live")
    orders = crm.filter("released").select("key", *HEADER), live.select(pl.col("reference").alias("key"), *HEADER)
    entries = (
        ledger.filter("committed").select(number="document", key="key", status="last_status"),
        live.select("number", key="reference", status="status"),
    )
    return {
        "CRM × ERP": datacompy.PolarsCompare(*orders, join_columns=["key"], df1_name="CRM", df2_name="ERP"),
        "ledger × ERP": datacompy.PolarsCompare(*entries, join_columns=["number"], df1_name="ledger", df2_name="ERP"),
    }


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, what it found out."""
    found = compares(folder)
    told = {name: _told(each) for name, each in found.items()}
    for place, each in enumerate(found.values()):
        each.all_mismatch().write_parquet(out / f"breaks_{place}.parquet")
    (out / "counts.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return lambda _: None


def _told(compared: Any) -> dict[str, int]:
    return {
        "only in the first": len(compared.df1_unq_rows),
        "only in the ERP": len(compared.df2_unq_rows),
        "in both": len(compared.intersect_rows),
        "in both and equal": compared.count_matching_rows(),
    }


if __name__ == "__main__":
    answered(run)
