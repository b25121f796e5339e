"""What was done with each order, and by whom?"""

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bridge.errors import Reason
from bridge.model.documents import Document
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Attempt, Claim, Move, Phase, Posting, PostingState, Terms
from bridge.model.read_backs import FilledForm, ReadBacks


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
class Backlog:
    """What is pending or in doubt: the oldest reference, and how many are past their deadline."""

    oldest: str | None
    overdue: int


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
        self,
        *,
        erp: str | None = None,
        states: Sequence[PostingState] = (),
        since: datetime | None = None,
        most: int | None = None,
    ) -> Sequence[Posting]:
        """The postings that answer and changed since the moment, oldest first; of more than `most` the newest."""
        ...

    def entered(self, erp: str, first: date, last: date) -> frozenset[str]:
        """The documents that orders of these days were entered as, but for those that are cancelled."""
        ...

    def backlog(self, now: datetime) -> Backlog:
        """What waits to be worked on, over all ERPs."""
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

    def note_phase(
        self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[FilledForm | Document] = ()
    ) -> None:
        """Commit how far the attempt came; raises StopOrdered instead of "sent" while everything is stopped.

        Nor does "sent" go through where the ledger knows a newer revision: OrderCancelled or OrderChanged then; a
        cancellation is not kept by a revision that is cancelled too. A phase never goes back, and only an intent
        becomes "sent", once: anything else raises MoveForbidden. `read` is what was read back from the screen
        meanwhile, kept in the same transaction; a later reading of the same attempt takes its place.
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
        read: Sequence[FilledForm | Document] = (),
    ) -> Posting:
        """End the attempt by a move; phase and document are forgotten only where absence was proved.

        The document of an order that was posted before is kept: the ERP holds it in its old revision. What was sent
        and is not forgotten ends in doubt or held, and only `end_posted` ends as posted; anything else raises
        MoveForbidden. `read` is kept as `note_phase` keeps it.
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
        self,
        posting: Posting,
        actor: str,
        settle_after: datetime | None,
        most_attempts: int = sys.maxsize,
        why: Reason | None = None,
    ) -> Posting:
        """Move a lapsed posting where the crash table says, fencing off its old holder; `why`, where that is known.

        One that beats again, has ended, or is in a later attempt is returned as it is. One whose attempts have died too
        often, on whatever hosts, is given up as one that failed too often is.
        """
        ...

    def release(self, claim: Claim) -> None:
        """Let the lease lapse now: whoever held it has let go of everything."""
        ...

    def read_backs_of(self, postings: Sequence[Posting]) -> Mapping[int, ReadBacks]:
        """What was read back from the ERP's screens, by posting id, of those of which anything was kept."""
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
