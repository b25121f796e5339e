"""The promises between the rooms: what each part gives, in the words of the field, whoever keeps it."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from bridge.errors import Reason
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.forms import Form
from bridge.model.guards import Breaker, Circuit
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Attempt, Claim, Move, Phase, Posting, PostingState, Terms
from bridge.model.profiles import ErpProfile, Grid, Screen, Target

# --- time -----------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """What time is it? Tests hold their own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment of the past; whoever sets the machine's clock moves it not."""
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
    """What the CRM is told of an order; `sequence` grows with every message of one order.

    `unsure` says that it was told before and no answer was read, so the CRM may show it already.
    """

    posting_id: int
    order_id: str
    order_number: str
    sequence: int
    erp: str
    document: str | None
    status: str
    message: str
    unsure: bool = False


@dataclass(frozen=True)
class CrmRest:
    """A CRM that failed so often in a row since a moment is left alone until another one."""

    crm: str
    failures: int
    since: datetime
    until: datetime


class CrmWriter(Protocol):
    """Tells one CRM what became of its orders."""

    def tell(self, message: WriteBack) -> None:
        """Write it, idempotently; raises CrmDown where the outcome is unknown and CrmRefused where it is a no."""
        ...

    def shows(self, message: WriteBack) -> bool:
        """Whether the CRM is seen to hold it; False also where it gives nothing to see. Raises what `tell` raises."""
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

    `format` is "webp" or "png"; `targets` are the places of all targets on it, `masked` those painted over. The moment
    is that of the shot; `develop` encodes it, which may go on while the ERP is worked again.
    """

    step: str
    screen: str
    taken_at: datetime
    develop: Callable[[], bytes]
    format: str
    width: int
    height: int
    targets: Mapping[str, Rectangle] = field(default_factory=dict)
    masked: tuple[str, ...] = ()

    @cached_property
    def content(self) -> bytes:
        """The file's bytes; raises CaptureRefused where the picture shows nothing, and what `develop` raises."""
        return self.develop()


@dataclass(frozen=True)
class Answer:
    """What the ERP answered to Save: a document number, or the text it showed instead (a refusal, or unknown)."""

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

    def open_entry(self, reference: str) -> None:
        """Open a blank entry form for that reference and check its anchor and every target that will be used."""
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

    def open_change(self, number: str) -> Document:
        """Open the stored document to be changed; what it holds now.

        Raises ChangeRefused where the ERP lets nobody change it any more, RecordLocked where somebody else is at it.
        """
        ...

    def type_change(self, form: Form) -> Form:
        """Replace header and all lines of the opened document, and read back what the whole form then shows."""
        ...

    def save_change(self, leave: Leave) -> Answer:
        """Press Save once, like `save`."""
        ...

    def abandon_change(self) -> None:
        """Leave the opened document without saving it, and release the ERP's lock on it."""
        ...

    def cancel_document(self, number: str, leave: Leave) -> Answer:
        """Open the stored document and cancel it once; its number where the ERP says that it is cancelled.

        Leave is asked as `save` asks it. Raises ChangeRefused where it must not be cancelled any more.
        """
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of what the ERP shows; raises CaptureRefused where a secret could not be located."""
        ...

    def locate_all(self) -> Sequence[LocatorHit]:
        """Open each screen that needs no order and say which locator finds each target."""
        ...


@dataclass(frozen=True)
class SeatPlan:
    """What a seat needs to work as one ERP user; `options` are the surface's own (browser, window size, proxy).

    The password never appears in its text form.
    """

    profile: ErpProfile
    address: str
    user: str
    password: str = field(repr=False)
    headed: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


class ScreenDriver(Protocol):
    """Works one surface: finds targets by their locators, reads, types and presses. It knows no order and no clerk."""

    def use(self, window: str) -> None:
        """Work in the window of that name from now on; it is opened when first used."""
        ...

    def open(self, address: str) -> None:
        """Go to an address of the ERP; raises ErpDown."""
        ...

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait until the screen's anchor is there and make it the current one; the error texts on it.

        Raises ScreenUnknown with the text of what has come to rest instead.
        """
        ...

    def dialogs(self, answers: Mapping[str, bool]) -> AbstractContextManager[None]:
        """Expect dialogs with these texts and accept or dismiss them, while inside; any other one stops the attempt."""
        ...

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the contents of targets with these texts, in this order."""
        ...

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of one row's cells; rows count from 0, -1 is the last."""
        ...

    def read(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """The texts the targets show now; raises TargetNotFound or TargetAmbiguous."""
        ...

    def rows(self, grid: Grid) -> Sequence[Mapping[str, str]]:
        """The texts of all rows of a grid that count."""
        ...

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press a target once the screen has come to rest; what it leads to is a new screen, even if it looks alike."""
        ...

    def expect(self, screen: Screen) -> None:
        """The screen shown next is a new page, even where it looks like the one that is there."""
        ...

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target whose request commits; it is held back until `leave` says yes and is sent once.

        Raises StopOrdered where leave was refused and nothing left, SaveUnanswered where it left and no answer came.
        """
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of the surface; raises CaptureRefused."""
        ...

    def hits(self, screen: Screen) -> Sequence[LocatorHit]:
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
        """The hash of the newest entry; it covers all before it.

        The ledger must know the head after opening and after every entry: one entry it does not know is taken for a
        crash, more for tampering.
        """
        ...

    def add(self, picture: Picture, worker: str) -> str:
        """Keep a picture and its manifest entry, durably; the new head. Raises StorageFull."""
        ...

    def note(self, step: str, facts: Mapping[str, str], worker: str) -> str:
        """Keep an entry without a picture; the new head."""
        ...


@dataclass(frozen=True)
class Purged:
    """A packet whose chain got a tombstone for so many files, and its new head."""

    packet: str
    head: str
    files: int


class EvidenceStore(Protocol):
    """Keeps packets."""

    def open_packet(self, erp: str, reference: str, attempt: int) -> Packet:
        """A new packet for the attempt, or the one begun before."""
        ...

    def purge(self, before: datetime, rule: str) -> Iterator[Purged]:
        """Remove pictures older than the moment, one packet after the other, each with a tombstone in its chain.

        `rule` says which rule wants it. Store the head of a packet in the ledger before asking for the next one: only
        then are its files removed, so that a tombstone the ledger does not know never excuses a missing picture.
        """
        ...


# --- ledger ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What taking an order did, and its posting.

    "new"; "unchanged"; "revised" (the newest revision counts now); "waiting" (it counts once the attempt has ended);
    "cancelled"; "held" (it was entered before it changed, and only a person can change it); "conflict" (nothing was
    taken: the reference belongs to the posting of another order, which is the one returned).
    """

    outcome: str
    posting: Posting


@dataclass(frozen=True)
class RunRecord:
    """One run of a job; its state is "queued", "running", "interrupted" or what its end was called."""

    id: int
    job: str
    planned_at: datetime
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    report: Mapping[str, object] | None
    actor: str = ""
    worker: str | None = None


@dataclass(frozen=True)
class KnownDocument:
    """What the ledger last saw of one ERP document; `listed` is its row in the ERP's list, without the status."""

    erp: str
    number: str
    status: DocumentStatus
    posting_id: int | None
    seen_at: datetime
    listed: str = ""


@dataclass(frozen=True)
class UnfinishedDocument:
    """A document of a posting of ours that may still change in the ERP."""

    number: str
    posting_id: int
    ordered_on: date


class Ledger(Protocol):
    """The durable list of postings, attempts and moves: the only truth about what was done.

    Every method is one transaction, durable when it returns. Methods that take a claim raise LeaseLost unless its
    token is still the posting's own; moves that `MOVES` does not allow raise MoveForbidden.
    """

    def take(  # noqa: PLR0917 - who did it closes every call of the ledger
        self,
        order: Order,
        erp: str,
        reference: str,
        state: PostingState,
        reason: Reason | None,
        actor: str,
        *,
        procedures: Collection[str] = (),
    ) -> Taken:
        """Store the order's newest revision and its posting, in the state that the rules gave it.

        The state is pending, held, rejected or cancelled. A posting keeps the reference it began with. What is already
        posted and changed, or was cancelled, is pending again where `procedures` names "amend" or "cancel", with that
        as its work and its document kept, unless the rules hold or reject the new content; else it is held. What a
        person holds or must decide stays held; a revision that comes while the order is being typed or is in doubt
        waits until that is over.
        """
        ...

    def order_of(self, posting: Posting) -> Order:
        """The order as it was taken, in the posting's revision."""
        ...

    def order_in_erp(self, posting: Posting) -> Order | None:
        """The order as the ERP is known to hold it; None where it does not, or nobody knows in which revision."""
        ...

    def orders_of(self, postings: Sequence[Posting]) -> Mapping[int, Order]:
        """The orders of many postings by posting id."""
        ...

    def posting(self, posting_id: int) -> Posting:
        """One posting; raises PostingUnknown."""
        ...

    def find(self, text: str, erp: str | None = None) -> Posting:
        """The posting with that reference, order number or document; raises PostingUnknown or PostingAmbiguous."""
        ...

    def postings(
        self, *, erp: str | None = None, states: Sequence[PostingState] = (), since: datetime | None = None
    ) -> Sequence[Posting]:
        """The postings that answer and changed since the moment, oldest first."""
        ...

    def counts(self) -> Mapping[str, int]:
        """How many postings are in each state."""
        ...

    def due(self, erp: str, now: datetime, most: int | None = None) -> Sequence[Posting]:
        """What can be worked on: in doubt and past its moment, then stored but not verified, then new.

        Among equals the lower priority number comes first, then the nearer deadline, then the older posting.
        """
        ...

    def claim(self, posting: Posting, worker: str, lease: timedelta, terms: Terms | None = None) -> Claim | None:
        """Claim a pending or in-doubt posting; None where somebody else was faster, or the ERP is left alone now."""
        ...

    def beat(self, claim: Claim, lease: timedelta) -> Claim:
        """Extend the lease; the claim as it is now."""
        ...

    def note_phase(self, claim: Claim, phase: Phase, document: str | None = None) -> None:
        """Commit how far the attempt came; raises StopOrdered instead of "sent" while everything is stopped.

        Nor does "sent" go through where the ledger knows a newer revision: OrderCancelled or OrderChanged then; a
        cancellation is not kept by a revision that is cancelled too. A phase never goes back, and only an intent
        becomes "sent", once: anything else raises MoveForbidden.
        """
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
        not_before: datetime | None = None,
    ) -> Posting:
        """End the attempt by a move; phase and document are forgotten only where absence was proved.

        The document of an order that was posted before is kept: the ERP holds it in its old revision. What was sent
        and is not forgotten ends in doubt or held, and only `end_posted` ends as posted; anything else raises
        MoveForbidden.
        """
        ...

    def end_posted(self, claim: Claim, document: Document, actor: str) -> Posting:
        """End the attempt as posted; the write-back enters the outbox in the same transaction."""
        ...

    def end_void(self, claim: Claim, state: PostingState, actor: str, reason: Reason | None = None) -> Posting:
        """End the attempt where the ERP was seen to hold the order no more; of what is cancelled, the CRM is told.

        A cancelled one keeps its document's number; a pending one is entered anew.
        """
        ...

    def move(
        self,
        posting: Posting,
        state: PostingState,
        actor: str,
        reason: Reason | None = None,
        *,
        forget_phase: bool = False,
    ) -> Posting:
        """Move a posting nobody has claimed, from the state it is known in.

        A posted order is due again only where the CRM changes it (`BY_REVISION`), not at anybody's word.
        A person who looked in the ERP and found nothing says so by `forget_phase`; without it, what was sent can only
        be held or in doubt.
        """
        ...

    def urge(self, posting: Posting, priority: int, deadline: datetime | None, actor: str) -> Posting:
        """Say how urgent it is, whatever the CRM said before; who did so stands in the history."""
        ...

    def lapsed(self, erp: str | None = None) -> Sequence[Posting]:
        """Claimed postings whose lease has run out, or whose worker is known to be dead."""
        ...

    def recover(
        self, posting: Posting, actor: str, settle_after: datetime | None, most_attempts: int = sys.maxsize
    ) -> Posting:
        """Move a lapsed posting where the crash table says, fencing off its old holder.

        One that beats again, has ended, or is in a later attempt is returned as it is. One whose attempts have died too
        often, on whatever hosts, is given up as one that failed too often is.
        """
        ...

    def release(self, claim: Claim) -> None:
        """Let the lease lapse now: whoever held it has let go of everything."""
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


class TakingPage(Protocol):
    """One page of the CRM's orders, kept as a whole or not at all."""

    def take(  # noqa: PLR0917 - who did it closes every call of the ledger
        self,
        order: Order,
        erp: str,
        reference: str,
        state: PostingState,
        reason: Reason | None,
        actor: str,
        *,
        procedures: Collection[str] = (),
    ) -> Taken:
        """What `Ledger.take` does, durable with the page."""
        ...

    def knows(self, order: Order, erp: str) -> bool:
        """Whether the order, by the CRM's own id, has a posting in that ERP already, this page included."""
        ...

    def note_malformed(self, crm: str, order_id: str, reason: Reason) -> None:
        """Keep that a record cannot be read as an order, until the order is taken."""
        ...


class Cursors(Protocol):
    """How far each CRM has been read."""

    def cursor(self, crm: str) -> str | None:
        """Where to go on; None at the very beginning."""
        ...

    def page(self, crm: str, cursor: str | None) -> AbstractContextManager[TakingPage]:
        """Take a page of orders; they and the cursor become durable together when the page is left without an error."""
        ...

    def malformed(self, crm: str) -> Mapping[str, Reason]:
        """The CRM's records that could not be read as orders, by their id."""
        ...


class Outbox(Protocol):
    """What the CRM has still to be told."""

    def waiting(self, crm: str) -> Sequence[WriteBack]:
        """The messages not told yet, oldest first; of one order only its first."""
        ...

    def claim(self, crm: str, worker: str, lease: timedelta) -> WriteBack | None:
        """A message to tell now, nobody else's until the lease ends; None where none may be told now.

        Of one order it is the first that waits, and never a second one before that is told, over all hosts.
        """
        ...

    def told(self, message: WriteBack) -> None:
        """The CRM has it, and is there."""
        ...

    def put_off(self, message: WriteBack, why: Reason) -> None:
        """It could not be told; it stays, and waits a while, or the whole CRM does where it does not answer."""
        ...

    def resting(self, crm: str) -> CrmRest | None:
        """How long the CRM is left alone because it did not answer; None where it is not."""
        ...


@dataclass(frozen=True)
class SeatLease:
    """The right to work as one ERP user until it lapses."""

    erp: str
    user: str
    holder: str
    token: str


@dataclass(frozen=True)
class SeatHealth:
    """How a seat is: since when it is signed on, its orders since it was last renewed, its memory with all it started.

    `megabytes` is None where it was not measured.
    """

    signed_on_at: datetime | None
    orders: int = 0
    megabytes: int | None = None


@dataclass(frozen=True)
class SeatRecord:
    """A seat that somebody holds."""

    erp: str
    user: str
    holder: str
    until: datetime
    health: SeatHealth


class SeatLeases(Protocol):
    """Who works as which ERP user now: one user, one seat, over all processes."""

    def take(self, erp: str, user: str, holder: str, licences: int | None = None) -> SeatLease:
        """Take the seat; raises SeatTaken, or LicencesUsed where that would be one more than the licences."""
        ...

    def beat(self, lease: SeatLease, health: SeatHealth | None = None) -> None:
        """Renew the lease, and say how the seat is; raises LeaseLost where somebody else has it now."""
        ...

    def leave(self, lease: SeatLease) -> None:
        """Give the seat up."""
        ...

    def seats(self) -> Sequence[SeatRecord]:
        """All seats that are held, by ERP and user."""
        ...


@dataclass(frozen=True)
class HostRecord:
    """A process that carries orders: its name, for which ERPs, since when, and until when it counts as alive."""

    worker: str
    erps: tuple[str, ...]
    version: str
    started_at: datetime
    until: datetime


class Hosts(Protocol):
    """Which processes carry orders now."""

    def beat(self, worker: str, erps: Sequence[str], version: str) -> None:
        """Say that the process is alive."""
        ...

    def leave(self, worker: str) -> None:
        """It carries no more."""
        ...

    def hosts(self) -> Sequence[HostRecord]:
        """Those alive, oldest first."""
        ...


class Circuits(Protocol):
    """Which ERPs are left alone for now, because too much went wrong in them."""

    def circuit(self, erp: str) -> Circuit:
        """How the ERP's circuit stands."""
        ...

    def note(self, erp: str, reason: Reason, breaker: Breaker) -> Circuit:
        """Count what went wrong in the ERP before any order was claimed; the circuit as it stands then."""
        ...

    def close(self, erp: str) -> None:
        """Work on the ERP again at once."""
        ...


# --- engine ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """One attempt to be carried: the `attempt`-th at that posting; a lower `priority` comes first."""

    erp: str
    posting_id: int
    attempt: int
    priority: int = 0

    @property
    def id(self) -> str:
        """What the task is called; a rerun is another attempt and so another task."""
        return f"{self.erp}/{self.posting_id}/{self.attempt}"


@dataclass(frozen=True)
class TaskRecord:
    """A task as the engine knows it; its state is "queued", "running", "ended" or "cancelled"."""

    id: str
    host: str
    state: str


class Engine(Protocol):
    """Carries attempts to seats, and nothing else: what it forgets is refilled from the ledger.

    A task may be carried more than once; the claim in the ledger sees to it that this harms nothing.
    """

    def start(self, carry: Callable[[Task], None], limits: Mapping[str, int]) -> None:
        """Begin to carry; of each ERP's tasks at most so many at once on this host."""
        ...

    def enqueue(self, task: Task) -> bool:
        """Queue the task on this host; False where it waits or runs already, here or elsewhere."""
        ...

    def cancel(self, task_id: str) -> None:
        """Carry the task no more, if it waits; one that runs ends at its own next step."""
        ...

    def tasks(self) -> Sequence[TaskRecord]:
        """All tasks that wait or run, on whatever host."""
        ...

    def forget(self, alive: Collection[str]) -> int:
        """Drop what has ended, and whatever was queued on hosts other than these; how many tasks of the dead."""
        ...

    def throw_away(self) -> int:
        """Drop every task of every host; hosts queue them anew from the ledger. How many waited or ran."""
        ...

    def stop(self, patience: float) -> None:
        """Begin nothing more, and wait so many seconds for what runs."""
        ...


class RunRecords(Protocol):
    """Which jobs were to run when, and what became of that."""

    def enqueue(self, job: str, planned_at: datetime, actor: str, worker: str | None = None) -> RunRecord | None:
        """Queue a run; None where that job was already queued for that moment, whether it ran or not.

        With a worker it is begun by that worker at once, so that nobody else can.
        """
        ...

    def next_queued(self, jobs: Collection[str]) -> RunRecord | None:
        """The queued run of these jobs that was planned first."""
        ...

    def start(self, run: RunRecord, worker: str) -> RunRecord | None:
        """Begin a queued run; None where somebody else was faster."""
        ...

    def end(self, run: RunRecord, state: str, report: Mapping[str, object] | None = None) -> RunRecord:
        """End a running run; what is not JSON in the report is kept as text. Raises LeaseLost where it does not run."""
        ...

    def interrupt(self, alive: Callable[[str], bool]) -> Sequence[RunRecord]:
        """Mark the running runs whose worker is not alive as interrupted; those runs."""
        ...

    def runs(self, job: str | None = None, most: int = 100) -> Sequence[RunRecord]:
        """The newest runs, newest first."""
        ...


class DocumentStates(Protocol):
    """How far the ERPs are with their documents."""

    def note(self, documents: Sequence[KnownDocument]) -> Sequence[KnownDocument]:
        """Keep what was seen; those whose status changed, each with a message in the outbox where it is ours.

        What was seen before something that is known already changes nothing.
        """
        ...

    def known(self, erp: str, numbers: Collection[str]) -> Mapping[str, KnownDocument]:
        """What is known of these documents, by number."""
        ...

    def unfinished(self, erp: str, final: Collection[DocumentStatus]) -> Sequence[UnfinishedDocument]:
        """The documents of our postings that are in no final status, as far as is known; oldest order first."""
        ...

    def documents(self, erp: str) -> Sequence[KnownDocument]:
        """All documents of one ERP that were seen, by number."""
        ...


class CrossReferenceTable(Protocol):
    """The code tables, one per ERP, as a CSV file with the columns kind, crm_code and erp_code."""

    def read_csv(self, erp: str, path: Path) -> int:
        """Replace the ERP's table by the file, all of it or nothing; the rows. Raises InvalidConfig, FileUnreadable."""
        ...

    def write_csv(self, erp: str, path: Path) -> int:
        """Write the ERP's table to the file; the rows."""
        ...

    def codes(self, erp: str) -> CrossReferences:
        """The ERP's table."""
        ...


class Switches(Protocol):
    """What a person turned on or off, for all processes at once."""

    def stop(self, person: str, why: str) -> None:
        """Stop everything: from now on nothing is sent, on no host."""
        ...

    def resume(self, person: str, why: str = "") -> None:
        """Go on."""
        ...

    def stopped(self) -> Reason | None:
        """Why everything is stopped, or None."""
        ...

    def bar(self, erp: str, user: str, text: str) -> None:
        """Leave the user alone after the ERP refused its sign-on with this text, lest the ERP locks it out."""
        ...

    def barred(self, erp: str, user: str) -> str | None:
        """What the ERP answered when it refused the user, or None where the user may sign on."""
        ...

    def lift(self, erp: str, user: str) -> None:
        """Let the user sign on again."""
        ...

    def cut_over(self, erp: str) -> datetime | None:
        """The moment from which on we enter the orders of that ERP; None before anybody set it."""
        ...

    def set_cut_over(self, erp: str, moment: datetime, actor: str) -> None:
        """Set that moment; what it was before stays on record."""
        ...
