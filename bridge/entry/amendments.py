"""How is a posted order brought to its new revision? Expect the old one in the ERP, change it, verify the new one."""

from bridge.entry.changes import Change, is_void
from bridge.errors import FoundVoid, OrderGone, Reason, RefusedByErp
from bridge.model.documents import Document, DocumentStatus
from bridge.model.forms import Difference
from bridge.model.postings import Phase, Posting, PostingState, Work
from bridge.ports import Answer

S = PostingState


class Amendment(Change):
    """One attempt at amending one order."""

    work = Work.AMEND

    def enter(self) -> Posting:
        """Steps 2 to 9, on the document that is there; one that is the new revision already is only verified."""
        self.opened = False
        self.reread()
        document = self.stored()
        if document is None or is_void(document):
            return self.end_without_document()
        if not self.differences(document):
            self.note(Phase.NUMBERED, self.number)
            return self.finish(self.number)
        self.expect_old(document)
        self.require_procedure()
        self.open_and_type()
        self.reread()
        self.intend()
        return self.finish(self.save())

    def settle(self) -> Posting:
        """Find out by reading, never by a second Save, whether an unanswered change was stored."""
        document = self.stored()
        if document is None or is_void(document):
            raise FoundVoid(erp=self.posting.erp, documents=self.number)
        if not self.differences(document):
            self.note(Phase.NUMBERED, self.number)
            return self.finish(self.number)
        self.expect_old(document)
        return self.end_unchanged()

    def reread(self) -> None:
        """Ask the CRM again: what is typed is its newest revision, or nothing."""
        now = self.desk.crm.order(self.posting.order_id)
        if now is None:
            raise OrderGone
        if (now.revision, now.status) != (self.posting.revision, self.order.status):
            raise self.taken_anew(now)
        self.require_no_problem(now)
        self.order = now

    def open_and_type(self) -> None:
        """Type the new revision over what is still the old one."""
        self.open_old()
        self.type_and_read_back(self.desk.bot.type_change)

    def send(self) -> Answer:
        """Save the opened document."""
        return self.desk.bot.save_change(self.leave)

    def differences(self, document: Document) -> tuple[Difference, ...]:
        """Where the stored document is not the order; a void one never is."""
        found = super().differences(document)
        if document.status is not DocumentStatus.CANCELLED:
            return found
        return (*found, Difference("status", DocumentStatus.OPEN, DocumentStatus.CANCELLED))

    def end_without_document(self) -> Posting:
        """Ask a person, and only at a person's word enter the order anew."""
        if not self.is_released_as_void():
            raise FoundVoid(erp=self.posting.erp, documents=self.number)
        self.keep_taken()
        return self.desk.ledger.end_void(self.claim, S.PENDING, self.desk.worker)

    def refused_with(self, text: str) -> tuple[PostingState, Reason]:
        """The order must be corrected in the CRM."""
        return S.REJECTED, RefusedByErp(erp=self.posting.erp, text=text).reason
