"""What stands on a screen, as text, and where do two such readings differ?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.locale import Phrase


@dataclass(frozen=True)
class Form:
    """The texts of a screen by order attribute: the header's, and one mapping per line."""

    header: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Mapping[str, str], ...] = ()

    def like(self, other: "Form") -> "Form":
        """Of header and lines only what the other form has, too."""
        columns = set(other.lines[0]) if other.lines else set()
        lines = tuple({name: row[name] for name in columns} for row in self.lines)
        return Form({name: self.header[name] for name in other.header}, lines)


@dataclass(frozen=True)
class Difference:
    """One value that is not what it should be; `line` is None in the header, else counted from 1."""

    field: str
    wanted: str
    found: str
    line: int | None = None

    @property
    def phrase(self) -> Phrase:
        """The difference as a text, what was wanted first."""
        field, wanted, found = Phrase.code(self.field), repr(self.wanted), repr(self.found)
        if self.line is None:
            return Phrase("{field}: {wanted} ≠ {found}", field=field, wanted=wanted, found=found)
        return Phrase("{field} ({line}): {wanted} ≠ {found}", field=field, line=self.line, wanted=wanted, found=found)

    def __str__(self) -> str:
        return str(self.phrase)


def told(differences: tuple[Difference, ...], most: int = 5) -> Phrase:
    """The first differences in one line, for a reason."""
    shown: list[str] = [difference.phrase for difference in differences[:most]]
    return Phrase.joined(shown if len(differences) <= most else [*shown, f"… ({len(differences)})"], "; ")
