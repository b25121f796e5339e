"""Does an ERP whose totals hold VAT agree with a CRM that knows none, from the typed order to the workbook?"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.app import App
from bridge.model.breaks import Outcome, Sub
from bridge.model.components import Basis
from bridge.model.orders import Order
from bridge.model.postings import PostingState
from bridge.reports.components import Split
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import NOT_STATED, reconcile
from jobs.reconcile import gather
from tests.installations import Installation, installed, order
from tests.unit.reports.days import PERIOD
from tests.unit.reports.workbooks_read import BREAKS, table

MARCH = replace(PERIOD, first=PERIOD.first.replace(month=3), last=PERIOD.last.replace(month=3))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    """A Harbour that charges 20 % VAT, and the toy CRM, whose orders are net."""
    with installed(tmp_path, vat_percent=Decimal(20)) as installation:
        yield installation


def read(app: App) -> Inputs:
    """What the daily reconciliation reads, for the days of the orders."""
    return gather(app, "harbour", MARCH)


def taxed(inputs: Inputs, off: Decimal = Decimal(0)) -> Inputs:
    """The same, had the CRM stated the tax, so much off, and were it a part of the compared total."""

    def with_tax(each: Order) -> Order:
        return replace(each, tax=(each.total / 5).quantize(Decimal("0.01"), "ROUND_HALF_UP") + off)

    orders = tuple(with_tax(each) for each in inputs.crm.orders)
    basis = Basis(inputs.basis.included, frozenset({"discount", "freight", "tax"}))
    return replace(inputs, crm=replace(inputs.crm, orders=orders), basis=basis)


@pytest.mark.browser
def test_a_gross_erp_and_a_net_crm_reconcile_and_what_the_office_adds_is_named(house: Installation) -> None:
    """The bot types net, the ERP stores gross: posted, verified, reconciled; carriage added later is a break."""
    (posting,) = house.post(order())
    assert posting.state is PostingState.POSTED
    (stored,) = house.erp.orders()
    assert Decimal(stored["vat"]) == (Decimal(stored["net_total"]) / 5).quantize(Decimal("0.01"), "ROUND_HALF_UP") > 0
    inputs = read(house.app)
    net = reconcile(inputs)
    assert [row.outcome for row in net.rows] == [Outcome.MATCHED]
    assert NOT_STATED["tax"][1] in net.notes
    assert [row.outcome for row in reconcile(taxed(inputs)).rows] == [Outcome.MATCHED]
    (less,) = reconcile(taxed(inputs, Decimal("-0.05"))).breaks
    assert (less.outcome, less.sub, less.split) == (Outcome.AMOUNT_DIFF, Sub.TAX, Split(tax=5))

    house.erp.control(f"orders/{posting.document}/charges", {"carriage": "12.50"})
    house.app.period = (MARCH.first, MARCH.last)
    report = house.run("reconcile")
    (row,) = table(Path(report.facts["workbook"]).read_bytes(), BREAKS).rows
    assert (row["code"], row["sub_code"]) == ("AMOUNT_DIFF", "FREIGHT")
    assert (row["difference"], row["of_freight"], row["of_rest"]) == (12.5, 12.5, 0)
    assert row["differences"].startswith("total: ")
    assert "freight: (blank) ≠ 12.5" in row["differences"]
