"""Is an order ever stored twice, lost or stored wrong because its Save went wrong?"""

from dataclasses import replace

import pytest

from tests.chaos.strikes import Case, Fault, Strike, chosen, corruptions, expected, fault
from tests.installations import Installation
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.browser

UNKNOWN = "SO-177 Period closed"
LONGER = 3600.0  # seconds; 2 are declared
LATE = 60.0


def doubtful(name: str, *faults: Fault, stored: int = 1, only_long: bool = False) -> Case:
    """A case in which nothing that the bridge can see proves whether the order is or will be stored."""
    return Case(name, faults, "held", "cannot_settle", stored, only_long)


STORED = [
    Case("slow", (fault("slow", seconds=1),), only_long=True),
    Case("slower than we wait", (fault("slow", seconds=5),)),
    Case("slower than we wait, then done", (fault("slow", seconds=4.5, before=True),)),
    Case("cut after", (fault("cut_after"),)),
    Case("late commit", (fault("late_commit", seconds=1.5),)),
    Case("list lag", (fault("list_lag", seconds=1.5),), only_long=True),
    Case("cut after, list lag", (fault("cut_after"), fault("list_lag", seconds=1.5)), only_long=True),
    Case("refusal but saved", (fault("refusal_but_saved"),)),
    Case("credit limit but saved", (fault("refusal_but_saved", text="SO-150 Credit limit exceeded"),)),
    Case("session expired but saved", (fault("refusal_but_saved", text="Session expired!"),), only_long=True),
    Case("session killed and saved", (fault("session_killed", and_saved=True),)),
    Case("unexpected alert", (fault("unexpected_alert"),)),
    Case("blank page", (fault("blank_page"),)),
]
NOT_STORED = [
    doubtful("cut before", fault("cut_before"), stored=0),
    doubtful("error 500", fault("error_500"), stored=0),
    doubtful("session killed", fault("session_killed"), stored=0),
    doubtful("record locked", fault("record_locked"), stored=0),
    doubtful("unknown refusal", fault("refusal", text=UNKNOWN), stored=0),
    Case("refusal", (fault("refusal"),), "rejected", "refused_by_erp", 0),
]
AGAIN = -2  # a refusal would come again
LATE_COMMIT = doubtful("late commit", fault("late_commit", seconds=LATE), stored=0)
LISTED_LATE = fault("list_lag", seconds=LONGER)
LONGER_THAN_DECLARED = [
    Case("list lag", (LISTED_LATE,)),
    doubtful("cut after, list lag", fault("cut_after"), LISTED_LATE),
    doubtful("refusal but saved, list lag", fault("refusal_but_saved"), LISTED_LATE),
    doubtful("blank page, list lag", fault("blank_page"), LISTED_LATE, only_long=True),
    doubtful("killed and saved, list lag", fault("session_killed", and_saved=True), LISTED_LATE, only_long=True),
]
FALSIFIED = [Case(f"{each['field']} falsified", (each,), "held", "stored_different") for each in corruptions()] + [
    Case("last line dropped", (fault("drop_line"),), "held", "stored_different"),
    Case("first line dropped", (fault("drop_line", line=1),), "held", "stored_different"),
    Case("reference cut", (fault("cut_reference", length=8),), "held", "stored_different"),
    Case("reference cut, no answer", (fault("cut_reference"), fault("cut_after")), "held", "look_alike"),
    Case("falsified, no answer", (corruptions()[0], fault("blank_page")), "held", "found_different"),
    Case("saved twice", (fault("saved_twice"),), "held", "found_several", 2),
    Case("saved twice, no answer", (fault("saved_twice"), fault("blank_page")), "held", "found_several", 2),
]


def test_what_was_stored_is_found_and_posted_once(installation: Installation) -> None:
    """Whatever Harbour answers instead of the number, or nothing: an order it stored is posted, and stored once."""
    cases = chosen(STORED)
    assert Strike(installation, cases).text() == expected(cases)


def test_what_was_not_stored_waits_for_a_person(installation: Installation) -> None:
    """An order that Harbour did not store is never typed again by itself; only a refusal we know rejects it."""
    cases = chosen(NOT_STORED)
    assert Strike(installation, cases).text() == expected(cases)


def test_what_was_not_stored_is_typed_again_where_the_erp_cannot_be_late(installation: Installation) -> None:
    """An ERP that is declared never to be later than its lags has an absent order typed again, once, by itself."""
    cases = [replace(case, state="posted", reason=None, stored=1) for case in chosen(NOT_STORED[:AGAIN])]
    installation.configure(absent="retype")
    try:
        assert Strike(installation, cases).text() == expected(cases)
    finally:
        installation.configure(absent="hold")
    assert installation.oracle.duplicates() == []


def test_lags_longer_than_declared_end_held(installation: Installation) -> None:
    """What is stored or listed later than the profile declares ends held, and is not typed a second time."""
    late = Strike(installation, [LATE_COMMIT])
    assert late.text() == expected(late.cases)
    cases = chosen(LONGER_THAN_DECLARED)
    assert Strike(installation, cases).text() == expected(cases)
    eventually(lambda: installation.oracle.of(late.orders[1]), LATE + 10)
    assert Strike(installation, []).text() == {}
    assert len(installation.oracle.of(late.orders[1])) == 1
    assert installation.oracle.duplicates() == []


def test_what_was_stored_otherwise_is_held_with_its_document(installation: Installation) -> None:
    """Whatever Harbour falsifies in silence is seen by reading the stored document, and nothing is typed again."""
    cases = chosen(FALSIFIED)
    assert Strike(installation, cases).text() == expected(cases)
