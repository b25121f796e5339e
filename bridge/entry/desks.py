"""What does one entry work with, and from when may what is in doubt be settled at this desk?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.model.postings import Posting
from bridge.model.profiles import ErpProfile
from bridge.ports import Clock, CrmReader, ErpBot, EvidenceStore, Ledger


@dataclass(frozen=True)
class Desk:
    """All that one entry works with.

    `end_seat` kills the seat, so that nothing more can leave it; `signed_on_at` is when its ERP session began, and so
    when the session before it ended. `cut_over` is the moment from which the bridge answers for the ERP.
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


def settle_moment(desk: Desk, posting: Posting) -> datetime | None:
    """From when an in-doubt posting may be settled; None where the profile declares no lags.

    Both the lost client and the ERP session it had must be gone for the declared time.
    """
    lag = desk.profile.lags.declared
    if lag is None:
        return None
    return max(posting.settle_after or desk.clock.now(), desk.signed_on_at + lag)
