"""Where a client stands in the list of orders, packed into a word that only the server needs to understand."""

import base64
import binascii
import json
from dataclasses import dataclass

from sandbox.crm.clocks import read_instant, write_instant
from sandbox.crm.orders import checked_status
from sandbox.crm.problems import Problem, bad_request, whole_number


@dataclass(frozen=True, kw_only=True)
class Position:
    """The orders above (`changed_at`, `order_id`), of one status or of all: a keyset, so it does not slide."""

    changed_at: str = ""
    order_id: int = 0
    status: str | None = None


def pack(position: Position) -> str:
    """The opaque cursor of `position`."""
    raw = json.dumps([position.changed_at, position.order_id, position.status])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def unpack(cursor: str) -> Position:
    """The position of a cursor that `pack` made; anything else is a `Problem`."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        changed_at, order_id, status = json.loads(raw)
        return Position(
            changed_at=write_instant(read_instant(changed_at, "cursor")),
            order_id=whole_number(order_id, "cursor", low=0),
            status=None if status is None else checked_status(status),
        )
    except (ValueError, TypeError, binascii.Error, Problem):
        raise bad_request("This cursor was not made by this server.") from None
