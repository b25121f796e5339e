"""How is a row looked at? It is made when it is asked for, so that a million matches are never objects at once."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from bridge.model.breaks import MATCHES
from bridge.model.items import Item
from bridge.reports.alignments import ABSENT, M1, M1B, M2, M3
from bridge.reports.classifications import OUTCOMES, flags_of
from bridge.reports.frames import Frames
from bridge.reports.inputs import Inputs, Typed
from bridge.reports.records import ErpRecord, Records
from bridge.reports.rows import Row
from bridge.reports.subdivisions import STILL_OPEN, divided
from bridge.reports.suggestions import Suggestion

Record = TypeVar("Record")
Suggestions = Mapping[int, Suggestion]
PASSES = {M1: "M1", M2: "M2", M3: "M3", M1B: "M1b"}
MOST_KEPT = 50_000  # breaks are looked at again and again, and a day has seldom more of them
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
    """The rows of a report in their order; each is made when it is looked at, and of the breaks some are kept then."""

    def __init__(self, table: pd.DataFrame, records: Records, inputs: Inputs, perhaps: Suggestions) -> None:
        """`table` is in order already; `records` are what its positions mean."""
        self._records, self._inputs = records, inputs
        self._positions = table[["crm", "ledger", "erp", "owner"]].to_numpy()
        self._outcomes, self._flags = table["outcome"].to_numpy(), table["flags"].to_numpy()
        self._passes, self._voids = (
            table["erp_pass"].where(~table["grouped"], M3).to_numpy(),
            table["is_void"].to_numpy(),
        )
        self._groups = _groups(table, records, inputs)
        self._together = _together(table, records)
        self._suggestions = perhaps
        self._again = _repetitions(records)
        self._rests = table["erp_rest"].fillna(0).to_numpy(dtype=np.int64) if "erp_rest" in table else None
        self._beside = table["beside"].to_numpy(dtype=np.int64) if "beside" in table else None
        self._kept: dict[int, Row] = {}
        self._names: Mapping[str, str] = {}
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

    @property
    def grouped(self) -> Iterator[Row]:
        """The rows that belong to a group."""
        return (self._row(place) for place in self._shown if place in self._groups)

    def going_on(self, names: Mapping[str, str]) -> "Listing":
        """The same rows, of which some go on from breaks of other names."""
        named = self[:]
        named.__dict__ |= {"_names": names, "_kept": {}}
        return named if names else self

    def about(self, items: Iterable[Item]) -> Iterator[Row]:
        """The rows that the order or the document of any of these breaks has a part in."""
        records, facts = self._records, [item.facts for item in items]
        orders = {(each.crm, each.order_id) for each in facts if each.order_id}
        documents = {each.document for each in facts if each.document}
        wanted = (
            [place for place, each in enumerate(records.crm) if (each.crm, each.order_id) in orders],
            [place for place, each in enumerate(records.ledger) if _order_of(each) in orders],
            [place for place, each in enumerate(records.erp) if each.number in documents],
        )
        found = [np.isin(self._positions[:, side], places) for side, places in enumerate(wanted)]
        yield from (self._row(int(place)) for place in np.flatnonzero(np.logical_or.reduce(found)))

    def _row(self, place: int) -> Row:
        row = self._kept.get(place)
        if row is None:
            row = self._made(place)
            if row.outcome not in MATCHES and len(self._kept) < MOST_KEPT:
                self._kept[place] = row
        return row

    def _made(self, place: int) -> Row:
        crm, ledger, erp, owner = self._positions[place]
        outcome = OUTCOMES[self._outcomes[place]]
        stored = _at(self._records.erp, erp)
        booked = (stored.company or "") if stored is not None else ""
        group = self._groups.get(place)
        row = Row(
            erp_name=self._inputs.erp,
            outcome=outcome,
            flags=flags_of(int(self._flags[place])) or (outcome,),
            passed=PASSES.get(self._passes[place], ""),
            group=group.name if group else "",
            members=group.members if group else (),
            group_is_open=group.is_open if group else False,
            group_ordered_on=group.ordered_on if group else None,
            perhaps=self._suggestions.get(place),
            again=self._again.get(int(crm), 0),
            crm=_at(self._records.crm, crm),
            typed=_at(self._records.ledger, ledger),
            erp=stored,
            owner=_at(self._records.ledger, owner),
            basis=self._inputs.basis,
            rest=int(self._rests[place]) if self._rests is not None else 0,
            booked_in=self._inputs.cross.companies.get(booked, booked),
            together=self._together.get(place, ()),
            tolerated_beside=int(self._beside[place]) if self._beside is not None else 0,
        )
        divided_row = divided(row, self._inputs, is_void=bool(self._voids[place]))
        before = self._names.get(row.item_id) if self._names else None
        return replace(divided_row, goes_on_from=before) if before else divided_row


def _repetitions(records: Records) -> dict[int, int]:
    """By position the records whose order the CRM gave before, under the same id: the how manieth it is of them."""
    found: dict[int, int] = {}
    for place, (one, other) in enumerate(pairwise(records.crm), 1):
        if (one.crm, one.order_id) == (other.crm, other.order_id):
            found[place] = found.get(place - 1, 0) + 1
    return found


@dataclass(frozen=True)
class Group:
    """A group as all of its rows tell of it: its name, what every member holds, whether any document is open.

    `ordered_on` is the latest day of its orders.
    """

    name: str
    members: tuple[str, ...]
    is_open: bool
    ordered_on: date | None


def _groups(table: pd.DataFrame, records: Records, inputs: Inputs) -> dict[int, Group]:
    """The group of each row that has one; its name stays as long as its first order does."""
    grouped = table[table["grouped"]].sort_values("code")
    found: dict[int, Group] = {}
    for _, rows in grouped.groupby("root"):
        orders = [records.crm[position] for position in rows["crm"][rows["has_crm"]]]
        documents = [records.erp[position] for position in rows["erp"][rows["has_erp"]]]
        name = f"{inputs.erp}\x1f{orders[0].crm}\x1f{orders[0].order_id}".encode("utf-8", "replace")
        members = (*(f"{each.order_id} {each.minor}" for each in orders), *map(_held, documents))
        is_open = any(each.status in STILL_OPEN for each in documents)
        last = max((each.order.ordered_on for each in orders if each.order is not None), default=None)
        group = Group(hashlib.sha256(name).hexdigest()[:12], tuple(sorted(members)), is_open, last)
        found |= dict.fromkeys(map(int, rows.index), group)
    return found


def _together(table: pd.DataFrame, records: Records) -> dict[int, tuple[str, ...]]:
    """The numbers of all documents that belong together with that of the row, where there are several."""
    root, holds = table["root"].to_numpy(), table["has_erp"].to_numpy()
    several = np.bincount(root[holds], minlength=len(root) and root.max() + 1) > 1
    found: dict[int, tuple[str, ...]] = {}
    for _, rows in table[several[root]].groupby("root"):
        numbers = (records.erp[position].number for position in rows["erp"][rows["has_erp"]])
        found |= dict.fromkeys(map(int, rows.index), tuple(sorted(numbers)))
    return found


def _held(document: ErpRecord) -> str:
    return f"{document.number} {document.minor} {document.status} {document.lines}"


def _order_of(typed: Typed) -> tuple[str, str]:
    return typed.posting.crm, typed.posting.order_id


def _at(records: Sequence[Record], position: int) -> Record | None:
    return records[position] if position != ABSENT else None
