"""Can finance rely on the saved workbook, whatever a CRM or an ERP wrote into its fields?"""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from bridge.errors import OrderMalformed
from bridge.locale import CHINESE, ENGLISH, LANGUAGES, translate
from bridge.model.breaks import MEANINGS, Outcome, Verdict
from bridge.model.orders import Order, OrderLine
from bridge.model.postings import PostingState
from bridge.reports.books import manifest_path, rendered, write_workbook
from bridge.reports.cells import money_format, way_to
from bridge.reports.files import FileUnwritable
from bridge.reports.inputs import Inputs
from bridge.reports.readbacks import Held, intended, read_back, saved_controls
from bridge.reports.reconciliations import Reconciliation, reconcile
from bridge.reports.texts import FORMULA_SIGNS, LONGEST_CELL, safe, unmarked
from tests.unit.reports.corruptions import by_hand, document_changed, malformed, never_typed, twice
from tests.unit.reports.days import (
    HELD_FOR_CUSTOMER,
    clean_day,
    clean_report,
    document,
    inputs_of,
    order,
    typed,
    with_documents,
    with_orders,
    with_posting,
    without_posting,
)
from tests.unit.reports.workbooks_read import BREAKS, CONTROLS, MATCHED, POSTINGS, opened, table

EVIL = (
    '=HYPERLINK("http://evil.example","click")',
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1",
    "{=1+1}",
    "http://evil.example",
    "mailto:evil@example",
    "internal:Summary!A1",
    "external:c:/evil.xlsx",
    "'=1",
    "_x003D_1+1",
    "<b>&amp;</b>",
    "00123",
    "1E5",
    "2026-01-01",
    "TRUE",
    "#REF!",
)


SHEETS = (
    *("Summary", "Breaks", "Groups", "Tolerance", "Resolved"),
    *("Matched", "Postings", "Controls", "Audit", "Dictionary"),
)


def one_order_day(entered: Order, **stored: object) -> Inputs:
    """A day with one order and its document."""
    return inputs_of([entered], [typed(entered, 1, "00000001")], [document(entered, "00000001", **stored)])


def broken_day() -> Inputs:
    """A day with several breaks."""
    return by_hand(twice(malformed(document_changed(5, total=Decimal("7.77"))(clean_day()))))


@cache
def broken_report() -> Reconciliation:
    """The report of that day."""
    return reconcile(broken_day())


def evil_day() -> Inputs:
    """A day on which every field of order, posting and document holds one of those texts."""
    entered = [replace(order(n, customer=t, customer_name=t), number=t) for n, t in enumerate(EVIL)]
    stored = [replace(document(each, ""), number=each.number, customer="other" + each.number) for each in entered]
    day = inputs_of(entered, [typed(each, n, each.number) for n, each in enumerate(entered)], stored)
    for place, text in enumerate(EVIL):
        day = with_posting(day, place, reason=OrderMalformed(problem=text).reason)
    return day


def test_text_from_outside_is_text_in_every_cell() -> None:
    """No formula, no link, no number and no date comes of what somebody typed into a CRM or an ERP."""
    content = rendered(reconcile(evil_day()), evidence="../screenshots")
    for cell in (cell for sheet in opened(content).worksheets for row in sheet.iter_rows() for cell in row):
        assert cell.data_type != "f"
        assert cell.hyperlink is None or cell.hyperlink.target.startswith("../screenshots/")
    breaks = table(content, BREAKS)
    for field, before in (("customer_name", ""), ("document", ""), ("order_number", ""), ("erp_customer", "other")):
        cells = breaks.cells(field)
        assert {cell.value for cell in cells} == {safe(before + text) for text in EVIL}
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.quotePrefix for cell in cells)


def test_a_sheet_that_is_saved_as_csv_computes_nothing() -> None:
    """Quoting is lost there, so the text itself begins with a mark; a figure below zero stays a figure."""
    huge = order(4, lines=(OrderLine(1, "BOLT", "", Decimal(-1), Decimal("12345678901234.56")),))
    below = 0
    for day in (evil_day(), broken_day(), one_order_day(huge)):
        content = rendered(reconcile(day))
        cells = [cell.value for sheet in opened(content).worksheets for row in sheet.iter_rows() for cell in row]
        texts = {value for value in cells if isinstance(value, str)}
        assert {text for text in texts if text.lstrip()[:1] in FORMULA_SIGNS and text} == set()
        below += sum(isinstance(value, int | float) and value < 0 for value in cells)
    assert below > 0


def test_a_mark_is_taken_off_again_and_nothing_else_is() -> None:
    """What people wrote comes back as they wrote it, marks of their own included."""
    printable = [text for text in EVIL if text.isprintable()]
    for text in (*printable, "'", "'a", "", " ", "-", "'-1", "''=1", "a=b", " =1"):
        assert unmarked(safe(text)) == text


def test_control_and_turning_characters_never_reach_a_cell() -> None:
    """A cell shows what it holds: nothing hidden, nothing turned around, no broken file."""
    assert safe("a\x00b\tc\r\nd\u202ee\ud800f\u2028g\uffffh") == "a b c  de\ufffdf gh"
    assert safe("上海 ＝ ß 😀") == "上海 ＝ ß 😀"
    entered = order(1, customer_name="a\x0bb\ud83d")
    rows = table(rendered(reconcile(one_order_day(entered))), MATCHED).rows
    assert [row["customer_name"] for row in rows] == ["a b\ufffd"]


def test_a_text_longer_than_a_cell_is_cut_with_a_mark() -> None:
    """Excel takes 32,767 characters; the reader sees that there was more."""
    cut = safe("x" * 40_000)
    assert len(cut) == LONGEST_CELL
    assert cut.endswith("[…]")


def test_codes_keep_their_leading_zeros() -> None:
    """Document 00000001 is never 1."""
    cells = table(rendered(clean_report()), MATCHED).cells("document")
    assert [cell.value for cell in cells][:2] == ["00000001", "00000002"]
    assert {cell.number_format for cell in cells} == {"@"}


def test_an_amount_shows_the_digits_of_its_currency() -> None:
    """Yen have no decimals, Kuwaiti dinars three, and below zero there is a sign, not only a colour."""
    assert money_format("JPY") == '#,##0_ ;[Red]-#,##0_ ;"–"_ '
    assert money_format("KWD") == '#,##0.000_ ;[Red]-#,##0.000_ ;"–"_ '
    found = table(rendered(clean_report()), MATCHED)
    formats = {
        row["currency"]: cell.number_format for row, cell in zip(found.rows, found.cells("crm_amount"), strict=True)
    }
    assert formats == {code: money_format(code) for code in ("EUR", "CNY", "JPY", "KWD")}


@pytest.mark.parametrize(
    ("price", "shown"), [("999999999999.99", 999999999999.99), ("12345678901234.56", "12,345,678,901,234.56 *")]
)
def test_no_digit_of_an_amount_is_lost(price: str, shown: float | str) -> None:
    """Up to 15 digits a cell holds a number exactly; beyond that it holds the text, marked, and still ties."""
    entered = order(4, lines=(OrderLine(1, "BOLT", "", Decimal(1), Decimal(price)),))
    found = reconcile(one_order_day(entered))
    content = rendered(found)
    assert [row["crm_amount"] for row in table(content, MATCHED).rows] == [shown]
    assert read_back(content, found).crm == {"EUR": int(Decimal(price) * 100)}


def test_each_break_is_one_row_and_each_match_another() -> None:
    """Pivot-safe: field ids, headers, then a row per item, with no merged cell and no subtotal."""
    found = broken_report()
    content = rendered(found)
    breaks = table(content, BREAKS)
    assert [row["code"] for row in breaks.rows] == [row.outcome.value for row in found.breaks]
    assert [row["item_id"] for row in breaks.rows] == [row.item_id for row in found.breaks]
    assert len(table(content, MATCHED).rows) == len(found.matched)
    assert len(table(content, POSTINGS).rows) == len(found.postings)
    assert [sheet.merged_cells.ranges for sheet in opened(content).worksheets] == [set()] * 10


def test_tables_are_ready_to_be_read_and_filtered() -> None:
    """The field ids are hidden, the header stays in sight, and every table has a filter."""
    for sheet in opened(rendered(broken_report())).worksheets[1:]:
        assert sheet.row_dimensions[1].hidden
        assert sheet.freeze_panes[-1] == "3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert all(sheet.column_dimensions[letter].width > 5 for letter in "ABC")


def test_the_summary_says_the_verdict_and_sums_by_kind_and_currency() -> None:
    """The first sheet holds what the totals hold, to the last unit."""
    found = broken_report()
    sheet = opened(rendered(found)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any(str(row[0]).endswith("BREAKS") for row in cells)
    start = next(place for place, row in enumerate(cells) if row[0] == "outcome") + 2
    shown = [(row[6], row[1] or "", row[2]) for row in cells[start : start + len(found.totals)]]
    assert shown == [(total.outcome.value, total.currency, total.count) for total in found.totals]
    assert sheet.row_dimensions[start - 1].hidden


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_a_reader_sees_is_in_the_readers_language(language: str) -> None:
    """Sheet names, headers, kinds and reasons come from the catalogue; field ids and codes stay."""
    held = never_typed(state=PostingState.HELD, reason=HELD_FOR_CUSTOMER)(clean_day())
    content = rendered(reconcile(held), language)
    assert opened(content).sheetnames == [translate(name, language) for name in SHEETS]
    breaks = table(content, BREAKS)
    assert breaks.headers[2] == translate("Break", language)
    (row,) = breaks.rows
    assert row["outcome"] == translate(MEANINGS[Outcome.NOT_TYPED].name, language)
    assert row["reason"] == HELD_FOR_CUSTOMER.worded(language)
    assert row["code"] == "NOT_TYPED"


def test_evidence_is_linked_by_a_relative_way() -> None:
    """Workbook and evidence move together: the link has no drive, no host and forward slashes only."""
    found = broken_report()
    links = [cell.hyperlink for cell in table(rendered(found, evidence="../screenshots"), MATCHED).cells("evidence")]
    packet = found.matched[0].typed.posting.packet if found.matched[0].typed else ""
    assert links[0].target == f"../screenshots/{packet}/"
    assert all(link is not None for link in links)


@pytest.mark.parametrize("packet", ["../../secret", "http://evil.example", "a b", "c:/evil", "a|b", "a#b", ""])
def test_a_packet_that_is_none_of_ours_is_not_linked(packet: str) -> None:
    """Only names our own store gives become links."""
    day = with_posting(clean_day(), 0, packet=packet)
    cell = table(rendered(reconcile(day), evidence="../screenshots"), POSTINGS).cells("evidence")[0]
    assert cell.hyperlink is None


def test_the_way_to_the_evidence_starts_at_the_workbook() -> None:
    """Reports and screenshots are neighbours, wherever they are."""
    assert way_to(Path("data/screenshots"), Path("data/reports/day.xlsx")) == "../screenshots"


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """In whatever order the records come and on whatever day it is written."""
    day = broken_day()
    other = with_orders(with_documents(day, lambda documents: documents.reverse()), lambda orders: orders.reverse())
    contents = []
    for number, each in enumerate((day, other)):
        path = tmp_path / str(number) / "day.xlsx"
        write_workbook(reconcile(each), path)
        contents.append((path.read_bytes(), manifest_path(path).read_bytes()))
    assert contents[0] == contents[1]


def test_one_changed_unit_changes_the_fingerprint() -> None:
    """The manifest names its inputs: another input is another hash, and only of the side that changed."""
    before, after = clean_report(), reconcile(document_changed(total=Decimal("7.77"))(clean_day()))
    changed = {side for side in before.fingerprints if before.fingerprints[side] != after.fingerprints[side]}
    assert changed == {"erp"}


def test_the_manifest_says_what_the_workbook_says(tmp_path: Path) -> None:
    """A program reads verdict, counts, controls and hashes without opening the workbook."""
    path = tmp_path / "day.xlsx"
    proved = write_workbook(broken_report(), path)
    manifest = json.loads(manifest_path(path).read_bytes())
    assert manifest["verdict"] == proved.verdict == Verdict.BREAKS
    assert manifest["rows"] == {"breaks": len(proved.breaks), "matched": len(proved.matched), "postings": 8}
    assert manifest["workbook"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert all(control["ties"] for control in manifest["controls"])
    assert {control["code"] for control in manifest["controls"]} >= {"C5", "C7"}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["day.manifest.json", "day.xlsx"]


def test_a_workbook_that_does_not_read_back_says_so_itself(tmp_path: Path) -> None:
    """C7: what the disk holds is not what was meant, so the workbook, the manifest and the answer say INCOMPLETE."""

    def loses_a_row(content: bytes, found: Reconciliation) -> Held:
        held = read_back(content, found)
        held.rows["Matched"] -= 1
        return held

    path = tmp_path / "day.xlsx"
    proved = write_workbook(clean_report(), path, reader=loses_a_row)
    assert proved.verdict is Verdict.INCOMPLETE
    assert json.loads(manifest_path(path).read_bytes())["verdict"] == "INCOMPLETE"
    assert str(opened(path).worksheets[0]["A7"].value).endswith("INCOMPLETE")
    assert [row["control"] for row in table(path, CONTROLS).rows if "✖" in row["result"]] == ["C7"]


def damaged(content: bytes, sheet: int, row: int) -> bytes:
    """The workbook without one row of one sheet."""
    book = opened(content)
    book.worksheets[sheet].delete_rows(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("sheet", [BREAKS, MATCHED, POSTINGS, CONTROLS])
def test_a_row_that_is_gone_from_the_saved_workbook_is_noticed(sheet: int) -> None:
    """Reading back counts every table."""
    found = broken_report()
    content = rendered(found)
    meant = intended(found)
    assert all(control.ties for control in saved_controls(meant, read_back(content, found)))
    assert not all(control.ties for control in saved_controls(meant, read_back(damaged(content, sheet, 4), found)))


@pytest.mark.parametrize(("sheet", "field"), [(BREAKS, "crm_amount"), (MATCHED, "erp_amount"), (MATCHED, "item_id")])
def test_a_cell_that_is_not_what_was_meant_is_noticed(sheet: int, field: str) -> None:
    """Reading back sums both sides per currency and hashes the item ids."""
    found = broken_report()
    book = opened(rendered(found))
    ids = [cell.value for cell in book.worksheets[sheet][1]]
    cell = next(
        row[ids.index(field)] for row in book.worksheets[sheet].iter_rows(min_row=3) if row[ids.index(field)].value
    )
    cell.value = "1" if field == "item_id" else cell.value + 0.01
    buffer = io.BytesIO()
    book.save(buffer)
    assert not all(each.ties for each in saved_controls(intended(found), read_back(buffer.getvalue(), found)))


def test_a_summary_that_is_not_what_was_meant_is_noticed() -> None:
    """Reading back sums the summary too."""
    found = broken_report()
    book = opened(rendered(found))
    sheet = book.worksheets[0]
    start = next(cell.row for cell in sheet["A"] if cell.value == "outcome")
    sheet.cell(start + 2, 6).value = 12345
    buffer = io.BytesIO()
    book.save(buffer)
    assert not all(each.ties for each in saved_controls(intended(found), read_back(buffer.getvalue(), found)))


def test_a_workbook_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """Yesterday's workbook stays whole where today's has no place."""
    blocked = tmp_path / "folder"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(FileUnwritable, match="cannot be written"):
        write_workbook(clean_report(), blocked / "day.xlsx")
    path = tmp_path / "day.xlsx"
    write_workbook(clean_report(), path)
    before = path.read_bytes()
    path.with_name("day.xlsx.part").mkdir()
    with pytest.raises(FileUnwritable):
        write_workbook(broken_report(), path)
    assert path.read_bytes() == before


def test_nothing_in_the_file_names_the_machine_or_the_moment() -> None:
    """The workbook's own dates are those of its inputs."""
    with zipfile.ZipFile(io.BytesIO(rendered(clean_report()))) as archive:
        core = archive.read("docProps/core.xml").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert core.count("2026-11-20T22:00:00Z") == 2


def test_both_languages_hold_the_same_figures() -> None:
    """Only words differ between the two workbooks."""
    found = broken_report()
    fields = ("code", "currency", "crm_amount", "erp_amount", "difference", "item_id")
    first, second = (
        [[row[field] for field in fields] for row in table(rendered(found, language), BREAKS).rows]
        for language in (ENGLISH, CHINESE)
    )
    assert first == second
    assert len(first) == len(found.breaks)


def test_rows_that_do_not_fit_one_sheet_go_on_the_next() -> None:
    """Excel takes 1,048,576 rows a sheet; the count is read back over all of them."""
    found = clean_report()
    content = rendered(found, most_rows=3)
    assert opened(content).sheetnames[5:8] == ["Matched", "Matched 2", "Matched 3"]
    assert read_back(content, found, most_rows=3).rows["Matched"] == 8


def test_a_workbook_of_another_report_is_noticed() -> None:
    """What is read back is compared with this report, not with itself."""
    found = broken_report()
    fewer = reconcile(without_posting(broken_day(), 0))
    assert not all(each.ties for each in saved_controls(intended(found), read_back(rendered(fewer), fewer)))
