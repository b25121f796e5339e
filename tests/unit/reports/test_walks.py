"""Does a day with many breaks walk through the code table, or the ERP's list, no more often than one with few?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bridge.model.breaks import Sub
from bridge.model.documents import Document, Listed
from bridge.model.mapping import CrossReferences, Kind
from bridge.reports.inputs import Inputs, Lookups
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.days import clean_day, with_documents
from tests.unit.reports.rich_days import rich_day

Item = TypeVar("Item")


@dataclass
class Walked(Mapping[tuple[Kind, str], str]):
    """A code table that counts how often somebody walks through all of it."""

    codes: Mapping[tuple[Kind, str], str]
    walks: int = 0

    def __getitem__(self, key: tuple[Kind, str]) -> str:
        return self.codes[key]

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[tuple[Kind, str]]:
        self.walks += 1
        return iter(self.codes)


class Rows(tuple[Item, ...]):  # noqa: SLOT001 - a tuple has no slot for the count
    """Rows that count how often somebody walks through all of them."""

    walks = 0

    def __iter__(self) -> Iterator[Item]:
        self.walks += 1
        return super().__iter__()


def off_by_unit(count: int) -> Inputs:
    """The first so many documents hold twice the pieces at half the price."""

    def change(documents: list[Document]) -> None:
        for place, each in enumerate(documents[:count]):
            bolts = each.lines[0]
            other = replace(bolts, quantity=bolts.quantity * 2, unit_price=bolts.unit_price / 2)
            documents[place] = replace(each, lines=(other, *each.lines[1:]))

    return with_documents(rich_day(), change)


def walks(day: Inputs) -> tuple[int, int]:
    """How many breaks of another unit the day has, and how often its code table was walked through for them."""
    codes = Walked(day.cross.codes)
    breaks = list(reconcile(replace(day, cross=CrossReferences(codes))).breaks)
    return sum(row.sub is Sub.UNIT for row in breaks), codes.walks


def test_the_code_table_is_walked_through_as_often_for_many_breaks_as_for_one() -> None:
    """So a house with fifty thousand customers does not wait for each of its breaks."""
    (one, few), (all_, many) = walks(off_by_unit(1)), walks(off_by_unit(8))
    assert (one, all_) == (1, 8)
    assert few == many


def looked_up(count: int) -> tuple[Rows[Listed], Rows[Document]]:
    """The rows and the documents of a day of which so many were looked up, when its controls are counted."""
    day = clean_day()
    listed, opened = Rows(day.documents.listed), Rows(day.documents.opened)
    numbers = tuple(row.number for row in listed[:count])
    side = replace(day.documents, listed=listed, opened=opened, lookups=Lookups(numbers, numbers, count, count))
    control = next(each for each in reconcile(replace(day, documents=side)).controls if each.scope == "looked up")
    assert control.code == "C9"
    return listed, opened


def test_the_list_is_walked_through_as_often_for_many_lookups_as_for_one() -> None:
    """Each of them is of the days that were read, which the list should have shown: none is missed either."""
    one, many = looked_up(1), looked_up(8)
    assert [rows.walks for rows in one] == [rows.walks for rows in many]
    day = clean_day()
    numbers = tuple(row.number for row in day.documents.listed)
    side = replace(day.documents, lookups=Lookups(numbers, (*numbers[:3], "no such"), 4, 4))
    controls = reconcile(replace(day, documents=side)).controls
    assert [(each.found, each.ties) for each in controls if (each.code, each.scope) == ("C15", "looked up")] == [
        (3, False)
    ]
