"""Is every change of an order a new revision, and nothing else?"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.store.order_texts import read_order, write_order
from tests.samples import UNHURRIED, line, order

PLAIN = order()
TYPED: Mapping[str, Any] = {
    "crm": "other",
    "id": "id-9",
    "number": "9",
    "customer": "C1002",
    "ordered_on": date(2026, 3, 3),
    "currency": "EUR",
    "lines": (),
    "stated_total": Decimal(1),
    "po_number": "PO 9",
    "remarks": "urgent",
    "discount": Decimal(5),
    "freight": Decimal(5),
}
UNTYPED: Mapping[str, Any] = {
    "status": OrderStatus.CANCELLED,
    "customer_name": "Renamed Ltd",
    "changed_at": PLAIN.changed_at + timedelta(seconds=1),
    "crm_revision": "7",
    "priority": 3,
    "deadline": PLAIN.changed_at,
    "tax": Decimal(5),
    "company": "HQ",
    "prices_include_tax": True,
}
OF_A_LINE: Mapping[str, Any] = {
    "position": 9,
    "item": "P-9",
    "description": "another",
    "quantity": Decimal(3),
    "unit_price": Decimal("12.91"),
    "stated_amount": Decimal("25.80"),
    "unit": "BOX",
    "discount": Decimal(1),
}
LINES: Mapping[str, Callable[[tuple[OrderLine, ...]], tuple[OrderLine, ...]]] = {
    "one less": lambda lines: lines[:-1],
    "one more": lambda lines: (*lines, lines[0]),
    "swapped": lambda lines: lines[::-1],
}

OLD = r"""{"changed_at": "2026-01-01 00:00:00+00:00", "crm": "fake", "crm_revision": "", "currency": "GBP",
"customer": "C1001", "customer_name": "\u6d77\u6e2f\u8d38\u6613\u6709\u9650\u516c\u53f8", "deadline": null,
"id": "id-1", "lines": [{"description": "Anchor chain 10 mm", "item": "P-30", "position": 1, "quantity": "2",
"stated_amount": null, "unit_price": "12.90"}, {"description": "Anchor chain 10 mm", "item": "P-40", "position": 2,
"quantity": "2.5", "stated_amount": null, "unit_price": "4.80"}], "number": "700001", "ordered_on": "2026-03-02",
"po_number": "PO 1", "priority": null, "remarks": "", "stated_total": null, "status": "released"}"""


def test_every_attribute_of_an_order_is_judged_here() -> None:
    """An attribute that is added later must be called typed or untyped, or this fails."""
    assert {*TYPED, *UNTYPED} == {each.name for each in fields(Order)}
    assert set(OF_A_LINE) == {each.name for each in fields(OrderLine)}


@pytest.mark.parametrize("attribute", TYPED)
def test_a_change_of_what_is_typed_is_a_new_revision(attribute: str) -> None:
    """Each attribute that reaches the ERP, or that the lines are checked against, counts."""
    assert replace(PLAIN, **{attribute: TYPED[attribute]}).revision != PLAIN.revision


@pytest.mark.parametrize("attribute", OF_A_LINE)
@pytest.mark.parametrize("place", [0, 1])
def test_a_change_of_a_line_is_a_new_revision(attribute: str, place: int) -> None:
    """The last line counts as much as the first."""
    lines = list(PLAIN.lines)
    lines[place] = replace(lines[place], **{attribute: OF_A_LINE[attribute]})
    assert replace(PLAIN, lines=tuple(lines)).revision != PLAIN.revision


def test_an_order_keeps_the_revision_it_had_in_older_ledgers() -> None:
    """Hashes that were written before orders had parts and units; what is not stated, or nothing, leaves them alone."""
    assert PLAIN.revision == "e14480f3202fadeb"
    nothing = tuple(replace(each, discount=Decimal(0), unit="") for each in PLAIN.lines)
    assert replace(PLAIN, lines=nothing, discount=Decimal("0.00"), freight=Decimal(0)).revision == PLAIN.revision


def test_an_order_of_an_older_ledger_is_read_as_it_was() -> None:
    """Texts written before orders had parts and units give the same order, and today's keep all that they have."""
    assert read_order(OLD) == PLAIN
    rich = replace(PLAIN, discount=Decimal("1.5"), freight=Decimal(2), tax=Decimal(3), company="HQ")
    rich = replace(rich, prices_include_tax=True, lines=(line(unit="BOX", discount=Decimal("0.5")),))
    assert read_order(write_order(rich)) == rich


@pytest.mark.parametrize("change", LINES)
def test_lines_count_with_their_number_and_order(change: str) -> None:
    """A line less, a line more, or two that changed places are a new revision."""
    assert replace(PLAIN, lines=LINES[change](PLAIN.lines)).revision != PLAIN.revision


@pytest.mark.parametrize("attribute", UNTYPED)
def test_what_is_never_typed_is_no_revision(attribute: str) -> None:
    """Our own echo in the CRM, a status, or a customer that was renamed leaves the revision as it is."""
    assert replace(PLAIN, **{attribute: UNTYPED[attribute]}).revision == PLAIN.revision


def test_other_zeros_are_no_revision() -> None:
    """A CRM that shows 2.50 where it showed 2.5 has changed nothing."""
    left, right = (replace(PLAIN, lines=(line(quantity=Decimal(text)),)) for text in ("2.5", "2.500"))
    assert left.revision == right.revision


@pytest.mark.parametrize("pair", [("1E+2", "100"), ("0", "0.00")])
def test_a_number_counts_as_its_value(pair: tuple[str, str]) -> None:
    """However it is written."""
    left, right = (replace(PLAIN, stated_total=Decimal(text)).revision for text in pair)
    assert left == right


@UNHURRIED
@given(st.text(st.characters(exclude_categories=[])), st.text(st.characters(exclude_categories=[])))
def test_any_text_can_be_hashed_and_two_are_never_mixed_up(left: str, right: str) -> None:
    """Chinese, quotes, control characters and lone surrogates; and no text flows into the next one."""
    first = replace(PLAIN, po_number=left, remarks=right)
    second = replace(PLAIN, po_number=right, remarks=left)
    assert (first.revision == second.revision) is (left == right)


def test_the_revision_of_an_order_never_changes_with_our_versions() -> None:
    """It is stored and compared for years: another way of hashing would make every posted order a changed one."""
    assert PLAIN.revision == "e14480f3202fadeb"


def test_the_total_is_the_sum_of_rounded_lines() -> None:
    """Each line is rounded for itself, as it will stand on the invoice."""
    three = tuple(line(position, quantity=Decimal(1), unit_price=Decimal("0.335")) for position in (1, 2, 3))
    assert replace(PLAIN, lines=three).total == Decimal("1.02")
    assert replace(PLAIN, lines=three, currency="JPY").total == Decimal(0)
    assert replace(PLAIN, lines=()).total == Decimal(0)
