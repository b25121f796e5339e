"""Which days are public holidays of a country? What the library `holidays` knows; nobody else asks it."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from bridge.locale import Phrase

if TYPE_CHECKING:
    from holidays import HolidayBase

CHINESE_FIRST = ("zh_CN", "zh_HK", "zh_TW")


@dataclass(frozen=True)
class PublicHolidays:
    """The holidays of a country, or of one of its subdivisions (ISO 3166 codes), with its shifted working days."""

    country: str
    subdivision: str = ""

    def holiday(self, day: date) -> str | None:
        """What the day is called, in English and in Chinese where the library has it; None where it is no holiday."""
        names = (calendar.get(day) for calendar in _calendars(self.country, self.subdivision))
        return " / ".join(dict.fromkeys(name for name in names if name)) or None

    def is_shifted_workday(self, day: date) -> bool:
        """Whether it is a day of a weekend that is worked in lieu, as China and others decree year by year."""
        calendar = _calendars(self.country, self.subdivision)[0]
        return calendar.is_weekend(day) and calendar.is_working_day(day)


def require_known(country: str, subdivision: str = "") -> None:
    """Raise ValueError where there is no such country or subdivision."""
    import holidays

    known = {code: {*parts} for code, parts in holidays.list_supported_countries(include_aliases=True).items()}
    if country not in known:
        raise ValueError(
            Phrase("{country} is no country of the holiday calendars (two capitals)", country=repr(country))
        )
    if subdivision and subdivision not in known[country]:
        parts = ", ".join(sorted(known[country])) or "-"
        raise ValueError(
            Phrase(
                "{part} is no part of {country}; there are {known}",
                part=repr(subdivision),
                country=country,
                known=parts,
            )
        )


@cache
def _calendars(country: str, subdivision: str) -> tuple["HolidayBase", ...]:
    """The country's holidays in English, or what it has instead, and in Chinese where it has that too."""
    import holidays

    spoken = holidays.country_holidays(country, subdiv=subdivision or None).supported_languages
    english = next((each for each in spoken if each.startswith("en")), None)
    chinese = next((each for each in CHINESE_FIRST if each in spoken), None)
    wanted: list[str | None] = [each for each in (english, chinese) if each is not None]
    return tuple(
        holidays.country_holidays(country, subdiv=subdivision or None, language=each) for each in wanted or [None]
    )
