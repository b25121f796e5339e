"""Can two orders ever be mistaken for each other by their references?

What is provable stands in the names: every wrong character is noticed, and every cut of a reference with separators.
A swap of two neighbours is noticed unless their values in the alphabet are neighbours too (ISO/IEC 7064 MOD 37-36
promises no more); a cut of a reference without separators is noticed in about 35 of 36 cases, and never matches, since
references are compared whole.
"""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.model.references import CHARSET, DIGESTED, ReferenceRule, make_reference, reference_is_whole
from tests.samples import UNHURRIED

HARBOUR = ReferenceRule("Remarks", 20)
BARE = ReferenceRule("Remarks", 20, separator="")
CODES = st.text(CHARSET, min_size=1, max_size=3)
PLAIN = st.text(CHARSET, min_size=1, max_size=12).filter(lambda number: not number.startswith(DIGESTED))
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SEPARATORS = st.sampled_from(["", "-", "/", "."])


@st.composite
def rules(draw: st.DrawFn) -> ReferenceRule:
    """A rule that is fit."""
    separator = draw(SEPARATORS)
    rule = ReferenceRule("Remarks", draw(st.integers(1, 40)), separator)
    assume(not rule.faults())
    return rule


@pytest.mark.parametrize(
    ("crm", "number", "reference"),
    [
        ("SB", "100045", "SB-100045-R"),
        ("SB", "SO1", "SB-SO1-Z"),
        ("suite", "7", "SUI-7-S"),
        ("用友", "7", "X-7-2"),
    ],
)
def test_a_plain_number_stays_readable(crm: str, number: str, reference: str) -> None:
    """What people call the order stands in the reference as it is, whenever the field can hold it."""
    assert make_reference(crm, number, HARBOUR) == reference


@pytest.mark.parametrize("number", ["so1", "SO-1", "SO 1", "订单1", "Z1", "", "١٢", "1" * 16, "\U0001f600", "S/1"])
def test_an_odd_number_is_replaced_by_a_digest(number: str) -> None:
    """A number that the field, or the alphabet, cannot hold gets a reference that no plain number has."""
    reference = make_reference("SB", number, HARBOUR)
    assert reference.split("-")[1].startswith(DIGESTED)
    assert reference_is_whole(reference)


@UNHURRIED
@given(CODES, ANY, rules())
def test_every_reference_fits_its_field(crm: str, number: str, rule: ReferenceRule) -> None:
    """It is never longer than the field, uses letters and digits only, is whole, and is the same every time."""
    reference = make_reference(crm, number, rule)
    assert len(reference) <= rule.max_length
    assert set(reference) <= set(CHARSET + rule.separator)
    assert reference_is_whole(reference, rule.separator)
    assert make_reference(crm, number, rule) == reference


@pytest.mark.parametrize("separator", ["", "-"])
def test_a_field_that_is_too_short_is_a_fault(separator: str) -> None:
    """A rule that passes the check holds every reference, and the first that does not is refused."""
    fit = [length for length in range(40) if not ReferenceRule("Remarks", length, separator).faults()]
    assert fit == list(range(fit[0], 40))
    longest = max(
        len(make_reference("ABC", number, ReferenceRule("R", fit[0], separator))) for number in ("so", "1" * 9)
    )
    assert longest == fit[0]


@UNHURRIED
@given(CODES, PLAIN, CODES, PLAIN, st.sampled_from(["-", "/", "."]))
def test_two_plain_orders_never_share_a_reference(
    crm: str, number: str, other_crm: str, other: str, separator: str
) -> None:
    """With a separator, CRM code and number can be read back from it, so two of them cannot be the same."""
    rule = ReferenceRule("Remarks", 30, separator)
    assume((crm, number) != (other_crm, other))
    assert make_reference(crm, number, rule) != make_reference(other_crm, other, rule)


@UNHURRIED
@given(CODES, PLAIN, PLAIN)
def test_two_orders_of_one_crm_never_share_a_plain_reference(crm: str, number: str, other: str) -> None:
    """Without a separator that holds for the orders of one CRM."""
    assume(number != other)
    assert make_reference(crm, number, BARE) != make_reference(crm, other, BARE)


@UNHURRIED
@given(CODES, PLAIN, ANY.filter(lambda number: not set(number) <= set(CHARSET)))
def test_a_digest_never_looks_like_a_number(crm: str, number: str, odd: str) -> None:
    """A replaced number can be no other order's plain one."""
    assert make_reference(crm, number, HARBOUR) != make_reference(crm, odd, HARBOUR)


def test_many_odd_numbers_keep_their_own_references() -> None:
    """Ten thousand numbers that differ in one place only, or in case, give as many references."""
    numbers = [f"so-{number}" for number in range(5000)] + [f"SO-{number}" for number in range(5000)]
    assert len({make_reference("SB", number, HARBOUR) for number in numbers}) == len(numbers)


def test_salt_tells_two_orders_of_one_number_apart() -> None:
    """Where the CRM holds a number twice, the id of the second makes another reference, always the same one."""
    first, second = make_reference("SB", "100045", HARBOUR), make_reference("SB", "100045", HARBOUR, salt="id-2")
    assert len({first, second, make_reference("SB", "100045", HARBOUR, salt="id-3")}) == 3
    assert make_reference("SB", "100045", HARBOUR, salt="id-2") == second


@UNHURRIED
@given(CODES, ANY, st.data())
def test_every_single_wrong_character_is_noticed(crm: str, number: str, data: st.DataObject) -> None:
    """One character that became another one never makes a whole reference."""
    reference = make_reference(crm, number, HARBOUR)
    place = data.draw(st.sampled_from([at for at, character in enumerate(reference) if character != "-"]))
    other = data.draw(st.sampled_from(CHARSET).filter(lambda character: character != reference[place]))
    assert not reference_is_whole(reference[:place] + other + reference[place + 1 :])


@UNHURRIED
@given(CODES, PLAIN, st.data())
def test_swapped_characters_are_noticed_unless_they_are_neighbours_in_the_alphabet(
    crm: str, number: str, data: st.DataObject
) -> None:
    """Two neighbours that changed places never make a whole reference, but for pairs such as 0 and 1, or 9 and A."""
    plain = make_reference(crm, number, BARE)
    place = data.draw(st.integers(0, len(plain) - 2))
    distance = (CHARSET.index(plain[place]) - CHARSET.index(plain[place + 1])) % len(CHARSET)
    assume(distance not in (0, 1, len(CHARSET) - 1))
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assert not reference_is_whole(swapped, "")


def test_few_of_all_swaps_go_unnoticed() -> None:
    """Of all swaps of neighbouring digits in 9000 numbers, fewer than one in two hundred makes a whole reference."""
    swaps, unnoticed = 0, 0
    for number in range(100000, 109000):
        text = str(number)
        plain = make_reference("SB", text, BARE)
        for place, (left, right) in enumerate(itertools.pairwise(text), 2):
            swapped = plain[:place] + right + left + plain[place + 2 :]
            swaps += left != right
            unnoticed += left != right and reference_is_whole(swapped, "")
    assert unnoticed / swaps < 0.005


@UNHURRIED
@given(CODES, ANY, st.sampled_from(["-", "/", "."]), st.data())
def test_every_cut_at_the_end_is_noticed(crm: str, number: str, separator: str, data: st.DataObject) -> None:
    """A reference with separators that lost characters at its end is never whole, whatever they were."""
    reference = make_reference(crm, number, ReferenceRule("Remarks", 20, separator))
    left = data.draw(st.integers(0, len(reference) - 1))
    assert not reference_is_whole(reference[:left], separator)


def test_few_cuts_of_a_bare_reference_go_unnoticed() -> None:
    """Without separators the check character alone must tell: about one cut in 36 escapes it."""
    whole = [make_reference("SB", str(number), BARE) for number in range(100000, 103000)]
    cuts = [reference[:left] for reference in whole for left in range(3, len(reference))]
    assert sum(reference_is_whole(cut, "") for cut in cuts) / len(cuts) < 1 / 30


@pytest.mark.parametrize(
    "text", ["", "-", "--", "SB", "SB-100045", "sb-100045-r", "SB-100045-R ", "SB-10-0045-R", "订单"]
)
def test_what_is_no_reference_is_not_whole(text: str) -> None:
    """Texts of other people are not taken for ours."""
    assert not reference_is_whole(text)
