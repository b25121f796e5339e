"""Which named codecs know the typed values that a CRM puts into its JSON, and how it wants its filters written?"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from bridge.crm.payloads import Decoder, Json, read_decimal

Encoder = Callable[[Any], str]


def _tryton_value(given: Json) -> Any:
    """Tryton's typed objects as values; what cannot be read stays as it is and is found malformed later."""
    parts = {name: value for name, value in given.items() if name != "__class__"}
    try:
        match given.get("__class__"):
            case "Decimal":
                return read_decimal(str(given["decimal"]))
            case "date":
                return date(**parts)
            case "datetime":
                return datetime(**parts, tzinfo=UTC)  # Tryton's stamps are UTC
            case _:
                return given
    except (KeyError, TypeError, ValueError, OverflowError):
        return given


def _tryton_object(value: Any) -> Json:
    match value:
        case datetime():
            moment = value.astimezone(UTC)
            names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case _:
            raise TypeError(f"Tryton's JSON has no {type(value).__name__}")


def _tryton_filter(value: Any) -> str:
    """A domain or an order as Tryton's `d` and `o` take it: JSON in base64url, with its padding."""
    return urlsafe_b64encode(json.dumps(value, default=_tryton_object).encode("ascii")).decode("ascii")


def _json_text(value: Any) -> str:
    return json.dumps(value, default=_iso, ensure_ascii=False)


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


DECODERS: Final[Mapping[str, Decoder]] = {"tryton": _tryton_value}
ENCODERS: Final[Mapping[str, Encoder]] = {"tryton": _tryton_filter, "json": _json_text}
