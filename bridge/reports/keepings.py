"""How are the inputs of a statement kept, so that it can be made again to the byte?

They are kept as JSON whose shape is that of the frozen values themselves: what a field's type says is how it is read.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, singledispatch
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from bridge.errors import FileUnreadable
from bridge.locale import Phrase, plain, restored
from bridge.reports.inputs import Inputs
from bridge.reports.memories import Memory
from bridge.reports.reconciliations import MOST_SHOWN

SCHEMA = 1


@dataclass(frozen=True)
class Kept:
    """All that a statement was made from; `evidence` is the way from its folder to the evidence store.

    `most_shown` is how many rows of a list that people read stand in its workbook at most.
    """

    inputs: Inputs
    memory: Memory
    language: str
    evidence: str | None = None
    schema: int = SCHEMA
    most_shown: int = MOST_SHOWN


def kept_content(kept: Kept) -> bytes:
    """The bytes to keep; the same values give the same bytes."""
    text = json.dumps(_told(kept), separators=(",", ":"))
    return gzip.compress(text.encode("ascii"), mtime=0)


def read_kept(path: Path) -> Kept:
    """What was kept there; raises FileUnreadable."""
    try:
        content = json.loads(gzip.decompress(path.read_bytes()))
        if content["schema"] > SCHEMA:
            raise FileUnreadable(path=str(path), why=Phrase("it was written by a newer version"))
        kept: Kept = _read(Kept, content)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise FileUnreadable(path=str(path), why=str(error)) from error
    return kept


@singledispatch
def _told(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _told(getattr(value, each.name)) for each in fields(value)}
    return value


_told.register(Phrase, plain)
_told.register(Enum, lambda value: value.value)
_told.register(Decimal, str)
_told.register(date, lambda value: value.isoformat())
_told.register(timedelta, lambda value: value // timedelta(microseconds=1))
_told.register(Mapping, lambda value: [[_told(name), _told(each)] for name, each in value.items()])
_told.register(frozenset, lambda value: sorted((_told(each) for each in value), key=str))
_told.register(tuple, lambda value: [_told(each) for each in value])
_told.register(list, lambda value: [_told(each) for each in value])


def _read(kind: Any, value: Any) -> Any:
    """The value of that type; what a newer field lacks in an older file is its default."""
    origin: Any = get_origin(kind)
    if origin in (Union, UnionType):
        return None if value is None else _read(next(each for each in get_args(kind) if each is not NoneType), value)
    if is_dataclass(origin):
        parameters: tuple[Any, ...] = getattr(origin, "__parameters__", ())
        return _read_dataclass(origin, value, dict(zip(parameters, get_args(kind), strict=True)))
    if origin is not None:
        return _read_many(origin, get_args(kind), value)
    if is_dataclass(kind):
        return _read_dataclass(kind, value, {})
    return _read_plain(kind, value)


def _read_many(origin: Any, inner: tuple[Any, ...], value: Any) -> Any:
    if issubclass(origin, tuple):
        each = inner[:1] * len(value) if inner[1:] == (Ellipsis,) else inner
        return tuple(_read(kind, part) for kind, part in zip(each, value, strict=True))
    if issubclass(origin, frozenset):
        return frozenset(_read(inner[0], part) for part in value)
    if issubclass(origin, Mapping):
        return {_read(inner[0], name): _read(inner[1], part) for name, part in value}
    if issubclass(origin, Sequence):
        return [_read(inner[0], part) for part in value]
    raise TypeError(f"{origin} cannot be kept")


def _read_dataclass(kind: Any, value: Mapping[str, Any], inner: Mapping[Any, Any]) -> Any:
    hints = {name: inner.get(hint, hint) for name, hint in _hints(kind).items()}
    needed = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}
    if not needed <= value.keys():
        raise KeyError(", ".join(sorted(needed - value.keys())))
    return kind(**{name: _read(hints[name], part) for name, part in value.items() if name in hints})


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read_plain(kind: Any, value: Any) -> Any:
    if kind in (Any, object, Phrase):
        return restored(value)
    if kind is timedelta:
        return timedelta(microseconds=value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return kind(value)
