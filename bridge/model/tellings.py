"""When is a CRM told again what it could not be told? Pure rules; a CRM that is down is not asked a thousand times."""

from datetime import timedelta

from bridge.errors import BridgeError, CrmDown, Reason

FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
OUR_OWN_FAULT = frozenset({401, 403})  # it refuses us, not the order
MOST_DOUBLINGS = 16


def rest_after(failures: int) -> timedelta:
    """How long a CRM is left alone after so many failures in a row; not at all after one, which is no outage yet."""
    if failures <= 1:
        return timedelta()
    return min(FIRST_REST * (1 << min(failures - 1, MOST_DOUBLINGS)), LONGEST_REST)


def wait_after(tries: int) -> timedelta:
    """How long a message that was refused waits after so many tries."""
    return min(FIRST_WAIT * (1 << min(max(tries, 1) - 1, MOST_DOUBLINGS)), LONGEST_WAIT)


def is_unknown(why: Reason) -> bool:
    """Whether the message may have had its effect."""
    return issubclass(BridgeError.kinds.get(why.code, BridgeError), CrmDown)


def concerns_all(why: Reason) -> bool:
    """Whether no other order would fare better now."""
    return is_unknown(why) or why.params.get("status") in OUR_OWN_FAULT
