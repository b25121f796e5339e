"""Does the saved workbook hold what was meant? It is read back by another library, from the bytes on the disk (C7)."""

import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice

from python_calamine import CalamineWorkbook

from bridge.model.money import minor_digits
from bridge.reports.cells import TEXT_MARK
from bridge.reports.controls import HASH, ROWS, Control
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.recounts import hash_total
from bridge.reports.tables import FIELD_ROW, FIRST_ROW, MOST_ROWS, sheets_needed

Cells = Sequence[Sequence[object]]
Record = Mapping[str, object]


@dataclass
class Held:
    """What a workbook holds: counts, the hash total of its items, and sums in minor units by currency."""

    breaks: int = 0
    matched: int = 0
    postings: int = 0
    controls: int = 0
    items: int = 0
    crm: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    erp: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    summary: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


def intended(found: Reconciliation) -> Held:
    """What the workbook of this reconciliation must hold, without the controls about itself."""
    held = Held(len(found.breaks), len(found.matched), len(found.postings), len(found.controls))
    held.items = hash_total(row.item_id for row in found.rows)
    for row in found.rows:
        for amounts in row.amounts():
            held.crm[amounts.currency] += amounts.crm
            held.erp[amounts.currency] += amounts.erp
    for total in found.totals:
        held.summary[total.currency] += total.difference
    return held


def read_back(content: bytes, found: Reconciliation, most_rows: int = MOST_ROWS) -> Held:
    """What the workbook in these bytes holds; a cell that is no figure where one belongs counts for nothing."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = iter(workbook.sheet_names)
    summary = list(islice(names, 1))
    listed = (found.breaks, found.matched, found.postings, found.controls)
    parts = [sheets_needed(items, most_rows) for items in listed]
    tables = [list(islice(names, count)) for count in parts]
    breaks, matched, postings, controls = (list(_records(workbook, table)) for table in tables)
    held = Held(len(breaks), len(matched), len(postings), sum(record["control"] != "C7" for record in controls))
    held.items = hash_total(str(record["item_id"]) for record in (*breaks, *matched))
    for record in (*breaks, *matched):
        _add(held, record)
    for record in _summary_records(workbook, summary):
        if record["code"] != "TOTAL":
            currency = str(record["currency"])
            held.summary[currency] += _minor(record["difference_sum"], currency)
    return held


def saved_controls(meant: Held, held: Held) -> tuple[Control, ...]:
    """C7: what was meant against what is there."""
    controls = [
        Control("C7", "Breaks", ROWS, meant.breaks, held.breaks),
        Control("C7", "Matched", ROWS, meant.matched, held.matched),
        Control("C7", "Postings", ROWS, meant.postings, held.postings),
        Control("C7", "Controls", ROWS, meant.controls, held.controls),
        Control("C7", "Breaks + Matched", HASH, meant.items, held.items),
    ]
    for side in ("crm", "erp", "summary"):
        expected, found = getattr(meant, side), getattr(held, side)
        name = "Summary" if side == "summary" else side.upper()
        currencies = sorted(expected.keys() | found.keys())
        controls += [Control("C7", name, code, expected[code], found[code]) for code in currencies]
    return tuple(controls)


def _records(workbook: CalamineWorkbook, names: Sequence[str]) -> Iterator[Record]:
    for name in names:
        cells: Cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        fields = [str(cell) for cell in cells[FIELD_ROW]] if cells else []
        yield from (dict(zip(fields, row, strict=False)) for row in cells[FIRST_ROW:])


def _summary_records(workbook: CalamineWorkbook, names: Sequence[str]) -> Iterator[Record]:
    for name in names:
        cells: Cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        start = next((place for place, row in enumerate(cells) if row[0] == "outcome"), len(cells))
        fields = [str(cell) for cell in cells[start]] if start < len(cells) else []
        for row in cells[start + 2 :]:
            if not row[fields.index("code")]:
                return
            yield dict(zip(fields, row, strict=False))


def _add(held: Held, record: Record) -> None:
    currency = str(record["currency"])
    other = str(record["erp_currency"] or "") if record["erp_amount"] != "" else currency
    held.crm[currency] += _minor(record["crm_amount"], currency)
    held.erp[other] += _minor(record["erp_amount"], other)


def _minor(cell: object, currency: str) -> int:
    try:
        units = Decimal(str(cell).removesuffix(TEXT_MARK).replace(",", "")).scaleb(minor_digits(currency))
    except InvalidOperation:
        return 0
    return int(units) if units == int(units) else 0
