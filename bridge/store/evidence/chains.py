"""How are records chained, so that each vouches for all before it?

A chain is a text file with one record a line. A record is canonical JSON: ASCII only, keys sorted, no spaces. Its
`hash` is the SHA-256 of the record without `hash`; its `prev` is the `hash` of the record before, or `GENESIS`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]
GENESIS = "0" * 64
VERSION = 1


@dataclass(frozen=True)
class Reading:
    """What a chain's file holds: each whole line's record (None: changed or damaged) and the torn rest.

    `size` is the length of the whole lines in bytes.
    """

    lines: tuple[Record | None, ...]
    torn: bytes
    size: int

    @property
    def records(self) -> tuple[Record, ...]:
        """The undamaged records, as they stand."""
        return tuple(record for record in self.lines if record is not None)

    @property
    def unbroken(self) -> bool:
        """Whether every whole line follows the one before it."""
        heads = [GENESIS, *(record["hash"] for record in self.records)]
        return None not in self.lines and all(
            record["seq"] == place and record["prev"] == head
            for place, (record, head) in enumerate(zip(self.records, heads, strict=False), start=1)
        )


def canonical(record: Record) -> bytes:
    """The one way to write a record."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def sealed(record: Record, prev: str) -> Record:
    """The record with its place in the chain."""
    body = {**record, "prev": prev}
    return {**body, "hash": hashlib.sha256(canonical(body)).hexdigest()}


def line_of(record: Record) -> bytes:
    """A record as it stands in the file."""
    return canonical(record) + b"\n"


def reading(content: bytes, well_formed: Callable[[Record], bool]) -> Reading:
    """The chain in a file's content; `well_formed` says whether a record says what it must."""
    size = _whole(content)
    lines = content[:size].split(b"\n")[:-1]
    return Reading(tuple(_sound(line, well_formed) for line in lines), content[size:], size)


def head_of(records: Sequence[Record]) -> str:
    """The hash of the newest record, GENESIS where there is none."""
    newest = max(records, key=lambda record: int(record["seq"]), default=None)
    return GENESIS if newest is None else str(newest["hash"])


def is_ours(record: Record) -> bool:
    """Whether a record carries what every chain of this version needs."""
    counts = all(is_count(record.get(key)) and record[key] > 0 for key in ("v", "seq"))
    return counts and record["v"] == VERSION and all(is_text(record.get(key)) for key in ("prev", "hash"))


def is_count(value: object) -> bool:
    """Whether the value is a whole number, at least zero and of a size anybody means."""
    return type(value) is int and 0 <= value < 2**53


def is_text(value: object) -> bool:
    """Whether the value is a text."""
    return type(value) is str


def _whole(content: bytes) -> int:
    """Where the last whole line ends: an append that a crash cut has no line end, or zeros the disk never filled."""
    size = content.rfind(b"\n") + 1
    if size < len(content):
        return size
    last = content.rfind(b"\n", 0, max(size - 1, 0)) + 1
    return last if b"\0" in content[last:] else size


def _sound(line: bytes, well_formed: Callable[[Record], bool]) -> Record | None:
    try:
        record = json.loads(line.decode("ascii"))
        right = type(record) is dict and _seal_holds(record, line) and well_formed(record)
    except (ValueError, RecursionError):
        return None
    return record if right else None


def _seal_holds(record: Record, line: bytes) -> bool:
    body = {key: value for key, value in record.items() if key != "hash"}
    return canonical(record) == line and record.get("hash") == hashlib.sha256(canonical(body)).hexdigest()
