"""What does a configured request look like once its `{placeholders}` are filled in?"""

import re
from collections.abc import Mapping
from typing import Any, Final

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with its values; a text that is one placeholder becomes the value itself, with its type.

    Inside a longer text None is written as nothing.
    """
    match template:
        case str():
            return _fill_text(template, values)
        case Mapping():
            return {key: fill(part, values) for key, part in template.items()}
        case list() | tuple():
            return [fill(part, values) for part in template]
        case _:
            return template


def placeholders(template: Any) -> set[str]:
    """The names that a template asks for."""
    match template:
        case str():
            return set(_PLACEHOLDER.findall(template))
        case Mapping():
            return {name for part in template.values() for name in placeholders(part)}
        case list() | tuple():
            return {name for part in template for name in placeholders(part)}
        case _:
            return set()


def _fill_text(template: str, values: Mapping[str, Any]) -> Any:
    whole = _PLACEHOLDER.fullmatch(template)
    if whole:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda match: "" if values[match[1]] is None else str(values[match[1]]), template)
