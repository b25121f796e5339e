"""Of what is each order and document made? Reckoned a second time, one by one, straight from what was read."""

from collections.abc import Mapping
from decimal import Decimal

from bridge.model.components import Basis
from bridge.model.documents import Document, Listed
from bridge.model.money import minor_digits
from bridge.model.orders import Order
from bridge.reports.inputs import Inputs
from bridge.reports.records import MOST_MINOR, first, total_of_lines

Made = Mapping[str, int]


def made_of_order(order: Order, basis: Basis) -> Made | None:
    """The components of the compared total of an order; None where it is no whole amount."""
    goods = _minor(order.total, order.currency)
    off, freight, tax = (_minor(amount or Decimal(0), order.currency) for amount in _header(order))
    if goods is None or off is None or freight is None or tax is None:
        return None
    if order.prices_include_tax:
        goods -= tax
    return {"goods": goods, "rest": 0, **_kept(off, freight, tax, basis)}


def made_of_document(row: Listed, document: Document | None, currency: str, inputs: Inputs) -> Made | None:
    """The components of the compared total of a document; None where it shows no total, or no whole one."""
    basis, shows = inputs.basis, inputs.documents.shows
    both = zip(_header(row), _header(document) if document else (None,) * 3, strict=True)
    off, freight, tax = (_minor(first(*each) or Decimal(0), currency) for each in both)
    total = first(row.total, document.total if document else None)
    derived = total is None and document is not None and "total" not in shows
    if derived and document is not None:
        total = total_of_lines(document, currency)
    whole = None if total is None else _minor(total, currency)
    if whole is None or off is None or freight is None or tax is None:
        return None
    held = ({"tax"} if basis.gross_prices else set()) if derived else basis.included
    bare = whole + (off if "discount" in held else 0) - (freight if "freight" in held else 0)
    bare -= tax if "tax" in held else 0
    goods = _goods(document, currency) if document is not None and "lines" in shows else None
    if goods is not None and basis.gross_prices:
        goods -= tax
    return _split(bare, goods, _kept(off, freight, tax, basis))


def _split(bare: int, goods: int | None, kept: Made) -> Made:
    return {"goods": bare if goods is None else goods, "rest": 0 if goods is None else bare - goods, **kept}


def _kept(off: int, freight: int, tax: int, basis: Basis) -> Made:
    return {
        "discount": -off if "discount" in basis.compared else 0,
        "freight": freight if "freight" in basis.compared else 0,
        "tax": tax if "tax" in basis.compared else 0,
    }


def _header(of: Order | Document | Listed) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return of.discount, of.freight, of.tax


def _goods(document: Document, currency: str) -> int | None:
    """The amounts of all lines together; None where one is not shown or not whole."""
    goods = 0
    for line in document.lines:
        minor = None if line.amount is None else _minor(line.amount, currency)
        if minor is None:
            return None
        goods += minor
    return goods


def _minor(total: Decimal, currency: str) -> int | None:
    numerator, denominator = total.as_integer_ratio() if total.is_finite() else (0, 0)
    whole, rest = divmod(numerator * 10 ** minor_digits(currency), denominator) if denominator else (0, 1)
    return whole if rest == 0 and abs(whole) <= MOST_MINOR else None
