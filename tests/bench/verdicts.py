"""Which orders are in the ERP's own tables as they were ordered, once each? Told without a rule of the product's."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bridge.model.orders import Order
from tests.contracts.granite_worlds import Books

VERDICTS = ("right", "wrong", "missing", "twice")
HEADER = "SELECT number, customer_code, po_number, order_date, currency FROM orders WHERE external_number = ?"
LINES = "SELECT item_code, quantity, unit_price FROM order_lines WHERE order_number = ? ORDER BY position"
Line = tuple[str, Decimal, Decimal]


@dataclass(frozen=True)
class Stored:
    """One stored order; `chosen` is what the ERP chooses by itself where nobody types it, if it could be another."""

    customer: str
    po_number: str
    ordered_on: str
    currency: str
    lines: tuple[Line, ...]
    chosen: str = ""


def meant(order: Order, chosen: str = "") -> Stored:
    """What must be stored of it."""
    lines = tuple((each.item, each.quantity, each.unit_price) for each in order.lines)
    return Stored(order.customer or "", order.po_number, order.ordered_on.isoformat(), order.currency, lines, chosen)


def lines_of(rows: Iterable[Sequence[object]]) -> tuple[Line, ...]:
    """Item, quantity and price, whatever their table keeps them as."""
    return tuple((str(item), Decimal(str(quantity)), Decimal(str(price))) for item, quantity, price in rows)


def verdict(wanted: Stored, found: Sequence[Stored]) -> str:
    """One of VERDICTS."""
    if len(found) != 1:
        return "twice" if found else "missing"
    return "right" if found[0] == wanted else "wrong"


def verdicts(wanted: Mapping[str, Stored], found: Callable[[str], Sequence[Stored]]) -> Counter[str]:
    """How many of each, by reference."""
    return Counter(verdict(each, found(reference)) for reference, each in wanted.items())


def shown(counted: Mapping[str, int]) -> str:
    """The numbers in the order of VERDICTS."""
    return " / ".join(str(counted.get(name, 0)) for name in VERDICTS)


def in_granite(books: Books, reference: str) -> list[Stored]:
    """What Granite's tables hold under that reference."""
    return [
        Stored(customer, po_number, day, currency, lines_of(books.rows(LINES, number)))
        for number, customer, po_number, day, currency in books.rows(HEADER, reference)
    ]
