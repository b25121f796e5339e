"""What really gets into the books? Saving and cancelling, with the faults that falsify them in silence."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.harbour import locks, orders
from sandbox.harbour.faults import Fault
from sandbox.harbour.orders import NewOrder, OrderLine
from sandbox.harbour.visits import options, visit


def save(order: NewOrder, number: int | None) -> int:
    """Book a new order or overwrite a stored one; returns its number, raises OrderRefusedError."""
    order = falsified(order, visit().faults)
    if number is not None:
        _replace(number, order)
        return number
    user, lag = visit().session.user, visit().faults.get("list_lag")
    visible_at = time.time() + lag.seconds if lag else 0.0
    if "saved_twice" in visit().faults:
        orders.insert(visit().db, order, user, visible_at)
    return orders.insert(visit().db, order, user, visible_at)


def _replace(number: int, order: NewOrder) -> None:
    _demand_lock(number)
    orders.replace(visit().db, number, order, visit().session.user)
    locks.release(visit().db, number, visit().session)


def cancel(number: int) -> None:
    """Cancel a stored order; raises OrderRefusedError."""
    _demand_lock(number)
    orders.cancel(visit().db, number)
    locks.release(visit().db, number, visit().session)


def _demand_lock(number: int) -> None:
    holder = locks.acquire(visit().db, number, visit().session, options().idle_seconds)
    if holder:
        raise orders.OrderRefusedError(holder)


def falsified(order: NewOrder, faults: dict[str, Fault]) -> NewOrder:
    """The order as the faults want it stored."""
    if "cut_reference" in faults:
        order = replace(order, remarks=order.remarks[: faults["cut_reference"].length])
    if "drop_line" in faults:
        order = replace(order, lines=_without(order.lines, faults["drop_line"].line))
    if "corrupt_field" in faults:
        order = _corrupted(order, faults["corrupt_field"])
    return order


def _without(lines: tuple[OrderLine, ...], position: int) -> tuple[OrderLine, ...]:
    dropped = position or len(lines)
    kept = (line for line in lines if line.position != dropped)
    return tuple(replace(line, position=place) for place, line in enumerate(kept, start=1))


def _corrupted(order: NewOrder, fault: Fault) -> NewOrder:
    if not fault.line:
        return replace(order, **_typed_as(order, fault))
    lines = (replace(line, **_typed_as(line, fault)) if line.position == fault.line else line for line in order.lines)
    return replace(order, lines=tuple(lines))


def _typed_as(record: NewOrder | OrderLine, fault: Fault) -> dict[str, Any]:
    stored = getattr(record, fault.field)
    if isinstance(stored, Decimal):
        return {fault.field: Decimal(fault.value)}
    return {fault.field: date.fromisoformat(fault.value) if isinstance(stored, date) else fault.value}
