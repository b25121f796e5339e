"""What do all screens have in common? A title, fields, a message line, a question at times, and function keys."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from sandbox.juniper import figures
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.fields import FILLER, Field
from sandbox.juniper.grids import BOLD, COLUMNS, FIELD, PLAIN, REVERSE, Grid
from sandbox.juniper.keys import FUNCTIONS
from sandbox.juniper.texts import dotted, padded, width

MESSAGE_ROW, LEGEND_ROW = 23, 24
_HOST_KEYS = frozenset({"ENTER", *FUNCTIONS})

Action = Callable[[], Awaitable["Screen"]]


@dataclass(frozen=True)
class Question:
    """A question on the message line that only Y and N answer."""

    text: str
    yes: Action


class Screen:
    """One screen with what was typed into it. `legend` names the function keys, `code` is the same in all languages."""

    code: ClassVar[str]
    name: str
    legend: ClassVar[dict[str, str]] = {}

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.message = ""
        self.question: Question | None = None
        self.focus: Field | None = None

    # --- what a screen brings of its own

    def fields(self) -> list[Field]:
        """The inputs in the order of the Tab key."""
        return []

    def body(self, grid: Grid) -> None:
        """Draw everything between title and message line but the fields."""

    def actions(self) -> dict[str, Action]:
        """What Enter and the function keys do."""
        return {}

    # --- what is the same everywhere

    def field(self, name: str, row: int, column: int, length: int) -> Field:
        """An input in the encoding of the house."""
        return Field(name=name, row=row, column=column, length=length, encoding=self.clerk.encoding)

    def say(self, name: str, **values: object) -> "Screen":
        """Show a message until the next key that reaches the host."""
        self.message = self.clerk.words.message(name, **values)
        return self

    def ask(self, yes: Action, name: str, **values: object) -> "Screen":
        """Ask on the message line."""
        self.question = Question(self.clerk.words.message(name, **values), yes)
        return self

    def held(self) -> set[str]:
        """The texts in the fields."""
        return {field.value for field in self.fields()}

    def compose(self) -> Grid:
        """The picture."""
        grid = Grid()
        self._title(grid)
        self.body(grid)
        for field in self.fields():
            field.draw(grid)
        grid.cursor = self._focused().cursor if self.fields() else (MESSAGE_ROW, 1)
        self._message(grid)
        grid.put(LEGEND_ROW, 1, self._legend())
        return grid

    def _title(self, grid: Grid) -> None:
        label = f"{self.clerk.words.label(self.name)} ({self.code})"
        user = self.clerk.signed_on.user if self.clerk.signed_on else ""
        grid.put(1, 1, f"JUNIPER {self.clerk.house.options.release}")
        grid.put(1, (COLUMNS - width(label)) // 2, label, REVERSE)
        grid.put(1, 62, f"{figures.day_text(figures.today())}  {user}")

    def _message(self, grid: Grid) -> None:
        if self.question is None:
            grid.put(MESSAGE_ROW, 1, padded(self.message, COLUMNS - 1).rstrip(), BOLD)
            return
        grid.put(MESSAGE_ROW, 1, self.question.text, BOLD)
        grid.cursor = (MESSAGE_ROW, width(self.question.text) + 2)
        grid.put(*grid.cursor, FILLER, FIELD)

    def _legend(self) -> str:
        legend: dict[str, str] = {}
        for key, name in self.legend.items():
            label = self.clerk.words.label(name)
            legend[label] = f"{legend[label]}/{key}" if label in legend else key
        return " ".join(f"{keys}={label}" for label, keys in legend.items())

    def label(self, grid: Grid, row: int, column: int, name: str, cells: int = 16) -> None:
        """A label with dots; its field begins two cells behind the colon."""
        grid.put(row, column, dotted(self.clerk.words.label(name), cells))

    def heading(self, grid: Grid, row: int, column: int, name: str, right: int = 0) -> None:
        """The heading of a column, flush right in so many cells if told."""
        text = self.clerk.words.label(name)
        grid.put(row, column + max(0, right - width(text)), text, BOLD)

    def figure(self, grid: Grid, row: int, column: int, text: str, cells: int) -> None:
        """A figure, flush right in so many cells; stars where it is too long for them."""
        grid.put(row, column, text.rjust(cells) if len(text) <= cells else "*" * cells, PLAIN)

    # --- keys

    def reaches_host(self, key: str) -> bool:
        """Whether this key ends local editing and makes the host work."""
        return key in _HOST_KEYS or (self.question is not None and key in {"Y", "y", "N", "n"})

    async def press(self, key: str) -> "Screen":
        """Let the host work on a key; the screen that follows."""
        self.message = ""
        question, self.question = self.question, None
        if question is not None:
            return await self._answer(question, key)
        action = self.actions().get(key)
        return await action() if action else self.say("SY-015")

    async def _answer(self, question: Question, key: str) -> "Screen":
        if key in {"Y", "y"}:
            return await question.yes()
        if key not in {"N", "n", "F12", "F3"}:
            self.question = question
        return self

    def edit(self, key: str, *, insert: bool) -> bool:
        """Take a key of local editing; False rings the bell."""
        if self.question is not None or not self.fields():
            return False
        field = self._focused()
        if len(key) == 1:
            outcome = field.write(key, insert=insert)
            if outcome == "skip":
                self._step(1)
            return outcome != "bell"
        return self._moved(key) or field.edit(key)

    def _moved(self, key: str) -> bool:
        match key:
            case "TAB":
                self._step(1)
            case "BACKTAB":
                self._step(-1)
            case "UP" | "DOWN":
                return self._climb(-1 if key == "UP" else 1)
            case _:
                return False
        return True

    def look_at(self, field: Field) -> None:
        """Put the cursor at the beginning of a field."""
        self.focus = field
        field.at = 0

    def _focused(self) -> Field:
        fields = self.fields()
        if self.focus is None or self.focus not in fields:
            self.look_at(fields[0])
        return self.focus or fields[0]

    def _step(self, by: int) -> None:
        fields = self.fields()
        self.look_at(fields[(fields.index(self._focused()) + by) % len(fields)])

    def _climb(self, by: int) -> bool:
        here = self._focused()
        others = [field for field in self.fields() if (field.row - here.row) * by > 0]
        if not others:
            return False
        nearest = min(others, key=lambda field: (abs(field.row - here.row), abs(field.column - here.column)))
        self.look_at(nearest)
        return True

    async def go_home(self) -> "Screen":
        """Leave for the main menu."""
        return self.clerk.home(self.clerk)
