"""Which postings can be worked on now? Each is carried through the nine steps at the ERP user's one seat."""

from collections import Counter
from datetime import datetime, timedelta

from bridge.app import App, JobReport, SeatHolder
from bridge.engine.heartbeats import beating
from bridge.entry import carry, settle_moment
from bridge.errors import ApplicationError, BridgeError, LeaseLost, Outage, Reason
from bridge.log import logger
from bridge.model.postings import Phase, Posting, PostingState
from bridge.ports import CrmReader

ACTOR = "job:post_orders"
PATIENCE = timedelta(seconds=120)
PAUSE = 2.0
MOST_IN_A_ROW = 3


def run(app: App) -> JobReport:
    """Post for every ERP; one that is down, or refuses us, does not keep the others waiting."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for erp in app.settings.erps:
        try:
            troubles += Shift(app, erp, counts).work()
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("post_orders", counts, tuple(troubles))


def recover_lapsed(app: App, erp: str) -> int:
    """Move postings whose worker died to where the crash table says."""
    lapsed = [posting for posting in app.store.ledger.lapsed() if posting.erp == erp]
    lag = app.profile(erp).lags.declared
    for posting in lapsed:
        after = app.clock.now() + lag if lag is not None else None
        app.store.ledger.recover(posting, ACTOR, after)
    return len(lapsed)


class Shift:
    """One run of work in one ERP."""

    def __init__(self, app: App, erp: str, counts: Counter[str]) -> None:
        self.app = app
        self.erp = erp
        self.counts = counts
        self.profile = app.profile(erp)
        self.crm: CrmReader = app.crm(app.erp(erp).crm)[0]
        self.failures = 0
        self.tried: Counter[int] = Counter()
        self.rested: dict[int, datetime] = {}

    def work(self) -> list[str]:
        """Work until nothing is due any more, nothing can be worked on, or too much fails in a row; what went wrong."""
        stopped = self.app.store.switches.stopped()
        if stopped is not None:
            return [stopped.worded(self.app.language)]
        recover_lapsed(self.app, self.erp)
        if not self._due() and not self._doubtful():
            return []
        with self.app.seat(self.erp, self.profile) as holder:
            return self._work(holder)

    def _work(self, holder: SeatHolder) -> list[str]:
        while self.app.time_left():
            posting = self._next(holder)
            if posting is None:
                return []
            ended = self._carry(holder, posting)
            if ended is not None and self._should_end(ended) and ended.reason is not None:
                return [ended.reason.worded(self.app.language)]
        return []

    def _should_end(self, ended: Posting) -> bool:
        """Whether going on would only repeat what has just gone wrong."""
        undone = ended.state is PostingState.PENDING and ended.reason is not None
        self.failures = self.failures + 1 if undone else 0
        return undone and (self.failures >= MOST_IN_A_ROW or is_outage(ended.reason))

    def _due(self) -> list[Posting]:
        return list(self.app.store.ledger.due(self.erp, self.app.clock.now()))

    def _doubtful(self) -> list[Posting]:
        return list(self.app.store.ledger.postings(erp=self.erp, states=[PostingState.IN_DOUBT]))

    def _next(self, holder: SeatHolder) -> Posting | None:
        """What is tried least comes first, so that one troubled order cannot starve the others."""
        desk = holder.desk(self.crm)
        now = self.app.clock.now()
        ready = [posting for posting in self._due() if _ready(settle_moment(desk, posting), posting, now)]
        fresh = sorted(ready, key=lambda posting: self.tried[posting.id])
        if fresh:
            self.app.clock.wait(max(0.0, (self.rested.get(fresh[0].id, now) - now).total_seconds()))
            return fresh[0]
        moments = [moment for posting in self._doubtful() if (moment := settle_moment(desk, posting)) is not None]
        if not moments or min(moments) - now > PATIENCE:
            return None
        self.app.clock.wait((min(moments) - now).total_seconds() + 0.01)
        return self._next(holder) if self.app.time_left() else None

    def _carry(self, holder: SeatHolder, posting: Posting) -> Posting | None:
        desk = holder.desk(self.crm)
        claim = self.app.store.ledger.claim(posting, desk.worker, desk.lease)
        if claim is None:
            return None
        self.tried[posting.id] += 1
        with logger.contextualize(order=posting.reference):
            try:
                with beating(self.app.store.ledger, claim, desk.lease):
                    ended = carry(desk, claim)
            except LeaseLost as error:
                holder.end()
                logger.warning("{}", error)
                return None
            except BaseException:
                holder.end()
                raise
            finally:
                self.rested[posting.id] = self.app.clock.now() + timedelta(seconds=PAUSE * self.tried[posting.id])
            self._tell(ended)
        return ended

    def _tell(self, ended: Posting) -> None:
        logger.info("{} is {} ({})", ended.reference, ended.state, ended.reason.worded() if ended.reason else "")
        if ended.state is not PostingState.PENDING:
            self.counts[ended.state.value] += 1
        left = len(self._due())
        done = sum(self.counts.values())
        self.app.progress("post_orders", done, done + left)


def is_outage(reason: Reason | None) -> bool:
    """Whether the reason keeps every order from being worked on, not only this one."""
    return reason is not None and issubclass(BridgeError.kinds.get(reason.code, BridgeError), Outage)


def _ready(moment: datetime | None, posting: Posting, now: datetime) -> bool:
    return posting.phase is not Phase.SENT or moment is None or moment <= now
