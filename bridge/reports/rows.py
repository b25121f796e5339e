"""What does one line of the report say of an order and its document, and by how much do they differ?"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bridge.errors import Reason
from bridge.model.breaks import Locus, Outcome, Sub, is_expected
from bridge.model.components import NET, Basis
from bridge.model.forms import Difference
from bridge.model.orders import OrderStatus
from bridge.reports.components import Split
from bridge.reports.inputs import Typed
from bridge.reports.records import CrmRecord, ErpRecord
from bridge.reports.shown_values import Shown
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
    `group` is the name of its group, where it belongs to one, `members` all that the group holds, `perhaps` what else
    it may belong to. `loci` says of each of the `differences` where it came in, `locus` the earliest of them; `in_form`
    and `as_verified` are what was kept of the screens. `again` counts the further records of an order that the CRM gave
    more than once. `goes_on_from` is the name of the break that it was before its order came or went.
    `basis` is on what the amounts are compared, `rest` what the document's total holds beyond its lines and parts,
    `booked_in` the CRM's code for the document's company. `together` are the numbers of all documents of its order, or
    of the orders that a document joins, where there are several. `tolerated_beside` is what was tolerated, signs aside,
    of parts that the compared total does not hold; of a group it stands in one of its rows.
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
    members: tuple[str, ...] = ()
    group_is_open: bool = False
    group_ordered_on: date | None = None
    perhaps: Suggestion | None = None
    sub: Sub = Sub.NONE
    locus: Locus = Locus.UNKNOWN
    reason: Reason | None = None
    differences: tuple[Difference, ...] = ()
    again: int = 0
    loci: tuple[Locus, ...] = ()
    in_form: Shown | None = None
    as_verified: Shown | None = None
    basis: Basis = NET
    rest: int = 0
    booked_in: str = ""
    goes_on_from: str = ""
    together: tuple[str, ...] = ()
    tolerated_beside: int = 0

    @cached_property
    def item_id(self) -> str:
        """A name that stays while the row's outcome changes, so that comments can follow it."""
        if self.goes_on_from:
            return self.goes_on_from
        key = self._key()
        return hashlib.sha256("\x1f".join((SCHEMA, self.erp_name, *key)).encode("utf-8", "replace")).hexdigest()[:16]

    def _key(self) -> tuple[str, ...]:
        if self.crm is not None:
            again = str(self.again) if self.again else ""
            return ("order", self.crm.crm, self.crm.order_id, again)
        if self.typed is not None:  # the CRM has it no more, and it stays the same break
            return ("order", self.typed.posting.crm, self.typed.posting.order_id, "")
        return ("document", self.erp.number) if self.erp is not None else ()

    @property
    def is_expected(self) -> bool:
        """Whether it goes away by itself as far as is known, so that nobody need do anything yet."""
        # no document that is closed will hold the rest, and what was whole once and is less now is no part to come
        may_come = self.group_is_open if self.group else self.locus is Locus.UNKNOWN
        return is_expected(self.flags, self.sub) and may_come

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look at it: not at what is expected, nor at what is only for information."""
        return self.outcome.is_break and not self.outcome.is_informational and not self.is_expected

    @property
    def order(self) -> tuple[str, str] | None:
        """The CRM and its id of the order, also where only the ledger knows it."""
        if self.crm is not None:
            return self.crm.crm, self.crm.order_id
        return (self.owner.posting.crm, self.owner.posting.order_id) if self.owner is not None else None

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

    @cached_property
    def split(self) -> Split | None:
        """What the difference is made of; None where there is no difference to speak of."""
        if self.difference is None:
            return None
        stored = Split.of(self.erp_minor, self.erp.parts if self.erp else {}, self.rest, self.basis)
        return stored - Split.of(self.crm_minor, self.crm.parts if self.crm else {}, 0, self.basis)

    @property
    def company(self) -> str:
        """Under which company the row is counted, by the CRM's code: the order's, else the one that is given here."""
        ordered = self.crm.order.company if self.crm is not None and self.crm.order is not None else ""
        return ordered or self.booked_in

    @property
    def parts_beside(self) -> tuple[str, ...]:
        """The parts that both sides state differently though the compared total does not hold them."""
        crm, erp = (side.parts if side is not None else {} for side in (self.crm, self.erp))
        both = (crm.keys() & erp.keys()) - self.basis.compared
        return tuple(sorted(name for name in both if crm[name] != erp[name])) if self.difference is not None else ()
