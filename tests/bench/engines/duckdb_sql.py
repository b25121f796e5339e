"""What comes of a day by DuckDB's SQL, written for the same taxonomy?"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb  # type: ignore[import-not-found]  # it lives in the peers' own environment

from tests.bench.engines.answers import BREAK, PLACES, ROW, answered, counts
from tests.bench.engines.duckdb_steps import FLAGS, STEPS

MATCHES = min(place for outcome, place in PLACES.items() if not outcome.is_break)
TOTALS = """SELECT outcome, currency, sum(rows), sum(crm), sum(erp) FROM (
    SELECT outcome, coalesce(crm_currency, erp_currency, '') AS currency, count(*) AS rows,
        sum(CASE WHEN crm_released THEN coalesce(crm_minor, 0) ELSE 0 END) AS crm, 0 AS erp
    FROM judged GROUP BY ALL
    UNION ALL
    SELECT outcome, coalesce(erp_currency, ''), 0, 0, sum(erp_minor) FROM judged WHERE erp_minor IS NOT NULL
    GROUP BY ALL) GROUP BY ALL"""
EXCLUSIONS = """SELECT 'crm', rule, count(*) FROM ruled WHERE rule <> '' AND crm >= 0 GROUP BY ALL
    UNION ALL SELECT 'ledger', rule, count(*) FROM ruled WHERE rule <> '' AND ledger >= 0 GROUP BY ALL
    UNION ALL SELECT 'erp', rule, count(*) FROM ruled WHERE rule <> '' AND erp >= 0 GROUP BY ALL
    UNION ALL SELECT 'erp', 'void', count(*) FROM erp WHERE NOT live"""


def opened(folder: Path) -> Any:
    """The files of a day as views, and its terms as tables."""
    database = duckdb.connect()
    database.execute("SET preserve_insertion_order = false")
    for name in ("crm", "ledger", "erp", "crm_lines", "erp_lines"):
        database.execute(f"CREATE VIEW {name} AS SELECT * FROM '{(folder / name).as_posix()}.parquet'")
    told = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
    database.execute(
        "CREATE TABLE bands (currency TEXT, above BIGINT, below BIGINT, line_above BIGINT, line_below BIGINT)"
    )
    for code, each in told["tolerances"].items():
        line = each["line"] or (None, None)
        database.execute("INSERT INTO bands VALUES (?, ?, ?, ?, ?)", [code, *each["order"], *line])
    database.execute(f"SET VARIABLE gross_prices = {told['gross_prices']}")
    for name in ("discount", "freight", "tax"):
        database.execute(f"SET VARIABLE compares_{name} = {name in told['compared']}")
    fields = ("customer", "company", "total", "order_date", "status", "lines", "amount", "discount", "freight", "tax")
    for name in fields:
        database.execute(f"SET VARIABLE shows_{name} = {name in told['shows']}")
    return database


def judge(database: Any) -> None:
    """All steps, and the name of each row."""
    for step in STEPS:
        database.execute(step)
    bits = " + ".join(f"CASE WHEN {text} THEN {1 << PLACES[outcome]} ELSE 0 END" for outcome, text in FLAGS.items())
    first = " ".join(f"WHEN flags & {1 << place} <> 0 THEN {place}" for place in PLACES.values())
    database.execute(f"""CREATE TEMP TABLE judged AS SELECT *, CASE {first}
        WHEN compared OR grouped THEN {max(PLACES.values())} ELSE 0 END AS outcome
        FROM (SELECT *, {bits} AS flags FROM ready)""")


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, break frame and counts out."""
    database = opened(folder)
    judge(database)
    columns = ", ".join(BREAK).replace("currency", "coalesce(crm_currency, erp_currency) AS currency")
    _copy(database, f"SELECT {columns} FROM judged WHERE outcome < {MATCHES}", out / "breaks.parquet")
    found = database.execute(TOTALS).fetchall()
    totals = {(place, code): (int(rows), int(crm), int(erp)) for place, code, rows, crm, erp in found}
    left_out: Mapping[tuple[str, str], int] = {row[:2]: row[2] for row in database.execute(EXCLUSIONS).fetchall()}
    (out / "counts.json").write_text(counts(totals, left_out), encoding="utf-8")
    return lambda path: _copy(database, f"SELECT {', '.join(ROW)} FROM judged", path)


def _copy(database: Any, query: str, path: Path) -> None:
    database.execute(f"COPY ({query}) TO '{path.as_posix()}' (FORMAT PARQUET)")


if __name__ == "__main__":
    answered(run)
