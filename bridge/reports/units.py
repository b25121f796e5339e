"""Is another unit of measure all that makes the lines of an order and a document differ?"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bridge.model.documents import DocumentLine
from bridge.model.orders import Order
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import LineValues, ordered_lines, stored_lines

ONE = Fraction(1)


def counts_of(order: Order, lines: Sequence[DocumentLine], inputs: Inputs) -> Iterator[tuple[Fraction, Fraction]]:
    """How much of each line was ordered and is held, in one unit where both sides have units."""
    for left, right in _pairs(order, lines, inputs):
        yield _numbers(left, right, "quantity")


def is_of_units(order: Order, lines: Sequence[DocumentLine], inputs: Inputs) -> bool:
    """Whether every line that differs in quantity or price agrees by another factor, or has an unknown unit.

    It agrees where quantity and price are off by the same whole factor in opposite ways (24 at 1.00 for 2 at 12.00), or
    where one of the two is off by a factor of the conversions.
    """
    if len(order.lines) != len(lines):
        return False
    off = [pair for pair in _pairs(order, lines, inputs) if _differs(*pair)]
    known = inputs.cross.factors
    return bool(off) and all(left.item == right.item and _explained(left, right, known) for left, right in off)


def _pairs(order: Order, lines: Sequence[DocumentLine], inputs: Inputs) -> Iterator[tuple[LineValues, LineValues]]:
    yield from zip(ordered_lines(order, inputs), stored_lines(lines, None, inputs), strict=True)


def _numbers(left: LineValues, right: LineValues, name: str) -> tuple[Fraction, Fraction]:
    counted = left.unit is not None and left.unit == right.unit
    one, other = (getattr(each, f"base_{name}" if counted else name) for each in (left, right))
    return Fraction(one), Fraction(other)


def _differs(left: LineValues, right: LineValues) -> bool:
    return _other_unit(left, right) or any(
        one != other for one, other in (_numbers(left, right, name) for name in ("quantity", "price"))
    )


def _other_unit(left: LineValues, right: LineValues) -> bool:
    return left.unit is not None and left.unit != right.unit


def _explained(left: LineValues, right: LineValues, known: frozenset[Fraction]) -> bool:
    quantities, prices = _numbers(left, right, "quantity"), _numbers(left, right, "price")
    if not all((*quantities, *prices)):
        return False
    more, dearer = quantities[1] / quantities[0], prices[1] / prices[0]
    if more == dearer == ONE:
        return _other_unit(left, right)
    if more * dearer == ONE:
        return 1 in (more.numerator, more.denominator)
    return (more == ONE and dearer in known) or (dearer == ONE and more in known)
