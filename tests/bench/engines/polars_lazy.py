"""What comes of a day by Polars' lazy frames, written for the same taxonomy?"""

import json
from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

from bridge.model.breaks import Outcome
from tests.bench.engines.answers import BREAK, PLACES, ROW, answered, counts
from tests.bench.engines.polars_groups import with_groups
from tests.bench.engines.polars_pairs import with_differences
from tests.bench.engines.polars_rows import laid, ruled

SIDES = ("crm", "ledger", "erp")
MATCHES = min(place for outcome, place in PLACES.items() if not outcome.is_break)
col = pl.col


def flags(shows: frozenset[str]) -> dict[Outcome, Any]:
    """When each outcome is true."""
    crm, erp, ledger = (col(side) >= 0 for side in ("crm", "erp", "ledger"))
    known = ledger & col("ledger_posted")
    other = known & pl.lit("status" in shows) & col("ledger_last_status").ne_missing(col("erp_status"))
    before = crm & erp & col("crm_two_sided") & ~col("ledger_committed") & ~col("ledger_uncertain")
    seen = col("compared") | (col("grouped") & crm & erp)
    return {
        Outcome.INVALID_ROW: col("crm_invalid") | col("erp_invalid"),
        Outcome.DUP_CRM_KEY: col("excess") & crm,
        Outcome.LINK_CONFLICT: erp & (col("erp_pass") == 1) & (col("ledger_document") != col("erp_number")),
        Outcome.UNCERTAIN_COMMIT: col("ledger_uncertain"),
        Outcome.ORPHAN_IN_ERP: erp & ~crm & ~col("excess"),
        Outcome.CANCELLED_LIVE: crm & erp & ~col("crm_released") & ~col("crm_invalid"),
        Outcome.DUPLICATE_IN_ERP: col("excess") & erp & ~col("grouped"),
        Outcome.NOT_TYPED: crm
        & ~erp
        & ~col("excess")
        & ~col("grouped")
        & col("crm_released")
        & ~col("ledger_committed")
        & ~col("ledger_uncertain"),
        Outcome.MISSING_IN_ERP: ~erp
        & col("ledger_committed")
        & ~col("grouped")
        & (col("crm_released") | col("crm_invalid") | ~crm),
        Outcome.CUSTOMER_DIFF: _shown("customer", shows) & col("crm_customer").ne_missing(col("erp_customer")),
        Outcome.COMPANY_DIFF: _shown("company", shows)
        & col("crm_company").is_not_null()
        & col("crm_company").ne_missing(col("erp_company")),
        Outcome.CURRENCY_DIFF: col("compared") & ~col("same"),
        Outcome.ITEM_DIFF: col("line_item"),
        Outcome.QTY_DIFF: col("line_quantity") | col("line_unit") | col("line_lines") | (col("state") == "partial"),
        Outcome.AMOUNT_DIFF: (col("unequal") & ~col("within"))
        | col("part_off")
        | col("line_price")
        | col("line_amount")
        | (col("state") == "off"),
        Outcome.CUTOFF_DIFF: _shown("order_date", shows) & col("crm_date").ne_missing(col("erp_date")),
        Outcome.STATUS_DIFF: seen & ~col("ledger_uncertain") & ~before & (other | ~known),
        Outcome.TEXT_DIFF: (col("compared") & col("erp_opened") & col("crm_texts").ne_missing(col("erp_texts")))
        | col("line_description"),
        Outcome.MATCHED_TOL: col("within") | col("part_within") | col("line_within") | (col("state") == "tolerated"),
    }


def _shown(field: str, shows: frozenset[str]) -> Any:
    return col("compared") & pl.lit(field in shows)


def judged(rows: Any, shows: frozenset[str]) -> Any:
    """The rows with all that is true of them, and the first of it."""
    true = {PLACES[outcome]: text.fill_null(value=False) for outcome, text in flags(shows).items()}
    mask = reduce(or_, (text.cast(pl.Int64) * (1 << place) for place, text in true.items()))
    rows = rows.with_columns(flags=mask).with_columns(
        lowest=(col("flags") & -col("flags")),
        fallback=pl.when(col("compared") | col("grouped")).then(max(PLACES.values())).otherwise(0),
    )
    places = {1 << place: place for place in true}
    found = col("lowest").replace_strict(places, default=None, return_dtype=pl.Int8)
    return rows.with_columns(outcome=pl.coalesce(found, col("fallback")).cast(pl.Int8))


def totals_of(rows: Any) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Rows and sums by outcome and currency."""
    mine = pl.coalesce("crm_currency", "erp_currency", pl.lit("")).alias("currency")
    adds = pl.when("crm_released").then(col("crm_minor")).otherwise(0).sum()
    crm = rows.group_by("outcome", mine).agg(pl.len().alias("rows"), adds.alias("crm"))
    theirs = col("erp_currency").fill_null("").alias("currency")
    erp = rows.filter(col("erp_minor").is_not_null()).group_by("outcome", theirs).agg(erp=col("erp_minor").sum())
    both = crm.join(erp, on=["outcome", "currency"], how="full", coalesce=True).fill_null(0).collect()
    return {(place, currency): (rows, crm, erp) for place, currency, rows, crm, erp in both.iter_rows()}


def exclusions_of(rows: Any, documents: Any) -> Mapping[tuple[str, str], int]:
    """What was left out, by side and rule."""
    found = {("erp", "void"): documents.filter(~col("live")).select(pl.len()).collect().item()}
    out = rows.filter(col("rule") != "")
    for side in SIDES:
        counted = out.filter(col(side) >= 0).group_by("rule").len().collect()
        found |= {(side, rule): count for rule, count in counted.iter_rows()}
    return found


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, break frame and counts out."""
    names = (*SIDES, "crm_lines", "erp_lines")
    day = {name: pl.scan_parquet(folder / f"{name}.parquet") for name in names}
    told = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
    shows = frozenset(told["shows"])
    aligned = ruled(laid(day))
    kept = with_groups(aligned.filter(col("rule") == ""), day, told)
    rows = judged(with_differences(kept, day, told), shows).collect().lazy()
    told_of = [name for name in BREAK if name != "currency"]
    broken = rows.filter(col("outcome") < MATCHES).select(
        *told_of, currency=pl.coalesce("crm_currency", "erp_currency")
    )
    broken.collect().write_parquet(out / "breaks.parquet")
    told_counts = counts(totals_of(rows), exclusions_of(aligned, day["erp"]))
    (out / "counts.json").write_text(told_counts, encoding="utf-8")
    return lambda path: rows.select(ROW).collect().write_parquet(path)


if __name__ == "__main__":
    answered(run)
