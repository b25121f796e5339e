"""Which cells of a terminal does a locator mean? Those behind a label, of a place, or under a heading."""

import re
from collections.abc import Iterator

from bots.drivers.terminal_parts import Look, Span
from bridge.model.profiles import Grid, Locator, Target

FEW = 8  # cells
LEADER = re.compile(r"[ .]*:? ?")  # what stands between a label and its field: "Customer . . . : "


def spans(look: Look, locator: Locator) -> list[Span]:
    """Every run of cells that the locator means."""
    match locator.strategy:
        case "cell":
            return [_cell(locator.value)]
        case "field":
            number = int(locator.value)
            return list(look.fields[number - 1 : number])
        case "label":
            return list(_behind(look, locator))
        case "text":
            return [Span(row, column, len(locator.value)) for row, column in look.find(locator.value)]
    return []


def _cell(value: str) -> Span:
    row, column, cells = (int(each) for each in value.split(","))
    return Span(row, column, cells)


def _behind(look: Look, locator: Locator) -> Iterator[Span]:
    """The field after the label, else as many cells as the locator says, or up to the next wide gap."""
    for row, column in look.find(locator.value):
        if not _begins_a_word(look, row, column):
            continue
        text = look.line(row)
        start = text.index(locator.value, _characters(look, row, column)) + len(locator.value)
        leader = LEADER.match(text, start)
        if leader is None or leader.end() == start or not leader[0].strip():
            continue  # a word of a text, not a label
        first = _column_of(look, row, leader.end())
        field = _field_at(look, row, first)
        if locator.name:
            yield Span(row, first, int(locator.name))
        elif field is not None:
            yield field
        else:
            yield Span(row, first, _gap(look, row, first))


def _begins_a_word(look: Look, row: int, column: int) -> bool:
    """Whether a blank stands before it, and not a character, of which the second cell of a wide one is empty."""
    return column == 1 or look.rows[row - 1][column - 2].isspace()


def _field_at(look: Look, row: int, first: int) -> Span | None:
    """The field that begins there, or a few blanks behind it."""
    fields = (each for each in look.fields if each.row == row and first <= each.column <= first + FEW)
    blanks = (each for each in fields if not "".join(look.rows[row - 1][first - 1 : each.column - 1]).strip())
    return next(blanks, None)


def _characters(look: Look, row: int, column: int) -> int:
    """How many characters stand before that column."""
    return len("".join(look.rows[row - 1][: column - 1]))


def _column_of(look: Look, row: int, characters: int) -> int:
    seen = 0
    for column, cell in enumerate(look.rows[row - 1], 1):
        if seen >= characters and (cell or seen > characters):
            return column
        seen += len(cell)
    return len(look.rows[row - 1]) + 1


def _gap(look: Look, row: int, first: int) -> int:
    """How many cells up to two blanks behind what stands there."""
    rest = look.rows[row - 1][first - 1 :]
    began = False
    for place, cell in enumerate(rest):
        began |= bool(cell.strip())
        if began and cell == " " and all(each == " " for each in rest[place : place + 2]):
            return place
    return len(rest)


def find(look: Look, target: Target) -> tuple[int | None, str, list[Span]]:
    """Position and text of the first locator that finds anything, and what it finds."""
    for position, locator in enumerate(target.locators):
        found = spans(look, locator)
        if found:
            return position, str(locator), found
    return None, str(target.locators[0]), []


# --- grids ----------------------------------------------------------------------------------------------------------


def row_spans(look: Look, grid: Grid) -> Iterator[dict[str, Span]]:
    """The cells of each row below the grid's headings, as many rows as one page of it has."""
    headings = [found for locator in grid.row if len(found := spans(look, locator)) == 1]
    if not headings:
        return
    top = headings[0][0].row
    columns = {column.name: _under(look, top, column) for column in grid.columns}
    for row in range(top + 1, min(top + grid.page_rows, len(look.rows)) + 1):
        yield {name: Span(row, span.column, span.cells) for name, span in columns.items() if span is not None}


def _under(look: Look, heading: int, column: Target) -> Span | None:
    """The cells under a heading: so many from where it begins, or, with a minus, up to where it ends.

    Where there are no headings it is the cell of the first row.
    """
    for locator in column.locators:
        if locator.strategy == "cell":
            return _cell(locator.value)
        at = [each for each in look.find(locator.value) if each[0] == heading and _begins_a_word(look, *each)]
        if len(at) == 1:
            begin, cells = at[0][1], int(locator.name)
            end = begin + _width(locator.value) - 1
            return Span(heading, begin, cells) if cells > 0 else Span(heading, end + cells + 1, -cells)
    return None


def _width(text: str) -> int:
    """How many cells a text takes; what is East Asian and wide takes two."""
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)
