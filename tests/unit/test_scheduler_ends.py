"""Does every run come to an end that is told truly, when time is over, somebody stops it, or something breaks?"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.errors import JobUnknown, SeatDied
from bridge.scheduler import Serving, require_functions, run_job
from bridge.scheduler.firings import Firings
from tests.sandbox.harbour_clerks import eventually
from tests.unit.schedule_troubles import fill
from tests.unit.schedule_worlds import MOMENT, StandingClock, World, fire, of, quiet_world, table


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two jobs in one lane, one in another; all have run a while ago."""
    with quiet_world(tmp_path) as world:
        yield world


def test_a_firing_that_cannot_be_queued_is_queued_when_that_is_possible(world: World) -> None:
    """A full disk at the moment of firing loses no run: it is queued, for its own minute, once there is room."""
    app = world.app(StandingClock())
    full = fill(app, "enqueue")
    firings = Firings(app, require_functions(app), app.store.runs)
    firings.fire("quick")
    for _ in range(4):
        firings.queue_fired()
    assert full.left == 0
    assert [run.planned_at for run in world.runs("quick") if run.state == "queued"] == [MOMENT.replace(second=0)]


def test_a_lane_outlives_a_full_disk(world: World) -> None:
    """A run that cannot be begun is begun later; one whose end cannot be kept is not called running for ever."""
    with world.serving() as serving:
        starting = fill(serving.lanes[0].app, "start")
        fire(serving, "quick")
        world.until_states("done", "done", job="quick")
        assert starting.left == 0
        fill(serving.lanes[0].app, "end", 1)
        world.queued("quick")
        world.until_states("done", "done", "interrupted", job="quick")


def test_a_job_that_breaks_ends_neither_lane_nor_service(world: World) -> None:
    """Its run failed and says why; the next job runs."""
    broken = of(world, broken=table("broken"), quick=table("quick"))
    broken.app()
    with broken.serving():
        eventually(lambda: broken.states("broken") == ["failed"], 60)
        broken.queued("quick")
        eventually(lambda: broken.notes() == ["broken", "quick"], 60)
    (run,) = broken.runs("broken")
    assert run.report is not None
    assert "ZeroDivisionError" in str(run.report["troubles"])
    broken.close()


# --- the end --------------------------------------------------------------------------------------------------------


def test_a_job_ends_when_its_time_is_over(world: World) -> None:
    """Past its time limit a job begins nothing more, and the lane goes on with the next."""
    short = of(world, slow=table("slow", time_limit=0.3), quick=table("quick"))
    with short.serving() as serving:
        fire(serving, "slow")
        short.until("slow begins", "slow ends")
        fire(serving, "quick")
        short.until("slow begins", "slow ends", "quick")
    assert short.states("slow") == ["done", "done"]
    short.close()


def test_a_stop_lets_the_job_at_hand_end_and_the_next_start_takes_it_up(world: World) -> None:
    """The job is asked to end and does; its run is called interrupted, and is the first thing of the next start."""
    with world.serving() as serving:
        fire(serving, "slow")
        world.until("slow begins")
    assert world.notes() == ["slow begins", "slow ends"]
    assert world.states("slow") == ["done", "interrupted"]
    assert serving.ended == {"interrupted": 1}
    world.go()
    with world.serving():
        world.until_states("done", "interrupted", "done", job="slow")


def test_a_job_that_does_not_end_in_time_loses_its_seat(world: World) -> None:
    """Patience has an end: the seat is killed, which the job notices, and the service ends."""
    seated = of(world, seated=table("seated"))
    with seated.serving(patience=0.2):
        eventually((seated.folder / "seat.txt").exists, 60)
    assert seated.notes() == ["seat is gone"]
    assert seated.states("seated") == ["interrupted"]
    seated.close()


def test_a_second_request_to_end_ends_at_once(world: World) -> None:
    """Whoever insists does not wait: the seat is killed without patience."""
    seated = of(world, seated=table("seated"))
    app = seated.app()
    serving = Serving(app, app.stopping, 3600, carries=False)

    def insist() -> None:
        eventually((seated.folder / "seat.txt").exists, 60)
        raise KeyboardInterrupt

    serving.serve(insist)
    assert seated.notes() == ["seat is gone"]
    seated.close()


# --- one run by a person --------------------------------------------------------------------------------------------


def test_a_run_by_a_person_is_on_record_and_no_lane_takes_it(world: World) -> None:
    """What a person runs runs there, once, beside the service."""
    with world.serving():
        report = run_job(world.app(), "quick")
    assert report.counts == {"done": 1}
    assert world.notes() == ["quick"]
    run = world.runs("quick")[1]
    assert (run.actor, run.state, run.report) == ("person", "done", report.record())


def test_an_unknown_job_is_told_with_those_that_are_known(world: World) -> None:
    """A mistyped name is one sentence."""
    with pytest.raises(JobUnknown, match="quick, slow, other"):
        run_job(world.app(), "post")


def test_a_run_that_was_asked_to_end_says_so(world: World) -> None:
    """What did not come to its end is not told as done."""
    app = world.app()
    threading.Timer(0.3, app.stopping.set).start()
    report = run_job(app, "slow")
    assert not report.ok
    assert report.troubles == ("Stopped by erpbridge: it was asked to end.",)
    assert world.states("slow") == ["done", "interrupted"]


def test_the_end_of_a_run_that_cannot_be_kept_does_not_hide_what_it_did(world: World) -> None:
    """A full disk at the very end: the report comes back all the same, and an error stays the error it was."""
    app = world.app()
    fill(app, "end", 1)
    assert run_job(app, "quick").ok
    seated = of(world, seated=table("seated"))
    app = seated.app()
    fill(app, "end", 1)

    def kill() -> None:
        eventually((seated.folder / "seat.txt").exists, 60)
        app.kill_seat()

    threading.Thread(target=kill).start()
    with pytest.raises(SeatDied):
        run_job(app, "seated")
    seated.close()
