"""Where in a CRM's JSON does a value stand: `customer.code`, `[-1].id`, `['@odata.nextLink']`, `remarks?`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from bridge.locale import Phrase

_STEP: Final = re.compile(
    r"""\.?(?P<name>[^.\[\]'"?]+)|\[(?P<index>-?\d{1,6})\]|\[(?P<mark>['"])(?P<quoted>.+?)(?P=mark)\]"""
)


class Missing(Enum):
    """What is found where a record has no such key, which is not the same as null."""

    ABSENT = "absent"


ABSENT: Final = Missing.ABSENT


@dataclass(frozen=True)
class JsonPath:
    """The way from a record to a value; `optional` says that the record need not have the key."""

    text: str
    steps: tuple[str | int, ...]
    optional: bool = False

    def find(self, record: Any) -> Any:
        """The value, None where the way ends at a null, `ABSENT` where the record is built otherwise."""
        value = record
        for step in self.steps:
            value = _below(value, step)
            if value is None or value is ABSENT:
                break
        return None if value is ABSENT and self.optional else value


def parse_path(text: str) -> JsonPath:
    """The path that a text writes; raises ValueError. `$`, or nothing, is the record itself."""
    plain = text.removesuffix("?")
    rest = plain.removeprefix("$")
    steps: list[str | int] = []
    place = 0
    while place < len(rest):
        match = _STEP.match(rest, place)
        if match is None or (place == 0 and rest == plain and rest.startswith(".")):
            raise ValueError(Phrase("{text} is not a path such as customer.code, lines or [-1].id", text=repr(text)))
        steps.append(int(match["index"]) if match["index"] else match["name"] or match["quoted"])
        place = match.end()
    return JsonPath(text, tuple(steps), optional=plain != text)


def first_found(paths: Iterable[JsonPath], record: Any) -> Any:
    """The first value that is neither null nor absent; None where one is null, `ABSENT` where no key exists at all."""
    found: Any = ABSENT
    for path in paths:
        value = path.find(record)
        if value is not None and value is not ABSENT:
            return value
        found = None if value is None else found
    return found


def _below(value: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return value.get(step, ABSENT) if isinstance(value, Mapping) else ABSENT
    if not isinstance(value, list):
        return ABSENT
    return value[step] if -len(value) <= step < len(value) else None
