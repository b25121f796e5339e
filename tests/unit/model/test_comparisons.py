"""Is a stored document ever taken for an order that it is not? Value by value."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.comparisons import (
    document_differences,
    looks_like,
)
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from tests.samples import UNHURRIED, document_of_hand, harbour, line, order

ORDER = order()
REFERENCE = "SB-700001-X"
STORED = document_of_hand(ORDER, REFERENCE, number="10001")
NONE = CrossReferences()
CODES = CrossReferences(
    {(Kind.CUSTOMER, "C1001"): "KUNDE7", (Kind.ITEM, "P-30"): "ART-1", (Kind.CURRENCY, "GBP"): "STG"}
)


def told(wanted: Order, document: Document, profile: ErpProfile | None = None) -> list[str]:
    """The fields that differ, a line's with its number."""
    found = document_differences(wanted, REFERENCE, document, profile or harbour(), NONE)
    return [each.field if each.line is None else f"{each.field} {each.line}" for each in found]


def with_line(place: int, **changes: Any) -> Document:
    """The stored document with one line changed."""
    lines = list(STORED.lines)
    lines[place] = replace(lines[place], **changes)
    return replace(STORED, lines=tuple(lines))


# --- the order against the stored document --------------------------------------------------------------------------


def test_a_document_that_is_the_order_differs_nowhere() -> None:
    """The plain case, and the same with numbers that show other zeros."""
    assert told(ORDER, STORED) == []
    assert told(ORDER, with_line(0, quantity=Decimal("2.000"), unit_price=Decimal("12.9"))) == []


NUMBERS_1 = ["quantity 1", "price 1", "amount 1"]
CHANGES: Mapping[str, tuple[Document, list[str]]] = {
    "customer": (replace(STORED, customer="C1002"), ["customer"]),
    "date": (replace(STORED, ordered_on=date(2026, 3, 3)), ["order_date"]),
    "reference": (replace(STORED, reference=REFERENCE[:-1]), ["reference"]),
    "reference in lower case": (replace(STORED, reference=REFERENCE.lower()), ["reference"]),
    "no reference": (replace(STORED, reference=""), ["reference"]),
    "currency": (replace(STORED, currency="EUR"), ["currency"]),
    "po number": (replace(STORED, po_number="PO 1 "), ["po_number"]),
    "total": (replace(STORED, total=Decimal("37.81")), ["total"]),
    "terms": (replace(STORED, others={**STORED.others, "terms": "60"}), ["terms"]),
    "no warehouse": (replace(STORED, others={"terms": "30", "shipping": "STD"}), ["warehouse"]),
    "first item": (with_line(0, item="P-31"), ["item 1"]),
    "last item": (with_line(1, item="P-50"), ["item 2"]),
    "first quantity": (with_line(0, quantity=Decimal("2.001")), ["quantity 1"]),
    "last quantity": (with_line(1, quantity=Decimal(25)), ["quantity 2"]),
    "first price": (with_line(0, unit_price=Decimal("12.91")), ["price 1"]),
    "last price": (with_line(1, unit_price=Decimal(-1)), ["price 2"]),
    "last amount": (with_line(1, amount=Decimal("12.01")), ["amount 2"]),
    "last line lost": (replace(STORED, lines=STORED.lines[:1]), ["lines"]),
    "all lines lost": (replace(STORED, lines=()), ["lines"]),
    "first line lost": (
        replace(STORED, lines=STORED.lines[1:]),
        ["lines", "item 1", "quantity 1", "price 1", "amount 1"],
    ),
    "a line more": (replace(STORED, lines=(*STORED.lines, STORED.lines[0])), ["lines"]),
    "two things": (replace(with_line(0, item="X"), currency="EUR"), ["currency", "item 1"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_changed_value_is_noticed(change: str) -> None:
    """Whatever one value of the stored document is instead: it is told, and nothing else is."""
    document, fields = CHANGES[change]
    assert told(ORDER, document) == fields


def test_what_a_document_does_not_show_is_not_compared() -> None:
    """An ERP that shows no total and no amounts is not accused of wrong ones."""
    bare = replace(STORED, total=None, lines=tuple(replace(each, amount=None) for each in STORED.lines))
    assert told(ORDER, bare) == []


@UNHURRIED
@given(st.data())
def test_any_one_changed_line_of_many_is_noticed(data: st.DataObject) -> None:
    """The hundredth line counts as much as the first, whichever of its values changed."""
    many = replace(ORDER, lines=tuple(line(position) for position in range(1, data.draw(st.integers(1, 30)) + 1)))
    document = document_of_hand(many, REFERENCE)
    place = data.draw(st.integers(0, len(many.lines) - 1))
    changes: dict[str, Any] = {"item": "P-31", "quantity": Decimal(3), "unit_price": Decimal("12.91")}
    name = data.draw(st.sampled_from(sorted(changes)))
    lines = list(document.lines)
    lines[place] = replace(lines[place], **{name: changes[name]})
    found = document_differences(many, REFERENCE, replace(document, lines=tuple(lines)), harbour(), NONE)
    assert [(each.field, each.line) for each in found] == [(name.replace("unit_", ""), place + 1)]


@pytest.mark.parametrize(("off", "tolerated"), [("0.02", True), ("-0.02", True), ("0.03", False), ("-0.03", False)])
def test_a_total_is_tolerated_as_far_as_the_profile_says(off: str, tolerated: bool) -> None:
    """A tolerance is for totals that an ERP rounds its own way; without one nothing is tolerated."""
    profile = replace(harbour(), amount_tolerance=Decimal("0.02"))
    document = replace(STORED, total=ORDER.total + Decimal(off))
    assert (told(ORDER, document, profile) == []) is tolerated
    assert told(ORDER, document) == ["total"]


def test_codes_are_compared_as_the_erp_calls_them() -> None:
    """What the code table translates is typed and expected in the ERP's own words."""
    document = replace(with_line(0, item="ART-1"), customer="KUNDE7", currency="STG")
    assert document_differences(ORDER, REFERENCE, document, harbour(), CODES) == ()
    assert told(ORDER, document) == ["customer", "currency", "item 1"]


# --- profiles that fold, or type more -------------------------------------------------------------------------------


Columns = Callable[[str], tuple[Target, ...]]


def shaped(entry: Mapping[str, Target], show: Mapping[str, Target], columns: Columns) -> ErpProfile:
    """Harbour with other forms: targets by attribute for entry and show, and the columns of each."""
    screens = dict(harbour().screens)
    for name, targets in (("order_entry", entry), ("order_show", show)):
        old = screens[name]
        grid = Grid("lines", old.grids["lines"].row, columns(name))
        screens[name] = Screen(
            name, "", old.anchor, targets=targets, form={key: key for key in targets}, grids={"lines": grid}
        )
    return replace(harbour(), screens=screens, defaults={})


def texts(*names: str, **changes: Any) -> dict[str, Target]:
    """Targets of plain text."""
    return {name: Target(name, (), **changes) for name in names}


HEADER = ("customer", "reference", "currency")


def columns_of(*more: str, **changes: Any) -> Columns:
    """The usual columns, and more."""
    return lambda _: tuple(texts("item", "quantity", "price").values()) + tuple(texts(*more, **changes).values())


@pytest.mark.parametrize(
    ("folds", "wanted", "stored", "same"),
    [
        ((), "urgent", "URGENT", False),
        (("upper",), "urgent", "URGENT", True),
        ((), "ＰＯ１", "PO1", False),
        (("nfkc",), "ＰＯ１", "PO1", True),
        (("trim",), "urgent", "urgent  ", True),
        (("nfkc", "upper", "trim"), "重庆加急", "重庆加急", True),
        (("nfkc", "upper", "trim"), "重庆加急", "重庆加", False),
    ],
)
@pytest.mark.parametrize("field", ["po_number", "remarks", "description"])
def test_a_text_is_compared_as_far_as_the_profile_folds_it(
    field: str, folds: tuple[str, ...], wanted: str, stored: str, same: bool
) -> None:
    """Every text that is typed and shown is compared, header or line, and only declared changes are forgiven."""
    entry = texts(*HEADER, "po_number", "remarks")
    show = texts(*HEADER) | texts("po_number", "remarks", folds=folds)
    profile = shaped(entry, show, columns_of("description", folds=folds))
    lines = (replace(line(), description=wanted if field == "description" else "same"),)
    ordered = replace(ORDER, lines=lines, po_number="same", remarks="same")
    changes: dict[str, Any] = {} if field == "description" else {field: wanted}
    ordered = replace(ordered, **changes)
    document = document_of_hand(ordered, REFERENCE, others={"remarks": stored if field == "remarks" else "same"})
    described = (replace(document.lines[0], description=stored if field == "description" else "same"),)
    document = replace(document, lines=described, po_number=stored if field == "po_number" else "same")
    found = document_differences(ordered, REFERENCE, document, profile, NONE)
    assert [each.field for each in found] == ([] if same else [field])


def test_what_is_not_typed_or_not_shown_is_not_compared() -> None:
    """An ERP whose form takes no remarks, and whose lines describe themselves, is not accused."""
    ordered = replace(ORDER, po_number="A", remarks="B", lines=(line(description="C"),))
    document = replace(document_of_hand(ordered, REFERENCE), po_number="")
    shown_only = shaped(texts(*HEADER), texts(*HEADER, "po_number", "remarks"), columns_of())
    typed_only = shaped(texts(*HEADER, "po_number", "remarks"), texts(*HEADER), columns_of())
    described = shaped(texts(*HEADER), texts(*HEADER), columns_of("description", read_only=True))
    for profile in (shown_only, typed_only, described):
        assert document_differences(ordered, REFERENCE, document, profile, NONE) == ()


# --- look-alikes ----------------------------------------------------------------------------------------------------

ROW = Listed("7", "C1001", ORDER.ordered_on, "", "GBP", ORDER.total, DocumentStatus.OPEN)


@pytest.mark.parametrize(
    ("row", "alike"),
    [
        (ROW, True),
        (replace(ROW, status=DocumentStatus.SHIPPED), True),
        (replace(ROW, status=None), True),
        (replace(ROW, customer=None, ordered_on=None), True),
        (replace(ROW, status=DocumentStatus.CANCELLED), False),
        (replace(ROW, customer="C1002"), False),
        (replace(ROW, ordered_on=date(2026, 3, 3)), False),
        (replace(ROW, total=ORDER.total + Decimal("0.01")), False),
        (replace(ROW, total=None), False),
    ],
)
def test_a_look_alike_has_customer_date_and_amount(row: Listed, alike: bool) -> None:
    """What a list does not show speaks for it, a cancelled document does not count, an unknown amount is none."""
    assert looks_like(ORDER, row, harbour(), NONE) is alike


def test_a_look_alike_is_sought_by_the_codes_of_the_erp() -> None:
    """The customer is compared as the ERP calls it."""
    assert looks_like(ORDER, replace(ROW, customer="KUNDE7"), harbour(), CODES)
    assert not looks_like(ORDER, ROW, harbour(), CODES)


# --- discount, freight, tax, units ----------------------------------------------------------------------------------

BOXES = CrossReferences({(Kind.UNIT, "PCS"): "EA", (Kind.CONVERSION, "BOX"): "12 EA"})
GROSS = replace(harbour(), total_includes=frozenset({"tax", "freight", "discount"}))


def test_a_gross_total_is_compared_without_what_was_not_typed() -> None:
    """The ERP puts VAT and carriage on top: its goods are the order's, and a cent of goods more is still seen."""
    vat, carriage = Decimal("7.56"), Decimal(10)
    shown = replace(STORED, total=ORDER.total + vat + carriage - 1, tax=vat, freight=carriage, discount=Decimal(1))
    assert told(ORDER, shown, GROSS) == []
    assert told(ORDER, replace(shown, total=ORDER.total + vat + carriage), GROSS) == ["total"]
    assert told(ORDER, replace(shown, tax=None), GROSS) == ["total"]


def test_a_look_alike_in_a_gross_list_has_the_same_goods() -> None:
    """With the tax beside it the list tells the amounts apart; without it customer and date alone are enough to ask."""
    gross = replace(GROSS, total_includes=frozenset({"tax"}))
    listed = replace(ROW, total=ORDER.total + 5, tax=Decimal(5))
    columns = (*(Target(name, ()) for name in ("number", "total", "tax")),)
    shows_tax = {**gross.screens, "order_list": Screen("order_list", "", (), grids={"o": Grid("o", (), columns)})}
    blind = {**gross.screens, "order_list": Screen("order_list", "", (), grids={"o": Grid("o", (), columns[:2])})}
    assert looks_like(ORDER, listed, replace(gross, screens=shows_tax), NONE)
    assert not looks_like(ORDER, replace(listed, tax=None), replace(gross, screens=shows_tax), NONE)
    assert looks_like(ORDER, replace(listed, tax=None), replace(gross, screens=blind), NONE)


def counted(unit: str, quantity: str, price: str, cross: CrossReferences = BOXES) -> list[str]:
    """What differs where 2 boxes at 12.90 were ordered and that is stored."""
    wanted = replace(ORDER, lines=(line(unit="BOX"),))
    held = replace(STORED.lines[0], unit=unit, quantity=Decimal(quantity), unit_price=Decimal(price))
    stored = replace(STORED, lines=(held,), total=wanted.total)
    found = document_differences(wanted, REFERENCE, stored, harbour(), cross)
    return [each.field for each in found]


def test_a_document_in_another_unit_is_the_order_where_it_converts_exactly() -> None:
    """2 boxes at 12.90 are 24 pieces at 1.075; 2 pieces are not 2 boxes, whatever they cost."""
    assert counted("EA", "24", "1.075") == []
    assert counted("BOX", "2", "12.90") == []
    assert counted("EA", "2", "12.90") == ["unit"]
    assert counted("EA", "20", "1.29") == ["quantity", "price", "unit"]
    assert counted("EA", "24", "1.075", NONE) == ["quantity", "price", "unit"]
    assert counted("", "2", "12.90") == []
