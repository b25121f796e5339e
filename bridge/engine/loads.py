"""What has this host taken on, what does it put off, and why is an ERP not worked on here just now?"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping

from bridge.errors import Reason
from bridge.ports import Task


class Load:
    """The tasks of one host by posting; `elapsed` counts seconds whatever is done to the machine's clock."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self.why_not: dict[str, Reason] = {}
        self.ended: Counter[str] = Counter()
        self._elapsed = elapsed
        self._told: Counter[str] = Counter()
        self._tasks: dict[int, Task] = {}
        self._bound: dict[int, str] = {}
        self._suspects: set[int] = set()
        self._without: dict[tuple[str, str], tuple[float, Reason]] = {}
        self._carried: set[str] = set()
        self._later: dict[int, float] = {}
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, task: Task, user: str | None = None, *, suspect: bool = False) -> None:
        """It is taken on; only that ERP user may carry it, where one is named. A suspect may kill this host."""
        with self._lock:
            self._bound = {key: name for key, name in self._bound.items() if key in self._tasks}
            self._suspects &= self._tasks.keys()
            self._tasks[task.posting_id] = task
            if user is not None:
                self._bound[task.posting_id] = user
            if suspect:
                self._suspects.add(task.posting_id)

    def begin(self, task: Task) -> None:
        """It is being carried, even if it was taken for missing meanwhile."""
        with self._lock:
            self._tasks[task.posting_id] = task
            self._carried.add(task.id)

    def drop(self, task_id: str) -> None:
        """It is carried no more, or was not to be."""
        with self._lock:
            self._tasks = {key: task for key, task in self._tasks.items() if task.id != task_id}
            self._carried.discard(task_id)

    def find_missing(self, known: set[str]) -> None:
        """Drop what waits for an engine that knows it no more, since its tables were thrown away."""
        with self._lock:
            self._tasks = {k: task for k, task in self._tasks.items() if task.id in known | self._carried}

    def count(self, erp: str | None = None) -> int:
        """How many tasks are taken on, of one ERP or of all."""
        with self._lock:
            return sum(erp in (None, task.erp) for task in self._tasks.values())

    def has(self, posting_id: int) -> bool:
        """Whether the posting is taken on, or put off."""
        with self._lock:
            return posting_id in self._tasks or self._later.get(posting_id, 0.0) > self._elapsed()

    def put_off(self, posting_id: int, seconds: float) -> None:
        """Do not take it on again before so many seconds have passed."""
        now = self._elapsed()
        with self._lock:
            self._later = {key: until for key, until in self._later.items() if until > now}
            self._later[posting_id] = now + seconds

    def waited_for(self, erp: str) -> set[str]:
        """The users whom something that is taken on is bound to."""
        with self._lock:
            return {name for key, name in self._bound.items() if key in self._tasks and self._tasks[key].erp == erp}

    def holds_suspect(self) -> bool:
        """Whether something is taken on that may kill this host."""
        with self._lock:
            return bool(self._suspects & self._tasks.keys())

    def do_without(self, erp: str, user: str, reason: Reason, seconds: float) -> None:
        """Take on nothing that is bound to that user before so many seconds have passed."""
        self._without[erp, user] = (self._elapsed() + seconds, reason)

    def lack(self, erp: str, user: str | None) -> Reason | None:
        """Why that user is done without now, if so."""
        until, reason = self._without.get((erp, user or ""), (0.0, None))
        return reason if until > self._elapsed() else None

    def wait_for(self, posting_id: int) -> float:
        """How many seconds the posting is still put off."""
        return max(0.0, self._later.get(posting_id, 0.0) - self._elapsed())

    def put_off_count(self) -> int:
        """How many postings are put off."""
        return len(self._later)

    def leave_alone(self, erp: str, reason: Reason, seconds: float) -> None:
        """Work on nothing of the ERP here for so many seconds, for that reason."""
        with self._lock:
            self.why_not[erp] = reason
            self._resting[erp] = self._elapsed() + seconds

    def refuse(self, erp: str, reason: Reason) -> None:
        """Work on nothing of the ERP here, for that reason; what came to pass just now says more and stays a while."""
        with self._lock:
            if not self._rests(erp):
                self.why_not[erp] = reason

    def takes_up(self, erp: str) -> bool:
        """Whether nothing keeps the ERP from being worked on here any more; then nothing is said of it either."""
        with self._lock:
            if self._rests(erp):
                return False
            self.why_not.pop(erp, None)
            return True

    def _rests(self, erp: str) -> bool:
        return self._resting.get(erp, 0.0) > self._elapsed()

    def drained(self) -> Mapping[str, int]:
        """How many attempts ended how since this was last asked."""
        ended = Counter(self.ended)
        fresh = ended - self._told
        self._told = ended
        return fresh
