"""Which rows are groups, in Polars?"""

from collections.abc import Mapping
from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

col = pl.col
QUANTITY = pl.Decimal(18, 6)


def with_groups(rows: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    """The rows with the state of their group; `none` where there is none."""
    members = _members(rows)
    states = _states(members, day, terms)
    rows = rows.join(states, on="root", how="left").with_columns(col("state").fill_null("none"))
    return rows.with_columns(grouped=col("state") != "none")


def _members(rows: Any) -> Any:
    """The orders and documents of every root that may be a group."""
    joined = pl.concat([rows.filter("excess").select("root"), rows.filter(col("root") != col("code")).select("root")])
    near = rows.join(joined.unique(), on="root", how="semi").collect().lazy()
    crm, erp = (col(side) >= 0 for side in ("crm", "erp"))
    unfit = col("erp_invalid") | (crm & (col("excess") | col("crm_invalid") | ~col("crm_released")))
    crowd = near.group_by("root").agg(
        orders=crm.sum(), documents=erp.sum(), unclear=(unfit | col("ledger_uncertain")).any()
    )
    several = (col("orders") >= 1) & (col("documents") >= 1) & (col("orders") + col("documents") > 2)
    near = near.join(crowd.filter(several & ~col("unclear")), on="root", how="semi")
    sides = [near.filter(col(side) >= 0).select(_member(side)) for side in ("crm", "erp")]
    return pl.concat(sides).collect().lazy()


def _member(side: str) -> list[Any]:
    values = [col(f"{side}_{name}").alias(name) for name in ("customer", "company", "currency", "minor")]
    opened = pl.lit(value=True) if side == "crm" else col("erp_opened")
    return [col("root"), pl.lit(side).alias("side"), col(side).alias("record"), *values, opened.alias("opened")]


def _states(members: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    shows = terms["shows"]
    crm, erp = (col("side") == side for side in ("crm", "erp"))
    facts = members.group_by("root").agg(
        currencies=col("currency").n_unique(),
        customers=col("customer").n_unique(),
        named=(crm & col("company").is_not_null()).any(),
        companies=col("company").filter(erp | col("company").is_not_null()).n_unique(),
        crm_blank=(crm & col("minor").is_null()).any(),
        erp_blank=(erp & col("minor").is_null()).any(),
        owed=col("minor").filter(crm).sum(),
        stored=col("minor").filter(erp).sum(),
        by_lines=col("opened").all() & pl.lit("lines" in shows),
        currency=col("currency").first(),
    )
    facts = facts.join(_quantities(members, day), on="root", how="left")
    facts = facts.join(_bands(members, day, terms), on="root", how="left").with_columns(off=col("stored") - col("owed"))
    strange = (col("currencies") > 1) | (col("customers") > 1) & pl.lit("customer" in shows) | col("crm_blank")
    strange |= col("named") & (col("companies") > 1) & pl.lit("company" in shows)
    lines = col("by_lines")
    more = pl.when(lines).then(col("more").fill_null(value=False)).otherwise(col("erp_blank") | (col("off") > 0))
    less = pl.when(lines).then(col("less").fill_null(value=False)).otherwise(col("off") < 0)
    return facts.select(
        "root",
        state=pl.when(strange | more)
        .then(pl.lit("none"))
        .when(less)
        .then(pl.lit("partial"))
        .when("erp_blank")
        .then(pl.lit("off" if "total" in shows else "whole"))
        .when(col("off") == 0)
        .then(pl.lit("whole"))
        .when(col("off").is_between(-col("below").fill_null(0), col("above").fill_null(0)))
        .then(pl.lit("tolerated"))
        .otherwise(pl.lit("off")),
    )


def _quantities(members: Any, day: Mapping[str, Any]) -> Any:
    parts = [
        day[f"{side}_lines"]
        .join(members.filter(col("side") == side), on="record")
        .select("root", "item", "unit", pl.lit(side).alias("side"), *_numbers("quantity", "base_quantity"))
        for side in ("crm", "erp")
    ]
    lines = pl.concat(parts).with_columns(counted=col("unit").is_not_null().all().over("root"))
    sums = (
        lines.with_columns(
            unit=pl.when("counted").then("unit"),
            quantity=pl.when("counted").then("base_quantity").otherwise("quantity"),
        )
        .group_by("root", "item", "unit")
        .agg(
            asked=col("quantity").filter(col("side") == "crm").sum(),
            held=col("quantity").filter(col("side") == "erp").sum(),
        )
    )
    return sums.group_by("root").agg(more=(col("held") > col("asked")).any(), less=(col("held") < col("asked")).any())


def _numbers(*names: str) -> list[Any]:
    return [col(name).cast(QUANTITY) for name in names]


def _bands(members: Any, day: Mapping[str, Any], terms: Mapping[str, Any]) -> Any:
    """What is tolerated of each group, by its currency and its orders' lines."""
    orders = members.filter(col("side") == "crm")
    lines = day["crm_lines"].join(orders, on="record").group_by("root").agg(lines=pl.len().cast(pl.Int64))
    firsts = orders.group_by("root").agg(col("currency").first()).join(lines, on="root", how="left")
    bands = firsts.join(bands_of(terms).lazy(), on="currency", how="left").with_columns(col("lines").fill_null(0))
    return bands.select("root", **bounds())


def bands_of(terms: Mapping[str, Any]) -> Any:
    """What is tolerated in each currency."""
    told = [[code, *each["order"], *(each["line"] or (None, None))] for code, each in terms["tolerances"].items()]
    names = ["above", "below", "line_above", "line_below"]
    return pl.DataFrame(told, orient="row", schema={"currency": pl.String, **dict.fromkeys(names, pl.Int64)})


def bounds() -> dict[str, Any]:
    """Above and below of an order with so many `lines`."""
    return {side: pl.min_horizontal(col(side), col(f"line_{side}") * col("lines")) for side in ("above", "below")}
