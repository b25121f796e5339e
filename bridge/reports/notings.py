"""What does a cell beside a break mean, in whatever language it was written?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from bridge.locale import LANGUAGES, translate
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, Handling, NoteField
from bridge.reports.texts import unmarked

DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
# A cell that lost its format shows a day as the number of days since the last one of 1899, for all days from March 1900
# on (ECMA-376, part 1, 18.17.4.1). Another number than one of these years is hardly meant as a day.
DAY_ZERO = date(1899, 12, 30)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def value_of(field: NoteField, cell: object) -> str:
    """The value to keep, blank for nothing; raises ValueError where the cell is none of the list or no day."""
    if field is NoteField.DUE:
        return _day(cell)
    text = unmarked(text_of(cell)).strip()
    if field is NoteField.STATUS:
        code = _code(text, "status")
        return "" if code == Handling.OPEN else code
    return _code(text, "cause") if field is NoteField.CAUSE else text


def text_of(cell: object) -> str:
    """The cell as people read it: a number without more digits than it has, a moment without a time it has not."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case float() | int():
            return f"{cell:.15g}"
        case datetime() if cell.time() == time():
            return str(cell.date())
    return str(cell)


def _day(cell: object) -> str:
    text = text_of(cell).strip()
    if not text:
        return ""
    day = _shown_day(cell, text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day.isoformat()


def _shown_day(cell: object, text: str) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _counted_day(cell)
    return _read_day(text)


def _counted_day(number: float) -> date:
    if not 0 <= number <= (LAST_DAY - DAY_ZERO).days:
        raise ValueError(text_of(number))
    return DAY_ZERO + timedelta(int(number))


def _read_day(text: str) -> date:
    for each in DAY_FORMATS:
        try:
            return datetime.strptime(text, each).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(text)


def _code(text: str, what: str) -> str:
    if not text:
        return ""
    code = _codes(what).get(text.casefold())
    if code is None:
        raise ValueError(text)
    return code


@cache
def _codes(what: str) -> Mapping[str, str]:
    names: Iterable[tuple[StrEnum, str]] = HANDLING_NAMES.items() if what == "status" else CAUSE_NAMES.items()
    return {
        text.casefold(): code.value
        for code, name in names
        for text in (code.value, name, *(translate(name, language) for language in LANGUAGES))
    }
