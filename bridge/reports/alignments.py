"""Which record of one side belongs to which of the others? All keys are numbered once, then every column is taken once.

M1 is our reference exactly, M2 the ledger's document number. Records that come twice are counted, never multiplied:
the first of a key is paired, every other one gets a row of its own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.reports.frames import crm_frame, erp_frame, ledger_frame
from bridge.reports.inputs import Inputs
from bridge.reports.records import Records

Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
ABSENT = -1
UNPAIRED, M1, M2 = 0, 1, 2


@dataclass(frozen=True)
class Keyed:
    """The three sides with the code of their key; ERP records also with the pass that found it."""

    crm: pd.DataFrame
    ledger: pd.DataFrame
    erp: pd.DataFrame
    keys: int


def aligned(records: Records, inputs: Inputs) -> pd.DataFrame:
    """One row per order or document: `crm`, `ledger`, `erp` are positions in the records, -1 where a side has none."""
    keyed = _keyed(crm_frame(records, inputs), ledger_frame(records, inputs), erp_frame(records, inputs))
    rows = _rows(keyed)
    columns: dict[str, Any] = {str(name): rows[name] for name in rows.columns}
    for side, frame in (("crm", keyed.crm), ("ledger", keyed.ledger), ("erp", keyed.erp)):
        columns[f"has_{side}"] = rows[side] != ABSENT
        for name in frame.columns.difference(["code"]):
            columns[f"{side}_{name}"] = _taken(frame[name], rows[side].to_numpy())
    return pd.DataFrame(columns)


def _keyed(crm: pd.DataFrame, ledger: pd.DataFrame, erp: pd.DataFrame) -> Keyed:
    known = pd.Index(pd.concat([crm["key"], ledger["key"]]).unique())
    crm["code"], ledger["code"] = known.get_indexer(crm["key"]), known.get_indexer(ledger["key"])
    first = known.get_indexer(erp["reference"])
    second = _codes_by_document(ledger, erp["number"])
    own = len(known) + np.arange(len(erp))
    erp["code"] = np.select([first != ABSENT, second != ABSENT], [first, second], own)
    erp["pass"] = np.select([first != ABSENT, second != ABSENT], [M1, M2], UNPAIRED)
    erp["is_document"] = (second != ABSENT) & (second == erp["code"].to_numpy())
    return Keyed(crm, ledger, erp, len(known) + len(erp))


def _codes_by_document(ledger: pd.DataFrame, numbers: "pd.Series[str]") -> Positions:
    named = ledger.dropna(subset=["document"]).drop_duplicates("document")
    found = pd.Index(named["document"]).get_indexer(numbers)
    codes: Positions = np.append(named["code"].to_numpy(dtype=np.int64), ABSENT)
    taken: Positions = codes[found]
    return taken


def _rows(keyed: Keyed) -> pd.DataFrame:
    crm = keyed.crm.sort_values(["code", "owner", "released"], ascending=[True, False, False], kind="stable")
    live = keyed.erp[keyed.erp["live"]]
    erp = live.sort_values(["code", "pass", "is_document"], ascending=[True, True, False], kind="stable")
    crm_later, erp_later = crm["code"].duplicated(), erp["code"].duplicated()
    rows = pd.DataFrame(
        {
            "crm": _positions(crm[~crm_later], keyed.keys),
            "ledger": _positions(keyed.ledger, keyed.keys),
            "erp": _positions(erp[~erp_later], keyed.keys),
            "code": np.arange(keyed.keys),
        }
    )
    rows["excess"] = False
    rows = rows[(rows[["crm", "ledger", "erp"]] != ABSENT).any(axis=1)]
    return _with_groups(pd.concat([rows, _excess(crm[crm_later], "crm"), _excess(erp[erp_later], "erp")]), keyed)


def _with_groups(rows: pd.DataFrame, keyed: Keyed) -> pd.DataFrame:
    """What is true of a whole key: in the period, live in the ERP, cancelled in the ERP, uncertain."""
    rows = rows.reset_index(drop=True)
    live, void = keyed.erp[keyed.erp["live"]], keyed.erp[~keyed.erp["live"]]
    dated = [keyed.crm, keyed.ledger, live]
    codes = np.concatenate([side.loc[side["in_period"], "code"].to_numpy() for side in dated])
    rows["in_scope"] = _any(codes, keyed.keys)[rows["code"]]
    rows["is_live"] = _any(live["code"].to_numpy(), keyed.keys)[rows["code"]]
    rows["is_void"] = _any(void["code"].to_numpy(), keyed.keys)[rows["code"]]
    rows["is_known"] = _any(keyed.ledger["code"].to_numpy(), keyed.keys)[rows["code"]]
    return rows


def _any(codes: Positions, keys: int) -> Flags:
    return np.bincount(codes.astype(np.int64), minlength=keys) > 0


def _excess(records: pd.DataFrame, side: str) -> pd.DataFrame:
    absent = {name: np.full(len(records), ABSENT) for name in ("crm", "ledger", "erp")}
    absent[side] = records.index.to_numpy()
    return pd.DataFrame({**absent, "code": records["code"].to_numpy(), "excess": True})


def _positions(records: pd.DataFrame, keys: int) -> Positions:
    positions = np.full(keys, ABSENT, dtype=np.int64)
    positions[records["code"].to_numpy()] = records.index.to_numpy()
    return positions


def _taken(column: "pd.Series[str]", positions: Positions) -> "pd.Series[str]":
    if column.dtype == bool:
        values = np.append(column.to_numpy(), False)  # a record that is absent has no flag
        return pd.Series(values[positions])
    return pd.Series(column.array.take(positions, allow_fill=True))
