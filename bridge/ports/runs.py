"""Which jobs ran when?"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.ports.seats import SeatLease


@dataclass(frozen=True)
class RunRecord:
    """One run of a job; its state is "queued", "running", "interrupted" or what its end was called."""

    id: int
    job: str
    planned_at: datetime
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    report: Mapping[str, object] | None
    actor: str = ""
    worker: str | None = None


class RunRecords(Protocol):
    """Which jobs were to run when, and what became of that."""

    def under(self, lease: SeatLease) -> "RunRecords":
        """The same, queued, begun and interrupted only while nobody else has taken that lease: else LeaseLost."""
        ...

    def enqueue(self, job: str, planned_at: datetime, actor: str, worker: str | None = None) -> RunRecord | None:
        """Queue a run; None where that job was already queued for that moment, whether it ran or not.

        With a worker it is begun by that worker at once, so that nobody else can.
        """
        ...

    def next_queued(self, jobs: Collection[str]) -> RunRecord | None:
        """The queued run of these jobs that was planned first."""
        ...

    def start(self, run: RunRecord, worker: str) -> RunRecord | None:
        """Begin a queued run; None where somebody else was faster."""
        ...

    def end(self, run: RunRecord, state: str, report: Mapping[str, object] | None = None) -> RunRecord:
        """End a running run; what is not JSON in the report is kept as text. Raises LeaseLost where it does not run."""
        ...

    def interrupt(self, alive: Callable[[str], bool]) -> Sequence[RunRecord]:
        """Mark the running runs whose worker is not alive as interrupted; those runs."""
        ...

    def runs(self, job: str | None = None, most: int = 100) -> Sequence[RunRecord]:
        """The newest runs, newest first."""
        ...
