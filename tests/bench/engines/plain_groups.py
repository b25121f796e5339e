"""Do these orders and documents, though not one and one, belong together as wholes or parts? By the words of M3."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction

from tests.bench.engines.plain_records import Bounds, Day, Document, Line, Order

UP_TO_A_PAIR = 2


class Group(Enum):
    """What so many orders and documents are together."""

    NONE = auto()
    WHOLE = auto()
    TOLERATED = auto()
    PARTIAL = auto()
    OFF = auto()


def group_of(orders: Sequence[Order], documents: Sequence[Document], day: Day) -> Group:
    """Only of one customer and currency, and only while no more is held than was asked for."""
    if not orders or not documents or len(orders) + len(documents) <= UP_TO_A_PAIR:
        return Group.NONE
    members: list[Order | Document] = [*orders, *documents]
    same = {member.currency for member in members}
    if "customer" in day.terms.shows:
        same |= {f"customer {member.customer}" for member in members}
    if len(same) != 1 + ("customer" in day.terms.shows) or any(order.minor is None for order in orders):
        return Group.NONE
    if "company" in day.terms.shows and not _of_one_company(orders, documents):
        return Group.NONE
    held = _held(orders, documents, day)
    if held is None:
        return Group.NONE
    return _settled(orders, documents, day) if held else Group.PARTIAL


def _of_one_company(orders: Sequence[Order], documents: Sequence[Document]) -> bool:
    """An order that names none goes with any; where none names one, the documents may be anybody's."""
    named = {order.company for order in orders if order.company is not None}
    return not named or len(named | {document.company for document in documents}) == 1


def _held(orders: Sequence[Order], documents: Sequence[Document], day: Day) -> bool | None:
    """Whether all is held that was asked for; None where something is that was not."""
    if "lines" in day.terms.shows and all(document.opened for document in documents):
        members = [
            *(line for order in orders for line in day.order_lines.get(order.record, ())),
            *(line for document in documents for line in day.document_lines.get(document.record, ())),
        ]
        counted = all(line.unit is not None for line in members)
        asked = _quantities(orders, day.order_lines, counted=counted)
        held = _quantities(documents, day.document_lines, counted=counted)
        if any(quantity > asked[item] for item, quantity in held.items()):
            return None
        return all(held[item] == quantity for item, quantity in asked.items())
    stored = 0
    for document in documents:
        if document.minor is None:
            return None
        stored += document.minor
    off = stored - sum(order.minor or 0 for order in orders)
    above, below = _tolerated(orders, day)
    if -below <= off <= above:
        return True
    return None if off > 0 else False


def _quantities(
    members: Sequence[Order | Document], lines: Mapping[int, Sequence[Line]], *, counted: bool
) -> defaultdict[tuple[str, str | None], Decimal]:
    """How much of each item; where all units are known in the smallest, each for itself."""
    sums: defaultdict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    for member in members:
        for line in lines.get(member.record, ()):
            if counted:
                sums[line.item, line.unit] += Decimal(line.base_quantity or 0)
            else:
                sums[line.item, None] += Decimal(line.quantity)
    return sums


def _settled(orders: Sequence[Order], documents: Sequence[Document], day: Day) -> Group:
    """All is held: is it the same money? A document without a total is a difference, where the ERP shows totals."""
    if (
        "lines" in day.terms.shows
        and all(document.opened for document in documents)
        and _dearer(orders, documents, day)
    ):
        return Group.OFF
    parts = [*_parts(orders, documents, day)]
    if Group.OFF in parts:
        return Group.OFF
    stored = [document.minor for document in documents if document.minor is not None]
    if len(stored) < len(documents):
        return Group.OFF if "total" in day.terms.shows else Group.TOLERATED if parts else Group.WHOLE
    off = sum(stored) - sum(order.minor or 0 for order in orders)
    above, below = _tolerated(orders, day)
    if off == 0:
        return Group.TOLERATED if parts else Group.WHOLE
    return Group.TOLERATED if -below <= off <= above else Group.OFF


def _tolerated(orders: Sequence[Order], day: Day) -> Bounds:
    lines = sum(len(day.order_lines.get(order.record, ())) for order in orders)
    return day.terms.of_order(orders[0].currency or "", lines)


def _parts(orders: Sequence[Order], documents: Sequence[Document], day: Day) -> Iterator[Group]:
    """Of each part that differs whether that is tolerated; what the total does not hold must be stated to differ."""
    above, below = _tolerated(orders, day)
    for name in {"discount", "freight", "tax"} & day.terms.shows:
        asked, held = ([getattr(each, name) for each in members] for members in (orders, documents))
        if name not in day.terms.compared and (None in asked or set(held) == {None}):
            continue
        off = sum(each or 0 for each in held) - sum(each or 0 for each in asked)
        if off:
            yield Group.TOLERATED if -below <= off <= above else Group.OFF


def _dearer(orders: Sequence[Order], documents: Sequence[Document], day: Day) -> bool:
    """Whether any item comes to something else, where prices are alike."""
    if any(order.gross != day.terms.gross_prices for order in orders):
        return False
    asked, held = (
        [line for member in members for line in lines.get(member.record, ())]
        for members, lines in ((orders, day.order_lines), (documents, day.document_lines))
    )
    return any(_comes_to_another(item, asked, held, day) for item in {line.item for line in (*asked, *held)})


def _comes_to_another(item: str, asked: Sequence[Line], held: Sequence[Line], day: Day) -> bool:
    ordered, stored = ([line for line in lines if line.item == item] for lines in (asked, held))
    if _worth(ordered) != _worth(stored):
        return True
    if "amount" not in day.terms.shows:
        return False
    if any(line.amount is None for line in (*ordered, *stored)):
        return True
    off = sum(line.amount or 0 for line in stored) - sum(line.amount or 0 for line in ordered)
    lines = len(ordered) + len(stored)
    return abs(off) * 2 > (0 if len(ordered) == len(stored) else lines)


def _worth(lines: Sequence[Line]) -> Fraction:
    return sum((Fraction(line.quantity) * Fraction(line.price) for line in lines), Fraction(0))
