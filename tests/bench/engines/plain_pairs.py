"""In what do one order and its one document differ? Header first, then the lines by their place."""

from collections.abc import Iterator

from bridge.model.breaks import Outcome
from tests.bench.engines.plain_groups import Group
from tests.bench.engines.plain_records import Day, Document, Line, Order, Terms
from tests.bench.engines.plain_rows import Row


def compared(row: Row) -> bool:
    """Whether its values are laid side by side: a released order, its document, both readable, and no group."""
    if row.order is None or row.document is None or row.group is not Group.NONE:
        return False
    return row.order.released and not row.order.invalid and not row.document.invalid


def header_breaks(row: Row, day: Day) -> Iterator[Outcome]:
    """What differs in customer, currency, total and date; nothing where the ERP should show a value is a difference."""
    order, document = _pair(row)
    terms = day.terms
    if "customer" in terms.shows and order.customer != document.customer:
        yield Outcome.CUSTOMER_DIFF
    if "company" in terms.shows and order.company is not None and order.company != document.company:
        yield Outcome.COMPANY_DIFF
    if order.currency != document.currency:
        yield Outcome.CURRENCY_DIFF
    elif "total" in terms.shows or document.minor is not None:
        yield from _of_money(order, document, len(day.order_lines.get(order.record, ())), terms)
    if document.opened and order.texts != document.texts:
        yield Outcome.TEXT_DIFF
    if "order_date" in terms.shows and order.date != document.date:
        yield Outcome.CUTOFF_DIFF


def _of_money(order: Order, document: Document, lines: int, terms: Terms) -> Iterator[Outcome]:
    """The total, and each part: one that the total holds is nothing where it is not stated, another is not compared."""
    band = terms.of_order(order.currency or "", lines)
    if order.minor != document.minor:
        yield _judged(order.minor, document.minor, band)
    for name in {"discount", "freight", "tax"} & terms.shows:
        owed, charged = getattr(order, name), getattr(document, name)
        if name in terms.compared:
            owed, charged = owed or 0, charged or 0
        if owed is not None and charged is not None and owed != charged:
            yield _judged(owed, charged, band)


def _judged(wanted: int | None, found: int | None, band: tuple[int, int]) -> Outcome:
    if wanted is None or found is None:
        return Outcome.AMOUNT_DIFF
    above, below = band
    return Outcome.MATCHED_TOL if -below <= found - wanted <= above else Outcome.AMOUNT_DIFF


def line_breaks(row: Row, day: Day) -> Iterator[Outcome]:
    """What differs in the lines, where the document was opened."""
    order, document = _pair(row)
    if "lines" not in day.terms.shows or not document.opened:
        return
    asked, held = day.order_lines.get(order.record, ()), day.document_lines.get(document.record, ())
    if len(asked) != len(held):
        yield Outcome.QTY_DIFF
    alike = order.gross == day.terms.gross_prices  # a price with tax is not one without
    money = alike and "amount" in day.terms.shows and order.currency == document.currency
    band = day.terms.of_line(order.currency or "")
    for wanted, found in zip(asked, held, strict=False):
        yield from _of_line(wanted, found)
        if alike and _price(wanted, wanted) != _price(found, wanted):
            yield Outcome.AMOUNT_DIFF
        if money and wanted.amount != found.amount:
            yield _judged(wanted.amount, found.amount, band)


def _of_line(wanted: Line, found: Line) -> Iterator[Outcome]:
    if wanted.item != found.item:
        yield Outcome.ITEM_DIFF
    if wanted.unit is None:
        other = wanted.quantity != found.quantity
    else:
        other = (wanted.unit, wanted.base_quantity) != (found.unit, found.base_quantity)
    if other:
        yield Outcome.QTY_DIFF
    if wanted.description != found.description:
        yield Outcome.TEXT_DIFF


def _price(line: Line, wanted: Line) -> str | None:
    """The price of a piece, or of whatever unit it is where the order states none."""
    return line.price if wanted.unit is None else line.base_price


def _pair(row: Row) -> tuple[Order, Document]:
    assert row.order is not None
    assert row.document is not None
    return row.order, row.document
