"""Which rows are groups, in Polars?"""

from collections.abc import Mapping
from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

col = pl.col
QUANTITY = pl.Decimal(38, 6)
PARTS = ("discount", "freight", "tax")


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
    values = [col(f"{side}_{name}").alias(name) for name in ("customer", "company", "currency", "minor", *PARTS)]
    values.append((col("crm_gross") if side == "crm" else pl.lit(value=False)).alias("gross"))
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
        alike=(erp | (col("gross") == terms["gross_prices"])).all(),
        **{name: _gap(name, terms) for name in PARTS},
    )
    facts = facts.join(_quantities(members, day, amounts="amount" in shows), on="root", how="left")
    facts = facts.join(_bands(members, day, terms), on="root", how="left").with_columns(off=col("stored") - col("owed"))
    strange = (col("currencies") > 1) | (col("customers") > 1) & pl.lit("customer" in shows) | col("crm_blank")
    strange |= col("named") & (col("companies") > 1) & pl.lit("company" in shows)
    lines, near = col("by_lines"), _is_near("off")
    far = [(col("off") > 0) & ~near, (col("off") < 0) & ~near]
    more = pl.when(lines).then(col("more").fill_null(value=False)).otherwise(col("erp_blank") | far[0])
    less = pl.when(lines).then(col("less").fill_null(value=False)).otherwise(far[1])
    off = lines & col("alike") & col("dearer").fill_null(value=False)
    off |= pl.any_horizontal([(col(name) != 0) & ~_is_near(name) for name in PARTS])
    nearly = pl.any_horizontal([col(name) != 0 for name in PARTS])
    return facts.select(
        "root",
        state=pl.when(strange | more)
        .then(pl.lit("none"))
        .when(less)
        .then(pl.lit("partial"))
        .when(off | (col("erp_blank") & pl.lit("total" in shows)))
        .then(pl.lit("off"))
        .when((col("erp_blank") | (col("off") == 0)) & ~nearly)
        .then(pl.lit("whole"))
        .when(col("erp_blank") | (col("off") == 0) | near)
        .then(pl.lit("tolerated"))
        .otherwise(pl.lit("off")),
    )


def _is_near(name: str) -> Any:
    return col(name).is_between(-col("below").fill_null(0), col("above").fill_null(0))


def _gap(name: str, terms: Mapping[str, Any]) -> Any:
    """By how much a part differs; one that the compared total does not hold differs only where it is stated."""
    if name not in terms["shows"]:
        return pl.lit(0)
    crm, erp = (col(name).filter(col("side") == side) for side in ("crm", "erp"))
    gap = erp.sum() - crm.sum()
    if name in terms["compared"]:
        return gap
    return pl.when(crm.is_not_null().all() & erp.is_not_null().any()).then(gap).otherwise(0)


def _quantities(members: Any, day: Mapping[str, Any], *, amounts: bool) -> Any:
    parts = [
        day[f"{side}_lines"]
        .join(members.filter(col("side") == side), on="record")
        .select(
            "root",
            "item",
            "unit",
            pl.lit(side).alias("side"),
            "amount",
            *_numbers("quantity", "base_quantity", "price"),
        )
        for side in ("crm", "erp")
    ]
    lines = pl.concat(parts).with_columns(
        counted=col("unit").is_not_null().all().over("root"), own_quantity=col("quantity")
    )
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
    sign = pl.when(col("side") == "crm").then(-1).otherwise(1)
    worth = lines.group_by("root", "item").agg(
        worth=(sign * col("price") * col("own_quantity")).sum(),
        gap=(sign * col("amount")).sum(),
        absent=col("amount").is_null().any(),
        halves=pl.when(sign.sum() == 0).then(0).otherwise(pl.len()),
    )
    other = pl.lit(amounts) & (col("absent") | (col("gap").abs() * 2 > col("halves")))
    dearer = worth.group_by("root").agg(dearer=((col("worth") != 0) | other).any())
    more_or_less = sums.group_by("root").agg(
        more=(col("held") > col("asked")).any(), less=(col("held") < col("asked")).any()
    )
    return more_or_less.join(dearer, on="root", how="left")


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
