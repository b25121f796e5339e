"""How is a row looked at? It is made when it is asked for, so that a million matches are never objects at once."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.breaks import MATCHES
from bridge.reports.alignments import ABSENT, M1, M2, M3
from bridge.reports.classifications import OUTCOMES, flags_of
from bridge.reports.frames import Frames
from bridge.reports.inputs import Inputs
from bridge.reports.records import Records
from bridge.reports.rows import Row
from bridge.reports.subdivisions import divided
from bridge.reports.suggestions import suggestions

Record = TypeVar("Record")
PASSES = {M1: "M1", M2: "M2", M3: "M3"}
FIRST_MATCH = min(OUTCOMES.index(outcome) for outcome in MATCHES)


def in_order(table: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """The table as it is read: by precedence, then by what people call the order and the document.

    With it comes `owner`, the position of the ledger's entry of the key, also where the row itself is a second record.
    """
    owners = np.full(int(table["code"].max() + 1) if len(table) else 0, ABSENT, dtype=np.int64)
    first = ~table["excess"]
    owners[table["code"][first]] = table["ledger"][first]
    table["owner"] = owners[table["code"]]
    called = pd.Series(frames.ledger["order_number"].array.take(table["owner"].to_numpy(), allow_fill=True))
    number = table["crm_order_number"].where(table["crm_order_number"].notna(), called).fillna("")
    keys = pd.DataFrame({"outcome": table["outcome"], "number": number, "document": table["erp_number"].fillna("")})
    placed: npt.NDArray[np.int64] = keys.sort_values(list(keys.columns), kind="stable").index.to_numpy()
    return table.take(placed).reset_index(drop=True)


class Listing(Sequence[Row]):
    """The rows of a report in their order; each is made anew whenever it is looked at."""

    def __init__(self, table: pd.DataFrame, records: Records, inputs: Inputs) -> None:
        """`table` is in order already; `records` are what its positions mean."""
        self._records, self._inputs = records, inputs
        self._positions = table[["crm", "ledger", "erp", "owner"]].to_numpy()
        self._outcomes, self._flags = table["outcome"].to_numpy(), table["flags"].to_numpy()
        self._passes, self._voids = (
            table["erp_pass"].where(~table["grouped"], M3).to_numpy(),
            table["is_void"].to_numpy(),
        )
        self._groups = _group_names(table, records, inputs)
        self._suggestions = suggestions(table)
        self._shown = range(len(table))

    def __len__(self) -> int:
        return len(self._shown)

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._shown)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Listing) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # it is compared by its rows

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "Listing": ...
    def __getitem__(self, place: int | slice) -> "Row | Listing":
        if isinstance(place, int):
            return self._row(self._shown[place])
        part = object.__new__(Listing)
        part.__dict__ = {**self.__dict__, "_shown": self._shown[place]}
        return part

    @property
    def breaks(self) -> "Listing":
        """The rows that need a person; they come first."""
        return self[: int(np.searchsorted(self._outcomes, FIRST_MATCH))]

    @property
    def matched(self) -> "Listing":
        """The rows that agree, those within the tolerance first."""
        return self[int(np.searchsorted(self._outcomes, FIRST_MATCH)) :]

    def _row(self, place: int) -> Row:
        crm, ledger, erp, owner = self._positions[place]
        outcome = OUTCOMES[self._outcomes[place]]
        row = Row(
            erp_name=self._inputs.erp,
            outcome=outcome,
            flags=flags_of(int(self._flags[place])) or (outcome,),
            passed=PASSES.get(self._passes[place], ""),
            group=self._groups.get(place, ""),
            perhaps=self._suggestions.get(place),
            crm=_at(self._records.crm, crm),
            typed=_at(self._records.ledger, ledger),
            erp=_at(self._records.erp, erp),
            owner=_at(self._records.ledger, owner),
        )
        return divided(row, self._inputs, is_void=bool(self._voids[place]))


def _group_names(table: pd.DataFrame, records: Records, inputs: Inputs) -> dict[int, str]:
    """The name of the group of each row that has one: it stays as long as its first order does."""
    grouped = table[table["grouped"] & table["has_crm"]].sort_values("code").drop_duplicates("root")
    orders = (records.crm[position] for position in grouped["crm"])
    names = {
        root: hashlib.sha256(f"{inputs.erp}\x1f{order.crm}\x1f{order.order_id}".encode("utf-8", "replace")).hexdigest()[
            :12
        ]
        for root, order in zip(grouped["root"], orders, strict=True)
    }
    members = table[table["grouped"]]
    return {int(place): names[root] for place, root in zip(members.index, members["root"], strict=True)}


def _at(records: Sequence[Record], position: int) -> Record | None:
    return records[position] if position != ABSENT else None
