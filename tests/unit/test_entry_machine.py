"""Is there any way for workers, hosts, people, CRM and ERP to come between each other that breaks the promise?"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bridge.chaos.weaknesses import WEAKNESSES, Weaken
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, Posting, PostingState, may_move
from bridge.store.ledgers import Store, open_ledger
from tests.fake_erps import Saving
from tests.fakes import FakeClock
from tests.samples import line, order, wrong
from tests.unit.entry_machines import Yard
from tests.unit.entry_walks import SAVINGS, TOO_LATE, SetClock
from tests.unit.entry_worlds import COMMIT, LISTING, SAID

S = PostingState
LONG = os.environ.get("ERPBRIDGE_CHAOS") == "long"
SETTINGS = settings(
    max_examples=1500 if LONG else 25,
    stateful_step_count=40 if LONG else 16,
    deadline=None,
    derandomize=not LONG,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DOUBTING = settings(SETTINGS, max_examples=400, derandomize=True, phases=[Stage.generate], report_multiple_bugs=False)
ORDERS = {each.id: each for each in (order(1), order(2))}
IDS = st.sampled_from(sorted(ORDERS))
WORKERS = st.sampled_from(["host-1/1", "host-1/2", "host-2/3"])
CONTENTS = st.sampled_from([order().lines, order().lines[:1], (line(quantity=Decimal(7)),)])
ENDS = {S.POSTED, S.HELD, S.REJECTED, S.FAILED, S.CANCELLED}
AT_REST = {S.HELD, S.FAILED, S.REJECTED, S.CANCELLED}
# anywhere, and above all between the last probe and the answer
ACCIDENTS = st.dictionaries(
    st.integers(1, 75) | st.integers(37, 54),
    st.sampled_from(["pause", "pause", "pause", "death", "seat death", "error"]),
    max_size=2,
)


class Machine(RuleBasedStateMachine):
    """What three workers at two hosts, and everybody around them, may do to two like orders."""

    def __init__(self, store: Store, clock: SetClock, absent: str, weaken: Weaken | None) -> None:
        super().__init__()
        self.farthest = clock.ahead = timedelta()
        self.yard = Yard(store, clock, absent, weaken=weaken)
        self.savings = SAVINGS | (TOO_LATE if absent == "hold" else {})
        self.orders: dict[str, Order] = {}
        self.postings: dict[str, Posting] = {}
        self.tokens: dict[int, int] = {}

    @initialize()
    def both_orders(self) -> None:
        """The CRM has two orders, and both are taken."""
        for order_id, plain in ORDERS.items():
            self.put(replace(plain))
            self.take(order_id)

    def put(self, wanted: Order) -> None:
        """The CRM shows it so."""
        self.orders[wanted.id] = wanted
        self.yard.crm.put(wanted)

    # --- the CRM ------------------------------------------------------------------------------------------------------

    @rule(order_id=IDS, lines=CONTENTS, status=st.sampled_from(["released", "cancelled"]), told=st.booleans())
    def change(self, order_id: str, lines: Any, status: str, told: bool) -> None:
        """Somebody changes, cancels or restores an order, and the job sees it at once or later."""
        self.put(replace(ORDERS[order_id], lines=lines, status=OrderStatus(status)))
        if told:
            self.take(order_id)

    @rule(order_id=IDS)
    def take(self, order_id: str) -> None:
        """The job reads the CRM."""
        self.postings[order_id] = self.yard.take(self.orders[order_id])

    # --- workers ------------------------------------------------------------------------------------------------------

    @rule(worker=WORKERS, order_id=IDS, how=st.sampled_from(sorted(SAVINGS | TOO_LATE)), accidents=ACCIDENTS)
    def work(self, worker: str, order_id: str, how: str, accidents: dict[int, str]) -> None:
        """A worker claims and carries, and may die or stand still anywhere."""
        self.yard.erp.forget_plans()
        self.yard.erp.plan(self.savings.get(how, Saving()))
        self.yard.begin(self.yard.places[worker], self.now(order_id), accidents)

    @precondition(lambda self: self.standing())
    @rule(worker=WORKERS)
    def succeed(self, worker: str) -> None:
        """Nobody hears of anybody for as long as a lease, and one carries what another stood still with."""
        self.yard.pass_time(61, beating=False)
        self.yard.sweep()
        self.work(worker, self.standing()[0], "well", {})

    @precondition(lambda self: self.standing())
    @rule(worker=WORKERS, killed=st.booleans())
    def go_on(self, worker: str, killed: bool) -> None:
        """One that stands still goes on, or is killed there."""
        self.yard.go_on(self.yard.places[worker], killed=killed)

    @rule(seconds=st.sampled_from([1, 6, 9, 31, 61]), beating=st.booleans(), swept=st.booleans())
    def wait(self, seconds: int, beating: bool, swept: bool) -> None:
        """Time passes; who is silent may be succeeded."""
        self.yard.pass_time(seconds, beating=beating)
        if swept:
            self.yard.sweep()

    @rule(seconds=st.sampled_from([-3600, -30, 30, 3600]))
    def set_clock(self, seconds: int) -> None:
        """Somebody sets the clock of the machines."""
        self.yard.skew.ahead += timedelta(seconds=seconds)
        self.farthest = max(self.farthest, self.yard.skew.ahead)

    # --- people -------------------------------------------------------------------------------------------------------

    @rule(stopped=st.booleans())
    def turn(self, stopped: bool) -> None:
        """Somebody stops everything, or lets it go on."""
        switches = self.yard.store.switches
        switches.stop("Li", "stocktaking") if stopped else switches.resume("Li")

    @rule(order_id=IDS)
    def release(self, order_id: str) -> None:
        """A person has it tried again; what was cancelled in the CRM they cancel in the ERP first, as they are told."""
        posting = self.now(order_id)
        if posting.state not in AT_REST:
            return
        if posting.reason is not None and posting.reason.code == "cancelled_after_posting":
            self.cancel_in_erp(order_id)
        self.yard.release(posting)

    @rule(order_id=IDS)
    def hold(self, order_id: str) -> None:
        """A person holds it."""
        if self.now(order_id).state in (S.PENDING, S.IN_DOUBT, S.FAILED):
            self.yard.hold(self.now(order_id))

    @rule(order_id=IDS)
    def say_absent(self, order_id: str) -> None:
        """A person who ended the session that sent it, looked long enough and found nothing says so."""
        posting = self.now(order_id)
        if posting.phase is not Phase.SENT or posting.state not in (S.HELD, S.IN_DOUBT):
            return
        self.yard.end_sessions(posting)
        self.yard.pass_time((COMMIT + LISTING).total_seconds(), beating=True)
        if not self.alive(order_id):
            self.yard.say_absent(posting)

    @rule(order_id=IDS)
    def skip(self, order_id: str) -> None:
        """A person gives an order up that the ERP does not hold, and will not."""
        posting = self.now(order_id)
        if posting.state in (S.HELD, S.REJECTED, S.FAILED) and posting.phase is Phase.NONE and not self.alive(order_id):
            self.yard.skip(posting, SAID)

    @rule(order_id=IDS)
    def cancel_in_erp(self, order_id: str) -> None:
        """A clerk cancels whatever the ERP holds of it."""
        for number in list(self.yard.numbers(self.orders[order_id])):
            self.yard.erp.change(number, status=DocumentStatus.CANCELLED)
        if not self.alive(order_id):
            self.yard.erp.doubled.discard(self.orders[order_id].po_number)

    # --- what must always be true -------------------------------------------------------------------------------------

    def now(self, order_id: str) -> Posting:
        """The posting as it stands."""
        return self.yard.now(self.postings[order_id])

    def standing(self) -> list[str]:
        """The orders with which somebody stands still."""
        return [place.order_id for place in self.yard.places.values() if place.is_at_work]

    def alive(self, order_id: str) -> int:
        """How many documents of the order live or will."""
        return len(self.yard.live(self.orders[order_id])) + self.yard.coming(self.orders[order_id])

    @invariant()
    def never_twice(self) -> None:
        """No order has two live documents, unless the ERP itself made two of one request."""
        for order_id, wanted in self.orders.items():
            assert self.alive(order_id) <= (2 if wanted.po_number in self.yard.erp.doubled else 1)

    @invariant()
    def never_wrong(self) -> None:
        """What is posted is stored under its number, exactly as it was taken, and no second time."""
        for posting in self.yard.postings(S.POSTED):
            document = self.yard.erp.documents[posting.document or ""]
            assert wrong(self.yard.store.ledger.order_of(posting), document) == []

    @invariant()
    def never_sent_though_cancelled(self) -> None:
        """Nothing was sent that the ledger knew to be cancelled."""
        assert self.yard.broken == []

    @invariant()
    def every_move_is_allowed(self) -> None:
        """Every history is one unbroken line of allowed moves, and tokens only grow."""
        for posting in self.yard.postings():
            history = self.yard.store.ledger.history(posting)
            assert history[-1].new is posting.state
            for before, after in pairwise(history):
                assert after.old is before.new
                assert may_move(before.new, after.new)
        tokens = self.yard.tokens()
        assert all(tokens[key] >= token for key, token in self.tokens.items())
        self.tokens = tokens

    def teardown(self) -> None:
        """Never lost: once all is repaired and at rest, every order is accounted for, and so is what is stored."""
        self.yard.erp.forget_plans()
        self.yard.store.switches.resume("Li")
        self.yard.skew.ahead = self.farthest  # what was put off by a clock that was ahead waits as long
        for _ in range(3):
            for order_id in self.orders:
                self.take(order_id)
            self.yard.rest()
        for order_id, wanted in self.orders.items():
            self.accounted_for(self.now(order_id), wanted)
        self.never_twice()
        self.never_wrong()
        self.never_sent_though_cancelled()
        self.every_move_is_allowed()

    def accounted_for(self, posting: Posting, wanted: Order) -> None:
        """The order is posted in its newest revision, or says why not, and no document of it is forgotten."""
        assert posting.state in ENDS
        assert posting.state is S.POSTED or posting.reason is not None
        live = list(self.yard.numbers(wanted))
        if len(live) > 1:
            assert posting.state is S.HELD
        if live:
            assert posting.state is S.HELD or posting.document in live
        if posting.state is S.POSTED:
            newest = replace(wanted, crm=self.yard.crm.code).revision
            assert self.yard.store.ledger.order_of(posting).revision == newest


@contextmanager
def opened(path: Path, empty: Path) -> Iterator[tuple[Store, SetClock]]:
    """A new ledger with the clock of its machines."""
    shutil.copy(empty, path)
    clock = SetClock(FakeClock())
    with open_ledger(f"sqlite:///{path.as_posix()}", clock) as store:
        yield store, clock


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that was made once, to be copied."""
    path = tmp_path_factory.mktemp("machine") / "empty.db"
    open_ledger(f"sqlite:///{path.as_posix()}", FakeClock()).close()
    return path


def run(store: Store, clock: SetClock, absent: str, how: settings, weaken: Weaken | None = None) -> None:
    """Try histories until one breaks a promise, or none did."""
    machine: Any = run_state_machine_as_test
    machine(lambda: Machine(store, clock, absent, weaken), settings=how)


@pytest.mark.parametrize("absent", ["hold", "retype"])
def test_no_interleaving_stores_an_order_twice_or_wrong_or_loses_it(absent: str, empty: Path, tmp_path: Path) -> None:
    """Whoever stands still, dies, goes on or takes over, and whatever people, CRM and ERP do meanwhile."""
    with opened(tmp_path / "ledger.db", empty) as (store, clock):
        run(store, clock, absent, SETTINGS)


@pytest.mark.parametrize(
    ("weakness", "absent"),
    [
        ("probe", "retype"),
        pytest.param("intent", "hold", marks=pytest.mark.sweep),
        pytest.param("fencing", "retype", marks=pytest.mark.sweep),
    ],
)
def test_without_one_of_the_promises_an_interleaving_is_found(
    weakness: str, absent: str, empty: Path, tmp_path: Path
) -> None:
    """The machine is no ornament: with probe, intent or fencing taken away it finds an order that is stored twice."""
    with opened(tmp_path / "ledger.db", empty) as (store, clock), pytest.raises(AssertionError):
        run(store, clock, absent, DOUBTING, WEAKNESSES[weakness])
