"""How is a value kept so that SQLite and PostgreSQL, and whoever reads the file, understand it alike?"""

from datetime import UTC, datetime

from sqlalchemy import Dialect, String, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC text of fixed width, so that it sorts and anybody can read it."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """The moment in UTC to the microsecond; raises ValueError for one without a zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The aware moment."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class Words(TypeDecorator[str]):
    """A text of whatever origin; what no database can store (half a surrogate pair, NUL) is kept as its escape."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as a plain string, also where it came as a member of an enum."""
        del dialect
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
