"""Does a fault at any other moment than Save ever store an order twice, lose it or store it wrong?"""

import pytest

from sandbox.harbour.faults import KINDS
from tests.chaos.cases import (
    FALSIFIED,
    LATE_COMMIT,
    LONGER_THAN_DECLARED,
    NOT_STORED,
    PHASES,
    STORED,
    WHILE_SETTLING,
    in_passing,
)
from tests.chaos.strikes import LONG, Fault, Strike, chosen, expected, fault, outcome, plain, strike_while_settling
from tests.installations import USER, Installation

NOT_SIGNED_ON: list[Fault] = [
    fault("error_500", "/signon"),
    fault("blank_page", "/signon"),
    fault("cut_before", "/desk", "GET", times=3),
    fault("unexpected_alert", "/desk", "GET"),
    fault("refusal", "/menu", "GET"),
]


def test_the_short_form_has_every_fault_and_every_phase() -> None:
    """What is left to the long form is a combination, never a kind of fault or a phase."""
    at_save = [LATE_COMMIT, *STORED, *NOT_STORED, *LONGER_THAN_DECLARED, *FALSIFIED]
    passing = [case for case in in_passing([*PHASES]) if not case.only_long]
    cases = [case for case in at_save if not case.only_long] + passing
    assert {each["fault"] for case in cases for each in case.faults} == set(KINDS)
    assert {case.name.partition(":")[0] for case in passing} == set(PHASES)


@pytest.mark.browser
@pytest.mark.sweep
@pytest.mark.parametrize("half", [list(PHASES)[:4], list(PHASES)[4:]], ids=["until the form is filled", "after that"])
def test_a_fault_before_or_after_save_costs_only_time(installation: Installation, half: list[str]) -> None:
    """Whatever happens while nothing is being saved, the order is posted in the same run, once and right."""
    cases = chosen(in_passing(half))
    assert Strike(installation, cases).text() == expected(cases)
    assert installation.oracle.duplicates() == []


@pytest.mark.browser
@pytest.mark.sweep
def test_a_fault_while_a_doubt_is_settled_costs_only_time(installation: Installation) -> None:
    """An order in doubt stays so until the ERP can be searched, and then is found: it is never typed again."""
    Strike(installation, []).run()
    for case in chosen(WHILE_SETTLING):
        found, doubts = strike_while_settling(installation, case)
        assert (str(found), doubts) == ("posted, stored 1 times", 2), case.name
    assert installation.oracle.duplicates() == []


@pytest.mark.browser
@pytest.mark.sweep
def test_a_fault_at_sign_on_types_nothing_and_bars_nobody(installation: Installation) -> None:
    """A sign-on that fails for a technical reason ends the run with one sentence; the next run works."""
    wanted = plain()
    posting = installation.load([wanted])[0]
    for each in NOT_SIGNED_ON if LONG else NOT_SIGNED_ON[::2]:
        installation.erp.control("faults", each)
        report = installation.run("post_orders")
        installation.erp.control("faults", None, "DELETE")
        assert len(report.troubles) == 1, each
        assert str(outcome(installation, wanted, posting)) == "pending, stored 0 times"
    installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"
    assert installation.app.store.switches.barred("harbour", USER) is None
    assert installation.oracle.failed_sign_ons(USER) == 0
