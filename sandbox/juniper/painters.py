"""Which bytes turn the screen that is shown into the next one? Sequences that a VT220 and an xterm know."""

from sandbox.juniper.grids import BLANK, COLUMNS, PLAIN, Cell, Grid

BELL = "\a"
_CLEAR = "\x1b[0m\x1b[2J\x1b[H"


class Painter:
    """Remembers what the terminal should show, and paints only what differs."""

    def __init__(self) -> None:
        self._shown = Grid()
        self._cursor = (0, 0)

    def clear(self) -> str:
        """An empty screen, whatever was on it."""
        self._shown = Grid()
        self._cursor = (1, 1)
        return _CLEAR

    def paint(self, grid: Grid, lost: int = 0) -> list[str]:
        """One piece for each row that differs, then the cursor; the row `lost` is taken for painted but is not."""
        pieces = [
            _row(number, old, new)
            for number, (old, new) in enumerate(zip(self._shown.rows, grid.rows, strict=True), start=1)
            if old != new and number != lost
        ]
        if pieces or grid.cursor != self._cursor:
            pieces.append(_address(*grid.cursor))
        self._shown, self._cursor = grid, grid.cursor
        return pieces


def over(row: int, text: str) -> str:
    """What a foreign program writes over a row: the cursor comes back, and no painter knows of it."""
    return f"\x1b7{_address(row, 1)}\x1b[0m{text}\x1b[K\x1b8"


def _address(row: int, column: int) -> str:
    return f"\x1b[{row};{column}H"


def _row(number: int, old: list[Cell], new: list[Cell]) -> str:
    differing = [at for at in range(COLUMNS) if old[at] != new[at]]
    start, end = differing[0], differing[-1] + 1
    inked = [at for at in range(COLUMNS) if new[at] != BLANK]
    tail = inked[-1] + 1 if inked else 0
    text = _address(number, start + 1) + _styled(new[start : min(end, tail)])
    return f"{text}\x1b[K" if tail < end else text


def _styled(cells: list[Cell]) -> str:
    text, look = "", PLAIN
    for cell in cells:
        if cell.look != look:
            text += f"\x1b[{cell.look}m"
            look = cell.look
        text += cell.text
    return text if look == PLAIN else f"{text}\x1b[0m"
