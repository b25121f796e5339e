"""What becomes of a break from one statement to the next, and what do people say of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bridge.model.breaks import Outcome


class Lifecycle(StrEnum):
    """Where a break stands beside the statement before."""

    NEW = "NEW"
    OPEN = "OPEN"
    CHANGED = "CHANGED"
    REOPENED = "REOPENED"
    RESOLVED = "RESOLVED"


LIFECYCLE_MEANINGS: Mapping[Lifecycle, str] = {
    Lifecycle.NEW: "seen for the first time",
    Lifecycle.OPEN: "open as before, with the same values",
    Lifecycle.CHANGED: "open as before, with other values",
    Lifecycle.REOPENED: "was resolved and is there again; its age starts anew",
    Lifecycle.RESOLVED: "was open and is no break any more",
}
LIFECYCLE_NAMES: Mapping[Lifecycle, str] = {
    Lifecycle.NEW: "New",
    Lifecycle.OPEN: "Still open",
    Lifecycle.CHANGED: "Changed",
    Lifecycle.REOPENED: "Reopened",
    Lifecycle.RESOLVED: "Resolved",
}


HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Facts:
    """What a break was about when it was last seen; amounts in minor units, None where a side has none.

    `day` and `last_day` are the earliest and the latest date that any side gives it, so that it can be looked for
    again; a document that had to be looked up by its number gives none. Without any they are as they were before, else
    those of the period in which it was first seen, and it is not `dated`. `together` are all documents of its order, or
    of the orders that a document joins, where there are several: it may be a break only because of another of them.
    """

    crm: str = ""
    order_id: str = ""
    order_number: str = ""
    document: str = ""
    day: date | None = None
    last_day: date | None = None
    currency: str = ""
    crm_minor: int | None = None
    erp_currency: str = ""
    erp_minor: int | None = None
    dated: bool = True
    together: tuple[str, ...] = ()

    def is_between(self, first: date, last: date) -> bool:
        """Whether any of its days may be one of these; what has none is of any period."""
        return self.day is None or self.last_day is None or (self.day <= last and first <= self.last_day)


@dataclass(frozen=True)
class Item:
    """One break over time, by the name that stays while its outcome changes.

    `fingerprint` changes with its values, `first_seen` never does, `open_since` only when it is reopened.
    `outcome_since` is when it became what it is called; None in what was kept before that was.
    """

    id: str
    lifecycle: Lifecycle
    fingerprint: str
    outcome: Outcome
    first_seen: datetime
    open_since: datetime
    facts: Facts
    outcome_since: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still is a break."""
        return self.lifecycle is not Lifecycle.RESOLVED

    def age(self, at: datetime) -> int:
        """For how many days it has been open, to the nearest: a statement a day counts a day, to the minute or not."""
        return max(0, (at - self.open_since + HALF_A_DAY).days)


@dataclass(frozen=True)
class Bucket:
    """A range of ages in days, both included; `last` is None for all that is older."""

    first: int
    last: int | None

    @property
    def name(self) -> str:
        """The range as figures, the same in every language."""
        return f"{self.first}-{self.last}" if self.last is not None else f">{self.first - 1}"

    def __contains__(self, age: int) -> bool:
        return self.first <= age and (self.last is None or age <= self.last)


BUCKETS = (Bucket(0, 1), Bucket(2, 7), Bucket(8, 30), Bucket(31, 60), Bucket(61, None))


def bucket_of(age: int) -> Bucket:
    """In which range an age is."""
    return next(bucket for bucket in BUCKETS if age in bucket)


class Handling(StrEnum):
    """What a person says of a break. REVIEW is ours: it was settled, and since then it changed or came back."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    REVIEW = "review"


SETTLED = frozenset({Handling.EXPLAINED, Handling.CORRECTED, Handling.ACCEPTED})
HANDLING_NAMES: Mapping[Handling, str] = {
    Handling.OPEN: "Open",
    Handling.IN_PROGRESS: "In progress",
    Handling.EXPLAINED: "Explained",
    Handling.CORRECTED: "Corrected",
    Handling.ACCEPTED: "Accepted",
    Handling.REVIEW: "Review again",
}
HANDLING_MEANINGS: Mapping[Handling, str] = {
    Handling.OPEN: "nobody has looked at it yet",
    Handling.IN_PROGRESS: "somebody works on it",
    Handling.EXPLAINED: "the cause is known and it will go away by itself",
    Handling.CORRECTED: "somebody corrected it; the next statement shows whether that is so",
    Handling.ACCEPTED: "it stays as it is, and somebody answers for that",
    Handling.REVIEW: "it was explained, corrected or accepted; since then its values changed, or it came back",
}


class Cause(StrEnum):
    """Why a break came about, as a person judges it."""

    TIMING = "timing"
    KEYING = "keying"
    ERP_RULE = "erp_rule"
    MASTER_DATA = "master_data"
    ROUNDING = "rounding"
    CRM_CHANGE = "crm_change"
    OTHER = "other"


CAUSE_NAMES: Mapping[Cause, str] = {
    Cause.TIMING: "Timing",
    Cause.KEYING: "Keying",
    Cause.ERP_RULE: "Rule of the ERP",
    Cause.MASTER_DATA: "Master data",
    Cause.ROUNDING: "Rounding",
    Cause.CRM_CHANGE: "Changed in the CRM",
    Cause.OTHER: "Other",
}


class NoteField(StrEnum):
    """What a person can write beside a break."""

    STATUS = "status"
    OWNER = "owner"
    CAUSE = "cause"
    COMMENT = "comment"
    DUE = "due"


@dataclass(frozen=True)
class Note:
    """What one person once wrote into one field beside one break; a blank value takes back what stood there.

    `fingerprint` is that of the break when it was written. `source` is the SHA-256 of the workbook it came in.
    """

    item_id: str
    field: NoteField
    value: str
    author: str
    at: datetime
    fingerprint: str
    source: str = ""


Notes = Mapping[tuple[str, NoteField], Note]  # by break and field


def handling_of(note: Note | None, item: Item) -> Handling:
    """What counts of a status: what was settled lapses once the values are others, or once it was gone and is back."""
    if note is None or not note.value:
        return Handling.OPEN
    said = Handling(note.value)
    stands = note.fingerprint == item.fingerprint and note.at >= item.open_since
    return said if stands or said not in SETTLED else Handling.REVIEW
