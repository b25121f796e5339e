"""Is an order ever stored twice or lost because a process was killed, at whatever step?"""

import pytest

from tests.chaos.cases import SEAT_KILLED
from tests.chaos.killings import KILLS, ONLY_LONG, at_each_strike, kill_seats, killed
from tests.chaos.strikes import LONG, Strike, expected, fault, outcome, plain
from tests.installations import Installation

pytestmark = [pytest.mark.browser, pytest.mark.sweep]


@pytest.mark.parametrize("half", [0, 1], ids=["one half", "the other half"])
def test_the_whole_bridge_may_be_killed_at_any_step(installation: Installation, half: int) -> None:
    """After a SIGKILL between any two steps the next runs bring each order where it belongs, and type none twice."""
    kills = [kill for kill in KILLS if LONG or kill[0] not in ONLY_LONG][half::2]
    found = killed(installation, kills)
    assert {name: str(each) for name, each in found.items()} == {kill[0]: kill[2] for kill in kills}
    assert installation.oracle.duplicates() == []


def test_a_seat_may_be_killed_at_any_moment(installation: Installation) -> None:
    """The bridge survives its seat: what was sent is looked for, what was not is typed, and nothing twice."""
    strike = Strike(installation, SEAT_KILLED)
    with at_each_strike(installation, kill_seats):
        found = strike.run()
    assert {name: str(each) for name, each in found.items()} == expected(SEAT_KILLED)
    assert installation.oracle.duplicates() == []


def test_a_stop_while_an_order_is_typed_lets_nothing_leave(installation: Installation) -> None:
    """Once everything is stopped no Save leaves, and the order goes on where it was when the stop is lifted."""
    switches, wanted = installation.app.store.switches, plain()
    posting = installation.load([wanted])[0]
    installation.erp.control("faults", fault("slow", "/so/entry", seconds=1))
    installation.erp.control("faults", fault("slow", seconds=0))  # counts the Saves that arrive
    with at_each_strike(installation, lambda: switches.stop("person:test", "a drill")):
        report = installation.run("post_orders")
    assert report.troubles == ("Stopped by person:test: a drill",)
    typed, saved = installation.erp.control("faults", None, "GET")
    assert (typed["fired"], saved["fired"]) == (1, 0)
    installation.erp.control("faults", None, "DELETE")
    assert str(outcome(installation, wanted, posting)) == "pending (stop_ordered), stored 0 times"
    for _ in range(4):
        installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "pending (stop_ordered), stored 0 times"
    switches.resume("person:test")
    installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"
