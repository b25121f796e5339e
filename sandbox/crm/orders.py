"""What an order looks like in this CRM, and which dirt it takes: any text, but never a binary fraction."""

from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Any

from sandbox.crm.problems import bad_request, text_or_null

Json = dict[str, Any]
STATUSES = ("draft", "released", "cancelled")
CONTENT_FIELDS = ("number", "customer", "order_date", "currency", "lines", "total", "remarks", "po_number")
_EXACT = Context(prec=200, traps=[InvalidOperation, Inexact, Overflow, DivisionByZero])
_LINE_FIELDS = {"position", "item", "description", "quantity", "unit_price", "amount"}
_TEXTS = ("number", "order_date", "currency", "remarks", "po_number", "total")
_DEFAULTS: Json = {
    "number": None,
    "customer": None,
    "order_date": None,
    "currency": "GBP",
    "lines": [],
    "total": None,
    "remarks": "",
    "po_number": None,
}


def money(amount: Decimal) -> str:
    """`amount` as text with two decimals, or with all it has when these are more: never rounded."""
    exponent = amount.as_tuple().exponent
    few = isinstance(exponent, int) and exponent > -2  # noqa: PLR2004  # pounds have two decimals
    return format(_EXACT.quantize(amount, Decimal("0.01")) if few else amount, "f")


def multiply(quantity: str, unit_price: str) -> Decimal:
    """Quantity times price, exactly; `ArithmeticError` when one is no finite number."""
    product = _EXACT.multiply(Decimal(quantity), Decimal(unit_price))
    if not product.is_finite():
        raise InvalidOperation
    return product


def add_up(amounts: list[str]) -> Decimal:
    """The exact sum; `ArithmeticError` when one is no finite number."""
    total = Decimal(0)
    for amount in amounts:
        total = _EXACT.add(total, Decimal(amount))
    if not total.is_finite():
        raise InvalidOperation
    return total


def new_order(given: object) -> Json:
    """A complete order content from what a client gave; the status is not part of it. `Problem` when unusable."""
    order = {**_DEFAULTS, **_checked(given)}
    if order["number"] is None:
        raise bad_request("An order needs a number.")
    return order if order["total"] is not None else {**order, "total": _total(order["lines"])}


def changed_order(order: Json, given: object) -> Json:
    """`order` with the given fields replaced; new lines make a new total unless one is given too."""
    changes = _checked(given)
    if "lines" in changes and changes.get("total") is None:
        changes["total"] = _total(changes["lines"])
    return {**order, **changes}


def checked_status(status: object) -> str:
    """`status` when it is one of `STATUSES`, else a `Problem`."""
    if status in STATUSES:
        return str(status)
    raise bad_request(f"status must be one of {', '.join(STATUSES)}.")


def _checked(given: object) -> Json:
    if not isinstance(given, dict):
        raise bad_request("An order must be a JSON object.")
    unknown = sorted(set(given) - set(CONTENT_FIELDS))
    if unknown:
        raise bad_request(f"An order has no field {unknown[0]!r}.")
    for name in _TEXTS:
        text_or_null(given.get(name), name)
    checked = dict(given)
    if "customer" in checked:
        checked["customer"] = _customer(checked["customer"])
    if "lines" in checked:
        checked["lines"] = _lines(checked["lines"])
    return checked


def _customer(given: object) -> Json | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - {"code", "name"}:
        raise bad_request("customer must be null or an object with code and name.")
    return {name: text_or_null(given.get(name), f"customer.{name}") for name in ("code", "name")}


def _lines(given: object) -> list[Json]:
    if not isinstance(given, list):
        raise bad_request("lines must be a list.")
    return [_line(line, position) for position, line in enumerate(given, start=1)]


def _line(given: object, position: int) -> Json:
    if not isinstance(given, dict) or set(given) - _LINE_FIELDS:
        raise bad_request(f"Line {position} must be an object with the fields {', '.join(sorted(_LINE_FIELDS))}.")
    texts = {name: text_or_null(given.get(name), f"{name} of line {position}") for name in _LINE_FIELDS - {"position"}}
    line: Json = {
        "position": given.get("position", position),
        "item": texts["item"],
        "description": texts["description"],
        "quantity": texts["quantity"],
        "unit_price": texts["unit_price"],
        "amount": texts["amount"],
    }
    if not isinstance(line["position"], int) or isinstance(line["position"], bool):
        raise bad_request(f"position of line {position} must be a whole number.")
    return line if line["amount"] is not None else {**line, "amount": _amount(line)}


def _amount(line: Json) -> str:
    try:
        return money(multiply(line["quantity"] or "", line["unit_price"] or ""))
    except ArithmeticError:
        raise bad_request(
            f"Line {line['position']} has a quantity or price that is no number: give its amount yourself."
        ) from None


def _total(lines: list[Json]) -> str:
    try:
        return money(add_up([line["amount"] for line in lines]))
    except ArithmeticError:
        raise bad_request("A line has an amount that is no number: give the order's total yourself.") from None
