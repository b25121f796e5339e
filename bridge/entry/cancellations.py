"""How is a posted order cancelled in the ERP? Expect the old revision there, cancel it, and see that it is void."""

from bridge.entry.changes import Change, is_void
from bridge.errors import ChangeRefused, OrderCancelled, Reason, StoredDifferent
from bridge.model.documents import Document, DocumentStatus
from bridge.model.forms import Difference, told
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, Posting, PostingState, Work
from bridge.ports import Answer

S = PostingState


class Cancellation(Change):
    """One attempt at cancelling one order."""

    work = Work.CANCEL

    def enter(self) -> Posting:
        """Steps 2 to 9, on the document that is there; one that is void already is only verified."""
        self.opened = False
        self.reread()
        document = self.stored()
        if document is None or is_void(document):
            return self.found_void()
        self.expect_old(document)
        self.require_procedure()
        self.open_old()
        self.reread()
        self.intend()
        return self.finish(self.save())

    def settle(self) -> Posting:
        """Find out by reading, never by a second press, whether an unanswered cancellation was done."""
        document = self.stored()
        if document is None or is_void(document):
            return self.found_void()
        self.expect_old(document)
        return self.end_unchanged()

    def finish(self, number: str) -> Posting:
        """Steps 8 and 9: the document is void, or is no longer there where the ERP deletes what is cancelled."""
        document = self.stored(told_so=True)
        if document is not None:
            self.read.append(document)
            self.keep_picture("document")
        if document is not None and not is_void(document):
            raise StoredDifferent(erp=self.posting.erp, document=number, differences=told(_not_void(document)))
        self.note(Phase.VERIFIED, number)
        self.keep_taken()
        return self.desk.ledger.end_void(self.claim, S.CANCELLED, self.desk.worker, OrderCancelled().reason)

    def found_void(self) -> Posting:
        """It is done already, by us or by somebody else."""
        self.note(Phase.NUMBERED, self.number)
        return self.finish(self.number)

    def reread(self) -> None:
        """Ask the CRM again: an order that came back to life is not cancelled; one that is deleted stays cancelled."""
        now = self.desk.crm.order(self.posting.order_id)
        if now is not None and now.status is not OrderStatus.CANCELLED:
            raise self.taken_anew(now)

    def send(self) -> Answer:
        """Cancel the opened document."""
        return self.desk.bot.cancel_document(self.leave)

    def refused_with(self, text: str) -> tuple[PostingState, Reason]:
        """A person decides what is to be done."""
        return S.HELD, ChangeRefused(erp=self.posting.erp, document=self.number, text=text).reason


def _not_void(document: Document) -> tuple[Difference, ...]:
    return (Difference("status", DocumentStatus.CANCELLED, document.status or ""),)
