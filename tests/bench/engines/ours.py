"""What comes of a day by the product's own kernel, its columns built straight from Parquet?"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bridge.model.components import Basis
from bridge.reports.classifications import OUTCOMES, PLACES, Classified, classified
from bridge.reports.frames import Frames
from bridge.reports.line_differences import Lines
from bridge.reports.terms import CompareTerms
from bridge.reports.totals import totals_of, with_amounts
from tests.bench.engines.answers import BREAK, ROW, answered, counts
from tests.bench.engines.sides import TOLERANCES

WHOLE = {pa.int64(): pd.Int64Dtype()}
LINE = ["record", "item", "quantity", "price", "amount", "unit", "base_quantity", "base_price", "description"]
REPEATED = ["customer", "currency", "date", "status", "last_status", "company"]
REPEATED += ["item", "quantity", "price", "unit", "base_quantity", "base_price"]


def frames_in(folder: Path) -> Frames:
    """The columns of a day."""
    crm, ledger, erp = (_table(folder, name) for name in ("crm", "ledger", "erp"))
    crm_lines, erp_lines = (_lines(folder, f"{name}_lines", len(side)) for name, side in (("crm", crm), ("erp", erp)))
    pa.default_memory_pool().release_unused()  # else what reading took stays taken, and is counted as held
    return Frames(crm, ledger, erp, crm_lines, erp_lines)


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    names = [each for each in pq.read_schema(path).names if each != "record"]
    table = pq.read_table(path, columns=names, read_dictionary=REPEATED)
    columns: pd.DataFrame = table.to_pandas(types_mapper=WHOLE.get, self_destruct=True)
    return columns


def _lines(folder: Path, name: str, records: int) -> Lines:
    table = pq.read_table(folder / f"{name}.parquet", columns=LINE, read_dictionary=REPEATED)
    counted = np.bincount(table["record"].to_numpy(), minlength=records)
    columns = table.drop_columns("record").to_pandas(types_mapper=WHOLE.get, self_destruct=True)
    return Lines(np.append(0, np.cumsum(counted)), columns)


def classified_in(folder: Path) -> Classified:
    """The rows of a day."""
    told = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
    basis = Basis(compared=frozenset(told["compared"]), gross_prices=told["gross_prices"])
    return classified(frames_in(folder), CompareTerms(frozenset(told["shows"]), TOLERANCES, basis))


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, break frame and counts out."""
    found = classified_in(folder)
    table = with_amounts(found.table)
    broken = table[table["outcome"] < min(PLACES[each] for each in OUTCOMES if not each.is_break)]
    broken[list(BREAK)].to_parquet(out / "breaks.parquet", index=False)
    totals = {(PLACES[each.outcome], each.currency): (each.count, each.crm, each.erp) for each in totals_of(table)}
    left_out = {(each.side, each.rule): each.count for each in found.exclusions}
    (out / "counts.json").write_text(counts(totals, left_out), encoding="utf-8")
    return lambda path: table[list(ROW)].to_parquet(path, index=False)


if __name__ == "__main__":
    answered(run)
