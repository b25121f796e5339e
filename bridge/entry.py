"""How is one order carried into one ERP? The nine steps, top to bottom, on ports alone.

The parent process runs these steps; the bot only moves hands and eyes in its seat. Each step's outcome is in the ledger
before the next begins, and only that record, never the type of an exception, decides what a lost attempt leaves behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge.errors import (
    AttemptsExhausted,
    BridgeError,
    BusinessException,
    CannotSettle,
    CustomerMismatch,
    ErpCannotBeSearched,
    FoundDifferent,
    FoundSeveral,
    FoundVoid,
    Held,
    LeaseLost,
    LookAlike,
    OrderChanged,
    OrderGone,
    Outage,
    ReadBackDiffers,
    Reason,
    RefusedByErp,
    SaveRefused,
    SaveUnanswered,
    StopOrdered,
    StoredDifferent,
    TextNotKept,
)
from bridge.locale import Phrase
from bridge.model.comparisons import document_differences, form_differences, form_of, looks_like
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.forms import Difference, Form, told
from bridge.model.mapping import CrossReferences, Kind
from bridge.model.orders import Order
from bridge.model.postings import CRASH_TABLE, Claim, Move, Phase, Posting, PostingState, Recovery, state_after_end
from bridge.model.profiles import ErpProfile
from bridge.model.rules import ENTRY_SCREEN, LINES, first_problem, judged, state_for
from bridge.ports import Answer, Clock, CrmReader, ErpBot, EvidenceStore, Ledger, Packet, Search

S = PostingState
RETYPE = "retype"


@dataclass(frozen=True)
class Desk:
    """All that one entry works with.

    `end_seat` kills the seat, so that nothing more can leave it; `signed_on_at` is when its ERP session began, and so when
    the session before it ended. `cut_over` is the moment from which the bridge answers for the ERP.
    """

    ledger: Ledger
    crm: CrmReader
    bot: ErpBot
    profile: ErpProfile
    evidence: EvidenceStore
    clock: Clock
    worker: str
    end_seat: Callable[[], None]
    signed_on_at: datetime
    cut_over: datetime
    lease: timedelta = timedelta(seconds=60)
    most_attempts: int = 3
    control_reference: str | None = None


def settle_moment(desk: Desk, posting: Posting) -> datetime | None:
    """From when an in-doubt posting may be settled; None where the profile declares no lags.

    Both the lost client and the ERP session it had must be gone for the declared time.
    """
    lag = desk.profile.lags.declared
    if lag is None:
        return None
    return max(posting.settle_after or desk.clock.now(), desk.signed_on_at + lag)


def carry(desk: Desk, claim: Claim) -> Posting:
    """Carry the claimed posting (step 1 is done) as far as it goes, and say where it stands then.

    Raises LeaseLost where another worker took it over; nothing else escapes.
    """
    entry = Entry(desk, claim)
    try:
        match CRASH_TABLE[claim.posting.phase]:
            case Recovery.RETYPE:
                return entry.enter()
            case Recovery.SETTLE:
                return entry.settle()
            case Recovery.VERIFY | Recovery.POST:
                return entry.finish(claim.posting.document or "")
    except LeaseLost:
        raise
    except BridgeError as error:
        return entry.stop(error)


@dataclass
class Entry:
    """One attempt at one posting."""

    desk: Desk
    claim: Claim
    phase: Phase = field(init=False)
    refused: BridgeError | None = None

    def __post_init__(self) -> None:
        self.phase = self.claim.posting.phase
        self.posting = self.claim.posting
        self.order = self.desk.ledger.order_of(self.posting)
        self.cross: CrossReferences = self.desk.ledger.cross_references(self.posting.erp)
        self.packet: Packet = self.desk.evidence.open_packet(
            self.posting.erp, self.posting.reference, self.claim.attempt
        )

    def enter(self) -> Posting:
        """Steps 2 to 9."""
        self.reread()
        number = self.probe()
        if number is None:
            self.look_for_look_alikes_on_day_one()
            self.desk.bot.open_entry(self.posting.reference)
            self.type_and_read_back()
            self.reread()
            number = self.probe()
        if number is None:
            self.intend()
            number = self.save()
        else:
            self.note(Phase.NUMBERED, number)
        return self.finish(number)

    def finish(self, number: str) -> Posting:
        """Steps 8 and 9."""
        document = self.verify(number)
        return self.desk.ledger.end_posted(self.claim, document, self.desk.worker)

    # --- 2: re-read the order ---------------------------------------------------------------------------------------

    def reread(self) -> None:
        """Ask the CRM again: cancelled, changed or gone orders are not typed."""
        now = self.desk.crm.order(self.posting.order_id)
        if now is None:
            raise OrderGone
        state, reason = judged(now, self.desk.profile, self.cross)
        if now.revision != self.posting.revision:
            ledger, posting = self.desk.ledger, self.posting
            ledger.take(now, posting.erp, posting.reference, state, reason, self.desk.worker)  # waits for our end
            raise OrderChanged
        problem = first_problem(now, self.desk.profile, self.cross)
        if problem is not None:
            raise problem
        self.order = now

    # --- 3: probe ---------------------------------------------------------------------------------------------------

    def probe(self) -> str | None:
        """The number of the one stored document that is this order already; None where the ERP has none."""
        found = self.documents_of_reference()
        alive = [document for document in found if document.status is not DocumentStatus.CANCELLED]
        if len(alive) > 1:
            raise FoundSeveral(erp=self.posting.erp, documents=_numbers(alive))
        if found and not alive and not released_from(self.desk.ledger.history(self.posting), FoundVoid.code):
            raise FoundVoid(erp=self.posting.erp, documents=_numbers(found))
        if not alive:
            return None
        document = alive[0]
        different = self.differences(document)
        if different:
            raise FoundDifferent(erp=self.posting.erp, documents=document.number, differences=told(different))
        return document.number

    def documents_of_reference(self, besides: str = "") -> list[Document]:
        """Every document but one that carries our reference, opened; near misses of a substring search are not ours."""
        if self.desk.profile.reference is None:
            return []
        reference = self.posting.reference
        rows = [row for row in self.desk.bot.search(Search(reference=reference)) if row.number != besides]
        near = [row for row in rows if row.reference is None or row.reference == reference]
        documents = [self.desk.bot.read_document(row.number) for row in near]
        return [document for document in documents if document.reference == reference]

    def look_for_look_alikes_on_day_one(self) -> None:
        """Before a customer's first order after the cut-over or a restore: is there one that may be it already?"""
        desk, customer = self.desk, self.order.customer or ""
        if desk.ledger.customer_was_posted(self.posting.erp, customer, desk.cut_over):
            return
        if released_from(desk.ledger.history(self.posting), LookAlike.code):
            return
        self.hold_if_look_alike()

    def hold_if_look_alike(self) -> None:
        """Hold where a document of nobody else has this customer, date and amount (its reference may have been cut)."""
        query = Search(
            customer=self.cross.erp_code(Kind.CUSTOMER, self.order.customer or ""),
            since=self.order.ordered_on,
            until=self.order.ordered_on,
        )
        rows = [row for row in self.desk.bot.search(query) if looks_like(self.order, row, self.cross)]
        alike = [row for row in rows if not self.belongs_to_another(row)]
        if alike:
            raise LookAlike(erp=self.posting.erp, documents=_numbers(alike))

    def belongs_to_another(self, row: Listed) -> bool:
        """Whether the listed document carries the reference of another posting of ours."""
        if not row.reference:
            return False
        owner = self.desk.ledger.reference_owner(self.posting.erp, row.reference)
        return owner is not None and owner.id != self.posting.id

    # --- 5: type and read back --------------------------------------------------------------------------------------

    def type_and_read_back(self) -> None:
        """Type header and lines; what the screen then shows must be what was meant, or nothing is saved."""
        form = form_of(self.order, self.posting.reference, self.desk.profile, self.cross)
        shown = self.desk.bot.type_order(form)
        self.keep_picture("filled")
        different = form_differences(form, shown, self.desk.profile)
        if different:
            raise read_back_error(different, form, self.desk.profile)

    # --- 6 and 7: intent and save -----------------------------------------------------------------------------------

    def intend(self) -> None:
        """Save is about to be pressed."""
        self.note(Phase.INTENT)

    def save(self) -> str:
        """Press Save once; only a document number means saved."""
        try:
            answer = self.desk.bot.save(self.leave)
        except BridgeError as error:
            raise self.refused or error from error
        if self.refused is not None:
            raise self.refused
        if answer.number is None:
            self.keep_picture("answer")
            raise _unanswered(answer, self.posting.erp)
        self.note(Phase.NUMBERED, answer.number)
        self.keep_picture("answer")
        return answer.number

    def leave(self) -> bool:
        """The last possible point: token and stop switch are checked, and "sent" is committed before the yes."""
        try:
            stopped = self.desk.ledger.stopped()
            if stopped is not None:
                raise StopOrdered(**stopped.params)
            self.note(Phase.SENT)
        except BridgeError as error:
            self.refused = error
            return False
        return True

    # --- 8: verify --------------------------------------------------------------------------------------------------

    def verify(self, number: str) -> Document:
        """Open the stored document by its number and compare every value, typed or not."""
        document = self.desk.bot.read_document(number)
        self.keep_picture("document")
        different = self.differences(document)
        if different:
            raise StoredDifferent(erp=self.posting.erp, document=number, differences=told(different))
        self.require_no_second(document)
        self.note(Phase.VERIFIED, number)
        return document

    def require_no_second(self, document: Document) -> None:
        """Hold where the ERP lists our reference once more: one Save may be stored twice, or an older one late."""
        others = self.documents_of_reference(besides=document.number)
        alive = [other for other in others if other.status is not DocumentStatus.CANCELLED]
        if alive:
            raise FoundSeveral(erp=self.posting.erp, documents=_numbers([document, *alive]))

    def differences(self, document: Document) -> tuple[Difference, ...]:
        """Where the stored document is not the order."""
        return document_differences(self.order, self.posting.reference, document, self.desk.profile, self.cross)

    # --- in doubt ---------------------------------------------------------------------------------------------------

    def settle(self) -> Posting:
        """Find out by searching, never by a second Save, whether an unanswered Save was stored.

        What is not found may still come, where an ERP can be later than it declares: then only a person has it typed again.
        """
        if self.desk.profile.reference is None:
            raise ErpCannotBeSearched(erp=self.posting.erp)
        number = self.probe()
        if number is not None:
            self.note(Phase.NUMBERED, number)
            return self.finish(number)
        self.require_proof_of_absence()
        self.keep_picture("absent")
        if refuses(self.desk.profile, self.posting.refusal):
            reason = RefusedByErp(erp=self.posting.erp, text=self.posting.refusal).reason
            return self.end(S.REJECTED, reason, forget_phase=True)
        if self.desk.profile.lags.absent == RETYPE:
            return self.end(S.PENDING, None, forget_phase=True)
        raise CannotSettle(erp=self.posting.erp, why=_not_shown(self.posting.refusal))

    def require_proof_of_absence(self) -> None:
        """An empty answer proves nothing unless the lags are over and the same search finds what must be there."""
        moment = settle_moment(self.desk, self.posting)
        if moment is None:
            raise CannotSettle(erp=self.posting.erp, why=Phrase("The profile declares no lags."))
        if moment > self.desk.clock.now():
            raise CannotSettle(erp=self.posting.erp, why=Phrase("It was asked too early."))
        control = self.desk.ledger.control_reference(self.posting.erp) or self.desk.control_reference
        if control is None:
            raise CannotSettle(erp=self.posting.erp, why=Phrase("No reference is known that a search must find."))
        if not any(row.reference in (None, control) for row in self.desk.bot.search(Search(reference=control))):
            why = Phrase("The search did not find {control} either.", control=control)
            raise CannotSettle(erp=self.posting.erp, why=why)
        self.hold_if_look_alike()

    # --- how an attempt ends before its end -------------------------------------------------------------------------

    def stop(self, error: BridgeError) -> Posting:
        """End the attempt: the phase in the ledger decides between typing again, verifying and settling."""
        self.keep_picture_of_trouble(error)
        if self.claim.posting.phase is Phase.SENT and self.phase is Phase.SENT:
            return self.stop_settling(error)
        if self.phase is Phase.SENT:
            return self.stop_in_doubt(error)
        if isinstance(error, BusinessException):
            return self.end(_state_of(error), error.reason)
        self.desk.end_seat()
        if self.gave_up(error):
            last = AttemptsExhausted(attempts=self.posting.attempts, last=error.phrase)
            return self.end(S.FAILED, last.reason, forget_phase=True)
        return self.end(state_after_end(self.phase), error.reason)

    def gave_up(self, error: BridgeError) -> bool:
        """Whether the order itself has been tried often enough; an outage is no fault of any order."""
        typed_again = self.phase in (Phase.NONE, Phase.INTENT) and not isinstance(error, Outage)
        return typed_again and self.posting.attempts >= self.desk.most_attempts

    def stop_in_doubt(self, error: BridgeError) -> Posting:
        """Save was pressed: end the seat first, so that the client is gone from this moment, then wait out the lags."""
        self.desk.end_seat()
        refusal = error.params.get("text") if isinstance(error, SaveRefused) else None
        lag = self.desk.profile.lags.declared
        after = None if lag is None else self.desk.clock.now() + lag
        return self.end(S.IN_DOUBT, error.reason, settle_after=after, refusal=refusal)

    def stop_settling(self, error: BridgeError) -> Posting:
        """A settlement that failed: a person decides on business facts, anything else is tried again later."""
        if isinstance(error, BusinessException) or self.posting.attempts >= 2 * self.desk.most_attempts:
            reason = error if isinstance(error, Held) else CannotSettle(erp=self.posting.erp, why=error.phrase)
            return self.end(S.HELD, reason.reason)
        self.desk.end_seat()
        return self.end(S.IN_DOUBT, error.reason, settle_after=self.posting.settle_after, refusal=self.posting.refusal)

    def end(
        self,
        state: PostingState,
        reason: Reason | None,
        *,
        settle_after: datetime | None = None,
        forget_phase: bool = False,
        refusal: str | None = None,
    ) -> Posting:
        """Move the posting and give up the claim."""
        return self.desk.ledger.end(
            self.claim,
            state,
            self.desk.worker,
            reason,
            settle_after=settle_after,
            forget_phase=forget_phase,
            refusal=refusal,
        )

    # --- records ----------------------------------------------------------------------------------------------------

    def note(self, phase: Phase, document: str | None = None) -> None:
        """Commit how far we are, under our token."""
        self.desk.ledger.note_phase(self.claim, phase, document)
        self.phase = phase

    def keep_picture(self, step: str) -> None:
        """Keep what the ERP shows now and commit the packet's head."""
        head = self.packet.add(self.desk.bot.capture(step), self.desk.worker)
        self.desk.ledger.note_evidence(self.claim, self.packet.path, head)

    def keep_picture_of_trouble(self, error: BridgeError) -> None:
        """Keep what the ERP shows after an error, where it still shows anything, and in any case what was said."""
        facts = {"code": error.code, "text": error.worded()}
        try:
            head = self.packet.note("trouble", facts, self.desk.worker)
            self.desk.ledger.note_evidence(self.claim, self.packet.path, head)
            self.keep_picture("trouble")
        except BridgeError:
            self.refused = self.refused or error


def _state_of(error: BusinessException) -> PostingState:
    return S.PENDING if isinstance(error, OrderChanged) else state_for(error)


def _unanswered(answer: Answer, erp: str) -> BridgeError:
    if answer.text:
        return SaveRefused(erp=erp, text=answer.text)
    return SaveUnanswered(why=Phrase("the screen stayed blank."))


def refuses(profile: ErpProfile, text: str | None) -> bool:
    """Whether the profile knows the text as a refusal; any other text may come although the order was stored."""
    return any(part in (text or "") for part, meaning in profile.messages.items() if meaning == "refused")


def _not_shown(refusal: str | None) -> Phrase:
    if refusal:
        return Phrase('It does not show the order now, but may be late. It answered "{text}".', text=refusal)
    return Phrase("It does not show the order now, but may be late.")


def _numbers(documents: list[Document] | list[Listed]) -> str:
    return ", ".join(document.number for document in documents)


def released_from(history: Sequence[Move], code: str) -> bool:
    """Whether a person released the posting after it was held for that reason."""
    held = False
    for move in history:
        if move.new is S.HELD and move.reason is not None:
            held = move.reason.code == code
        elif held and move.old is S.HELD and move.new is S.PENDING:
            return True
    return False


def read_back_error(different: tuple[Difference, ...], form: Form, profile: ErpProfile) -> BridgeError:
    """Whether the ERP cannot keep a text of this order (a business fact) or the typing went wrong (try again)."""
    screen = profile.screens[ENTRY_SCREEN]
    columns = {target.name: target for target in screen.grids[LINES].columns}
    for item in different:
        if item.field == "customer":
            return CustomerMismatch(erp=profile.name, customer=item.wanted, shown=item.found)
        target = columns.get(item.field) if item.line else screen.targets.get(screen.form.get(item.field, ""))
        if target is not None and target.kind == "text" and (not item.wanted.isascii() or item.wanted != item.found):
            return TextNotKept(erp=profile.name, field=Phrase.code(item.field), typed=item.wanted, shown=item.found)
    return ReadBackDiffers(differences=told(different))


@dataclass(frozen=True)
class Rehearsal:
    """What a dry run showed: what would be typed, what the screen showed, and what differs."""

    wanted: Form
    shown: Form
    differences: tuple[Difference, ...]
    already: str | None
    packet: str


def rehearse(desk: Desk, posting: Posting) -> Rehearsal:
    """Steps 2 to 5 and no further: types and reads back, never saves, and writes nothing to the ledger."""
    order: Order | None = desk.crm.order(posting.order_id)
    if order is None:
        raise OrderGone
    cross = desk.ledger.cross_references(posting.erp)
    problem = first_problem(order, desk.profile, cross)
    if problem is not None:
        raise problem
    found = [row for row in desk.bot.search(Search(reference=posting.reference)) if row.reference == posting.reference]
    wanted = form_of(order, posting.reference, desk.profile, cross)
    desk.bot.open_entry(posting.reference)
    shown = desk.bot.type_order(wanted)
    packet = desk.evidence.open_packet(posting.erp, posting.reference, posting.attempts)
    packet.add(desk.bot.capture("filled"), desk.worker)
    desk.bot.abandon_entry()
    return Rehearsal(wanted, shown, form_differences(wanted, shown, desk.profile), _numbers(found) or None, packet.path)
