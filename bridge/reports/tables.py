"""How does a list become a sheet that people can filter and pivot, and that a program can read back?

Row 1 is hidden and holds the field ids, row 2 the headers, each row after that one item; no merged cell, no subtotal.
"""

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from bridge.reports.cells import Book, Sheet
from bridge.reports.columns import Column, Look
from bridge.reports.plans import Planned

FIELD_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2
FROZEN_COLUMNS = 3  # order, document, outcome
MOST_ROWS = 1_000_000
LINE_HEIGHT = 15.75
MOST_LINES = 8  # of a longer text the rest is seen in the cell, not in the row
WIDEST_PAGE = 200  # characters; beyond it the print is too small to read
HEADER_LOOK: Look = {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
EDITABLE_HEADER: Look = {**HEADER_LOOK, "bg_color": "#7F6000", "font_color": "#FFFFFF"}
EDITABLE: Look = {"bg_color": "#FFF9E5", "locked": False, "border": 1, "border_color": "#D9D9D9"}
# What people may still do on a guarded sheet. The guard is against slips; it has no password and is no security.
ALLOWED = dict.fromkeys(("autofilter", "format_columns", "format_rows", "select_locked_cells"), True)


def write_tables(book: Book, plan: Planned, most_rows: int = MOST_ROWS) -> None:
    """One sheet, or as many as the rows need."""
    for number, start in enumerate(range(0, max(len(plan.items), 1), most_rows), 1):
        title = book.words(plan.key) if number == 1 else f"{book.words(plan.key)} {number}"
        _write_table(book, book.sheet(title), plan, plan.items[start : start + most_rows])


def sheets_needed(items: Sequence[object], most_rows: int = MOST_ROWS) -> int:
    """Over how many sheets so many rows are spread."""
    return max(1, -(-len(items) // most_rows))


def _write_table(book: Book, sheet: Sheet, plan: Planned, items: Sequence[Any]) -> None:
    _prepare(book, sheet, plan, len(items))
    for row, item in enumerate(items, FIRST_ROW):
        lines = 1
        for place, column in enumerate(plan.columns):
            value = column.value(item, book.words)
            sheet.put(row, place, value, **_look(column, item))
            if column.wraps and isinstance(value, str):
                lines = max(lines, lines_of(value, column.width))
        sheet.worksheet.set_row(row, LINE_HEIGHT * lines)


def _look(column: Column[Any], item: object) -> Look:
    wrapped = {"text_wrap": True} if column.wraps else {}
    return {**wrapped, **(EDITABLE if column.editable else {}), **column.look(item)}


def lines_of(text: str, width: int) -> int:
    """How many lines the text takes in a column of so many characters; a wide character takes two places."""
    places = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return min(MOST_LINES, max(1, -(-places // (width - 1))))


def _prepare(book: Book, sheet: Sheet, plan: Planned, count: int) -> None:
    worksheet, columns = sheet.worksheet, plan.columns
    for place, column in enumerate(columns):
        worksheet.set_column(place, place, column.width, None, {"hidden": True} if column.hidden else {})
        sheet.put(FIELD_ROW, place, column.field)
        look = EDITABLE_HEADER if column.editable else HEADER_LOOK
        sheet.put(HEADER_ROW, place, book.words(column.header), **{**look, **_aligned(column)})
    worksheet.set_row(FIELD_ROW, None, None, {"hidden": True})
    worksheet.set_row(HEADER_ROW, 32)
    worksheet.freeze_panes(FIRST_ROW, FROZEN_COLUMNS)
    worksheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(count, 1), len(columns) - 1)
    for_printing(worksheet, pages=1 + sum(column.width for column in columns if not column.hidden) // WIDEST_PAGE)
    worksheet.repeat_rows(HEADER_ROW)
    worksheet.repeat_columns(0, FROZEN_COLUMNS - 1)
    if plan.guarded:
        _guard(book, worksheet, columns, count)


def _aligned(column: Column[Any]) -> Look:
    return {"align": "right", "indent": 1} if column.figures else {}


def _guard(book: Book, worksheet: Any, columns: Sequence[Column[Any]], count: int) -> None:
    """People write only where they are asked to, and choose where there is a choice."""
    worksheet.protect("", ALLOWED)
    last = FIRST_ROW + max(count, 1) - 1
    for place, column in enumerate(columns):
        if column.choices is not None:
            rule = {"validate": "list", "source": list(column.choices(book.words)), **_complaint(book)}
            worksheet.data_validation(FIRST_ROW, place, last, place, rule)


def _complaint(book: Book) -> dict[str, str]:
    return {"error_title": book.words("Not one of the list"), "error_message": book.words("Choose from the list.")}


def for_printing(worksheet: Any, pages: int = 1) -> None:
    """A4, landscape, so many pages wide."""
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    worksheet.fit_to_pages(pages, 0)
