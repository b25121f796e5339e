"""How is one of our frozen values kept as text, and read again? By its own fields; no decimal ever becomes a float."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bridge.store.reasons import write_json

Frozen = TypeVar("Frozen")
READERS: Mapping[type, Callable[[Any], Any]] = {date: date.fromisoformat, datetime: datetime.fromisoformat}


def write_frozen(value: Any) -> str:
    """The value as canonical JSON; the same value always gives the same text."""
    return write_json(asdict(value))


def read_frozen(kind: type[Frozen], text: str) -> Frozen:
    """The value that was written; a field that did not exist then has its default, one that is gone is left out."""
    value: Frozen = _value(kind, json.loads(text, parse_float=Decimal))
    return value


def _value(kind: Any, content: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if content is None:
            return None
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
        return _value(kind, content)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], each) for each in content)
    if origin is not None and issubclass(origin, Mapping):
        return {name: _value(get_args(kind)[1], each) for name, each in content.items()}
    if is_dataclass(kind):
        return _frozen(kind, content)
    return READERS.get(kind, kind)(content)


def _frozen(kind: Any, content: Mapping[str, Any]) -> Any:
    kinds = _kinds(kind)
    return kind(**{name: _value(kinds[name], each) for name, each in content.items() if name in kinds})


@cache
def _kinds(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
