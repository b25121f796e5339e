"""How often has an order failed for reasons of its own, over all hosts, and what then?"""

from collections.abc import Sequence

from bridge.errors import BridgeError, BusinessException, HostDied, Outage
from bridge.model.postings import Move, Posting, PostingState

S = PostingState
RESTING = frozenset({S.HELD, S.REJECTED, S.FAILED, S.CANCELLED, S.POSTED})
FIRST_REST = 2.0  # seconds
LONGEST_REST = 300.0


def failures_in(history: Sequence[Move]) -> int:
    """How many attempts ended by a fault of technology since the posting last rested; outages count for nothing."""
    count = 0
    for move in history:
        if move.old in RESTING:
            count = 0
        elif move.old is S.CLAIMED and move.reason is not None:
            kind = BridgeError.kinds.get(move.reason.code, BridgeError)
            count += not issubclass(kind, Outage | BusinessException)
    return count


def rest_after(failures: int) -> float:
    """How many seconds an order rests after so many failures in a row; each rest doubles the last."""
    return min(FIRST_REST * 2.0 ** max(0, min(failures, 16) - 1), LONGEST_REST)


def rest_after_deaths(failures: int) -> float:
    """How many seconds an order rests whose host died; not at all after the first death, which is hardly its doing."""
    return rest_after(failures - 1) if failures > 1 else 0.0


def is_suspect(posting: Posting) -> bool:
    """Whether it may be what kills hosts, or was at hand beside that: its last attempt died, and was not its first."""
    return posting.attempts > 1 and posting.reason is not None and posting.reason.code == HostDied.code
