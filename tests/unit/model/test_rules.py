"""Is an order that must not be typed ever let through, or turned away for the wrong reason?"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import (
    BusinessException,
    CustomerMissing,
    CustomerUnknown,
    OrderCancelled,
    OrderEmpty,
    OrderGone,
    OrderNotReleased,
    QuantityNotPositive,
    RefusedByErp,
)
from bridge.model.comparisons import form_of
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import PostingState
from bridge.model.profiles import Target
from bridge.model.rules import first_problem, judged, problems, state_for
from tests.samples import UNHURRIED, harbour, line, order

ORDER = order()
NONE = CrossReferences()
S = PostingState


def with_line(**changes: object) -> Order:
    """The order with its last line changed."""
    return replace(ORDER, lines=(ORDER.lines[0], replace(ORDER.lines[1], **changes)))  # type: ignore[arg-type]


def codes(wanted: Order, cross: CrossReferences = NONE) -> list[str]:
    """The reasons not to type it."""
    return [problem.code for problem in problems(wanted, harbour(), cross)]


# what is wrong with the order, the only reason that may be given for it, and the state it leads to
BAD: Mapping[str, tuple[Order, str, PostingState]] = {
    "cancelled": (replace(ORDER, status=OrderStatus.CANCELLED), "order_cancelled", S.CANCELLED),
    "a draft": (replace(ORDER, status=OrderStatus.DRAFT), "order_not_released", S.CANCELLED),
    "no customer": (replace(ORDER, customer=None), "customer_missing", S.HELD),
    "an empty customer": (replace(ORDER, customer=""), "customer_missing", S.HELD),
    "no such currency": (replace(ORDER, currency="RMB"), "currency_unknown", S.HELD),
    "not the ERP's currency": (replace(ORDER, currency="JPY"), "currency_unknown", S.HELD),
    "no lines": (replace(ORDER, lines=()), "order_empty", S.REJECTED),
    "too many lines": (replace(ORDER, lines=(line(),) * 1000), "too_many_lines", S.REJECTED),
    "quantity 0": (with_line(quantity=Decimal(0)), "quantity_not_positive", S.REJECTED),
    "quantity -1": (with_line(quantity=Decimal(-1)), "quantity_not_positive", S.REJECTED),
    "quantity too fine": (with_line(quantity=Decimal("1.0001")), "quantity_too_fine", S.REJECTED),
    "price -0.01": (with_line(unit_price=Decimal("-0.01")), "price_negative", S.REJECTED),
    "price too fine": (with_line(unit_price=Decimal("0.001")), "price_too_fine", S.REJECTED),
    "another amount": (with_line(stated_amount=Decimal("12.01")), "amount_differs", S.REJECTED),
    "another total": (replace(ORDER, stated_total=Decimal("37.81")), "total_differs", S.REJECTED),
    "a total too fine": (replace(ORDER, stated_total=Decimal("37.801")), "total_differs", S.REJECTED),
    "a discount nobody can type": (replace(ORDER, discount=Decimal(5)), "part_untypable", S.HELD),
    "a freight nobody can type": (replace(ORDER, freight=Decimal(5)), "part_untypable", S.HELD),
    "a line's discount": (with_line(discount=Decimal(1)), "part_untypable", S.HELD),
    "prices with tax": (replace(ORDER, prices_include_tax=True), "prices_otherwise", S.HELD),
    "a tab": (replace(ORDER, po_number="PO\t1"), "text_untypable", S.REJECTED),
    "reversed text": (replace(ORDER, po_number="PO\u202e1"), "text_untypable", S.REJECTED),
    "an item with a newline": (with_line(item="P\n1"), "text_untypable", S.REJECTED),
    "a long text": (replace(ORDER, po_number="重" * 16), "text_too_long", S.REJECTED),
    "a long customer": (replace(ORDER, customer="C10012345"), "text_too_long", S.REJECTED),
    "a long item": (with_line(item="P" * 16), "text_too_long", S.REJECTED),
}


def test_what_is_stated_beside_the_goods_is_no_problem_by_itself() -> None:
    """Tax is the ERP's to work out, nothing is no discount, and a company is told by the books alone."""
    fine = replace(ORDER, tax=Decimal(7), discount=Decimal("0.00"), freight=Decimal(0), company="HQ")
    assert codes(replace(fine, stated_total=fine.total)) == []


def test_freight_is_typed_where_the_form_has_a_field_for_it() -> None:
    """Then nobody need enter the order by hand, and the text is the amount to the cent."""
    profile = harbour()
    entry = profile.screens["order_entry"]
    targets = {**entry.targets, "carriage": Target("carriage", (), kind="money")}
    screens = {**profile.screens}
    screens["order_entry"] = replace(entry, targets=targets, form={**entry.form, "freight": "carriage"})
    able = replace(profile, screens=screens)
    freighted = replace(ORDER, freight=Decimal(5))
    assert list(problems(freighted, able, NONE)) == []
    assert form_of(freighted, "R", able, NONE).header["freight"] == "5.00"
    assert "freight" not in form_of(ORDER, "R", able, NONE).header
    short = list(problems(replace(freighted, stated_total=ORDER.total), able, NONE))
    assert [problem.code for problem in short] == ["total_differs"]


@pytest.mark.parametrize("what", BAD)
def test_a_bad_order_is_turned_away_for_what_is_wrong_with_it(what: str) -> None:
    """One thing wrong gives one reason, and the reason says who must act."""
    bad, code, state = BAD[what]
    assert codes(bad) == [code]
    problem = first_problem(bad, harbour(), NONE)
    assert problem is not None
    assert judged(bad, harbour(), NONE) == (state, problem.reason)
    assert "?" not in problem.worded()


GOOD: Mapping[str, Order] = {
    "plain": ORDER,
    "chinese": replace(ORDER, customer_name="重庆\t", po_number="重庆加急"),
    "free of charge": with_line(unit_price=Decimal(0)),
    "as fine as can be": with_line(quantity=Decimal("0.001"), unit_price=Decimal("1000.01")),
    "zeros at the end": with_line(quantity=Decimal("1.00000"), unit_price=Decimal("1.000")),
    "as long as can be": replace(ORDER, po_number="x" * 15, customer="C1001234"),
    "its own amounts": replace(with_line(stated_amount=Decimal("12.000")), stated_total=Decimal("37.8")),
    "as many lines as can be": replace(ORDER, lines=(line(),) * 999),
    "remarks nobody types": replace(ORDER, remarks="\t" * 500),
    "a description nobody types": with_line(description="\t" * 500),
}


@pytest.mark.parametrize("what", GOOD)
def test_a_good_order_is_let_through(what: str) -> None:
    """What the ERP can hold is no reason to bother anybody."""
    assert codes(GOOD[what]) == []
    assert judged(GOOD[what], harbour(), NONE) == (S.PENDING, None)


def test_all_that_is_wrong_is_found() -> None:
    """Several faults give several reasons, of every line."""
    bad = replace(ORDER, customer=None, lines=(line(quantity=Decimal(0)), line(2, quantity=Decimal(-1))))
    found = list(problems(bad, harbour(), NONE))
    assert [problem.code for problem in found] == ["customer_missing", *["quantity_not_positive"] * 2]
    assert [problem.params.get("position") for problem in found] == [None, 1, 2]


def test_the_weightiest_reason_counts() -> None:
    """Withdrawn weighs more than wrong, and wrong more than doubtful: a cancelled order bothers nobody."""
    doubtful, wrong = {"customer": None}, {"lines": ()}
    cancelled = {"status": OrderStatus.CANCELLED}
    for faults in permutations([doubtful, wrong, cancelled]):
        bad: dict[str, object] = {}
        expected = ""
        for fault, code in ((doubtful, "customer_missing"), (wrong, "order_empty"), (cancelled, "order_cancelled")):
            if fault in faults[:2]:
                bad |= fault
                expected = code
        problem = first_problem(replace(ORDER, **bad), harbour(), NONE)  # type: ignore[arg-type]
        assert problem is not None
        assert problem.code == expected


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (CustomerMissing(), S.HELD),
        (CustomerUnknown(erp="x", customer="y"), S.HELD),
        (OrderEmpty(), S.REJECTED),
        (QuantityNotPositive(position=1, quantity="0"), S.REJECTED),
        (RefusedByErp(erp="x", text="y"), S.REJECTED),
        (OrderCancelled(), S.CANCELLED),
        (OrderGone(), S.CANCELLED),
        (OrderNotReleased(status="draft"), S.CANCELLED),
    ],
)
def test_a_reason_says_who_must_act(problem: BusinessException, state: PostingState) -> None:
    """Doubts go to a person, faults back to the CRM, what was withdrawn to nobody."""
    assert state_for(problem) is state


def test_codes_are_judged_as_they_are_typed() -> None:
    """A long code of the CRM with a short one in the ERP is no fault, and the other way round it is one."""
    cross = CrossReferences({(Kind.CUSTOMER, "ACCOUNT-000012345"): "C1001", (Kind.ITEM, "SKU-0000000000012"): "P-30"})
    bad = replace(with_line(item="SKU-0000000000012"), customer="ACCOUNT-000012345")
    assert codes(bad) == ["text_too_long", "text_too_long"]
    assert codes(bad, cross) == []
    assert codes(ORDER, CrossReferences({(Kind.CUSTOMER, "C1001"): "C10012345"})) == ["text_too_long"]
    assert codes(replace(ORDER, currency="JPY"), CrossReferences({(Kind.CURRENCY, "JPY"): "GBP"})) == []


@UNHURRIED
@given(
    st.decimals(min_value="0.001", max_value=9999, places=3),
    st.decimals(min_value=0, max_value=9999, places=2),
    st.integers(-3, 3),
)
def test_a_stated_amount_is_right_or_a_fault(quantity: Decimal, price: Decimal, cents: int) -> None:
    """Any number of cents off is a fault, in a line and in the total; the right amount is none."""
    plain = line(quantity=quantity, unit_price=price)
    stated = plain.amount("GBP") + Decimal(cents) / 100
    said = replace(ORDER, lines=(replace(plain, stated_amount=stated),), stated_total=stated)
    assert codes(said) == ([] if cents == 0 else ["amount_differs", "total_differs"])
