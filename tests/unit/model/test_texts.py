"""Does a value survive being typed and read, and is a text that could mean two things ever guessed at?"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import StatusUnknown, ValueUnreadable
from bridge.model.documents import DocumentStatus
from bridge.model.profiles import Formats, Target
from bridge.model.texts import (
    folded,
    read_currency,
    read_date,
    read_number,
    read_status,
    same_text,
    untypable_characters,
    write_date,
    write_number,
)
from tests.samples import UNHURRIED, harbour

ENGLISH = Formats(decimal=".", thousands=",")
GERMAN = Formats(decimal=",", thousands=".")
SWISS = Formats(decimal=".", thousands="'")
FRENCH = Formats(decimal=",", thousands=" ")
PLAIN = Formats(decimal=".", thousands="")
WAYS = {"english": ENGLISH, "german": GERMAN, "swiss": SWISS, "french": FRENCH, "plain": PLAIN}
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=5)
DAYS = st.dates(date(1970, 1, 1), date(2068, 12, 31))
PATTERNS = ["%Y-%m-%d", "%d/%m/%y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y"]


def target(kind: str = "text", **changes: object) -> Target:
    """A target of that kind."""
    return Target("x", (), kind=kind, **changes)  # type: ignore[arg-type]


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
@UNHURRIED
@given(number=NUMBERS)
def test_a_number_is_read_as_it_was_written(way: str, number: Decimal) -> None:
    """Whatever the marks of the ERP: what was typed means the same when it is read."""
    assert read_number(write_number(number, WAYS[way]), WAYS[way], "price") == number


@UNHURRIED
@given(number=NUMBERS, digits=st.integers(5, 9))
def test_fixed_digits_change_nothing(number: Decimal, digits: int) -> None:
    """Digits that are only filled up with zeros leave the value as it is."""
    text = write_number(number, GERMAN, digits)
    assert len(text.partition(",")[2]) == digits
    assert read_number(text, GERMAN, "price") == number


@UNHURRIED
@given(number=st.decimals(min_value=0, max_value=10**12, places=2))
def test_thousands_are_read_where_they_belong(number: Decimal) -> None:
    """What an ERP shows with its thousands marks is the number itself."""
    shown = f"{number:,.2f}"
    assert read_number(shown, ENGLISH, "total") == number
    assert read_number(shown.replace(",", "'"), SWISS, "total") == number
    assert read_number(shown.replace(",", " ").replace(".", ","), FRENCH, "total") == number


@pytest.mark.parametrize(
    ("number", "text"), [("1E+3", "1000"), ("2.500", "2.5"), ("0E-5", "0"), ("100", "100"), ("1E-7", "0.0000001")]
)
def test_a_number_is_written_out(number: str, text: str) -> None:
    """No exponent and no useless zero is ever typed."""
    assert write_number(Decimal(number), PLAIN) == text


def test_no_digit_is_lost_in_writing() -> None:
    """More digits than Python's default context holds are typed all the same."""
    number = "999999999999.00000000000000000001"
    assert write_number(Decimal(number), PLAIN) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [("5.", "5"), ("5-", "-5"), ("-5", "-5"), (" 7 ", "7"), ("1,234.50-", "-1234.50"), ("0012", "12")],
)
def test_old_ways_of_writing_are_read(text: str, value: str) -> None:
    """A minus behind the number and a bare decimal point are how old ERPs write."""
    assert read_number(text, ENGLISH, "total") == Decimal(value)


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("english", "1.234,5"),
        ("english", "1,23"),
        ("english", "1,2345"),
        ("english", "12,34,567"),
        ("english", "1,234,56"),
        ("english", ",234"),
        ("english", "1.2.3"),
        ("german", "1,234.5"),
        ("german", "1.23"),
        ("german", "1.2345"),
        ("plain", "1,234"),
        ("plain", "1,5"),
        ("french", "1\u202f234,5"),
        ("plain", ""),
        ("plain", "-"),
        ("plain", "-5-"),
        ("plain", "+5"),
        ("plain", "(5)"),
        ("plain", "5 EUR"),
        ("plain", "1e3"),
        ("plain", "NaN"),
        ("plain", "∞"),
        ("plain", "½"),
        ("plain", "五"),
    ],
)
def test_a_number_that_could_be_another_is_refused(way: str, text: str) -> None:
    """Marks where they do not belong, or of another country, are never interpreted."""
    with pytest.raises(ValueUnreadable) as refused:
        read_number(text, WAYS[way], "price")
    assert refused.value.params == {"field": "price", "text": text, "kind": "number"}


@UNHURRIED
@given(st.text(max_size=12), st.sampled_from(sorted(WAYS)))
def test_any_text_is_a_number_or_refused(text: str, way: str) -> None:
    """Nothing else ever comes of a text; and a number that was read can be typed back."""
    try:
        number = read_number(text, WAYS[way], "price")
    except ValueUnreadable:
        return
    assert read_number(write_number(number, WAYS[way]), WAYS[way], "price") == number


# --- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", PATTERNS)
@UNHURRIED
@given(day=DAYS)
def test_a_date_is_read_as_it_was_written(pattern: str, day: date) -> None:
    """In every format an ERP may have, within the years that two digits can tell."""
    formats = Formats(date=pattern)
    assert read_date(write_date(day, formats), formats, "order_date") == day


@UNHURRIED
@given(day=st.dates(date(1000, 1, 1)))
def test_every_date_survives_four_digits_of_year(day: date) -> None:
    """From the first year that has four digits to the last."""
    formats = Formats(date="%Y-%m-%d")
    assert read_date(write_date(day, formats), formats, "order_date") == day


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%d/%m/%y", "13/13/26"),
        ("%d/%m/%y", "31/02/26"),
        ("%d/%m/%y", "02/03/2026"),
        ("%d/%m/%y", "02.03.26"),
        ("%d/%m/%y", ""),
        ("%Y-%m-%d", "2026-03-02T10:00"),
        ("%Y-%m-%d", "heute"),
        ("%d/%m/%y", "02/ 3/26"),
        ("%d%m%y", "11126"),
        ("%Y%m%d", "2026111"),
        ("%Y-%m-%d", "26-03-02"),
    ],
)
def test_a_date_that_is_written_otherwise_is_refused(pattern: str, text: str) -> None:
    """What does not look exactly as the ERP writes dates may mean another day."""
    with pytest.raises(ValueUnreadable):
        read_date(text, Formats(date=pattern), "order_date")


def test_zeros_before_a_number_may_be_missing() -> None:
    """An ERP that writes the second of March as 2/3/26 means the second of March."""
    assert read_date("2/3/26", Formats(date="%d/%m/%y"), "order_date") == date(2026, 3, 2)
    assert read_date("2-MAR-2026", Formats(date="%d-%b-%Y"), "order_date") == date(2026, 3, 2)


def test_a_target_may_have_its_own_format() -> None:
    """A field that takes dates otherwise than the rest of the ERP says so."""
    american = target("date", format="%m/%d/%Y")
    formats = Formats(date="%d/%m/%y")
    assert write_date(date(2026, 3, 2), formats, american) == "03/02/2026"
    assert read_date("03/02/2026", formats, "order_date", american) == date(2026, 3, 2)
    assert write_date(date(2026, 3, 2), formats, target("date")) == "02/03/26"


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folds", "left", "right", "same"),
    [
        ((), "ab", "AB", False),
        (("upper",), "ab", "AB", True),
        ((), "ab ", "ab", False),
        (("trim",), "ab ", "ab", True),
        ((), "ＡＢ", "AB", False),
        (("nfkc",), "ＡＢ１", "AB1", True),
        (("nfkc", "upper", "trim"), " ａｂ", "AB", True),
        (("upper",), "重庆", "重慶", False),
    ],
)
def test_texts_are_equal_only_as_far_as_the_erp_is_declared_to_change_them(
    folds: tuple[str, ...], left: str, right: str, same: bool
) -> None:
    """A fold that is not declared is a difference."""
    assert (folded(left, folds) == folded(right, folds)) is same
    assert same_text(left, right, target(folds=folds), ENGLISH, "x") is same


@pytest.mark.parametrize(
    ("kind", "left", "right", "same"),
    [
        ("number", "2.5", "2.500", True),
        ("number", "2.5", "25", False),
        ("money", "1234.50", "1,234.50", True),
        ("money", "1234.50", "1.234,50", False),
        ("money", "5", "", False),
        ("date", "02/03/26", "02/03/26", True),
        ("date", "02/03/26", "03/02/26", False),
        ("text", "2.5", "2.500", False),
        ("code", "C1001", "c1001", False),
        ("choice", "GBP", "EUR", False),
    ],
)
def test_values_are_compared_by_what_they_mean(kind: str, left: str, right: str, same: bool) -> None:
    """Numbers as numbers, dates as dates, everything else character by character; what is unreadable is not equal."""
    formats = Formats(date="%d/%m/%y", decimal=".", thousands=",")
    assert same_text(left, right, target(kind), formats, "x") is same


@UNHURRIED
@given(st.text(st.characters(categories=["L", "N", "P", "S", "M", "Zs"])))
def test_what_people_write_can_be_typed(text: str) -> None:
    """Letters of any script, signs, emoji and spaces all reach the keyboard."""
    assert untypable_characters(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\tb", ("U+0009",)),
        ("a\r\nb", ("U+000D", "U+000A")),
        ("\x1b[2J", ("U+001B",)),
        ("a\u202eb", ("U+202E",)),
        ("a\u200bb\u200b", ("U+200B",)),
        ("a\u2028b", ("U+2028",)),
        ("\ufeffa", ("U+FEFF",)),
        ("\ue000", ("U+E000",)),
        ("\ud800", ("U+D800",)),
        ("\uffff", ("U+FFFF",)),
    ],
)
def test_what_moves_hides_or_reverses_is_never_typed(text: str, found: tuple[str, ...]) -> None:
    """Characters that press keys, reverse the text or cannot be seen are named, each once."""
    assert untypable_characters(text) == found


@pytest.mark.parametrize(("word", "status"), [("Open", "open"), (" Part shipped ", "part_shipped")])
def test_a_known_status_word_is_read(word: str, status: str) -> None:
    """The profile's words, with spaces around them or without."""
    assert read_status(word, harbour()) is DocumentStatus(status)


@pytest.mark.parametrize("word", ["open", "Closed", "", "已关闭"])
def test_an_unknown_status_word_is_an_error(word: str) -> None:
    """What the profile does not list is never guessed."""
    with pytest.raises(StatusUnknown):
        read_status(word, harbour())


@pytest.mark.parametrize("text", ["R\x00B", "G\ud800P", "GBP " * 30])
def test_what_can_be_no_currency_is_an_error(text: str) -> None:
    """Sums are told by their currency, on sheets that must read back as they were written."""
    with pytest.raises(ValueUnreadable):
        read_currency(text)
    assert read_currency(" 人民币 ") == "人民币"
