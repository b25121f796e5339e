"""Does a fault at any other moment than Save ever store an order twice, lose it or store it wrong?"""

import itertools

import pytest

from bridge.model.postings import PostingState
from tests.chaos.strikes import LONG, Case, Fault, Strike, expected, fault, outcome, plain
from tests.installations import USER, Installation

pytestmark = pytest.mark.browser

PHASES: dict[str, Fault] = {
    "first search": {"path": "/so/list", "method": ""},
    "opening the form": {"path": "/so/entry", "method": "GET"},
    "first line": {"path": "/so/entry", "method": "POST"},
    "last line": {"path": "/so/entry", "method": "POST", "skip": 2},
    "second search": {"path": "/so/list", "method": "", "skip": 1},
    "verifying": {"path": "/so/show", "method": "GET"},
    "search for a second one": {"path": "/so/list", "method": "", "skip": 2},
}
FAULTS: dict[str, Fault] = {
    "slow": {"fault": "slow", "seconds": 1},
    "slower than we wait": {"fault": "slow", "seconds": 20},
    "error 500": {"fault": "error_500"},
    "cut before": {"fault": "cut_before", "times": 3},
    "cut after": {"fault": "cut_after", "times": 3},
    "late": {"fault": "late_commit", "seconds": 3},
    "blank page": {"fault": "blank_page"},
    "session killed": {"fault": "session_killed"},
    "session killed, done": {"fault": "session_killed", "and_saved": True},
    "unexpected alert": {"fault": "unexpected_alert"},
    "record locked": {"fault": "record_locked"},
    "refused": {"fault": "refusal", "text": "SO-199 Please try again"},
}
SHORT = {
    ("first search", "session killed"),
    ("first search", "blank page"),
    ("opening the form", "unexpected alert"),
    ("opening the form", "cut before"),
    ("first line", "error 500"),
    ("last line", "session killed, done"),
    ("last line", "record locked"),
    ("second search", "cut after"),
    ("second search", "unexpected alert"),
    ("verifying", "blank page"),
    ("verifying", "session killed"),
    ("search for a second one", "error 500"),
}
AFTER_DOUBT: Fault = {"path": "/so/list", "method": "", "skip": 2}
NOT_SIGNED_ON: list[Fault] = [
    fault("error_500", "/signon"),
    fault("blank_page", "/signon"),
    fault("cut_before", "/desk", "GET", times=3),
    fault("unexpected_alert", "/desk", "GET"),
    fault("refusal", "/menu", "GET"),
]


def cases_of(phases: list[str]) -> list[Case]:
    """Every fault at these phases, or the chosen ones in the short form."""
    wanted = [pair for pair in itertools.product(phases, FAULTS) if LONG or pair in SHORT]
    return [Case(f"{phase}: {name}", (FAULTS[name] | PHASES[phase],)) for phase, name in wanted]


@pytest.mark.parametrize("half", [list(PHASES)[:4], list(PHASES)[4:]], ids=["until the form is filled", "after that"])
def test_a_fault_before_or_after_save_costs_only_time(installation: Installation, half: list[str]) -> None:
    """Whatever happens while nothing is being saved, the order is posted in the same run, once and right."""
    cases = cases_of(half)
    assert Strike(installation, cases).text() == expected(cases)
    assert installation.oracle.duplicates() == []


def test_a_fault_while_a_doubt_is_settled_costs_only_time(installation: Installation) -> None:
    """An order in doubt stays so until the ERP can be searched, and then is found: it is never typed again."""
    names = ["error 500", "session killed", "blank page", "unexpected alert", "slower than we wait", "record locked"]
    names = names if LONG else names[:2]
    Strike(installation, []).run()
    for name in names:
        wanted, faults = plain(), (fault("cut_after"), FAULTS[name] | AFTER_DOUBT)
        posting = installation.load([wanted])[0]
        for each in faults:
            installation.erp.control("faults", each)
        installation.run("post_orders")
        assert [each["fired"] for each in installation.erp.control("faults", None, "GET")] == [1, 1], name
        installation.erp.control("faults", None, "DELETE")
        installation.run("post_orders")
        assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"
        states = [move.new for move in installation.app.store.ledger.history(posting)]
        assert states.count(PostingState.IN_DOUBT) == 2, name
    assert installation.oracle.duplicates() == []


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
