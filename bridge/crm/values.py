"""Is this JSON value the text, number, date or instant it should be? A guess is never made; it is malformed instead."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from bridge.crm.paths import ABSENT
from bridge.crm.payloads import read_decimal
from bridge.crm.specs import Readings
from bridge.errors import OrderMalformed
from bridge.locale import Phrase

_NUMBER: Final = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,10})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_WHOLE: Final = 12  # digits; the product of two such numbers keeps its cents in a 28 digit context
_MOST_DECIMALS: Final = 20
_MOST_COUNTED: Final = 15  # digits of seconds or milliseconds since 1970: past year 9999 either way
_LONGEST_SHOWN: Final = 60
_LAYOUT: Final = frozenset("\t\n\r")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def malformed(field: str, what: str) -> OrderMalformed:
    """The error for one field of a record."""
    return OrderMalformed(problem=Phrase("{field} {what}", field=field, what=what))


def _absence(value: Any) -> Phrase:
    return Phrase("is missing") if value is None else Phrase("is not in the record")


def shown(value: Any) -> str:
    """The value for a message: printable whatever it holds, and short."""
    match value:
        case str():
            start = value[: _LONGEST_SHOWN + 1]
            text = repr(start) if start.isprintable() else ascii(start)
        case bool() | int() | Decimal() | date():
            text = str(value)
        case _:
            text = Phrase("a {kind}", kind=type(value).__name__)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def text_of(value: Any, field: str) -> str:
    """A free text as it is, "" for null; what no store can hold and no person can see is malformed."""
    if value is None:
        return ""
    text = _as_text(value, field)
    if any(_unstorable(character) for character in text):
        raise malformed(field, Phrase("holds control characters: {value}", value=shown(text)))
    return text


def code_of(value: Any, field: str) -> str:
    """A text that is a key (id, number, item …): not null, and on one line."""
    if value is None:
        raise malformed(field, Phrase("is missing"))
    text = _as_text(value, field)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise malformed(field, Phrase("holds control characters: {value}", value=shown(text)))
    return text


def _as_text(value: Any, field: str) -> str:
    if value is ABSENT:
        raise malformed(field, Phrase("is not in the record"))
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise malformed(field, Phrase("is not a text: {value}", value=shown(value)))
    return str(value)


def _unstorable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in _LAYOUT


def number_of(value: Any, field: str) -> Decimal:
    """The exact number, with the digits it was written with."""
    if value is ABSENT:
        raise malformed(field, Phrase("is not in the record"))
    if value is None:
        raise malformed(field, Phrase("is missing"))
    number = _as_number(value)
    if number is None or not number.is_finite():
        raise malformed(field, Phrase("is not a number: {value}", value=shown(value)))
    exponent = int(number.as_tuple().exponent)
    if (number and number.adjusted() >= _MOST_WHOLE) or not -_MOST_DECIMALS <= exponent <= _MOST_WHOLE:
        raise malformed(field, Phrase("is out of range: {value}", value=shown(value)))
    return number


def _as_number(value: Any) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return Decimal(value)
        case str() if _NUMBER.fullmatch(value):
            return read_decimal(value)
        case _:
            return None


def day_of(value: Any, field: str, formats: Readings) -> date:
    """The business date; an instant is a date only in a declared zone."""
    if value is ABSENT or value is None:
        raise malformed(field, _absence(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and (formats.date != "iso" or _DAY.fullmatch(value)):
        return _written_day(value, field, formats)
    if formats.zone is None:
        raise malformed(field, Phrase("is not a date: {value}", value=shown(value)))
    try:
        return instant_of(value, field, formats).astimezone(ZoneInfo(formats.zone)).date()
    except OverflowError:
        raise malformed(field, Phrase("is not a date: {value}", value=shown(value))) from None


def _written_day(value: str, field: str, formats: Readings) -> date:
    try:
        if formats.date == "iso":
            return date.fromisoformat(value)
        return datetime.strptime(value, formats.date).date()  # noqa: DTZ007 - a business date has no zone
    except (ValueError, re.error):
        raise malformed(field, Phrase("is not a date: {value}", value=shown(value))) from None


def instant_of(value: Any, field: str, formats: Readings) -> datetime:
    """The instant in UTC."""
    if value is ABSENT or value is None:
        raise malformed(field, _absence(value))
    try:
        moment = _as_instant(value, formats)
    except (ValueError, OverflowError, ArithmeticError):
        moment = None
    if moment is None:
        raise malformed(field, Phrase("is not an instant: {value}", value=shown(value)))
    return moment


def _as_instant(value: Any, formats: Readings) -> datetime | None:
    if formats.instant != "iso":
        return _counted(_as_number(value), 1_000_000 if formats.instant == "epoch_s" else 1_000)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return None
    if moment.tzinfo is None and formats.naive_zone is not None:
        moment = moment.replace(tzinfo=ZoneInfo(formats.naive_zone))
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def _counted(number: Decimal | None, unit: int) -> datetime | None:
    if number is None or not number.is_finite() or number.adjusted() >= _MOST_COUNTED:
        return None
    return _EPOCH + timedelta(microseconds=int(number * unit))
