"""Do components, units, companies and texts of days nobody thought of add up, and does every match agree in them?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model.breaks import Outcome
from bridge.model.components import PARTS, Basis
from bridge.model.documents import Document, DocumentLine, Listed
from bridge.model.mapping import Kind
from bridge.model.orders import Order, OrderLine
from bridge.reports.components import COMPONENTS
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.rich_days import RICH_CROSS, SHOWN
from tests.unit.reports.test_generated_days import days

NAMES = st.frozensets(st.sampled_from(PARTS))
AMOUNTS = st.one_of(st.none(), st.none(), st.integers(0, 30).map(Decimal), st.just(Decimal("0.0005")))
BASES = st.builds(Basis, included=NAMES, compared=NAMES, gross_prices=st.booleans())
UNITS = st.sampled_from(["", "BOX", "EA", "PC", "KG"])
COMPANIES = st.sampled_from(["", "HQ", "01", "02"])
TEXTS = st.sampled_from(["", "PO 1", "x"])


@st.composite
def rich_orders(draw: st.DrawFn, order: Order) -> Order:
    """The order with whatever a CRM may state."""
    lines = tuple(rich(draw, line) for line in order.lines)
    parts: dict[str, Any] = {name: draw(AMOUNTS) for name in PARTS}
    texts: dict[str, Any] = {"company": draw(COMPANIES), "po_number": draw(TEXTS), "customer_name": draw(TEXTS)}
    return replace(order, lines=lines, prices_include_tax=draw(st.booleans()), **parts, **texts)


def rich(draw: st.DrawFn, line: OrderLine) -> OrderLine:
    """The line with a unit and a discount, or without."""
    return replace(line, unit=draw(UNITS), discount=draw(st.sampled_from([None, None, Decimal(1)])))


@st.composite
def rich_documents(draw: st.DrawFn, document: Document) -> Document:
    """The document with whatever an ERP may show."""

    def shown(line: DocumentLine) -> DocumentLine:
        amount = draw(st.sampled_from([line.amount, line.amount, None, Decimal("0.0005")]))
        return replace(line, unit=draw(UNITS), amount=amount, description=draw(TEXTS))

    lines = tuple(shown(line) for line in document.lines)
    parts: dict[str, Any] = {name: draw(AMOUNTS) for name in PARTS}
    others = {"customer_name": draw(TEXTS)}
    return replace(document, lines=lines, company=draw(COMPANIES), po_number=draw(TEXTS), others=others, **parts)


@st.composite
def rich_days(draw: st.DrawFn) -> Inputs:
    """A day on which anything may be stated by either side, and anything be compared."""
    day = draw(days())
    orders = tuple(draw(rich_orders(each)) for each in day.crm.orders)
    opened = tuple(draw(rich_documents(each)) for each in day.documents.opened)
    rows = tuple(in_list(draw, row) for row in day.documents.listed)
    hidden = draw(st.frozensets(st.sampled_from(sorted(SHOWN - {"customer", "currency"}))))
    side = replace(day.documents, listed=rows, opened=opened, shows=SHOWN - hidden, totals=None)
    return replace(day, crm=replace(day.crm, orders=orders), documents=side, cross=RICH_CROSS, basis=draw(BASES))


def in_list(draw: st.DrawFn, row: Listed) -> Listed:
    """The row of the list, which may show the tax too, and another one."""
    return replace(row, tax=draw(AMOUNTS), total=draw(st.sampled_from([row.total, None])))


@settings(max_examples=12, deadline=None)
@given(rich_days())
def test_components_of_any_day_tie_and_are_the_differences(day: Inputs) -> None:
    """Both routes count the same, and of every row the split is exactly its difference."""
    report = reconcile(day)
    assert [control for control in report.controls if not control.ties and control.code != "C11"] == []
    for row in report.rows:
        parts = None if row.split is None else sum(getattr(row.split, name) for name in COMPONENTS)
        assert parts == row.difference


@settings(max_examples=5, deadline=None)
@given(rich_days())
def test_a_match_agrees_in_all_that_is_compared(day: Inputs) -> None:
    """Same amount, same company where the order names one, same parts of the total where the ERP shows them."""
    shows = day.documents.shows
    for row in reconcile(day).matched:
        if row.passed == "M3" or row.crm is None or row.erp is None or row.crm.order is None:
            continue
        stated = row.crm.order.company
        booked = RICH_CROSS.erp_code(Kind.COMPANY, stated) if stated and "company" in shows else row.erp.company
        assert booked == row.erp.company
        for name in day.basis.compared & shows if row.erp.minor is not None else ():
            assert row.crm.parts.get(name, 0) == row.erp.parts.get(name, 0)
        assert row.erp.minor is None or row.outcome is not Outcome.MATCHED or row.difference == 0


@settings(max_examples=5, deadline=None)
@given(rich_days())
def test_companies_add_up_to_all(day: Inputs) -> None:
    """The totals by company and currency are the totals by outcome and currency, cut another way."""
    report = reconcile(day)
    for currency in {total.currency for total in report.totals}:
        by_outcome, by_company = (
            [each for each in totals if each.currency == currency] for totals in (report.totals, report.companies)
        )
        for name in ("count", "crm", "erp"):
            assert sum(getattr(each, name) for each in by_outcome) == sum(getattr(each, name) for each in by_company)
