"""What stands in which cell? The picture of a screen before it is painted: 24 rows of 80 cells, counted from 1."""

from dataclasses import dataclass

from sandbox.juniper.texts import width

ROWS, COLUMNS = 24, 80
PLAIN, BOLD, FIELD, REVERSE = "0", "0;1", "0;4", "0;7"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; the second cell of a wide character holds no text. `look` are the parameters of SGR."""

    text: str = " "
    look: str = PLAIN


BLANK = Cell()


class Grid:
    """A whole picture and where its cursor is."""

    def __init__(self) -> None:
        self.rows = [[BLANK] * COLUMNS for _ in range(ROWS)]
        self.cursor = (1, 1)

    def put(self, row: int, column: int, text: str, look: str = PLAIN) -> None:
        """Write from a cell on; what is beyond the right edge is lost, half a wide character becomes a blank."""
        cells, at = self.rows[row - 1], column - 1
        self._free(cells, at)
        for char in text:
            wide = width(char)
            if not wide:
                continue
            if at + wide > COLUMNS:
                break
            self._free(cells, at + wide)
            cells[at : at + wide] = [Cell(char, look), *[Cell("", look)] * (wide - 1)]
            at += wide

    @staticmethod
    def _free(cells: list[Cell], at: int) -> None:
        """Where a wide character would be torn at this cell, both of its cells become blank."""
        if 0 < at < COLUMNS and not cells[at].text:
            cells[at - 1] = Cell(" ", cells[at - 1].look)
            cells[at] = Cell(" ", cells[at].look)

    def text(self, row: int) -> str:
        """The characters of a row."""
        return "".join(cell.text for cell in self.rows[row - 1]).rstrip()
