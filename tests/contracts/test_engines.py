"""Does every engine carry what it is given, once at a time, and forget what it must?"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.engine.task_queues import DbosEngine
from bridge.ports import Engine, Task
from tests.fake_engines import SECONDS, Carrier, FakeEngine
from tests.postgres_servers import PostgresServer, available, postgres_server
from tests.sandbox.harbour_clerks import eventually

KINDS = ("fake", "sqlite", *(["postgresql"] if available() else []))
Engines = Callable[[str], Engine]


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[], PostgresServer]]:
    """A PostgreSQL, started when it is first wanted."""
    running: list[PostgresServer] = []
    contexts = []

    def wanted() -> PostgresServer:
        if not running:
            contexts.append(postgres_server())
            running.append(contexts[0].__enter__())
        return running[0]

    yield wanted
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture(params=KINDS)
def engines(request: pytest.FixtureRequest, tmp_path: Path, server: Callable[[], PostgresServer]) -> Iterator[Engines]:
    """Makes the engine of a host; those of one test share their tables. One at a time runs."""
    made: list[Engine] = []
    shared: dict[str, object] = {}
    url = f"sqlite:///{(tmp_path / 'engine.sqlite').as_posix()}"
    if request.param == "postgresql":
        url = server().new_database()

    def make(host: str) -> Engine:
        engine = FakeEngine(host, shared) if request.param == "fake" else DbosEngine(url, host)  # type: ignore[arg-type]
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.stop(0)


def test_what_is_queued_is_carried(engines: Engines) -> None:
    """Each task once, whatever its order, and nothing is left."""
    engine, carrier = engines("here"), Carrier()
    carrier.gate.set()
    engine.start(carrier, {"harbour": 2})
    tasks = [Task("harbour", number, 1, number) for number in range(5)]
    assert all(engine.enqueue(task) for task in tasks)
    eventually(lambda: sorted(carrier.carried) == sorted(task.id for task in tasks), SECONDS)
    eventually(lambda: not engine.tasks(), SECONDS)


def test_never_more_at_once_than_the_limit(engines: Engines) -> None:
    """Of one ERP so many as it has seats; another ERP's wait for none of them."""
    engine, carrier = engines("here"), Carrier()
    engine.start(carrier, {"harbour": 2, "granite": 1})
    for number in range(4):
        engine.enqueue(Task("harbour", number, 1))
    engine.enqueue(Task("granite", 9, 1))
    eventually(lambda: carrier.at_work == 3, SECONDS)
    carrier.gate.set()
    eventually(lambda: len(carrier.carried) == 5, SECONDS)
    assert carrier.most == 3


def test_one_attempt_is_one_task(engines: Engines) -> None:
    """While it waits or runs it is not queued again; the next attempt is another task, and so is one that has ended."""
    engine, carrier = engines("here"), Carrier()
    engine.start(carrier, {"harbour": 1})
    assert engine.enqueue(Task("harbour", 1, 1))
    assert not engine.enqueue(Task("harbour", 1, 1))
    assert engine.enqueue(Task("harbour", 1, 2))
    carrier.gate.set()
    eventually(lambda: len(carrier.carried) == 2, SECONDS)
    eventually(lambda: not engine.tasks(), SECONDS)
    assert engine.enqueue(Task("harbour", 1, 1))
    eventually(lambda: len(carrier.carried) == 3, SECONDS)


def test_what_is_cancelled_while_it_waits_is_not_carried(engines: Engines) -> None:
    """The one behind it is."""
    engine, carrier = engines("here"), Carrier()
    engine.start(carrier, {"harbour": 1})
    for number in range(3):
        engine.enqueue(Task("harbour", number, 1, number + 1))
        eventually(lambda: carrier.at_work == 1, SECONDS)
    engine.cancel("harbour/1/1")
    carrier.gate.set()
    eventually(lambda: len(carrier.carried) == 2, SECONDS)
    assert carrier.carried == ["harbour/0/1", "harbour/2/1"]


def test_what_the_dead_had_queued_is_forgotten_and_may_be_queued_again(engines: Engines) -> None:
    """Another host's tasks stand in the way until that host is known to be dead."""
    dead, carrier = engines("dead"), Carrier()
    carrier.gate.set()
    stuck = threading.Event()

    def stick(_task: Task) -> None:
        assert stuck.wait(SECONDS)

    dead.start(stick, {"harbour": 1})
    for number in range(2):
        dead.enqueue(Task("harbour", number, 1))
    eventually(lambda: {task.state for task in dead.tasks()} == {"running", "queued"}, SECONDS)
    alive = engines("alive")
    assert {task.host for task in alive.tasks()} == {"dead"}
    assert alive.forget({"alive", "dead"}) == 0
    assert alive.forget({"alive"}) == 2
    assert alive.tasks() == ()
    stuck.set()
    dead.stop(5)
    alive.start(carrier, {"harbour": 1})
    assert all(alive.enqueue(Task("harbour", number, 1)) for number in range(2))
    eventually(lambda: sorted(carrier.carried) == ["harbour/0/1", "harbour/1/1"], SECONDS)


def test_all_tables_can_be_thrown_away_while_work_is_in_flight(engines: Engines) -> None:
    """What is carried is carried on; what waited is gone, and can be queued again on the same host."""
    engine, carrier = engines("here"), Carrier()
    engine.start(carrier, {"harbour": 1})
    for number in range(3):
        engine.enqueue(Task("harbour", number, 1))
    eventually(lambda: carrier.at_work == 1, SECONDS)
    assert engine.throw_away() == 3
    assert engine.tasks() == ()
    engine.forget({"here"})
    carrier.gate.set()
    assert engine.enqueue(Task("harbour", 7, 1))
    eventually(lambda: "harbour/7/1" in carrier.carried, SECONDS)


def test_after_stop_nothing_more_is_begun(engines: Engines) -> None:
    """What waits stays for another host."""
    engine, carrier = engines("here"), Carrier()
    carrier.gate.set()
    engine.start(carrier, {"harbour": 1})
    engine.enqueue(Task("harbour", 1, 1))
    eventually(lambda: carrier.carried == ["harbour/1/1"], SECONDS)
    engine.stop(1)
    assert carrier.carried == ["harbour/1/1"]
