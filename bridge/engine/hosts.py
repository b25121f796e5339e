"""Which postings does this host carry now? It pulls from the ledger what its seats can take, and no more."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bridge import __version__
from bridge.engine.carryings import PAUSE, Carrying, Told, bound_to
from bridge.engine.duties import Duty
from bridge.engine.hearts import Kept
from bridge.engine.loads import Load
from bridge.engine.places import Means
from bridge.engine.pools import Pool
from bridge.errors import BridgeError, Reason, SignOnBarred
from bridge.log import logger
from bridge.model.failures import is_suspect
from bridge.model.postings import Posting, PostingState
from bridge.ports import Circuits, Engine, Hosts, Task

AHEAD = 2  # tasks queued beyond the seats, so that none waits for the next one
SHORTEST_REST, LONGEST_REST = 0.2, 1.0  # seconds between two looks at the ledger: after a task's end, and without one
LOOKS_PER_LEASE = 15  # even without, so that the dead are succeeded in time
SLOW_TICK = 5.0
FARTHER, FARTHEST = 4, 5_000  # how much more of what is due is looked at, where all of it waits for somebody
LEASE = timedelta(seconds=45)
ENGINE_SECONDS = 10.0
S = PostingState


def nobody(_ended: Posting) -> None:
    """Tell nobody."""


class Host:
    """One process at work: its pools of places, its engine, and what it has taken on.

    `rest` is how many seconds pass between two looks at the ledger while no task ends.
    """

    def __init__(
        self,
        means: Means,
        duties: Mapping[str, Duty],
        *,
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
        lease = min((duty.lease for duty in duties.values()), default=LEASE)
        self.heart = means.heart_of(lease, means.clock.elapsed)
        self.pools = {erp: Pool(duty, means, self.heart) for erp, duty in duties.items()}
        self.load = Load(means.clock.elapsed)
        self.carrying = Carrying(
            means, duties, pools=self.pools, heart=self.heart, circuits=circuits, load=self.load, told=told
        )
        self.rest = max(SHORTEST_REST, min(LONGEST_REST, lease.total_seconds() / LOOKS_PER_LEASE))
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._pull, name="host", daemon=True)
        self._idle = threading.Thread()  # signing off takes its time, and the dead must be succeeded meanwhile
        self._tidied = 0.0

    # --- from beginning to end --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to carry whatever is due."""
        self._beat()
        self.heart.begin(Kept("this host", self._beat, self.kill, self.means.clock.elapsed()))
        self.engine.start(self._carry, {erp: duty.seats for erp, duty in self.duties.items()})
        self._thread.start()

    def _carry(self, task: Task) -> None:
        if self._ended.is_set():
            self.load.drop(task.id)
            return
        self.carrying.carry(task)
        self._woken.set()

    def stop(self, patience: float) -> None:
        """Take on nothing more, let what is at hand end for so many seconds, then kill the seats."""
        self._ended.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()
        self._withdraw()
        deadline = time.monotonic() + patience
        while self.load.count() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.load.count():
            self.kill()
        self.engine.stop(ENGINE_SECONDS)
        if self._idle.is_alive():
            self._idle.join(ENGINE_SECONDS)
        for pool in self.pools.values():
            pool.close()
        self.heart.close()
        with suppress(BridgeError):
            self.hosts.leave(self.means.worker)

    def _beat(self) -> None:
        self.hosts.beat(self.means.worker, list(self.duties), __version__)

    def _withdraw(self) -> None:
        """What waits in our queues is for others to take."""
        with suppress(BridgeError):
            for task in self.engine.tasks():
                if task.host == self.means.worker and task.state == "queued":
                    self.engine.cancel(task.id)
                    self.load.drop(task.id)

    def kill(self) -> None:
        """Kill every seat of this host; whoever waits for one is told that it died."""
        for pool in self.pools.values():
            pool.kill()

    # --- pulling ----------------------------------------------------------------------------------------------------

    def _pull(self) -> None:
        while not self._ended.wait(SHORTEST_REST):
            self._woken.clear()
            try:
                self.refill()
            except BridgeError as error:
                logger.warning("Nothing can be taken on: {}", error)
                self._ended.wait(PAUSE)
            except Exception as error:  # noqa: BLE001 - the host outlives what one look at the ledger meets
                logger.opt(exception=error).debug("refill")
                logger.warning("Nothing can be taken on: {}: {}", type(error).__name__, error)
                self._ended.wait(PAUSE)
            if not self._ended.is_set():  # whoever stops us may have woken us just before that was forgotten
                self._woken.wait(self.rest - SHORTEST_REST)

    def refill(self) -> int:
        """Take on what is due and has room, after the dead have been succeeded; how many postings."""
        self._release_orphans()
        self._tidy()
        wanted = [posting for duty in self.duties.values() for posting in self._wanted(duty)]
        if self.load.holds_suspect():
            return 0
        suspect = next((posting for posting in wanted if is_suspect(posting)), None)
        if suspect is None:
            return sum(self._take_on(posting) for posting in wanted)
        return 0 if self.load.count() else int(self._take_on(suspect))  # it dies with nobody beside it

    def _wanted(self, duty: Duty) -> list[Posting]:
        self._recover(duty)
        refusal = self.refusal(duty)
        if refusal is not None:
            self.load.refuse(duty.erp, refusal.reason)
            return []
        if not self.load.takes_up(duty.erp):
            return []
        room = duty.seats + AHEAD - self.load.count(duty.erp)
        return self._chosen(duty, room) if room > 0 else []

    def _chosen(self, duty: Duty, room: int) -> list[Posting]:
        """So many that may be taken on now, looking past all that waits for a user who is not to be had."""
        most = room + self.load.count() + self.load.put_off_count()
        while True:
            due = self.means.ledger.due(duty.erp, self.means.clock.now(), most)
            free = self._free(duty, due)
            if len(free) >= room or len(due) < most or most > FARTHEST:
                self._note_waiting(duty, due)
                return free[:room]
            most *= FARTHER

    def _note_waiting(self, duty: Duty, due: Sequence[Posting]) -> None:
        """New orders leave those alone whom what is in doubt waits for, or it would wait for the last of them.

        Where all wait for somebody who is not to be had, that is why nothing goes on.
        """
        lacks = [self.load.lack(duty.erp, bound_to(each)) for each in due]
        ready = [
            each for each, lack in zip(due, lacks, strict=True) if lack is None and not self.load.wait_for(each.id)
        ]
        self.pools[duty.erp].wanted = frozenset(user for user in map(bound_to, ready) if user is not None)
        if lacks and lacks[0] is not None and None not in lacks:
            self.load.why_not[duty.erp] = lacks[0]

    def _free(self, duty: Duty, due: Sequence[Posting]) -> list[Posting]:
        """What may be taken on now; of what waits for one user, because his session may have sent it, one at a time."""
        taken, free = self.load.waited_for(duty.erp), []
        for posting in due:
            user = bound_to(posting)
            if self.load.has(posting.id) or not self._is_to_be_had(duty.erp, user, taken):
                continue
            free.append(posting)
            taken |= {user} if user is not None else set()
        return free

    def _is_to_be_had(self, erp: str, user: str | None, taken: set[str]) -> bool:
        if user is None:
            return True
        return not (user in taken or self.load.lack(erp, user) or self.pools[erp].is_busy(user))

    def _take_on(self, posting: Posting) -> bool:
        task = Task(posting.erp, posting.id, posting.attempts + 1, posting.priority)
        self.load.add(task, bound_to(posting), suspect=is_suspect(posting))
        try:
            queued = self.engine.enqueue(task)
        except BaseException:
            self.load.drop(task.id)
            raise
        if not queued:
            self.load.drop(task.id)
            self.load.put_off(posting.id, PAUSE)
        return queued

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

    # --- after the dead ---------------------------------------------------------------------------------------------

    def _recover(self, duty: Duty) -> None:
        """Move postings whose worker died to where the crash table says."""
        for posting in self.means.ledger.lapsed(duty.erp):
            self._move_on(duty, posting)

    def _move_on(self, duty: Duty, posting: Posting, why: Reason | None = None) -> None:
        lag = duty.profile.lags.declared
        after = self.means.clock.now() + lag if lag is not None else None
        actor = f"{self.means.actor}@{self.means.worker}"
        self.means.ledger.recover(posting, actor, after, duty.most_attempts, why)

    def _release_orphans(self) -> None:
        """What our own attempts left claimed, because the ledger did not answer, need not wait for its lease."""
        orphans = self.carrying.orphans
        while orphans:
            claim, why = orphans[0]
            self.means.ledger.release(claim)
            self._move_on(self.duties[claim.posting.erp], self.means.ledger.posting(claim.posting.id), why)
            orphans.pop(0)

    def _tidy(self) -> None:
        """Every few seconds: what the dead had queued comes again from the ledger, and idle seats sign off."""
        if self.means.clock.elapsed() - self._tidied < SLOW_TICK:
            return
        self._tidied = self.means.clock.elapsed()
        self.load.find_missing({task.id for task in self.engine.tasks()})
        self.engine.forget({host.worker for host in self.hosts.hosts()} | {self.means.worker})
        if not self._idle.is_alive():
            self._idle = threading.Thread(target=self._rest_idle, name="idle seats", daemon=True)
            self._idle.start()

    def _rest_idle(self) -> None:
        for pool in self.pools.values():
            pool.rest_idle()

    # --- what is left -----------------------------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many postings wait for a seat, of whatever ERP."""
        return self.means.ledger.counts().get(S.PENDING.value, 0)

    def open_until(self, erp: str) -> datetime | None:
        """When the next posting of the ERP can be worked on, or now where one is; None where nothing waits."""
        ledger, now = self.means.ledger, self.means.clock.now()
        if self.load.count(erp) or ledger.lapsed(erp):
            return now
        due = ledger.due(erp, now, self.load.put_off_count() + 1)  # one that is not put off is enough
        rests = [self.load.wait_for(posting.id) for posting in due]
        if rests:
            return now + timedelta(seconds=min(rests))
        declared = self.duties[erp].profile.lags.declared is not None
        waiting = ledger.postings(erp=erp, states=[S.PENDING, S.IN_DOUBT])
        moments = [_moment(posting) for posting in waiting if posting.state is S.PENDING or declared]
        return min((moment for moment in moments if moment is not None), default=None)


def _moment(posting: Posting) -> datetime | None:
    known = [each for each in (posting.settle_after, posting.not_before) if each is not None]
    return max(known, default=None)
