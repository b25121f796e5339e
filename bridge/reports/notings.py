"""What does a cell beside a break mean, in whatever language it was written?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache

from bridge.locale import LANGUAGES, translate
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, Handling, NoteField
from bridge.reports.texts import unmarked

DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")


def value_of(field: NoteField, cell: object) -> str:
    """The value to keep, blank for nothing; raises ValueError where the cell is none of the list or no day."""
    if field is NoteField.DUE:
        return _day(cell)
    text = unmarked(str(cell if cell is not None else "")).strip()
    if field is NoteField.STATUS:
        code = _code(text, "status")
        return "" if code == Handling.OPEN else code
    return _code(text, "cause") if field is NoteField.CAUSE else text


def _day(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell if cell is not None else "").strip()
    return "" if not text else _read_day(text).isoformat()


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
