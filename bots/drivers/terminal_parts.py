"""Of what is a terminal worked? A grid of characters that a host paints, a cursor, and keys, in any protocol."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bridge.model.chords import Chord


@dataclass(frozen=True)
class Span:
    """Some cells of one row; rows and columns count from 1, as terminals count them."""

    row: int
    column: int
    cells: int

    def holds(self, row: int, column: int) -> bool:
        """Whether that cell is one of them."""
        return row == self.row and self.column <= column < self.column + self.cells


@dataclass(frozen=True)
class Look:
    """What the terminal shows at one moment.

    A character that is two cells wide has an empty one behind it. `fields` are where something can be typed, in the
    order of the rows; `styles` holds a letter for each cell: u underlined, r reversed, b bold, h not to be seen.
    """

    rows: tuple[tuple[str, ...], ...]
    cursor: tuple[int, int]
    fields: tuple[Span, ...] = ()
    styles: tuple[str, ...] = field(default=(), compare=False)
    heard: int = field(default=0, compare=False)  # how many pieces have come from the host so far

    def line(self, row: int) -> str:
        """One row as text, in which each character stands at its own column but for what is behind wide ones."""
        return "".join(self.rows[row - 1])

    def text(self, span: Span) -> str:
        """What stands in those cells, without what fills them."""
        return "".join(self.rows[span.row - 1][span.column - 1 : span.column - 1 + span.cells]).strip(" _")

    @property
    def lines(self) -> tuple[str, ...]:
        """All rows as texts."""
        return tuple(self.line(row).rstrip() for row in range(1, len(self.rows) + 1))

    def find(self, text: str) -> list[tuple[int, int]]:
        """Row and column of every place where this text begins."""
        return [(row, column) for row in range(1, len(self.rows) + 1) for column in self._columns(row, text)]

    def _columns(self, row: int, text: str) -> list[int]:
        line, found, at = self.line(row), [], 0
        while (at := line.find(text, at)) >= 0:
            found.append(self._column(row, at))
            at += 1
        return found

    def _column(self, row: int, characters: int) -> int:
        """The column at which the row's character of that number stands."""
        seen = 0
        for column, cell in enumerate(self.rows[row - 1], 1):
            if seen == characters and cell:
                return column
            seen += len(cell)
        return len(self.rows[row - 1]) + 1


class Terminal(Protocol):
    """One terminal with its line to the host."""

    def look(self) -> Look:
        """What it shows now, with all that has come so far; raises LineLost."""
        ...

    def wait(self, is_there: Callable[[Look], bool], seconds: float, quiet: float) -> Look | None:
        """What it shows once that is there and nothing came for `quiet` seconds; None where that does not happen."""
        ...

    def write(self, text: str) -> None:
        """Type the text where the cursor is."""
        ...

    def press(self, chord: Chord) -> None:
        """Press one key, with those that are held."""
        ...

    def go_to(self, span: Span, seconds: float) -> bool:
        """Bring the cursor to the beginning of those cells; whether it is there."""
        ...

    def is_locked(self) -> bool:
        """Whether the host takes no keys at the moment, as far as the protocol itself tells."""
        ...

    def close(self) -> None:
        """Give the line up."""
        ...


class Line(Protocol):
    """Bytes to and from a host."""

    def send(self, data: bytes) -> None:
        """Send these; raises LineLost."""
        ...

    def receive(self, seconds: float) -> bytes:
        """What has come, waiting so long at most; nothing is b"". Raises LineLost once the line is gone."""
        ...

    def close(self) -> None:
        """End it."""
        ...
