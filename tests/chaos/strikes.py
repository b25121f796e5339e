"""What does each order come to when each meets its own fault? One run of the job, a fault for each order."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bridge.app import no_progress
from bridge.model.postings import Posting, PostingState
from tests.installations import LINE, Installation, order

LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
IN_A_ROW = 2  # the job gives up after three failures in a row, so that a plain order goes between
SETTLED = {PostingState.POSTED, PostingState.HELD, PostingState.REJECTED, PostingState.FAILED, PostingState.CANCELLED}
Fault = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One order and what happens to it: its faults in Harbour, the state it must end in and how often it is stored.

    `only_long` ones are left out of the short form.
    """

    name: str
    faults: tuple[Fault, ...]
    state: str = "posted"
    reason: str | None = None
    stored: int = 1
    only_long: bool = False
    order: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """Where an order ended, by the ledger and by Harbour's own tables."""

    state: str
    reason: str | None
    stored: int
    wrong: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"{self.state}{why}, stored {self.stored} times{', '.join(('', *self.wrong))}"


def fault(kind: str, path: str = "/so/save", method: str = "POST", **parameters: Any) -> Fault:
    """A fault as Harbour's control door takes it."""
    return {"fault": kind, "path": path, "method": method} | parameters


def chosen(cases: Sequence[Case]) -> list[Case]:
    """The cases of this form of the tests."""
    return [case for case in cases if LONG or not case.only_long]


def plain() -> dict[str, Any]:
    """An order of three lines, so that a lost line is seen."""
    return order(
        lines=[LINE, LINE | {"item": "P-40", "quantity": "2.5", "unit_price": "4.80"}, LINE | {"item": "P-60"}]
    )


class Strike:
    """Orders that go through one run of the job, each armed with its faults just before its first attempt."""

    def __init__(self, installation: Installation, cases: Sequence[Case]) -> None:
        self.installation = installation
        self.cases = cases
        self.plan: list[Case | None] = [None]
        for number, case in enumerate(cases, 1):
            self.plan += [case, None] if number % IN_A_ROW == 0 else [case]
        self.orders = [plain() | (case.order if case else {}) for case in self.plan]
        self.ended = 0

    def run(self) -> dict[str, Outcome]:
        """What became of every case; the plain orders between must all be posted."""
        postings = self.installation.load(self.orders)
        app = self.installation.app
        app.progress = self._next
        self._arm()
        self.installation.run("post_orders")
        app.progress = no_progress
        self.installation.erp.control("faults", None, "DELETE")
        found = [self._outcome(*each) for each in zip(self.orders, postings, strict=True)]
        between = [outcome for case, outcome in zip(self.plan, found, strict=True) if case is None]
        assert between == [Outcome("posted", None, 1)] * len(between)
        return {case.name: outcome for case, outcome in zip(self.plan, found, strict=True) if case}

    def _next(self, _what: str, _done: int, _total: int) -> None:
        self.ended += 1
        if self.ended < len(self.plan):
            self._arm()

    def text(self) -> dict[str, str]:
        """What became of every case, as text."""
        return {name: str(found) for name, found in self.run().items()}

    def _arm(self) -> None:
        case = self.plan[self.ended]
        for each in case.faults if case else ():
            self.installation.erp.control("faults", each)

    def _outcome(self, wanted: dict[str, Any], posting: Posting) -> Outcome:
        return outcome(self.installation, wanted, posting)


def outcome(installation: Installation, wanted: dict[str, Any], posting: Posting) -> Outcome:
    """Where the order stands now, and how Harbour's tables have it."""
    now = installation.now(posting)
    stored = installation.oracle.of(wanted)
    posted = now.state is PostingState.POSTED
    wrong = [text for each in stored if posted for text in installation.oracle.differences(wanted, each)]
    if posted and now.document not in [str(each.number) for each in stored]:
        wrong.append(f"document {now.document} is not its own")
    return Outcome(now.state.value, now.reason.code if now.reason else None, len(stored), tuple(wrong))


def expected(cases: Sequence[Case]) -> dict[str, str]:
    """What must come of the cases, as text."""
    return {case.name: str(Outcome(case.state, case.reason, case.stored)) for case in cases}


def corruptions() -> list[Fault]:
    """Every value that Harbour can falsify in silence, each by another one it would take."""
    header = {
        "customer_code": "C1002",
        "order_date": "2026-02-03",
        "remarks": "SOMETHING ELSE",
        "currency": "EUR",
        "terms": "60",
        "warehouse": "NORTH",
        "shipping_method": "EXPRESS",
    }
    line = {"item_code": "P-50", "quantity": str(Decimal("2.501")), "unit_price": "4.76"}
    return [fault("corrupt_field", field=name, value=value) for name, value in header.items()] + [
        fault("corrupt_field", field=name, value=value, line=2) for name, value in line.items()
    ]
