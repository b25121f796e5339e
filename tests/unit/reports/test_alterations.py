"""Is every cell of a workbook that comes back held against the one that was issued, and nothing harmless refused?"""

from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.locale import CHINESE, LANGUAGES, translate
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, Handling, NoteField
from bridge.reports.alterations import MOST_TOLD, WorkbookAltered
from bridge.reports.cell_differences import cells_that_differ, plain
from bridge.reports.inputs import Inputs
from bridge.reports.issuings import Issued
from bridge.reports.receptions import Received, received
from tests.bench.workbooks import broken_day
from tests.unit.reports.corruptions import by_hand, document_changed, twice
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days, edited, written
from tests.unit.reports.packings import OFFICE, saved_by_an_office
from tests.unit.reports.workbooks_read import (
    AUDIT,
    BREAKS,
    CONTROLS,
    DICTIONARY,
    MATCHED,
    POSTINGS,
    RESOLVED,
    opened,
    table,
)

SUMMARY = 0
OTHER_SHEETS = sorted({*range(10)} - {BREAKS, AUDIT})
Edit = Callable[[Any], None]


def three() -> Inputs:
    """A day with three breaks."""
    return by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day())))


def take(days: Days, path: Path) -> Received:
    """What becomes of the workbook."""
    return received(path, days.office, "li", days.clock.now())


def changed(issued: Issued, number: int, edit: Edit) -> Path:
    """A copy of the workbook one sheet of which was changed, and a comment written that must not be taken."""
    book = opened(issued.path)
    breaks = book.worksheets[BREAKS]
    breaks.cell(3, [cell.value for cell in breaks[1]].index("comment") + 1).value = "never taken"
    edit(book.worksheets[number])
    path = issued.path.with_name("back.xlsx")
    book.save(path)
    return path


def refused(days: Days, path: Path) -> WorkbookAltered:
    """How the workbook is refused; nothing of it is taken."""
    with pytest.raises(WorkbookAltered) as refusal:
        take(days, path)
    assert days.office.annotations.notes("harbour")[0] == {}
    return refusal.value


def put(cell: str, value: object) -> Edit:
    """Writes into a cell."""

    def edit(sheet: Any) -> None:
        sheet[cell] = value

    return edit


@pytest.mark.parametrize(
    ("number", "cell", "value"),
    [
        (SUMMARY, "A7", "✔ RECONCILED"),
        (SUMMARY, "B4", datetime(2026, 11, 20, 22, 1)),  # noqa: DTZ001 - a cell has no zone
        (SUMMARY, "D12", 1.01),
        (SUMMARY, "J3", "looks fine to me"),
        (BREAKS, "C2", "Fine"),
        (MATCHED, "X4", "beside the table"),
        (POSTINGS, "A300", "far below it"),
        *(
            pytest.param(*each, marks=pytest.mark.sweep)
            for each in (
                (RESOLVED, "D3", "words"),
                (MATCHED, "A3", "other"),
                (CONTROLS, "G3", "✔"),
                (AUDIT, "C4", "other"),
                (DICTIONARY, "E3", None),
            )
        ),
    ],
)
def test_each_cell_of_each_sheet_is_held_against_what_was_issued(
    days: Days, number: int, cell: str, value: object
) -> None:
    """A verdict, a sum, a control, words beside a table: sheet and cell are named, in both languages."""
    first = days.issue(three())
    assert opened(first.path).worksheets[number][cell].value != value
    name = opened(first.path).sheetnames[number]
    refusal = refused(days, changed(first, number, put(cell, value)))
    assert refusal.worded().endswith(f"nothing of it was taken: {name} {cell}")
    assert refusal.worded(CHINESE).endswith(f"因此未采纳任何内容：{name} {cell}")


@pytest.mark.parametrize(
    "number", [BREAKS, AUDIT, *(pytest.param(number, marks=pytest.mark.sweep) for number in OTHER_SHEETS)]
)
def test_a_sheet_that_is_gone_is_an_alteration(days: Days, tmp_path: Path, number: int) -> None:
    """Each of them, and also one under another name; without the one that names the run it is nobody's workbook."""
    first = days.issue(three())
    for spoil in (lambda book, sheet: book.remove(sheet), lambda _, sheet: setattr(sheet, "title", "Mine")):
        book = opened(first.path)
        name = book.sheetnames[number]
        spoil(book, book.worksheets[number])
        book.save(tmp_path / "back.xlsx")
        if name == "Audit" and len(book.sheetnames) == 9:
            continue
        refusal = refused(days, tmp_path / "back.xlsx")
        assert f": the sheet {name} is missing" in refusal.worded()
        assert f"缺少工作表 {name}" in refusal.worded(CHINESE)


def test_no_more_is_told_than_can_be_read(days: Days) -> None:
    """The first places, and how many there are."""
    first = days.issue(three())

    def edit(sheet: Any) -> None:
        for row in range(1, 51):
            sheet.cell(row, 12).value = "x"

    said = refused(days, changed(first, SUMMARY, edit)).worded()
    assert said.count("Summary L") == MOST_TOLD
    assert said.endswith("; … (50)")


@pytest.mark.parametrize("number", [MATCHED, CONTROLS, AUDIT, DICTIONARY])
def test_the_rows_of_any_table_may_be_sorted(days: Days, number: int) -> None:
    """Each has a filter with which one sorts, and a row says by itself what it is about."""
    first = days.issue(three())
    assert len(take(days, changed(first, number, turned)).edits.notes) == 1


def turned(sheet: Any) -> None:
    """Puts the rows of a table in the opposite order, with a blank one between."""
    rows = [[(cell.value, copy(cell._style)) for cell in row] for row in sheet.iter_rows(min_row=3)]
    for row, values in enumerate(rows[::-1], 3):
        for column, (value, style) in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value, cell._style = value, style
    sheet.insert_rows(4)


def test_a_sorted_table_with_another_value_is_an_alteration(days: Days) -> None:
    """The cell is named where it stands now."""
    first = days.issue(three())

    def edit(sheet: Any) -> None:
        turned(sheet)
        sheet["G3"] = "✔ surely"

    assert refused(days, changed(first, CONTROLS, edit)).worded().endswith("taken: Controls G3")


@pytest.mark.parametrize(("edit", "cell"), [(lambda sheet: sheet.delete_rows(5), "A5"), (put("A4", None), "A4")])
def test_a_row_of_another_table_is_not_left_out(days: Days, edit: Edit, cell: str) -> None:
    """Only of the breaks one may keep some; a match that vanishes is an alteration."""
    first = days.issue(three())
    assert refused(days, changed(first, MATCHED, edit)).worded().endswith(f"taken: Matched {cell}")


def test_a_row_that_is_there_a_second_time_is_an_alteration(days: Days) -> None:
    """A document that is listed twice is another statement."""
    first = days.issue(three())

    def edit(sheet: Any) -> None:
        last = sheet.max_row + 1
        for column in range(1, sheet.max_column + 1):
            sheet.cell(last, column).value = sheet.cell(3, column).value

    last = len(table(first.path, MATCHED).rows) + 3
    assert f"taken: Matched A{last}; Matched B{last}" in refused(days, changed(first, MATCHED, edit)).worded()


@pytest.mark.parametrize(("cell", "value"), [("AZ4", "mine"), ("A9", "signed, Li"), ("A900", "far below")])
def test_what_is_written_beside_or_below_the_breaks_is_an_alteration(days: Days, cell: str, value: str) -> None:
    """Nobody reads it here, so it is not let pass in silence."""
    first = days.issue(three())
    assert refused(days, changed(first, BREAKS, put(cell, value))).worded().endswith(f"taken: Breaks {cell}")


@pytest.mark.parametrize(
    ("spoil", "column"),
    [
        (lambda ids: ids | {ids["order_number"]: "comment"}, "Order; Breaks, column Comment"),
        (lambda ids: ids | {max(ids.values()) + 1: "comment"}, "Comment"),
        (lambda ids: ids | {ids["owner"]: "owners"}, "Owner; Breaks, column owners"),
        (lambda ids: ids | {ids["owner"]: "cause", ids["cause"]: "owner"}, "Owner"),
        (lambda ids: ids | {max(ids.values()) + 2: "mine"}, "mine"),
    ],
)
def test_the_hidden_field_ids_are_as_issued(
    days: Days, spoil: Callable[[dict[Any, Any]], dict[Any, Any]], column: str
) -> None:
    """One that is there twice, another, exchanged or new would let a word stand under another name."""
    first = days.issue(three())

    def edit(sheet: Any) -> None:
        for place, field in spoil({cell.value: cell.column for cell in sheet[1]}).items():
            if isinstance(place, int):
                sheet.cell(1, place).value = field

    said = refused(days, changed(first, BREAKS, edit)).worded()
    assert said.lower().endswith(f"taken: breaks, column {column}".lower())


@pytest.mark.parametrize(("column", "first_moved"), [(3, "Break"), (-1, "Fingerprint")])
def test_a_column_that_was_put_between_is_an_alteration(days: Days, column: int, first_moved: str) -> None:
    """Also a blank one, and also before the last: all others are known by their place."""
    first = days.issue(three())
    path = changed(first, BREAKS, lambda sheet: sheet.insert_cols(column % (sheet.max_column + 1)))
    assert refused(days, path).worded().endswith(f"taken: Breaks, column {first_moved}")


def test_a_sheet_of_ones_own_does_no_harm_and_is_named(days: Days) -> None:
    """A pivot, with formulas and merged cells: nobody reads it, and the reader is told so."""
    first = days.issue(three())

    def edit(sheet: Any) -> None:
        own = sheet.parent.create_sheet("Pivot", 0)
        own["A1"], own["B2"] = "of mine", "=SUM(Breaks!I3:I5)"
        own.merge_cells("A1:B1")

    taken = take(days, changed(first, SUMMARY, edit))
    assert (len(taken.edits.notes), taken.unread) == (1, ["Pivot"])


def test_a_copy_of_the_sheet_of_breaks_is_refused(days: Days) -> None:
    """Whoever writes into the copy would else be told that nothing was written."""
    first = days.issue(three())
    path = changed(first, BREAKS, lambda sheet: sheet.parent.copy_worksheet(sheet))
    assert refused(days, path).worded().endswith("taken: Breaks Copy is a second sheet of breaks")


def test_a_sheet_of_ones_own_that_is_too_large_is_not_opened(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell far away in it would cost what all sheets together do not."""
    monkeypatch.setattr("bridge.reports.alterations.MOST_OWN", 99)
    first = days.issue(three())
    path = changed(first, SUMMARY, lambda sheet: put("J10", 1)(sheet.parent.create_sheet("Own")))
    assert refused(days, path).worded().endswith("taken: the sheet Own is too large")


def noted(days: Days, words: dict[int, str], field: NoteField = NoteField.COMMENT) -> Issued:
    """A statement of ten breaks, beside some of which words stand already."""
    first = days.issue(broken_day(10))
    for place, word in words.items():
        days.note(first, place, field, word)
    return days.issue(broken_day(10), 1)


def sorted_alone(issued: Issued, field: str, also: dict[int, str] | None = None) -> Path:
    """A copy in which that column alone was sorted, blanks last; then somebody wrote more."""

    def edit(sheet: Any, ids: list[Any]) -> None:
        cells = [row[ids.index(field)] for row in sheet.iter_rows(min_row=3)]
        values = sorted((str(cell.value) for cell in cells if cell.value), reverse=True)
        for place, cell in enumerate(cells):
            cell.value = (also or {}).get(place) or (values[place] if place < len(values) else None)

    return edited(issued, issued.path.with_name("back.xlsx"), edit)


@pytest.mark.parametrize("also", [{}, {8: "written after"}])
def test_comments_that_were_sorted_by_themselves_are_refused(days: Days, also: dict[int, str]) -> None:
    """All words are still there, beside other breaks: else each of them would be kept for the wrong one."""
    second = noted(days, {0: "asked the customer", 4: "credit note to come", 7: "rounding"})
    with pytest.raises(WorkbookAltered, match="taken: the column Comment was sorted by itself") as refusal:
        take(days, sorted_alone(second, "comment", also))
    assert "列被单独排序" in refusal.value.worded(CHINESE)


SAID = {place: f"word {place}" for place in range(6)}


@pytest.mark.parametrize(
    "after",
    [
        {0: "word 0", **{place + 1: word for place, word in SAID.items()}},
        {place - 1: SAID.get(place) for place in range(1, 7)},
        dict(enumerate(["word 5", "word 4", "word 3", "typed anew", "word 1", "word 0"])),
    ],
)
def test_comments_a_row_too_low_or_too_high_are_refused(days: Days, tmp_path: Path, after: dict[int, Any]) -> None:
    """Pasted below, moved up by a cell that was deleted, or sorted and one retyped: none stands beside its break."""
    second = noted(days, SAID)
    cells = [{"comment": after[place]} if place in after else {} for place in range(10)]
    with pytest.raises(WorkbookAltered, match="the column Comment was sorted by itself"):
        take(days, written(second, tmp_path / "back.xlsx", cells))


@pytest.mark.parametrize("also", [{}, {8: "written after"}])
def test_a_column_of_one_text_that_was_sorted_is_refused(days: Days, also: dict[int, str]) -> None:
    """Five breaks were agreed, and now five others say so: the text is one, its places are not."""
    second = noted(days, dict.fromkeys(range(5, 10), "agreed"))
    with pytest.raises(WorkbookAltered, match="taken: the column Comment was sorted by itself"):
        take(days, sorted_alone(second, "comment", also))


def test_a_comment_that_was_copied_to_other_breaks_is_taken(days: Days, tmp_path: Path) -> None:
    """Filled down, each still stands where it stood."""
    second = noted(days, {0: "asked", 3: "agreed", 6: "closed"})
    cells = [{"comment": ("asked", "agreed", "closed")[place // 3]} for place in range(9)]
    assert len(take(days, written(second, tmp_path / "back.xlsx", cells)).edits.notes) == 6


def test_statuses_that_were_sorted_by_themselves_are_refused(days: Days) -> None:
    """There are few of them, so it takes more than two that changed places."""
    second = noted(days, dict.fromkeys((1, 3, 8), Handling.EXPLAINED), NoteField.STATUS)
    with pytest.raises(WorkbookAltered, match="taken: the column Status was sorted by itself"):
        take(days, sorted_alone(second, "status"))


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        (NoteField.OWNER, {0: "li", 1: "wang"}, {0: "wang", 1: "li"}),
        (
            NoteField.COMMENT,
            dict.fromkeys(range(4), "waiting for stock"),
            {**dict.fromkeys(range(4), "delivered"), **dict.fromkeys(range(4, 8), "waiting for stock")},
        ),
        (
            NoteField.COMMENT,
            {**dict.fromkeys(range(4), "waiting for stock"), 9: "delivered"},
            {**dict.fromkeys(range(4), "delivered"), **dict.fromkeys(range(4, 8), "waiting for stock")},
        ),
        (NoteField.COMMENT, {0: "beside the wrong break"}, {0: None, 3: "beside the wrong break"}),
        (NoteField.COMMENT, {0: "asked", 1: "agreed"}, {0: "agreed", 1: "closed", 2: "asked"}),
        (NoteField.COMMENT, {0: "asked", 1: "agreed"}, {0: None, 1: None}),
        (NoteField.COMMENT, dict.fromkeys(range(3), "agreed"), {0: None, 1: None, 8: "agreed", 9: "agreed"}),
    ],
)
def test_what_people_exchange_by_intent_is_taken(
    days: Days, tmp_path: Path, field: NoteField, before: dict[int, str], after: dict[int, Any]
) -> None:
    """Two owners swap their breaks, a comment moves to the right one, a word comes of use again."""
    second = noted(days, before, field)
    cells = [{field.value: after[place]} if place in after else {} for place in range(10)]
    assert len(take(days, written(second, tmp_path / "back.xlsx", cells)).edits.notes) == len(after)


def test_the_same_value_written_otherwise_is_the_same() -> None:
    """A cell holds 15 digits and a moment to the second; the number 1 is not the word for true."""
    moment = datetime(2026, 11, 20, 22, 0, 5, 499000)  # noqa: DTZ001 - a cell has no zone
    assert plain(0.1 + 0.2) == plain(0.3)
    assert plain(99999999999999.9) != plain(99999999999999.8)
    assert [*cells_that_differ([[moment]], [[moment + timedelta(milliseconds=2)]])] == []
    assert [*cells_that_differ([[moment]], [[moment + timedelta(seconds=1)]])] == [(0, 0)]
    assert plain(datetime(2026, 12, 1)) == plain(datetime(2026, 12, 1).date())  # noqa: DTZ001 - as above
    assert plain(datetime.max) == plain(datetime.max)  # noqa: DTZ901 - as above
    assert plain("") == plain(None)
    assert plain(True) != plain(1.0)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_another_program_that_saves_a_workbook_alters_nothing(tmp_path: Path, language: str) -> None:
    """LibreOffice writes every number, moment and blank anew; what people wrote comes back, and nothing else."""
    with Days(tmp_path, language) as days:
        first = days.issue(three())
        days.note(first, 0, NoteField.COMMENT, "=1+1 客户")
        days.note(first, 0, NoteField.DUE, "2026-12-01")
        second = days.issue(three(), 1.37)
        saved = saved_by_an_office(second.path, tmp_path)
        assert saved.read_bytes() != second.path.read_bytes()
        assert (take(days, saved).edits.notes, take(days, saved).unread) == ((), [])
        cells = {
            "status": translate(HANDLING_NAMES[Handling.EXPLAINED], language),
            "cause": translate(next(iter(CAUSE_NAMES.values())), language),
            "comment": "4711",
            "due": datetime(2026, 12, 2),  # noqa: DTZ001 - a cell has no zone
        }
        back = written(second, tmp_path / "back.xlsx", [{}, cells])
        (tmp_path / "office").mkdir()
        taken = take(days, saved_by_an_office(back, tmp_path / "office"))
    assert [note.value for note in taken.edits.notes] == ["explained", "timing", "4711", "2026-12-02"]
