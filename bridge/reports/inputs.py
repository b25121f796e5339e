"""What is compared, and as of when? The three sides as they were read, before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from bridge.errors import Reason
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Posting
from bridge.model.profiles import ErpProfile
from bridge.model.references import ReferenceRule
from bridge.model.rules import LINES
from bridge.model.tolerances import Tolerances

HEADER_FIELDS = frozenset({"reference", "customer", "currency", "total", "status", "order_date"})
EVERY_FIELD = HEADER_FIELDS | {"lines", "amount"}


@dataclass(frozen=True)
class Period:
    """From which order date to which, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Malformed:
    """A record of the CRM that could not be read as an order."""

    crm: str
    order_id: str
    reason: Reason


@dataclass(frozen=True)
class CrmSide:
    """All orders of the period as the CRM gives them now, drafts and cancelled ones too."""

    orders: tuple[Order, ...]
    as_of: datetime
    malformed: tuple[Malformed, ...] = ()


@dataclass(frozen=True)
class Typed:
    """A posting of this ERP with the order in the revision that was taken.

    `last_status` is the status the ledger last knew of the document, and so the one the CRM was told.
    """

    posting: Posting
    order: Order
    last_status: DocumentStatus | None = None


@dataclass(frozen=True)
class LedgerSide:
    """What the ledger says was done in this ERP."""

    postings: tuple[Typed, ...]
    as_of: datetime


@dataclass(frozen=True)
class ListTotals:
    """What the ERP's list says of itself: its count, and its sums by the ERP's currency codes, cancelled ones included.

    Whatever the list does not say is None.
    """

    count: int | None = None
    sums: Mapping[str, Decimal] | None = None


@dataclass(frozen=True)
class ErpSide:
    """The ERP's own list over all statuses, and the documents of it that were opened.

    `unreadable` are list rows or documents that could not be read, by number. `shows` names the fields this ERP shows
    at all, in the list or in the document: a blank in one of these is a difference, never nothing. Without "lines" in
    it no document need be opened, and the verdict says that lines were not compared. `folds` says per field how the ERP
    is declared to alter texts, `house_currency` in which currency it keeps its books where it shows none.
    """

    listed: tuple[Listed, ...]
    opened: tuple[Document, ...]
    as_of: datetime
    unreadable: Mapping[str, Reason] = field(default_factory=dict)
    totals: ListTotals | None = None
    shows: frozenset[str] = EVERY_FIELD
    folds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    house_currency: str = ""


@dataclass(frozen=True)
class Inputs:
    """All that one reconciliation of one ERP looks at.

    `pending_within` is how long an order may wait before it counts as overdue, `listing_lag` how late the ERP's list
    may be, `tolerances` what differences are tolerated.
    """

    erp: str
    period: Period
    crm: CrmSide
    ledger: LedgerSide
    documents: ErpSide
    cross: CrossReferences = field(default_factory=CrossReferences)
    rule: ReferenceRule | None = None
    pending_within: timedelta = timedelta(hours=4)
    listing_lag: timedelta = timedelta(0)
    tolerances: Tolerances = field(default_factory=Tolerances)


def shown_by(profile: ErpProfile) -> frozenset[str]:
    """The fields the ERP shows in its order list or its documents, as its profile declares them."""
    shown: set[str] = set()
    for name in ("order_list", "order_show"):
        screen = profile.screens.get(name)
        if screen is None:
            continue
        shown.update(HEADER_FIELDS & screen.form.keys())
        for grid in screen.grids.values():
            columns = {column.name for column in grid.columns}
            shown.update({"lines"} | (columns & {"amount"}) if grid.name == LINES else HEADER_FIELDS & columns)
    return frozenset(shown)


def folds_of(profile: ErpProfile) -> dict[str, tuple[str, ...]]:
    """How the ERP is declared to alter the texts of a document, by field."""
    screen = profile.screens.get("order_show")
    if screen is None:
        return {}
    columns = {column.name: column for grid in screen.grids.values() if grid.name == LINES for column in grid.columns}
    fields = {name: screen.targets[target] for name, target in screen.form.items()}
    return {name: target.folds for name, target in {**columns, **fields}.items() if target.folds}
