"""What really gets into the books? Saving and cancelling, with the faults that falsify them in silence."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.juniper import orders, sessions
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.faults import Fault, Faults
from sandbox.juniper.orders import Header, NewOrder, OrderLine, OrderRefusedError
from sandbox.juniper.texts import fitted


def save(clerk: Clerk, order: NewOrder, number: int | None, faults: Faults) -> int:
    """Book a new order or overwrite a stored one; returns its number, raises OrderRefusedError."""
    order = _falsified(order, faults, clerk.encoding)
    user, lag = clerk.session.user, faults.get("list_lag")
    if number is not None:
        demand_lock(clerk, number)
        orders.replace(clerk.db, number, order, user)
        sessions.unlock(clerk.db, number, clerk.session)
        return number
    visible_at = time.time() + lag.seconds if lag else 0.0
    if "saved_twice" in faults:
        orders.insert(clerk.db, order, user, visible_at)
    return orders.insert(clerk.db, order, user, visible_at)


def cancel(clerk: Clerk, number: int) -> None:
    """Cancel a stored order; raises OrderRefusedError."""
    demand_lock(clerk, number)
    orders.cancel(clerk.db, number)
    sessions.unlock(clerk.db, number, clerk.session)


def demand_lock(clerk: Clerk, number: int) -> None:
    """Take the edit lock; raises OrderRefusedError where somebody else has it."""
    holder = sessions.lock(clerk.db, number, clerk.session)
    if holder:
        raise OrderRefusedError("locked", user=holder.user, since=holder.since)


def _falsified(order: NewOrder, faults: Faults, encoding: str) -> NewOrder:
    if "cut_reference" in faults:
        cut = fitted(order.header.external_no, faults["cut_reference"].length, encoding).rstrip()
        order = replace(order, header=replace(order.header, external_no=cut))
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
        return replace(order, header=replace(order.header, **_as_typed(order.header, fault)))
    lines = (replace(line, **_as_typed(line, fault)) if line.position == fault.line else line for line in order.lines)
    return replace(order, lines=tuple(lines))


def _as_typed(record: Header | OrderLine, fault: Fault) -> dict[str, Any]:
    stored = getattr(record, fault.field)
    if isinstance(stored, Decimal):
        return {fault.field: Decimal(fault.value)}
    return {fault.field: date.fromisoformat(fault.value) if isinstance(stored, date) else fault.value}
