"""What does finance see in the day's workbook, and what does it write into it? Opened by a program of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bridge.locale import translate
from tests.end_to_end.december_differences import pence
from tests.end_to_end.december_truths import Key
from tests.unit.reports.workbooks_read import BREAKS, CONTROLS, RESOLVED, opened

MOVED = ("Open before", "New", "Reopened", "Resolved", "Open now", "of which changed", "of which need a person")
SIGNED = {"preparer": "Prepared by", "reviewer": "Reviewed by"}
OF_ORDERS = ("LINK_CONFLICT", "UNCERTAIN_COMMIT", "ORPHAN_IN_ERP", "MISSING_IN_ERP")
Record = dict[str, Any]


@dataclass
class Book:
    """One workbook as it lies on the disk, in its reader's words."""

    path: Path
    language: str
    breaks: dict[Key, Record] = field(default_factory=dict)
    resolved: dict[str, Record] = field(default_factory=dict)
    controls: list[Record] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    sums: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    signed: dict[str, tuple[str, bool]] = field(default_factory=dict)
    verdict: str = ""

    def __post_init__(self) -> None:
        workbook = opened(self.path)
        rows = _records(workbook.worksheets[BREAKS])
        self.breaks = {_key(row): row for row in rows}
        assert len(self.breaks) == len(rows), "two rows are about the same"
        self.resolved = {row["item_id"]: row for row in _records(workbook.worksheets[RESOLVED])}
        self.controls = _records(workbook.worksheets[CONTROLS])
        self._read_summary([[cell.value for cell in row] for row in workbook.worksheets[0].iter_rows()])

    @property
    def failing(self) -> list[str]:
        """The controls that do not tie."""
        return [str(row["control"]) for row in self.controls if str(row["result"]).startswith("✖")]

    def _read_summary(self, rows: list[list[Any]]) -> None:
        moved = {self.says(name): name for name in MOVED}
        signed = {self.says(name): role for role, name in SIGNED.items()}
        for row in rows:
            if row[0] in moved:
                self.moved[moved[row[0]]] = abs(int(row[1]))
            elif row[0] in signed and row[3]:
                self.signed[signed[row[0]]] = (str(row[1]), str(row[4]).startswith("✔"))
            elif row[6] == "TOTAL":
                crm, erp, difference = (_pence(cell) for cell in row[3:6])
                self.sums[str(row[1])] = (crm, erp, difference)
            elif str(row[0])[:2] in {"✖ ", "▲ ", "! ", "✔ "}:
                self.verdict = str(row[0])[2:]

    def says(self, text: str) -> str:
        """The text in the workbook's words."""
        return translate(text, self.language)


def written(book: Book, path: Path, cells: Mapping[Key, Mapping[str, Any]]) -> Path:
    """A copy of the workbook in which these cells beside breaks were written."""
    workbook = opened(book.path)
    sheet = workbook.worksheets[BREAKS]
    ids = [cell.value for cell in sheet[1]]
    items = {book.breaks[key]["item_id"]: fields for key, fields in cells.items()}
    for row in sheet.iter_rows(min_row=3):
        for name, value in items.get(row[ids.index("item_id")].value, {}).items():
            row[ids.index(name)].value = value
    workbook.save(path)
    return path


def _records(sheet: Any) -> list[Record]:
    ids, _, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return [dict(zip(ids, row, strict=True)) for row in rows if any(cell is not None for cell in row)]


def _key(row: Record) -> Key:
    """An order has a date of its own in the row, unless the CRM no longer has it; a second document has none."""
    of_order = row["order_date"] or (row["order_number"] and row["code"] in OF_ORDERS)
    return ("order", str(row["order_number"])) if of_order else ("document", str(row["document"]))


def _pence(cell: object) -> int:
    return pence(Decimal(str(cell)).quantize(Decimal("0.01")))
