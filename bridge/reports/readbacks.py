"""Does the saved workbook hold what was meant? It is read back by another library, from the bytes on the disk (C7)."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from python_calamine import CalamineWorkbook

from bridge.model.items import NoteField
from bridge.model.money import minor_digits
from bridge.reports.cells import TEXT_MARK
from bridge.reports.controls import HASH, ROWS, Control
from bridge.reports.item_columns import Told
from bridge.reports.plans import planned
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.recounts import hash_total
from bridge.reports.rows import Row
from bridge.reports.tables import FIELD_ROW, FIRST_ROW, MOST_ROWS, sheets_needed
from bridge.reports.texts import safe, unmarked

Cells = Sequence[Sequence[object]]
Record = Mapping[str, object]
TALLIED = ("Breaks", "Tolerance", "Matched")  # the tables whose rows are, together, all rows of the report
SAID = (NoteField.OWNER, NoteField.COMMENT)


@dataclass
class Held:
    """What a workbook holds: counts, hash totals of its items and of what people said, and sums in minor units."""

    rows: dict[str, int] = field(default_factory=dict)
    items: int = 0
    said: int = 0
    crm: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    erp: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    summary: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


def intended(found: Reconciliation) -> Held:
    """What the workbook of this reconciliation must hold, without the controls about itself."""
    plans = planned(found, "")
    held = Held({plan.key: len(plan.items) for plan in plans})
    held.rows["Controls"] = sum(control.code != "C7" for control in found.controls)
    shown = {plan.key: plan.items for plan in plans}
    held.items = hash_total(_counted_in(held, _rows_of(shown)))
    held.said = hash_total(_said_beside(shown["Breaks"]))
    for total in found.totals:
        held.summary[_shown(total.currency)] += total.difference
    return held


def _counted_in(held: Held, rows: Iterable[Row]) -> Iterator[str]:
    """The names of these rows, whose amounts are added meanwhile: a row is made when it is looked at, so but once."""
    for row in rows:
        for amounts in row.amounts():
            held.crm[_shown(amounts.currency)] += amounts.crm
            held.erp[_shown(amounts.currency)] += amounts.erp
        yield row.item_id


def _shown(currency: str) -> str:
    """The currency as a cell gives it back: an ERP may show any text there, and a cell holds it made safe."""
    return unmarked(safe(currency))


def _rows_of(shown: Mapping[str, Sequence[Any]]) -> Iterator[Row]:
    yield from (told.row for told in shown["Breaks"])
    yield from (within.row for within in shown["Tolerance"])
    yield from shown["Matched"]


def _said_beside(breaks: Iterable[Told]) -> Iterator[str]:
    for told in breaks:
        for each in SAID:
            said = safe(told.said(each))
            if said:
                yield f"{told.row.item_id}\x1f{each}\x1f{said}"


def read_back(content: bytes, found: Reconciliation, most_rows: int = MOST_ROWS) -> Held:
    """What the workbook in these bytes holds; a cell that is no figure where one belongs counts for nothing."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = iter(workbook.sheet_names)
    summary = list(islice(names, 1))
    held, items, said = Held(), list[str](), list[str]()
    for plan in planned(found, ""):
        sheets = list(islice(names, sheets_needed(plan.items, most_rows)))
        held.rows[plan.key] = 0
        for record in _records(workbook, sheets):
            held.rows[plan.key] += plan.key != "Controls" or record["control"] != "C7"
            if plan.key in TALLIED:
                items.append(str(record["item_id"]))
                _add(held, record)
            said += _written(record) if plan.key == "Breaks" else ()
    held.items, held.said = hash_total(items), hash_total(said)
    for record in _summary_records(workbook, summary):
        if record["code"] != "TOTAL":
            currency = unmarked(str(record["currency"]))
            held.summary[currency] += _minor(record["difference_sum"], currency)
    return held


def _written(record: Record) -> Iterator[str]:
    for each in SAID:
        if record[each.value]:
            yield f"{record['item_id']}\x1f{each}\x1f{record[each.value]}"


def saved_controls(meant: Held, held: Held) -> tuple[Control, ...]:
    """C7: what was meant against what is there."""
    controls = [Control("C7", key, ROWS, count, held.rows.get(key, 0)) for key, count in meant.rows.items()]
    controls.append(Control("C7", "Item ids", HASH, meant.items, held.items))
    controls.append(Control("C7", "Comments", HASH, meant.said, held.said))
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
    currency = unmarked(str(record["currency"]))
    other = unmarked(str(record["erp_currency"] or "")) if record["erp_amount"] != "" else currency
    held.crm[currency] += _minor(record["crm_amount"], currency)
    held.erp[other] += _minor(record["erp_amount"], other)


def _minor(cell: object, currency: str) -> int:
    try:
        units = Decimal(unmarked(str(cell)).removesuffix(TEXT_MARK).replace(",", "")).scaleb(minor_digits(currency))
    except InvalidOperation:
        return 0
    return int(units) if units == int(units) else 0
