"""Does every word that people write into a workbook come back to the right break, and nothing else with it?"""

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from bridge.errors import AnnotatedMeanwhile, FileUnreadable
from bridge.locale import LANGUAGES, translate
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, Cause, Handling, Note, NoteField
from bridge.ports import Annotations
from bridge.reports.alterations import WorkbookAltered
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued
from bridge.reports.receptions import Received, received
from bridge.reports.uploads import WorkbookForeign, uploaded
from tests.unit.reports.corruptions import by_hand, document_changed, twice
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days, edited, written
from tests.unit.reports.workbooks_read import BREAKS, opened, table


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    """An office whose first day has not begun."""
    with Days(tmp_path) as opened_days:
        yield opened_days


def three() -> Inputs:
    """A day with three breaks."""
    return by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day())))


def take(days: Days, path: Path, author: str = "li") -> Received:
    """What becomes of the workbook."""
    return received(path, days.office, author, days.clock.now())


def place(issued: Issued, field: str, row: int = 0) -> str:
    """The cell that holds a field of a break."""
    return str(table(issued.path, BREAKS).cells(field)[row].coordinate)


def said(days: Days) -> dict[tuple[str, NoteField], str]:
    """The last words beside all breaks."""
    return {key: note.value for key, note in days.office.annotations.notes("harbour")[0].items()}


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


@pytest.mark.parametrize("field", ["order_number", "crm_amount", "fingerprint", "outcome", "age"])
def test_a_workbook_that_was_altered_elsewhere_is_refused_as_a_whole(days: Days, tmp_path: Path, field: str) -> None:
    """A sum that was made to fit, or a column that was sorted alone: no comment of such a file is believed."""
    first = days.issue(three())
    row = next(n for n, each in enumerate(table(first.path, BREAKS).rows) if each[field] is not None)
    cells: list[dict[str, Any]] = [{} for _ in range(3)]
    cells[row] = {field: "other"}
    cells[2]["comment"] = "never taken"
    with pytest.raises(WorkbookAltered, match=f"Breaks {place(first, field, row)}$"):
        take(days, written(first, tmp_path / "back.xlsx", cells))
    assert said(days) == {}


@pytest.mark.parametrize("field", ["fingerprint", "comment", "due", "code"])
def test_a_column_that_is_gone_is_an_alteration(days: Days, tmp_path: Path, field: str) -> None:
    """Also a hidden one; and a column of comments that is deleted takes no comment back."""
    first = days.issue(three())
    days.note(first, 0, NoteField.COMMENT, "words")
    second = days.issue(three(), 1)
    header = table(second.path, BREAKS).headers[[*table(second.path, BREAKS).rows[0]].index(field)]
    path = edited(second, tmp_path / "back.xlsx", lambda sheet, ids: sheet.delete_cols(ids.index(field) + 1))
    with pytest.raises(WorkbookAltered, match=f": Breaks, column {header}$"):
        take(days, path)
    assert list(said(days).values()) == ["words"]


def test_a_workbook_without_its_sheet_of_breaks_is_refused(days: Days, tmp_path: Path) -> None:
    """Silence would look as if nobody had written anything."""
    first = days.issue(three())
    book = opened(first.path)
    book.remove(book["Breaks"])
    book.save(tmp_path / "back.xlsx")
    with pytest.raises(WorkbookAltered, match="the sheet Breaks is missing"):
        take(days, tmp_path / "back.xlsx")


def test_a_workbook_of_another_house_is_refused(days: Days, tmp_path: Path) -> None:
    """A run that was never issued here proves nothing about breaks here."""
    (tmp_path / "other").mkdir()
    with Days(tmp_path / "other") as others:
        foreign = others.issue(document_changed(1, total=Decimal(1))(clean_day()))
    days.issue(three())
    with pytest.raises(WorkbookForeign, match="there is no run"):
        take(days, foreign.path)
    book = opened(foreign.path)
    book.remove(book["Audit"])
    book.save(tmp_path / "nameless.xlsx")
    with pytest.raises(WorkbookForeign, match="names no run"):
        take(days, tmp_path / "nameless.xlsx")


def test_a_workbook_whose_original_is_gone_or_changed_is_refused(days: Days, tmp_path: Path) -> None:
    """Nobody can say then what was altered."""
    first = days.issue(three())
    back = written(first, tmp_path / "back.xlsx", [{"comment": "x"}])
    content = first.path.read_bytes()
    first.path.unlink()
    with pytest.raises(WorkbookForeign, match="is gone"):
        take(days, back)
    first.path.write_bytes(back.read_bytes())
    with pytest.raises(WorkbookForeign, match="was changed"):
        take(days, back)
    first.path.write_bytes(content)
    assert len(take(days, back).edits.notes) == 1


@pytest.mark.parametrize("row", [3, 9])
def test_a_row_that_is_no_break_of_this_workbook_is_an_alteration(days: Days, tmp_path: Path, row: int) -> None:
    """Be it added, or one whose name was written over so that its figures are held against nothing."""
    first = days.issue(three())

    def edit(sheet: Any, ids: list[Any]) -> None:
        sheet.cell(row, ids.index("item_id") + 1).value = "0123456789abcdef"
        sheet.cell(row, ids.index("erp_amount") + 1).value = 1

    with pytest.raises(WorkbookAltered, match=f"[A-Z]{row}"):
        take(days, edited(first, tmp_path / "back.xlsx", edit))


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


def test_the_file_itself_is_kept_whatever_came_of_it(days: Days, tmp_path: Path) -> None:
    """What was refused is not lost: the file lies beside the statements under its hash."""
    first = days.issue(three())
    back = written(first, tmp_path / "back.xlsx", [{"order_number": "other", "comment": "words"}])
    with pytest.raises(WorkbookAltered):
        take(days, back)
    (kept,) = (days.office.folder / "uploads").iterdir()
    assert kept.read_bytes() == back.read_bytes()
    assert kept.name == f"{uploaded(back).sha256}.xlsx"


def test_a_note_names_the_file_it_came_in(days: Days, tmp_path: Path) -> None:
    """From every comment there is a way back to the file."""
    first = days.issue(three())
    back = written(first, tmp_path / "back.xlsx", [{"comment": "words"}])
    take(days, back)
    (note,) = days.office.annotations.history("harbour", first.found.breaks[0].item_id)
    assert (note.source, note.author) == (uploaded(back).sha256, "li")


@pytest.mark.parametrize("content", [b"", b"PK", b"no workbook"])
def test_what_is_no_workbook_is_refused(days: Days, tmp_path: Path, content: bytes) -> None:
    """One sentence, no trace."""
    path = tmp_path / "no.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable):
        take(days, path)
    (kept,) = (days.office.folder / "uploads").iterdir()
    assert kept.read_bytes() == content


def test_a_file_that_unpacks_to_more_than_it_should_is_not_unpacked(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb is refused by what its table of contents says."""
    monkeypatch.setattr("bridge.reports.outlines.MOST_UNPACKED", 10_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    with pytest.raises(FileUnreadable, match="too large"):
        take(days, path)


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
