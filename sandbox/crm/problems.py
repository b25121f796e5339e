"""What is answered when a request cannot be done: a status, a code for programs and a sentence for people."""

import re
from typing import Any

GREATEST_ID = 2**63 - 1  # SQLite's


class Problem(Exception):
    """A request that is refused: `status` is the HTTP status, `code` a stable word, `message` one sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"error": {"code": self.code, "message": self.message}}


def bad_request(message: str) -> Problem:
    """The client sent something that cannot be understood (400)."""
    return Problem(400, "bad_request", message)


def no_such_order(order_id: int) -> Problem:
    """The order is not there, or not any more (404); the CRM keeps no tombstones."""
    return Problem(404, "not_found", f"There is no order {order_id}.")


def whole_number(value: object, name: str, *, low: int, high: int = GREATEST_ID) -> int:
    """`value` as an integer within `low`..`high`; text of digits is read, a bool or a fraction is a `Problem`."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise bad_request(f"{name} must be a whole number between {low} and {high}.")
    return value


def text_or_null(value: object, name: str) -> str | None:
    """`value` when it is text or null, else a `Problem`."""
    if value is None or isinstance(value, str):
        return value
    raise bad_request(f"{name} must be text or null.")
