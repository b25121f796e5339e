"""Is a word read as it was meant, and is the row that is told the one that people see?"""

import re
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.locale import CHINESE, translate
from bridge.model.items import NoteField
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued
from bridge.reports.notings import text_of, value_of
from bridge.reports.receptions import Received, received
from tests.unit.reports.corruptions import by_hand, document_changed, twice
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days, edited, written


@pytest.fixture
def first(days: Days) -> Issued:
    """A statement of three breaks."""
    return days.issue(three())


def three() -> Inputs:
    """A day with three breaks."""
    return by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day())))


def take(days: Days, path: Path) -> Received:
    """What becomes of the workbook."""
    return received(path, days.office, "li", days.clock.now())


@pytest.mark.parametrize("cell", ["2026-12-01", "2026/12/01", "2026年12月1日", date(2026, 12, 1), 46357.0, 46357.75])
def test_a_day_is_read_as_people_write_it(cell: object) -> None:
    """Also from a cell that lost its format and shows the number of the day."""
    assert value_of(NoteField.DUE, cell) == "2026-12-01"


@pytest.mark.parametrize("cell", ["1.12.2026", 20261201.0, 12.0, -1.0, 36525.0, 73051.0, True, time(10, 30), "46357"])
def test_what_is_no_day_is_refused(cell: object) -> None:
    """An order of day and month that could be either, a number of no year of ours, a time: nothing is guessed."""
    with pytest.raises(ValueError, match=re.escape(text_of(cell))):
        value_of(NoteField.DUE, cell)


def test_the_days_of_our_years_are_read_to_the_last() -> None:
    """From the first of 2000 to the last of 2099, as Excel counts them."""
    assert [value_of(NoteField.DUE, cell) for cell in (36526.0, 73050.0)] == ["2000-01-01", "2099-12-31"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (4711.0, "4711"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"),
        (True, "TRUE"),
        (datetime(2026, 12, 1), "2026-12-01"),  # noqa: DTZ001 - a cell has no zone
        (datetime(2026, 12, 1, 10, 30), "2026-12-01 10:30:00"),  # noqa: DTZ001 - as above
        (date(2026, 12, 1), "2026-12-01"),
        (time(10, 30), "10:30:00"),
        (None, ""),
        ("'=1", "'=1"),
    ],
)
def test_a_comment_that_is_no_text_says_what_people_see(cell: object, text: str) -> None:
    """Who types a number of a document means that number, not one with a point and a zero."""
    assert text_of(cell) == text
    assert value_of(NoteField.COMMENT, cell) == text.replace("'=", "=")


def test_a_number_in_a_comment_and_a_number_as_a_day_come_back(days: Days, first: Issued, tmp_path: Path) -> None:
    """All the way through a file; what is refused is told as people see it."""
    back = written(first, tmp_path / "back.xlsx", [{"comment": 4711, "due": 46357, "owner": 7, "status": 4712}])
    taken = take(days, back)
    assert {note.field: note.value for note in taken.edits.notes} == {
        NoteField.COMMENT: "4711",
        NoteField.DUE: "2026-12-01",
        NoteField.OWNER: "7",
    }
    assert [str(each.why) for each in taken.edits.refusals] == ["4712 is neither in the list nor a day"]


@pytest.mark.parametrize("cell", ["0001-01-01", "1899-12-31", date(1900, 1, 1), date(2100, 1, 1)])
def test_a_due_day_of_another_century_is_refused(cell: object) -> None:
    """No workbook shows it as what it is, so that nobody could take it back."""
    with pytest.raises(ValueError, match=r"\d"):
        value_of(NoteField.DUE, cell)


def test_a_word_that_is_none_of_the_list_any_more_can_be_replaced(days: Days, first: Issued, tmp_path: Path) -> None:
    """Kept by an older version, it stands in the workbook; left alone it harms nobody, and another takes its place."""
    days.note(first, 0, NoteField.DUE, "1899-12-30")
    second = days.issue(three(), 1)
    assert take(days, written(second, tmp_path / "same.xlsx", [{"comment": "x"}])).edits.refusals == ()
    taken = take(days, written(second, tmp_path / "back.xlsx", [{"due": "2026-12-01"}]))
    assert [(note.field, note.value) for note in taken.edits.notes] == [(NoteField.DUE, "2026-12-01")]


def test_a_chinese_word_is_understood_in_an_english_workbook() -> None:
    """Colleagues of two languages write into one file."""
    assert value_of(NoteField.STATUS, translate("Accepted", CHINESE)) == "accepted"
    assert value_of(NoteField.STATUS, "ACCEPTED") == "accepted"


def test_the_row_that_is_told_is_the_one_that_people_see(days: Days, first: Issued, tmp_path: Path) -> None:
    """Also with blank rows between, and with rows that a filter hides."""

    def edit(sheet: Any, ids: list[Any]) -> None:
        sheet.cell(4, ids.index("status") + 1).value = "done"
        sheet.insert_rows(4, 3)
        sheet.row_dimensions[3].hidden = True

    taken = take(days, edited(first, tmp_path / "back.xlsx", edit))
    assert [(each.row, each.field) for each in taken.edits.refusals] == [(7, "status")]


def test_a_word_beside_no_break_is_refused_with_its_row(days: Days, first: Issued, tmp_path: Path) -> None:
    """Written one row too low, it is not lost in silence, and the others are taken."""

    def edit(sheet: Any, ids: list[Any]) -> None:
        sheet.cell(3, ids.index("comment") + 1).value = "taken"
        sheet.cell(8, ids.index("comment") + 1).value = "beside nothing"

    taken = take(days, edited(first, tmp_path / "back.xlsx", edit))
    assert [note.value for note in taken.edits.notes] == ["taken"]
    assert [(each.row, str(each.why)) for each in taken.edits.refusals] == [(8, "no such break was issued")]
