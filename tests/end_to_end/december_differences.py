"""How do one order of the CRM and one document of Harbour differ? Value by value, and by no rule of the product's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracles import Stored

Order = Mapping[str, Any]  # as the CRM shows it to its clients


def differing(order: Order, document: Stored) -> Iterator[str]:
    """What differs of a pair."""
    if (customer_of(order) or "").upper() != document.customer.upper():
        yield "CUSTOMER_DIFF"
    if order["currency"] != document.currency:
        yield "CURRENCY_DIFF"
    if order["order_date"] != document.ordered_on:
        yield "CUTOFF_DIFF"
    if len(order["lines"]) != len(document.lines):
        yield "QTY_DIFF"
    same = order["currency"] == document.currency
    if same and total_of(order) != document.total:
        yield "AMOUNT_DIFF"
    for asked, held in zip(order["lines"], document.lines, strict=False):
        if asked["item"] != held.item:
            yield "ITEM_DIFF"
        if Decimal(asked["quantity"]) != held.quantity:
            yield "QTY_DIFF"
        if Decimal(asked["unit_price"]) != held.price or (same and _amount(asked) != held.amount):
            yield "AMOUNT_DIFF"


def group_of(order: Order, live: Sequence[Stored]) -> str:
    """Whether several documents together are the order: blank where they hold anything that it does not ask for."""
    if {each.currency for each in live} != {order["currency"]} or {each.customer.upper() for each in live} != {
        (customer_of(order) or "").upper()
    }:
        return ""
    asked, held = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for line in order["lines"]:
        asked[line["item"]] += Decimal(line["quantity"])
    for each in live:
        for stored in each.lines:
            held[stored.item] += stored.quantity
    if any(count > asked.get(item, 0) for item, count in held.items()):
        return ""
    if held != asked:
        return "PARTIAL"
    return "WHOLE" if sum(each.total for each in live) == total_of(order) else "OFF"


def kind_of_quantities(order: Order, document: Stored) -> str:
    """Of which kind a difference of quantities is: the lines themselves, or so far only a part of each."""
    if len(order["lines"]) != len(document.lines):
        return "LINES"
    pairs = list(zip(order["lines"], document.lines, strict=True))
    parts = all(0 < held.quantity <= Decimal(asked["quantity"]) for asked, held in pairs)
    same = all(asked["item"] == held.item for asked, held in pairs)
    return "PARTIAL" if parts and same and document.status in {"Open", "Confirmed", "Part shipped"} else ""


def order_values(order: Order) -> tuple[object, ...]:
    """All of an order that is compared."""
    lines = tuple((x["item"], Decimal(x["quantity"]), Decimal(x["unit_price"])) for x in order["lines"])
    return (order["status"], customer_of(order), order["currency"], order["order_date"], lines)


def document_values(document: Stored) -> tuple[object, ...]:
    """All of a document that is compared."""
    where = (document.number, document.reference, document.ordered_on)
    return (*where, document.customer, document.currency, document.total, document.lines)


def customer_of(order: Order) -> str | None:
    """The customer's code, where the order has one."""
    customer = order["customer"]
    return customer["code"] if customer else None


def _amount(line: Mapping[str, Any]) -> Decimal:
    amount = Decimal(line["quantity"]) * Decimal(line["unit_price"])
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def total_of(order: Order) -> Decimal:
    """The sum of the lines, each to the cent."""
    return sum((_amount(line) for line in order["lines"]), Decimal(0))


def pence(amount: Decimal) -> int:
    """The amount in hundredths, exactly."""
    hundredths = amount * 100
    assert hundredths == int(hundredths), amount
    return int(hundredths)
