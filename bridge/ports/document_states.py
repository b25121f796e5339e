"""How far are the ERPs with their documents?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bridge.model.documents import DocumentStatus


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
