"""What really gets into the books? Saving and cancelling, with the faults that falsify them in silence."""

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.granite import locks, orders
from sandbox.granite.faults import Fault
from sandbox.granite.orders import NewOrder, OrderLine
from sandbox.granite.sessions import Session

Faults = Mapping[str, Fault]


def save(db: sqlite3.Connection, order: NewOrder, number: int | None, session: Session, faults: Faults) -> int:
    """Book a new order or overwrite a stored one; returns its number, raises RefusedError."""
    order = falsified(order, faults)
    if number is not None:
        locks.acquire(db, number, session)
        orders.replace(db, number, order, session.user)
        locks.release(db, number, session.token)
        return number
    lag = faults.get("list_lag")
    visible_at = time.time() + lag.lasting if lag else 0.0
    if "saved_twice" in faults:
        orders.insert(db, order, session.user, visible_at)
    return orders.insert(db, order, session.user, visible_at)


def cancel(db: sqlite3.Connection, number: int, session: Session) -> int:
    """Cancel a stored order; returns its number, raises RefusedError."""
    locks.acquire(db, number, session)
    orders.cancel(db, number)
    locks.release(db, number, session.token)
    return number


def falsified(order: NewOrder, faults: Faults) -> NewOrder:
    """The order as the faults want it stored."""
    if "cut_reference" in faults:
        order = replace(order, external_number=order.external_number[: faults["cut_reference"].length])
    if "drop_line" in faults:
        order = replace(order, lines=_without(order.lines, faults["drop_line"].line))
    if "corrupt_field" in faults:
        order = _corrupted(order, faults["corrupt_field"])
    return order


def _without(lines: tuple[OrderLine, ...], position: int) -> tuple[OrderLine, ...]:
    kept = [line for line in lines if line.position != (position or len(lines))]
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
