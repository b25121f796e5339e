"""What can disagree between CRM, ledger and ERP, which disagreement names the row, and what does each mean?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the comparison says of one row; the order of the members is their precedence, matches last.

    A row is named by the first that is true of it, and keeps all that are true as its flags.
    """

    INVALID_ROW = "INVALID_ROW"
    DUP_CRM_KEY = "DUP_CRM_KEY"
    LINK_CONFLICT = "LINK_CONFLICT"
    UNCERTAIN_COMMIT = "UNCERTAIN_COMMIT"
    ORPHAN_IN_ERP = "ORPHAN_IN_ERP"
    CANCELLED_LIVE = "CANCELLED_LIVE"
    DUPLICATE_IN_ERP = "DUPLICATE_IN_ERP"
    NOT_TYPED = "NOT_TYPED"
    MISSING_IN_ERP = "MISSING_IN_ERP"
    CUSTOMER_DIFF = "CUSTOMER_DIFF"
    COMPANY_DIFF = "COMPANY_DIFF"
    CURRENCY_DIFF = "CURRENCY_DIFF"
    ITEM_DIFF = "ITEM_DIFF"
    QTY_DIFF = "QTY_DIFF"
    AMOUNT_DIFF = "AMOUNT_DIFF"
    CUTOFF_DIFF = "CUTOFF_DIFF"
    STATUS_DIFF = "STATUS_DIFF"
    TEXT_DIFF = "TEXT_DIFF"
    MATCHED_TOL = "MATCHED_TOL"
    MATCHED = "MATCHED"

    @property
    def is_break(self) -> bool:
        """Whether a person must look at it."""
        return self not in MATCHES

    @property
    def is_informational(self) -> bool:
        """Whether it is told although no amount, quantity or party hangs on it."""
        return self is Outcome.TEXT_DIFF

    @property
    def is_of_fields(self) -> bool:
        """Whether order and document are both there and say different things."""
        return self.value.endswith("_DIFF") or self is Outcome.MATCHED_TOL


MATCHES = (Outcome.MATCHED_TOL, Outcome.MATCHED)
BREAKS = tuple(outcome for outcome in Outcome if outcome not in MATCHES)


@dataclass(frozen=True)
class Meaning:
    """How an outcome is called and what it says; both are keys of the catalogue."""

    name: str
    sentence: str


MEANINGS: Mapping[Outcome, Meaning] = {
    Outcome.INVALID_ROW: Meaning("Unreadable", "The record cannot be read, so it could not be compared."),
    Outcome.DUP_CRM_KEY: Meaning("Twice in CRM", "The CRM holds the order a second time."),
    Outcome.LINK_CONFLICT: Meaning(
        "Link conflict", "The reference leads to one document, the ledger's document number to another."
    ),
    Outcome.UNCERTAIN_COMMIT: Meaning(
        "In doubt", "Save was pressed and no document number was read; a person decides, it is not typed again."
    ),
    Outcome.ORPHAN_IN_ERP: Meaning("Only in ERP", "The ERP holds a document without an order in the CRM."),
    Outcome.CANCELLED_LIVE: Meaning(
        "Live though withdrawn", "The CRM cancelled the order or took it back, and the ERP's document is still live."
    ),
    Outcome.DUPLICATE_IN_ERP: Meaning("Twice in ERP", "The ERP holds another live document of the same order."),
    Outcome.NOT_TYPED: Meaning("Not entered", "The order has not been entered into the ERP."),
    Outcome.MISSING_IN_ERP: Meaning("Missing in ERP", "The order was entered, and the ERP does not list it."),
    Outcome.CUSTOMER_DIFF: Meaning("Customer", "The customer differs."),
    Outcome.COMPANY_DIFF: Meaning("Company", "The document is booked in another company than the order's."),
    Outcome.CURRENCY_DIFF: Meaning("Currency", "The currency differs; the two amounts are never netted."),
    Outcome.ITEM_DIFF: Meaning("Item", "The item of a line differs."),
    Outcome.QTY_DIFF: Meaning("Quantity", "The quantity or unit of a line differs, or a line is missing or too many."),
    Outcome.AMOUNT_DIFF: Meaning("Amount", "The amount, a price, the discount, the freight or the tax differs."),
    Outcome.CUTOFF_DIFF: Meaning("Date", "The order date differs."),
    Outcome.STATUS_DIFF: Meaning("Status", "The ERP's status is not the one the ledger knows and the CRM was told."),
    Outcome.TEXT_DIFF: Meaning("Text", "A name, PO number, remark or description differs; no amount hangs on it."),
    Outcome.MATCHED_TOL: Meaning("Within tolerance", "The amount differs by no more than is tolerated."),
    Outcome.MATCHED: Meaning("Matched", "Order and document agree."),
}


class Sub(StrEnum):
    """What kind of its outcome a break is."""

    NONE = ""
    CRM = "CRM"
    ERP = "ERP"
    BRIDGE = "BRIDGE"
    MANUAL = "MANUAL"
    CANCELLED = "CANCELLED"
    DRAFT = "DRAFT"
    PENDING = "PENDING"
    OVERDUE = "OVERDUE"
    HELD = "HELD"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    TIMING = "TIMING"
    VOID = "VOID"
    LINES = "LINES"
    PARTIAL = "PARTIAL"
    PARTIAL_OVERDUE = "PARTIAL_OVERDUE"
    PRICE = "PRICE"
    DISCOUNT = "DISCOUNT"
    FREIGHT = "FREIGHT"
    TAX = "TAX"
    UNIT = "UNIT"
    PERIOD = "PERIOD"
    NOT_POSTED = "NOT_POSTED"
    UNKNOWN = "UNKNOWN"


SUB_MEANINGS: Mapping[Sub, str] = {
    Sub.NONE: "",
    Sub.CRM: "record of the CRM",
    Sub.ERP: "record of the ERP",
    Sub.BRIDGE: "entered by the bridge",
    Sub.MANUAL: "entered by hand",
    Sub.CANCELLED: "cancelled",
    Sub.DRAFT: "draft again",
    Sub.PENDING: "pending, inside the time allowed",
    Sub.OVERDUE: "overdue",
    Sub.HELD: "held for a person",
    Sub.REJECTED: "rejected",
    Sub.FAILED: "attempts failed",
    Sub.TIMING: "entered after the ERP was read",
    Sub.VOID: "cancelled in the ERP",
    Sub.LINES: "number of lines",
    Sub.PARTIAL: "so far only a part",
    Sub.PARTIAL_OVERDUE: "still only a part, and overdue",
    Sub.PRICE: "only the price",
    Sub.DISCOUNT: "only the discount",
    Sub.FREIGHT: "only the freight",
    Sub.TAX: "only the tax",
    Sub.UNIT: "another unit of measure",
    Sub.PERIOD: "another accounting period",
    Sub.NOT_POSTED: "the ledger does not count it as posted",
    Sub.UNKNOWN: "the ledger does not know it",
}


EXPECTED = frozenset(
    {(Outcome.NOT_TYPED, Sub.PENDING), (Outcome.MISSING_IN_ERP, Sub.TIMING), (Outcome.QTY_DIFF, Sub.PARTIAL)}
)
FOLLOWING = frozenset({Outcome.AMOUNT_DIFF, Outcome.MATCHED_TOL, Outcome.TEXT_DIFF})  # a part is less by amount too


def is_expected(flags: Collection[Outcome], sub: Sub) -> bool:
    """Whether a break with these flags, the first of which names it, goes away by itself as far as is known."""
    first, *others = flags
    return (first, sub) in EXPECTED and FOLLOWING.issuperset(others)


class Locus(StrEnum):
    """Where the difference came in, as far as it is known."""

    UNKNOWN = ""
    TYPING = "TYPING"
    CRM_LATER = "CRM_LATER"
    ERP_ON_SAVE = "ERP_ON_SAVE"
    ERP_LATER = "ERP_LATER"


LOCUS_MEANINGS: Mapping[Locus, str] = {
    Locus.UNKNOWN: "",
    Locus.TYPING: "typed otherwise than it was taken",
    Locus.CRM_LATER: "changed in the CRM after it was taken",
    Locus.ERP_ON_SAVE: "stored differently by the ERP",
    Locus.ERP_LATER: "changed in the ERP after it was verified",
}


class Verdict(StrEnum):
    """What the whole comparison says, the weightiest first; a failing control never lets any other verdict stand."""

    INCOMPLETE = "INCOMPLETE"
    BREAKS = "BREAKS"
    WARN = "WARN"
    RECONCILED = "RECONCILED"


def weightier(one: str | None, other: str) -> Verdict:
    """Of two verdicts the one that is said of both; None is none yet."""
    order = list(Verdict)
    return min((Verdict(each) for each in (one, other) if each is not None), key=order.index)


VERDICT_MEANINGS: Mapping[Verdict, str] = {
    Verdict.INCOMPLETE: "Do not rely on this workbook: a control does not tie, so records may be missing.",
    Verdict.BREAKS: "All controls tie; the breaks listed here need a person.",
    Verdict.WARN: "All controls tie and no break needs a person, but not all is compared exactly and settled.",
    Verdict.RECONCILED: "All controls tie and every order agrees with its document.",
}
