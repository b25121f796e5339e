"""What did people write beside breaks, what did they sign, and which periods did they close?"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from bridge.errors import AnnotatedMeanwhile, BooksClosedFurther
from bridge.model.items import Note, NoteField, Notes
from bridge.model.statements import PeriodLock, Role, SignOff
from bridge.ports import Clock
from bridge.store.databases import Database
from bridge.store.statement_tables import annotations, period_locks, sign_offs


class SqlAnnotations:
    """The words of people in the ledger's database; rows are only ever added."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def annotate(self, erp: str, notes: Sequence[Note], after: int | None = None) -> int:
        """Keep the notes, all or none; the number of the last one.

        Raises AnnotatedMeanwhile where the last one before them is not that of the number `after`.
        """
        with self._database.writing() as connection:
            if after is not None and _last(connection, erp) != after:
                raise AnnotatedMeanwhile(erp=erp)
            if notes:
                connection.execute(insert(annotations), [asdict(note) | {"erp": erp} for note in notes])
            return _last(connection, erp)

    def notes(self, erp: str, through: int | None = None) -> tuple[Notes, int]:
        """The last note of each field of each break, of those up to that number; and the number of the last one."""
        query = select(annotations).where(annotations.c.erp == erp).order_by(annotations.c.id)
        if through is not None:
            query = query.where(annotations.c.id <= through)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        found = {(row.item_id, NoteField(row.field)): _note(row) for row in rows}
        return found, rows[-1].id if rows else 0

    def taken_from(self, erp: str, source: str) -> Collection[tuple[str, NoteField]]:
        """Beside which breaks a word was kept that came in the workbook of this SHA-256, and in which field."""
        query = select(annotations.c.item_id, annotations.c.field)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(annotations.c.erp == erp, annotations.c.source == source)).all()
        return frozenset((row.item_id, NoteField(row.field)) for row in rows)

    def history(self, erp: str, item_id: str) -> Sequence[Note]:
        """All that was ever written beside one break, oldest first."""
        query = select(annotations).where(annotations.c.erp == erp, annotations.c.item_id == item_id)
        with self._database.reading() as connection:
            return tuple(_note(row) for row in connection.execute(query.order_by(annotations.c.id)))

    def sign(self, sign_off: SignOff, known: Sequence[SignOff]) -> SignOff:
        """Keep that somebody signed; `at` is set by the ledger.

        Raises AnnotatedMeanwhile where the signatures of that period are others than those that were `known`.
        """
        signed = replace(sign_off, at=self._clock.now())
        with self._database.writing() as connection:
            if _signed(connection, signed.erp, signed.first, signed.last) != tuple(known):
                raise AnnotatedMeanwhile(erp=signed.erp)
            connection.execute(insert(sign_offs).values(**asdict(signed)))
        return signed

    def sign_offs(self, erp: str, first: date, last: date) -> Sequence[SignOff]:
        """Who signed statements of that period, oldest first."""
        with self._database.reading() as connection:
            return _signed(connection, erp, first, last)

    def lock(self, erp: str, through: date | None, person: str, why: str) -> PeriodLock:
        """Close the books of the ERP through that day, or open them again; nothing is opened by an earlier day.

        Raises BooksClosedFurther.
        """
        lock = PeriodLock(erp, through, person, why, self._clock.now())
        with self._database.writing() as connection:
            before = _locked(connection, erp)
            if through is not None and before is not None and before.through is not None and through < before.through:
                raise BooksClosedFurther(erp=erp, day=str(before.through))
            connection.execute(insert(period_locks).values(**asdict(lock)))
        return lock

    def locked(self, erp: str) -> PeriodLock | None:
        """The last word on that; None where the books were never closed."""
        with self._database.reading() as connection:
            return _locked(connection, erp)


def _last(connection: Connection, erp: str) -> int:
    return int(connection.execute(select(func.max(annotations.c.id)).where(annotations.c.erp == erp)).scalar() or 0)


def _locked(connection: Connection, erp: str) -> PeriodLock | None:
    query = select(period_locks).where(period_locks.c.erp == erp).order_by(period_locks.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else PeriodLock(row.erp, row.through, row.person, row.why, row.at)


def _signed(connection: Connection, erp: str, first: date, last: date) -> tuple[SignOff, ...]:
    query = select(sign_offs).where(sign_offs.c.erp == erp, sign_offs.c.first == first, sign_offs.c.last == last)
    return tuple(_sign_off(row) for row in connection.execute(query.order_by(sign_offs.c.id)))


def _note(row: Row[Any]) -> Note:
    field = NoteField(row.field)
    return Note(row.item_id, field, row.value, row.author, row.at, row.fingerprint, row.source)


def _sign_off(row: Row[Any]) -> SignOff:
    values = {name: value for name, value in row._mapping.items() if name != "id"}  # noqa: SLF001 - SQLAlchemy's public name
    return SignOff(**{**values, "role": Role(row.role)})
