"""Where does a list go that is too long for a workbook? Into a Parquet file for programs and a CSV file for people.

Both hold one row per item, with the field ids of the sheet as names. In the CSV every text that a spreadsheet could
take for a formula has a mark before it, and it begins with a byte order mark, so that Excel reads it as what it is.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bridge.reports.cells import Evidence, Money, Value
from bridge.reports.controls import HASH, ROWS, Control
from bridge.reports.files import put_in_place
from bridge.reports.plans import Planned
from bridge.reports.reconciliations import Detail
from bridge.reports.records import major
from bridge.reports.recounts import HASHES, hash_total
from bridge.reports.texts import Words, safe

BATCH = 50_000  # rows at once, so that a million of them never lie in memory together
BOM = "\ufeff"
Cells = list[str]


Reader = Callable[[Path], Iterable[Sequence[str]]]
"""How a file is read back, row by row."""


def read_parquet(path: Path) -> Iterator[Sequence[str]]:
    """The rows of the file."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def read_csv(path: Path) -> Iterator[Sequence[str]]:
    """The rows of the file, by another program than wrote them."""
    with path.open("rb") as file:
        names = next(csv.reader([file.readline().decode("utf-8-sig")]))
        options: Any = pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        read = pa_csv.ReadOptions(column_names=names)
        for batch in pa_csv.open_csv(file, read, pa_csv.ParseOptions(newlines_in_values=True), options):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


READERS: Sequence[Reader] = (read_parquet, read_csv)


@dataclass
class Tally:
    """How many rows there are, and a hash total over all that they hold."""

    rows: int = 0
    digest: int = 0

    def count(self, rows: Sequence[Sequence[str]]) -> None:
        """Add these."""
        self.rows += len(rows)
        self.digest = (self.digest + hash_total("\x1f".join(cells) for cells in rows)) % HASHES


def write_detail(
    plan: Planned, path: Path, words: Words, readers: Sequence[Reader] = READERS, *, shown: int = 0
) -> tuple[Detail, tuple[Control, ...]]:
    """Write the list beside the workbook at `path` and read it back; what lies there, and whether it was meant so.

    So many of its first rows are `shown` in the workbook too.
    """
    places = _paths(path, plan.key)
    parts = [place.with_name(f"{place.name}.part") for place in places]
    meant = (Tally(), Tally())
    with _Writers([column.field for column in plan.columns], *parts) as writers:
        for batch in _batches(plan, words):
            for tally, rows in zip(meant, writers.write(batch), strict=True):
                tally.count(rows)
    held = [_held(read(part)) for part, read in zip(parts, readers, strict=True)]
    controls = [
        control
        for place, *tallies in zip(places, meant, held, strict=True)
        for control in _controls(f"{plan.key}{place.suffix}", *tallies)
    ]
    for part, place in zip(parts, places, strict=True):
        put_in_place(part, place)
    files = {place.name: hashlib.sha256(place.read_bytes()).hexdigest() for place in places}
    return Detail(plan.key, files, len(plan.items), shown), tuple(controls)


def _held(rows: Iterable[Sequence[str]]) -> Tally:
    tally, rest = Tally(), iter(rows)
    while batch := list(islice(rest, BATCH)):
        tally.count(batch)
    return tally


def _controls(name: str, meant: Tally, held: Tally) -> Iterator[Control]:
    """C7 for a file: as many rows, and each as it was written."""
    yield Control("C7", name, ROWS, meant.rows, held.rows)
    yield Control("C7", name, HASH, meant.digest, held.digest)


def _paths(path: Path, key: str) -> tuple[Path, Path]:
    stem = f"{path.stem}.{key.lower()}"
    return path.with_name(f"{stem}.parquet"), path.with_name(f"{stem}.csv")


def _batches(plan: Planned, words: Words) -> Iterator[Sequence[Cells]]:
    rows = iter(plan.items)
    while batch := list(islice(rows, BATCH)):
        yield [[_text(column.value(item, words)) for column in plan.columns] for item in batch]


def _text(value: Value) -> str:
    """A value as text, exact and the same in every language; amounts with a point and all their digits."""
    match value:
        case None:
            return ""
        case Money():
            return f"{major(value.minor, value.currency):f}"
        case Evidence():
            return value.packet
        case datetime():
            return value.isoformat()
        case date():
            return value.isoformat()
    return str(value)


_SEPARATORS = re.compile("([;|])")  # what a spreadsheet of another country may take for the comma


class _Writers:
    """The two files while they are written."""

    def __init__(self, names: Sequence[str], parquet: Path, table: Path) -> None:
        table.parent.mkdir(parents=True, exist_ok=True)
        self._names = list(names)
        self._schema = pa.schema([(name, pa.string()) for name in names])
        self._parquet = pq.ParquetWriter(parquet, self._schema, compression="zstd")
        self._file = table.open("w", encoding="utf-8", errors="replace", newline="")
        self._file.write(BOM)
        self._csv = csv.writer(self._file)
        self._csv.writerow(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._parquet.close()
        self._file.close()

    def write(self, batch: Sequence[Cells]) -> tuple[Sequence[Cells], Sequence[Cells]]:
        """Add these rows to both; what was written into each."""
        plain = [[_encodable(text) for text in cells] for cells in batch]
        columns: Any = [*zip(*plain, strict=True)]
        self._parquet.write_table(pa.table(columns, schema=self._schema))
        safely = [[_encodable(_cell(text)) for text in cells] for cells in batch]
        self._csv.writerows(safely)
        return plain, safely


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _cell(text: str) -> str:
    """A figure stays a figure, with its sign; every other text is made safe, also to be split by another separator."""
    return text if _is_figure(text) else "".join(map(safe, _SEPARATORS.split(text)))


def _is_figure(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
