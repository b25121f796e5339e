"""Is there any history at all that stores an order twice, loses it or posts it wrong? Generated, and shrunk if so."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bridge.errors import BridgeError
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, Posting, PostingState
from tests.fake_erps import Saving, unanswered
from tests.samples import line, order, wrong
from tests.troubles import Died
from tests.unit.entry_sweeps import Blow, death, overtaken, raising, seat_death, taken_over
from tests.unit.entry_worlds import COMMIT, LISTING, Opened, World, books

S = PostingState
LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
SETTINGS = settings(
    max_examples=400 if LONG else 20,
    stateful_step_count=30 if LONG else 14,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
FIRST, SECOND = order(1), order(2)
NUMBERS = st.sampled_from([FIRST.id, SECOND.id])
ENDS = {S.POSTED, S.HELD, S.REJECTED, S.FAILED, S.CANCELLED}
AT_REST = {S.HELD, S.FAILED, S.REJECTED, S.CANCELLED}
MEANWHILE = ("cancelled", "released")
CONTENTS = st.sampled_from([FIRST.lines, FIRST.lines[:1], (line(quantity=Decimal(7)),)])


def less(document: Document) -> Document:
    """The document without its last line, as if the ERP had dropped it."""
    return replace(document, lines=document.lines[:-1])


# how a Save may go: within the declared lags anything may be late, lost, refused or falsified
SAVINGS: Mapping[str, Saving] = {
    "well": Saving(),
    "listed late": Saving(list_lag=LISTING),
    "no answer": unanswered(),
    "no answer, late": unanswered(commit_lag=COMMIT, list_lag=LISTING),
    "no answer, a bit late": unanswered(commit_lag=timedelta(seconds=2)),
    "nothing done": unanswered(times=0),
    "refused": Saving(times=0, text="SO-150 Credit limit exceeded"),
    "refused but done": Saving(text="SO-150 Credit limit exceeded", list_lag=LISTING),
    "blank": Saving(text=""),
    "a line dropped": Saving(change=less),
    "a line dropped, no answer": unanswered(change=less, commit_lag=COMMIT),
}
BLOWS: Mapping[str, Blow] = {
    "death": death,
    "seat death": seat_death,
    "error": raising(BridgeError),
    "taken over": taken_over,
    "overtaken": overtaken,
}


class History(RuleBasedStateMachine):
    """What people, the CRM, the ERP and chance may do to two like orders."""

    def __init__(self, opened: Opened, absent: str, cancelled: str) -> None:
        super().__init__()
        self.world = World(*opened, absent=absent, cancelled=cancelled)
        self.orders: dict[str, Order] = {}
        self.postings: dict[str, Posting] = {}
        self.deleted: set[str | None] = set()

    @initialize()
    def one_order(self) -> None:
        """There is at least one order."""
        self.crm_shows(FIRST.id, FIRST.lines, OrderStatus.RELEASED)
        self.take(FIRST.id)

    # the CRM

    @rule(order_id=NUMBERS, lines=CONTENTS, status=st.sampled_from(["released", "released", "cancelled"]))
    def crm_shows(self, order_id: str, lines: Any, status: str) -> None:
        """Somebody writes, changes, cancels or restores an order."""
        plain = FIRST if order_id == FIRST.id else SECOND
        self.orders[order_id] = replace(plain, lines=lines, status=OrderStatus(status))
        self.world.crm.put(self.orders[order_id])

    @rule(order_id=NUMBERS)
    def take(self, order_id: str) -> None:
        """The job reads the CRM."""
        if order_id in self.orders:
            self.postings[order_id] = self.world.take(self.orders[order_id])

    # the job and its accidents

    @rule(
        how=st.sampled_from(sorted(SAVINGS)),
        accident=st.none() | st.tuples(st.sampled_from([*sorted(BLOWS), *MEANWHILE]), st.integers(1, 80)),
        order_id=NUMBERS,
    )
    def attempt(self, how: str, accident: tuple[str, int] | None, order_id: str) -> None:
        """The job works on one order if it is due, with an accident or without."""
        posting = self.now(order_id)
        if posting is None or posting.state not in (S.PENDING, S.IN_DOUBT) or not self.world.ready(posting):
            return
        self.world.erp.forget_plans()
        self.world.erp.plan(SAVINGS[how])
        if accident is not None:
            kind, moments = accident
            blow = self.meanwhile(order_id, kind) if kind in MEANWHILE else BLOWS[kind]
            self.world.fate.strike_after(moments, lambda: blow(self.world, posting))
        with suppress(Died, BridgeError):
            self.world.attempt(posting)
        self.world.fate.soon.clear()

    def meanwhile(self, order_id: str, status: str) -> Blow:
        """The order changes in the CRM while it is worked on, and the ledger knows it at once."""

        def blow(_world: World, _posting: Posting) -> None:
            self.crm_shows(order_id, FIRST.lines[1:], status)
            self.take(order_id)

        return blow

    @rule(seconds=st.sampled_from([1, 4, 8, 61]))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.world.clock.wait(seconds)

    @rule()
    def recover(self) -> None:
        """The leases of the dead run out."""
        self.world.recover()

    @rule()
    def restart(self) -> None:
        """The seat is taken anew."""
        self.world.end_seat()

    # people

    @rule(order_id=NUMBERS)
    def release(self, order_id: str) -> None:
        """A person has it tried again; what was cancelled in the CRM they cancel in the ERP first, as they are told."""
        posting = self.now(order_id)
        if posting is None or posting.state not in AT_REST:
            return
        if posting.reason is not None and posting.reason.code == "cancelled_after_posting":
            self.cancel_in_erp(order_id)
        self.world.release(posting)

    @rule(order_id=NUMBERS)
    def hold(self, order_id: str) -> None:
        """A person holds it."""
        posting = self.now(order_id)
        if posting is not None and posting.state in (S.PENDING, S.IN_DOUBT, S.FAILED):
            self.world.hold(posting)

    @rule(order_id=NUMBERS)
    def say_absent(self, order_id: str) -> None:
        """A person who looked long enough, and found nothing, says so."""
        posting = self.now(order_id)
        if posting is None or posting.phase is not Phase.SENT or posting.state not in (S.HELD, S.IN_DOUBT):
            return
        self.world.clock.wait((COMMIT + LISTING).total_seconds())
        if not self.live(order_id):
            self.world.say_absent(posting)

    @rule(order_id=NUMBERS)
    def cancel_in_erp(self, order_id: str) -> None:
        """A clerk cancels the stored document."""
        for document in self.world.live(self.orders.get(order_id, FIRST)):
            if self.world.profile.cancelled == "gone":
                self.world.erp.remove(document.number)
                self.deleted.add(document.number)
            else:
                self.world.erp.change(document.number, status=DocumentStatus.CANCELLED)

    @rule(order_id=NUMBERS)
    def ship(self, order_id: str) -> None:
        """The warehouse ships it."""
        for document in self.world.live(self.orders.get(order_id, FIRST)):
            self.world.erp.change(document.number, status=DocumentStatus.SHIPPED)

    # what must always be true

    def now(self, order_id: str) -> Posting | None:
        """The posting as it stands, if the order was taken."""
        return self.world.now(self.postings[order_id]) if order_id in self.postings else None

    def live(self, order_id: str) -> int:
        """How many documents of the order live or will."""
        wanted = self.orders[order_id]
        return len(self.world.live(wanted)) + self.world.coming(wanted)

    @invariant()
    def never_twice(self) -> None:
        """No order has two live documents, and none is on its way to a second."""
        assert all(self.live(order_id) <= 1 for order_id in self.orders)

    @invariant()
    def never_wrong(self) -> None:
        """What is posted is stored under its number, exactly as it was taken, unless a clerk deleted it afterwards."""
        for posting in self.world.postings(S.POSTED):
            if posting.document in self.deleted:
                continue
            document = self.world.erp.documents[posting.document or ""]
            assert wrong(self.world.store.ledger.order_of(posting), document) == []

    def teardown(self) -> None:
        """Never lost: once all is quiet, every order is in an end state or held, and what is stored is known."""
        self.world.erp.forget_plans()
        for order_id in self.orders:
            self.take(order_id)
        self.world.work()
        for order_id, wanted in self.orders.items():
            self.take(order_id)
            self.world.work()
            posting = self.now(order_id)
            assert posting is not None
            assert posting.state in ENDS
            assert posting.state is S.POSTED or posting.reason is not None
            if self.live(order_id):
                assert posting.state in (S.POSTED, S.HELD)
            if posting.state is S.POSTED:
                assert (
                    self.world.store.ledger.order_of(posting).revision
                    == replace(wanted, crm=self.world.crm.code).revision
                )
        self.never_twice()
        self.never_wrong()


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.mark.parametrize(("absent", "cancelled"), [("hold", "kept"), ("retype", "kept"), ("hold", "gone")])
def test_no_history_stores_an_order_twice_or_wrong_or_loses_it(opened: Opened, absent: str, cancelled: str) -> None:
    """Whatever comes when: one live document at most, posted means right, and all are accounted for in the end."""
    run: Any = run_state_machine_as_test
    run(lambda: History(opened, absent, cancelled), settings=SETTINGS)
