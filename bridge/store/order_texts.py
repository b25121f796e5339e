"""How is an order kept? As one canonical JSON text per revision, in which no decimal ever becomes a float."""

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bridge.model.components import PARTS
from bridge.model.orders import Order, OrderLine, OrderStatus
from bridge.store.reasons import write_json


def write_order(order: Order) -> str:
    """The order as text; the same order always gives the same text."""
    return write_json(asdict(order))


def read_order(text: str) -> Order:
    """The order that was written, equal to what it was."""
    content: dict[str, Any] = json.loads(text)
    content["status"] = OrderStatus(content["status"])
    content["ordered_on"] = date.fromisoformat(content["ordered_on"])
    content["changed_at"] = datetime.fromisoformat(content["changed_at"])
    content["stated_total"] = _decimal(content["stated_total"])
    content |= {name: _decimal(content.get(name)) for name in PARTS}  # orders of an earlier version have none
    deadline = content.get("deadline")
    content["deadline"] = None if deadline is None else datetime.fromisoformat(deadline)
    content["lines"] = tuple(_line(line) for line in content["lines"])
    return Order(**content)


def _line(content: dict[str, Any]) -> OrderLine:
    numbers = {name: _decimal(content.get(name)) for name in ("quantity", "unit_price", "stated_amount", "discount")}
    return OrderLine(**(content | numbers))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
