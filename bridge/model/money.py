"""How much is it, in which currency, and to which digit?"""

from dataclasses import dataclass
from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Self

from babel.core import get_global
from babel.numbers import get_currency_precision

EVERY_DIGIT = Context(prec=MAX_PREC)  # the default context rounds to 28 digits in silence


def currency_known(code: str) -> bool:
    """Whether the code is one of ISO 4217, as the Unicode CLDR lists them."""
    return code in get_global("all_currencies")


@lru_cache(maxsize=512)  # codes come from screens too
def minor_digits(currency: str) -> int:
    """Decimals of the currency's minor unit (GBP 2, JPY 0, KWD 3), from the Unicode CLDR."""
    return get_currency_precision(currency)


def rounded(amount: Decimal, digits: int) -> Decimal:
    """The amount to so many decimals, halves away from zero as merchants round."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def trimmed(number: Decimal) -> Decimal:
    """The number without zeros at its end; it keeps every other digit, however many there are."""
    return number.normalize(EVERY_DIGIT)


def decimals_of(number: Decimal) -> int:
    """How many decimals the number needs (2.50 needs one)."""
    exponent = trimmed(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@dataclass(frozen=True, order=True)
class Money:
    """An amount in one currency; amounts of two currencies are never added."""

    amount: Decimal
    currency: str

    @property
    def minor(self) -> int:
        """The amount in whole minor units; raises ValueError where it holds a fraction of one."""
        units = self.amount.scaleb(minor_digits(self.currency))
        if units != units.to_integral_value():
            message = f"{self.amount} {self.currency} is not a whole number of minor units"
            raise ValueError(message)
        return int(units)

    def __add__(self, other: Self) -> "Money":
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} cannot be added"
            raise ValueError(message)
        return Money(self.amount + other.amount, self.currency)
