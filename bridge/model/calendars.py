"""May an ERP be worked on now, and if not, why not and until when? Wall-clock rules of one time zone."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bridge.locale import Phrase

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
SEARCHED = 400  # days; what is closed that long waits for a person
_WINDOW = re.compile(r"(?P<days>[a-z,\s-]+?)\s+(?P<start>\d\d:[0-5]\d)\s*-\s*(?P<end>\d\d:[0-5]\d)")


class PublicDays(Protocol):
    """The public holidays of one place."""

    def holiday(self, day: date) -> str | None:
        """What the day is called where it is a day off by law, also in lieu of another; else None."""
        ...

    def is_shifted_workday(self, day: date) -> bool:
        """Whether the day is worked although its weekday is free, in lieu of another one."""
        ...


@dataclass(frozen=True)
class Window:
    """A time of each week: `start` and `end` are minutes after midnight of `weekday` (0 is Monday).

    The end is not part of it, and lies beyond 24 hours where the window goes over midnight.
    """

    weekday: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {_clock(self.start)}-{_clock(self.end)}"


@dataclass(frozen=True)
class Freeze:
    """A period in which nothing is entered, such as a period close; `until` is the first moment after it."""

    since: datetime
    until: datetime
    why: str


@dataclass(frozen=True)
class Calendar:
    """When an ERP, or a job, may work; without `hours` it may at all times but the closed ones.

    Hours belong to the day they begin on: the night shift of a day that is worked ends on the next morning, whatever
    day that is. An extra or shifted working day whose weekday has no hours has those of the last weekday that has any.
    What is written for a day (`closed_days`, `working_days`) goes before what the law says.
    """

    name: str
    zone: ZoneInfo
    hours: tuple[Window, ...] = ()
    maintenance: tuple[Window, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    public: PublicDays | None = None
    closed_days: frozenset[date] = field(default_factory=frozenset)
    working_days: frozenset[date] = field(default_factory=frozenset)

    def closed(self, at: datetime) -> Phrase | None:
        """Why nothing may be done at that moment; None where it may."""
        freeze = self._freeze(at)
        if freeze is not None:
            return Phrase("nothing is entered until {until} ({why})", until=self.shown(freeze.until), why=freeze.why)
        return self.down(at) or self._outside_hours(at.astimezone(self.zone))

    def down(self, at: datetime) -> Phrase | None:
        """Why the ERP cannot even be read at that moment: it is maintained."""
        window = next(self._around(at.astimezone(self.zone), self._maintained), None)
        return None if window is None else Phrase("weekly maintenance, {window}", window=str(window))

    def opens(self, at: datetime) -> datetime | None:
        """The next moment, that one included, at which work may be done; None where none is near (400 days)."""
        return next((moment for moment in self._changes(at) if self.closed(moment) is None), None)

    def shown(self, moment: datetime) -> str:
        """The moment on the clocks of this calendar."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M} ({self.zone.key})"

    def _freeze(self, at: datetime) -> Freeze | None:
        return next((freeze for freeze in self.freezes if freeze.since <= at < freeze.until), None)

    def _outside_hours(self, local: datetime) -> Phrase | None:
        if any(self._around(local, self._worked)):
            return None
        day = local.date()
        free = self._free(day)
        if free is None and not self.hours:
            return None
        if free is not None:
            return free
        worked = ", ".join(map(str, self._worked(day)))
        return Phrase("outside the hours {hours}", hours=worked) if worked else Phrase("no hours on this day")

    def _free(self, day: date) -> Phrase | None:
        """Why the whole day is free, if it is."""
        if day in self.closed_days:
            return Phrase("closed on {day}", day=day.isoformat())
        if day in self.working_days or self.public is None:
            return None
        name = self.public.holiday(day)
        return None if name is None else Phrase("public holiday: {name}", name=name)

    def _worked(self, day: date) -> tuple[Window, ...]:
        """The hours that begin on the day."""
        if self._free(day) is not None:
            return ()
        own = _on(day.weekday(), self.hours)
        return own if own or not self._is_extra(day) else self._hours_before(day)

    def _is_extra(self, day: date) -> bool:
        return day in self.working_days or (self.public is not None and self.public.is_shifted_workday(day))

    def _hours_before(self, day: date) -> tuple[Window, ...]:
        weekdays = ((day - timedelta(days=back)).weekday() for back in range(1, len(WEEKDAYS)))
        return next(filter(None, (_on(weekday, self.hours) for weekday in weekdays)), ())

    def _maintained(self, day: date) -> tuple[Window, ...]:
        return _on(day.weekday(), self.maintenance)

    @staticmethod
    def _around(local: datetime, windows: "_WindowsOf") -> Iterator[Window]:
        """The windows, of that day or begun the day before, that the wall clock stands in."""
        minute = local.hour * 60 + local.minute
        for back in (0, 1):
            for window in windows(local.date() - timedelta(days=back)):
                if window.start <= minute + back * DAY < window.end:
                    yield window

    def _changes(self, at: datetime) -> Iterator[datetime]:
        """The moment, then every later one at which anything may change, in order."""
        yield at
        start = at
        while (freeze := self._freeze(start)) is not None:
            start = freeze.until
        marks = sorted({0, *(mark % DAY for w in (*self.hours, *self.maintenance) for mark in (w.start, w.end))})
        first = start.astimezone(self.zone).date()
        for ahead in range(-1, min(SEARCHED, (date.max - first).days - 1)):
            moments = self._moments(first + timedelta(days=ahead), marks)
            yield from (moment for moment in moments if moment >= start)

    def _moments(self, day: date, marks: Sequence[int]) -> list[datetime]:
        """The instants of one day at which its wall clock passes a mark, or jumps."""
        shown = [datetime.combine(day, time(mark // 60, mark % 60)) for mark in marks]
        passed = {moment for each in shown for moment in _instants(each, self.zone)}
        ends = {freeze.until for freeze in self.freezes if freeze.until.astimezone(self.zone).date() == day}
        return sorted({*passed, *ends, *self._jumps(day)})

    def _jumps(self, day: date) -> Iterator[datetime]:
        """The first moment after the clocks were put forward or back on that day, if they were."""
        before, after = (_midnight(day + timedelta(days=ahead), self.zone) for ahead in (0, 1))
        if self._offset(before) == self._offset(after):
            return
        offset = self._offset(before)
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) // 2
            before, after = (middle, after) if self._offset(middle) == offset else (before, middle)
        yield after.replace(microsecond=0)

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()


class _WindowsOf(Protocol):
    def __call__(self, day: date, /) -> Sequence[Window]: ...


def windows_of(text: str) -> tuple[Window, ...]:
    """The windows that a text such as "mon-fri 08:00-18:00" or "sat 22:00-04:00" writes; raises ValueError."""
    found = _WINDOW.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(Phrase("{text} is not a weekly time such as mon-fri 08:00-18:00", text=repr(text)))
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start >= DAY or end > DAY or start == end:
        raise ValueError(Phrase("{text} must name two different times of day, from 00:00 to 24:00", text=repr(text)))
    days = sorted({day for part in found["days"].split(",") for day in _weekdays(part)})
    return tuple(Window(day, start, end if end > start else end + DAY) for day in days)


def _weekdays(text: str) -> Iterator[int]:
    first, dash, last = (part.strip() for part in text.partition("-"))
    for name in (first, last) if dash else (first,):
        if name not in WEEKDAYS:
            raise ValueError(
                Phrase("{name} is no weekday; there are {known}", name=repr(name), known=", ".join(WEEKDAYS))
            )
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
    for ahead in range((end - start) % len(WEEKDAYS) + 1):
        yield (start + ahead) % len(WEEKDAYS)


def _on(weekday: int, windows: Sequence[Window]) -> tuple[Window, ...]:
    return tuple(window for window in windows if window.weekday == weekday)


def _instants(shown: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the wall clock shows that: twice where it is put back, never where it is put forward over it."""
    for fold in (0, 1):
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == shown:
            yield moment


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return "24:00" if minutes == DAY else f"{minutes % DAY // 60:02}:{minutes % 60:02}"
