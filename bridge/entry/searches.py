"""What does the ERP hold of an order already, whoever entered it?"""

from collections.abc import Sequence

from bridge.entry.attempts import Attempt
from bridge.errors import LookAlike
from bridge.model.comparisons import document_differences, looks_like
from bridge.model.documents import Document, Listed
from bridge.model.forms import Difference
from bridge.model.mapping import Kind
from bridge.model.postings import Move, PostingState
from bridge.ports import Search


class Searching(Attempt):
    """An attempt that looks things up in the ERP."""

    def documents_of_reference(self, besides: str = "") -> list[Document]:
        """Every document but one that carries our reference, opened; near misses of a substring search are not ours."""
        if self.desk.profile.reference is None:
            return []
        reference = self.posting.reference
        rows = [row for row in self.desk.bot.search(Search(reference=reference)) if row.number != besides]
        near = [row.number for row in rows if row.reference is None or row.reference == reference]
        own = [number for number in self.unlisted_document() if number not in (*near, besides)]
        documents = [self.desk.bot.read_document(number) for number in (*near, *own)]
        return [document for document in documents if document.reference == reference]

    def unlisted_document(self) -> list[str]:
        """The document that the order was entered as, while the ERP's list may still lack it."""
        posted = [move.at for move in self.desk.ledger.history(self.posting) if move.new is PostingState.POSTED]
        lag = self.desk.profile.lags.declared
        if self.posting.document is None or not posted:
            return []
        return [self.posting.document] if lag is None or self.desk.clock.now() <= posted[-1] + lag else []

    def hold_if_look_alike(self) -> None:
        """Hold where a document of nobody else has this customer, date and amount (its reference may have been cut)."""
        query = Search(
            customer=self.cross.erp_code(Kind.CUSTOMER, self.order.customer or ""),
            since=self.order.ordered_on,
            until=self.order.ordered_on,
        )
        rows = [row for row in self.desk.bot.search(query) if self._looks_like(row)]
        alike = [row for row in rows if not self.belongs_to_another(row)]
        if alike:
            raise LookAlike(erp=self.posting.erp, documents=numbers(alike))

    def _looks_like(self, row: Listed) -> bool:
        return looks_like(self.order, row, self.desk.profile, self.cross)

    def belongs_to_another(self, row: Listed) -> bool:
        """Whether the listed document carries the reference of another posting of ours."""
        if not row.reference:
            return False
        owner = self.desk.ledger.reference_owner(self.posting.erp, row.reference)
        return owner is not None and owner.id != self.posting.id

    def differences(self, document: Document) -> tuple[Difference, ...]:
        """Where the stored document is not the order."""
        return document_differences(self.order, self.posting.reference, document, self.desk.profile, self.cross)


def numbers(documents: Sequence[Document] | Sequence[Listed]) -> str:
    """The documents' numbers, for a reason."""
    return ", ".join(document.number for document in documents)


def released_from(history: Sequence[Move], code: str) -> bool:
    """Whether a person released the posting after it was held for that reason."""
    held = False
    for move in history:
        if move.new is PostingState.HELD and move.reason is not None:
            held = move.reason.code == code
        elif held and move.old is PostingState.HELD and move.new is PostingState.PENDING:
            return True
    return False
