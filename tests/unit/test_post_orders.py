"""What does a run of post_orders do: by itself until nothing is due, beside a host only give account?"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.app import App, no_progress
from bridge.engine.hosts import Host
from bridge.errors import CrmDown, ErpDown
from bridge.job_reports import JobReport
from bridge.model.guards import Breaker
from jobs.post_orders import run
from tests.fake_erps import unanswered
from tests.samples import order
from tests.troubles import BEFORE, Point
from tests.unit.host_worlds import LAG, Floor


@dataclass
class OneErp:
    """An installation with one ERP, as far as the job looks at it."""

    floor: Floor
    host: Host | None = None
    language: str = "en"
    duty: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store, self.clock, self.progress = self.floor.store, self.floor.clock, no_progress
        self.settings = SimpleNamespace(erps={self.floor.world.profile.name: None})

    def carrying(self, _seats: object, _told: object) -> AbstractContextManager[Host]:
        return self.floor.working(**self.duty)

    def time_left(self) -> bool:
        return True


def post(here: Floor, host: Host | None = None, **duty: Any) -> JobReport:
    """Run the job once."""
    return run(cast("App", OneErp(here, host, duty=duty)))


def test_a_run_ends_when_nothing_is_due_any_more(here: Floor) -> None:
    """Everything is carried, what failed once is tried again, and the counts are those of the ledger."""
    postings = [here.world.taken(order(number)) for number in range(1, 4)]
    here.world.erp.plan(unanswered(commit_lag=LAG / 2))
    report = post(here)
    assert (report.ok, report.counts) == (True, {"in_doubt": 1, "posted": 3})
    assert [here.world.told(posting)[2:] for posting in postings] == [(1, 1)] * 3


def test_without_work_nobody_signs_on(here: Floor) -> None:
    """An empty ledger starts no seat."""
    assert post(here) == JobReport("post_orders")
    assert here.seats == []


def test_what_is_in_doubt_for_long_is_not_waited_for(here: Floor) -> None:
    """A run does not stand still for an hour because one order has to."""
    here.world.profile = here.world.profile_with(lags=(timedelta(hours=1), LAG))
    here.world.erp.plan(unanswered(times=0))
    posting = here.world.taken(order())
    report = post(here)
    assert (report.ok, here.world.told(posting)[0]) == (True, "in_doubt")


@pytest.mark.parametrize("trouble", [ErpDown(erp="erp", address="x"), CrmDown(crm="crm", address="x", why="500")])
def test_an_outage_ends_the_run_and_is_told(here: Floor, trouble: Exception) -> None:
    """Going on would only repeat it; the orders keep all their attempts for later."""

    def down() -> None:
        raise trouble

    for number in range(1, 50):
        here.world.fate.strike(Point(f"erp.listed#{number}", BEFORE), down)
    postings = [here.world.taken(order(number)) for number in range(1, 4)]
    report = post(here)
    assert report.troubles == (str(trouble),)
    assert {here.world.told(posting)[0] for posting in postings} == {"pending"}


def test_whoever_asks_for_a_run_has_the_erp_tried_again_at_once(here: Floor) -> None:
    """An open circuit rests for the schedule, not for a person."""
    erp = here.world.profile.name
    here.store.circuits.note(erp, ErpDown(erp=erp, address="x").reason, Breaker(1, timedelta(hours=1)))
    posting = here.world.taken(order())
    assert post(here).counts == {"posted": 1}
    assert here.world.told(posting)[0] == "posted"


def test_while_everything_is_stopped_a_run_says_so(here: Floor) -> None:
    """Also where nothing is due."""
    here.store.switches.stop("person:ann", "month end")
    assert post(here).troubles == ("Stopped by person:ann: month end",)


def test_beside_a_host_a_run_only_gives_account(here: Floor) -> None:
    """What the host has done since the last account, each thing once; what keeps it from working is a trouble."""
    posting = here.world.taken(order())
    with here.working() as host:
        here.until(posting, here.world.now(posting).state.POSTED)
        assert [post(here, host).counts for _ in range(2)] == [{"posted": 1}, {}]
        host.load.leave_alone(here.world.profile.name, ErpDown(erp="erp", address="x").reason, 60)
        assert post(here, host).troubles == ("erp does not answer at x.",)
