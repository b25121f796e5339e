"""How is an order called inside the ERP, so that a cut or neighbouring reference never matches?

A reference is the CRM's short code, the order number and one check character of ISO/IEC 7064 MOD 37-36 over both. A
reference that lost characters, or got one wrong, fails its check; a number that does not fit is replaced by a digest.
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from bridge.locale import Phrase

CHARSET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHORTEST = 10
DIGESTED = "Z"


@dataclass(frozen=True)
class ReferenceRule:
    """What the ERP's field for our reference takes, and how it is searched.

    `separator` stands between CRM code and number where the field takes it. `search` is "exact" or "substring".
    """

    field: str
    max_length: int
    separator: str = "-"
    search: str = "exact"

    def faults(self) -> list[Phrase]:
        """What makes the rule unfit to tell one order from another."""
        if self.max_length < SHORTEST:
            asked = self.max_length
            return [Phrase("max_length {asked} is too short; a reference needs {least}", asked=asked, least=SHORTEST)]
        return []


def make_reference(crm: str, number: str, rule: ReferenceRule, salt: str = "") -> str:
    """The reference of the CRM's order number, at most `rule.max_length` long.

    `salt` tells apart two orders that share a number (the CRM's id of the second one).
    """
    code = "".join(character for character in crm.upper() if character in CHARSET)[:3] or "X"
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
    """Whether the check character agrees, so that a cut or mistyped reference is told apart from a whole one."""
    plain = reference.replace(separator, "") if separator else reference
    return len(plain) > 2 and all(c in CHARSET for c in plain) and bool(mod_37_36.is_valid(plain))  # noqa: PLR2004


def _digest(crm: str, number: str, salt: str, length: int) -> str:
    digest = hashlib.sha256("\x1f".join((crm, number, salt)).encode("utf-8", "surrogatepass")).digest()
    return b32encode(digest).decode("ascii").translate(str.maketrans("", "", "="))[: max(6, min(length, 12))]
