"""Which document was entered under an order's own number, in Polars?"""

from typing import Any

import polars as pl  # type: ignore[import-not-found]  # it lives in the peers' own environment

SEVERAL, OWN_NUMBER = -2, 4
col = pl.col


def with_own_numbers(documents: Any, orders: Any, entries: Any, pairs: Any) -> Any:
    """The documents, those that show the number of a free order under its code."""
    taken = pl.concat(
        [
            entries.filter(col("committed") | col("uncertain")).select("code"),
            pairs.select(code="a"),
            documents.filter(col("pass") > 0).select("code"),
        ]
    ).unique()
    free = orders.join(taken, on="code", how="anti").select(holder="record", own="code")
    found = _shown(documents.filter(col("pass") == 0), orders).join(free, on="holder")
    found = found.filter(~col("holder").is_duplicated()).select("record", "own")
    documents = documents.drop("reference", "po_number").join(found, on="record", how="left")
    passed = pl.when(col("own").is_not_null()).then(OWN_NUMBER).otherwise(col("pass"))
    return documents.with_columns(code=pl.coalesce("own", "code"), **{"pass": passed}).drop("own")


def _shown(documents: Any, orders: Any) -> Any:
    """The documents with the one order whose number they show, by its record."""
    wanted = pl.concat([documents.select(number=name) for name in ("reference", "po_number")]).unique()
    numbers = orders.join(wanted, on="number", how="semi").filter(col("number") != "").group_by("number")
    numbers = numbers.agg(holder=pl.when(pl.len() == 1).then(col("record").first()).otherwise(SEVERAL))
    for name in ("reference", "po_number"):
        held = numbers.rename({"number": name, "holder": f"by_{name}"})
        documents = documents.join(held, on=name, how="left")
    one, other = col("by_reference"), col("by_po_number")
    agree = (one == other).fill_null(value=True)
    return documents.filter(agree).select("record", holder=pl.coalesce(one, other)).filter(col("holder") >= 0)
