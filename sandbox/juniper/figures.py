"""How does Juniper read and write numbers and dates? With the patience of its age, and its mistakes."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT, QUANTUM = Decimal("0.01"), Decimal("0.0001")
_LEADING = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_DAY = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_CENTURY = 2000


def number(text: str) -> Decimal:
    """A typed number: commas and blanks are dropped, the rest counts up to the first odd character."""
    found = _LEADING.match(re.sub(r"[, ]", "", text))
    return Decimal(found[0]) if found else Decimal(0)


def whole(text: str) -> int:
    """A typed order number; nothing sensible is 0."""
    return int(text) if text.isascii() and text.isdigit() else 0


def quantity(text: str) -> Decimal:
    """A typed quantity, rounded half up to four decimals."""
    return number(text).quantize(QUANTUM, ROUND_HALF_UP)


def price(text: str) -> Decimal:
    """A typed price, rounded half up to the cent without a word."""
    return number(text).quantize(CENT, ROUND_HALF_UP)


def amount(units: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity times price, rounded half up to the cent."""
    return (units * unit_price).quantize(CENT, ROUND_HALF_UP)


def money_text(value: Decimal) -> str:
    """Money as screens show it, such as 1,234.50."""
    return f"{value:,.2f}"


def plain(value: Decimal) -> str:
    """A quantity without exponent, commas and trailing zeros."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if text not in {"", "-0"} else "0"


def day(text: str, empty: date) -> date | None:
    """A typed date: dd/mm/yy with slashes, mm-dd-yy with dots or dashes; what cannot be is swapped if that helps."""
    if not text:
        return empty
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    year = int(found[4]) + (_CENTURY if len(found[4]) == len("yy") else 0)
    month_day = (second, first) if found[2] == "/" else (first, second)
    return _calendar(year, *month_day) or _calendar(year, *reversed(month_day))


def _calendar(year: int, month: int, day_: int) -> date | None:
    try:
        return date(year, month, day_)
    except ValueError:
        return None


def day_text(value: date) -> str:
    """A date as screens show it, dd/mm/yy."""
    return value.strftime("%d/%m/%y")


def today() -> date:
    """The day on the ERP's own wall."""
    return date.today()  # noqa: DTZ011 - an old ERP knows only its own clock
