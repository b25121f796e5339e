"""What is kept as proof of each step?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bridge.ports.erps import Picture


class Packet(Protocol):
    """The evidence of one attempt, chained entry by entry."""

    @property
    def path(self) -> str:
        """Where the packet lies, relative to the store."""
        ...

    @property
    def head(self) -> str:
        """The hash of the newest entry; it covers all before it.

        The ledger must know the head after opening and after every entry: one entry it does not know is taken for a
        crash, more for tampering.
        """
        ...

    def add(self, picture: Picture, worker: str) -> str:
        """Keep a picture and its manifest entry, durably; the new head. Raises StorageFull."""
        ...

    def note(self, step: str, facts: Mapping[str, str], worker: str) -> str:
        """Keep an entry without a picture; the new head."""
        ...


@dataclass(frozen=True)
class Purged:
    """A packet whose chain got a tombstone for so many files, and its new head."""

    packet: str
    head: str
    files: int


class EvidenceStore(Protocol):
    """Keeps packets."""

    def open_packet(self, erp: str, reference: str, attempt: int) -> Packet:
        """A new packet for the attempt, or the one begun before."""
        ...

    def purge(self, before: datetime, rule: str) -> Iterator[Purged]:
        """Remove pictures older than the moment, one packet after the other, each with a tombstone in its chain.

        `rule` says which rule wants it. Store the head of a packet in the ledger before asking for the next one: only
        then are its files removed, so that a tombstone the ledger does not know never excuses a missing picture.
        """
        ...
