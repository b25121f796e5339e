"""Is nothing forgotten, doubled or overlapped by the service, whatever happens to it?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from bridge.errors import AlreadyServing
from bridge.ports import RunRecord
from bridge.scheduler import Serving
from bridge.store.seat_leases import SqlSeatLeases
from tests.sandbox.harbour_clerks import eventually
from tests.unit.schedule_worlds import (
    ELSEWHERE,
    MOMENT,
    StandingClock,
    World,
    dead_worker,
    fire,
    firings_of,
    of,
    quiet_world,
    table,
)
from tests.watchers import meanwhile

FOR_AN_HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two jobs in one lane, one in another; all have run a while ago."""
    with quiet_world(tmp_path) as world:
        yield world


# --- the start ------------------------------------------------------------------------------------------------------


def test_the_first_start_runs_every_job_once(tmp_path: Path) -> None:
    """A new installation does not wait for the first firing."""
    world = World(tmp_path, {"quick": table("quick"), "second": table("quick", lane="two")})
    with world.serving():
        world.until("quick", "quick")
    assert world.states() == ["done", "done"]
    with world.serving():
        pass
    assert world.states() == ["done", "done"]
    world.close()


def test_firings_that_were_missed_while_it_was_down_are_made_up_for_once(world: World) -> None:
    """However many firings of a job passed while nothing served, one run follows at the start."""
    each_minute = of(world, quick=table("quick", cron="* * * * *"), slow=table("slow"))
    later = StandingClock(datetime.now(UTC) + timedelta(hours=3))
    with each_minute.serving(each_minute.app(later)):
        each_minute.until_states("done", "done", job="quick")
    assert each_minute.states("quick") == ["done", "done"]
    assert each_minute.states("slow") == ["done"]


def test_a_run_that_was_killed_is_marked_and_runs_again(world: World) -> None:
    """What a dead service left running is called interrupted, and queued again without waiting for its time."""
    world.queued("quick", worker=dead_worker())
    with world.serving():
        world.until("quick")
    assert world.states("quick") == ["done", "interrupted", "done"]


def test_a_run_of_a_person_who_is_at_work_is_left_alone(world: World) -> None:
    """`erpbridge run` in another window goes on when the service starts; a dead one is marked and not repeated."""
    alive = world.queued("quick", "person", world.app().worker)
    dead = world.queued("slow", "person", dead_worker())
    with world.serving():
        pass
    states = {run.id: run.state for run in world.runs()}
    assert (states[alive.id], states[dead.id]) == ("running", "interrupted")
    assert world.notes() == []


def test_what_was_queued_already_is_not_queued_again(world: World) -> None:
    """A run that waited while the service was down is carried out, once."""
    each_minute = of(world, quick=table("quick", cron="* * * * *"))
    app = each_minute.app(StandingClock(datetime.now(UTC) + timedelta(hours=3)))
    each_minute.queued("quick")
    with each_minute.serving(app):
        each_minute.until("quick")
    assert each_minute.states("quick") == ["done", "done"]


# --- firing ---------------------------------------------------------------------------------------------------------


def test_a_firing_runs_the_job(world: World) -> None:
    """What is due is queued for its minute by the scheduler, and carried out."""

    def at_full_minutes() -> list[RunRecord]:
        return [run for run in world.runs("quick") if (run.planned_at.second, run.planned_at.microsecond) == (0, 0)]

    with world.serving(quick=CronTrigger(second="*", timezone="UTC")):
        eventually(lambda: [run.state for run in at_full_minutes()][:1] == ["done"], 60)
    assert at_full_minutes()[0].actor == "scheduler"


def test_a_firing_while_the_calendar_of_the_job_is_closed_is_left_out(world: World) -> None:
    """Neither what fires then nor what was missed before; a job without a calendar goes on."""
    shut = of(world, shut=table("other", calendar="never", cron="* * * * *"), quick=table("quick"))
    shut.configure(calendars={"never": {"maintenance": ["mon-sun 00:00-24:00"]}})
    with shut.serving(shut.app()) as serving:
        fire(serving, "shut")
        fire(serving, "quick")
        shut.until("quick")
    assert shut.runs("shut") == []


@pytest.mark.parametrize(("closed", "states"), [(True, ["done"]), (False, ["done", "done"])])
def test_what_was_left_out_while_closed_is_not_made_up_for_when_open(
    world: World, *, closed: bool, states: list[str]
) -> None:
    """The calendar is asked for the moment that was missed, not only for that of the next start."""
    quick = of(world, quick=table("quick", calendar="ours"), after=table("quick"))
    missed, now = (datetime.now(UTC) + timedelta(days=days) for days in (1, 2))
    quick.configure(calendars={"ours": {"closed": [missed.date()] if closed else []}})
    at_noon = CronTrigger(year=missed.year, month=missed.month, day=missed.day, hour=12, timezone="UTC")
    with quick.serving(quick.app(StandingClock(now)), quick=at_noon) as serving:
        fire(serving, "after")
        quick.until_states("done", job="after")
        quick.until_states(*states, job="quick")


def test_a_firing_that_comes_late_is_not_dropped(world: World) -> None:
    """An hour late, for whatever reason, is still run."""
    with world.serving(quick=DateTrigger(datetime.now(UTC) - FOR_AN_HOUR)):
        world.until("quick")


def test_a_second_firing_behind_a_long_run_adds_one_run_and_a_third_none(world: World) -> None:
    """Behind a run that takes long at most one waits, so that nothing piles up."""
    minutes = (MOMENT + timedelta(minutes=number) for number in range(9))
    with world.serving() as serving:
        firings_of(serving)._this_minute = lambda: next(minutes)  # type: ignore[method-assign]
        fire(serving, "slow")
        world.until("slow begins")
        for _ in range(3):
            fire(serving, "slow")
        eventually(lambda: sorted(world.states("slow")) == ["done", "queued", "running"], 60)
        world.go()
        world.until_states("done", "done", "done", job="slow")
    assert world.notes() == ["slow begins", "slow ends"] * 2


def test_jobs_of_one_lane_never_overlap_and_those_of_two_do(world: World) -> None:
    """A lane carries out one job at a time; another lane does not wait for it."""
    with world.serving() as serving:
        fire(serving, "slow")
        world.until("slow begins")
        fire(serving, "quick")
        fire(serving, "other")
        world.until("slow begins", "other begins")
        world.until_states("done", "queued", job="quick")
        world.go()
        world.until_states("done", "done", job="quick")
    assert world.notes().index("quick") > world.notes().index("slow ends")


# --- one service per ledger -----------------------------------------------------------------------------------------


def test_a_second_service_on_one_ledger_is_refused(world: World) -> None:
    """It says who serves, at once, and disturbs nothing."""
    with world.serving() as serving, pytest.raises(AlreadyServing) as caught, world.serving():
        pass
    assert caught.value.params["holder"] == serving.app.worker


def test_the_place_of_a_service_that_was_killed_here_is_free_at_once(world: World) -> None:
    """After kill -9 nobody waits for the lease."""
    world.app().store.seats.take("-", "scheduler", dead_worker())
    with world.serving() as serving:
        assert serving.app.worker.startswith(dead_worker().partition(":")[0])


def test_the_place_of_a_service_elsewhere_is_free_when_its_lease_is_over(world: World) -> None:
    """Of another host nobody can know; the service waits, says so, and begins when the lease was not renewed."""
    app = world.app()
    SqlSeatLeases(app.store.database, app.clock, timedelta(seconds=2)).take("-", "scheduler", ELSEWHERE)
    waited: list[str] = []
    serving = Serving(app, app.stopping, carries=False)
    serving.serve(app.stopping.set, lambda holder, _until: waited.append(holder))
    assert waited == [ELSEWHERE]


def test_a_service_elsewhere_that_renews_its_lease_is_not_disturbed(world: World) -> None:
    """A lease that moves on is a living service: the second one is refused without waiting for the end of it."""
    app = world.app()
    seats = SqlSeatLeases(app.store.database, app.clock, timedelta(seconds=3))
    lease = seats.take("-", "scheduler", ELSEWHERE)
    with meanwhile(lambda: seats.beat(lease), 1), pytest.raises(AlreadyServing, match="elsewhere"):
        Serving(app, app.stopping, carries=False).serve()


def test_whoever_waits_for_a_place_can_be_stopped(world: World) -> None:
    """A request to end is heard while waiting, and nothing has begun."""
    app = world.app()
    app.store.seats.take("-", "scheduler", ELSEWHERE)
    Serving(app, app.stopping, carries=False).serve(waiting=lambda *_: app.stopping.set())
    assert world.notes() == []
