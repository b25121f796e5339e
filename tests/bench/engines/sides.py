"""What would CRM, ledger and ERP hold of so many orders? Made from a seed, with every break, alone and over each other.

The records are columns already, with the same names as in `bridge.reports.frames`: every engine begins where ours does.
`record` is a record's place in its file and so its name in the answers; a line says to which record it belongs.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.components import NET
from bridge.model.money import minor_digits
from bridge.model.tolerances import Band, Tolerance, Tolerances

Orders = npt.NDArray[np.int64]
Columns = dict[str, Any]
CURRENCIES = np.array(["EUR", "CNY", "JPY", "KWD", "USD"])
PARTS = {"discount": -1, "freight": 1, "tax": 0}  # what each adds to the compared total
FIELDS = ("amount", "company", "currency", "customer", "lines", "order_date", "reference", "status", "total", *PARTS)
NAMES = ("crm", "ledger", "erp", "crm_lines", "erp_lines")
FAR = 10**7  # labels of records that are added begin here, and orders are fewer
TOLERANCES = Tolerances(
    "bench",
    {
        "EUR": Tolerance(Band(Decimal("0.02"), Decimal("0.02")), Band(Decimal("0.01"), Decimal("0.01"))),
        "CNY": Tolerance(Band(Decimal("0.03"), Decimal("0.01")), Band(Decimal("0.01"), Decimal("0.01"))),
        "USD": Tolerance(Band(Decimal("0.05"), Decimal("0.02"))),
        "KWD": Tolerance(Band(Decimal("0.005"), Decimal("0.005")), Band(Decimal("0.002"), Decimal("0.002"))),
    },
)


@dataclass
class Sides:
    """The records of all sides while they are made; each frame's index is the label of a record.

    A record's label is its order's number, or FAR and more where it was added. `halves` is a quantity in half pieces,
    `cents` the price of a piece in minor units, `per` how many pieces the unit has in which a line is written. What is
    not to be `kept` is left out at the end; `at` is where it is sorted.
    """

    chance: np.random.Generator
    crm: pd.DataFrame
    ledger: pd.DataFrame
    erp: pd.DataFrame
    crm_lines: pd.DataFrame
    erp_lines: pd.DataFrame

    def lines_of(self, documents: Orders) -> "pd.Index[int]":
        """The lines of these documents."""
        return self.erp_lines.index[self.erp_lines["record"].isin(documents)]

    def retotal(self, documents: Orders) -> None:
        """Let the documents hold what their lines come to."""
        lines = self.erp_lines.loc[self.lines_of(documents)]
        lines = lines[lines["kept"]]
        goods = lines.groupby("record")["amount"].sum().reindex(documents, fill_value=0)
        self.erp.loc[documents, "minor"] = goods.to_numpy() + added(self.erp.loc[documents])

    def more_documents(self, orders: Orders, letter: str) -> Orders:
        """Another document beside each of these, with the same lines; their labels."""
        labels = np.arange(len(orders)) + int(self.erp.index.max()) + FAR
        numbers = [f"{letter}{order:08}" for order in orders]
        self.erp = pd.concat([self.erp, self.erp.loc[orders].set_axis(labels).assign(number=numbers)])
        self.erp_lines = _with_copied(self.erp_lines, orders, labels)
        return labels

    def more_orders(self, orders: Orders) -> Orders:
        """Another order beside each of these, with the same reference and lines, sorted before or behind; labels."""
        labels = np.arange(len(orders)) + int(self.crm.index.max()) + FAR
        places = orders + self.chance.choice([-0.4, 0.4], len(orders))
        self.crm = pd.concat([self.crm, self.crm.loc[orders].set_axis(labels).assign(at=places, owner=False)])
        self.crm_lines = _with_copied(self.crm_lines, orders, labels)
        return labels


def added(documents: pd.DataFrame) -> npt.NDArray[np.int64]:
    """What the parts add to the goods."""
    sums = sum((sign * documents[name].fillna(0) for name, sign in PARTS.items()), documents["tax"].fillna(0) * 0)
    return sums.to_numpy(dtype=np.int64)


def _with_copied(lines: pd.DataFrame, orders: Orders, labels: Orders) -> pd.DataFrame:
    copies = lines[lines["record"].isin(orders)]
    copies = copies.assign(record=copies["record"].map(dict(zip(orders, labels, strict=True))))
    return pd.concat([lines, copies], ignore_index=True)


def plain_sides(orders: int, seed: int) -> Sides:
    """So many orders, each entered without fault; two neighbours are of one customer and currency."""
    chance = np.random.default_rng(seed)
    numbers = np.arange(orders)
    lines = _plain_lines(orders, chance)
    goods = np.bincount(lines["record"], weights=lines["amount"].to_numpy(dtype=np.float64), minlength=orders)
    parts = _plain_parts(goods.astype(np.int64), chance)
    texts = [f"{number:08}" for number in numbers]
    shared: Columns = {
        "customer": np.array([f"C-{number:05}" for number in range(5000)])[numbers // 2 % 5000],
        "currency": CURRENCIES[numbers // 2 % len(CURRENCIES)],
        "date": np.array([f"2026-11-{day:02}" for day in range(1, 31)])[numbers % 30],
        "minor": pd.array(goods.astype(np.int64) + added(parts), dtype="Int64"),
        **{name: parts[name] for name in PARTS},
        "company": np.array(["1000", "2000", "3000"])[numbers // 2 % 5000 % 3],
        "texts": pd.array(chance.integers(-(2**63), 2**63 - 1, orders), dtype="Int64"),
        "invalid": False,
        "in_period": True,
        "kept": True,
    }
    key = [f"TOY-{text}" for text in texts]
    number = [f"D{text}" for text in texts]
    named = [f"SO{text}" for text in texts]
    known = {"order_number": named, "in_period": True, "kept": True, "at": numbers}
    crm = pd.DataFrame({"key": key, **shared, **known, "status": "released", "owner": True, "released": True})
    crm = crm.assign(number=named, two_sided=False, gross=False)
    ledger = pd.DataFrame({"key": key, **known, "document": number, "last_status": "open", "posted": True})
    erp = pd.DataFrame({"number": number, "reference": key, **shared, "status": "open", "live": True, "opened": True})
    ledger = ledger.assign(committed=True, uncertain=False)
    erp = erp.assign(po_number=[f"PO-{text}" if text[-1] in "02468" else "" for text in texts])
    return Sides(chance, crm, ledger, erp.assign(at=numbers + chance.random(orders) * 1000), lines, lines.copy())


def _plain_parts(goods: Orders, chance: np.random.Generator) -> pd.DataFrame:
    """A tax on every order, a freight on some and a discount on fewer; what is not stated is null."""
    amounts = {"discount": goods // 50, "freight": chance.integers(1, 90, len(goods)) * 100, "tax": goods // 5}
    stated = {"discount": chance.random(len(goods)) < 0.1, "freight": chance.random(len(goods)) < 0.3}
    parts = pd.DataFrame({name: pd.array(amounts[name], dtype="Int64") for name in PARTS})
    for name, flags in stated.items():
        parts.loc[~flags, name] = pd.NA
    return parts


def _plain_lines(orders: int, chance: np.random.Generator) -> pd.DataFrame:
    counts = chance.integers(1, 4, orders)
    record = np.repeat(np.arange(orders), counts)
    place = np.arange(len(record)) - np.repeat(np.cumsum(counts) - counts, counts)
    halves = chance.integers(1, 200, len(record))
    cents = 2 * np.where(chance.random(len(record)) < 0.001, 10**11, chance.integers(1, 2000, len(record)) * 5)
    item = chance.integers(0, 3000, len(record))
    amount = pd.array(halves * cents // 2, dtype="Int64")
    texts = np.array([f"ITEM-{number:05}" for number in range(3000)])[item]
    digits = np.array([minor_digits(str(code)) for code in CURRENCIES])[record // 2 % len(CURRENCIES)]
    columns: Columns = {
        "record": record,
        "place": place,
        "item": texts,
        "halves": halves,
        "cents": cents,
        "digits": digits,
    }
    columns |= {"per": 1, "unit": "HALF", "description": pd.array(item * 7919, dtype="Int64")}
    return pd.DataFrame({**columns, "amount": amount, "kept": True})


COLUMNS = {
    "crm": """record key order_number number customer currency date status minor invalid owner released in_period
        two_sided gross company texts discount freight tax""",
    "ledger": "record key order_number document last_status posted committed uncertain in_period",
    "erp": """record number reference po_number customer currency date status minor invalid live opened in_period
        company texts discount freight tax""",
    "crm_lines": "record place item quantity price amount unit base_quantity base_price description",
    "erp_lines": "record place item quantity price amount unit base_quantity base_price description",
}


def finished(sides: Sides) -> dict[str, pd.DataFrame]:
    """The five tables as every engine gets them, by name."""
    heads = {
        name: _numbered(frame) for name, frame in (("crm", sides.crm), ("ledger", sides.ledger), ("erp", sides.erp))
    }
    entered = sides.ledger.index[sides.ledger["kept"]]
    heads["crm"]["owner"] &= heads["crm"].index.isin(entered)
    lines = {
        "crm_lines": _spoken(sides.crm_lines, heads["crm"]),
        "erp_lines": _spoken(sides.erp_lines, heads["erp"]),
    }
    return {name: {**heads, **lines}[name][COLUMNS[name].split()] for name in NAMES}


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame[frame["kept"]].sort_values("at", kind="stable")
    return kept.assign(record=np.arange(len(kept)))


def _spoken(lines: pd.DataFrame, heads: pd.DataFrame) -> pd.DataFrame:
    """The lines in the order of their records, numbered anew, with quantities and prices as texts.

    The smallest unit is half a piece, so that all base quantities are whole; a line without unit has none of it.
    """
    lines = lines[lines["kept"] & lines["record"].isin(heads.index)]
    lines = lines.assign(
        record=heads["record"].reindex(lines["record"]).to_numpy(),
        price=_worded(lines[["cents", "per", "digits"]], lambda *one: _plain(_price(*one))),
        quantity=_worded(lines[["halves", "per"]], lambda halves, per: _plain(Decimal(halves) / 2 / per)),
        base_quantity=_worded(lines[["halves"]], str),
        base_price=_worded(
            lines[["cents", "digits"]], lambda cents, digits: str(Fraction(_price(cents, 1, digits)) / 2)
        ),
    ).sort_values(["record", "place"], kind="stable")
    lines.loc[lines["unit"].isna(), ["base_quantity", "base_price"]] = None
    return lines.assign(place=lines.groupby("record").cumcount())


def _price(cents: int, per: int, digits: int) -> Decimal:
    return Decimal(cents * per).scaleb(-digits)


def _worded(numbers: pd.DataFrame, worded: Callable[..., str]) -> npt.NDArray[np.object_]:
    """The text of each row, made once for all that are alike."""
    told = numbers.drop_duplicates()
    texts = [worded(*map(int, each)) for each in told.itertuples(index=False)]
    found: npt.NDArray[np.object_] = numbers.merge(told.assign(text=texts), how="left")["text"].to_numpy(dtype=object)
    return found


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def terms() -> dict[str, Any]:
    """On what terms they are compared, for programs that do not know ours; tolerances in minor units."""
    return {
        "shows": list(FIELDS),
        "compared": sorted(NET.compared),
        "gross_prices": NET.gross_prices,
        "tolerances": {code: _told(TOLERANCES.of(code), code) for code in map(str, CURRENCIES)},
    }


def _told(tolerance: Tolerance, code: str) -> dict[str, Any]:
    line = tolerance.line
    return {"order": tolerance.order.minor(code), "line": line.minor(code) if line else None}


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """One Parquet file a table, and the terms."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "terms.json").write_text(json.dumps(terms()), encoding="utf-8")


def counted(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """How many records of each table."""
    yield from (f"{name} {len(table):,}" for name, table in tables.items())
