"""What does one entry work with, and from when may what is in doubt be settled at this desk?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.errors import BridgeError
from bridge.model.postings import Posting
from bridge.model.profiles import ErpProfile
from bridge.ports import Clock, CrmReader, ErpBot, EvidenceStore, Ledger


@dataclass(frozen=True)
class Desk:
    """All that one entry works with.

    `end_seat` kills the seat, so that nothing more can leave it; `signed_on_at` is when its ERP session began, and so
    when the session before it ended; `signed_on_for` says for how long, by a clock that nobody can set. `cut_over` is
    the moment from which the bridge answers for the ERP. `renewed` signs on anew where the ERP has ended the session,
    and `closed` says why nothing may be saved now. `stopped_by_hand` is told where a person stopped the seat at its
    screen, so that it is left alone.
    """

    ledger: Ledger
    crm: CrmReader
    bot: ErpBot
    profile: ErpProfile
    evidence: EvidenceStore
    clock: Clock
    worker: str
    end_seat: Callable[[], None]
    signed_on_at: datetime
    cut_over: datetime
    lease: timedelta = timedelta(seconds=60)
    most_attempts: int = 3
    control_reference: str | None = None
    signed_on_for: Callable[[], timedelta] | None = None
    renewed: Callable[[], "Desk"] | None = None
    closed: Callable[[], BridgeError | None] = lambda: None
    stopped_by_hand: Callable[[str], None] = lambda _: None


def settle_moment(desk: Desk, posting: Posting) -> datetime | None:
    """From when an in-doubt posting may be settled; None where the profile declares no lags.

    Both the lost client and the ERP session it had must be gone for the declared time.
    """
    lag = desk.profile.lags.declared
    if lag is None:
        return None
    return max(posting.settle_after or desk.clock.now(), desk.signed_on_at + lag)
