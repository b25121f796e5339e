"""Is an order ever stored twice, lost or stored wrong because its Save went wrong?"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bridge.model.postings import Posting
from tests.chaos.cases import FALSIFIED, LATE, LATE_COMMIT, LONGER_THAN_DECLARED, NOT_STORED, STORED, TYPED_AGAIN
from tests.chaos.strikes import DOUBTS_IN_A_ROW, Case, Strike, chosen, expected, fault, outcome
from tests.installations import Installation
from tests.sandbox.harbour_clerks import eventually

pytestmark = [pytest.mark.browser, pytest.mark.sweep]

QUANTITIES = ("quantity", "unit_price")
in_two_halves = pytest.mark.parametrize("half", [0, 1], ids=["one half", "the other half"])


def ends_as_expected(installation: Installation, cases: Sequence[Case]) -> bool:
    """Whether each case ends as it must; fails with the ends that differ."""
    found, wanted = Strike(installation, cases, DOUBTS_IN_A_ROW).text(), expected(cases)
    assert found == wanted
    return bool(cases)


@in_two_halves
def test_what_was_stored_is_found_and_posted_once(installation: Installation, half: int) -> None:
    """Whatever Harbour answers instead of the number, or nothing: an order it stored is posted, and stored once."""
    assert ends_as_expected(installation, chosen(STORED)[half::2])


def test_what_was_not_stored_waits_for_a_person(installation: Installation) -> None:
    """An order that Harbour did not store is never typed again by itself; only a refusal we know rejects it."""
    assert ends_as_expected(installation, chosen(NOT_STORED))


def test_what_was_not_stored_is_typed_again_where_the_erp_cannot_be_late(installation: Installation) -> None:
    """An ERP that is declared never to be later than its lags has an absent order typed again, once, by itself."""
    installation.configure(absent="retype")
    assert ends_as_expected(installation, chosen(TYPED_AGAIN))
    assert installation.oracle.duplicates() == []


def test_a_commit_as_late_as_declared_is_awaited(installation: Installation) -> None:
    """With nothing else to do the job waits for what may still come, instead of asking a person too early."""
    installation.configure(commit_lag=5)
    strike = Strike(installation, [Case("late commit", (fault("late_commit", seconds=4),))])
    assert strike.text() == expected(strike.cases)


@pytest.mark.parametrize("case", chosen([LATE_COMMIT, NOT_STORED[0]])[:1], ids=lambda case: case.name)
def test_a_commit_later_than_declared_is_not_typed_again(installation: Installation, case: Case) -> None:
    """What is stored long after it was looked for ends held, and is stored once."""
    late = Strike(installation, [case])
    assert late.text() == expected(late.cases)
    if case is not LATE_COMMIT:
        store_now(installation, late.orders[1], late.postings[1])
    eventually(lambda: installation.oracle.of(late.orders[1]), LATE + 10)
    assert Strike(installation, []).text() == {}
    assert str(outcome(installation, late.orders[1], late.postings[1])) == "held (cannot_settle), stored 1 times"
    assert installation.oracle.duplicates() == []


def store_now(installation: Installation, wanted: Mapping[str, Any], posting: Posting) -> None:
    """Let Harbour store what was sent to it, without a clock that a slow machine could outrun."""
    lines = [{"item_code": each["item"], **{key: each[key] for key in QUANTITIES}} for each in wanted["lines"]]
    header = {"customer_code": wanted["customer"]["code"], "remarks": posting.reference, "lines": lines}
    same = {"order_date": wanted["order_date"], "po_number": wanted["po_number"], "currency": wanted["currency"]}
    installation.erp.control("orders", header | same)


def test_what_is_listed_later_than_declared_is_not_typed_again(installation: Installation) -> None:
    """What was stored and is not shown ends held where its number was not told, and is stored once."""
    assert ends_as_expected(installation, chosen(LONGER_THAN_DECLARED))
    assert Strike(installation, []).text() == {}
    assert installation.oracle.duplicates() == []


@in_two_halves
def test_what_was_stored_otherwise_is_held_with_its_document(installation: Installation, half: int) -> None:
    """Whatever Harbour falsifies in silence is seen by reading the stored document, and nothing is typed again."""
    assert ends_as_expected(installation, chosen(FALSIFIED)[half::2])
