"""How is a fault of a configuration told: where it stands, and what is wrong there, in the reader's words?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from bridge.locale.phrases import Phrase

Located = tuple[str, Phrase]

_TABLE = "it must be a table"
_LIST = "it must be a list"
_TEXT = "it must be a text"
_NUMBER = "it must be a number"
_WHOLE = "it must be a whole number"
_TRUTH = "it must be true or false"
_MOMENT = "it must be a date with a time, for example 2026-11-21T00:00:00Z"
_ONE_OF = "it must be one of {expected}"

# By the type of fault that pydantic states (https://docs.pydantic.dev/latest/errors/validation_errors/).
TEXTS: Mapping[str, str] = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such key",
    "string_type": _TEXT,
    "path_type": _TEXT,
    "string_pattern_mismatch": "it must look like {pattern}",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
    "too_short": "it needs at least {min_length}",
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
    "union_tag_not_found": "{discriminator} is missing",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
}


class UnfitError(ValueError):
    """What a whole table has against itself, each fault with its key inside the table."""

    def __init__(self, faults: Iterable[Located]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault(*each) for each in self.faults))


def fault(where: str, what: str) -> Phrase:
    """One fault: the file or key, and what is wrong there."""
    return Phrase("{where}: {what}", where=where, what=what)


def faults_in(error: ValidationError) -> Iterator[Located]:
    """The faults that pydantic collected, each with its key, without the values (one may be a secret)."""
    for found in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in found["loc"])
        context: Mapping[str, Any] = found.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, UnfitError):
            yield from ((".".join(filter(None, (key, inner))), what) for inner, what in cause.faults)
        else:
            yield key, _said(found["type"], found["msg"], context)


def _said(kind: str, message: str, context: Mapping[str, Any]) -> Phrase:
    """Our words; those of pydantic, or of whoever raised it, where we have none."""
    cause = context.get("error")
    if isinstance(cause, ValueError) and cause.args:
        return cause.args[0] if isinstance(cause.args[0], Phrase) else Phrase("{text}", text=cause.args[0])
    if kind not in TEXTS:
        return Phrase("{text}", text=message)
    values = {name: str(value).replace(" or ", ", ") for name, value in context.items()}
    return Phrase(TEXTS[kind], **values)
