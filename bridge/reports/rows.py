"""What does one line of the report say of an order and its document, and by how much do they differ?"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.errors import Reason
from bridge.model.breaks import Locus, Outcome, Sub
from bridge.model.forms import Difference
from bridge.model.orders import OrderStatus
from bridge.reports.inputs import Typed
from bridge.reports.records import CrmRecord, ErpRecord
from bridge.reports.suggestions import Suggestion

SCHEMA = "1"


@dataclass(frozen=True)
class Amounts:
    """What one row adds to the sums of one currency, in minor units; an absent side adds nothing."""

    currency: str
    crm: int
    erp: int

    @property
    def difference(self) -> int:
        """ERP less CRM."""
        return self.erp - self.crm


@dataclass(frozen=True)
class Row:
    """One order with its document, or what stands alone of them.

    `flags` are all outcomes that are true, the first of them names the row. `owner` is the posting of the same key,
    also where the row itself is a second document or order of that key. `passed` says which pass paired it, if any,
    `group` is the name of its group, where it belongs to one, `perhaps` what else it may belong to.
    """

    erp_name: str
    outcome: Outcome
    flags: tuple[Outcome, ...]
    crm: CrmRecord | None
    typed: Typed | None
    erp: ErpRecord | None
    owner: Typed | None = None
    passed: str = ""
    group: str = ""
    perhaps: Suggestion | None = None
    sub: Sub = Sub.NONE
    locus: Locus = Locus.UNKNOWN
    reason: Reason | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def item_id(self) -> str:
        """A name that stays while the row's outcome changes, so that comments can follow it."""
        key = self._key()
        return hashlib.sha256("\x1f".join((SCHEMA, self.erp_name, *key)).encode("utf-8", "replace")).hexdigest()[:16]

    def _key(self) -> tuple[str, ...]:
        if self.crm is not None:
            again = "again" if Outcome.DUP_CRM_KEY in self.flags else ""
            return ("order", self.crm.crm, self.crm.order_id, again)
        if self.erp is not None:
            return ("document", self.erp.number)
        posting = self.typed.posting if self.typed else None
        return ("posting", posting.crm, posting.order_id) if posting else ()

    @property
    def order_number(self) -> str:
        """What people call the order: the CRM's number, else the ledger's."""
        if self.crm is not None and self.crm.order is not None:
            return self.crm.order.number
        return self.owner.posting.order_number if self.owner is not None else ""

    @property
    def crm_minor(self) -> int | None:
        """What the CRM stands for; an order that is not released stands for nothing."""
        if self.crm is None or self.crm.order is None or self.crm.order.status is not OrderStatus.RELEASED:
            return None
        return self.crm.minor

    @property
    def crm_currency(self) -> str | None:
        """The order's currency; None without a readable order."""
        return self.crm.order.currency if self.crm is not None and self.crm.order is not None else None

    @property
    def erp_minor(self) -> int | None:
        """What the ERP stands for; None without a document or without a readable total."""
        return self.erp.minor if self.erp is not None else None

    @property
    def erp_currency(self) -> str | None:
        """The document's ISO currency; None without a document or where it is blank."""
        return self.erp.currency if self.erp is not None else None

    @property
    def currency(self) -> str:
        """Under which currency the row is counted: the CRM's, else the ERP's."""
        return self.crm_currency or self.erp_currency or ""

    def amounts(self) -> Iterator[Amounts]:
        """What the row adds to the sums: one entry, or two where the sides have different currencies."""
        crm, erp = self.crm_minor or 0, self.erp_minor or 0
        other = (self.erp_currency or "") if self.erp_minor is not None else self.currency
        if other == self.currency:
            yield Amounts(self.currency, crm, erp)
        else:
            yield Amounts(self.currency, crm, 0)
            yield Amounts(other, 0, erp)

    @property
    def difference(self) -> int | None:
        """ERP less CRM in minor units of `currency`; None for two currencies, and where no amount is known at all."""
        amounts = list(self.amounts())
        known = self.crm_minor is not None or self.erp_minor is not None
        return amounts[0].difference if known and len(amounts) == 1 else None
