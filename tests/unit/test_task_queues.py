"""Does DBOS, as we use it, lose or keep what it must not, and does it look no more often than it need?"""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from bridge.engine.task_queues import IDLE_POLL, POLL, DbosEngine
from bridge.ports import Task
from tests.fake_engines import SECONDS, Carrier
from tests.sandbox.harbour_clerks import eventually


def test_what_is_called_running_and_is_not_may_be_queued_again(tmp_path: Path) -> None:
    """A full disk keeps DBOS from noting that a task has begun or ended; the order must not wait for that one."""
    file = tmp_path / "engine.sqlite"
    engine, carrier = DbosEngine(f"sqlite:///{file.as_posix()}", "here"), Carrier()
    carrier.gate.set()
    engine.start(carrier, {"harbour": 1})
    task = Task("harbour", 1, 1)
    try:
        assert engine.enqueue(task)
        eventually(lambda: carrier.carried == [task.id] and not engine.tasks(), SECONDS)
        with closing(sqlite3.connect(file)) as tables, tables:
            tables.execute("UPDATE workflow_status SET status = 'PENDING' WHERE workflow_uuid = ?", (task.id,))
        assert not engine.tasks()
        assert engine.enqueue(task)
        eventually(lambda: carrier.carried == [task.id] * 2, SECONDS)
    finally:
        engine.stop(0)


def test_of_two_hosts_that_queue_an_attempt_at_the_same_moment_one_is_told_yes(tmp_path: Path) -> None:
    """The other one would wait for a task that lies in a queue of somebody else, until that one is long dead."""
    url = f"sqlite:///{(tmp_path / 'engine.sqlite').as_posix()}"
    here, there, carrier, tasks = DbosEngine(url, "here"), DbosEngine(url, "there"), Carrier(), 40
    here.start(carrier, {"harbour": 1})
    said: dict[int, list[bool]] = {number: [] for number in range(tasks)}
    both = threading.Barrier(2)

    def queue(engine: DbosEngine) -> None:
        for number in range(tasks):
            both.wait(SECONDS)
            said[number].append(engine.enqueue(Task("harbour", number, 1)))

    threads = [threading.Thread(target=queue, args=(engine,)) for engine in (here, there)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [sorted(each) for each in said.values()] == [[False, True]] * tasks
    finally:
        carrier.gate.set()
        here.stop(0)


def test_an_idle_queue_is_looked_at_seldom_until_something_is_queued(tmp_path: Path) -> None:
    """Twenty looks a second would be most of what an idle service takes; what comes then is carried all the same."""
    file = tmp_path / "engine.sqlite"
    engine, carrier = DbosEngine(f"sqlite:///{file.as_posix()}", "here"), Carrier()
    engine.start(carrier, {"harbour": 1})
    paces: list[float] = []

    def note_pace() -> None:
        with closing(sqlite3.connect(file)) as tables:
            paces.extend(
                row[0] for row in tables.execute("SELECT polling_interval_sec FROM queues WHERE name LIKE '%@%'")
            )

    try:
        engine.forget({"here"})
        note_pace()
        assert engine.enqueue(Task("harbour", 1, 1))
        note_pace()
        engine.forget({"here"})
        note_pace()
        carrier.gate.set()
        eventually(lambda: carrier.carried == ["harbour/1/1"] and not engine.tasks(), SECONDS)
    finally:
        carrier.gate.set()
        engine.stop(0)
    assert paces == [IDLE_POLL, POLL, POLL]
