"""How does Granite read and write numbers and dates? As leniently, and as wrongly, as its age."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_FINEST = Decimal("0.0001")
_LEADING_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DAY = re.compile(r"(\d\d?)([/.-])(\d\d?)[/.-](\d\d|\d{4})", re.ASCII)


def number(text: str) -> Decimal:
    """What is left of a typed number: commas and blanks are dropped, and it ends at the first odd character."""
    found = _LEADING_NUMBER.match(text.replace(",", "").replace(" ", ""))
    return Decimal(found[0]) if found else Decimal(0)


def quantity(text: str) -> Decimal:
    """A typed quantity, rounded half up to four decimals."""
    return number(text).quantize(_FINEST, ROUND_HALF_UP)


def price(text: str) -> Decimal:
    """A typed price, rounded half up to the cent without a word."""
    return number(text).quantize(CENT, ROUND_HALF_UP)


def amount(units: Decimal, unit_price: Decimal) -> Decimal:
    """What a line costs in its currency, rounded half up to the cent."""
    return (units * unit_price).quantize(CENT, ROUND_HALF_UP)


def money_text(value: Decimal) -> str:
    """Money as screens show it, such as 1,234.50."""
    return f"{value:,.2f}"


def quantity_text(value: Decimal) -> str:
    """A quantity as screens show it: up to four decimals, no zeros at the end."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def plain(value: Decimal) -> str:
    """A quantity as the books keep it: exact, without separators."""
    return quantity_text(value).replace(",", "")


def day(text: str) -> date | None:
    """A typed date: dd/mm/yy, but mm-dd-yy with dots or dashes; what cannot be is swapped in silence; else None."""
    found = _DAY.fullmatch(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if len(found[4]) < len("yyyy") else 0
    months_days = ((second, first), (first, second))
    for month, day_ in months_days if found[2] == "/" else reversed(months_days):
        try:
            return date(year, month, day_)
        except ValueError:
            continue
    return None


def day_text(value: date) -> str:
    """A date as screens show it, dd/mm/yy."""
    return value.strftime("%d/%m/%y")


def today() -> date:
    """The day by the clock on the ERP's own wall."""
    return date.today()  # noqa: DTZ011 - an old ERP knows no time zones
