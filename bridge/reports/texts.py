"""How does text from outside enter a workbook cell without ever becoming a formula, a link or a broken file?"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from bridge.locale import CHINESE, name_of, translate
from bridge.model.forms import Difference

LONGEST_CELL = 32_767
CUT = " […]"
MARK = "'"
# OWASP ASVS 1.2.10 names = + - @ (tab and NUL become blanks); the full-width ones are ours, as some programs fold them.
FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
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
    "company": "company",
    "discount": "discount",
    "freight": "freight",
    "tax": "tax",
    "unit": "unit",
    "customer_name": "customer name",
}


def safe(text: str) -> str:
    """The text as a cell may hold it: no control characters, nothing that turns it around, no longer than a cell.

    What a spreadsheet could take for a formula gets a mark before it that stays when the sheet is saved as CSV.
    """
    plain = text if text.isprintable() else "".join(_safe_character(character) for character in text)
    marked = MARK + plain if _could_compute(plain) else plain
    return marked if len(marked) <= LONGEST_CELL else marked[: LONGEST_CELL - len(CUT)] + CUT


def unmarked(text: str) -> str:
    """The text without the mark that `safe` gave it."""
    inner = text.removeprefix(MARK)
    return inner if inner != text and _could_compute(inner) else text


def _could_compute(text: str) -> bool:
    """Whether it begins like a formula, be it behind blanks, quotes or marks of somebody else's."""
    return text.lstrip(MARK + '" \u00a0\u3000')[:1] in FORMULA_SIGNS and bool(text.strip(MARK + " "))


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
        wanted, found = (self._shown(text, label) for text in (difference.wanted, difference.found))
        return f"{self.label(difference)}: {wanted} ≠ {found}"

    def label(self, difference: Difference) -> str:
        """What the field is called, with its line where it has one."""
        label = FIELD_LABELS.get(difference.field, name_of(difference.field))
        return f"{self(label)}{f' ({difference.line})' if difference.line is not None else ''}"

    def _shown(self, text: str, label: str) -> str:
        if label == "status" and text:
            return self(text.replace("_", " "))
        return text or self("(blank)")
