"""Which postings can be worked on now? Each is carried through the nine steps, at whichever seat is free."""

from collections import Counter
from datetime import timedelta

from bridge.app import App
from bridge.engine.hosts import Host
from bridge.errors import ApplicationError, NoSeatFree, Reason
from bridge.job_reports import JobReport
from bridge.model.postings import Posting, PostingState

PATIENCE = timedelta(seconds=120)
LOOK = 0.1


def run(app: App) -> JobReport:
    """Carry what is due until nothing is; beside a host that does so all the time, only say how it gets on."""
    if app.host is not None:
        return _account(app, app.host)
    shift = Shift(app)
    return shift.work()


def _account(app: App, host: Host) -> JobReport:
    counts = Counter(host.load.drained())
    reasons = [host.load.why_not[erp] for erp in host.duties if erp in host.load.why_not]
    return JobReport("post_orders", counts, tuple(reason.worded(app.language) for reason in reasons))


class Shift:
    """One run of work in every ERP, until each has come to rest."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.troubles: dict[str, Reason] = {}

    def work(self) -> JobReport:
        """Work until nothing is due any more, or nothing can be worked on; what went wrong."""
        app = self.app
        stopped = app.store.switches.stopped()
        if stopped is not None:
            return JobReport("post_orders", troubles=(stopped.worded(app.language),))
        waiting = [erp for erp in app.settings.erps if self._has_work(erp)]
        if not waiting:
            return JobReport("post_orders", troubles=self._told())
        for erp in waiting:
            app.store.circuits.close(erp)  # whoever asks for a run asks for a try
        with app.carrying(dict.fromkeys(waiting), self._tell) as host:
            while app.time_left() and (waiting := [erp for erp in waiting if self._goes_on(host, erp)]):
                app.clock.wait(LOOK)
        return JobReport("post_orders", Counter(host.load.drained()), self._told())

    def _told(self) -> tuple[str, ...]:
        return tuple(reason.worded(self.app.language) for reason in self.troubles.values())

    def _has_work(self, erp: str) -> bool:
        """Whether there is anything to do, or to be said of why it is not done."""
        ledger, states = self.app.store.ledger, [PostingState.PENDING, PostingState.IN_DOUBT]
        try:
            return bool(ledger.lapsed(erp) or ledger.postings(erp=erp, states=states))
        except ApplicationError as error:
            self.troubles[erp] = error.reason
            return False

    def _goes_on(self, host: Host, erp: str) -> bool:
        refusal = host.load.why_not.get(erp)
        if refusal is not None and refusal.code != NoSeatFree.code and not host.load.count(erp):
            self.troubles[erp] = refusal
            return False
        moment = host.open_until(erp)
        return moment is not None and moment - self.app.clock.now() <= PATIENCE

    def _tell(self, _ended: Posting) -> None:
        host = self.app.host
        if host is not None:
            done = sum(host.load.ended.values())
            self.app.progress("post_orders", done, done + host.waiting())
