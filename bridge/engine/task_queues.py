"""Who carries attempts? DBOS, one queue per ERP and host; its tables can be thrown away at any time.

DBOS keeps the concurrency of a queue in its database, the same for every host; hosts have different numbers of seats, so
each has queues of its own, named with the host. What a dead host leaves behind is dropped and comes again from the
ledger. https://docs.dbos.dev/python/reference/queues
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy.exc import SQLAlchemyError

from bridge.errors import LedgerDown
from bridge.log import logger
from bridge.ports import Task, TaskRecord

NAME = "erpbridge"
TASK = "attempt"
VERSION = "erpbridge-1"  # pinned, since another one would leave waiting tasks where they are
SCHEMA = "erpbridge_engine"
POLL = 0.1
CONNECTIONS = 5
MOST_PRIORITY = 2**31 - 1
WAITING, RUNNING = "ENQUEUED", "PENDING"
STATES = {WAITING: "queued", RUNNING: "running", "DELAYED": "queued", "CANCELLED": "cancelled"}
AT_ONCE = 500

_carrier: dict[str, Callable[[Task], None]] = {}


@DBOS.workflow(name=TASK)
def _carried(erp: str, posting_id: int, attempt: int) -> None:
    """Carry one attempt; DBOS keeps nothing of what comes of it, since the ledger does."""
    carry = _carrier.get("carry")
    if carry is not None:
        carry(Task(erp, posting_id, attempt))


class DbosEngine:
    """The Engine port on DBOS: SQLite for one machine, PostgreSQL for many."""

    def __init__(self, url: str, host: str) -> None:
        self.url = url
        self.host = host
        self._running = False

    def start(self, carry: Callable[[Task], None], limits: Mapping[str, int]) -> None:
        """Begin to carry; of each ERP's tasks at most so many at once on this host. Raises LedgerDown."""
        _speak_through_our_log()
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": self.url,
            "application_version": VERSION,
            "executor_id": self.host,
            "dbos_system_schema": SCHEMA,
            "sys_db_pool_size": CONNECTIONS,
            "log_level": "WARNING",
            "console_log_level": "CRITICAL",
            "run_migrations": True,
            "notification_listener_polling_interval_sec": 0.5,
            "scheduler_polling_interval_sec": 3600.0,
        }
        try:
            _carrier["carry"] = carry
            self._prepare(limits)
            DBOS(config=config)
            DBOS.listen_queues([self._queue(erp) for erp in limits])
            DBOS.launch()
        except SQLAlchemyError as error:
            raise LedgerDown(name=NAME, why=str(getattr(error, "orig", error))) from error
        self._running = True

    def _prepare(self, limits: Mapping[str, int]) -> None:
        """Make the tables and our queues before DBOS listens to them, or it would look for queues a second later."""
        DBOS.migrate(self.url, schema=SCHEMA)
        with _client(self.url) as client:
            for erp, most in limits.items():
                client.register_queue(self._queue(erp), worker_concurrency=most, polling_interval_sec=POLL)

    def _queue(self, erp: str) -> str:
        return f"{erp}@{self.host}"

    def enqueue(self, task: Task) -> bool:
        """Queue the task on this host; False where it waits or runs already, here or elsewhere."""
        known = DBOS.get_workflow_status(task.id)
        if known is not None and known.status in (WAITING, RUNNING):
            return False
        if known is not None:
            DBOS.delete_workflow(task.id)
        priority = max(1, min(task.priority, MOST_PRIORITY))
        with SetWorkflowID(task.id), SetEnqueueOptions(priority=priority):
            DBOS.enqueue_workflow(self._queue(task.erp), _carried, task.erp, task.posting_id, task.attempt)
        return True

    def cancel(self, task_id: str) -> None:
        """Carry the task no more, if it waits."""
        DBOS.cancel_workflow(task_id)

    def tasks(self) -> Sequence[TaskRecord]:
        """All tasks that wait or run, on whatever host."""
        return tuple(_record(each) for each in self._listed([WAITING, RUNNING]))

    def forget(self, alive: Collection[str]) -> int:
        """Drop what has ended, and whatever was queued on hosts other than these; how many tasks of the dead."""
        ended = self._listed(None)
        gone = [each for each in ended if each.status in (WAITING, RUNNING) and _host(each) not in alive]
        done = [each for each in ended if each.status not in (WAITING, RUNNING)]
        for start in range(0, len(gone) + len(done), AT_ONCE):
            DBOS.delete_workflows([each.workflow_id for each in (*gone, *done)[start : start + AT_ONCE]])
        for queue in DBOS.list_queues():
            if queue.name.partition("@")[2] not in alive:
                DBOS.delete_queue(queue.name)
        return len(gone)

    @staticmethod
    def _listed(states: list[str] | None) -> list[Any]:
        return list(DBOS.list_workflows(status=states, name=TASK, load_input=False, load_output=False))

    def stop(self, patience: float) -> None:
        """Begin nothing more, and wait so many seconds for what runs."""
        if not self._running:
            return
        self._running = False
        _carrier.clear()
        with suppress(SQLAlchemyError):
            deadline = time.monotonic() + patience
            DBOS.destroy(workflow_completion_timeout_sec=max(0, int(deadline - time.monotonic())))


class _client:  # noqa: N801 - a context, not a kind of thing
    def __init__(self, url: str) -> None:
        self._client = DBOSClient(system_database_url=url, application_name=NAME, dbos_system_schema=SCHEMA)

    def __enter__(self) -> DBOSClient:
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.destroy()


def _record(workflow: Any) -> TaskRecord:
    return TaskRecord(workflow.workflow_id, _host(workflow), STATES.get(workflow.status, "ended"))


def _host(workflow: Any) -> str:
    return str(workflow.queue_name or "").partition("@")[2]


class _Forwarding(logging.Handler):
    """What DBOS says goes to our log, not to the operator's terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.debug("engine: {}", record.getMessage())


def _speak_through_our_log() -> None:
    log = logging.getLogger("dbos")
    if not any(isinstance(each, _Forwarding) for each in log.handlers):
        log.addHandler(_Forwarding())
    log.propagate = False
