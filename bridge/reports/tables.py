"""How does a list become a sheet that people can filter and pivot, and that a program can read back?

Row 1 is hidden and holds the field ids, row 2 the headers, each row after that one item; no merged cell, no subtotal.
"""

from collections.abc import Sequence

from bridge.reports.books import Book, Sheet
from bridge.reports.columns import Column, Item

FIELD_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2
MOST_ROWS = 1_000_000
HEADER_LOOK = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "vcenter"}


def write_tables(
    book: Book, name: str, columns: Sequence[Column[Item]], items: Sequence[Item], frozen: int = 1
) -> None:
    """One sheet, or as many as the rows need; `frozen` columns stay in sight."""
    for number, start in enumerate(range(0, max(len(items), 1), MOST_ROWS), 1):
        title = book.words(name) if number == 1 else f"{book.words(name)} {number}"
        _write_table(book, book.sheet(title), columns, items[start : start + MOST_ROWS], frozen)


def sheets_needed(items: Sequence[object]) -> int:
    """Over how many sheets so many rows are spread."""
    return max(1, -(-len(items) // MOST_ROWS))


def _write_table(book: Book, sheet: Sheet, columns: Sequence[Column[Item]], items: Sequence[Item], frozen: int) -> None:
    _prepare(book, sheet, columns, len(items), frozen)
    for row, item in enumerate(items, FIRST_ROW):
        for place, column in enumerate(columns):
            look = {"text_wrap": True} if column.wraps else {}
            sheet.put(row, place, column.value(item, book.words), **{**look, **column.look(item)})


def _prepare(book: Book, sheet: Sheet, columns: Sequence[Column[Item]], count: int, frozen: int) -> None:
    worksheet = sheet.worksheet
    for place, column in enumerate(columns):
        worksheet.set_column(place, place, column.width)
        sheet.put(FIELD_ROW, place, column.field)
        sheet.put(HEADER_ROW, place, book.words(column.header), **HEADER_LOOK)
    worksheet.set_row(FIELD_ROW, None, None, {"hidden": True})
    worksheet.set_row(HEADER_ROW, 32)
    worksheet.freeze_panes(FIRST_ROW, frozen)
    worksheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(count, 1), len(columns) - 1)
    for_printing(worksheet)
    worksheet.repeat_rows(HEADER_ROW)


def for_printing(worksheet: object) -> None:
    """A4, landscape, one page wide."""
    worksheet.set_landscape()  # type: ignore[attr-defined]  # the writer has no types
    worksheet.set_paper(9)  # type: ignore[attr-defined]  # as above
    worksheet.fit_to_pages(1, 0)  # type: ignore[attr-defined]  # as above
