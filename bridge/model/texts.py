"""How is a value written in the ERP's format, and what does a text on its screen mean?"""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from bridge.errors import StatusUnknown, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.documents import DocumentStatus
from bridge.model.money import rounded, trimmed
from bridge.model.profiles import ErpProfile, Formats, Target

LONGEST_CURRENCY = 40
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
UNTYPABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def untypable_characters(text: str) -> tuple[str, ...]:
    """The characters that move the focus, hide or reverse text, or are no characters at all, as U+ codes."""
    found = dict.fromkeys(c for c in text if unicodedata.category(c) in UNTYPABLE)
    return tuple(f"U+{ord(character):04X}" for character in found)


def write_date(day: date, formats: Formats, target: Target | None = None) -> str:
    """The date as the target takes it, else as the ERP writes dates."""
    return day.strftime((target.format if target else "") or formats.date)


def read_date(text: str, formats: Formats, field: str, target: Target | None = None) -> date:
    """The date the text shows; raises ValueUnreadable unless writing it again gives the same text.

    Only zeros before a number may be missing; "11126" in a format without separators could be two days, and is refused.
    """
    pattern = (target.format if target else "") or formats.date
    try:
        day = datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a business date has no zone
    except ValueError:
        day = None
    if day is None or _unpadded(day.strftime(pattern)) != _unpadded(text.strip()):
        raise ValueUnreadable(field=Phrase.code(field), text=text, kind=Phrase("date"))
    return day


def _unpadded(text: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", text).casefold()


def write_number(number: Decimal, formats: Formats, digits: int | None = None) -> str:
    """The number without thousands marks: with fixed digits where given, else with as many as it needs."""
    plain = f"{rounded(number, digits):f}" if digits is not None else f"{trimmed(number):f}"
    return plain.replace(".", formats.decimal)


def read_number(text: str, formats: Formats, field: str) -> Decimal:
    """The number the text shows; thousands marks only where they belong, no guessing between 1.234 and 1,234."""
    mark, point = re.escape(formats.thousands), re.escape(formats.decimal)
    whole = rf"\d{{1,3}}(?:{mark}\d{{3}})+|\d+" if mark else r"\d+"
    match = re.fullmatch(rf"(-?)({whole})(?:{point}(\d*))?(-?)", text.strip())
    if match is None or (match[1] and match[4]):
        raise ValueUnreadable(field=Phrase.code(field), text=text, kind=Phrase("number"))
    digits = match[2].replace(formats.thousands, "") if formats.thousands else match[2]
    value = Decimal(f"{digits}.{match[3] or '0'}")
    return -value if match[1] or match[4] else value


def read_currency(text: str) -> str:
    """The ERP's word for a currency, sums are told by it; raises ValueUnreadable where it can be none."""
    word = text.strip()
    if not word.isprintable() or len(word) > LONGEST_CURRENCY:
        raise ValueUnreadable(field=Phrase.code("currency"), text=text[:LONGEST_CURRENCY], kind=Phrase("currency"))
    return word


def read_status(text: str, profile: ErpProfile) -> DocumentStatus:
    """Our status for the ERP's word; an unmapped word is an error, never a guess."""
    word = text.strip()
    if word not in profile.statuses:
        raise StatusUnknown(erp=profile.name, word=word)
    return profile.statuses[word]


def visible(text: str) -> str:
    """What a person sees of the text: full-width as half-width, nothing invisible, no blanks around it."""
    return unicodedata.normalize("NFKC", text.translate(INVISIBLE)).strip()


def folded(text: str, folds: tuple[str, ...]) -> str:
    """The text as the ERP is declared to keep it."""
    for fold in folds:
        match fold:
            case "nfkc":
                text = unicodedata.normalize("NFKC", text)
            case "upper":
                text = text.upper()
            case "trim":
                text = text.strip()
            case _:
                pass
    return text


def same_text(wanted: str, found: str, target: Target, formats: Formats, field: str) -> bool:
    """Whether two texts of one target mean the same value, each read by the target's kind."""
    try:
        match target.kind:
            case "date":
                return read_date(wanted, formats, field, target) == read_date(found, formats, field, target)
            case "number" | "money":
                return read_number(wanted, formats, field) == read_number(found, formats, field)
            case _:
                return folded(wanted, target.folds) == folded(found, target.folds)
    except ValueUnreadable:
        return False
