"""How is a calendar written? Tables [calendars.NAME] of the configuration, checked, as the rules they mean."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bridge.locale import Located, Phrase, UnfitError
from bridge.model.calendars import Calendar, Freeze, Window, windows_of
from bridge.model.public_holidays import PublicHolidays, require_known

Day = date  # a field may be called like its type


def _known_zone(zone: str) -> str:
    try:
        if zone:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(Phrase("{zone} is no time zone of the IANA list", zone=repr(zone))) from None
    return zone


def _windows(given: Any) -> tuple[Window, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise ValueError(Phrase("a list of texts such as mon-fri 08:00-18:00 is needed"))
    return tuple(window for text in texts for window in windows_of(text))


def _known_place(place: str) -> str:
    if place:
        require_known(*place.split("-", 1))
    return place


Windows = Annotated[tuple[Window, ...], BeforeValidator(_windows)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class FreezeSettings(_Strict):
    """A period in which nothing is entered.

    A day alone is all of it, the last one too; a time without a zone is on the calendar's clocks.
    """

    since: datetime | Day = Field(alias="from")
    until: datetime | Day
    why: str = Field(min_length=1)

    def freeze(self, zone: ZoneInfo) -> Freeze:
        """The period in that zone."""
        return Freeze(_moment(self.since, zone, 0), _moment(self.until, zone, 1), self.why)


class CalendarSettings(_Strict):
    """One calendar; `holidays` is a country or a part of it ("CN", "GB-SCT"), `zone` else the installation's."""

    zone: Annotated[str, AfterValidator(_known_zone)] = ""
    hours: Windows = ()
    maintenance: Windows = ()
    holidays: Annotated[str, AfterValidator(_known_place)] = ""
    closed: frozenset[Day] = frozenset()
    working: frozenset[Day] = frozenset()
    freezes: tuple[FreezeSettings, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults: list[Located] = []
        if both := self.closed & self.working:
            days = ", ".join(sorted(day.isoformat() for day in both))
            faults.append(("working", Phrase("{days} cannot be closed and worked", days=days)))
        for number, each in enumerate(self.freezes):
            found = each.freeze(ZoneInfo("UTC"))
            if found.since >= found.until:
                faults.append((f"freezes.{number}.until", Phrase("it must be after the beginning")))
        if faults:
            raise UnfitError(faults)
        return self

    def calendar(self, name: str, zone: str) -> Calendar:
        """The rules; `zone` is the installation's."""
        country, _, part = self.holidays.partition("-")
        where = ZoneInfo(self.zone or zone)
        return Calendar(
            name=name,
            zone=where,
            hours=self.hours,
            maintenance=self.maintenance,
            freezes=tuple(each.freeze(where) for each in self.freezes),
            public=PublicHolidays(country, part) if country else None,
            closed_days=self.closed,
            working_days=self.working,
        )


def _moment(given: datetime | date, zone: ZoneInfo, days: int) -> datetime:
    """The moment; of a day alone its midnight, so many days later."""
    if not isinstance(given, datetime):
        return datetime.combine(given + timedelta(days=days), time(), zone)
    return given if given.tzinfo else given.replace(tzinfo=zone)
