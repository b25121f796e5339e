"""What did a verification find, in words an auditor can act on?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.locale import ENGLISH, filled, translate

Value = str | int


class State(StrEnum):
    """What can be said of evidence: whole, cut by a crash, or altered."""

    CLEAN = "clean"
    TORN = "torn"
    TAMPERED = "tampered"


# What a crash between picture, entry and ledger leaves behind.
TORN = {
    "manifest_torn": "{file} ends within an entry ({bytes} bytes): a crash while it was written.",
    "file_left": "{file} has no entry yet: a crash before its entry was written.",
    "packet_empty": "{file} has no entry, or is gone.",
    "entry_ahead": "The ledger does not know entry {entry}, the newest: a crash before it was told, or an addition.",
    "packet_unnoted": "The ledger does not know this packet of one entry: a crash before it was told, or an addition.",
    "purge_unfinished": "{file} (entry {entry}) is purged by its tombstone and still there; the next purge removes it.",
    "anchor_copy_behind": "The copy of {file} misses its last {lines} lines.",
}

# What no crash of ours explains.
TAMPERED = {
    "entry_changed": "Line {line} of {file} was changed.",
    "entries_removed": "Of the entries {first} to {last} of {file}, {count} were removed.",
    "entry_repeated": "Entry {entry} of {file} stands there again, on line {line}.",
    "entry_moved": "Entry {entry} of {file} was moved, to line {line}.",
    "link_broken": "Entry {entry} of {file} does not follow the entry before it; one of the two was replaced.",
    "head_lost": "The entry the ledger knows ({expected}) is gone: entries were cut off, or the chain was rebuilt.",
    "entries_ahead": "The ledger does not know the entries {first} to {last}; they were added.",
    "file_missing": "{file} (entry {entry}) was removed.",
    "file_resized": "{file} (entry {entry}) was changed: it has {size} bytes instead of {expected}.",
    "file_changed": "{file} (entry {entry}) was changed: its content has another hash.",
    "file_unreadable": "{file} cannot be read: {why}",
    "file_foreign": "{file} does not belong here; no entry vouches for it.",
    "picture_differs": "{file} (entry {entry}) is not the picture its entry describes ({width} by {height} pixels).",
    "packet_moved": "The folder is called {found}, but its entries are of {stated}.",
    "packet_missing": "The packet {packet} was removed.",
    "packet_unknown": "The ledger does not know this packet.",
    "anchor_differs": "{packet} lacks an entry that the anchor of {day} knows: cut off, or the chain was rebuilt.",
    "anchor_copy_differs": "Line {line} of {file} differs from its copy.",
    "anchors_cut_off": "{file} misses the last {lines} lines that its copy has.",
}

TEXTS: Mapping[str, str] = {**TORN, **TAMPERED}


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written; `code` is a key of `TEXTS`."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)

    @property
    def torn(self) -> bool:
        """Whether a crash explains it."""
        return self.code in TORN

    def worded(self, language: str = ENGLISH) -> str:
        """The finding as one sentence."""
        return filled(translate(TEXTS[self.code], language), self.params)

    def record(self) -> dict[str, object]:
        """The finding as JSON."""
        return {"code": self.code, "params": dict(self.params), "torn": self.torn}


def found(code: str, **params: Value) -> Finding:
    """A finding with its parameters."""
    return Finding(code, params)


def state_of(findings: tuple[Finding, ...]) -> State:
    """The worst of all findings."""
    if not findings:
        return State.CLEAN
    return State.TORN if all(finding.torn for finding in findings) else State.TAMPERED
