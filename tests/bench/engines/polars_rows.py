"""How are the three sides laid beside each other, in Polars?"""

from collections.abc import Mapping
from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

from tests.bench.engines.polars_numbers import with_own_numbers

SEPARATORS = r"[\s,;/|+&、]+"
SAID = ["company", "texts", "discount", "freight", "tax"]
CRM = ["customer", "currency", "date", "status", "minor", "invalid", "released", "two_sided", "gross", *SAID]
LEDGER = ["document", "last_status", "posted", "committed", "uncertain"]
ERP = ["number", "customer", "currency", "date", "status", "minor", "invalid", "opened", "pass", *SAID]
FLAGS = ["crm_invalid", "crm_released", "ledger_posted", "ledger_committed", "ledger_uncertain"]
FLAGS += [
    "crm_two_sided",
    "crm_gross",
    "erp_invalid",
    "erp_opened",
    "crm_in_period",
    "ledger_in_period",
    "erp_in_period",
]
col = pl.col


def laid(day: Mapping[str, Any]) -> Any:
    """One row per order or document, with its root."""
    keys = pl.concat([day["crm"].select("key"), day["ledger"].select("key")]).unique()
    known = keys.with_row_index("code").with_columns(col("code").cast(pl.Int64)).collect().lazy()
    entries = day["ledger"].join(known, on="key").drop("key", "order_number").collect().lazy()
    named = entries.filter(col("document").is_not_null()).sort("record").group_by("document", maintain_order=True)
    named = named.agg(owner=col("code").first())
    words = _words(day["erp"], known).collect().lazy()
    firsts = words.sort("record", "place").group_by("record").agg(worded=col("code").first())
    documents = _documents(day["erp"], known, firsts, named).collect().lazy()
    pairs = _pairs(words.filter("live"), firsts, entries, named, documents)
    orders = day["crm"].join(known, on="key").drop("key", "order_number").collect().lazy()
    documents = with_own_numbers(documents, orders, entries, pairs.lazy()).collect().lazy()
    orders = orders.drop("number")
    crm = _ranked(orders, ["owner", "released"], [True, True]).collect().lazy()
    erp = _ranked(documents, ["pass", "owned"], [False, True]).collect().lazy()
    rows = pl.concat(
        [_first(known, crm, entries, erp), _later(crm, "crm", CRM), _later(erp, "erp", ERP)], how="diagonal"
    )
    rows = rows.join(_roots(pairs), on="code", how="left").with_columns(
        col("root").fill_null(col("code")),
        *(col(side).fill_null(-1) for side in ("crm", "ledger", "erp")),
        *(col(name).fill_null(value=False) for name in FLAGS),
    )
    return rows.collect().lazy()


def _words(documents: Any, known: Any) -> Any:
    """The keys that a reference names where it is none as a whole."""
    crowded = documents.filter(col("reference").str.contains(SEPARATORS)).select("record", "live", "reference")
    crowded = crowded.join(known, left_on="reference", right_on="key", how="anti")
    word = col("reference").str.replace_all(SEPARATORS, " ").str.strip_chars().str.split(" ")
    told = crowded.with_columns(key=word, place=pl.int_ranges(word.list.len())).explode("key", "place")
    return told.join(known, on="key").select("record", "live", "place", "code")


def _documents(documents: Any, known: Any, firsts: Any, named: Any) -> Any:
    found = documents.filter("live").join(
        known.rename({"code": "first"}), left_on="reference", right_on="key", how="left"
    )
    found = found.join(firsts, on="record", how="left").join(named, left_on="number", right_on="document", how="left")
    by_reference = pl.coalesce("first", "worded")
    code = pl.coalesce(by_reference, "owner", -1 - col("record"))
    passed = pl.when(by_reference.is_not_null()).then(1).when(col("owner").is_not_null()).then(2).otherwise(0)
    owned = (col("owner") == code).fill_null(value=False)
    return found.with_columns(code=code, owned=owned, **{"pass": passed}).drop("live", "first", "worded")


def _ranked(records: Any, names: list[str], descending: list[bool]) -> Any:
    """The records with their place among those of their code; only of crowded codes is anything sorted."""
    crowded = col("code").is_duplicated()
    several = records.filter(crowded).sort("code", *names, "record", descending=[False, *descending, False])
    several = several.with_columns(rank=pl.int_range(pl.len()).over("code"))
    return pl.concat([records.filter(~crowded).with_columns(rank=pl.lit(0, dtype=pl.Int64)), several])


def _named_as(side: str, names: list[str]) -> list[Any]:
    return [
        col("code"),
        col("record").alias(side),
        *(col(name).alias(f"{side}_{name}") for name in [*names, "in_period"]),
    ]


def _first(known: Any, crm: Any, entries: Any, erp: Any) -> Any:
    documents = erp.filter(col("rank") == 0).select(_named_as("erp", ERP))
    rows = known.select("code").join(crm.filter(col("rank") == 0).select(_named_as("crm", CRM)), on="code", how="left")
    rows = rows.join(entries.select(_named_as("ledger", LEDGER)), on="code", how="left")
    rows = rows.join(documents, on="code", how="left")
    own = documents.filter(col("code") < 0)
    return pl.concat([rows, own], how="diagonal").with_columns(excess=pl.lit(value=False))


def _later(records: Any, side: str, names: list[str]) -> Any:
    later = records.filter(col("rank") > 0).select(_named_as(side, names))
    return later.with_columns(excess=pl.lit(value=True))


def _pairs(words: Any, firsts: Any, entries: Any, named: Any, documents: Any) -> Any:
    """The codes that are joined, each with the other both ways."""
    by_words = words.join(firsts, on="record").select(a="worded", b="code")
    shared = entries.join(named, on="document").join(documents, left_on="document", right_on="number", how="semi")
    pairs = pl.concat([by_words, shared.select(a="owner", b="code")]).filter(col("a") != col("b")).unique()
    return pl.concat([pairs, pairs.select(a="b", b="a")]).collect()


def _roots(pairs: Any) -> Any:
    """The smallest code that each joined code can be reached from."""
    roots = pairs.select(code="a", root="a").unique()
    while True:
        nearer = pairs.join(roots, left_on="b", right_on="code").select(code="a", root="root")
        new = pl.concat([roots, nearer]).group_by("code").agg(col("root").min())
        if new.sort("code").equals(roots.sort("code")):
            return roots.lazy()
        roots = new


def ruled(rows: Any) -> Any:
    """The rows with the rule that leaves them out, if any."""
    inside = pl.any_horizontal("crm_in_period", "ledger_in_period", "erp_in_period")
    rows = rows.with_columns(inside=inside)
    near = rows.filter("inside").join(rows.filter(~col("inside")).select("root").unique(), on="root", how="semi")
    rows = rows.join(near.select("root", near=pl.lit(value=True)).unique(), on="root", how="left")
    idle = (col("erp") < 0) & ~col("ledger_uncertain")
    never = idle & (col("crm") < 0) & ~col("ledger_committed")
    return rows.with_columns(
        rule=pl.when(~col("inside") & col("near").is_null())
        .then(pl.lit("outside_period"))
        .when(idle & col("crm_status").is_in(["draft", "cancelled"]))
        .then(col("crm_status"))
        .when(never)
        .then(pl.lit("never_entered"))
        .otherwise(pl.lit(""))
    )
