"""The promises between the rooms: what each part gives, in the words of the field, whoever keeps it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bridge.errors import Reason
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.forms import Form
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Attempt, Claim, Move, Phase, Posting, PostingState
from bridge.model.profiles import Screen

# --- time -----------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """What time is it? Tests hold their own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ...


# --- CRM ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderPage:
    """Some orders of the CRM, the records that could not be read as orders, and where to go on.

    `malformed` maps the CRM's id of an unreadable record to its reason. `cursor` is opaque and stored with the orders.
    """

    orders: tuple[Order, ...]
    malformed: Mapping[str, Reason]
    cursor: str | None


class CrmReader(Protocol):
    """Reads orders from one CRM."""

    code: str

    def changed_orders(self, cursor: str | None) -> Iterator[OrderPage]:
        """All orders changed since the cursor, page by page, at least once each; raises CrmDown or CrmRefused."""
        ...

    def order(self, order_id: str) -> Order | None:
        """The order as it is now; None where it is gone. Raises CrmDown, CrmRefused or OrderMalformed."""
        ...


@dataclass(frozen=True)
class WriteBack:
    """What the CRM is told of an order; `sequence` grows with every message of one order."""

    posting_id: int
    order_id: str
    order_number: str
    sequence: int
    erp: str
    document: str | None
    status: str
    message: str


class CrmWriter(Protocol):
    """Tells one CRM what became of its orders."""

    def tell(self, message: WriteBack) -> None:
        """Write it, idempotently; raises CrmDown where the outcome is unknown and CrmRefused where it is a no."""
        ...


# --- ERP ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rectangle:
    """A place on a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """One capture of the ERP, already masked: what leaves a driver never holds a secret.

    `format` is "webp" or "png"; `targets` are the places of all targets on it, `masked` the names that were painted over.
    """

    step: str
    screen: str
    taken_at: datetime
    content: bytes
    format: str
    width: int
    height: int
    targets: Mapping[str, Rectangle] = field(default_factory=dict)
    masked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the ERP answered to Save: a document number, or the text it showed instead (a refusal, or nothing we know)."""

    number: str | None
    text: str = ""


Leave = Callable[[], bool]


@dataclass(frozen=True)
class Search:
    """What to look for in the ERP's order list, over all statuses; only what is given narrows it."""

    reference: str = ""
    customer: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class LocatorHit:
    """Which locator found a target on the live screen; `position` 0 is the first choice, None is not found."""

    screen: str
    target: str
    locator: str
    position: int | None
    count: int


class ErpBot(Protocol):
    """A clerk's hands and eyes in one ERP: one method per procedure, no judgement.

    Every method may raise ApplicationError; those that meet the ERP's own "unknown customer" and the like raise the
    business exception. After any error the session may be in any state and is ended by the caller.
    """

    def sign_on(self) -> None:
        """Sign on as the seat's ERP user, ending an older session of the same user; raises SignOnRefused."""
        ...

    def sign_off(self) -> None:
        """Sign off, if signed on."""
        ...

    def search(self, query: Search) -> tuple[Listed, ...]:
        """All rows of the ERP's order list that answer the query, whatever their status, over all pages."""
        ...

    def open_entry(self) -> None:
        """Open a blank entry form and check its anchor and every target that will be used."""
        ...

    def type_order(self, form: Form) -> Form:
        """Type header and lines into the open form and read back what the whole form then shows."""
        ...

    def save(self, leave: Leave) -> Answer:
        """Press Save once; the committing request leaves only after `leave` said yes, and leaves once.

        Raises StopOrdered or LeaseLost where leave was refused, SaveUnanswered where no answer came.
        """
        ...

    def abandon_entry(self) -> None:
        """Leave the filled form without saving it."""
        ...

    def read_document(self, number: str) -> Document:
        """Open the stored document and read every field and line."""
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of what the ERP shows; raises CaptureRefused where a secret could not be located."""
        ...

    def locate_all(self) -> Sequence[LocatorHit]:
        """Open each screen that needs no order and say which locator finds each target."""
        ...


class ScreenDriver(Protocol):
    """Works one surface: finds targets by their locators, types, reads, and presses. It knows no ERP and no order."""

    def open(self, address: str) -> None:
        """Go to the ERP's address; raises ErpDown."""
        ...

    def show(self, screen: Screen, timeout: float | None = None) -> None:
        """Wait until the screen's anchor is there and make it the current one; raises ScreenUnknown."""
        ...

    def fill(self, target: str, text: str) -> None:
        """Replace the content of a target with the text."""
        ...

    def read(self, names: Sequence[str]) -> Mapping[str, str]:
        """The texts the targets show now."""
        ...

    def press(self, target: str) -> None:
        """Press a target once the screen is settled."""
        ...

    def fill_row(self, grid: str, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells; rows count from 0, -1 is the last."""
        ...

    def rows(self, grid: str) -> tuple[Mapping[str, str], ...]:
        """The texts of all rows of a grid."""
        ...

    def commit(self, target: str, leave: Leave) -> None:
        """Press the target whose request commits; that request is held back until `leave` says yes and is sent once."""
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of the surface."""
        ...

    def locate(self, screen: Screen) -> Sequence[LocatorHit]:
        """Which locator finds each target of the screen that is shown now."""
        ...

    def close(self) -> None:
        """End the session and all its processes."""
        ...


# --- evidence -------------------------------------------------------------------------------------------------------


class Packet(Protocol):
    """The evidence of one attempt, chained entry by entry."""

    @property
    def path(self) -> str:
        """Where the packet lies, relative to the store."""
        ...

    @property
    def head(self) -> str:
        """The hash of the newest entry; it covers all before it."""
        ...

    def add(self, picture: Picture, worker: str) -> str:
        """Keep a picture and its manifest entry, durably; the new head. Raises StorageFull."""
        ...

    def note(self, step: str, facts: Mapping[str, str], worker: str) -> str:
        """Keep an entry without a picture; the new head."""
        ...


class EvidenceStore(Protocol):
    """Keeps packets."""

    def open_packet(self, erp: str, reference: str, attempt: int) -> Packet:
        """A new packet for the attempt, or the one begun before."""
        ...

    def purge(self, before: datetime) -> int:
        """Remove pictures older than the moment, leaving a tombstone in each chain; how many packets were purged."""
        ...


# --- ledger ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What taking an order did: "new", "unchanged", "revised", "held" or "ignored", and its posting."""

    outcome: str
    posting: Posting


@dataclass(frozen=True)
class RunRecord:
    """One run of a job."""

    id: int
    job: str
    planned_at: datetime
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    report: Mapping[str, object] | None


@dataclass(frozen=True)
class KnownDocument:
    """What the ledger last saw of one ERP document."""

    erp: str
    number: str
    status: DocumentStatus
    posting_id: int | None
    seen_at: datetime


class Ledger(Protocol):
    """The durable list of postings, attempts and moves: the only truth about what was done.

    Every method is one transaction, durable when it returns. Methods that take a claim raise LeaseLost unless its
    token is still the posting's own; moves that `MOVES` does not allow raise MoveForbidden.
    """

    def take(self, order: Order, erp: str, reference: str, hold: Reason | None, actor: str) -> Taken:
        """Store the order's newest revision and its posting; what is already posted is held when the order changed."""
        ...

    def order_of(self, posting: Posting) -> Order:
        """The order as it was taken, in the posting's revision."""
        ...

    def posting(self, posting_id: int) -> Posting:
        """One posting; raises PostingUnknown."""
        ...

    def find(self, text: str) -> Posting:
        """The posting with that reference or order number; raises PostingUnknown."""
        ...

    def postings(
        self, *, erp: str | None = None, states: Sequence[PostingState] = (), since: datetime | None = None
    ) -> Sequence[Posting]:
        """The postings that answer, oldest first."""
        ...

    def claim(self, posting: Posting, worker: str, lease: timedelta) -> Claim | None:
        """Claim a pending or in-doubt posting; None where somebody else was faster."""
        ...

    def beat(self, claim: Claim, lease: timedelta) -> Claim:
        """Extend the lease."""
        ...

    def note_phase(self, claim: Claim, phase: Phase, document: str | None = None) -> None:
        """Commit how far the attempt came."""
        ...

    def note_evidence(self, claim: Claim, packet: str, head: str) -> None:
        """Commit the packet's head."""
        ...

    def end(
        self,
        claim: Claim,
        state: PostingState,
        actor: str,
        reason: Reason | None = None,
        *,
        settle_after: datetime | None = None,
        forget_phase: bool = False,
        refusal: str | None = None,
    ) -> Posting:
        """End the attempt by a move; the phase is forgotten only where absence was proved."""
        ...

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End the attempt as posted; the write-back enters the outbox in the same transaction."""
        ...

    def move(self, posting: Posting, state: PostingState, actor: str, reason: Reason | None = None) -> Posting:
        """Move a posting nobody has claimed."""
        ...

    def lapsed(self) -> Sequence[Posting]:
        """Claimed postings whose lease has run out."""
        ...

    def recover(self, posting: Posting, actor: str, settle_after: datetime | None) -> Posting:
        """Move a lapsed posting where the crash table says, fencing off its old holder."""
        ...

    def history(self, posting: Posting) -> Sequence[Move]:
        """All moves of a posting, oldest first."""
        ...

    def attempts(self, posting: Posting) -> Sequence[Attempt]:
        """All attempts at a posting, oldest first."""
        ...

    def control_reference(self, erp: str) -> str | None:
        """The reference of the posting last verified in that ERP: a search must find it, or searching is broken."""
        ...

    def reference_owner(self, erp: str, reference: str) -> Posting | None:
        """The posting that owns the reference in that ERP."""
        ...

    def customer_was_posted(self, erp: str, customer: str, since: datetime) -> bool:
        """Whether an order of that CRM customer was posted since the moment (cut-over or restore)."""
        ...

    def cross_references(self, erp: str) -> CrossReferences:
        """The code table of one ERP."""
        ...

    def stopped(self) -> Reason | None:
        """Why everything is stopped, or None."""
        ...


class Outbox(Protocol):
    """What the CRM has still to be told."""

    def waiting(self, crm: str) -> Sequence[WriteBack]:
        """The messages not told yet, in order."""
        ...

    def told(self, message: WriteBack) -> None:
        """The CRM has it."""
        ...

    def put_off(self, message: WriteBack, why: Reason) -> None:
        """It could not be told; it stays."""
        ...


class SeatLeases(Protocol):
    """Who works as which ERP user now: one user, one seat, over all processes."""

    def seat(self, erp: str, user: str, holder: str) -> AbstractContextManager[None]:
        """Hold the seat, beating, until left; raises SeatTaken."""
        ...


@dataclass(frozen=True)
class Paths:
    """Where this installation keeps its things."""

    ledger: str
    evidence: Path
    reports: Path
    selectors: Path
    jobs: Path
