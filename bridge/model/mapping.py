"""Which code does the ERP use for what the CRM calls so? The same code unless the table says otherwise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

CONVERSION = re.compile(r"(?P<factor>[0-9]+(?:\.[0-9]+|/[0-9]+)?) +(?P<unit>\S.*)")


class Kind(StrEnum):
    """What a cross reference translates.

    A conversion says how many of a smaller unit a unit is: `BOX` (or `BOLT/BOX`, of that item alone) is `12 EA`.
    """

    CUSTOMER = "customer"
    ITEM = "item"
    UNIT = "unit"
    CURRENCY = "currency"
    COMPANY = "company"
    CONVERSION = "conversion"


@dataclass(frozen=True)
class CrossReferences:
    """The codes of one ERP for the codes of the CRM."""

    codes: Mapping[tuple[Kind, str], str] = field(default_factory=dict)

    def erp_code(self, kind: Kind, crm_code: str) -> str:
        """The ERP's code; the CRM's own where none is listed."""
        return self.codes.get((kind, crm_code), crm_code)

    @cached_property
    def currencies(self) -> Mapping[str, str]:
        """The CRM's code, which is that of ISO 4217, for each currency of the ERP that is listed."""
        return self._crm_codes(Kind.CURRENCY)

    @cached_property
    def companies(self) -> Mapping[str, str]:
        """The CRM's code for each company of the ERP that is listed."""
        return self._crm_codes(Kind.COMPANY)

    @cached_property
    def factors(self) -> frozenset[Fraction]:
        """By how much the units of a conversion differ, in both directions; those that are one unit are left out."""
        texts = (text for (kind, _), text in self.codes.items() if kind is Kind.CONVERSION)
        factors = {found.factor for found in map(read_conversion, texts) if found is not None} - {1}
        return frozenset(factors | {1 / factor for factor in factors})

    def ordered_unit(self, item: str, unit: str) -> "Counted":
        """What one unit of an order is in the ERP's smallest unit; `item` and `unit` are the CRM's codes."""
        first = self._conversion(item, unit)
        stored = self.erp_code(Kind.ITEM, item)
        if first is None:
            return self.stored_unit(stored, self.erp_code(Kind.UNIT, unit))
        rest = self.stored_unit(stored, first.unit)
        return Counted(first.factor * rest.factor, rest.unit)

    def stored_unit(self, item: str, unit: str) -> "Counted":
        """What one unit of a document is in the ERP's smallest unit; `item` and `unit` are the ERP's codes."""
        found, seen = Counted(Fraction(1), unit), {unit}
        while (step := self._conversion(item, found.unit)) is not None and step.unit not in seen:
            found = Counted(found.factor * step.factor, step.unit)
            seen.add(step.unit)
        return found

    def _crm_codes(self, kind: Kind) -> Mapping[str, str]:
        return {code: crm for (listed, crm), code in self.codes.items() if listed is kind}

    def _conversion(self, item: str, unit: str) -> "Counted | None":
        own = self.codes.get((Kind.CONVERSION, f"{item}/{unit}"))
        text = own if own is not None else self.codes.get((Kind.CONVERSION, unit))
        return None if text is None else read_conversion(text)


@dataclass(frozen=True)
class Counted:
    """So many of a unit, exactly."""

    factor: Fraction
    unit: str


def read_conversion(text: str) -> Counted | None:
    """What "12 EA", "0.5 KG" or "1/12 BOX" says; None where it says nothing of the kind."""
    match = CONVERSION.fullmatch(text)
    try:
        factor = Fraction(match["factor"]) if match else Fraction(0)
    except ZeroDivisionError:
        return None
    return Counted(factor, match["unit"]) if match and factor else None
