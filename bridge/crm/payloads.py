"""What does a CRM's answer say, without a float ever touching an amount and without one record spoiling the others?"""

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bridge.locale import Phrase

Json = dict[str, Any]
Decoder = Callable[[Json], Any]
_LONGEST_INTEGER: Final = 40  # digits; a longer one is no id and no amount, and costs quadratic time to convert


def read_json(body: bytes, decoder: Decoder | None = None) -> Any:
    """The JSON value with exact decimals; raises ValueError where the whole is no JSON.

    What is wrong in one record only must not lose the others: bytes that are no UTF-8 become lone surrogates, raw
    control characters stay in their text, and numbers that are none (NaN, Infinity, absurd lengths) become Decimal NaN.
    """
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    try:
        return json.loads(
            text,
            parse_float=read_decimal,
            parse_int=_integer,
            parse_constant=_no_number,
            object_hook=decoder,
            strict=False,
        )
    except RecursionError:
        raise ValueError(Phrase("it is nested too deeply")) from None


def write_json(value: Any) -> bytes:
    """The value as JSON in ASCII, so that not even a lone surrogate can stop it."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False).encode("ascii")


def read_decimal(text: str) -> Decimal:
    """The decimal that a text writes, NaN where it writes none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal("NaN")


def _no_number(_text: str) -> Decimal:
    return Decimal("NaN")
