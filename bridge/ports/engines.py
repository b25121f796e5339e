"""Who carries attempts?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Task:
    """One attempt to be carried: the `attempt`-th at that posting; a lower `priority` comes first."""

    erp: str
    posting_id: int
    attempt: int
    priority: int = 0

    @property
    def id(self) -> str:
        """What the task is called; a rerun is another attempt and so another task."""
        return f"{self.erp}/{self.posting_id}/{self.attempt}"


@dataclass(frozen=True)
class TaskRecord:
    """A task as the engine knows it; its state is "queued", "running", "ended" or "cancelled"."""

    id: str
    host: str
    state: str


class Engine(Protocol):
    """Carries attempts to seats, and nothing else: what it forgets is refilled from the ledger.

    A task may be carried more than once; the claim in the ledger sees to it that this harms nothing.
    """

    def start(self, carry: Callable[[Task], None], limits: Mapping[str, int]) -> None:
        """Begin to carry; of each ERP's tasks at most so many at once on this host."""
        ...

    def enqueue(self, task: Task) -> bool:
        """Queue the task on this host; False where it waits or runs already, here or elsewhere."""
        ...

    def cancel(self, task_id: str) -> None:
        """Carry the task no more, if it waits; one that runs ends at its own next step."""
        ...

    def tasks(self) -> Sequence[TaskRecord]:
        """All tasks that wait or run, on whatever host."""
        ...

    def forget(self, alive: Collection[str]) -> int:
        """Drop what has ended, and whatever was queued on hosts other than these; how many tasks of the dead."""
        ...

    def throw_away(self) -> int:
        """Drop every task of every host; hosts queue them anew from the ledger. How many waited or ran."""
        ...

    def stop(self, patience: float) -> None:
        """Begin nothing more, and wait so many seconds for what runs."""
        ...
