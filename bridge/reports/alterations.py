"""Is a workbook that came back, in all that nobody may write, the one that was issued?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # it ships no marker for its types

from bridge.errors import RequestRefused
from bridge.locale import Phrase
from bridge.model.items import NoteField
from bridge.reports.cell_differences import (
    Row,
    cells_that_differ,
    locked_cells_that_differ,
    plain,
    rows_that_differ,
)
from bridge.reports.exchanges import sorted_alone
from bridge.reports.outlines import Outline, Place
from bridge.reports.tables import FIRST_ROW, HEADER_ROW
from bridge.reports.uploads import EDITABLE, ITEM, Cells, Uploaded, fields_of, lines, lists_breaks, sheets_of_breaks

SPARE_ROWS, SPARE_COLUMNS = 200, 20  # so far beyond the last cell as issued a sheet is still read, to name all cells
MOST_OWN = 2_000_000  # cells of all sheets together that somebody added
MOST_TOLD = 20


class WorkbookAltered(RequestRefused):
    """{path} was altered where nobody may write, so nothing of it was taken: {what}"""


def alterations(given: Uploaded, issued: Uploaded) -> list[Phrase]:
    """Each place that is not as issued; where there is none, each column of words that was sorted by itself.

    Raises FileUnreadable.
    """
    if given.sha256 == issued.sha256:
        return []
    return [*_of_sheets(given, issued), *_of_own_sheets(given, issued)] or [*_of_words(given, issued)]


def told(found: Sequence[Phrase]) -> Phrase:
    """The places as one text: the first ones, and how many there are where there are more."""
    return Phrase.joined(found if len(found) <= MOST_TOLD else [*found[:MOST_TOLD], f"… ({len(found)})"], "; ")


def own_sheets(given: Uploaded, issued: Uploaded) -> list[str]:
    """The sheets that somebody added, in order; nothing of them is read."""
    return [name for name in given.outlines if name not in issued.names]


def _of_sheets(given: Uploaded, issued: Uploaded) -> Iterator[Phrase]:
    known = {item: row for name in sheets_of_breaks(issued) for item, row in _by_item(issued.cells(name))}
    for name in issued.names:
        outline = given.outlines.get(name)
        if outline is None:
            yield Phrase("the sheet {sheet} is missing", sheet=name)
            continue
        yield from _not_plain(name, outline, issued.cells(name))
        far = _far_away(outline, issued.cells(name))
        if far:
            yield from _named(name, far)
        else:
            yield from _compared(name, given.cells(name), issued, known, outline.computed)


def _by_item(cells: Cells) -> Iterator[tuple[str, Row]]:
    place = fields_of(cells).index(ITEM)
    return ((str(row[place]), row) for row in cells[FIRST_ROW:])


def _not_plain(name: str, outline: Outline, issued: Cells) -> Iterator[Phrase]:
    """What is no value of one cell; a word that is computed is refused by itself."""
    if outline.annotated:
        yield Phrase("notes are pinned to cells of {sheet}", sheet=name)
    for area in outline.areas:
        yield Phrase("{sheet} {cells} (several cells as one)", sheet=name, cells=area)
    fields = fields_of(issued) if lists_breaks(issued) else []
    editable = {column for column, field in enumerate(fields) if field in EDITABLE}
    for row, column in sorted(outline.computed):
        if row < FIRST_ROW or column not in editable:
            yield Phrase("{sheet} {cell} (computed)", sheet=name, cell=xl_rowcol_to_cell(row, column))


def _far_away(outline: Outline, issued: Cells) -> list[Place]:
    """The last cells of a sheet where they are so far from what was issued that the others are not looked at."""
    rows, columns = len(issued) + SPARE_ROWS, len(issued[0]) + SPARE_COLUMNS
    last = {place for place in (outline.lowest, outline.rightmost) if place is not None}
    return sorted(place for place in last if place[0] >= rows or place[1] >= columns)


def _compared(
    name: str, given: Cells, issued: Uploaded, known: Mapping[str, Row], computed: frozenset[Place]
) -> Iterator[Phrase]:
    """The first sheet is no table: on it each value has its place."""
    was = issued.cells(name)
    if name == issued.names[0]:
        found = cells_that_differ(given, was)
    elif fields_of(given) != fields_of(was):
        yield from _other_fields(name, given, was)
        return
    elif lists_breaks(was):
        found = locked_cells_that_differ(given, was, known)
    else:
        found = rows_that_differ(given, was)
    yield from _named(name, (place for place in found if place not in computed))


def _named(name: str, places: Iterable[Place]) -> Iterator[Phrase]:
    return (Phrase("{sheet} {cell}", sheet=name, cell=xl_rowcol_to_cell(*place)) for place in places)


def _other_fields(name: str, given: Cells, issued: Cells) -> Iterator[Phrase]:
    """Which columns are gone, new or there twice; where it is none of that, the first that is at another place."""
    now, was = fields_of(given), fields_of(issued)
    other = (Counter(was) - Counter(now)) + (Counter(now) - Counter(was))
    moved = [field for field, after in zip_longest(was, now[: len(was)]) if field != after]
    for field in [field for field in other if field] or moved[:1]:
        yield Phrase("{sheet}, column {column}", sheet=name, column=_headers(issued).get(field, field))


def _headers(issued: Cells) -> Mapping[str, str]:
    """What each field is called by people."""
    return dict(zip(fields_of(issued), map(str, issued[HEADER_ROW]), strict=False))


def _of_own_sheets(given: Uploaded, issued: Uploaded) -> Iterator[Phrase]:
    left = MOST_OWN
    for name in own_sheets(given, issued):
        left -= given.outlines[name].size
        if left < 0:
            yield Phrase("the sheet {sheet} is too large", sheet=name)
        elif lists_breaks(given.cells(name)):
            yield Phrase("{sheet} is a second sheet of breaks", sheet=name)


def _of_words(given: Uploaded, issued: Uploaded) -> Iterator[Phrase]:
    names = [*sheets_of_breaks(issued)]
    then, now = ({line.item_id: line.cells for line in lines(book, names)} for book in (issued, given))
    now = {item: cells for item, cells in now.items() if item in then}
    for field in NoteField:
        before, after = ({item: plain(cells.get(field)) for item, cells in held.items()} for held in (then, now))
        if sorted_alone(field, before, after):
            yield Phrase("the column {column} was sorted by itself", column=_headers(issued.cells(names[0]))[field])
