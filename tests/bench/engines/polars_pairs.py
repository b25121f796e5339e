"""In what do paired orders and documents differ, in Polars?"""

from collections.abc import Mapping
from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

from tests.bench.engines.polars_groups import bands_of, bounds

col = pl.col
LINE = ("item", "quantity", "price", "amount", "unit", "description", "within")
PARTS = ("discount", "freight", "tax")
NEAR = ("little", "part_off", "part_within")


def with_differences(rows: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    """The rows with what is compared of them, and how far it differs."""
    shows = terms["shows"]
    rows = (
        rows.with_columns(
            compared=(col("crm") >= 0)
            & (col("erp") >= 0)
            & col("crm_released")
            & ~col("crm_invalid")
            & ~col("erp_invalid")
            & ~col("grouped"),
            same=col("crm_currency").eq_missing(col("erp_currency")),
        )
        .with_columns(
            money=col("compared") & col("same") & (pl.lit("total" in shows) | col("erp_minor").is_not_null()),
        )
        .collect()
        .lazy()
    )
    lines, counts = _lines(rows, day, terms)
    rows = rows.join(lines, on="crm", how="left").join(counts, on="crm", how="left")
    rows = rows.join(_little(rows, day, terms), on=["crm", "erp"], how="left")
    unequal = col("money") & col("crm_minor").ne_missing(col("erp_minor"))
    flags = [f"line_{name}" for name in (*LINE, "lines")]
    rows = rows.with_columns(*(col(name).fill_null(value=False) for name in (*flags, *NEAR)), unequal=unequal)
    return rows.with_columns(within=col("unequal") & col("little"))


def _lines(rows: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> tuple[Any, Any]:
    """What differs in any line of a pair, and which pairs have another number of lines."""
    opened = rows.filter(col("compared") & col("erp_opened") & pl.lit("lines" in terms["shows"]))
    pairs = opened.join(bands_of(terms).lazy(), left_on="crm_currency", right_on="currency", how="left")
    alike = col("crm_gross") == pl.lit(terms["gross_prices"])
    pairs = pairs.select("crm", "erp", "same", "line_above", "line_below", alike=alike).collect().lazy()
    wanted, found = day["crm_lines"], day["erp_lines"]
    both = pairs.select("crm", "erp").join(wanted, left_on="crm", right_on="record")
    both = both.join(found, left_on=["erp", "place"], right_on=["record", "place"], suffix="_found")
    differ = {name: col(name).ne_missing(col(f"{name}_found")) for name in LINE[:-1]}
    stated = col("unit").is_not_null()
    for name in ("quantity", "price"):
        based = col(f"base_{name}").ne_missing(col(f"base_{name}_found"))
        differ[name] = pl.when(stated).then(based).otherwise(differ[name])
    differ["unit"] &= stated
    both = both.filter(pl.any_horizontal(*differ.values())).join(pairs.drop("erp"), on="crm")
    off = col("amount_found") - col("amount")
    bounded = off.is_between(-col("line_below").fill_null(0), col("line_above").fill_null(0)).fill_null(value=False)
    money = differ["amount"] & col("same") & col("alike") & pl.lit("amount" in terms["shows"])
    differ |= {"price": differ["price"] & col("alike"), "amount": money & ~bounded, "within": money & bounded}
    lines = both.group_by("crm").agg(**{f"line_{name}": text.any() for name, text in differ.items()})
    return lines, _counts(pairs, wanted, found)


def _counts(pairs: Any, wanted: Any, found: Any) -> Any:
    asked = wanted.group_by("record").agg(asked=pl.len())
    held = found.group_by("record").agg(held=pl.len())
    both = pairs.join(asked, left_on="crm", right_on="record", how="left")
    both = both.join(held, left_on="erp", right_on="record", how="left")
    return both.filter(col("asked").ne_missing(col("held"))).select("crm", line_lines=pl.lit(value=True))


def _little(rows: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    """The pairs of which totals or parts differ, and by no more than is tolerated."""
    off = {"total": col("erp_minor") - col("crm_minor")}
    off |= {name: _part(name, terms) for name in PARTS if name in terms["shows"]}
    differ = pl.any_horizontal(*(text != 0 for text in off.values()))
    near = rows.filter(col("money") & differ).select("crm", "erp", "crm_currency", **off)
    near = near.join(bands_of(terms).lazy(), left_on="crm_currency", right_on="currency", how="left")
    near = near.with_columns(col("above").fill_null(0), col("below").fill_null(0))
    lines = day["crm_lines"].join(near, left_on="record", right_on="crm", how="semi").group_by("record")
    near = near.join(lines.agg(lines=pl.len().cast(pl.Int64)), left_on="crm", right_on="record", how="left")
    near = near.with_columns(col("lines").fill_null(0)).with_columns(**bounds())
    within = {name: col(name).is_between(-col("below"), col("above")).fill_null(value=False) for name in off}
    parts = [(col(name) != 0, within[name]) for name in off if name != "total"] or [(pl.lit(value=False),) * 2]
    return near.select(
        "crm",
        "erp",
        little=within["total"],
        part_off=pl.any_horizontal(*(other & ~little for other, little in parts)),
        part_within=pl.any_horizontal(*(other & little for other, little in parts)),
    )


def _part(name: str, terms: Mapping[str, Any]) -> Any:
    """By how much a part differs; one that the total holds is nothing where it is not stated."""
    crm, erp = col(f"crm_{name}"), col(f"erp_{name}")
    if name in terms["compared"]:
        return erp.fill_null(0) - crm.fill_null(0)
    return (erp - crm).fill_null(0)
