"""What does each order come to when each meets its own fault? One run of the job, a fault for each order."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.app import no_progress
from bridge.model.postings import Posting, PostingState
from tests.installations import LINE, Installation, installed, order

LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
IN_A_ROW = 2  # the job gives up after three failures in a row, so that a plain order goes between
DOUBTS_IN_A_ROW = 2 if LONG else 4  # what ends in doubt or held is no failure of the job
RUNS = 4
CONTROL = "SB-CONTROL-1"
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
    """Orders that go through the job, each armed with its faults just before its first attempt.

    An outage ends a run of the job, so that it is run until nothing is pending any more, as a schedule would.
    """

    def __init__(self, installation: Installation, cases: Sequence[Case], in_a_row: int = IN_A_ROW) -> None:
        self.installation = installation
        self.cases = cases
        self.plan: list[Case | None] = [None]
        for number, case in enumerate(cases, 1):
            self.plan += [case, None] if number % in_a_row == 0 else [case]
        self.orders = [plain() | (case.order if case else {}) for case in self.plan]
        self.postings: list[Posting] = []
        self.tried: list[int] = []
        self.armed: int | None = None
        self.harmless: list[str] = []
        self.between: list[Outcome] = []

    def text(self) -> dict[str, str]:
        """What became of every case, as text."""
        return {name: str(found) for name, found in self.run().items()}

    def run(self) -> dict[str, Outcome]:
        """What became of every case; every fault must have struck, and the plain orders between must be posted."""
        found = self.strike()
        assert self.harmless == [], self.harmless
        assert self.between == [Outcome("posted", None, 1)] * len(self.between), self.between
        return found

    def strike(self) -> dict[str, Outcome]:
        """What became of every case, whatever became of the rest."""
        self.postings = self.installation.load(self.orders)
        for _ in range(RUNS):
            self._run_once()
        found = [outcome(self.installation, *each) for each in zip(self.orders, self.postings, strict=True)]
        self.between = [each for case, each in zip(self.plan, found, strict=True) if case is None]
        return {case.name: each for case, each in zip(self.plan, found, strict=True) if case}

    def _run_once(self) -> None:
        app = self.installation.app
        now = [self.installation.now(posting) for posting in self.postings]
        if not any(each.state in (PostingState.PENDING, PostingState.IN_DOUBT) for each in now):
            return
        self.tried = [each.attempts for each in now]
        if all(is_at_save(case) for case in self.cases):
            self._run_with_saves_armed()
            return
        app.progress = self._arm_next
        self._arm_next()
        self.installation.run("post_orders")
        app.progress = no_progress
        self._disarm()

    def _run_with_saves_armed(self) -> None:
        """Each fault waits for the Save of its own order, whichever comes first: what is in doubt lets others pass."""
        armed = {}
        for place, case in enumerate(self.plan):
            if case is not None and not self.tried[place]:
                reference = self.postings[place].reference
                armed[reference] = place
                for each in case.faults:
                    self.installation.erp.control("faults", each | {"holding": reference})
        self.installation.run("post_orders")
        for each in self.installation.erp.control("faults", None, "GET"):
            place = armed[each["holding"]]
            self._note_harmless(self.plan[place], place, [each])
        self.installation.erp.control("faults", None, "DELETE")

    def _arm_next(self, *_: object) -> None:
        """Arm the order that is tried next, where it was never tried before."""
        self._disarm()
        now = [self.installation.now(posting) for posting in self.postings]
        untried = (place for place, each in enumerate(now) if each.attempts == self.tried[place] and is_pending(each))
        place = next(untried, None)
        case = None if place is None or self.tried[place] else self.plan[place]
        if case is not None:
            self.armed = place
            for each in case.faults:
                self.installation.erp.control("faults", each)

    def _disarm(self) -> None:
        """Take back what is armed."""
        if self.armed is None:
            return
        ordered = self.installation.erp.control("faults", None, "GET")
        self._note_harmless(self.plan[self.armed], self.armed, ordered)
        self.installation.erp.control("faults", None, "DELETE")
        self.armed = None

    def _note_harmless(self, case: Case | None, place: int, ordered: Sequence[Fault]) -> None:
        """A fault that its order was spared proves nothing."""
        if case is not None and self.installation.now(self.postings[place]).attempts:
            self.harmless += [f"{case.name}: {each['fault']}" for each in ordered if not each["fired"]]


def is_at_save(case: Case) -> bool:
    """Whether all that happens to the order happens at its Save."""
    return all(each["path"] == "/so/save" for each in case.faults)


def is_pending(posting: Posting) -> bool:
    """Whether the posting is to be typed, or to be verified."""
    return posting.state is PostingState.PENDING


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


def strike_while_settling(installation: Installation, case: Case) -> tuple[Outcome, int]:
    """What became of an order whose Save got no answer, and how often it was in doubt.

    The case's faults strike while it is settled; the next run is spared. Each must have struck.
    """
    wanted = plain()
    posting = installation.load([wanted])[0]
    for each in case.faults:
        installation.erp.control("faults", each)
    installation.run("post_orders")
    assert [each["fired"] for each in installation.erp.control("faults", None, "GET")] == [1] * len(case.faults), case
    installation.erp.control("faults", None, "DELETE")
    installation.run("post_orders")
    states = [move.new for move in installation.app.store.ledger.history(posting)]
    return outcome(installation, wanted, posting), states.count(PostingState.IN_DOUBT)


@contextmanager
def searchable(folder: Path) -> Iterator[Installation]:
    """An installation whose Harbour holds one order which every working search must find."""
    with installed(folder, erp={"control_reference": CONTROL}) as ready:
        line = {"item_code": LINE["item"], "quantity": "1", "unit_price": "1.00"}
        ready.erp.control("orders", {"customer_code": "C1002", "remarks": CONTROL, "lines": [line]})
        yield ready
