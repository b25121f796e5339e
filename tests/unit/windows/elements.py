"""One element that tells of itself to UI Automation, as its program made it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bots.drivers.win_doors import Edges


@dataclass
class FakeElement:
    """What is None it does not support."""

    identity: str = ""
    name: str = ""
    role: str = "Custom"
    edges: Edges | None = (0, 0, 10, 10)
    is_secret: bool = False
    has_keyboard: bool = False
    held: str | None = None
    said: str | None = None
    heads: Sequence[str] | None = None
    rows: int | None = None
    cells: Mapping[tuple[int, int], "FakeElement"] = field(default_factory=dict)

    def value(self) -> str | None:
        return self.held

    def text(self) -> str | None:
        return self.said

    def headings(self) -> Sequence[str] | None:
        return self.heads

    def size(self) -> tuple[int, int] | None:
        return None if self.rows is None else (self.rows, 2)

    def cell(self, row: int, column: int) -> "FakeElement | None":
        return self.cells.get((row, column))
