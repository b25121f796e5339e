"""What does an attempt leave behind, and how does it end before its end?

The phase in the ledger decides between typing again, verifying and settling, never the type of an exception.
"""

from datetime import datetime, timedelta

from bridge.entry.desks import Desk
from bridge.errors import (
    AttemptsExhausted,
    BridgeError,
    BusinessException,
    CannotSettle,
    Held,
    OperatorStopped,
    OrderChanged,
    Outage,
    Reason,
    SaveRefused,
)
from bridge.model.documents import Document
from bridge.model.failures import failures_in, rest_after
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.model.postings import Claim, Phase, Posting, PostingState, state_after_end
from bridge.model.read_backs import FilledForm
from bridge.model.rules import state_for
from bridge.ports import Packet, Picture

S = PostingState
STORED = (Phase.NUMBERED, Phase.VERIFIED)


class Attempt:
    """One try at one posting, under its claim."""

    def __init__(self, desk: Desk, claim: Claim) -> None:
        self.desk = desk
        self.claim = claim
        self.posting = claim.posting
        self.phase = self.posting.phase
        self.document = self.posting.document
        self.refused: BridgeError | None = None
        self.begun = False
        self.taken: Picture | None = None
        self.read: list[FilledForm | Document] = []
        self.pressing = False

    def begin(self) -> None:
        """Fetch the order as it was taken, and open the packet; what fails here ends the attempt like anything else."""
        desk, posting = self.desk, self.posting
        self.order: Order = desk.ledger.order_of(posting)
        self.cross: CrossReferences = desk.ledger.cross_references(posting.erp)
        self.packet: Packet = desk.evidence.open_packet(posting.erp, posting.reference, self.claim.attempt)
        self.begun = True

    # --- records ----------------------------------------------------------------------------------------------------

    def note(self, phase: Phase, document: str | None = None) -> None:
        """Commit how far we are, under our token, with what was read back so far; what proves it is kept before."""
        self.keep_taken()
        self.pressing = phase in (Phase.INTENT, Phase.SENT)
        self.desk.ledger.note_phase(self.claim, phase, document, tuple(self.read))
        self.read.clear()
        self.phase, self.document = phase, document or self.document

    def keep_picture(self, step: str) -> None:
        """Take what the ERP shows now; it is developed while the ERP is worked on, and kept before the next phase."""
        self.keep_taken()
        self.taken = self.desk.bot.capture(step)

    def keep_taken(self) -> None:
        """Keep the picture that was taken last and commit the packet's head; what could not be kept is still there."""
        if self.taken is None:
            return
        head = self.packet.add(self.taken, self.desk.worker)
        self.taken = None
        self.desk.ledger.note_evidence(self.claim, self.packet.path, head)

    def proven(self, error: BridgeError) -> BridgeError:
        """The error, once the picture taken before it is kept; without its proof no business fact is decided."""
        try:
            self.keep_taken()
        except BridgeError as lost:
            self.taken = None
            return lost if isinstance(error, BusinessException) else error
        return error

    def keep_picture_of_trouble(self, error: BridgeError) -> None:
        """Keep what the ERP shows after an error, where it still shows anything, and in any case what was said."""
        if not self.begun:
            return
        facts = {"code": error.code, "text": error.worded()}
        try:
            head = self.packet.note("trouble", facts, self.desk.worker)
            self.desk.ledger.note_evidence(self.claim, self.packet.path, head)
            self.keep_picture("trouble")
            self.keep_taken()
        except BridgeError:
            self.taken = None
            self.refused = self.refused or error

    # --- ends -------------------------------------------------------------------------------------------------------

    def stop(self, error: BridgeError) -> Posting:
        """End the attempt: the phase in the ledger decides between typing again, verifying and settling."""
        error = self.proven(error)
        if isinstance(error, OperatorStopped):
            self.desk.stopped_by_hand(error.worded())
        self.keep_picture_of_trouble(error)
        self.phase = self.desk.ledger.posting(self.posting.id).phase  # a commit may have counted and its answer not
        if self.claim.posting.phase is Phase.SENT and self.phase is Phase.SENT:
            return self.stop_settling(error)
        if self.phase is Phase.SENT:
            return self.stop_in_doubt(error)
        if isinstance(error, BusinessException):
            if self.refused is not None or isinstance(error, OperatorStopped):
                self.desk.end_seat()  # Save is pressed there and must never leave, or nothing is to be touched there
            else:
                self.let_go()
            return self.end(S.HELD if self.phase in STORED else self.state_after(error), error.reason)
        self.desk.end_seat()
        if self.gave_up(error, self.desk.most_attempts):
            return self.give_up(error)
        return self.end(state_after_end(self.phase), error.reason, not_before=self.rested)

    def state_after(self, error: BusinessException) -> PostingState:
        """Where a business fact leaves the posting, as long as nothing was sent."""
        return S.PENDING if isinstance(error, OrderChanged) else state_for(error)

    def let_go(self) -> None:
        """Give back what the ERP keeps for us alone; a blank form is nobody's."""

    @property
    def rested(self) -> datetime:
        """From when the order may be tried again; one that failed often rests longer."""
        return self.desk.clock.now() + timedelta(seconds=rest_after(self.failures))

    def gave_up(self, error: BridgeError, most: int) -> bool:
        """Whether the order itself has been tried often enough; an outage is no fault of any order."""
        return not isinstance(error, Outage) and self.failures >= most

    @property
    def failures(self) -> int:
        """How often it failed since it last came from a person or the CRM, this time included."""
        return 1 + failures_in(self.desk.ledger.history(self.posting))

    def give_up(self, error: BridgeError) -> Posting:
        """Fail what was never sent; hold what is stored and cannot be verified, with its document."""
        last = AttemptsExhausted(attempts=self.failures, last=error.phrase).reason
        if self.phase in STORED:
            return self.end(S.HELD, last)
        return self.end(S.FAILED, last, forget_phase=True)

    def stop_in_doubt(self, error: BridgeError) -> Posting:
        """Save was pressed: end the seat first, so that the client is gone from this moment, then wait out the lags."""
        self.desk.end_seat()
        refusal = error.params.get("text") if isinstance(error, SaveRefused) else None
        lag = self.desk.profile.lags.declared
        after = None if lag is None else self.desk.clock.now() + lag
        return self.end(S.IN_DOUBT, error.reason, settle_after=after, refusal=refusal)

    def stop_settling(self, error: BridgeError) -> Posting:
        """A settlement that failed: a person decides on business facts, anything else is tried again later."""
        if isinstance(error, BusinessException) or self.gave_up(error, 2 * self.desk.most_attempts):
            reason = error if isinstance(error, Held) else CannotSettle(erp=self.posting.erp, why=error.phrase)
            return self.end(S.HELD, reason.reason)
        self.desk.end_seat()
        return self.end(
            S.IN_DOUBT,
            error.reason,
            settle_after=self.posting.settle_after,
            refusal=self.posting.refusal,
            not_before=self.rested,
        )

    def end(
        self,
        state: PostingState,
        reason: Reason | None,
        *,
        settle_after: datetime | None = None,
        forget_phase: bool = False,
        refusal: str | None = None,
        not_before: datetime | None = None,
    ) -> Posting:
        """Move the posting and give up the claim."""
        self.keep_taken()
        return self.desk.ledger.end(
            self.claim,
            state,
            self.desk.worker,
            reason,
            settle_after=settle_after,
            forget_phase=forget_phase,
            refusal=refusal,
            not_before=not_before,
            read=tuple(self.read),
        )
