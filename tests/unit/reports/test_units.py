"""Are quantities in different units compared for what they are, exactly?"""

from dataclasses import replace
from decimal import Decimal

from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import Document
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import NOT_STATED, reconcile
from tests.unit.reports.corruptions import line_changed
from tests.unit.reports.days import with_documents, with_orders
from tests.unit.reports.rich_days import RICH_CROSS, rich_day


def without_units_in_crm() -> Inputs:
    """The day of a CRM that states no unit."""

    def change(orders: list[Order]) -> None:
        for place, order in enumerate(orders):
            orders[place] = replace(order, lines=tuple(replace(line, unit="") for line in order.lines))

    return with_orders(rich_day(), change)


def test_boxes_and_pieces_that_convert_exactly_match() -> None:
    """4 boxes at 2.50 are 40 pieces at 0.25."""
    bolts = rich_day().documents.opened[2].lines[0]
    assert (str(bolts.quantity), bolts.unit) == ("40", "EA")
    assert reconcile(rich_day()).verdict is Verdict.RECONCILED


def test_without_the_conversion_they_do_not() -> None:
    """A unit that nobody can convert is a difference, however well the amounts agree."""
    codes = {key: code for key, code in RICH_CROSS.codes.items() if key[0] is not Kind.CONVERSION}
    report = reconcile(replace(rich_day(), cross=CrossReferences(codes)))
    assert {(row.outcome, row.sub) for row in report.rows} == {(Outcome.QTY_DIFF, Sub.UNIT)}


def test_a_conversion_of_an_item_stands_above_the_general_one() -> None:
    """A box of bolts may hold another number than any other box; 1.5 pieces of nuts may be stored by weight."""
    dozen = CrossReferences(
        {**RICH_CROSS.codes, (Kind.CONVERSION, "BOX"): "12 EA", (Kind.CONVERSION, "BOLT/BOX"): "10 EA"}
    )
    assert reconcile(replace(rich_day(), cross=dozen)).verdict is Verdict.RECONCILED
    nuts = rich_day().documents.opened[2].lines[1]
    grams = line_changed(quantity=nuts.quantity * 1000, unit_price=nuts.unit_price / 1000, unit="G")
    assert reconcile(grams(rich_day())).verdict is Verdict.RECONCILED


def test_a_fraction_is_never_rounded_into_a_match() -> None:
    """A third of a price has no end; three pieces at 0.8333 are not the box at 2.50."""
    thirds = replace(rich_day(), cross=CrossReferences({**RICH_CROSS.codes, (Kind.CONVERSION, "BOX"): "3 EA"}))

    def change(documents: list[Document]) -> None:
        for place, each in enumerate(documents):
            boxes = replace(each.lines[0], quantity=each.lines[0].quantity * 3 / 10, unit_price=Decimal("0.8333"))
            documents[place] = replace(each, lines=(boxes, each.lines[1]))

    report = reconcile(with_documents(thirds, change))
    assert {row.outcome for row in report.rows} == {Outcome.AMOUNT_DIFF}


def test_another_factor_on_both_sides_is_another_unit() -> None:
    """Twice the pieces at half the price is the same money counted otherwise."""
    changed = line_changed(0, quantity=Decimal(80), unit_price=Decimal("0.125"))(rich_day())
    (row,) = reconcile(changed).breaks
    assert (row.outcome, row.sub, row.flags) == (
        Outcome.QTY_DIFF,
        Sub.UNIT,
        (Outcome.QTY_DIFF, Outcome.AMOUNT_DIFF),
    )
    assert [str(each) for each in row.differences] == [
        "quantity (1): '4 BOX' ≠ '80 EA'",
        "price (1): '2.5 BOX' ≠ '0.125 EA'",
    ]


def test_a_crm_without_units_is_compared_by_the_bare_numbers() -> None:
    """What nobody states is not converted; that units were not compared is said."""
    report = reconcile(without_units_in_crm())
    assert {row.outcome for row in report.rows} == {Outcome.QTY_DIFF}
    assert NOT_STATED["unit"][1] in report.notes


def test_a_part_is_a_part_in_any_unit() -> None:
    """Twenty of forty pieces are half of four boxes."""
    (row,) = reconcile(line_changed(0, quantity=Decimal(30))(rich_day())).breaks
    assert (row.outcome, row.sub) == (Outcome.QTY_DIFF, Sub.PARTIAL)


def test_parts_in_another_unit_are_a_group() -> None:
    """Ten pieces here and thirty there are the four boxes that were ordered."""

    def change(documents: list[Document]) -> None:
        whole = documents[2]
        bolts, nuts = whole.lines
        some = replace(bolts, quantity=Decimal(10), amount=Decimal("2.5"))
        rest = replace(bolts, quantity=Decimal(30), amount=Decimal("7.5"))
        total = whole.total or Decimal(0)
        documents[2] = replace(whole, lines=(some, nuts), total=total - Decimal("7.5"))
        bare = replace(whole, discount=None, freight=None, tax=None)
        documents.insert(3, replace(bare, number="00000903", lines=(rest,), total=Decimal("7.5")))

    report = reconcile(with_documents(rich_day(), change))
    assert {(row.outcome, row.passed) for row in report.rows if row.group} == {(Outcome.MATCHED, "M3")}
    assert report.verdict is Verdict.RECONCILED
