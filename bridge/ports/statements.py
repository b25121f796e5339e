"""What was issued to finance, and what did finance say of it?"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from bridge.model.items import Item, Note, NoteField, Notes
from bridge.model.statements import PeriodLock, SignOff, Statement


class Statements(Protocol):
    """The chain of statements of each ERP; nothing that is in it is ever changed."""

    def newest(self, erp: str) -> Statement | None:
        """The last link of the chain."""
        ...

    def statement(self, run: str) -> Statement:
        """The statement of that run; raises StatementUnknown."""
        ...

    def statements(self, erp: str | None = None, most: int | None = None) -> Sequence[Statement]:
        """What was issued, the newest first, verifications too."""
        ...

    def items(self, erp: str, through: int | None = None) -> Mapping[str, Item]:
        """Every break that was ever seen, as it stood after that number of the chain, else after the newest."""
        ...

    def issue(self, statement: Statement, items: Sequence[Item]) -> Statement:
        """Append the statement and what became of breaks in it, both or neither.

        The same run is issued once. Raises ChainMoved where another one took its number meanwhile.
        """
        ...


class Annotations(Protocol):
    """What people wrote beside breaks and what they signed; a later word hides an earlier one and leaves it there."""

    def annotate(self, erp: str, notes: Sequence[Note], after: int | None = None) -> int:
        """Keep the notes, all or none; the number of the last one.

        Raises AnnotatedMeanwhile where the last one before them is not that of the number `after`.
        """
        ...

    def notes(self, erp: str, through: int | None = None) -> tuple[Notes, int]:
        """The last note of each field of each break, of those up to that number; and the number of the last one."""
        ...

    def taken_from(self, erp: str, source: str) -> Collection[tuple[str, NoteField]]:
        """Beside which breaks a word was kept that came in the workbook of this SHA-256, and in which field."""
        ...

    def history(self, erp: str, item_id: str) -> Sequence[Note]:
        """All that was ever written beside one break, oldest first."""
        ...

    def sign(self, sign_off: SignOff, known: Sequence[SignOff]) -> SignOff:
        """Keep that somebody signed; `at` is set by the ledger.

        Raises AnnotatedMeanwhile where the signatures of that period are others than those that were `known`.
        """
        ...

    def sign_offs(self, erp: str, first: date, last: date) -> Sequence[SignOff]:
        """Who signed statements of that period, oldest first."""
        ...

    def lock(self, erp: str, through: date | None, person: str, why: str) -> PeriodLock:
        """Close the books of the ERP through that day, or open them again; nothing is opened by an earlier day.

        Raises BooksClosedFurther.
        """
        ...

    def locked(self, erp: str) -> PeriodLock | None:
        """The last word on that; None where the books were never closed."""
        ...
