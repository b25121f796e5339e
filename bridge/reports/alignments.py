"""Which record of one side belongs to which of the others? All keys are numbered once, then every column is taken once.

M1 is our reference exactly, M2 the ledger's document number; M3, several of either side that belong together, is judged
in `groups`. Records that come twice are counted, never multiplied: the first of a key is paired, every other one gets a
row of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.reports.frames import Frames
from bridge.reports.groups import SEPARATORS, roots_of, tokens

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
ABSENT = -1
UNPAIRED, M1, M2, M3 = 0, 1, 2, 3


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
    rows = _rows(frames, codes)
    columns: dict[str, Any] = {str(name): rows[name] for name in rows.columns}
    columns["erp_pass"] = np.append(codes.passes, UNPAIRED)[rows["erp"].to_numpy()]
    for side, frame in (("crm", frames.crm), ("ledger", frames.ledger), ("erp", frames.erp)):
        positions = rows[side].to_numpy()
        columns[f"has_{side}"] = positions != ABSENT
        for name in frame.columns:
            columns[f"{side}_{name}"] = _taken(frame[name], positions)
    return pd.DataFrame(columns, copy=False)


def _codes(frames: Frames) -> Codes:
    known = pd.Index(pd.concat([frames.crm["key"], frames.ledger["key"]], ignore_index=True).unique())
    crm, ledger = known.get_indexer(pd.Index(frames.crm["key"])), known.get_indexer(pd.Index(frames.ledger["key"]))
    first = known.get_indexer(pd.Index(frames.erp["reference"]))
    joined = [*_named_together(frames.erp["reference"], first, known)]
    joined += _stored_together(frames.ledger["document"], ledger)
    second = _codes_by_document(frames.ledger["document"], ledger, frames.erp["number"])
    own = len(known) + np.arange(len(frames.erp))
    erp = np.select([first != ABSENT, second != ABSENT], [first, second], own)
    passes = np.select([first != ABSENT, second != ABSENT], [M1, M2], UNPAIRED)
    owned = (second != ABSENT) & (second == erp)
    return Codes(crm, ledger, erp, passes, owned, roots_of(len(known) + len(frames.erp), joined))


def _named_together(
    references: "pd.Series[str]", first: Positions, known: "pd.Index[str]"
) -> Iterator[tuple[int, int]]:
    """The keys that one document names, where its reference is none as a whole; its own becomes the first of them."""
    crowded = references.str.contains(SEPARATORS.pattern, regex=True).fillna(value=False).to_numpy(dtype=bool)
    for position in np.flatnonzero(crowded & (first == ABSENT)):
        found = known.get_indexer(pd.Index(tokens(str(references.iloc[position]))))
        codes = [int(code) for code in found if code != ABSENT]
        if codes:
            first[position] = codes[0]
            yield from ((codes[0], other) for other in codes[1:])


def _stored_together(documents: "pd.Series[str]", codes: Positions) -> Iterator[tuple[int, int]]:
    """The keys of which the ledger says that one document holds them."""
    shared = documents.notna() & documents.duplicated(keep=False)
    for places in documents[shared].groupby(documents[shared]).groups.values():
        first, *others = (int(codes[place]) for place in places)
        yield from ((first, other) for other in others)


def _codes_by_document(documents: "pd.Series[str]", codes: Positions, numbers: "pd.Series[str]") -> Positions:
    named = (documents.notna() & ~documents.duplicated()).to_numpy()
    found = pd.Index(documents[named]).get_indexer(pd.Index(numbers))
    taken: Positions = np.append(codes[named], ABSENT)[found]
    return taken


def _rows(frames: Frames, codes: Codes) -> pd.DataFrame:
    """The rows of all keys, the first record of each side; then one row for every further record."""
    crm = _ranked(codes.crm, ~frames.crm["owner"], ~frames.crm["released"])
    live = _ranked(codes.erp, codes.passes, ~codes.owned)
    erp = live[frames.erp["live"].to_numpy()[live]]
    firsts = {"crm": _is_first(codes.crm[crm]), "erp": _is_first(codes.erp[erp])}
    sides = {
        "crm": _positions(crm[firsts["crm"]], codes.crm, codes.keys),
        "ledger": _positions(np.arange(len(frames.ledger)), codes.ledger, codes.keys),
        "erp": _positions(erp[firsts["erp"]], codes.erp, codes.keys),
    }
    rows = pd.DataFrame({**sides, "code": np.arange(codes.keys)})
    rows["excess"] = False
    rows = rows[np.logical_or.reduce([positions != ABSENT for positions in sides.values()])]
    later = [
        _excess("crm", crm[~firsts["crm"]], codes.crm),
        _excess("erp", erp[~firsts["erp"]], codes.erp),
    ]
    return _with_groups(pd.concat([rows, *later], ignore_index=True), frames, codes)


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
    rows["in_scope"] = _any(codes.roots[np.concatenate(dated)], codes.keys)[rows["root"]]
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


def _taken(column: "pd.Series[str]", positions: Positions) -> "pd.Series[str]":
    if column.dtype == bool:
        values = np.append(column.to_numpy(), False)  # a record that is absent has no flag
        return pd.Series(values[positions])
    return pd.Series(column.array.take(positions, allow_fill=True))
