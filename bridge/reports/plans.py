"""Which sheets has the workbook, in which order, and what stands on each?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, overload

from bridge.reports.audits import AUDIT_COLUMNS, DICTIONARY_COLUMNS, audit_of, dictionary
from bridge.reports.columns import CONTROL_COLUMNS, MATCH_COLUMNS, POSTING_COLUMNS, Column
from bridge.reports.group_columns import GROUP_COLUMNS, TOLERANCE_COLUMNS, Within, groups_of, members
from bridge.reports.item_columns import RESOLVED_COLUMNS, TOLD_COLUMNS, Told, settled
from bridge.reports.reconciliations import Reconciliation

LONG = ("Matched", "Postings")  # what nobody reads row by row once it is long
READ = ("Breaks", "Groups", "Tolerance", "Resolved")  # what is read from the top, however long it is
TITLES = (
    *("Breaks", "Groups", "Tolerance", "Resolved", "Matched"),
    *("Postings", "Controls", "Audit", "Dictionary"),
)
Left = TypeVar("Left")
Right = TypeVar("Right")


class Mapped(Sequence[Right], Generic[Left, Right]):
    """Each item of a sequence seen otherwise, made when it is looked at."""

    def __init__(self, source: Sequence[Left], see: Callable[[Left], Right]) -> None:
        self._source, self._see = source, see

    def __len__(self) -> int:
        return len(self._source)

    def __iter__(self) -> Iterator[Right]:
        return map(self._see, self._source)

    @overload
    def __getitem__(self, place: int) -> Right: ...
    @overload
    def __getitem__(self, place: slice) -> "Sequence[Right]": ...
    def __getitem__(self, place: int | slice) -> "Right | Sequence[Right]":
        if isinstance(place, int):
            return self._see(self._source[place])
        return Mapped(self._source[place], self._see)


@dataclass(frozen=True)
class Planned:
    """One table of the workbook: its key, which is its English name, its columns and its items.

    People may write into the editable columns of a `guarded` one, and into nothing else of it.
    """

    key: str
    columns: Sequence[Column[Any]]
    items: Sequence[Any]
    guarded: bool = False


def planned(found: Reconciliation, language: str) -> tuple[Planned, ...]:
    """All tables after the first sheet; of a list that is too long for a workbook what is shown of it."""
    return tuple(replace(plan, items=plan.items[: shown_of(plan, found)]) for plan in _all(found, language))


def detailed(found: Reconciliation) -> tuple[Planned, ...]:
    """The lists that are too long for a workbook, so that all of their rows lie beside it."""
    return tuple(plan for plan in _all(found, "") if shown_of(plan, found) < len(plan.items))


def shown_of(plan: Planned, found: Reconciliation) -> int:
    """How many rows of a list stand in the workbook: all, or the first ones, or none of what is not read so long."""
    count = len(plan.items)
    if plan.key in LONG:
        return 0 if count > found.most_detail else count
    return min(count, found.most_shown) if plan.key in READ else count


def _all(found: Reconciliation, language: str) -> tuple[Planned, ...]:
    at, memory, lives = found.as_of.latest, found.memory, found.lives
    told = Mapped(found.breaks, lambda row: Told(row, lives.items[row.item_id], memory, at))
    exact, tolerated = found.split_matches()
    groups = groups_of(found.rows.grouped)
    within = Mapped(tolerated, lambda row: Within(row, found.tolerances, groups.get(row.group, ())))
    return (
        Planned("Breaks", TOLD_COLUMNS, told, guarded=True),
        Planned("Groups", GROUP_COLUMNS, members(groups)),
        Planned("Tolerance", TOLERANCE_COLUMNS, within),
        Planned("Resolved", RESOLVED_COLUMNS, settled(lives, memory, at)),
        Planned("Matched", MATCH_COLUMNS, exact),
        Planned("Postings", POSTING_COLUMNS, found.postings),
        Planned("Controls", CONTROL_COLUMNS, found.controls),
        Planned("Audit", AUDIT_COLUMNS, audit_of(found, language)),
        Planned("Dictionary", DICTIONARY_COLUMNS, dictionary()),
    )
