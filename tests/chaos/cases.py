"""Which faults strike at which step, and what must come of each? Every table of the chaos tests."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.chaos.strikes import Case, Fault, fault

UNKNOWN = "SO-177 Period closed"
LONGER = 3600.0  # seconds; 2 are declared
LATE = 60.0  # an order in doubt is settled after about 5


def doubtful(name: str, *faults: Fault, stored: int = 1, only_long: bool = False) -> Case:
    """A case in which nothing that the bridge can see proves whether the order is or will be stored."""
    return Case(name, faults, "held", "cannot_settle", stored, only_long)


def different(name: str, *faults: Fault, reason: str = "stored_different", only_long: bool = False) -> Case:
    """A case in which the ERP holds something else than what was sent."""
    return Case(name, faults, "held", reason, only_long=only_long)


def corruption(field: str, value: str, **place: Any) -> Fault:
    """A value that Harbour falsifies in silence, by another one it would take."""
    return fault("corrupt_field", field=field, value=value, **place)


# --- at Save --------------------------------------------------------------------------------------------------------

STORED = [
    Case("slow", (fault("slow", seconds=1),), only_long=True),
    Case("slower than we wait", (fault("slow", seconds=5),)),
    Case("slower than we wait, then done", (fault("slow", seconds=4.5, before=True),), only_long=True),
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
    doubtful("session killed", fault("session_killed"), stored=0, only_long=True),
    doubtful("record locked", fault("record_locked"), stored=0),
    doubtful("unknown refusal", fault("refusal", text=UNKNOWN), stored=0),
    Case("refusal", (fault("refusal"),), "rejected", "refused_by_erp", 0),
]
REFUSALS = -2  # they would come again
TYPED_AGAIN = [
    replace(case, state="posted", reason=None, stored=1, only_long=case.name == "record locked" or case.only_long)
    for case in NOT_STORED[:REFUSALS]
]
LATE_COMMIT = doubtful("late commit", fault("late_commit", seconds=LATE), stored=0, only_long=True)
LISTED_LATE = fault("list_lag", seconds=LONGER)
LONGER_THAN_DECLARED = [
    Case("listed much later", (LISTED_LATE,)),
    doubtful("cut after, listed much later", fault("cut_after"), LISTED_LATE),
    doubtful("refusal but saved, listed much later", fault("refusal_but_saved"), LISTED_LATE, only_long=True),
    doubtful("blank page, listed much later", fault("blank_page"), LISTED_LATE, only_long=True),
    doubtful(
        "killed and saved, listed much later", fault("session_killed", and_saved=True), LISTED_LATE, only_long=True
    ),
]
CUSTOMER = corruption("customer_code", "C1002")
FALSIFIED = [
    different("customer falsified", CUSTOMER),
    different("order date falsified", corruption("order_date", "2026-02-03")),
    different("remarks falsified", corruption("remarks", "SOMETHING ELSE")),
    different("currency falsified", corruption("currency", "EUR"), only_long=True),
    different("terms falsified", corruption("terms", "60")),
    different("warehouse falsified", corruption("warehouse", "NORTH"), only_long=True),
    different("shipping falsified", corruption("shipping_method", "EXPRESS"), only_long=True),
    different("item falsified", corruption("item_code", "P-50", line=2), only_long=True),
    different("quantity falsified", corruption("quantity", "2.501", line=2)),
    different("price falsified", corruption("unit_price", "4.76", line=2)),
    different("last line dropped", fault("drop_line")),
    different("first line dropped", fault("drop_line", line=1), only_long=True),
    different("reference cut", fault("cut_reference", length=8)),
    different("reference cut, no answer", fault("cut_reference"), fault("cut_after"), reason="look_alike"),
    different("falsified, no answer", CUSTOMER, fault("blank_page"), reason="found_different"),
    Case("saved twice", (fault("saved_twice"),), "held", "found_several", 2),
    Case("saved twice, no answer", (fault("saved_twice"), fault("blank_page")), "held", "found_several", 2),
]

# --- before and after Save ------------------------------------------------------------------------------------------

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


def in_passing(phases: Sequence[str]) -> list[Case]:
    """Every fault at these phases: each costs only time."""
    return [
        Case(f"{phase}: {name}", (FAULTS[name] | PHASES[phase],), only_long=(phase, name) not in SHORT)
        for phase in phases
        for name in FAULTS
    ]


AFTER_DOUBT: Fault = {"path": "/so/list", "method": "", "skip": 2}
WHILE_SETTLING = [
    Case(name, (fault("cut_after"), FAULTS[name] | AFTER_DOUBT), only_long=name != "session killed")
    for name in (
        "error 500",
        "session killed",
        "blank page",
        "unexpected alert",
        "slower than we wait",
        "record locked",
    )
]
SEAT_KILLED = [
    Case("while it probes", (fault("slow", "/so/list", "", seconds=30),)),
    Case("while it types", (fault("slow", "/so/entry", seconds=30),)),
    Case(
        "sent, not yet stored", (fault("slow", seconds=0.5, before=True),)
    ),  # before the next sign-on ends its session
    Case("stored, not yet answered", (fault("slow", seconds=30),)),
    Case("while it verifies", (fault("slow", "/so/show", "GET", seconds=30),)),
]
