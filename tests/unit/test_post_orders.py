"""When does the job take an order up: at once, after a rest, or only when what was sent may be looked for?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.app import App, SeatHolder, no_progress
from bridge.entry import Desk
from bridge.errors import SeatDied
from jobs.post_orders import PAUSE, Shift
from tests.fake_erps import Saving, unanswered
from tests.samples import order
from tests.troubles import BEFORE, Point
from tests.unit.entry_worlds import COMMIT, LISTING, Opened, World, books


@pytest.fixture
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@dataclass
class OneErp:
    """An installation and its one seat, as far as the job looks at them."""

    world: World

    def __post_init__(self) -> None:
        self.store, self.clock, self.progress = self.world.store, self.world.clock, no_progress

    def profile(self, _erp: str) -> Any:
        return self.world.profile

    def erp(self, _name: str) -> Any:
        return SimpleNamespace(crm="crm")

    def crm(self, _name: str) -> Any:
        return self.world.crm, None

    def time_left(self) -> bool:
        return True

    def desk(self, _crm: object) -> Desk:
        return self.world.desk()

    def end(self) -> None:
        self.world.end_seat()


def work(world: World) -> None:
    """Run the job once at that ERP."""
    place = OneErp(world)
    Shift(cast("App", place), world.profile.name, Counter())._work(cast("SeatHolder", place))


@pytest.mark.parametrize("saving", [unanswered(commit_lag=COMMIT), unanswered(list_lag=LISTING)])
def test_what_may_still_come_is_awaited(opened: Opened, saving: Saving) -> None:
    """With nothing else to do the job waits out the declared lags, instead of asking a person too early."""
    world = World(*opened)
    world.erp.plan(saving)
    posting = world.taken(order())
    work(world)
    assert world.told(posting) == ("posted", None, 1, 1)


def test_a_sign_on_long_after_the_doubt_is_waited_out_too(opened: Opened) -> None:
    """The session before it ended only then, so that the job does not search at once and ask a person too early."""
    world = World(*opened, absent="retype")
    world.erp.plan(unanswered(times=0))
    posting = world.attempt(world.taken(order()))
    world.clock.wait(10 * (COMMIT + LISTING).total_seconds())
    work(world)
    assert world.told(posting) == ("posted", None, 1, 2)


def test_an_order_that_failed_rests_before_it_is_tried_again(opened: Opened) -> None:
    """The rest counts from its last try on, and the second is longer than the first."""
    world = World(*opened)
    posting = world.taken(order())

    def blow() -> None:
        moments.append(world.clock.now())
        raise SeatDied(erp="erp", why="killed")

    moments: list[Any] = []
    for number in (1, 2):
        world.fate.strike(Point(f"bot.search#{number}", BEFORE), blow)
    work(world)
    assert world.told(posting) == ("posted", None, 1, 1)
    assert (moments[1] - moments[0]).total_seconds() >= PAUSE
