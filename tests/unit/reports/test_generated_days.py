"""Do the differences explain the whole gap between the sides, on days nobody thought of?"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import Reason
from bridge.model.breaks import BREAKS, Outcome
from bridge.model.documents import Document, DocumentStatus
from bridge.model.money import minor_digits
from bridge.model.orders import Order, OrderStatus
from bridge.model.postings import Phase, PostingState
from bridge.reports.frames import is_committed
from bridge.reports.inputs import Inputs, Malformed, Typed
from bridge.reports.reconciliations import reconcile
from bridge.reports.records import normal, records_of
from bridge.reports.two_sides import TwoSides
from tests.unit.reports.days import DAY, document, inputs_of, order, typed

STATUSES = st.sampled_from([*OrderStatus, OrderStatus.RELEASED, OrderStatus.RELEASED])
STATES = st.sampled_from(list(PostingState))
UNREADABLE = Reason("order_malformed", {"problem": "?"})
PHASES = st.sampled_from(list(Phase))
NUMBERS = st.integers(1, 12)
TOTALS = st.one_of(st.none(), st.decimals(0, 10**9, places=2), st.decimals(-100, 100, places=4))
DAYS = st.integers(-40, 40).map(lambda days: timedelta(days=days))


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order, perhaps with a number and an id that another one has too."""
    made = order(draw(NUMBERS), status=draw(STATUSES))
    return replace(
        made,
        id=draw(st.sampled_from([made.id, made.id, "id-other"])),
        ordered_on=made.ordered_on + draw(st.one_of(st.just(timedelta(0)), DAYS)),
        customer=draw(st.sampled_from([made.customer, None, "C-0009"])),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of some order, with any field changed or blank."""
    source = order(draw(NUMBERS))
    made = document(source, f"{draw(st.integers(1, 30)):08}")
    other = document(order(draw(NUMBERS)), "0")
    references = [f"{made.reference} {other.reference}", f"{other.reference}；{made.reference}, by phone"]
    numbers = [source.number, f" {source.number.lower()}", order(draw(NUMBERS)).number]
    return replace(
        made,
        reference=draw(st.sampled_from([*references, *numbers, *[made.reference] * 3, other.reference, "", "phone"])),
        po_number=draw(st.sampled_from(["", "", "PO 7", *numbers])),
        currency=draw(st.sampled_from([made.currency, made.currency, other.currency, "", "USD"])),
        total=draw(st.one_of(st.just(made.total), TOTALS)),
        status=draw(st.sampled_from([made.status, made.status, None, *DocumentStatus])),
        ordered_on=made.ordered_on + draw(st.one_of(st.just(timedelta(0)), DAYS)),
        customer=draw(st.sampled_from([made.customer, ""])),
        lines=draw(st.sampled_from([made.lines, made.lines[:1], other.lines, ()])),
    )


@st.composite
def postings(draw: st.DrawFn) -> Typed:
    """A posting of some order in any state."""
    number = draw(NUMBERS)
    made = typed(order(number), number, draw(st.sampled_from([None, f"{number:08}", f"{draw(NUMBERS):08}"])))
    if draw(st.booleans()):
        return made
    return replace(made, posting=replace(made.posting, state=draw(STATES), phase=draw(PHASES)))


@st.composite
def days(draw: st.DrawFn) -> Inputs:
    """A day of all that; the ERP lists a number once, and the ledger a reference and an order once."""
    day = inputs_of(
        draw(st.lists(orders(), max_size=12)),
        draw(st.lists(postings(), max_size=10, unique_by=lambda each: each.posting.order_id)),
        draw(st.lists(documents(), max_size=12, unique_by=lambda each: each.number)),
    )
    read = {each.id for each in day.crm.orders}
    unread = draw(st.lists(NUMBERS.map(lambda number: f"id-{number:04}"), max_size=2, unique=True))
    malformed = tuple(Malformed("toy", each, UNREADABLE) for each in unread if each not in read)
    numbers = [each.number for each in day.documents.listed if draw(st.integers(0, 9)) == 0]
    return replace(
        day,
        first_day=draw(st.none() | DAYS.map(lambda since: DAY + since)),
        crm=replace(day.crm, malformed=malformed),
        documents=replace(day.documents, unreadable=dict.fromkeys(numbers, UNREADABLE)),
    )


@settings(max_examples=20, deadline=None)
@given(days())
def test_the_differences_explain_the_gap_to_the_last_unit(day: Inputs) -> None:
    """Whatever happened, both routes count the same and every control ties."""
    report = reconcile(day)
    assert [control for control in report.controls if not control.ties] == []


@settings(max_examples=6, deadline=None)
@given(days())
def test_a_match_is_a_released_order_with_a_live_document_of_the_same_amount(day: Inputs) -> None:
    """Nothing is called a match that is not one; a group is one only as a whole."""
    two_sides = TwoSides(records_of(day), day)
    for row in reconcile(day).matched:
        if row.passed == "M3":
            continue
        assert row.crm is not None
        assert row.crm.order is not None
        assert row.erp is not None
        assert row.crm.order.status is OrderStatus.RELEASED
        assert row.erp.live
        assert (row.crm.minor, row.crm_currency) == (row.erp.minor, row.erp_currency)
        assert row.crm.order.ordered_on == row.erp.ordered_on
        if row.typed is None or row.typed.posting.state is not PostingState.POSTED:
            assert two_sides.holds(row.crm.order)


@settings(max_examples=6, deadline=None)
@given(days())
def test_inside_the_period_the_sums_are_those_of_the_sides(day: Inputs) -> None:
    """With everything in the period, the rows hold all live documents and all released orders, by plain addition."""
    inside = replace(
        day,
        period=replace(day.period, first=day.period.first - timedelta(90), last=day.period.last + timedelta(90)),
    )
    expected: defaultdict[str, int] = defaultdict(int)
    for each in inside.crm.orders:
        if each.status is OrderStatus.RELEASED:
            expected[each.currency] -= int(each.total.scaleb(minor_digits(each.currency)))
    for shown in inside.documents.listed:
        currency = {"RMB": "CNY"}.get(shown.currency or "", shown.currency or "")
        units = (shown.total or Decimal(0)).scaleb(minor_digits(currency))
        if shown.status is not DocumentStatus.CANCELLED and units == int(units):
            expected[currency] += int(units)
    found: defaultdict[str, int] = defaultdict(int)
    for row in reconcile(inside).rows:
        for amounts in row.amounts():
            found[amounts.currency] += amounts.difference
    assert {code: value for code, value in found.items() if value} == {c: v for c, v in expected.items() if v}


@settings(max_examples=5, deadline=None)
@given(days(), st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_changes_nothing(day: Inputs, chance: object) -> None:
    """Readers page and retry as they like; the report is the same."""
    shuffle = chance.shuffle  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    crm, ledger, opened = list(day.crm.orders), list(day.ledger.postings), list(day.documents.opened)
    for side in (crm, ledger, opened):
        shuffle(side)
    plain = inputs_of(list(day.crm.orders), list(day.ledger.postings), list(day.documents.opened))
    assert reconcile(inputs_of(crm, ledger, opened)) == reconcile(plain)


@settings(max_examples=6, deadline=None)
@given(days())
def test_flags_come_in_precedence_and_the_first_names_the_row(day: Inputs) -> None:
    """All that is true is kept, in the order of the taxonomy."""
    for row in reconcile(day).rows:
        assert row.outcome is row.flags[0]
        assert list(row.flags) == sorted(row.flags, key=list(Outcome).index)
        assert row.outcome.is_break == (row.outcome in BREAKS)


@settings(max_examples=6, deadline=None)
@given(days())
def test_a_group_that_matches_comes_to_nothing(day: Inputs) -> None:
    """Several orders and documents that are said to agree hold the same sum in the same currency."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in reconcile(day).matched:
        for amounts in row.amounts():
            sums[row.group or row.item_id, amounts.currency] += amounts.difference
    assert not any(sums.values())


@settings(max_examples=10, deadline=None)
@given(days())
def test_an_own_number_pairs_one_order_with_one_document_or_nothing(day: Inputs) -> None:
    """M1b is exact and alone on both sides, and never takes what our reference or the ledger has paired."""
    rows = [row for row in reconcile(day).rows if row.passed == "M1b"]
    for row in rows:
        assert row.crm is not None
        assert row.crm.order is not None
        assert row.erp is not None
        number = normal(row.crm.order.number)
        assert number in {normal(row.erp.reference or ""), normal(row.erp.po_number or "")}
        assert [normal(each.number) for each in day.crm.orders].count(number) == 1
        assert row.typed is None or not is_committed(row.typed.posting)
    for names in ([row.crm.order_id for row in rows if row.crm], [row.erp.number for row in rows if row.erp]):
        assert len(names) == len(set(names))
