"""Ledgers to look at: a clock, orders, and a posting in whatever state one likes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bridge.errors import HeldByPerson, Reason
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.model.postings import Claim, Phase, Posting, PostingState
from bridge.store.ledgers import Store

S = PostingState
CRM, ERP, WORKER, JOB = "suite", "harbour", "worker-1", "take_orders"
NOVEMBER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class StandingClock:
    """A clock that moves when it is told to; `followers` are told of it."""

    at: datetime = NOVEMBER
    followers: list[Callable[[datetime], None]] = field(default_factory=list)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def elapsed(self) -> float:
        """Seconds since some moment, by the same clock."""
        return self.at.timestamp()

    def wait(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)
        for follower in self.followers:
            follower(self.at)


def order(number: int = 1, **changes: Any) -> Order:
    """An order of the CRM; `changes` are its attributes."""
    line = OrderLine(1, "A-100", "螺丝 M6", Decimal("2.50"), Decimal("19.90"), Decimal("49.75"))
    plain = Order(
        crm=CRM,
        id=f"id-{number}",
        number=f"SO{number}",
        status=OrderStatus.RELEASED,
        customer="C-7",
        customer_name="海港贸易有限公司",
        ordered_on=date(2026, 11, 20),
        currency="EUR",
        lines=(line,),
        changed_at=NOVEMBER,
    )
    return replace(plain, **changes)


def reference(number: int = 1) -> str:
    """The reference of that order."""
    return f"SUI-{number}"


def take(
    store: Store, taken: Order | None = None, state: PostingState = S.PENDING, reason: Reason | None = None
) -> Posting:
    """The posting of the order, taken in that state."""
    wanted = taken or order()
    return store.ledger.take(wanted, ERP, reference(int(wanted.id[3:])), state, reason, JOB).posting


def claimed(store: Store, posting: Posting | None = None) -> Claim:
    """A claim on the posting, or on a new one."""
    claim = store.ledger.claim(posting or take(store), WORKER, MINUTE)
    assert claim is not None
    return claim


def sent(store: Store, posting: Posting | None = None) -> Claim:
    """A claim whose order has been sent and not been answered."""
    claim = claimed(store, posting)
    store.ledger.note_phase(claim, Phase.INTENT)
    store.ledger.note_phase(claim, Phase.SENT)
    return claim


def document(number: str = "D-1", status: DocumentStatus | None = None) -> Document:
    """A document of the ERP."""
    return Document(number, "C-7", date(2026, 11, 20), reference(), "EUR", (), status=status)


def posted(store: Store, posting: Posting | None = None, number: str = "D-1") -> Posting:
    """A posted posting."""
    return store.ledger.end_posted(claimed(store, posting), document(number), WORKER)


HELD = HeldByPerson(person="Li", why="ask first").reason

WAYS: dict[PostingState, Callable[[Store], Posting]] = {
    S.PENDING: take,
    S.CLAIMED: lambda store: claimed(store).posting,
    S.IN_DOUBT: lambda store: store.ledger.end(sent(store), S.IN_DOUBT, WORKER),
    S.HELD: lambda store: take(store, state=S.HELD, reason=HELD),
    S.POSTED: posted,
    S.REJECTED: lambda store: take(store, state=S.REJECTED),
    S.FAILED: lambda store: store.ledger.end(claimed(store), S.FAILED, WORKER),
    S.CANCELLED: lambda store: store.ledger.move(take(store), S.CANCELLED, "Li"),
}
