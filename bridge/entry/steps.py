"""How is one order carried into one ERP? The nine steps, top to bottom, on ports alone.

The parent process runs these steps; the bot only moves hands and eyes in its seat. Step 1, the claim, is the caller's.
Each step's outcome is in the ledger before the next begins.
"""

from collections.abc import Callable

from bridge.entry.read_backs import read_back_error
from bridge.entry.searches import Searching, numbers, released_from
from bridge.errors import (
    BridgeError,
    FoundDifferent,
    FoundSeveral,
    FoundVoid,
    LookAlike,
    OrderChanged,
    OrderGone,
    SaveRefused,
    SaveUnanswered,
    StopOrdered,
    StoredDifferent,
)
from bridge.locale import Phrase
from bridge.model.comparisons import form_differences, form_of
from bridge.model.documents import Document, DocumentStatus
from bridge.model.forms import Form, told
from bridge.model.orders import Order
from bridge.model.postings import Phase, Posting
from bridge.model.read_backs import filled_form
from bridge.model.rules import first_problem, judged
from bridge.ports import Answer


class Entry(Searching):
    """One attempt at entering one order."""

    def enter(self) -> Posting:
        """Steps 2 to 9."""
        self.reread()
        number = self.probe()
        if number is None:
            self.look_for_look_alikes_on_day_one()
            self.desk.bot.open_entry(self.posting.reference)
            self.type_and_read_back(self.desk.bot.type_order)
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
        if now.revision != self.posting.revision:
            raise self.taken_anew(now)
        self.require_no_problem(now)
        self.order = now

    def taken_anew(self, now: Order) -> OrderChanged:
        """What ends this attempt; the order as it is now counts from its end on."""
        profile, posting, worker = self.desk.profile, self.posting, self.desk.worker
        state, reason = judged(now, profile, self.cross)
        take = self.desk.ledger.take
        take(now, posting.erp, posting.reference, state, reason, worker, procedures=profile.procedures)
        return OrderChanged()

    def require_no_problem(self, now: Order) -> None:
        """Nothing is typed that the rules have anything against."""
        problem = first_problem(now, self.desk.profile, self.cross)
        if problem is not None:
            raise problem

    # --- 3: probe ---------------------------------------------------------------------------------------------------

    def probe(self) -> str | None:
        """The number of the one stored document that is this order already; None where the ERP has none."""
        found = self.documents_of_reference()
        alive = [document for document in found if document.status is not DocumentStatus.CANCELLED]
        if len(alive) > 1:
            raise FoundSeveral(erp=self.posting.erp, documents=numbers(alive))
        if found and not alive and not released_from(self.desk.ledger.history(self.posting), FoundVoid.code):
            raise FoundVoid(erp=self.posting.erp, documents=numbers(found))
        if not alive:
            return None
        document = alive[0]
        different = self.differences(document)
        if different:
            self.read.append(document)
            raise FoundDifferent(erp=self.posting.erp, documents=document.number, differences=told(different))
        return document.number

    def look_for_look_alikes_on_day_one(self) -> None:
        """Before a customer's first order after the cut-over or a restore: is there one that may be it already?"""
        desk, customer = self.desk, self.order.customer or ""
        if desk.ledger.customer_was_posted(self.posting.erp, customer, desk.cut_over):
            return
        if released_from(desk.ledger.history(self.posting), LookAlike.code):
            return
        self.hold_if_look_alike()

    # --- 5: type and read back --------------------------------------------------------------------------------------

    def type_and_read_back(self, type_it: Callable[[Form], Form]) -> None:
        """Type header and lines; what the screen then shows must be what was meant, or nothing is saved."""
        form = form_of(self.order, self.posting.reference, self.desk.profile, self.cross)
        shown = type_it(form)
        self.read.append(filled_form(shown, self.desk.profile))
        self.keep_picture("filled")
        different = form_differences(form, shown, self.desk.profile)
        if different:
            raise read_back_error(different, self.desk.profile)

    # --- 6 and 7: intent and save -----------------------------------------------------------------------------------

    def intend(self) -> None:
        """Save is about to be pressed, unless the ERP must not be worked on any more since we began."""
        closed = self.desk.closed()
        if closed is not None:
            raise closed
        self.note(Phase.INTENT)

    def save(self) -> str:
        """Press Save once; only a document number means saved."""
        try:
            answer = self.press()
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

    def press(self) -> Answer:
        """The one press of Save."""
        return self.desk.bot.save(self.leave)

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
        self.read.append(document)
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
            raise FoundSeveral(erp=self.posting.erp, documents=numbers([document, *alive]))


def _unanswered(answer: Answer, erp: str) -> BridgeError:
    if answer.text:
        return SaveRefused(erp=erp, text=answer.text)
    return SaveUnanswered(why=Phrase("the screen stayed blank."))
