"""Is a schedule read as whoever wrote it means it, and is everything that is wrong with it said at once?"""

import itertools
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bridge.errors import InvalidConfig
from bridge.scheduler import JobPlan, load_schedule, require_functions
from bridge.scheduler.weekdays import named
from tests.installations import ROOT
from tests.unit.schedule_worlds import World, table

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # the nights in which Berlin's clock is changed
WRONG = """
[jobs.take_orders]
run        = "jobs.take_orders:run"
cron       = "*/2 * * *"
time_limit = 0
lane       = "crm"
zone       = "Europe/Londn"

[jobs.post_orders]
run        = "jobs.post_orders:run"
cron       = "61 * * * *"
time_limit = "long"
lanes      = "erp"

[jobs.both]
run        = "jobs.post_orders:run"
cron       = "0 6 1 * 1"
time_limit = 60
lane       = "erp"
"""


def firings(cron: str, zone: str, day: date) -> list[str]:
    """The moments of one day of that zone at which the job fires, in UTC."""
    plan = JobPlan(run="jobs.take_orders:run", cron=cron, time_limit=60, lane="crm", zone=zone)
    trigger, found = plan.trigger("UTC"), []
    last, moment = None, datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
    while (last := trigger.get_next_fire_time(last, last or moment)) and last.date() <= day:
        found.append(last.astimezone(UTC).strftime("%H:%M"))
    return found


def faults(path: Path) -> list[str]:
    """Everything that is wrong with the file, each from its key on."""
    with pytest.raises(InvalidConfig) as caught:
        load_schedule(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.lines()]


def test_every_fault_of_a_schedule_is_told_at_once_with_its_key(tmp_path: Path) -> None:
    """One look at the file is enough: each fault has the job and the key it stands at."""
    (tmp_path / "schedule.toml").write_text(WRONG, encoding="utf-8")
    found = faults(tmp_path / "schedule.toml")
    assert [text.partition(":")[0] for text in found] == [
        "jobs.take_orders.cron",
        "jobs.take_orders.time_limit",
        "jobs.take_orders.zone",
        "jobs.post_orders.cron",
        "jobs.post_orders.time_limit",
        "jobs.post_orders.lane",
        "jobs.post_orders.lanes",
        "jobs.both.cron",
    ]
    assert found[2] == "jobs.take_orders.zone: 'Europe/Londn' is no time zone of the IANA list"
    assert found[-1] == "jobs.both.cron: name days of the month or days of the week, not both"


def test_a_schedule_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    """Missing, a folder, no TOML, no UTF-8: one sentence with the path."""
    path = tmp_path / "schedule.toml"
    assert faults(path) == ["the file is missing"]
    assert faults(tmp_path) != []
    for content in (b"[jobs", b"\xff\xfe"):
        path.write_bytes(content)
        assert faults(path)[0].startswith("it is no TOML in UTF-8")


def test_every_job_that_cannot_be_found_is_told_with_file_and_job(tmp_path: Path) -> None:
    """A wrong dotted name does not hide the next one."""
    world = World(tmp_path, {"nowhere": table("x") | {"run": "jobs.nowhere:run"}, "nothing": table("nothing")})
    with pytest.raises(InvalidConfig) as caught:
        require_functions(world.app())
    path = tmp_path / "schedule.toml"
    where = [line.partition(".run: ")[0] for line in caught.value.lines()]
    assert where == [f"{path}: jobs.nowhere", f"{path}: jobs.nothing"]


def test_a_calendar_that_does_not_exist_is_told_with_file_and_job(tmp_path: Path) -> None:
    """A slip of the pen does not let a job run through the year-end close."""
    world = World(tmp_path, {"quick": table("quick", calendar="shangai")})
    with pytest.raises(InvalidConfig) as caught:
        require_functions(world.app())
    assert caught.value.lines() == [f"{tmp_path / 'schedule.toml'}: jobs.quick.calendar: there is no such calendar"]


def test_the_shipped_schedule_is_sound() -> None:
    """Every job of it can be loaded, and every job there is stands in it."""
    plans = load_schedule(ROOT / "jobs" / "schedule.toml")
    assert all(callable(plan.function()) for plan in plans.values())
    written = {path.stem for path in (ROOT / "jobs").glob("*.py")} - {"__init__"}
    assert written == tomllib.loads((ROOT / "jobs" / "schedule.toml").read_text(encoding="utf-8"))["jobs"].keys()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("*", "*"),
        ("mon-fri", "mon-fri"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("0", "sun"),
        ("7", "sun"),
        ("5-7", "fri,sat,sun"),
        ("0-6/2", "sun,tue,thu,sat"),
        ("1,sat", "mon,sat"),
        ("*/3", "sun,wed,sat"),
    ],
)
def test_days_of_the_week_are_counted_as_cron_counts_them(written: str, meant: str) -> None:
    """1 is Monday, 0 and 7 are Sunday, whatever the library behind it counts."""
    assert named(written) == meant


@pytest.mark.parametrize("written", ["8", "5-9", "6-2"])
def test_a_day_that_no_week_has_is_a_fault(written: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="it is no time plan"):
        JobPlan(run="a:b", cron=f"0 6 * * {written}", time_limit=1, lane="x")


def test_on_workdays_is_from_monday_to_friday() -> None:
    """The commonest line of all fires on a Monday and a Friday, and on no Saturday or Sunday."""
    days = [date(2026, 3, 2) + timedelta(days=number) for number in range(7)]
    assert [bool(firings("0 6 * * 1-5", "UTC", day)) for day in days] == [True] * 5 + [False] * 2


def test_a_job_fires_by_its_own_zone_and_else_by_the_installations() -> None:
    """06:30 in Shanghai is 22:30 of the day before in UTC; a job without a zone follows the installation."""
    plan = JobPlan(run="a:b", cron="30 6 * * *", time_limit=1, lane="x", zone="Asia/Shanghai")
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    assert plan.trigger("Europe/London").get_next_fire_time(None, moment).astimezone(UTC).hour == 22
    without = plan.model_copy(update={"zone": ""})
    assert without.trigger("Europe/London").get_next_fire_time(None, moment).astimezone(UTC).hour == 6


def test_a_time_that_the_clock_skips_comes_an_hour_later() -> None:
    """02:30 does not exist in the night of spring: the job still runs, once, at 03:30 of the new time."""
    assert firings("30 2 * * *", "Europe/Berlin", SPRING) == ["01:30"]


def test_a_time_that_the_clock_shows_twice_comes_twice() -> None:
    """02:30 exists twice in the night of autumn: the job runs at both, and never falls out."""
    assert firings("30 2 * * *", "Europe/Berlin", AUTUMN) == ["00:30", "01:30"]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_frequent_job_goes_on_through_the_change_of_the_clock(day: date) -> None:
    """Every twenty minutes stays every twenty minutes, without a gap of an hour or a pile of firings."""
    found = firings("*/20 * * * *", "Europe/Berlin", day)
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in found]
    assert {(later - sooner) % 1440 for sooner, later in itertools.pairwise(minutes)} == {20}
