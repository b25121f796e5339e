"""How does Harbour read and write numbers and dates? As leniently, and as wrongly, as its age."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
THOUSANDTH = Decimal("0.001")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})[/.\-]([0-9]{4}|[0-9]{2})")


def number(text: str) -> Decimal:
    """What is left of a typed number: commas are dropped, the rest counts up to the first odd character."""
    match = _NUMBER.match(text.replace(",", "").replace(" ", ""))
    return Decimal(match.group()) if match else Decimal(0)


def quantity(text: str) -> Decimal:
    """A typed quantity, rounded half up to three decimals."""
    return number(text).quantize(THOUSANDTH, ROUND_HALF_UP)


def price(text: str) -> Decimal:
    """A typed price, silently rounded half up to two decimals."""
    return number(text).quantize(CENT, ROUND_HALF_UP)


def amount(units: Decimal, unit_price: Decimal) -> Decimal:
    """The amount of a line in its currency, rounded half up to the cent."""
    return (units * unit_price).quantize(CENT, ROUND_HALF_UP)


def money_text(value: Decimal) -> str:
    """Money as screens show it, such as 1,234.50."""
    return f"{value:,.2f}"


def quantity_text(value: Decimal) -> str:
    """A quantity as screens show it: up to three decimals, without trailing zeros."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def plain(value: Decimal) -> str:
    """A quantity as it is stored: exact, without exponent or trailing zeros."""
    return quantity_text(value).replace(",", "")


def day(text: str, today: date) -> date | None:
    """A typed date; slashes mean dd/mm/yy, dots and dashes mm-dd-yy, and what cannot be is swapped in silence."""
    if not text:
        return today
    match = _DATE.fullmatch(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += 2000 if len(match[4]) == len("yy") else 0
    return _calendar(year, first, second) if match[2] == "/" else _calendar(year, second, first)


def _calendar(year: int, day_: int, month: int) -> date | None:
    for tried_month, tried_day in ((month, day_), (day_, month)):
        try:
            return date(year, tried_month, tried_day)
        except ValueError:
            continue
    return None


def day_text(value: date) -> str:
    """A date as screens show it, dd/mm/yy."""
    return value.strftime("%d/%m/%y")
