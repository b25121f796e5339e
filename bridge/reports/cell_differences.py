"""Which cells of a sheet are not as they were issued?

Values are compared as a reader of cells finds them: another program's way to write a number, a moment or a blank is no
difference. Neither is another order of a table's rows, as each row says by itself what it is about.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from operator import itemgetter

from bridge.reports.outlines import Place
from bridge.reports.tables import FIRST_ROW
from bridge.reports.uploads import EDITABLE, ITEM, Cell, Cells, fields_of, is_written

SECOND = timedelta(seconds=1)  # a moment is a fraction of a day for a workbook, and programs round it
LAST = datetime.max - SECOND  # noqa: DTZ901 - a cell has no time zone
Row = Sequence[Cell]


def cells_that_differ(given: Cells, issued: Cells) -> Iterator[Place]:
    """Of a sheet on which each value has its place."""
    for row, now, was in _pairs(given, issued):
        yield from _differing(row, now, was)


def rows_that_differ(given: Cells, issued: Cells) -> Iterator[Place]:
    """Of a table with the fields as issued; of a row that is gone its first cell, where it was."""
    yield from cells_that_differ(given[:FIRST_ROW], issued[:FIRST_ROW])
    pairs = [each for each in _pairs(given, issued) if each[0] >= FIRST_ROW]
    left = Counter(_key(was) for _, _, was in pairs)
    added = [(row, now) for row, now, _ in pairs if not _take(_key(now), left) and any(map(is_written, now))]
    gone = [(row, was) for row, _, was in pairs if _take(_key(was), left) and any(map(is_written, was))]
    for (row, now), (_, was) in zip(added, gone, strict=False):
        yield from _differing(row, now, was)
    for row, now in added[len(gone) :]:
        yield from _differing(row, now, ())
    yield from ((row, 0) for row, _ in gone[len(added) :])


def locked_cells_that_differ(given: Cells, issued: Cells, known: Mapping[str, Row]) -> Iterator[Place]:
    """Of a sheet of breaks with the fields as issued; `known` are all rows as issued, by their item id.

    Rows may be missing, and words that stand beside no break are no difference where people may write.
    """
    yield from cells_that_differ(given[:FIRST_ROW], issued[:FIRST_ROW])
    fields = fields_of(issued)
    item, width = fields.index(ITEM), len(given[0])
    locked = [column for column in range(width) if column >= len(fields) or fields[column] not in EDITABLE]
    pick = itemgetter(*locked)
    for row, now in enumerate(given[FIRST_ROW:], FIRST_ROW):
        was = known.get(str(now[item]))
        if was is None:
            yield from ((row, column) for column in locked if is_written(now[column]))
        elif not _alike(pick(now), pick(_wide(was, width))):
            yield from (place for place in _differing(row, now, was) if place[1] in locked)


def plain(cell: Cell) -> Hashable:
    """A cell as it compares: blank is None, a number has the 15 digits that a cell can hold, a moment whole seconds."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return (cell,)  # for Python the number 1 is true
    if isinstance(cell, float | int):
        return float(f"{cell:.15g}")
    if isinstance(cell, datetime):
        return (min(cell, LAST) + SECOND / 2).replace(microsecond=0)
    return datetime.combine(cell, time()) if isinstance(cell, date) else cell


def _pairs(given: Cells, issued: Cells) -> Iterator[tuple[int, Row, Row]]:
    """The rows that are not the same at first sight, each beside the one that stood there."""
    width = max(len(cells[0]) if cells else 0 for cells in (given, issued))
    for row, (now, was) in enumerate(zip_longest(given, issued, fillvalue=())):
        if not _alike(_wide(now, width), _wide(was, width)):
            yield row, _wide(now, width), _wide(was, width)


def _wide(row: Row, width: int) -> Row:
    return row if len(row) == width else [*row, *([""] * (width - len(row)))]


def _alike(now: Row, was: Row) -> bool:
    return now == was and list(map(type, now)) == list(map(type, was))


def _differing(row: int, now: Row, was: Row) -> Iterator[Place]:
    return ((row, column) for column, (a, b) in enumerate(zip_longest(now, was)) if not _same(a, b))


def _same(now: Cell, was: Cell) -> bool:
    if isinstance(now, datetime) and isinstance(was, datetime):
        return abs(now - was) < SECOND
    return plain(now) == plain(was)


def _key(row: Row) -> tuple[Hashable, ...]:
    return tuple(map(plain, row))


def _take(key: tuple[Hashable, ...], left: Counter[tuple[Hashable, ...]]) -> bool:
    """Whether the row is one of those that are left; it is taken away from them then."""
    if left[key] < 1:
        return False
    left[key] -= 1
    return True
