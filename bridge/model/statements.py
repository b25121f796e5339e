"""What was issued to finance, in which order, and who answers for it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bridge.model.breaks import Verdict


class StatementKind(StrEnum):
    """CURRENT is a link of the chain; VERIFICATION looks at a locked period again and changes nothing."""

    CURRENT = "current"
    VERIFICATION = "verification"


@dataclass(frozen=True)
class Statement:
    """One reconciliation of one ERP as it was issued.

    `run` is the hash of all it was made from. `number` counts the chain of the ERP from 1 and is None for a
    verification; `version` counts the statements of the same period. `open_items` is how many breaks it closed with.
    `values_sha256` is over what a sign-off attaches to: the values of all rows and breaks of the period.
    `notes_through` is the last note it knew.
    """

    run: str
    erp: str
    kind: StatementKind
    number: int | None
    version: int
    first: date
    last: date
    as_of: datetime
    verdict: Verdict
    open_items: int
    workbook: str
    workbook_sha256: str
    manifest_sha256: str
    values_sha256: str
    notes_through: int = 0
    issued_at: datetime | None = None


class Role(StrEnum):
    """As what a person signs; nobody signs as both."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"


ROLE_NAMES: Mapping[Role, str] = {Role.PREPARER: "Prepared by", Role.REVIEWER: "Reviewed by"}


@dataclass(frozen=True)
class SignOff:
    """Who signed which statement as what; it stands as long as the values of the period do."""

    run: str
    erp: str
    first: date
    last: date
    role: Role
    person: str
    at: datetime
    workbook_sha256: str
    values_sha256: str

    def stands_for(self, values_sha256: str) -> bool:
        """Whether the values are still those that were signed."""
        return self.values_sha256 == values_sha256


@dataclass(frozen=True)
class PeriodLock:
    """Through which day the books of an ERP are closed; None where they were opened again."""

    erp: str
    through: date | None
    person: str
    why: str
    at: datetime
