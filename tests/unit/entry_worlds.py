"""Where is the entry protocol doubted? In a world of its own: a CRM and an ERP in memory, a real ledger, one fate."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bridge.entry import Desk, carry, settle_moment
from bridge.errors import HeldByPerson, LeaseLost
from bridge.model.documents import Document, DocumentStatus
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Phase, Posting, PostingState
from bridge.model.profiles import ErpProfile, Lags
from bridge.model.references import make_reference
from bridge.model.rules import judged
from bridge.store.ledgers import Store, open_ledger
from tests.fake_bots import FakeBot
from tests.fake_erps import FakeErp
from tests.fakes import FakeClock, FakeCrm, FakeEvidence
from tests.samples import document_of_hand, harbour, order
from tests.troubles import Fate

ROOT = Path(__file__).parents[2]
CONTROL = "FK-CONTROL-1"
LEASE = timedelta(seconds=60)
COMMIT, LISTING = timedelta(seconds=5), timedelta(seconds=3)
CUT_OVER = datetime(2026, 1, 1, tzinfo=UTC)
MOST_RUNS = 60
Opened = tuple[Store, FakeClock]
PERSON, SAID = "person:li", HeldByPerson(person="Li", why="looked").reason
S = PostingState
_names = count(1)


@dataclass
class World:
    """One ERP with its CRM; `store` is shared by many worlds, each of which has an ERP of its own name in it.

    `absent`, `lags`, `procedures` and `cancelled` are what the profile declares, `fate` sees every call of an attempt.
    """

    store: Store
    clock: FakeClock
    absent: str = "hold"
    lags: tuple[timedelta | None, timedelta | None] = (COMMIT, LISTING)
    most_attempts: int = 3
    control_reference: str | None = CONTROL
    procedures: frozenset[str] = frozenset({"amend", "cancel"})
    cancelled: str = "kept"
    profile: ErpProfile = field(init=False)
    fate: Fate = field(default_factory=Fate)
    seat: FakeBot | None = None

    def __post_init__(self) -> None:
        name = f"erp{next(_names)}"
        lags = Lags(*self.lags, self.absent)
        able = replace(harbour(), procedures=self.procedures, cancelled=self.cancelled)
        self.profile = replace(able, name=name, lags=lags)
        self.crm = FakeCrm(f"crm-{name}")
        self.erp = FakeErp(self.profile, self.clock)
        self.evidence = FakeEvidence(self.clock)
        self.erp.put(document_of_hand(order(0, customer="C1002", po_number="PO CONTROL"), CONTROL))

    def profile_with(self, *, lags: tuple[timedelta | None, timedelta | None]) -> ErpProfile:
        """The profile, with other lags."""
        return replace(self.profile, lags=Lags(*lags, self.absent))

    # the jobs

    def take(self, wanted: Order) -> Posting:
        """What take_orders does with an order that the CRM shows now."""
        now = self.crm.order(wanted.id)
        assert now is not None
        assert self.profile.reference is not None
        state, reason = judged(now, self.profile, CrossReferences())
        reference = make_reference("FK", now.number, self.profile.reference)
        take, procedures = self.store.ledger.take, self.profile.procedures
        return take(now, self.profile.name, reference, state, reason, "take_orders", procedures=procedures).posting

    def taken(self, wanted: Order) -> Posting:
        """The posting of an order that is new in the CRM."""
        self.crm.put(wanted)
        return self.take(wanted)

    def desk(self) -> Desk:
        """A desk at a seat that is signed on; every call goes by the fate."""
        if self.seat is None or self.seat.ended:
            self.seat = FakeBot(self.fate.over(self.erp, "erp"))
            self.seat.sign_on()
        assert self.seat.signed_on_at is not None
        return Desk(
            ledger=self.fate.over(self.store.ledger, "ledger"),
            crm=self.fate.over(self.crm, "crm"),
            bot=self.fate.over(self.seat, "bot"),
            profile=self.profile,
            evidence=self.fate.over(self.evidence, "evidence"),
            clock=self.clock,
            worker="job:post_orders",
            end_seat=self.end_seat,
            signed_on_at=self.seat.signed_on_at,
            cut_over=CUT_OVER,
            lease=LEASE,
            most_attempts=self.most_attempts,
            control_reference=self.control_reference,
        )

    def end_seat(self) -> None:
        """Kill the seat."""
        if self.seat is not None:
            self.seat.end()

    def attempt(self, posting: Posting) -> Posting:
        """One claim and what comes of it, as post_orders does it; where the posting stands then."""
        desk = self.desk()
        claim = self.store.ledger.claim(self.now(posting), desk.worker, desk.lease)
        assert claim is not None
        try:
            carry(desk, claim)
        except LeaseLost:
            self.end_seat()
        except BaseException:
            self.end_seat()
            raise
        return self.now(posting)

    def recover(self) -> None:
        """Let every lease of the dead run out, and move their postings where the crash table says."""
        claimed = self.postings(S.CLAIMED)
        if claimed:
            self.clock.wait(LEASE.total_seconds() + 1)
        for posting in claimed:
            lag = self.profile.lags.declared
            self.store.ledger.recover(posting, "post_orders", None if lag is None else self.clock.now() + lag)

    def work(self) -> None:
        """Run post_orders until nothing is due any more, waiting for what is in doubt; fails where that never ends."""
        self.recover()
        for _ in range(MOST_RUNS):
            due = self.store.ledger.due(self.profile.name, self.clock.now())
            ready = [posting for posting in due if self.ready(posting)]
            if ready:
                self.attempt(ready[0])
                self.recover()
            elif not self._wait_for_the_next():
                return
        message = f"it never came to rest: {self.postings()}"
        raise AssertionError(message)

    def ready(self, posting: Posting) -> bool:
        """Whether it may be worked on now."""
        moment = settle_moment(self.desk(), posting)
        return posting.phase is not Phase.SENT or moment is None or moment <= self.clock.now()

    def _wait_for_the_next(self) -> bool:
        moments = [settle_moment(self.desk(), posting) for posting in self.postings(S.IN_DOUBT)]
        moments += [posting.not_before for posting in self.postings(S.PENDING, S.IN_DOUBT)]
        later = [moment for moment in moments if moment is not None and moment > self.clock.now()]
        if later:
            self.clock.wait((min(later) - self.clock.now()).total_seconds())
        return bool(later)

    # what people do

    def type_by_hand(self, wanted: Order, **changes: Any) -> str:
        """Somebody types the order into the ERP, with our reference unless told otherwise; the number."""
        assert self.profile.reference is not None
        reference = make_reference("FK", wanted.number, self.profile.reference)
        return self.erp.put(replace(document_of_hand(wanted, reference), **changes))

    def release(self, posting: Posting) -> None:
        """A person has it tried again; what may be stored is settled, not typed."""
        now = self.now(posting)
        state = S.IN_DOUBT if now.phase is Phase.SENT and now.state is S.HELD else S.PENDING
        self.store.ledger.move(now, state, PERSON, SAID)

    def hold(self, posting: Posting) -> None:
        """A person holds it."""
        self.store.ledger.move(self.now(posting), S.HELD, PERSON, SAID)

    def say_absent(self, posting: Posting) -> None:
        """A person looked: the ERP does not hold it."""
        now = self.now(posting)
        held = self.store.ledger.move(now, S.HELD, PERSON, SAID) if now.state is S.IN_DOUBT else now
        self.store.ledger.move(held, S.PENDING, PERSON, SAID, forget_phase=True)

    # what is seen from outside

    def told(self, posting: Posting) -> tuple[str, str | None, int, int]:
        """State and reason, how many documents of the order live, and how many requests to save it arrived."""
        now = self.now(posting)
        wanted = self.store.ledger.order_of(now)
        code = now.reason.code if now.reason else None
        return now.state.value, code, len(self.live(wanted)), self.requests(wanted)

    def postings(self, *states: PostingState) -> Sequence[Posting]:
        """All postings of this world in these states, or all."""
        return self.store.ledger.postings(erp=self.profile.name, states=states)

    def now(self, posting: Posting) -> Posting:
        """The posting as it stands now."""
        return self.store.ledger.posting(posting.id)

    def live(self, wanted: Order) -> list[Document]:
        """Every live document of the order, by its PO number, listed or not; the ERP's own last word."""
        ours = (each for each in self.erp.documents.values() if each.po_number == wanted.po_number)
        return [each for each in ours if each.status is not DocumentStatus.CANCELLED]

    def coming(self, wanted: Order) -> int:
        """How many documents of the order will still be stored."""
        return sum(each.po_number == wanted.po_number and not each.number for each in self.erp.coming)

    def requests(self, wanted: Order) -> int:
        """How often a Save of the order arrived."""
        return sum(each.po_number == wanted.po_number for each in self.erp.requests)


@contextmanager
def books() -> Iterator[Opened]:
    """A ledger in memory and its clock, for many worlds."""
    clock = FakeClock()
    with open_ledger("sqlite://", clock) as store:
        yield store, clock
