"""Which customer, which item? The look-up window (SO-211), drawn over the screen that asked."""

from sandbox.juniper import masters
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.fields import Field
from sandbox.juniper.grids import REVERSE, Grid
from sandbox.juniper.screens import Action, Screen
from sandbox.juniper.texts import padded, width

_TOP, _LEFT, _CELLS, _ROWS = 7, 12, 56, 9


class LookUp(Screen):
    """What matches the text of a field; a number picks, and its code replaces that text."""

    code, name, legend = "SO-211", "look_up", {"F3": "exit", "F12": "back"}

    def __init__(self, clerk: Clerk, under: Screen, target: Field) -> None:
        super().__init__(clerk)
        self._under = under
        self._target = target
        self._choice = self.field("selection", _TOP + _ROWS + 2, _LEFT + 13, 2)
        self._rows = self._found()

    def _found(self) -> list[tuple[str, str]]:
        text = self._target.value
        if self._target.name == "customer":
            return [
                (each.code, f"{each.name}, {each.city}") for each in masters.customers_like(self.clerk.db, text, _ROWS)
            ]
        return [(each.code, each.description) for each in masters.items_like(self.clerk.db, text, _ROWS)]

    def fields(self) -> list[Field]:
        """The number of the row."""
        return [self._choice]

    def compose(self) -> Grid:
        """The screen below with the window on it."""
        grid = self._under.compose()
        self._frame(grid)
        self._choice.draw(grid)
        grid.cursor = self._choice.cursor
        grid.put(23, 1, padded(self.message, 79))
        grid.put(24, 1, padded(self._legend(), 79))
        return grid

    def _frame(self, grid: Grid) -> None:
        title = f" {self.clerk.words.label(self.name)} ({self.code}) "
        lines = [f"{place:>2} {padded(code, 9)}{name}" for place, (code, name) in enumerate(self._rows, start=1)]
        lines += [""] * (_ROWS + 1 - len(lines)) + [f"{self.clerk.words.label('selection')}:"]
        grid.put(_TOP, _LEFT, f"+{title}{'-' * (_CELLS - 2 - width(title))}+", REVERSE)
        for row, line in enumerate(lines, start=_TOP + 1):
            grid.put(row, _LEFT, f"| {padded(line, _CELLS - 4)} |")
        grid.put(_TOP + len(lines) + 1, _LEFT, f"+{'-' * (_CELLS - 2)}+", REVERSE)

    def actions(self) -> dict[str, Action]:
        """Pick, or close the window."""
        return {"ENTER": self._pick, "F3": self._close, "F12": self._close}

    async def _pick(self) -> Screen:
        wanted = self._choice.value
        self._choice.fill("")
        if not wanted.isdigit() or not 1 <= int(wanted) <= len(self._rows):
            return self.say("SY-016")
        self._target.fill(self._rows[int(wanted) - 1][0])
        return self._under

    async def _close(self) -> Screen:
        return self._under
