"""Which record of one side belongs to which of the others? All keys are numbered once, then every column is taken once.

M1 is our reference exactly, M2 the ledger's document number, M1b the order's own number where nobody is known to have
entered it; M3, several of either side that belong together, is judged in `groups`. Records that come twice are counted,
never multiplied: the first of a key is paired, every other one gets a row of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from bridge.model.components import PARTS
from bridge.reports.arrays import Flags, Positions
from bridge.reports.frames import Frames
from bridge.reports.groups import roots_of
from bridge.reports.own_numbers import by_own_number
from bridge.reports.records import tokens

ABSENT = -1
UNPAIRED, M1, M2, M3, M1B = 0, 1, 2, 3, 4
_HEADER = ("customer", "currency", "date", "status", "minor", "invalid")
COMPARED = {
    "crm": ("order_number", *_HEADER, "released", "two_sided", "company", "gross", "texts", *PARTS),
    "ledger": ("document", "last_status", "posted", "committed", "uncertain"),
    "erp": ("number", *_HEADER, "opened", "company", "texts", "rest", *PARTS),
}


@dataclass(frozen=True)
class Codes:
    """The number of the key of every record of each side.

    Of an ERP record also the pass that found it, and whether the ledger says that it is the key's own document. `roots`
    says with which other key a key is joined, by a document that belongs to both.
    """

    crm: Positions
    ledger: Positions
    erp: Positions
    passes: Positions
    owned: Flags
    roots: Positions

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return len(self.roots)


def aligned(frames: Frames) -> pd.DataFrame:
    """One row per order or document: `crm`, `ledger`, `erp` are positions in the frames, -1 where a side has none."""
    codes = _codes(frames)
    pa.default_memory_pool().release_unused()  # looking up keys takes three times what comes of it
    rows = _rows(frames, codes)
    rows["erp_pass"] = np.append(codes.passes, UNPAIRED)[rows["erp"].to_numpy()]
    for side in COMPARED:
        rows[f"has_{side}"] = rows[side] != ABSENT
    return rows


def with_values(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """The rows with what is compared of their records; every column is taken once, and only for these rows."""
    columns: dict[str, Any] = {str(name): rows[name] for name in rows.columns}
    for side, names in COMPARED.items():
        there = [name for name in names if name in getattr(frames, side)]  # what nobody states has no column
        columns |= {f"{side}_{name}": value_of(rows, frames, side, name) for name in there}
    return pd.DataFrame(columns, copy=False)


def value_of(rows: pd.DataFrame, frames: Frames, side: str, name: str) -> "pd.Series[Any]":
    """One column of one side, laid beside the rows."""
    taken: pd.Series[Any] = _taken(getattr(frames, side)[name], rows[side].to_numpy())
    return taken.set_axis(rows.index)


def _codes(frames: Frames) -> Codes:
    crm, ledger, known = _numbered(frames)
    first = _found(frames.erp["reference"], known)
    joined = [*_named_together(frames, first, known), *_stored_together(frames, ledger)]
    entry = _found(frames.erp["number"], _arrow(frames.ledger["document"]))
    second = np.append(ledger, ABSENT)[entry]
    claimed = np.where(first != ABSENT, first, second)
    entered = ledger[(frames.ledger["committed"] | frames.ledger["uncertain"]).to_numpy()]
    members = np.array([code for pair in joined for code in pair], dtype=np.int64)
    third = _codes_by_own_number(frames, crm, claimed, _any(np.concatenate([entered, members]), len(known)))
    own = len(known) + np.arange(len(frames.erp))
    found = [first != ABSENT, second != ABSENT, third != ABSENT]
    erp, passes = np.select(found, [first, second, third], own), np.select(found, [M1, M2, M1B], UNPAIRED)
    owned = (second != ABSENT) & (second == erp)
    return Codes(crm, ledger, erp, passes, owned, roots_of(len(known) + len(frames.erp), joined))


def _codes_by_own_number(frames: Frames, crm: Positions, claimed: Positions, taken: Flags) -> Positions:
    """The code of each document that stands under an order's own number; what is taken already is left alone."""
    live = frames.erp["live"].to_numpy()
    taken[claimed[live & (claimed != ABSENT)]] = True
    orders = by_own_number(frames, ~taken[crm], live & (claimed == ABSENT))
    codes: Positions = np.append(crm, ABSENT)[orders]
    return codes


def _numbered(frames: Frames) -> tuple[Positions, Positions, Any]:
    """The number of every key of CRM and ledger, and the keys by their number."""
    keys = pa.concat_arrays([_arrow(frames.crm["key"]), _arrow(frames.ledger["key"])]).dictionary_encode()
    codes = keys.indices.to_numpy().astype(np.int64)
    return codes[: len(frames.crm)], codes[len(frames.crm) :], keys.dictionary


def _arrow(texts: "pd.Series[str]") -> Any:
    told = pa.array(texts, type=pa.large_string())
    return told.combine_chunks() if isinstance(told, pa.ChunkedArray) else told


def _found(texts: "pd.Series[str]", among: Any) -> Positions:
    """At which place of `among` each text stands first, -1 where it does not; what is absent is nowhere."""
    places = pc.index_in(_arrow(texts), value_set=among, skip_nulls=True)
    found: Positions = places.fill_null(ABSENT).to_numpy().astype(np.int64)
    return found


def _named_together(frames: Frames, first: Positions, known: Any) -> Iterator[tuple[int, int]]:
    """The keys that one document names, where its reference is none as a whole; its own becomes the first of them.

    A document that the ERP cancelled holds nothing together.
    """
    unknown = np.flatnonzero(first == ABSENT)
    references = frames.erp["reference"].array.take(unknown)
    words = pd.Series(references, index=unknown, dtype=object).fillna("").map(tokens).explode().dropna()
    codes = pd.Series(_found(words, known), index=words.index)
    live = frames.erp["live"].to_numpy()
    for _, named in codes[codes != ABSENT].groupby(level=0):
        position, (own, *others) = int(named.index[0]), map(int, named)
        first[position] = own
        if live[position]:
            yield from ((own, other) for other in others)


def _stored_together(frames: Frames, codes: Positions) -> Iterator[tuple[int, int]]:
    """The keys of which the ledger says that one document holds them, while the ERP counts on that document."""
    listed = _arrow(frames.erp["number"][frames.erp["live"]])
    documents = pd.Series(_found(frames.ledger["document"], listed))
    shared = documents[(documents != ABSENT) & documents.duplicated(keep=False)]
    for places in shared.groupby(shared).groups.values():
        first, *others = (int(codes[place]) for place in places)
        yield from ((first, other) for other in others)


def _rows(frames: Frames, codes: Codes) -> pd.DataFrame:
    """The rows of all keys, the first record of each side; then one row for every further record."""
    crm = _ranked(codes.crm, ~frames.crm["owner"], ~frames.crm["released"])
    live = _ranked(codes.erp, codes.passes, ~codes.owned)
    erp = live[frames.erp["live"].to_numpy()[live]]
    firsts = {"crm": _is_first(codes.crm[crm]), "erp": _is_first(codes.erp[erp])}
    rows = _first_rows(codes, crm[firsts["crm"]], erp[firsts["erp"]])
    later = [
        _excess("crm", crm[~firsts["crm"]], codes.crm),
        _excess("erp", erp[~firsts["erp"]], codes.erp),
    ]
    return _with_groups(pd.concat([rows, *later], ignore_index=True), frames, codes)


def _first_rows(codes: Codes, crm: Positions, erp: Positions) -> pd.DataFrame:
    """One row for each key that any of these records or an entry has."""
    sides = {
        "crm": _positions(crm, codes.crm, codes.keys),
        "ledger": _positions(np.arange(len(codes.ledger)), codes.ledger, codes.keys),
        "erp": _positions(erp, codes.erp, codes.keys),
    }
    there = np.flatnonzero(np.logical_or.reduce([positions != ABSENT for positions in sides.values()]))
    return pd.DataFrame(
        {**{side: positions[there] for side, positions in sides.items()}, "code": there, "excess": False}, copy=False
    )


def _ranked(codes: Positions, *lasts: "npt.ArrayLike") -> Positions:
    """All positions by code; of one code the smallest of `lasts` first, then as they came."""
    ranked: Positions = np.lexsort((*(np.asarray(last) for last in reversed(lasts)), codes))
    return ranked


def _is_first(codes: Positions) -> Flags:
    """Where a code begins, of sorted codes."""
    return np.append(True, codes[1:] != codes[:-1])[: len(codes)]


def _with_groups(rows: pd.DataFrame, frames: Frames, codes: Codes) -> pd.DataFrame:
    """What is true of a whole key: in the period, live in the ERP, cancelled in the ERP, known to the ledger."""
    live = frames.erp["live"].to_numpy()
    dated = [
        codes.crm[frames.crm["in_period"].to_numpy()],
        codes.ledger[frames.ledger["in_period"].to_numpy()],
        codes.erp[live & frames.erp["in_period"].to_numpy()],
    ]
    code = rows["code"].to_numpy()
    rows["root"] = codes.roots[code]
    rows["in_scope"] = np.logical_or.reduce([_any(codes.roots[each], codes.keys) for each in dated])[rows["root"]]
    rows["is_live"] = _any(codes.erp[live], codes.keys)[code]
    rows["is_void"] = _any(codes.erp[~live], codes.keys)[code]
    rows["is_known"] = _any(codes.ledger, codes.keys)[code]
    return rows


def _any(codes: Positions, keys: int) -> Flags:
    flags = np.zeros(keys, dtype=bool)
    flags[codes] = True
    return flags


def _excess(side: str, positions: Positions, codes: Positions) -> pd.DataFrame:
    absent = {name: np.full(len(positions), ABSENT) for name in ("crm", "ledger", "erp")}
    absent[side] = positions
    return pd.DataFrame({**absent, "code": codes[positions], "excess": True})


def _positions(records: Positions, codes: Positions, keys: int) -> Positions:
    positions = np.full(keys, ABSENT, dtype=np.int64)
    positions[codes[records]] = records
    return positions


def _taken(column: "pd.Series[Any]", positions: Positions) -> "pd.Series[Any]":
    if column.dtype == bool:
        values = np.append(column.to_numpy(), False)  # a record that is absent has no flag
        return pd.Series(values[positions])
    return pd.Series(column.array.take(positions, allow_fill=True))
