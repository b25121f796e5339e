"""Which postings does this host carry now? It pulls from the ledger what its seats can take, and no more."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from bridge.engine.duties import Duty
from bridge.engine.hearts import Kept
from bridge.engine.places import Means, Place
from bridge.engine.pools import Pool
from bridge.entry import carry, settle_moment
from bridge.errors import (
    BridgeError,
    LeaseLost,
    LedgerDown,
    LicencesUsed,
    NoSeatFree,
    Reason,
    SeatTaken,
    SignOnBarred,
    SignOnRefused,
    StopOrdered,
)
from bridge.log import logger
from bridge.model.guards import is_outage
from bridge.model.postings import Claim, Phase, Posting, PostingState, Terms
from bridge.ports import Circuits, Engine, Hosts, Task

AHEAD = 2  # tasks queued beyond the seats, so that none waits for the next one
TICK = 0.2
SLOW_TICK = 5.0
PAUSE = 2.0
VERSION = "0.1.0"
S = PostingState
OURS = (LedgerDown, LicencesUsed, SeatTaken, SignOnBarred, SignOnRefused, StopOrdered)  # no fault of the ERP's
Told = Callable[[Posting], None]


def nobody(_ended: Posting) -> None:
    """Tell nobody."""


class Host:
    """One process at work: its pools of places, its engine, and what it has taken on."""

    def __init__(
        self,
        means: Means,
        duties: Mapping[str, Duty],
        engine: Engine,
        hosts: Hosts,
        circuits: Circuits,
        told: Told = nobody,
    ) -> None:
        self.means = means
        self.duties = duties
        self.engine = engine
        self.hosts = hosts
        self.circuits = circuits
        self.told = told
        lease = min((duty.lease for duty in duties.values()), default=timedelta(seconds=45))
        self.heart = means.heart_of(lease, means.clock.elapsed)
        self.pools = {erp: Pool(duty, means, self.heart) for erp, duty in duties.items()}
        self.why_not: dict[str, Reason] = {}
        self.ended: Counter[str] = Counter()
        self._drained: Counter[str] = Counter()
        self._rests: dict[str, float] = {}
        self._taken_on: dict[int, Task] = {}
        self._carried: set[str] = set()
        self._later: dict[int, float] = {}
        self._orphans: list[Claim] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._pull, name="host", daemon=True)
        self._slow = 0.0

    # --- from beginning to end --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to carry whatever is due."""
        means = self.means
        self.hosts.beat(means.worker, list(self.duties), VERSION)
        lives = Kept("this host", self._beat, self.kill, means.clock.elapsed())
        self.heart.begin(lives)
        self.engine.start(self.carry, {erp: duty.seats for erp, duty in self.duties.items()})
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Take on nothing more, let what is at hand end for so many seconds, then kill the seats."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self._withdraw()
        deadline = time.monotonic() + patience
        while self._running() and time.monotonic() < deadline:
            self._ended.wait(0)
            time.sleep(0.05)
        if self._running():
            self.kill()
        self.engine.stop(10)
        for pool in self.pools.values():
            pool.close()
        self.heart.close()
        with suppress(BridgeError):
            self.hosts.leave(self.means.worker)

    def _beat(self) -> None:
        self.hosts.beat(self.means.worker, list(self.duties), VERSION)

    def _withdraw(self) -> None:
        """What waits in our queues is for others to take."""
        with suppress(BridgeError):
            for task in self.engine.tasks():
                if task.host == self.means.worker and task.state == "queued":
                    self.engine.cancel(task.id)
                    self._drop(task.id)

    def _drop(self, task_id: str) -> None:
        with self._lock:
            self._taken_on = {key: task for key, task in self._taken_on.items() if task.id != task_id}

    def _running(self) -> int:
        with self._lock:
            return len(self._taken_on)

    def kill(self) -> None:
        """Kill every seat of this host; whoever waits for one is told that it died."""
        for pool in self.pools.values():
            pool.kill()

    # --- pulling ----------------------------------------------------------------------------------------------------

    def _pull(self) -> None:
        while not self._ended.wait(TICK):
            try:
                self.refill()
            except BridgeError as error:
                logger.warning("Nothing can be taken on: {}", error)
                self._ended.wait(PAUSE)
            except Exception as error:  # noqa: BLE001 - the host outlives what one look at the ledger meets
                logger.opt(exception=error).debug("refill")
                logger.warning("Nothing can be taken on: {}: {}", type(error).__name__, error)
                self._ended.wait(PAUSE)

    def refill(self) -> int:
        """Take on what is due and has room, after the dead have been succeeded; how many postings."""
        self._release_orphans()
        self._tidy()
        return sum(self._refill(duty) for duty in self.duties.values())

    def _refill(self, duty: Duty) -> int:
        self._recover(duty)
        refusal = self.refusal(duty)
        if refusal is not None:
            self.why_not[duty.erp] = refusal.reason
            return 0
        if self._rests.get(duty.erp, 0.0) > self.means.clock.elapsed():
            return 0
        self.why_not.pop(duty.erp, None)
        room = duty.seats + AHEAD - sum(task.erp == duty.erp for task in self._taken_on.values())
        if room <= 0:
            return 0
        due = self.means.ledger.due(duty.erp, self.means.clock.now(), room + len(self._taken_on) + len(self._later))
        return sum(self._take_on(posting) for posting in [each for each in due if self._is_free(each)][:room])

    def _is_free(self, posting: Posting) -> bool:
        if posting.id in self._taken_on or self._later.get(posting.id, 0.0) > self.means.clock.elapsed():
            return False
        return posting.phase is not Phase.SENT or not self.pools[posting.erp].is_busy(posting.user)

    def _take_on(self, posting: Posting) -> bool:
        task = Task(posting.erp, posting.id, posting.attempts + 1, posting.priority)
        with self._lock:
            self._taken_on[posting.id] = task
        try:
            queued = self.engine.enqueue(task)
        except BaseException:
            self._drop(task.id)
            raise
        if not queued:
            self._drop(task.id)
            self._put_off(posting.id, PAUSE)
        return queued

    def _put_off(self, posting_id: int, seconds: float) -> None:
        now = self.means.clock.elapsed()
        with self._lock:
            self._later = {key: until for key, until in self._later.items() if until > now}
            self._later[posting_id] = now + seconds

    def refusal(self, duty: Duty) -> BridgeError | None:
        """Why the ERP is not worked on now, on this host or on any."""
        means, now = self.means, self.means.clock.now()
        stopped = means.switches.stopped()
        if stopped is not None:
            return BridgeError.kinds[stopped.code](**stopped.params)
        closed = duty.closed(now)
        if closed is not None:
            return closed
        circuit = self.circuits.circuit(duty.erp)
        if circuit.refuses(now) and circuit.opened is not None:
            return circuit.opened
        barred = [user for user in duty.users if means.switches.barred(duty.erp, user) is not None]
        return SignOnBarred(erp=duty.erp, user=", ".join(barred)) if len(barred) == len(duty.users) else None

    def _recover(self, duty: Duty) -> None:
        """Move postings whose worker died to where the crash table says."""
        ledger, lag = self.means.ledger, duty.profile.lags.declared
        for posting in ledger.lapsed(duty.erp):
            after = self.means.clock.now() + lag if lag is not None else None
            ledger.recover(posting, f"{self.means.actor}@{self.means.worker}", after, duty.most_attempts)

    def _release_orphans(self) -> None:
        while self._orphans:
            self.means.ledger.release(self._orphans[0])
            self._orphans.pop(0)

    def _tidy(self) -> None:
        """Every few seconds: what the dead had queued comes again from the ledger, and idle seats sign off."""
        if self.means.clock.elapsed() - self._slow < SLOW_TICK:
            return
        self._slow = self.means.clock.elapsed()
        self._find_missing()
        self.engine.forget({host.worker for host in self.hosts.hosts()} | {self.means.worker})
        for pool in self.pools.values():
            pool.rest_idle()

    def _find_missing(self) -> None:
        """What we took on and the engine knows no more, since its tables were thrown away, is taken on again."""
        with self._lock:
            ours = {task.id for task in self._taken_on.values()} - self._carried
        for task_id in ours - {task.id for task in self.engine.tasks()}:
            if task_id not in self._carried:
                self._drop(task_id)

    # --- carrying ---------------------------------------------------------------------------------------------------

    def carry(self, task: Task) -> None:
        """Carry one attempt, if it is still wanted; called by the engine, in a thread of its own."""
        duty = self.duties[task.erp]
        self._carried.add(task.id)
        try:
            posting = self.means.ledger.posting(task.posting_id)
            if self._ended.is_set() or posting.attempts + 1 != task.attempt:
                return
            user = posting.user if posting.phase is Phase.SENT else None
            with self.pools[task.erp].borrowed(user) as place:
                self._carry_at(place, duty, posting, task)
        except BridgeError as error:
            self._stumbled(duty, task, error)
        except Exception as error:  # noqa: BLE001 - one attempt that breaks must not break the engine
            logger.opt(exception=error).debug("carry")
            logger.error("{} broke: {}: {}", task.id, type(error).__name__, error)
            self._put_off(task.posting_id, PAUSE)
        finally:
            self._drop(task.id)
            self._carried.discard(task.id)

    def _carry_at(self, place: Place, duty: Duty, posting: Posting, task: Task) -> None:
        desk = place.desk()
        wait = self._still_young(place, duty, posting, settle_moment(desk, posting))
        if wait > 0:
            self._put_off(posting.id, wait)
            return
        terms = Terms(place.user, task.attempt, duty.rate, duty.breaker)
        claim = self.means.ledger.claim(posting, desk.worker, duty.lease, terms)
        if claim is None:
            self._put_off(posting.id, PAUSE)
            return
        with logger.contextualize(order=posting.reference):
            self._carry_claimed(place, duty, claim)

    def _carry_claimed(self, place: Place, duty: Duty, claim: Claim) -> None:
        ledger, what = self.means.ledger, claim.posting.reference
        try:
            with self.heart.keeping(what, lambda: ledger.beat(claim, duty.lease), place.kill):
                ended = carry(self.means.around(place.desk(), claim), claim)
        except LeaseLost as error:
            place.end()
            logger.warning("{}", error)
            return
        except BaseException:
            place.end()
            self._orphans.append(claim)
            raise
        logger.info("{} is {} ({})", ended.reference, ended.state, ended.reason.worded() if ended.reason else "")
        if ended.state is S.PENDING and is_outage(ended.reason) and ended.reason is not None:
            self._leave_alone(duty.erp, ended.reason)
        if ended.state is not S.PENDING:
            self.ended[ended.state.value] += 1
        self.told(ended)

    def _still_young(self, place: Place, duty: Duty, posting: Posting, moment: datetime | None) -> float:
        """How many seconds the session at that place must still age before what is in doubt may be settled there."""
        lag = duty.profile.lags.declared
        if posting.phase is not Phase.SENT or lag is None or moment is None:
            return 0.0
        by_clock = (moment - self.means.clock.now()).total_seconds()
        return max(by_clock, (lag - place.signed_on_for()).total_seconds()) + (0.01 if by_clock > 0 else 0.0)

    def _stumbled(self, duty: Duty, task: Task, error: BridgeError) -> None:
        """It did not even come to a claim: no seat, no sign-on, no ledger."""
        logger.info("{}: {}", task.id, error)
        self._put_off(task.posting_id, PAUSE)
        if isinstance(error, NoSeatFree):
            return
        self._leave_alone(duty.erp, error.reason)
        if not isinstance(error, OURS):
            with suppress(BridgeError):
                self.circuits.note(duty.erp, error.reason, duty.breaker)

    def _leave_alone(self, erp: str, reason: Reason) -> None:
        """Nothing can be worked on for now; the next look is taken a little later."""
        self.why_not[erp] = reason
        self._rests[erp] = self.means.clock.elapsed() + PAUSE

    # --- what is left -----------------------------------------------------------------------------------------------

    def is_at_work(self, erp: str) -> bool:
        """Whether a task of the ERP waits or runs on this host."""
        with self._lock:
            return any(task.erp == erp for task in self._taken_on.values())

    def waiting(self) -> int:
        """How many postings wait for a seat."""
        due = (self.means.ledger.due(erp, self.means.clock.now()) for erp in self.duties)
        return sum(len(postings) for postings in due)

    def drained(self) -> Mapping[str, int]:
        """How many attempts ended how since this was last asked."""
        ended = Counter(self.ended)
        fresh = ended - self._drained
        self._drained = ended
        return fresh

    def open_until(self, erp: str) -> datetime | None:
        """When the next posting of the ERP can be worked on, or now where one is; None where nothing waits."""
        ledger, now = self.means.ledger, self.means.clock.now()
        if self.is_at_work(erp) or ledger.lapsed(erp):
            return now
        elapsed = self.means.clock.elapsed()
        rests = [max(0.0, self._later.get(due.id, 0.0) - elapsed) for due in ledger.due(erp, now)]
        if rests:
            return now + timedelta(seconds=min(rests))
        declared = self.duties[erp].profile.lags.declared is not None
        waiting = ledger.postings(erp=erp, states=[S.PENDING, S.IN_DOUBT])
        moments = [_moment(posting) for posting in waiting if posting.state is S.PENDING or declared]
        return min((moment for moment in moments if moment is not None), default=None)


def _moment(posting: Posting) -> datetime | None:
    known = [each for each in (posting.settle_after, posting.not_before) if each is not None]
    return max(known, default=None)
