"""Doubts the calendars: at every moment open or closed for a reason, and the next open moment is the next one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.calendar_settings import CalendarSettings
from bridge.errors import ErpClosed
from bridge.locale import CHINESE, plain, restored
from bridge.model.calendars import Calendar, Freeze, windows_of
from bridge.model.public_holidays import PublicHolidays

ZONES = ("Europe/London", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
OFFICE = ("mon-fri 08:00-18:00",)


def calendar(zone: str = "Asia/Shanghai", **table: Any) -> Calendar:
    """The calendar that a table of the configuration means."""
    return CalendarSettings.model_validate(table).calendar("office", zone)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """The moment on that zone's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def reason(which: Calendar, text: str, zone: str = "Asia/Shanghai") -> str | None:
    """Why it is closed then, in English."""
    return which.closed(at(text, zone))


# --- hours ----------------------------------------------------------------------------------------------------------


def test_a_calendar_without_rules_is_always_open() -> None:
    """Who writes nothing is not slowed down."""
    always, now = calendar(), at("2026-03-01T03:00")
    assert (always.closed(now), always.opens(now)) == (None, now)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T07:59:59", False),
        ("2026-03-02T08:00:00", True),
        ("2026-03-02T17:59:59.999999", True),
        ("2026-03-02T18:00:00", False),
        ("2026-03-01T12:00:00", False),
    ],
)
def test_the_beginning_is_open_and_the_end_is_not(moment: str, is_open: bool) -> None:
    """Monday from eight to six, to the microsecond; Sunday not at all."""
    assert (calendar(hours=OFFICE).closed(at(moment)) is None) is is_open


def test_a_night_shift_ends_on_the_next_morning() -> None:
    """Hours over midnight belong to the day they begin on, so Friday's end on Saturday and Sunday night has none."""
    night = calendar(hours="mon-fri 22:00-06:00")
    open_at = [
        text for text in ("T05:59", "T06:00", "T21:59", "T22:00") if night.closed(at(f"2026-03-07{text}")) is None
    ]
    assert open_at == ["T05:59"]
    assert night.closed(at("2026-03-02T05:00")) is not None
    assert night.opens(at("2026-03-07T06:00")) == at("2026-03-09T22:00")


def test_the_last_day_of_the_week_goes_over_into_the_first() -> None:
    """A window of Sunday night covers Monday morning."""
    assert reason(calendar(maintenance="sun 23:00-02:00"), "2026-03-09T01:59") == "weekly maintenance, sun 23:00-02:00"
    assert reason(calendar(maintenance="sun 23:00-02:00"), "2026-03-09T02:00") is None


def test_until_midnight_is_until_the_end_of_the_day() -> None:
    """24:00 is a time to end at, and two days in a row leave no gap."""
    two = calendar(hours="fri-mon 00:00-24:00")
    assert [
        two.closed(at(f"2026-03-{day}")) is None for day in ("05T23:59", "06T00:00", "06T23:59:59.9", "07T00:00")
    ] == [
        False,
        True,
        True,
        True,
    ]
    assert two.opens(at("2026-03-03T12:00")) == at("2026-03-06T00:00")


def test_windows_may_be_written_in_several_ways() -> None:
    """Ranges, over the weekend too, and lists of days."""
    assert [window.weekday for window in windows_of("Sat-Tue, thu 10:00 - 11:30")] == [0, 1, 3, 5, 6]
    assert str(windows_of("sat 22:00-04:30")[0]) == "sat 22:00-04:30"
    assert str(windows_of("sat 22:00-24:00")[0]) == "sat 22:00-24:00"


@pytest.mark.parametrize(
    "text",
    [
        "mon 8-18",
        "monday 08:00-18:00",
        "mon 08:00-08:00",
        "mon 24:00-08:00",
        "mon 08:00-24:01",
        "mon 25:00-26:00",
        "",
        "08:00-18:00",
    ],
)
def test_what_is_no_window_is_refused(text: str) -> None:
    """A window that nobody understands never silently closes or opens an ERP."""
    with pytest.raises(ValueError, match=r"weekly|weekday|different"):
        windows_of(text)


# --- clocks put forward and back ------------------------------------------------------------------------------------


def test_hours_follow_the_wall_clock_when_clocks_are_changed() -> None:
    """Eight in London is eight GMT before the last Sunday of March and seven GMT after it."""
    london = calendar("Europe/London", hours="mon-sun 08:00-18:00")
    assert london.opens(datetime(2026, 3, 28, 19, tzinfo=UTC)) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert london.opens(datetime(2026, 10, 24, 19, tzinfo=UTC)) == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_a_window_inside_the_hour_that_does_not_exist_never_comes() -> None:
    """Work that may be done from 01:15 to 01:45 alone is not done on the day the clocks skip that."""
    quarter = calendar("Europe/London", hours="sun 01:15-01:45")
    assert quarter.opens(at("2026-03-29T00:00", "Europe/London")) == at("2026-04-05T01:15", "Europe/London")


def test_a_window_that_begins_in_the_skipped_hour_begins_at_the_jump() -> None:
    """The first moment the clocks show again is the first moment of work."""
    early = calendar("Europe/London", hours="sun 01:30-03:00")
    assert early.opens(at("2026-03-29T00:00", "Europe/London")) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_maintenance_in_the_repeated_hour_holds_both_times() -> None:
    """The clocks show 01:30 twice, and nobody says which one the ERP's people meant."""
    tended = calendar("Europe/London", maintenance="sun 01:00-01:45")
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert tended.closed(first) == tended.closed(second) == "weekly maintenance, sun 01:00-01:45"
    assert tended.opens(first) == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert tended.opens(second) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)


# --- days -----------------------------------------------------------------------------------------------------------


def test_a_day_is_a_day_of_the_calendar_not_of_utc() -> None:
    """New Year in Shanghai begins at 16:00 UTC of the last day of the year."""
    china = calendar(holidays="CN")
    assert china.closed(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) is None
    assert china.closed(datetime(2025, 12, 31, 16, tzinfo=UTC)) == "public holiday: New Year's Day / 元旦"


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday, worked in lieu of 20 February
        (date(2026, 2, 15), False),  # Sunday
        (date(2026, 2, 16), False),  # New Year's Eve of the lunar year
        (date(2026, 2, 20), False),  # Friday off in lieu of the 14th
        (date(2026, 2, 23), False),  # Monday off in lieu of the 28th
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, worked
        (date(2026, 9, 20), True),  # Sunday, worked in lieu of 6 October
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
    ],
)
def test_china_works_on_shifted_weekends(day: date, works: bool) -> None:
    """As decreed for 2026 by the State Council, a day of a weekend that is given for a long holiday is worked."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert (calendar(hours=OFFICE, holidays="CN").closed(noon) is None) is works


def test_a_shifted_sunday_has_the_hours_of_the_friday_before() -> None:
    """It is worked in lieu of a weekday, so it has a weekday's hours."""
    china = calendar(hours=["mon-thu 08:00-18:00", "fri 09:00-17:00"], holidays="CN")
    assert china.opens(at("2026-09-20T00:00")) == at("2026-09-20T09:00")
    assert reason(china, "2026-09-20T17:00") == "outside the hours fri 09:00-17:00"


def test_holidays_of_a_part_of_a_country_are_its_own() -> None:
    """2 January is a holiday in Scotland and a working day in England."""
    noon = "2026-01-02T12:00"
    england, scotland = (calendar("Europe/London", holidays=f"GB-{part}") for part in ("ENG", "SCT"))
    assert (reason(england, noon, "Europe/London") is None, reason(scotland, noon, "Europe/London") is None) == (
        True,
        False,
    )


def test_what_the_company_writes_goes_before_the_law() -> None:
    """An extra working day is worked although it is a holiday; an extra closed day is closed although it is worked."""
    own = calendar(hours=OFFICE, holidays="CN", working=[date(2026, 10, 1)], closed=[date(2026, 9, 20)])
    assert reason(own, "2026-10-01T12:00") is None
    assert reason(own, "2026-09-20T12:00") == "closed on 2026-09-20"


def test_a_country_whose_holidays_have_no_english_is_understood_still() -> None:
    """The name is then what it is called there."""
    assert all(PublicHolidays(country).holiday(date(2026, 12, 25)) for country in ("DE", "FR", "US", "HK"))


# --- freezes --------------------------------------------------------------------------------------------------------


def test_a_freeze_closes_everything_to_its_last_moment() -> None:
    """A period close stands above hours; days are whole days of the calendar, the last one included."""
    closing = calendar(freezes=[{"from": date(2026, 12, 30), "until": date(2027, 1, 1), "why": "year-end close"}])
    assert reason(closing, "2026-12-29T23:59:59") is None
    assert reason(closing, "2026-12-30T00:00") == (
        "nothing is entered until 2027-01-02 00:00 (Asia/Shanghai) (year-end close)"
    )
    assert closing.opens(at("2026-12-31T00:00")) == at("2027-01-02T00:00")


def test_a_freeze_of_years_is_left_for_good() -> None:
    """However long it lasts, what comes after it is found; what never opens is said to be so."""
    forever = Freeze(at("2026-01-01T00:00"), at("2031-06-01T12:30"), "audit")
    assert replace(calendar(hours=OFFICE), freezes=(forever,)).opens(at("2026-01-05T09:00")) == at("2031-06-02T08:00")
    assert replace(calendar(maintenance="mon-sun 00:00-24:00")).opens(at("2026-01-05T09:00")) is None


def test_a_time_of_a_freeze_without_a_zone_is_on_the_calendars_clocks() -> None:
    """Nobody who works in London writes UTC."""
    table: Mapping[str, Any] = {
        "from": datetime.fromisoformat("2026-07-01T18:00"),
        "until": datetime(2026, 7, 1, 20, tzinfo=UTC),
        "why": "x",
    }
    (freeze,) = calendar("Europe/London", freezes=[table]).freezes
    assert (freeze.since, freeze.until) == (datetime(2026, 7, 1, 17, tzinfo=UTC), datetime(2026, 7, 1, 20, tzinfo=UTC))


def test_what_is_closed_can_still_be_read_but_for_maintenance() -> None:
    """By night, on holidays and in a period close an ERP is up; maintained it is not."""
    close = {"from": date(2026, 9, 30), "until": date(2026, 9, 30), "why": "close"}
    rules = calendar(hours=OFFICE, holidays="CN", maintenance="sun 22:00-23:00", freezes=[close])
    closed = ("2026-09-29T20:00", "2026-10-01T12:00", "2026-09-30T12:00", "2026-10-11T22:30")
    assert None not in [reason(rules, moment) for moment in closed]
    assert [rules.down(at(moment)) for moment in closed] == [None] * 3 + ["weekly maintenance, sun 22:00-23:00"]


# --- words ----------------------------------------------------------------------------------------------------------


def test_the_error_says_in_both_languages_why_and_until_when() -> None:
    """An operator sees what is waited for, also after it was kept in the ledger."""
    china, now = calendar(hours=OFFICE, holidays="CN"), at("2026-10-01T12:00")
    opens = china.opens(now)
    assert opens is not None
    why = restored(plain(china.closed(now)))
    error = ErpClosed(erp="harbour", until=china.shown(opens), why=why)
    assert error.worded() == (
        "harbour is not worked on until 2026-10-08 08:00 (Asia/Shanghai): public holiday: National Day / 国庆节"
    )
    assert error.worded(CHINESE) == (
        "harbour 在 2026-10-08 08:00 (Asia/Shanghai) 之前不操作：法定节假日：National Day / 国庆节"
    )


# --- whatever the rules -----------------------------------------------------------------------------------------------

TIMES = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
SPANS = st.tuples(st.sampled_from(["mon", "tue-thu", "fri,sun", "sat-mon", "sun"]), TIMES, TIMES)
WINDOWS = st.lists(
    SPANS.filter(lambda span: span[1] != span[2]).map(lambda span: f"{span[0]} {span[1]}-{span[2]}"), max_size=3
)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar of few rules."""
    closed, working = draw(st.sets(DAYS, max_size=3)), draw(st.sets(DAYS, max_size=3))
    freezes = [
        {"from": start, "until": start + timedelta(minutes=draw(st.integers(1, 9999))), "why": "close"}
        for start in draw(st.lists(MOMENTS, max_size=2))
    ]
    return calendar(
        draw(st.sampled_from(ZONES)),
        hours=draw(WINDOWS),
        maintenance=draw(WINDOWS),
        holidays=draw(st.sampled_from(["", "CN", "GB-SCT"])),
        closed=closed - working,
        working=working,
        freezes=freezes,
    )


@settings(max_examples=150, deadline=None)
@given(calendars(), MOMENTS, st.lists(st.floats(0, 1, exclude_max=True), min_size=20, max_size=20))
def test_the_next_open_moment_is_open_and_none_before_it_is(rules: Calendar, now: datetime, parts: list[float]) -> None:
    """From the moment asked for to the one answered it is closed, each quarter of an hour and in between."""
    opens = rules.opens(now)
    end = opens or now + timedelta(days=60)
    assert opens is None or rules.closed(opens) is None
    waited = end - now
    quarters = min(int(waited / timedelta(minutes=15)), 400)
    tried = [now + waited * part for part in parts] + [
        end - timedelta(minutes=15) * step for step in range(1, quarters)
    ]
    tried.append(max(now, end - timedelta(microseconds=1)))
    assert [moment for moment in tried if now <= moment < end and rules.closed(moment) is None] == []


@settings(max_examples=100, deadline=None)
@given(calendars(), MOMENTS)
def test_a_moment_is_open_exactly_where_it_opens_at_once(rules: Calendar, now: datetime) -> None:
    """Both answers say the same, in whatever zone the moment is written."""
    shown = now.astimezone(ZoneInfo("Pacific/Auckland"))
    assert (rules.closed(now) is None) == (rules.opens(now) == now)
    assert rules.closed(shown) == rules.closed(now)
