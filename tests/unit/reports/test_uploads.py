"""Does every word that people write into a workbook come back to the right break, and nothing else with it?"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from bridge.errors import AnnotatedMeanwhile
from bridge.locale import LANGUAGES, translate
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, Cause, Handling, Note, NoteField
from bridge.ports import Annotations
from bridge.reports.receptions import received
from bridge.reports.uploads import uploaded
from tests.unit.reports.corruptions import by_hand, document_changed, three, twice, wrong
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days, edited, said, take, written
from tests.unit.reports.workbooks_read import BREAKS, table


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_comes_back_and_stands_in_the_next_workbook(tmp_path: Path, language: str) -> None:
    """Status, owner, cause, comment and day, in the reader's language, beside the break they were written for."""
    with Days(tmp_path, language) as days:
        first = days.issue(three())
        cells = {
            "status": translate(HANDLING_NAMES[Handling.EXPLAINED], language),
            "owner": "王芳",
            "cause": translate(CAUSE_NAMES[Cause.TIMING], language),
            "comment": "+SUM(A1) 已确认\n第二行",
            "due": datetime(2026, 12, 1),  # noqa: DTZ001 - a cell has no zone
        }
        taken = take(days, written(first, tmp_path / "back.xlsx", [{}, cells]))
        assert (len(taken.edits.notes), taken.edits.refusals) == (5, ())
        second = days.issue(three(), 1)
        rows = table(second.path, BREAKS).rows
    written_row = next(row for row in rows if row["item_id"] == first.found.breaks[1].item_id)
    assert written_row["comment"] == "'+SUM(A1) 已确认 第二行"
    assert {name: written_row[name] for name in ("status", "owner", "cause", "due")} == {
        name: cells[name] for name in ("status", "owner", "cause", "due")
    }
    assert [row["comment"] for row in rows if row is not written_row] == [None, None]


def test_a_workbook_in_which_nobody_wrote_says_nothing(days: Days, tmp_path: Path) -> None:
    """Saving it in another program is no word of anybody's, also with words of yesterday in it."""
    first = days.issue(three())
    days.note(first, 0, NoteField.COMMENT, "=1+1")
    days.note(first, 1, NoteField.STATUS, Handling.ACCEPTED)
    days.note(first, 1, NoteField.DUE, "2026-12-01")
    second = days.issue(three(), 1)
    assert take(days, second.path).edits.notes == ()
    assert take(days, written(second, tmp_path / "saved.xlsx", [])).edits.notes == ()


def test_a_word_that_was_taken_back_is_gone_and_on_record(days: Days, tmp_path: Path) -> None:
    """A blank cell where something stood takes it back; what stood there stays in the history."""
    first = days.issue(three())
    days.note(first, 0, NoteField.COMMENT, "wrong")
    second = days.issue(three(), 1)
    take(days, written(second, tmp_path / "back.xlsx", [{"comment": None}]))
    name = first.found.breaks[0].item_id
    assert said(days)[name, NoteField.COMMENT] == ""
    assert [note.value for note in days.office.annotations.history("harbour", name)] == ["wrong", ""]


def test_rows_may_be_sorted_filtered_and_left_out(days: Days, tmp_path: Path) -> None:
    """The break is known by its item id, not by its place."""
    first = days.issue(three())

    def edit(sheet: Any, ids: list[Any]) -> None:
        last = [cell.value for cell in sheet[5]]
        last[ids.index("comment")] = "moved up"
        for column, value in enumerate(last, 1):
            sheet.cell(3, column).value = value
        sheet.delete_rows(4, 2)

    taken = take(days, edited(first, tmp_path / "back.xlsx", edit))
    assert [(note.item_id, note.value) for note in taken.edits.notes] == [(first.found.breaks[2].item_id, "moved up")]


def test_a_row_that_is_there_twice_is_refused(days: Days, tmp_path: Path) -> None:
    """Which of the two comments counts, nobody knows."""
    first = days.issue(three())

    def edit(sheet: Any, ids: list[Any]) -> None:
        for column in range(1, len(ids) + 1):
            sheet.cell(6, column).value = sheet.cell(3, column).value
        sheet.cell(3, ids.index("comment") + 1).value = "one"
        sheet.cell(6, ids.index("comment") + 1).value = "other"

    taken = take(days, edited(first, tmp_path / "back.xlsx", edit))
    assert taken.edits.notes == ()
    assert [(each.row, str(each.why)) for each in taken.edits.refusals] == [
        (3, "the row is there twice"),
        (6, "the row is there twice"),
    ]


def test_whoever_wrote_first_is_not_written_over(days: Days, tmp_path: Path) -> None:
    """Two people took the same workbook home: the second is told what the first wrote, and loses nothing else."""
    first = days.issue(three())
    one = written(first, tmp_path / "one.xlsx", [{"comment": "mine", "owner": "li"}])
    other = written(first, tmp_path / "other.xlsx", [{"comment": "no, mine", "owner": "li", "cause": "Timing"}])
    take(days, one, "li")
    taken = take(days, other, "wang")
    assert [(note.field, note.value, note.author) for note in taken.edits.notes] == [
        (NoteField.CAUSE, "timing", "wang"),  # the owner is said already
    ]
    assert [(each.field, str(each.why)) for each in taken.edits.refusals] == [("comment", "li wrote 'mine' meanwhile")]


def test_whoever_wrote_it_may_correct_it(days: Days, tmp_path: Path) -> None:
    """The same person takes the same workbook up again: that is nobody else's word."""
    first = days.issue(three())
    take(days, written(first, tmp_path / "one.xlsx", [{"comment": "first"}]))
    taken = take(days, written(first, tmp_path / "two.xlsx", [{"comment": "first, corrected"}]))
    assert ([note.value for note in taken.edits.notes], taken.edits.refusals) == (["first, corrected"], ())


def test_a_file_that_is_given_twice_takes_back_no_later_word(days: Days, tmp_path: Path) -> None:
    """Her old file again, by a slip: what it said was taken then, and what she wrote since stands."""
    first = days.issue(three())
    old = written(first, tmp_path / "old.xlsx", [{"comment": "first", "cause": "Timing"}])
    take(days, old)
    take(days, written(first, tmp_path / "new.xlsx", [{"comment": "corrected"}]))
    taken = take(days, old)
    assert (taken.edits.notes, taken.edits.refusals) == ((), ())
    assert sorted(said(days).values()) == ["corrected", "timing"]


def test_what_has_changed_since_is_not_accepted_by_an_old_workbook(days: Days, tmp_path: Path) -> None:
    """Accepted is said of values: of yesterday's it is refused today, a comment is not."""
    first = days.issue(three())
    place = next(n for n, row in enumerate(first.found.breaks) if row.crm is not None)
    cells: list[dict[str, Any]] = [{} for _ in range(3)]
    cells[place] = {"status": "Accepted", "comment": "as agreed"}
    back = written(first, tmp_path / "back.xlsx", cells)
    days.issue(by_hand(twice(document_changed(3, total=Decimal("8.88"))(clean_day()))), 1)
    taken = take(days, back)
    assert [note.value for note in taken.edits.notes] == ["as agreed"]
    assert [str(each.why) for each in taken.edits.refusals] == [
        "its values have changed since this workbook was issued"
    ]


def test_what_came_back_can_be_accepted_again(days: Days, tmp_path: Path) -> None:
    """It was accepted, went away and is back with the same values: the same word is another one."""
    wrong = document_changed(3, total=Decimal("7.77"))(clean_day())
    days.note(days.issue(wrong), 0, NoteField.STATUS, Handling.ACCEPTED)
    days.issue(clean_day(), 1)
    back = days.issue(wrong, 2)
    assert table(back.path, BREAKS).rows[0]["status"] == "Review again"
    taken = take(days, written(back, tmp_path / "back.xlsx", [{"status": "Accepted"}]))
    assert (len(taken.edits.notes), taken.edits.refusals) == (1, ())
    assert table(days.issue(wrong, 3).path, BREAKS).rows[0]["status"] == "Accepted"


@pytest.mark.parametrize("before", [{"status": "Accepted"}, {"status": "Explained"}, {}], ids=["same", "other", "none"])
def test_a_copy_from_before_a_break_came_back_accepts_nothing_of_it(
    days: Days, tmp_path: Path, before: dict[str, str]
) -> None:
    """Who has not seen that it is back has not accepted that; nor does his copy give a word again that he gave then."""
    day = wrong("7.77")
    first = days.issue(day)
    take(days, written(first, tmp_path / "then.xlsx", [before]))
    days.issue(clean_day(), 1)
    days.issue(day, 2)
    taken = take(days, written(first, tmp_path / "now.xlsx", [{"status": "Accepted", "comment": "asked the office"}]))
    assert [note.field for note in taken.edits.notes] == [NoteField.COMMENT]
    refused = ["it was resolved and came back since this workbook was issued"] * (before != {"status": "Accepted"})
    assert [str(refusal.why) for refusal in taken.edits.refusals] == refused
    again = table(days.issue(day, 3).path, BREAKS).rows[0]["status"]
    assert again == ("Review again" if before else "Open")


def test_what_lapsed_can_be_accepted_again(days: Days, tmp_path: Path) -> None:
    """The new values are looked at and accepted: that is another word, though it is the same one."""
    first = days.issue(document_changed(3, total=Decimal("7.77"))(clean_day()))
    days.note(first, 0, NoteField.STATUS, Handling.ACCEPTED)
    second = days.issue(document_changed(3, total=Decimal("8.88"))(clean_day()), 1)
    assert table(second.path, BREAKS).rows[0]["status"] == "Review again"
    taken = take(days, written(second, tmp_path / "back.xlsx", [{"status": "Accepted"}]))
    assert (len(taken.edits.notes), taken.edits.refusals) == (1, ())
    third = days.issue(document_changed(3, total=Decimal("8.88"))(clean_day()), 2)
    assert table(third.path, BREAKS).rows[0]["status"] == "Accepted"


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("status", "done", "'done'|done is neither"),
        ("status", "Review again", "cannot be given"),
        ("due", "soon", "soon is neither"),
        ("due", "2026-13-01", "is neither"),
        ("cause", "because", "because is neither"),
    ],
)
def test_a_word_that_is_none_of_the_list_is_refused_alone(
    days: Days, tmp_path: Path, field: str, text: str, why: str
) -> None:
    """Nothing is guessed, and the comment in the same row is taken."""
    first = days.issue(three())
    taken = take(days, written(first, tmp_path / "back.xlsx", [{field: text, "comment": "taken"}]))
    assert [note.value for note in taken.edits.notes] == ["taken"]
    (refusal,) = taken.edits.refusals
    assert (refusal.row, refusal.field) == (3, field)
    assert any(each in str(refusal.why) for each in why.split("|"))


def test_a_note_names_the_file_it_came_in(days: Days, tmp_path: Path) -> None:
    """From every comment there is a way back to the file."""
    first = days.issue(three())
    back = written(first, tmp_path / "back.xlsx", [{"comment": "words"}])
    take(days, back)
    (note,) = days.office.annotations.history("harbour", first.found.breaks[0].item_id)
    assert (note.source, note.author) == (uploaded(back).sha256, "li")


class Interrupted:
    """Annotations into which somebody else writes in the moment before we do."""

    def __init__(self, inner: Annotations, word: Note) -> None:
        self._inner, self._word = inner, word

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def annotate(self, erp: str, notes: Sequence[Note], after: int | None = None) -> int:
        """Somebody else's word first."""
        self._inner.annotate(erp, [self._word])
        return self._inner.annotate(erp, notes, after)


def test_of_two_who_write_at_the_same_moment_one_is_told_so(days: Days) -> None:
    """What was held against older words is not kept over newer ones."""
    first = days.issue(three())
    back = written(first, first.path.with_name("back.xlsx"), [{"comment": "mine"}])
    item = first.found.breaks[0].item_id
    theirs = Note(item, NoteField.COMMENT, "theirs", "wang", days.clock.now(), "f")
    office = replace(days.office, annotations=cast("Annotations", Interrupted(days.office.annotations, theirs)))
    with pytest.raises(AnnotatedMeanwhile):
        received(back, office, "li", days.clock.now())
    assert said(days) == {(item, NoteField.COMMENT): "theirs"}


def test_what_is_taken_is_what_is_kept(days: Days) -> None:
    """Whoever saves the file again meanwhile does not make the kept copy another one than was read."""
    first = days.issue(three())
    back = written(first, first.path.with_name("back.xlsx"), [{"comment": "mine"}])
    taken = take(days, back)
    (note,) = taken.edits.notes
    assert hashlib.sha256(taken.kept.read_bytes()).hexdigest() == taken.kept.stem
    assert [each.source for each in days.office.annotations.history("harbour", note.item_id)] == [taken.kept.stem]
