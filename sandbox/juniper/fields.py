"""What happens to a key in a field? Overtyping, inserting, and three ways of being full."""

from dataclasses import dataclass
from typing import Literal

from sandbox.juniper.grids import FIELD, Grid
from sandbox.juniper.texts import fitted, size, storable, typable, width

FILLER = "_"
Full = Literal["refuse", "overwrite", "skip"]
Outcome = Literal["taken", "bell", "skip"]


@dataclass(kw_only=True, eq=False)
class Field:
    """One input of `length` bytes at a fixed place; `at` is the character under the cursor.

    When it is full, it refuses more, overwrites its last character, or skips to the next field.
    """

    name: str
    row: int
    column: int
    length: int
    encoding: str
    full: Full = "refuse"
    upper: bool = False
    hidden: bool = False
    text: str = ""
    at: int = 0

    @property
    def value(self) -> str:
        """What was typed, without blanks around it."""
        return self.text.strip()

    def fill(self, text: str) -> None:
        """Show this text, cut to the field."""
        self.text = fitted(text, self.length, self.encoding).rstrip()
        self.at = 0

    def write(self, char: str, *, insert: bool) -> Outcome:
        """Take a typed character."""
        if not typable(char):
            return "bell"
        char = storable(char.upper() if self.upper and len(char.upper()) == 1 else char, self.encoding)
        rest = self.text[self.at :] if insert else self.text[self.at + 1 :]
        wanted = self.text[: self.at] + char + rest
        if size(wanted, self.encoding) > self.length:
            return self._overflow(char, wanted)
        self.text = wanted
        self.at += 1
        is_full = self.at == len(self.text) and size(self.text, self.encoding) == self.length
        return "skip" if is_full and self.full == "skip" else "taken"

    def _overflow(self, char: str, wanted: str) -> Outcome:
        if self.full != "overwrite":
            return "bell"
        if self.at < len(self.text):
            self.text = fitted(wanted, self.length, self.encoding)
            self.at += 1
            return "taken"
        kept = self.text[:-1]
        while size(kept + char, self.encoding) > self.length:
            kept = kept[:-1]
        self.text = kept + char
        self.at = len(self.text)
        return "taken"

    def edit(self, key: str) -> bool:
        """Take a key that moves or deletes inside the field; False when it has no meaning here."""
        match key:
            case "ERASE":
                self.text = self.text[: self.at]
            case "DELETE":
                self.text = self.text[: self.at] + self.text[self.at + 1 :]
            case "BACKSPACE" if self.at:
                self.at -= 1
                self.text = self.text[: self.at] + self.text[self.at + 1 :]
            case "LEFT" if self.at:
                self.at -= 1
            case "RIGHT" if self.at < len(self.text):
                self.at += 1
            case "HOME":
                self.at = 0
            case "END":
                self.at = len(self.text)
            case _:
                return False
        return True

    def draw(self, grid: Grid) -> None:
        """The text and the line that it stands on."""
        shown = "" if self.hidden else self.text
        grid.put(self.row, self.column, shown + FILLER * (self.length - width(shown)), FIELD)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor; a full field keeps it on its last cell."""
        cells = 0 if self.hidden else width(self.text[: self.at])
        return self.row, self.column + min(cells, self.length - 1)
