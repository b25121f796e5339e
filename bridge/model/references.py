"""How is an order called inside the ERP, so that a cut or neighbouring reference never matches?

A reference is the CRM's short code, the order number and one check character of ISO/IEC 7064 MOD 37-36 over both. One
that got a character wrong fails its check, and so does one with separators that lost characters at its end; a number
that does not fit is replaced by a digest.
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from bridge.locale import Phrase

CHARSET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGESTED = "Z"
MOST_CODE = 3
LEAST_DIGEST, MOST_DIGEST = 6, 12
PARTS = 3


@dataclass(frozen=True)
class ReferenceRule:
    """What the ERP's field for our reference takes, and how it is searched.

    `separator` stands between CRM code and number where the field takes it. `search` is "exact" or "substring".
    """

    field: str
    max_length: int
    separator: str = "-"
    search: str = "exact"

    @property
    def least(self) -> int:
        """How long the field must be so that every order has a reference in it."""
        return MOST_CODE + len(self.separator) + len(DIGESTED) + LEAST_DIGEST + len(self.separator) + 1

    def faults(self) -> list[Phrase]:
        """What makes the rule unfit to tell one order from another."""
        if self.max_length < self.least:
            asked, least = self.max_length, self.least
            return [Phrase("max_length {asked} is too short; a reference needs {least}", asked=asked, least=least)]
        return []


def make_reference(crm: str, number: str, rule: ReferenceRule, salt: str = "") -> str:
    """The reference of the CRM's order number, at most `rule.max_length` long.

    `salt` tells apart two orders that share a number (the CRM's id of the second one).
    """
    code = "".join(character for character in crm.upper() if character in CHARSET)[:MOST_CODE] or "X"
    fits = (
        not salt
        and bool(number)
        and not number.startswith(DIGESTED)
        and all(character in CHARSET for character in number)
        and len(code) + 2 * len(rule.separator) + len(number) + 1 <= rule.max_length
    )
    body = number if fits else _digest(crm, number, salt, rule.max_length - len(code) - 2 * len(rule.separator) - 2)
    mark = "" if fits else DIGESTED
    check = mod_37_36.calc_check_digit(code + mark + body)
    return rule.separator.join((code, mark + body, check))


def reference_is_whole(reference: str, separator: str = "-") -> bool:
    """Whether its parts are all there and the check character agrees; a cut or mistyped reference is not whole.

    Without a separator one cut in 36 goes unnoticed; a swap of two neighbours in the alphabet may (ISO/IEC 7064).
    """
    parts = reference.split(separator) if separator else [reference[:1], reference[1:-1], reference[-1:]]
    plain = "".join(parts)
    shaped = len(parts) == PARTS and all(parts) and len(parts[-1]) == 1 and set(plain) <= set(CHARSET)
    return shaped and bool(mod_37_36.is_valid(plain))


def _digest(crm: str, number: str, salt: str, length: int) -> str:
    digest = hashlib.sha256(f"{crm}\x1f{number}\x1f{salt}".encode("utf-8", "surrogatepass")).digest()
    text = b32encode(digest).decode("ascii").rstrip("=")
    return text[: max(LEAST_DIGEST, min(length, MOST_DIGEST))]
