"""Where does the carrying of one order into one ERP stand, and where may it go from there?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.errors import Reason
from bridge.model.guards import Breaker, Rate


class PostingState(StrEnum):
    """The state of a posting; the first four still need somebody."""

    PENDING = "pending"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    POSTED = "posted"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = PostingState
MOVES: frozenset[tuple[PostingState, PostingState]] = frozenset(
    {
        (S.PENDING, S.CLAIMED),
        (S.PENDING, S.HELD),
        (S.PENDING, S.REJECTED),
        (S.PENDING, S.CANCELLED),
        (S.CLAIMED, S.PENDING),
        (S.CLAIMED, S.IN_DOUBT),
        (S.CLAIMED, S.HELD),
        (S.CLAIMED, S.POSTED),
        (S.CLAIMED, S.REJECTED),
        (S.CLAIMED, S.FAILED),
        (S.CLAIMED, S.CANCELLED),
        (S.IN_DOUBT, S.CLAIMED),
        (S.IN_DOUBT, S.HELD),
        (S.HELD, S.PENDING),
        (S.HELD, S.IN_DOUBT),
        (S.HELD, S.CANCELLED),
        (S.HELD, S.REJECTED),
        (S.REJECTED, S.PENDING),
        (S.REJECTED, S.HELD),
        (S.REJECTED, S.CANCELLED),
        (S.FAILED, S.PENDING),
        (S.FAILED, S.HELD),
        (S.FAILED, S.CANCELLED),
        (S.CANCELLED, S.PENDING),
        (S.POSTED, S.PENDING),  # it changed in the CRM: to be amended or cancelled in the ERP
        (S.POSTED, S.HELD),
        (S.POSTED, S.REJECTED),
    }
)

BY_REVISION: frozenset[tuple[PostingState, PostingState]] = frozenset({(S.POSTED, S.PENDING), (S.POSTED, S.REJECTED)})


def may_move(old: PostingState, new: PostingState) -> bool:
    """Whether the move is one of the allowed ones."""
    return (old, new) in MOVES


class Phase(StrEnum):
    """How far the unresolved attempt of a posting came; what decides every retry."""

    NONE = "none"
    INTENT = "intent"
    SENT = "sent"
    NUMBERED = "numbered"
    VERIFIED = "verified"


class Work(StrEnum):
    """What the next attempt does in the ERP; once it holds the order, there is nothing left to enter."""

    ENTER = "enter"
    AMEND = "amend"
    CANCEL = "cancel"


class Recovery(StrEnum):
    """What is done with a posting whose attempt ended before its end."""

    RETYPE = "retype"
    SETTLE = "settle"
    VERIFY = "verify"
    POST = "post"


CRASH_TABLE: dict[Phase, Recovery] = {
    Phase.NONE: Recovery.RETYPE,
    Phase.INTENT: Recovery.RETYPE,  # without "sent" nothing can have left: the seat asks for leave first
    Phase.SENT: Recovery.SETTLE,
    Phase.NUMBERED: Recovery.VERIFY,
    Phase.VERIFIED: Recovery.POST,
}


def state_after_end(phase: Phase) -> PostingState:
    """Where an attempt that died, lapsed or raised leaves its posting; the type of an exception has no say."""
    return PostingState.IN_DOUBT if CRASH_TABLE[phase] is Recovery.SETTLE else PostingState.PENDING


NORMAL = 100


@dataclass(frozen=True)
class Posting:
    """One order of one ERP in the ledger; unique per (reference, ERP).

    `attempts` counts all tries at it, the present one included. `user` is the ERP user of the last try; `left_alone`
    says that its hands were not ended by us, so that only ending its ERP session makes sure of them. `priority` 0 comes
    first; `deadline` is when the order should be in the ERP; before `not_before` it is not tried again.
    """

    id: int
    reference: str
    erp: str
    crm: str
    order_id: str
    order_number: str
    revision: str
    state: PostingState
    phase: Phase
    reason: Reason | None
    document: str | None
    attempts: int
    settle_after: datetime | None
    refusal: str | None
    packet: str | None
    updated_at: datetime
    work: Work = Work.ENTER
    user: str | None = None
    left_alone: bool = False
    priority: int = NORMAL
    deadline: datetime | None = None
    not_before: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """The terms of a claim: for which ERP user, only as which attempt, and within which rate and breaker of the ERP."""

    user: str | None = None
    attempt: int | None = None
    rate: Rate | None = None
    breaker: Breaker | None = None


@dataclass(frozen=True)
class Claim:
    """The right to work on one posting until it lapses; the token fences off whoever held it before."""

    posting: Posting
    token: int
    attempt: int
    worker: str
    expires_at: datetime
    terms: Terms = Terms()


@dataclass(frozen=True)
class Move:
    """One entry of the history: who moved a posting, when, whereto and why."""

    at: datetime
    old: PostingState | None
    new: PostingState
    actor: str
    reason: Reason | None
    attempt: int | None


@dataclass(frozen=True)
class Attempt:
    """One try at a posting and how it ended."""

    number: int
    worker: str
    started_at: datetime
    ended_at: datetime | None
    phase: Phase
    outcome: PostingState | None
    reason: Reason | None
    packet: str | None
    packet_head: str | None
    user: str | None = None
