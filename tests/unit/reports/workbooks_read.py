"""A saved workbook as a person's program sees it, read by a library that the product does not use."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # no stubs are installed


@dataclass(frozen=True)
class Table:
    """One sheet: the rows by field id, the headers people read, and the sheet itself."""

    rows: list[dict[str, Any]]
    headers: list[str]
    sheet: Any

    def cells(self, field: str) -> list[Any]:
        """The cells of one column, without its field id and header."""
        ids = [cell.value for cell in self.sheet[1]]
        return [row[ids.index(field)] for row in self.sheet.iter_rows(min_row=3)]


def opened(source: Path | bytes) -> Any:
    """The workbook with its formats."""
    return load_workbook(io.BytesIO(source) if isinstance(source, bytes) else source)


def table(source: Path | bytes, number: int) -> Table:
    """The sheet with that number; 0 is the summary, which is no table."""
    sheet = opened(source).worksheets[number]
    ids, headers, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return Table([dict(zip(ids, row, strict=True)) for row in rows], headers, sheet)


BREAKS, GROUPS, TOLERANCE, RESOLVED, MATCHED, POSTINGS, CONTROLS, AUDIT, DICTIONARY = range(1, 10)
