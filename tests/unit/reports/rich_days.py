"""A day on which both sides say all that can be said: discount, freight, tax, units, company and texts."""

from dataclasses import replace
from decimal import Decimal
from functools import cache

from bridge.model.components import Basis
from bridge.model.documents import Document, DocumentLine
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order
from bridge.reports.inputs import EVERY_FIELD, Inputs
from tests.unit.reports.days import CROSS, clean_day, document, erp_side, inputs_of, order, typed

RICH_CROSS = CrossReferences(
    {
        **CROSS.codes,
        (Kind.COMPANY, "HQ"): "01",
        (Kind.UNIT, "PCS"): "PC",
        (Kind.CONVERSION, "BOX"): "10 EA",
        (Kind.CONVERSION, "NUT/PC"): "1000 G",
    }
)
SHOWN = EVERY_FIELD | {"discount", "freight", "tax", "company", "unit", "customer_name", "po_number", "description"}
ALL = frozenset({"discount", "freight", "tax"})
NET_OF_GROSS = Basis(included=ALL)
GROSS = Basis(included=ALL, compared=ALL)


def rich_order(number: int, **changes: object) -> Order:
    """Order `number`, with everything its CRM can state."""
    plain = order(number)
    bolts, nuts = plain.lines
    made = replace(
        plain,
        lines=(replace(bolts, unit="BOX"), replace(nuts, unit="PCS")),
        discount=Decimal(3),
        freight=Decimal(number),
        tax=Decimal(20 + number),
        company="HQ",
        po_number=f"PO {number}",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def rich_document(entered: Order, number: str, **changes: object) -> Document:
    """What the ERP makes of it: bolts by the piece, a gross total, everything shown."""
    plain = document(entered, number)
    bolts, nuts = plain.lines
    others = {"customer_name": entered.customer_name}
    made = replace(
        plain,
        lines=(by_the_piece(bolts), replace(nuts, unit="PC", description=entered.lines[1].description)),
        total=entered.net_total + (entered.tax or 0),
        discount=entered.discount,
        freight=entered.freight,
        tax=entered.tax,
        company="01",
        po_number=entered.po_number,
        others=others,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may be changed


def by_the_piece(line: DocumentLine) -> DocumentLine:
    """Ten pieces for each box, each at a tenth of its price."""
    pieces, each = line.quantity * 10, line.unit_price / 10
    return replace(line, quantity=pieces, unit_price=each, unit="EA", description="Bolt M8")


@cache
def rich_day(basis: Basis = NET_OF_GROSS) -> Inputs:
    """A day of all that, typed without fault."""
    count = len(clean_day().crm.orders)
    orders = [rich_order(number) for number in range(1, count + 1)]
    numbers = [f"{number:08}" for number in range(1, count + 1)]
    documents = [rich_document(each, number) for each, number in zip(orders, numbers, strict=True)]
    postings = [typed(each, place, numbers[place - 1]) for place, each in enumerate(orders, 1)]
    day = inputs_of(orders, postings, documents)
    side = replace(erp_side(documents), shows=SHOWN)
    return replace(day, documents=side, cross=RICH_CROSS, basis=basis)


def gross_day() -> Inputs:
    """The same, where the compared total holds the tax."""
    return rich_day(GROSS)
