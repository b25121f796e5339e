"""Which days does the last field of a cron line mean? Cron counts from Sunday, APScheduler from Monday."""

import re

NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
PART = re.compile(r"(\d)(?:-(\d))?(?:/(\d+))?|\*/(\d+)")


def named(field: str) -> str:
    """The field with names instead of numbers (0 and 7 are Sunday); what has no numbers stays as it is."""
    parts = field.split(",")
    if not any(PART.fullmatch(part) for part in parts):
        return field
    return ",".join(",".join(_days(part)) if PART.fullmatch(part) else part for part in parts)


def _days(part: str) -> list[str]:
    first, last, step, every = re.fullmatch(PART, part).groups()  # type: ignore[union-attr]
    if every:
        return list(NAMES[:: max(1, int(every))])
    end = int(last) if last else 6 if step else int(first)
    numbers = range(int(first), end + 1, max(1, int(step or 1)))
    if end > len(NAMES) or not numbers:
        raise ValueError(part)
    return list(dict.fromkeys(NAMES[number % len(NAMES)] for number in numbers))
