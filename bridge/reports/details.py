"""Where does a list go that is too long for a workbook? Into a Parquet file for programs and a CSV file for people.

Both hold one row per item, with the field ids of the sheet as names. In the CSV every text that a spreadsheet could
take for a formula has a mark before it, and it begins with a byte order mark, so that Excel reads it as what it is.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bridge.reports.cells import Evidence, Money, Value
from bridge.reports.controls import HASH, ROWS, Control
from bridge.reports.files import put_in_place
from bridge.reports.plans import Planned
from bridge.reports.reconciliations import Detail
from bridge.reports.records import major
from bridge.reports.recounts import hash_total
from bridge.reports.texts import Words, safe

BATCH = 50_000  # rows at once, so that a million of them never lie in memory together
BOM = "\ufeff"
Cells = list[str]


class Reader(Protocol):
    """How a file is read back."""

    def __call__(self, path: Path, *, has_items: bool) -> tuple[int, Sequence[str]]:
        """How many rows it holds, and their item ids."""
        ...


def read_parquet(path: Path, *, has_items: bool) -> tuple[int, Sequence[str]]:
    """How many rows the file holds, and their item ids."""
    count = pq.ParquetFile(path).metadata.num_rows
    return count, pq.read_table(path, columns=["item_id"])["item_id"].to_pylist() if has_items else []


def read_csv(path: Path, *, has_items: bool) -> tuple[int, Sequence[str]]:
    """How many rows the file holds, and their item ids."""
    options = pa_csv.ParseOptions(newlines_in_values=True)
    strings: Any = pa_csv.ConvertOptions(column_types={"item_id": pa.string()}, include_columns=["item_id"])
    content = io.BytesIO(path.read_bytes().removeprefix(BOM.encode()))
    table = pa_csv.read_csv(content, parse_options=options, convert_options=strings if has_items else None)
    return table.num_rows, table["item_id"].to_pylist() if has_items else []


READERS = (read_parquet, read_csv)


def write_detail(
    plan: Planned, path: Path, words: Words, readers: Sequence[Reader] = READERS, *, shown: int = 0
) -> tuple[Detail, tuple[Control, ...]]:
    """Write the list beside the workbook at `path` and read it back; what lies there, and whether it was meant so.

    So many of its first rows are `shown` in the workbook too.
    """
    places = _paths(path, plan.key)
    parts = [place.with_name(f"{place.name}.part") for place in places]
    names = [column.field for column in plan.columns]
    items: list[str] = []
    with _Writers(names, *parts) as writers:
        for batch in _batches(plan, words):
            writers.write(batch)
            items += [cells[names.index("item_id")] for cells in batch] if "item_id" in names else []
    controls = tuple(_controls(plan, items, zip(parts, readers, strict=True)))
    for part, place in zip(parts, places, strict=True):
        put_in_place(part, place)
    files = {place.name: hashlib.sha256(place.read_bytes()).hexdigest() for place in places}
    return Detail(plan.key, files, len(plan.items), shown), controls


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

    def write(self, batch: Sequence[Cells]) -> None:
        """Add these rows to both."""
        columns = [[_encodable(text) for text in column] for column in zip(*batch, strict=True)]
        self._parquet.write_table(pa.table(columns, schema=self._schema))
        self._csv.writerows([_cell(text) for text in cells] for cells in batch)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _cell(text: str) -> str:
    """A figure stays a figure, with its sign; every other text is made safe, also to be split by another separator."""
    return text if _is_figure(text) else "".join(map(safe, _SEPARATORS.split(text)))


def _is_figure(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def _controls(plan: Planned, items: Sequence[str], parts: Iterable[tuple[Path, Reader]]) -> Iterator[Control]:
    """C7 for the files: as many rows, and the same items."""
    for part, read in parts:
        rows, found = read(part, has_items=bool(items))
        yield Control("C7", plan.key, ROWS, len(plan.items), rows)
        if items:
            yield Control("C7", plan.key, HASH, hash_total(items), hash_total(found))
