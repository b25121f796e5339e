"""How often has an order failed for reasons of its own, over all hosts, and what then?"""

from collections.abc import Sequence

from bridge.errors import BridgeError, BusinessException, HostDied, Outage, Reason
from bridge.model.postings import Move, Posting, PostingState

S = PostingState
RESTING = frozenset({S.HELD, S.REJECTED, S.FAILED, S.CANCELLED, S.POSTED})
FIRST_REST = 2.0  # seconds
LONGEST_REST = 300.0


def counts(reason: Reason) -> bool:
    """Whether an attempt that ended for that reason counts against its order.

    Outages do not, nor does the death of a host that had other orders at hand: one of those may have killed it.
    """
    kind = BridgeError.kinds.get(reason.code, BridgeError)
    in_company = kind is HostDied and bool(reason.params.get("others"))
    return not in_company and not issubclass(kind, Outage | BusinessException)


def failures_in(history: Sequence[Move]) -> int:
    """How many attempts ended by a fault of technology since the posting last rested."""
    return sum(counts(reason) for reason in _ends_in(history))


def deaths_in(history: Sequence[Move]) -> int:
    """How many hosts died with the order at hand since it last rested, whatever else they had at hand."""
    return sum(reason.code == HostDied.code for reason in _ends_in(history))


def _ends_in(history: Sequence[Move]) -> list[Reason]:
    ends: list[Reason] = []
    for move in history:
        if move.old in RESTING:
            ends.clear()
        elif move.old is S.CLAIMED and move.reason is not None:
            ends.append(move.reason)
    return ends


def rest_after(failures: int) -> float:
    """How many seconds an order rests after so many failures in a row; each rest doubles the last."""
    return min(FIRST_REST * 2.0 ** max(0, min(failures, 16) - 1), LONGEST_REST)


def rest_after_deaths(deaths: int) -> float:
    """How many seconds an order rests with which so many hosts died; not at all after the first, hardly its doing."""
    return rest_after(deaths - 1) if deaths > 1 else 0.0


def is_suspect(posting: Posting) -> bool:
    """Whether it may be what kills hosts: the last one died with it at hand, and was not the first."""
    reason = posting.reason
    return reason is not None and reason.code == HostDied.code and int(reason.params.get("deaths", 0)) > 1
