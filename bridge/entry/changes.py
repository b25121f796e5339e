"""What holds for every change of a document that the ERP holds already, whether it is amended or cancelled?

The document is read before anything is decided, and what is not exactly what we left there is touched by nobody.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

from bridge.entry.searches import released_from
from bridge.entry.settling import RETYPE, Settlement, refuses
from bridge.errors import (
    BridgeError,
    BusinessException,
    CancelledAfterPosting,
    CannotSettle,
    ChangedAfterPosting,
    FoundDifferent,
    FoundVoid,
    OrderChanged,
    Reason,
    RecordLocked,
    Rejected,
    SaveUnanswered,
    ScreenUnknown,
)
from bridge.locale import Phrase
from bridge.model.comparisons import document_differences
from bridge.model.documents import Document, DocumentStatus
from bridge.model.forms import told
from bridge.model.orders import Order
from bridge.model.postings import Posting, PostingState, Work
from bridge.ports import Answer, Search

S = PostingState
GONE = "gone"
LOCKED_TRIES = 12


class Change(Settlement, ABC):
    """One attempt at changing what the ERP holds of an order."""

    work: ClassVar[Work]
    old: Order | None = None
    opened = False

    def begin(self) -> None:
        """Fetch besides the order as the ERP is known to hold it."""
        super().begin()
        self.old = self.desk.ledger.order_in_erp(self.posting)

    @property
    def number(self) -> str:
        """The number of the document."""
        return self.document or ""

    # --- what the ERP holds -----------------------------------------------------------------------------------------

    def stored(self, *, told_so: bool = False) -> Document | None:
        """The document as the ERP holds it now; None where it is gone, which only some ERPs let happen.

        That an empty list means "gone" must be proved by a search that works, unless the ERP told us so (`told_so`).
        """
        if self.desk.profile.cancelled != GONE or self.is_listed():
            return self.desk.bot.read_document(self.number)
        control = self.control
        certain = told_so or (control is not None and self.finds(control))
        self.keep_picture("list")
        try:
            return self.desk.bot.read_document(self.number)
        except ScreenUnknown:
            if not certain:
                raise
            return None

    def is_listed(self) -> bool:
        """Whether the ERP's own list shows the document."""
        return any(row.number == self.number for row in self.desk.bot.search(Search(number=self.number)))

    def expect_old(self, document: Document) -> None:
        """Hold unless the document is what we left there: somebody else may have had reasons to change it."""
        if self.old is None:
            raise self.by_hand()
        order, posting, desk = self.old, self.posting, self.desk
        different = document_differences(order, posting.reference, document, desk.profile, self.cross)
        if different:
            self.read.append(document)
            raise FoundDifferent(erp=posting.erp, documents=self.number, differences=told(different))

    def open_old(self) -> None:
        """Open the document for ourselves, under the ERP's lock where it has one, and look at it once more."""
        document = self.desk.bot.open_change(self.number)
        self.opened = True
        self.expect_old(document)

    def is_released_as_void(self) -> bool:
        """Whether a person released the posting after it was held because its document is void."""
        history = self.desk.ledger.history(self.posting)
        posted = max((place for place, move in enumerate(history) if move.new is S.POSTED), default=0)
        return released_from(history[posted:], FoundVoid.code)

    # --- what we may do ---------------------------------------------------------------------------------------------

    def require_procedure(self) -> None:
        """Hold where the bot has no procedure for it."""
        if self.work not in self.desk.profile.procedures:
            raise self.by_hand()

    def by_hand(self) -> BusinessException:
        """That a person has to do it."""
        kind = CancelledAfterPosting if self.work is Work.CANCEL else ChangedAfterPosting
        return kind(document=self.number)

    def state_after(self, error: BusinessException) -> PostingState:
        """Whatever the CRM says, the posting is not done with while the ERP holds the document."""
        if isinstance(error, OrderChanged):
            return S.PENDING
        return S.REJECTED if isinstance(error, Rejected) else S.HELD

    def let_go(self) -> None:
        """Close the document that was opened, so that nobody is locked out of it."""
        if not self.opened:
            return
        try:
            self.desk.bot.abandon_change()
        except BridgeError:
            self.desk.end_seat()
        self.opened = False

    def gave_up(self, error: BridgeError, most: int) -> bool:
        """A document that somebody has open is waited for, longer and longer, some twenty minutes in all."""
        return super().gave_up(error, max(most, LOCKED_TRIES) if isinstance(error, RecordLocked) else most)

    # --- what comes of it -------------------------------------------------------------------------------------------

    def press(self) -> Answer:
        """The one press; an answer about another document is none about ours."""
        answer = self.send()
        if answer.number not in (None, self.number):
            why = Phrase("{answer} was answered for {document}", answer=answer.number, document=self.number)
            raise SaveUnanswered(why=why)
        self.opened = False
        return answer

    @abstractmethod
    def send(self) -> Answer:
        """Have it saved or cancelled, once."""

    def end_unchanged(self) -> Posting:
        """What comes of a change that was sent and that the ERP does not show after all its lags."""
        self.require_time_over()
        self.keep_picture("unchanged")
        text = self.posting.refusal
        if refuses(self.desk.profile, text):
            return self.end(*self.refused_with(text or ""), forget_phase=True)
        if self.desk.profile.lags.absent == RETYPE:
            return self.end(S.PENDING, None, forget_phase=True)
        why = Phrase("It shows {document} as it was, but may be late.", document=self.number)
        raise CannotSettle(erp=self.posting.erp, why=why)

    @abstractmethod
    def refused_with(self, text: str) -> tuple[PostingState, Reason]:
        """Where a refusal that the profile knows leaves the posting."""


def is_void(document: Document | None) -> bool:
    """Whether the ERP holds the document no more, or only as a cancelled one."""
    return document is None or document.status is DocumentStatus.CANCELLED
