"""How does text from outside enter a workbook cell without ever becoming a formula, a link or a broken file?"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from bridge.locale import CHINESE, name_of, translate
from bridge.model.forms import Difference

LONGEST_CELL = 32_767
CUT = " […]"
# Marks that turn the direction of what follows: a reader would see another number than the cell holds.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

FIELD_LABELS: Mapping[str, str] = {
    "customer": "customer",
    "currency": "currency",
    "order_date": "order date",
    "total": "total",
    "status": "status",
    "document": "document",
    "lines": "number of lines",
    "item": "item",
    "quantity": "quantity",
    "price": "price",
    "amount": "amount",
}


def safe(text: str) -> str:
    """The text as a cell may hold it: no control characters, nothing that turns it around, no longer than a cell."""
    plain = "".join(_safe_character(character) for character in text)
    return plain if len(plain) <= LONGEST_CELL else plain[: LONGEST_CELL - len(CUT)] + CUT


def _safe_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    if character in TURNING or (category == "Cn" and ord(character) & 0xFFFE == 0xFFFE):  # noqa: PLR2004 - Unicode's own
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} else character


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str) -> str:
        """The text in the language."""
        return translate(text, self.language)

    def of(self, state: StrEnum) -> str:
        """The word for a state; "none" is said by a blank."""
        return "" if state.value == "none" else self(state.value.replace("_", " "))

    @property
    def font(self) -> str:
        """A font that every Windows has and that holds the language's characters."""
        return "Microsoft YaHei" if self.language == CHINESE else "Calibri"

    def difference(self, difference: Difference) -> str:
        """One difference, what was wanted first."""
        label = FIELD_LABELS.get(difference.field, name_of(difference.field))
        place = f" ({difference.line})" if difference.line is not None else ""
        return f"{self(label)}{place}: {self._shown(difference.wanted, label)} ≠ {self._shown(difference.found, label)}"

    def _shown(self, text: str, label: str) -> str:
        if label == "status" and text:
            return self(text.replace("_", " "))
        return text or self("(blank)")
