"""How are the rows of a desktop program's grid typed and read? By keys from cell to cell, or as a table it copies."""

import csv
import io
from collections.abc import Mapping, Sequence

from bots.drivers.desktop_locating import Finder
from bots.drivers.desktop_parts import Window
from bridge.errors import TargetNotFound, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.chords import chords
from bridge.model.profiles import ErpProfile, Grid, Target


class Grids:
    """The grids of one desktop; a row's cells are told apart by where the keyboard stops in it."""

    def __init__(self, profile: ErpProfile, finder: Finder) -> None:
        self.profile, self.finder = profile, finder

    def fill(self, window: Window, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells, and leave the last of them."""
        self.finder.unread.add((window.id, grid.name))
        self._go_to(grid, row)
        stop = 1
        for column in sorted(grid.columns, key=_stop):
            if column.name in texts:
                stop = self._move(stop, _stop(column))
                self.finder.watch.put(window, texts[column.name], f"{grid.name}.{column.name}")
        self.finder.press(self.profile.keys_for("next"))
        self.finder.watch.check(window)

    def rows(self, window: Window, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows that count."""
        if grid.row[0].strategy == "copied":
            return self._copied(window, grid)
        if grid.row[0].strategy == "accessible":
            return self._told(window, grid)
        self.finder.forget(window, grid.name)
        rows = self._walked(window, grid)
        self.finder.unread.discard((window.id, grid.name))
        return rows

    # --- cell by cell -----------------------------------------------------------------------------------------------

    def _go_to(self, grid: Grid, row: int) -> None:
        """To the first stop of the row."""
        self.finder.press(chords(grid.row[0].value))
        self.finder.press(self.profile.keys_for("down") * row)

    def _move(self, stop: int, to: int) -> int:
        habit = "next" if to > stop else "previous"
        self.finder.press(self.profile.keys_for(habit) * abs(to - stop))
        return to

    def _walked(self, window: Window, grid: Grid) -> tuple[dict[str, str], ...]:
        """Row by row, up to the first one that does not count."""
        rows: list[dict[str, str]] = []
        columns = sorted(grid.columns, key=_stop)
        self._go_to(grid, 0)
        while len(rows) <= self.profile.formats.most_lines:
            row, stop = {}, 1
            for column in columns:
                stop = self._move(stop, _stop(column))
                row[column.name] = self.finder.read(window, f"{grid.name}.{column.name}")
                if column.name == grid.skip_empty and not row[column.name]:
                    self.finder.watch.check(window)
                    return tuple(rows)
            rows.append(row)
            self._move(stop, 1)
            self.finder.press(self.profile.keys_for("down"))
        raise TargetNotFound(target=grid.name, screen=window.title)

    # --- as one table -----------------------------------------------------------------------------------------------

    def _copied(self, window: Window, grid: Grid) -> tuple[dict[str, str], ...]:
        text = self.finder.watch.hands.copied(*chords(grid.row[0].value))
        self.finder.watch.check(window)
        if all(column.locators[0].strategy == "stop" for column in grid.columns):
            return _without_headings(grid, text)
        return _tabled(grid, [line.split("\t") for line in text.splitlines()] or [[]], window)

    def _told(self, window: Window, grid: Grid) -> tuple[dict[str, str], ...]:
        """As its program says it, once it says the same twice: a list that is still being filled is waited for."""
        self.finder.look(window, Target(grid.name, grid.row), window.title)
        before, table = None, self.finder.sight.table(window, grid.row[0])
        while table is None or table != before:
            self.finder.watch.done(window.id)
            before, table = table, self.finder.sight.table(window, grid.row[0])
        return _tabled(grid, table, window)


def _tabled(grid: Grid, table: Sequence[Sequence[str]], window: Window) -> tuple[dict[str, str], ...]:
    """The rows that count of a table with headings; raises ValueUnreadable where a row has other columns."""
    headings, *lines = table
    places = {column.name: _place(column, headings, window.title, grid.name) for column in grid.columns}
    if any(len(line) != len(headings) for line in lines):
        raise ValueUnreadable(field=grid.name, text=str(table)[:300], kind=Phrase("table"))
    rows = ({name: line[place] for name, place in places.items()} for line in lines)
    return tuple(row for row in rows if not grid.skip_empty or row[grid.skip_empty])


def _without_headings(grid: Grid, text: str) -> tuple[dict[str, str], ...]:
    """The rows of a table that is copied without its headings; raises ValueUnreadable where a row is too short."""
    lines = [line for line in csv.reader(io.StringIO(text), delimiter="\t") if line]
    if any(len(line) < _stop(column) for line in lines for column in grid.columns):
        raise ValueUnreadable(field=grid.name, text=text[:300], kind=Phrase("table"))
    return tuple({column.name: line[_stop(column) - 1] for column in grid.columns} for line in lines)


def _stop(column: Target) -> int:
    return int(column.locators[0].value)


def _place(column: Target, headings: Sequence[str], screen: str, grid: str) -> int:
    """Which column of the table it is, by its heading; raises TargetNotFound where not exactly one has it."""
    for locator in column.locators:
        if list(headings).count(locator.value) == 1:
            return list(headings).index(locator.value)
    raise TargetNotFound(target=f"{grid}.{column.name}", screen=screen)
