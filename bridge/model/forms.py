"""What stands on a screen, as text, and where do two such readings differ?"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Form:
    """The texts of a screen by order attribute: the header's, and one mapping per line."""

    header: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class Difference:
    """One value that is not what it should be; `line` is None in the header, else counted from 1."""

    field: str
    wanted: str
    found: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.field if self.line is None else f"{self.field} ({self.line})"
        return f"{where}: {self.wanted!r} ≠ {self.found!r}"


def told(differences: tuple[Difference, ...], most: int = 5) -> str:
    """The first differences in one line, for a reason."""
    shown = "; ".join(str(difference) for difference in differences[:most])
    return shown if len(differences) <= most else f"{shown}; … ({len(differences)})"
