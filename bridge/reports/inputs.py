"""What is compared, and as of when? The three sides as they were read, before anything is judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bridge.errors import Reason
from bridge.locale import Phrase
from bridge.model.components import NET, PARTS, Basis
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.lists import LIST_SCREEN, TOTALS, ListTotals
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Posting
from bridge.model.profiles import ErpProfile, Screen
from bridge.model.read_backs import ReadBacks
from bridge.model.references import ReferenceRule
from bridge.model.rules import ENTRY_SCREEN, LINES
from bridge.model.tolerances import Tolerances

HEADER_FIELDS = frozenset({"reference", "customer", "currency", "total", "status", "order_date"})
EVERY_FIELD = HEADER_FIELDS | {"lines", "amount"}
MORE_FIELDS = frozenset({*PARTS, "company"})  # what an ERP shows beside these, where its profile names it
LINE_FIELDS = frozenset({"amount", "unit"})
TEXTS = frozenset({"po_number", "remarks", "description"})  # compared where they are typed and shown


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

    `last_status` is the status the ledger last knew of the document, and so the one the CRM was told; `read` is what
    stood on the ERP's screens when it was typed and verified, as far as that was kept.
    """

    posting: Posting
    order: Order
    last_status: DocumentStatus | None = None
    read: ReadBacks = field(default_factory=ReadBacks)


@dataclass(frozen=True)
class LedgerSide:
    """What the ledger says was done in this ERP."""

    postings: tuple[Typed, ...]
    as_of: datetime


@dataclass(frozen=True)
class ListPasses:
    """How the ERP's side was read: in so many passes over its list, `unlike` being what the last two did not share.

    `opened` documents were opened now, `kept` are used as they were read before, the `oldest` of them at that moment.
    """

    count: int
    unlike: int
    opened: int = 0
    kept: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Lookups:
    """What was looked up by its number, since the list of the days that were read did not show it.

    `found` are the numbers of the rows that came of it; what was `asked` for and is not on file has none. `said` is how
    many rows the ERP counted in all answers together (None: not all of them count), `shown` how many were read there.
    Where there were more numbers than anybody should wait for, none was asked for and all are `left`.
    """

    asked: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    said: int | None = None
    shown: int = 0
    left: int = 0


@dataclass(frozen=True)
class ErpSide:
    """The ERP's own list over all statuses, and the documents of it that were opened.

    `unreadable` are list rows or documents that could not be read, by number. `shows` names the fields this ERP shows
    at all, in the list or in the document: a blank in one of these is a difference, never nothing. Without "lines" in
    it no document need be opened, and the verdict says that lines were not compared. `folds` says per field how the ERP
    is declared to alter texts, `house_currency` in which currency is what it shows without one. `list_shows`
    names what its list shows of `shows`, `limits` says what that leaves unseen, `passes` how it was read. `totals` are
    the list's own, over the days that were read: of `listed` they leave out what only `lookups` found.
    """

    listed: tuple[Listed, ...]
    opened: tuple[Document, ...]
    as_of: datetime
    unreadable: Mapping[str, Reason] = field(default_factory=dict)
    totals: ListTotals | None = None
    shows: frozenset[str] = EVERY_FIELD
    folds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    house_currency: str = ""
    list_shows: frozenset[str] = HEADER_FIELDS
    limits: tuple[Phrase, ...] = ()
    passes: ListPasses | None = None
    lookups: Lookups = field(default_factory=Lookups)


@dataclass(frozen=True)
class Carried:
    """What is looked at whatever its date: the orders (CRM and its id) and documents of breaks that are open still.

    `since` and `until` are the earliest and the latest day of any of them. `not_typed_since` says since when it is
    known that an order was not entered.
    """

    orders: frozenset[tuple[str, str]] = frozenset()
    documents: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    not_typed_since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def widened(self, period: Period) -> Period:
        """The period with all days of what is open from before."""
        return Period(min(period.first, self.since or period.first), max(period.last, self.until or period.last))


@dataclass(frozen=True)
class Inputs:
    """All that one reconciliation of one ERP looks at.

    `pending_within` is how long an order may wait before it counts as overdue, `parts_within` how long after its date
    it may be delivered in part, `listing_lag` how late the ERP's list may be, `tolerances` what differences are
    tolerated, `basis` what the compared totals hold, `first_day` the first day whose orders the bridge enters: older
    ones are compared without the ledger. `codes` are the CRMs' codes in our references.
    """

    erp: str
    period: Period
    crm: CrmSide
    ledger: LedgerSide
    documents: ErpSide
    cross: CrossReferences = field(default_factory=CrossReferences)
    rule: ReferenceRule | None = None
    pending_within: timedelta = timedelta(hours=4)
    parts_within: timedelta = timedelta(days=30)
    listing_lag: timedelta = timedelta(0)
    tolerances: Tolerances = field(default_factory=Tolerances)
    basis: Basis = NET
    carried: Carried = field(default_factory=Carried)
    first_day: date | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    def looks_at_order(self, crm: str, order_id: str, day: date) -> bool:
        """Whether an order of that day is in the period or open from before."""
        return day in self.period or (crm, order_id) in self.carried.orders

    def looks_at_document(self, number: str, day: date | None) -> bool:
        """Whether a document of that day is in the period or open from before; one without a day is looked at."""
        return day is None or day in self.period or number in self.carried.documents


def shown_by(profile: ErpProfile) -> frozenset[str]:
    """The fields the ERP shows in its order list or its documents, as its profile declares them."""
    return listed_by(profile) | _shown_on(profile, "order_show") | _texts_of(profile)


def listed_by(profile: ErpProfile) -> frozenset[str]:
    """The fields the ERP shows in its order list."""
    return _shown_on(profile, LIST_SCREEN)


def _shown_on(profile: ErpProfile, name: str) -> frozenset[str]:
    screen = profile.screens.get(name)
    if screen is None:
        return frozenset()
    header = HEADER_FIELDS | MORE_FIELDS
    shown = set(header & screen.form.keys())
    for grid in screen.grids.values():
        columns = {column.name for column in grid.columns}
        if grid.name == LINES:
            shown |= {"lines"} | (columns & LINE_FIELDS)
        elif grid.name != TOTALS:
            shown |= header & columns
    return frozenset(shown)


def _texts_of(profile: ErpProfile) -> set[str]:
    """The texts to compare: those that a document shows and somebody types; and the customer's name, where shown."""
    shown, typed = (_fields(profile.screens.get(name)) for name in ("order_show", ENTRY_SCREEN))
    return set(TEXTS & shown & typed) | (shown & {"customer_name"})


def _fields(screen: Screen | None) -> set[str]:
    if screen is None:
        return set()
    lines = screen.grids.get(LINES)
    return {*screen.form, *(column.name for column in (lines.columns if lines else ()))}


def agrees(row: Listed, document: Document) -> bool:
    """Whether the document shows what its row in the list shows, in all that both do."""
    pairs = (
        (row.customer, document.customer),
        (row.currency, document.currency),
        (row.total, document.total),
        (row.status, document.status),
        (row.ordered_on, document.ordered_on),
    )
    return all(left == right for left, right in pairs if left not in {None, ""} and right not in {None, ""})


def folds_of(profile: ErpProfile) -> dict[str, tuple[str, ...]]:
    """How the ERP is declared to alter the texts of a document, by field."""
    screen = profile.screens.get("order_show")
    if screen is None:
        return {}
    columns = {column.name: column for grid in screen.grids.values() if grid.name == LINES for column in grid.columns}
    fields = {name: screen.targets[target] for name, target in screen.form.items()}
    return {name: target.folds for name, target in {**columns, **fields}.items() if target.folds}
