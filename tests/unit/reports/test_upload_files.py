"""Is a file taken only where it is a workbook of ours, as it was issued, and is it kept in any case?"""

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import FileUnreadable
from bridge.model.items import NoteField
from bridge.reports.alterations import WorkbookAltered
from bridge.reports.uploads import WorkbookForeign, uploaded
from tests.unit.reports.corruptions import document_changed, three
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days, edited, place, said, take, written
from tests.unit.reports.workbooks_read import AUDIT, BREAKS, opened, table


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


def test_a_copy_of_another_statements_audit_names_no_run(days: Days, tmp_path: Path) -> None:
    """A sheet of one's own, wherever it stands, is none that issued the workbook."""
    other = days.issue(clean_day())
    first = days.issue(three(), 1)

    book = opened(written(first, tmp_path / "back.xlsx", [{"comment": "mine"}]))
    added = book.create_sheet("Copied", 0)
    for row in opened(other.path).worksheets[AUDIT].iter_rows(values_only=True):
        added.append(row)
    book.save(tmp_path / "back.xlsx")
    taken = take(days, tmp_path / "back.xlsx")
    assert (taken.statement.run, taken.unread) == (first.statement.run, ["Copied"])
    assert [note.value for note in taken.edits.notes] == ["mine"]


def test_sheets_of_ones_own_are_bounded_together(days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many of them may not fill the memory that one may not."""
    monkeypatch.setattr("bridge.reports.alterations.MOST_OWN", 100)
    book = opened(days.issue(three()).path)
    for name in ("Mine", "Too"):
        book.create_sheet(name)["J6"] = 1
    book.save(tmp_path / "back.xlsx")
    with pytest.raises(WorkbookAltered, match=r"taken: the sheet Too is too large$"):
        take(days, tmp_path / "back.xlsx")


def test_the_file_itself_is_kept_whatever_came_of_it(days: Days, tmp_path: Path) -> None:
    """What was refused is not lost: the file lies beside the statements under its hash."""
    first = days.issue(three())
    back = written(first, tmp_path / "back.xlsx", [{"order_number": "other", "comment": "words"}])
    with pytest.raises(WorkbookAltered):
        take(days, back)
    (kept,) = (days.office.folder / "uploads").iterdir()
    assert kept.read_bytes() == back.read_bytes()
    assert kept.name == f"{uploaded(back).sha256}.xlsx"


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
