"""Is every difference split into what it is made of, to the last unit, and nothing explained that is not?"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.components import NET, Basis
from bridge.model.documents import Document
from bridge.model.orders import Order
from bridge.model.tolerances import Band, Tolerance, Tolerances
from bridge.reports.books import write_workbook
from bridge.reports.component_totals import split_sums
from bridge.reports.components import COMPONENTS, Split
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import NOT_STATED, OTHER_PRICES, OVER_CAP, Reconciliation, reconcile
from bridge.reports.rows import Row
from tests.unit.reports.corruptions import CORRUPTIONS, document_changed, line_changed, order_changed, part_off
from tests.unit.reports.days import clean_day, order, tolerating, typed, with_documents, with_ledger, with_orders
from tests.unit.reports.rich_days import ALL, GROSS, NET_OF_GROSS, gross_day, rich_day
from tests.unit.reports.workbooks_read import BREAKS, table

KWD = 1000  # minor units of the order that is changed


def only(report: Reconciliation) -> Row:
    """The one break of a report whose controls tie."""
    (row,) = report.breaks
    assert [control for control in report.controls if not control.ties] == []
    return row


def ordered(day: Inputs, **changes: object) -> Inputs:
    """The day with every order changed, the ledger still knowing the old ones."""

    def change(orders: list[Order]) -> None:
        orders[:] = [replace(each, **changes) for each in orders]  # type: ignore[arg-type]  # any field may be changed

    return with_orders(day, change)


def stored(day: Inputs, change: Callable[[Document], Document]) -> Inputs:
    """The day with every document changed."""
    return with_documents(day, lambda documents: documents.__setitem__(slice(None), list(map(change, documents))))


def goods_and_tax(document: Document) -> Decimal:
    """The total of a document without its freight."""
    return (document.total or Decimal(0)) - (document.freight or 0)


@pytest.mark.parametrize(
    ("name", "sign", "split"),
    [
        ("discount", -1, Split(discount=-2 * KWD)),
        ("freight", 1, Split(freight=2 * KWD)),
        ("tax", 1, Split(tax=2 * KWD)),
    ],
)
def test_a_part_that_differs_stands_in_its_own_column(name: str, sign: int, split: Split) -> None:
    """Two dinars more discount are two less to pay, of freight or tax two more, and nothing else moves."""
    row = only(reconcile(part_off(name, sign)(gross_day())))
    assert (row.split, row.difference) == (split, 2 * sign * KWD)


def test_what_no_part_and_no_line_explains_is_the_rest() -> None:
    """The ERP's own total is five more than all that it shows; a line that costs more is goods."""
    dearer = document_changed(total=(gross_day().documents.opened[2].total or 0) + 5)(gross_day())
    assert only(reconcile(dearer)).split == Split(rest=5 * KWD)
    old = gross_day().documents.opened[2].lines[1]
    line = line_changed(amount=(old.amount or Decimal(0)) + 5, unit_price=old.unit_price + 5)(dearer)
    assert only(reconcile(line)).split == Split(goods=5 * KWD)


def not_compared(report: Reconciliation) -> tuple[str, ...]:
    """What the report says was not compared."""
    return tuple(note for note in report.notes if "not compared" in note)


def test_two_parts_that_differ_are_no_single_reason() -> None:
    """More freight and its tax: both stand in their columns, neither alone is named."""
    row = only(reconcile(part_off("tax", 1)(part_off("freight", 1)(gross_day()))))
    assert (row.outcome, row.sub) == (Outcome.AMOUNT_DIFF, Sub.NONE)
    assert row.split == Split(freight=2 * KWD, tax=2 * KWD)
    assert [difference.field for difference in row.differences] == ["total", "freight", "tax"]


def test_a_net_crm_and_a_gross_erp_are_compared_net() -> None:
    """The CRM states no tax and the ERP's total holds it: the tax is taken out, and that is said."""
    report = reconcile(ordered(rich_day(), tax=None))
    assert (report.verdict, not_compared(report)) == (Verdict.RECONCILED, (NOT_STATED["tax"][1],))
    assert {row.difference for row in report.rows} == {0}
    assert len(reconcile(replace(ordered(rich_day(), tax=None), basis=GROSS)).breaks) == 8


def test_a_gross_total_that_shows_no_tax_is_never_taken_for_net() -> None:
    """The tax is inside and cannot be seen: the totals differ, and say so."""
    hidden = stored(ordered(rich_day(), tax=None), lambda each: replace(each, tax=None))
    assert {row.outcome for row in reconcile(hidden).rows} == {Outcome.AMOUNT_DIFF}


def test_a_part_that_one_side_lacks_is_a_difference_where_the_total_holds_it() -> None:
    """Freight that never reached the ERP is money; where freight is not compared, it is only noted."""
    lost = stored(rich_day(), lambda each: replace(each, total=goods_and_tax(each), freight=None))
    found = reconcile(lost)
    assert {(row.outcome, row.sub) for row in found.rows} == {(Outcome.AMOUNT_DIFF, Sub.FREIGHT)}
    basis = Basis(included=ALL, compared=frozenset({"discount"}))
    silent = reconcile(replace(lost, basis=basis))
    assert (silent.verdict, not_compared(silent)) == (Verdict.RECONCILED, (NOT_STATED["freight"][0],))


def test_parts_that_make_up_for_each_other_are_not_green() -> None:
    """Two more freight and two more discount come to the same total; they are still other figures."""
    row = only(reconcile(part_off("freight", 1)(part_off("discount", -1)(rich_day()))))
    assert (row.difference, row.sub) == (0, Sub.NONE)
    assert row.split == Split(discount=-2 * KWD, freight=2 * KWD)


def test_a_tax_that_rounds_otherwise_is_tolerated_like_an_amount() -> None:
    """A fils of tax beside the total is within the tolerance, is counted as tolerated, and a dinar is not."""
    one = Decimal("0.001")

    def change(documents: list[Document]) -> None:
        old = documents[2]
        documents[2] = replace(old, tax=(old.tax or 0) + one, total=(old.total or 0) + one)

    day = with_documents(rich_day(), change)
    assert only(reconcile(day)).sub is Sub.TAX
    tolerated = reconcile(replace(day, tolerances=tolerating(one)))
    assert [row.outcome for row in tolerated.matched][:1] == [Outcome.MATCHED_TOL]
    for cap, warnings in ((one, ()), (Decimal(0), (OVER_CAP,))):
        capped = Tolerances("t", others=Tolerance(Band(one, one), cap=cap))
        assert reconcile(replace(day, tolerances=capped)).warnings == warnings


def test_prices_with_tax_are_compared_without_it_in_the_total_alone() -> None:
    """The CRM's prices hold the tax that its header states: totals agree net; that prices were not compared is said."""

    def gross(order: Order) -> Order:
        bolts, nuts = order.lines
        dearer = replace(nuts, unit_price=nuts.unit_price + 2 * (order.tax or Decimal(0)) / 3)
        return replace(order, lines=(bolts, dearer), prices_include_tax=True)

    day = with_orders(rich_day(), lambda orders: orders.__setitem__(slice(None), [gross(each) for each in orders]))
    report = reconcile(day)
    assert {row.outcome for row in report.rows} == {Outcome.MATCHED}
    assert not_compared(report) == (OTHER_PRICES,)
    assert report.verdict is Verdict.RECONCILED
    assert only(reconcile(document_changed(total=Decimal(9))(day))).outcome is Outcome.AMOUNT_DIFF


def test_both_sides_may_state_prices_with_tax() -> None:
    """Where the ERP's prices hold the tax too, they are compared as they stand."""
    basis = Basis(included=ALL, gross_prices=True)
    day = replace(ordered(rich_day(), prices_include_tax=True), basis=basis)
    net = stored(day, lambda each: replace(each, total=(each.total or Decimal(0)) - (each.tax or 0)))
    report = reconcile(net)
    assert ({row.outcome for row in report.rows}, not_compared(report)) == ({Outcome.MATCHED}, ())
    assert only(reconcile(line_changed(unit_price=Decimal(9))(net))).sub is Sub.PRICE


@pytest.mark.parametrize(
    "basis", [*(pytest.param(each, marks=pytest.mark.sweep) for each in (NET, NET_OF_GROSS)), GROSS]
)
def test_the_split_of_every_row_is_its_difference(basis: Basis) -> None:
    """Whatever is wrong: goods, discount, freight, tax and rest together are the difference; the control says so."""
    for corruption in CORRUPTIONS:
        report = reconcile(replace(corruption.change(rich_day()), basis=basis))
        assert [control for control in report.controls if not control.ties] == []
        for row in report.rows:
            parts = None if row.split is None else sum(getattr(row.split, name) for name in COMPONENTS)
            assert parts == row.difference


def test_a_document_booked_elsewhere_adds_to_that_company() -> None:
    """The order stays with its company, the money stands where it was booked, and together nothing is lost."""
    before = {(each.company, each.currency): each for each in reconcile(rich_day()).companies}
    moved = document_changed(company="02")(rich_day())
    row = only(reconcile(moved))
    found = {(each.company, each.currency): each for each in reconcile(moved).companies}
    home, other = found["01", "KWD"], found["02", "KWD"]
    assert (row.company, row.booked_in) == ("HQ", "02")
    assert (home.count, home.crm) == (before["01", "KWD"].count, before["01", "KWD"].crm)
    assert (other.count, other.crm, other.erp) == (0, 0, row.erp_minor)
    assert home.erp + other.erp == before["01", "KWD"].erp
    plain = reconcile(clean_day())
    assert {each.company for each in plain.companies} == {""}
    assert {row.company for row in plain.rows} == {""}


def test_an_order_with_a_fraction_of_a_cent_is_one_break_and_no_end(tmp_path: Path) -> None:
    """As it was taken it cannot be compared: its amount is blank, and the workbook of all others is there."""
    day = order_changed(tax=Decimal("3.84751"))(clean_day())
    taken = with_ledger(day, lambda postings: postings.__setitem__(2, typed(day.crm.orders[2], 3, "00000003")))
    for each in (
        taken,
        with_orders(document_changed(total=Decimal(1))(taken), lambda orders: orders.__setitem__(2, order(3))),
    ):
        found = write_workbook(reconcile(each), tmp_path / "w.xlsx")
        assert [row.order_number for row in found.breaks] == ["SO00003"]
        assert [row["typed_amount"] for row in table(tmp_path / "w.xlsx", BREAKS).rows] == [None]


def test_an_order_that_was_never_entered_is_split_too() -> None:
    """What is missing in the ERP is goods less discount with freight and tax, all of it below zero."""
    row = only(reconcile(with_documents(gross_day(), lambda documents: documents.pop(2))))
    assert row.split == Split(-164500, 3 * KWD, -3 * KWD, -23 * KWD)


def test_parts_that_nobody_states_cost_nothing_and_change_nothing() -> None:
    """A plain day has no column for them, and its differences are goods or rest."""
    row = only(reconcile(document_changed(total=Decimal(1))(clean_day())))
    assert row.split is not None
    assert (row.split.alone, row.split.rest) == ("rest", row.difference)
    table = pd.DataFrame({"crm_adds": [5], "erp_adds": [7], "currency": ["EUR"], "erp_adds_in": ["EUR"]})
    counted = table.assign(crm_counts=True, erp_counts=True)
    assert split_sums(counted, NET) == {("goods", "EUR"): 2}
