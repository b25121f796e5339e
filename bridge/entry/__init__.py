"""How is one order carried into one ERP? Read `steps` first: the nine steps, then `settling` and `attempts`.

What changes after it was posted is carried by `amendments` and `cancellations`, which stand on `changes`.
"""

from collections.abc import Mapping

from bridge.entry.amendments import Amendment
from bridge.entry.cancellations import Cancellation
from bridge.entry.desks import Desk, settle_moment
from bridge.entry.rehearsals import Rehearsal, rehearse
from bridge.entry.settling import Settlement
from bridge.errors import BridgeError, LeaseLost, SessionLost
from bridge.model.postings import CRASH_TABLE, Claim, Posting, Recovery, Work

__all__ = ["Desk", "Rehearsal", "carry", "rehearse", "settle_moment"]

WORKS: Mapping[Work, type[Settlement]] = {
    Work.ENTER: Settlement,
    Work.AMEND: Amendment,
    Work.CANCEL: Cancellation,
}
RENEWABLE = frozenset({Recovery.RETYPE, Recovery.VERIFY, Recovery.POST})


def carry(desk: Desk, claim: Claim) -> Posting:
    """Carry the claimed posting (step 1 is done) as far as it goes, and say where it stands then.

    Raises LeaseLost where another worker took it over, and what kept the ledger from noting the end, as a full disk
    does: then the lease lapses, and `recover` reads the same table.
    """
    entry = WORKS[claim.posting.work](desk, claim)
    try:
        return _worked(entry)
    except LeaseLost:
        raise
    except BridgeError as error:
        return entry.stop(error)


def _worked(entry: Settlement) -> Posting:
    """What comes of it; where the ERP had ended our session and nothing is unanswered, we sign on once more.

    Never after this attempt's own intent: its press may have met the end of the session. Where an earlier attempt ended
    at its intent, nothing left it, and this one begins anew.
    """
    try:
        entry.begin()
        return _work(entry)
    except SessionLost:
        if entry.pressing or CRASH_TABLE[entry.phase] not in RENEWABLE or entry.desk.renewed is None:
            raise
        entry.keep_taken()  # its picture is still with the seat that took it
        entry.desk = entry.desk.renewed()
        return _work(entry)


def _work(entry: Settlement) -> Posting:
    match CRASH_TABLE[entry.phase]:
        case Recovery.RETYPE:
            return entry.enter()
        case Recovery.SETTLE:
            return entry.settle()
        case Recovery.VERIFY | Recovery.POST:
            return entry.finish(entry.document or "")
