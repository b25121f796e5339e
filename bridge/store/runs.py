"""Which jobs were to run when, and what became of that? A run is queued once, whoever asks how often."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bridge.errors import LeaseLost
from bridge.ports import Clock, RunRecord, SeatLease
from bridge.store.databases import Database, new_id
from bridge.store.reasons import write_json
from bridge.store.tables import runs, seat_leases

QUEUED, RUNNING, INTERRUPTED = "queued", "running", "interrupted"


class SqlRuns:
    """The runs in the ledger; with a lease they are led by whoever holds it."""

    def __init__(self, database: Database, clock: Clock, lease: SeatLease | None = None) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease

    def under(self, lease: SeatLease) -> "SqlRuns":
        """The same, queued, begun and interrupted only while nobody else has taken that lease: else LeaseLost."""
        return SqlRuns(self._database, self._clock, lease)

    @contextmanager
    def _leading(self) -> Iterator[Connection]:
        """A writing transaction; since only one writes at a time, the lease is ours until it is left."""
        with self._database.writing() as connection:
            if self._lease is not None and not _is_held(connection, self._lease):
                raise LeaseLost(reference=f"{self._lease.user} ({self._lease.erp})")
            yield connection

    def enqueue(self, job: str, planned_at: datetime, actor: str, worker: str | None = None) -> RunRecord | None:
        """Queue a run; None where that job was already queued for that moment, whether it ran or not.

        With a worker it is begun by that worker at once, so that nobody else can.
        """
        key = {"job": job, "planned_at": planned_at}
        begun = {"state": QUEUED if worker is None else RUNNING, "worker": worker}
        started_at = None if worker is None else self._clock.now()
        with self._leading() as connection:
            if connection.execute(select(runs.c.id).filter_by(**key)).first() is not None:
                return None
            result = connection.execute(insert(runs).values(**key, **begun, actor=actor, started_at=started_at))
            return _run(_row(connection, new_id(result)))

    def next_queued(self, jobs: Collection[str]) -> RunRecord | None:
        """The queued run of these jobs that was planned first."""
        wanted = (runs.c.state == QUEUED, runs.c.job.in_(list(jobs)))
        query = select(runs).where(*wanted).order_by(runs.c.planned_at, runs.c.id).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
            return None if row is None else _run(row)

    def start(self, run: RunRecord, worker: str) -> RunRecord | None:
        """Begin a queued run; None where somebody else was faster."""
        values = {"state": RUNNING, "worker": worker, "started_at": self._clock.now()}
        with self._leading() as connection:
            begun = _change(connection, run.id, QUEUED, values)
            return _run(_row(connection, run.id)) if begun else None

    def end(self, run: RunRecord, state: str, report: Mapping[str, object] | None = None) -> RunRecord:
        """End a running run; what is not JSON in the report is kept as text. Raises LeaseLost where it does not run."""
        text = None if report is None else write_json(report)
        with self._database.writing() as connection:
            values = {"state": state, "ended_at": self._clock.now(), "report": text}
            if not _change(connection, run.id, RUNNING, values):
                raise LeaseLost(reference=f"{run.job} {run.planned_at.isoformat()}")
            return _run(_row(connection, run.id))

    def interrupt(self, alive: Callable[[str], bool]) -> Sequence[RunRecord]:
        """Mark the running runs whose worker is not alive as interrupted; those runs."""
        with self._leading() as connection:
            running = connection.execute(select(runs).where(runs.c.state == RUNNING).order_by(runs.c.id)).all()
            dead = [row.id for row in running if not alive(row.worker)]
            for run_id in dead:
                _change(connection, run_id, RUNNING, {"state": INTERRUPTED, "ended_at": self._clock.now()})
            return tuple(_run(_row(connection, run_id)) for run_id in dead)

    def runs(self, job: str | None = None, most: int = 100) -> Sequence[RunRecord]:
        """The newest runs, newest first."""
        query = select(runs).order_by(runs.c.planned_at.desc(), runs.c.id.desc()).limit(most)
        with self._database.reading() as connection:
            rows = connection.execute(query if job is None else query.where(runs.c.job == job))
            return tuple(_run(row) for row in rows)


def _is_held(connection: Connection, lease: SeatLease) -> bool:
    return connection.execute(select(seat_leases.c.token).filter_by(token=lease.token)).first() is not None


def _change(connection: Connection, run_id: int, state: str, values: Mapping[str, object]) -> bool:
    unchanged = (runs.c.id == run_id, runs.c.state == state)
    return connection.execute(update(runs).where(*unchanged).values(**values)).rowcount == 1


def _row(connection: Connection, run_id: int) -> Row[Any]:
    return connection.execute(select(runs).where(runs.c.id == run_id)).one()


def _run(row: Row[Any]) -> RunRecord:
    return RunRecord(
        id=row.id,
        job=row.job,
        planned_at=row.planned_at,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        report=None if row.report is None else json.loads(row.report),
        actor=row.actor,
        worker=row.worker,
    )
