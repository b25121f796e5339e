"""Who carries attempts without any engine's tables? Threads of this process, honouring the Engine port."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from bridge.ports import Task, TaskRecord

SECONDS = 20.0  # for which a carrier waits at its gate


class FakeEngine:
    """Tasks in memory; `shared` is what the engines of several hosts have in common."""

    def __init__(self, host: str = "here", shared: dict[str, TaskRecord] | None = None) -> None:
        self.host = host
        self.known = {} if shared is None else shared
        self._lock = threading.Lock()
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._waiting: dict[str, Future[None]] = {}
        self._carry: Callable[[Task], None] | None = None

    def start(self, carry: Callable[[Task], None], limits: Mapping[str, int]) -> None:
        """Begin to carry."""
        self._carry = carry
        self._pools = {erp: ThreadPoolExecutor(most) for erp, most in limits.items()}

    def enqueue(self, task: Task) -> bool:
        """Queue the task; False where it waits or runs already."""
        with self._lock:
            if task.id in self.known and self.known[task.id].state in ("queued", "running"):
                return False
            self.known[task.id] = TaskRecord(task.id, self.host, "queued")
            self._waiting[task.id] = self._pools[task.erp].submit(self._run, task)
            return True

    def _run(self, task: Task) -> None:
        with self._lock:
            if self.known.get(task.id, TaskRecord("", "", "")).state != "queued" or self._carry is None:
                return
            self.known[task.id] = TaskRecord(task.id, self.host, "running")
        self._carry(task)
        with self._lock:
            if task.id in self.known:
                self.known[task.id] = TaskRecord(task.id, self.host, "ended")

    def cancel(self, task_id: str) -> None:
        """Carry it no more, if it waits."""
        with self._lock:
            if task_id in self.known and self.known[task_id].state == "queued":
                self.known[task_id] = TaskRecord(task_id, self.host, "cancelled")

    def tasks(self) -> Sequence[TaskRecord]:
        """What waits or runs."""
        with self._lock:
            return tuple(task for task in self.known.values() if task.state in ("queued", "running"))

    def forget(self, alive: Collection[str]) -> int:
        """Drop what has ended and what the dead have left."""
        with self._lock:
            dead = [task for task in self.known.values() if task.host not in alive]
            for task in [*dead, *(task for task in self.known.values() if task.state in ("ended", "cancelled"))]:
                self.known.pop(task.id, None)
            return sum(task.state in ("queued", "running") for task in dead)

    def throw_away(self) -> int:
        """Drop everything."""
        with self._lock:
            waiting = sum(task.state in ("queued", "running") for task in self.known.values())
            self.known.clear()
            return waiting

    def stop(self, patience: float) -> None:
        """Begin nothing more, and wait for what runs."""
        self._carry = None
        wait(self._waiting.values(), patience)
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


class Carrier:
    """What is carried, and a gate that it waits at."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self.gate = threading.Event()
        self.at_work = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, task: Task) -> None:
        """Carry one task, as long as the gate is shut."""
        with self._lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        assert self.gate.wait(SECONDS)
        with self._lock:
            self.at_work -= 1
            self.carried.append(task.id)
