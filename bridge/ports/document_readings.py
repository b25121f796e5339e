"""What did the ERP's documents hold when they were last opened to be compared?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.model.documents import Document


@dataclass(frozen=True)
class DocumentReading:
    """One document as its own page showed it; `listed` is the fingerprint of the row that the ERP's list showed of it.

    It comes from an opening of its own, never from what an attempt verified: the two are to be compared.
    """

    erp: str
    number: str
    listed: str
    document: Document
    read_at: datetime


class DocumentReadings(Protocol):
    """The last reading of each document."""

    def keep(self, readings: Sequence[DocumentReading]) -> None:
        """Keep them, each in the place of the one before; durable when it returns."""
        ...

    def readings(self, erp: str, numbers: Collection[str]) -> Mapping[str, DocumentReading]:
        """Those of these documents that were ever kept, by number."""
        ...
