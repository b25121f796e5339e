"""Is an amount ever off by a cent, or counted in the wrong currency's cents?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.money import Money, currency_known, decimals_of, minor_digits, rounded
from tests.samples import UNHURRIED, line

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=6)
LONG = Decimal("999999999999.00000000000000000001")  # 32 digits, more than the default context keeps


@pytest.mark.parametrize(("currency", "digits"), [("GBP", 2), ("CNY", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_a_minor_unit_is_that_of_its_currency(currency: str, digits: int) -> None:
    """Pounds have two decimals, yen none, dinars three."""
    assert minor_digits(currency) == digits
    assert currency_known(currency)


@pytest.mark.parametrize("code", ["", "gbp", "RMB", "£", "XYZ", "人民币"])
def test_what_is_no_currency_is_not_known(code: str) -> None:
    """Only codes of ISO 4217 count; names and signs people use do not."""
    assert not currency_known(code)


@pytest.mark.parametrize(
    ("amount", "digits", "result"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("0.0049", 2, "0.00"),
        ("1.5", 0, "2"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("2.675", 2, "2.68"),
        ("1.0005", 3, "1.001"),
        ("7", 2, "7.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, digits: int, result: str) -> None:
    """Half up, as merchants do it, never to the even neighbour and never through a float."""
    assert str(rounded(Decimal(amount), digits)) == result


@UNHURRIED
@given(AMOUNTS, st.integers(0, 4))
def test_rounding_moves_by_half_a_unit_at_most(amount: Decimal, digits: int) -> None:
    """The rounded amount has so many decimals, and is the nearest that has."""
    result = rounded(amount, digits)
    assert decimals_of(result) <= digits
    assert abs(result - amount) * 2 <= Decimal(1).scaleb(-digits)


@pytest.mark.parametrize(
    ("number", "needed"),
    [("2.50", 1), ("2", 0), ("100", 0), ("1E+3", 0), ("0.000", 0), ("0.001", 3), ("-0.10", 1), (str(LONG), 20)],
)
def test_a_number_needs_as_many_decimals_as_it_shows_without_its_last_zeros(number: str, needed: int) -> None:
    """Zeros at the end are no decimals, and no digit is too far away to count."""
    assert decimals_of(Decimal(number)) == needed


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.90", "GBP", 1290),
        ("12.9", "GBP", 1290),
        ("1290", "JPY", 1290),
        ("1.290", "KWD", 1290),
        ("-0.01", "GBP", -1),
    ],
)
def test_money_counts_in_minor_units(amount: str, currency: str, minor: int) -> None:
    """An amount is a whole number of its currency's smallest unit."""
    assert Money(Decimal(amount), currency).minor == minor


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "GBP"), ("0.5", "JPY"), ("1.2345", "KWD")])
def test_a_fraction_of_a_minor_unit_is_an_error(amount: str, currency: str) -> None:
    """What cannot be paid is never cut off in silence."""
    with pytest.raises(ValueError, match="minor units"):
        _ = Money(Decimal(amount), currency).minor


def test_two_currencies_are_never_added() -> None:
    """Pounds and pounds make pounds; pounds and euros make an error."""
    total = Money(Decimal("1.10"), "GBP") + Money(Decimal("2.20"), "GBP")
    assert total == Money(Decimal("3.30"), "GBP")
    with pytest.raises(ValueError, match="cannot be added"):
        _ = total + Money(Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "amount"),
    [("3", "0.335", "GBP", "1.01"), ("1.5", "333", "JPY", "500"), ("0.001", "1.5", "KWD", "0.002")],
)
def test_a_line_amount_is_rounded_to_its_currency(quantity: str, price: str, currency: str, amount: str) -> None:
    """Quantity times price, rounded half up once, to the smallest unit."""
    ordered = line(quantity=Decimal(quantity), unit_price=Decimal(price))
    assert str(ordered.amount(currency)) == amount
