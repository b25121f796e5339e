"""Who carries attempts? DBOS, one queue per ERP and host; its tables can be thrown away at any time.

DBOS keeps the concurrency of a queue in its database, the same for every host; hosts have different numbers of seats,
so each has queues of its own, named with the host. What a dead host leaves behind is dropped and comes again from the
ledger. https://docs.dbos.dev/python/reference/queues
"""

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from dbos import error as dbos_errors
from sqlalchemy.exc import SQLAlchemyError

from bridge.errors import LedgerDown
from bridge.log import logger
from bridge.ports import Task, TaskRecord

NAME = "erpbridge"
TASK = "attempt"
VERSION = "erpbridge-1"  # pinned, since another one would leave waiting tasks where they are
SCHEMA = "erpbridge_engine"
POLL, IDLE_POLL = 0.05, 1.0  # seconds between two looks at a queue: while anything is queued, and while nothing is
CONFIG: DBOSConfig = {
    "name": NAME,
    "application_version": VERSION,
    "dbos_system_schema": SCHEMA,
    "sys_db_pool_size": 5,
    "log_level": "WARNING",
    "console_log_level": "CRITICAL",
    "notification_listener_polling_interval_sec": 0.5,
    "scheduler_polling_interval_sec": 3600.0,
}
MOST_PRIORITY = 2**31 - 1
ALIVE = ("ENQUEUED", "DELAYED", "PENDING")
STATES = {"ENQUEUED": "queued", "DELAYED": "queued", "PENDING": "running", "CANCELLED": "cancelled"}
AT_ONCE = 500

_carrier: dict[str, Callable[[Task], None]] = {}
_at_hand: set[str] = set()


@DBOS.workflow(name=TASK)
def _carried(erp: str, posting_id: int, attempt: int) -> None:
    """Carry one attempt; DBOS keeps nothing of what comes of it, since the ledger does."""
    carry, task = _carrier.get("carry"), Task(erp, posting_id, attempt)
    if carry is None:
        return
    _at_hand.add(task.id)
    try:
        carry(task)
    finally:
        _at_hand.discard(task.id)


class DbosEngine:
    """The Engine port on DBOS: SQLite for one machine, PostgreSQL for many. Raises LedgerDown."""

    def __init__(self, url: str, host: str) -> None:
        self.url = url
        self.host = host
        self._limits: Mapping[str, int] = {}
        self._running = False
        self._paces: dict[str, float] = {}
        self._known: DBOSClient | None = None

    def start(self, carry: Callable[[Task], None], limits: Mapping[str, int]) -> None:
        """Begin to carry; of each ERP's tasks at most so many at once on this host."""
        _speak_through_our_log()
        self._limits = limits
        _carrier["carry"] = carry
        config: DBOSConfig = {**CONFIG, "system_database_url": self.url, "executor_id": self.host}
        with _errors():
            self._prepare()  # before DBOS listens, or it would look for our queues only a second later
            DBOS(config=config)
            DBOS.listen_queues([self._queue(erp) for erp in limits])
            DBOS.launch()
        self._running = True

    def _prepare(self) -> None:
        DBOS.migrate(self.url, schema=SCHEMA)
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.partition(":///")[2])) as file:
                file.execute("PRAGMA journal_mode=WAL")
        for erp in self._limits:
            self._register(erp, POLL)

    def _register(self, erp: str, pace: float) -> None:
        self._client.register_queue(self._queue(erp), worker_concurrency=self._limits[erp], polling_interval_sec=pace)
        self._paces[erp] = pace

    @property
    def _client(self) -> DBOSClient:
        """What reads and writes the tables, also where nothing is carried in this process."""
        if self._known is None:
            DBOS.migrate(self.url, schema=SCHEMA)
            self._known = DBOSClient(system_database_url=self.url, application_name=NAME, dbos_system_schema=SCHEMA)
        return self._known

    def _queue(self, erp: str) -> str:
        return f"{erp}@{self.host}"

    def enqueue(self, task: Task) -> bool:
        """Queue the task on this host; False where it waits or runs already, here or elsewhere."""
        with _errors():
            known = DBOS.get_workflow_status(task.id)
            if known is not None and self._is_alive(known):
                return False
            if known is not None:
                DBOS.delete_workflow(task.id)
            if self._paces.get(task.erp) == IDLE_POLL:
                self._register(task.erp, POLL)
            # two hosts may look at the same moment; whoever comes second must not take the other's task for its own
            once = SetWorkflowID(task.id, workflow_id_reuse_policy="reject")
            try:
                with once, SetEnqueueOptions(priority=max(1, min(task.priority, MOST_PRIORITY))):
                    DBOS.enqueue_workflow(self._queue(task.erp), _carried, task.erp, task.posting_id, task.attempt)
            except dbos_errors.DBOSWorkflowIDInUseError:
                return False
        return True

    def cancel(self, task_id: str) -> None:
        """Carry the task no more, if it waits."""
        with _errors():
            self._client.cancel_workflow(task_id)

    def tasks(self) -> Sequence[TaskRecord]:
        """All tasks that wait or run, on whatever host."""
        with _errors():
            return tuple(_record(each) for each in self._listed() if self._is_alive(each))

    def _is_alive(self, workflow: Any) -> bool:
        """Whether it waits or runs: where its tables could not be written, it may be neither and be called running."""
        ours = self._running and _host(workflow) == self.host and workflow.status == "PENDING"
        return workflow.status in ALIVE and not (ours and workflow.workflow_id not in _at_hand)

    def forget(self, alive: Collection[str]) -> int:
        """Drop what has ended, and whatever was queued on hosts other than these; how many tasks of the dead."""
        with _errors():
            listed = self._listed()
            gone = [each for each in listed if each.status in ALIVE and _host(each) not in alive]
            self._delete([*gone, *(each for each in listed if each.status not in ALIVE)])
            queues = {queue.name for queue in self._client.list_queues()}
            for name in queues:
                if name.partition("@")[2] not in alive:
                    self._client.delete_queue(name)
            if self._running and not queues.issuperset(self._queue(erp) for erp in self._limits):
                self._prepare()
            self._slow_down({each.queue_name for each in listed if each.status in ALIVE})
        return len(gone)

    def _slow_down(self, busy: Collection[str]) -> None:
        """Look seldom where nothing is queued: twenty looks a second would be most of what an idle service takes."""
        for erp in [erp for erp, pace in self._paces.items() if pace == POLL and self._queue(erp) not in busy]:
            self._register(erp, IDLE_POLL)

    def throw_away(self) -> int:
        """Drop every task and queue of every host; hosts make them anew from the ledger."""
        with _errors():
            listed = self._listed()
            self._delete(listed)
            for queue in self._client.list_queues():
                self._client.delete_queue(queue.name)
        return sum(each.status in ALIVE for each in listed)

    def _listed(self) -> list[Any]:
        return list(self._client.list_workflows(name=TASK, load_input=False, load_output=False))

    def _delete(self, workflows: list[Any]) -> None:
        for start in range(0, len(workflows), AT_ONCE):
            self._client.delete_workflows([each.workflow_id for each in workflows[start : start + AT_ONCE]])

    def stop(self, patience: float) -> None:
        """Begin nothing more, and wait so many seconds for what runs."""
        _carrier.clear()
        if self._running:
            self._running = False
            with suppress(SQLAlchemyError):
                DBOS.destroy(workflow_completion_timeout_sec=int(patience))
        if self._known is not None:
            self._known.destroy()
            self._known = None


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise LedgerDown(name=NAME, why=str(getattr(error, "orig", None) or error)) from error


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
