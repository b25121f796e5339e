"""Is a file that came from anywhere looked through before a cell of it is read, and is what is no word seen?"""

from collections.abc import Callable
from decimal import Decimal

import pytest

from bridge.errors import FileUnreadable
from bridge.model.items import NoteField
from bridge.reports.alterations import WorkbookAltered
from bridge.reports.issuings import Issued
from bridge.reports.outlines import outlines, place_of
from bridge.reports.receptions import Received, received
from tests.unit.reports.corruptions import by_hand, document_changed, twice
from tests.unit.reports.days import clean_day
from tests.unit.reports.offices import Days
from tests.unit.reports.packings import BOOK_PART, BREAKS_PART, SUMMARY_PART, filled, repacked, row_added
from tests.unit.reports.workbooks_read import BREAKS, opened, table

MERGED = '<mergeCells><mergeCell ref="T3:T5"/></mergeCells>'
NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
Change = Callable[[str], str]


@pytest.fixture
def first(days: Days) -> Issued:
    """A statement of three breaks."""
    return days.issue(by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day()))))


def take(days: Days, first: Issued, part: str, change: Change) -> Received:
    """What becomes of the workbook, one part of which is another."""
    path = repacked(first, first.path.with_name("back.xlsx"), {part: change})
    return received(path, days.office, "li", days.clock.now())


def cell_of(first: Issued, field: str, row: int = 0) -> str:
    """The cell that holds a field of a break."""
    return str(table(first.path, BREAKS).cells(field)[row].coordinate)


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD3", "zzz99999999"])
@pytest.mark.parametrize(("part", "name"), [(SUMMARY_PART, "Summary"), (BREAKS_PART, "Breaks")])
def test_a_cell_far_away_is_named_and_nothing_between_is_read(
    days: Days, first: Issued, cell: str, part: str, name: str
) -> None:
    """Room for all cells up to there would take hundreds of gigabytes; what the sheet says of its size is not asked."""
    with pytest.raises(WorkbookAltered, match=f"taken: {name} {cell.upper()}$"):
        take(days, first, part, row_added(int(cell.lstrip("XFDAz")), f'<c r="{cell}"><v>1</v></c>'))


def test_a_cell_that_is_only_formatted_is_none(days: Days, first: Issued) -> None:
    """Programs keep the format of a whole row or column; nobody wrote anything there."""
    far = row_added(1048576, '<c r="XFD1048576" s="0"/>')
    assert take(days, first, BREAKS_PART, far).edits.refusals == ()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SUMMARY_PART, lambda text: text.replace("<worksheet", '<!DOCTYPE x [<!ENTITY e "e">]><worksheet', 1)),
        (BOOK_PART, lambda text: text.replace("<workbook", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook', 1)),
        (SUMMARY_PART, lambda text: text.replace("</sheetData>", "", 1)),
        (SUMMARY_PART, lambda text: text.replace(' r="A1"', "", 1)),
        (SUMMARY_PART, lambda text: text.replace(' r="A1"', ' r="A"', 1)),
        (SUMMARY_PART, lambda text: text.replace(' r="A1"', ' r="1"', 1)),
        (SUMMARY_PART, lambda text: text.replace(' r="A1"', ' r="A0"', 1)),
        (BOOK_PART, lambda text: text.replace('name="Breaks"', 'name="Summary"', 1)),
        (BOOK_PART, lambda text: text.replace('r:id="rId2"', 'r:id="rId99"', 1)),
        (BOOK_PART, lambda text: text.replace('r:id="rId2"', "", 1)),
        ("XL/Worksheets/Sheet1.xml", lambda _: "<worksheet/>"),
        ("xl/_rels/workbook.xml.rels", lambda text: text.replace("sheet2.xml", "sheet77.xml", 1)),
        ("xl/_rels/workbook.xml.rels", lambda text: text.replace(" Id=", " Name=", 1)),
    ],
)
def test_what_is_packed_as_no_workbook_is_refused(days: Days, first: Issued, part: str, change: Change) -> None:
    """Entities, broken parts, cells without a place, names that are there twice: two readers could read two things."""
    with pytest.raises(FileUnreadable):
        take(days, first, part, change)


@pytest.mark.parametrize("before", [b"\xd0\xcf\x11\xe0", b"<html>", b" "])
def test_only_what_is_a_workbook_from_its_first_byte_is_read(first: Issued, before: bytes) -> None:
    """A workbook of an older kind with one of today behind it is not looked through, so nobody reads cells of it."""
    with pytest.raises(FileUnreadable, match=r"no \.xlsx workbook"):
        outlines(before + first.path.read_bytes(), first.path)


def test_a_formula_is_never_taken_for_a_word(days: Days, first: Issued) -> None:
    """What a program once computed is nobody's word, and may be another tomorrow; the word beside it is taken."""
    comment, owner = cell_of(first, "comment"), cell_of(first, "owner")
    formula = filled(comment, "<f>A3&amp;B3</f><v>computed</v>")
    taken = take(days, first, BREAKS_PART, lambda sheet: filled(owner, "<v>li</v>")(formula(sheet)))
    assert [(note.field, note.value) for note in taken.edits.notes] == [(NoteField.OWNER, "li")]
    assert [(each.row, each.field, str(each.why)) for each in taken.edits.refusals] == [
        (3, "comment", "a formula is no word; write what is meant")
    ]


def test_an_error_takes_no_word_back(days: Days, first: Issued) -> None:
    """A cell that shows #REF! reads as a blank one, and a blank cell takes a comment back."""
    days.note(first, 0, NoteField.COMMENT, "words")
    second = days.issue(by_hand(twice(document_changed(3, total=Decimal("7.77"))(clean_day()))), 1)
    comment = cell_of(second, "comment")

    def spoil(sheet: str) -> str:
        before, _, after = sheet.partition(f'<c r="{comment}" ')
        return f'{before}<c r="{comment}" t="e"><v>#REF!</v></c>{after.partition("</c>")[2]}'

    taken = take(days, second, BREAKS_PART, spoil)
    assert taken.edits.notes == ()
    assert [each.field for each in taken.edits.refusals] == ["comment"]


@pytest.mark.parametrize(("field", "row"), [("order_number", 0), ("fingerprint", 1)])
def test_a_formula_where_nobody_may_write_is_an_alteration(days: Days, first: Issued, field: str, row: int) -> None:
    """Also where it shows just what was issued: it may show something else on another day."""
    book = opened(first.path)
    cell = book.worksheets[BREAKS][cell_of(first, field, row)]
    cell.value = f'="{cell.value}"'
    book.save(first.path.with_name("back.xlsx"))
    with pytest.raises(WorkbookAltered, match=rf"taken: Breaks {cell.coordinate} \(computed\)$"):
        received(first.path.with_name("back.xlsx"), days.office, "li", days.clock.now())


@pytest.mark.parametrize(
    ("part", "change", "what"),
    [
        (
            BREAKS_PART,
            lambda sheet: sheet.replace(
                "</sheetData>", '</sheetData><mergeCells><mergeCell ref="T3:T5"/></mergeCells>'
            ),
            r"Breaks T3:T5 \(several cells as one\)",
        ),
        (
            BREAKS_PART,
            row_added(6, '<c r="T6"><f t="array" ref="T6:T9">A3:A6</f><v>1</v></c>'),
            r"Breaks T6:T9 \(several cells as one\); Breaks T6 \(computed\)",
        ),
        (
            "xl/worksheets/_rels/sheet2.xml.rels",
            lambda links: (links or '<Relationships xmlns="http://x"></Relationships>').replace(
                "</Relationships>", f'<Relationship Id="n" Type="{NOTES}" Target="../comments1.xml"/></Relationships>'
            ),
            "notes are pinned to cells of Breaks",
        ),
    ],
)
def test_what_is_no_value_of_one_cell_is_an_alteration(
    days: Days, first: Issued, part: str, change: Change, what: str
) -> None:
    """Merging keeps one word of several, and nobody reads what is pinned to a cell."""
    with pytest.raises(WorkbookAltered, match=f"taken: {what}$"):
        take(days, first, part, change)


@pytest.mark.parametrize("text", ["<is><t>a</t></is>", "<is><r><rPr><b/><sz val='9'/></rPr><t>a</t></r></is>"])
def test_a_formula_behind_a_text_is_seen(days: Days, first: Issued, text: str) -> None:
    """Wherever in the cell it stands; and what is merged on the sheet after such a cell is seen too."""
    cell = cell_of(first, "comment")
    formula = filled(cell, f"{text}<f>A1</f>", "inlineStr")
    taken = take(days, first, BREAKS_PART, formula)
    assert [str(each.why) for each in taken.edits.refusals] == ["a formula is no word; write what is meant"]
    last = row_added(60, f'<c r="A60" t="inlineStr">{text}</c>')
    with pytest.raises(WorkbookAltered, match=r"Breaks T3:T5 \(several cells as one\)"):
        take(days, first, BREAKS_PART, lambda sheet: last(sheet).replace("</sheetData>", f"</sheetData>{MERGED}"))


def test_a_place_is_read_as_people_write_it() -> None:
    """Rows and columns count from 0."""
    assert [place_of(cell) for cell in ("A1", "Z9", "AA10", "XFD1048576", "b4")] == [
        (0, 0),
        (8, 25),
        (9, 26),
        (1048575, 16383),
        (3, 1),
    ]


def test_a_sheet_of_another_namespace_is_looked_through_too(days: Days, first: Issued) -> None:
    """Some programs write a prefix before each name."""
    sheet = row_added(1048576, '<x:c r="XFD1048576"><x:v>1</x:v></x:c>')
    named = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    with pytest.raises(WorkbookAltered, match="XFD1048576"):
        take(days, first, SUMMARY_PART, lambda text: sheet(text).replace("<worksheet ", f"<worksheet {named}", 1))
