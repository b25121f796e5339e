"""Does the workbook say what was read of each side, how, and what its list cannot show?"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.locale import CHINESE
from bridge.model.breaks import Verdict
from bridge.model.documents import DocumentStatus
from bridge.model.lists import ListTotals
from bridge.model.orders import OrderStatus
from bridge.model.profiles import ErpProfile, Lags
from bridge.reports.books import manifest_path, rendered, write_workbook
from bridge.reports.inputs import Inputs, ListPasses, Malformed, listed_by, shown_by
from bridge.reports.list_limits import limits_of
from bridge.reports.reconciliations import reconcile
from tests.samples import harbour
from tests.unit.reports.corruptions import order_changed
from tests.unit.reports.days import NOON, clean_day, with_documents
from tests.unit.reports.test_generated_days import UNREADABLE
from tests.unit.reports.workbooks_read import opened


def with_passes(passes: ListPasses | None) -> Inputs:
    """A clean day whose ERP's side was read so."""
    return replace(clean_day(), documents=replace(clean_day().documents, passes=passes))


# --- control totals as read -----------------------------------------------------------------------------------------


def test_each_side_is_counted_and_summed_as_it_was_read() -> None:
    """Every record counts, drafts and cancelled ones too; amounts are never added over currencies."""
    day = clean_day()
    crm, ledger, erp = reconcile(day).sides
    assert [(each.side, each.count) for each in (crm, ledger, erp)] == [("CRM", 8), ("ledger", 8), ("ERP", 8)]
    sums = {"EUR": 0, "CNY": 0, "JPY": 0, "KWD": 0}
    digits = {"EUR": 2, "CNY": 2, "JPY": 0, "KWD": 3}
    for each in day.crm.orders:
        sums[each.currency] += int(each.total.scaleb(digits[each.currency]))
    assert dict(crm.sums) == dict(ledger.sums) == dict(erp.sums) == sums
    assert len({crm.hash, ledger.hash, erp.hash}) == 3


def test_what_the_comparison_leaves_out_was_read_all_the_same() -> None:
    """A cancelled order, a cancelled document and a record that is no order stand in the totals of their side."""
    day = order_changed(status=OrderStatus.CANCELLED)(clean_day())
    day = with_documents(day, lambda docs: docs.__setitem__(2, replace(docs[2], status=DocumentStatus.CANCELLED)))
    day = replace(day, crm=replace(day.crm, malformed=(Malformed("toy", "id-9999", UNREADABLE),)))
    crm, _, erp = reconcile(day).sides
    whole = reconcile(clean_day()).sides
    assert (crm.count, crm.sums, erp) == (9, whole[0].sums, whole[2])


def test_the_hash_total_tells_one_document_from_another() -> None:
    """As many documents of the same sum, one of them another one."""
    other = with_documents(clean_day(), lambda docs: docs.__setitem__(2, replace(docs[2], number="00000777")))
    one, two = reconcile(clean_day()).sides[2], reconcile(other).sides[2]
    assert (one.count, one.sums) == (two.count, two.sums)
    assert one.hash != two.hash


def test_the_workbook_and_its_manifest_carry_them(tmp_path: Path) -> None:
    """In the first sheet per side and currency, in the manifest as texts that no reader rounds."""
    report = write_workbook(reconcile(clean_day()), tmp_path / "w.xlsx")
    rows = [[cell.value for cell in row] for row in opened(tmp_path / "w.xlsx").worksheets[0].iter_rows()]
    start = next(place for place, row in enumerate(rows) if row[0] == "As read")
    crm = report.sides[0]
    assert rows[start + 1][:5] == ["CRM", None, 8, None, f"{crm.hash:015}"]
    assert {row[1]: row[3] for row in rows[start + 2 : start + 6]}["JPY"] == crm.sums["JPY"]
    manifest = json.loads(manifest_path(tmp_path / "w.xlsx").read_bytes())
    assert manifest["as_read"][0] == {
        "side": "CRM",
        "count": 8,
        "hash": str(crm.hash),
        "sums": {code: str(minor) for code, minor in crm.sums.items()},
    }
    assert manifest["erp_reading"]["opened"] == 8


# --- how the ERP was read -------------------------------------------------------------------------------------------


def test_the_reader_learns_how_old_the_documents_are() -> None:
    """How many were opened, how many are as they were read before, and since when."""
    report = reconcile(with_passes(ListPasses(3, 0, opened=2, kept=6, oldest=NOON - timedelta(days=3))))
    assert [str(note) for note in report.notes] == [
        "The ERP's list was read 3 times; 2 documents were opened, 6 are as they were read before.",
        "The oldest of those readings was made on 2026-11-17 12:00 (UTC).",
    ]
    assert report.verdict is Verdict.RECONCILED
    said = [cell.value for row in opened(rendered(report, CHINESE)).worksheets[0].iter_rows() for cell in row]
    assert report.notes[0].worded(CHINESE) in said


def test_a_list_that_did_not_come_to_rest_is_incomplete() -> None:
    """C13: nobody may rely on a side that changed while it was read, however well the rest ties."""
    report = reconcile(with_passes(ListPasses(5, 2)))
    assert {control.code for control in report.controls if not control.ties} == {"C13"}
    assert report.verdict is Verdict.INCOMPLETE


def test_a_side_that_was_given_whole_has_no_passes() -> None:
    """An export is read once: the control is not available, and nothing is said of passes."""
    report = reconcile(with_passes(None))
    assert [control.code for control in report.controls if not control.available] == ["C13"]
    assert report.notes == ()


# --- what the list cannot show --------------------------------------------------------------------------------------

ALL = ListTotals(1, {"EUR": Decimal(1)})


def without(profile: ErpProfile, *names: str, everywhere: bool = False) -> ErpProfile:
    """The profile without these columns in its list, or nowhere at all."""
    screens = dict(profile.screens)
    listing = screens["order_list"]
    orders = listing.grids["orders"]
    columns = tuple(column for column in orders.columns if column.name not in names)
    screens["order_list"] = replace(listing, grids={**listing.grids, "orders": replace(orders, columns=columns)})
    if everywhere:
        show = screens["order_show"]
        screens["order_show"] = replace(show, form={key: text for key, text in show.form.items() if key not in names})
    return replace(profile, screens=screens)


BARE = replace(harbour(), lags=Lags(timedelta(0), timedelta(0)))
LINES = "The ERP's list shows no lines; they were read from the documents."
DAYS = "A change that leaves the list row of a document as it was is noticed after 7 days at the latest."
LIMITS: dict[str, tuple[Callable[[], tuple[str, ...]], tuple[str, ...]]] = {
    "nothing but lines": (lambda: limits_of(BARE, ALL, 0), (LINES,)),
    "changes it does not list": (lambda: limits_of(BARE, ALL, 7), (LINES, DAYS)),
    "a column": (
        lambda: limits_of(without(BARE, "reference"), ALL, 0),
        ("The ERP's list shows no reference; it was read from the documents.", LINES),
    ),
    "a field at all": (
        lambda: limits_of(without(BARE, "total", everywhere=True), ALL, 0),
        ("The ERP shows no total, neither in its list nor in its documents.", LINES),
    ),
    "its own sums": (
        lambda: limits_of(BARE, ListTotals(1), 0),
        (LINES, "The ERP's list shows no sums of its own to check it by."),
    ),
    "its own totals": (
        lambda: limits_of(BARE, None, 0),
        (
            LINES,
            "The ERP's list shows no count of its own to check it by.",
            "The ERP's list shows no sums of its own to check it by.",
        ),
    ),
    "the cancelled": (
        lambda: limits_of(replace(BARE, cancelled="gone"), ALL, 0),
        (LINES, "A cancelled document disappears from the ERP: whether it was there cannot be seen any more."),
    ),
    "the newest": (
        lambda: limits_of(harbour(), ALL, 0),
        (LINES, "The ERP's list may be 3 seconds late."),
    ),
    "how late it is": (
        lambda: limits_of(replace(BARE, lags=Lags()), ALL, 0),
        (LINES, "Nobody declared how late the ERP's list may be."),
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_what_the_list_cannot_show_is_stated(limit: str) -> None:
    """Out of the profile, one sentence each, and no sentence where the list shows it."""
    told, sentences = LIMITS[limit]
    assert tuple(map(str, told())) == sentences


def test_the_totals_below_a_list_are_no_columns_of_it() -> None:
    """The sums that the list shows of itself do not make it show currency or total of a document."""
    listing = harbour().screens["order_list"]
    totals = replace(harbour(), screens={"order_list": replace(listing, grids={"totals": listing.grids["totals"]})})
    assert listed_by(totals) == shown_by(totals) == frozenset()
    assert {"reference", "total", "status"} <= listed_by(harbour())


def test_every_limit_is_worded_in_both_languages() -> None:
    """No reader of Chinese meets an English sentence below the totals."""
    profile = replace(without(harbour(), "status"), cancelled="gone")
    for limit in limits_of(profile, None, 7):
        assert limit.worded(CHINESE) != str(limit)
