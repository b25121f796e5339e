"""Which code does the ERP use for what the CRM calls so? The same code unless the table says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a cross reference translates."""

    CUSTOMER = "customer"
    ITEM = "item"
    UNIT = "unit"
    CURRENCY = "currency"


@dataclass(frozen=True)
class CrossReferences:
    """The codes of one ERP for the codes of the CRM."""

    codes: Mapping[tuple[Kind, str], str] = field(default_factory=dict)

    def erp_code(self, kind: Kind, crm_code: str) -> str:
        """The ERP's code; the CRM's own where none is listed."""
        return self.codes.get((kind, crm_code), crm_code)
