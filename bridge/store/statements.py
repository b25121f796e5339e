"""Which statements were issued, and how did every break stand after each of them?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select
from sqlalchemy.exc import IntegrityError

from bridge.errors import ChainMoved, StatementUnknown
from bridge.model.breaks import Outcome, Verdict
from bridge.model.items import Facts, Item, Lifecycle
from bridge.model.statements import Statement, StatementKind
from bridge.ports import Clock
from bridge.store.databases import Database
from bridge.store.reasons import write_json
from bridge.store.statement_tables import item_states, statements


class SqlStatements:
    """The statements in the ledger's database; rows are only ever added."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def newest(self, erp: str) -> Statement | None:
        """The last link of the chain."""
        query = select(statements).where(statements.c.erp == erp, statements.c.number.is_not(None))
        return next(self._found(query.order_by(statements.c.number.desc()).limit(1)), None)

    def statement(self, run: str) -> Statement:
        """The statement of that run; raises StatementUnknown."""
        found = next(self._found(select(statements).where(statements.c.run == run)), None)
        if found is None:
            raise StatementUnknown(run=run)
        return found

    def statements(self, erp: str | None = None, most: int | None = None) -> Sequence[Statement]:
        """What was issued, the newest first, verifications too."""
        query = select(statements).order_by(statements.c.id.desc()).limit(most)
        return tuple(self._found(query if erp is None else query.where(statements.c.erp == erp)))

    def items(self, erp: str, through: int | None = None) -> Mapping[str, Item]:
        """Every break that was ever seen, as it stood after that number of the chain, else after the newest."""
        query = select(item_states).where(item_states.c.erp == erp).order_by(item_states.c.number)
        if through is not None:
            query = query.where(item_states.c.number <= through)
        with self._database.reading() as connection:
            return {row.item_id: _item(row) for row in connection.execute(query)}

    def issue(self, statement: Statement, items: Sequence[Item]) -> Statement:
        """Append the statement and what became of breaks in it, both or neither.

        The same run is issued once. Raises ChainMoved where another one took its number meanwhile.
        """
        issued = replace(statement, issued_at=self._clock.now())
        try:
            with self._database.writing() as connection:
                known = connection.execute(select(statements).where(statements.c.run == statement.run)).one_or_none()
                if known is not None:
                    return _statement(known)
                self._require_next(connection, statement)
                connection.execute(insert(statements).values(**asdict(issued)))
                if items and statement.number is not None:
                    connection.execute(insert(item_states), [_values(statement, item) for item in items])
        except IntegrityError as error:
            raise ChainMoved(erp=statement.erp) from error
        return issued

    def _require_next(self, connection: Connection, statement: Statement) -> None:
        if statement.number is None:
            return
        query = select(statements.c.number).where(statements.c.erp == statement.erp, statements.c.number.is_not(None))
        last = connection.execute(query.order_by(statements.c.number.desc()).limit(1)).scalar() or 0
        if statement.number != last + 1:
            raise ChainMoved(erp=statement.erp)

    def _found(self, query: Select[Any]) -> Iterator[Statement]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return map(_statement, rows)


def _statement(row: Row[Any]) -> Statement:
    values = {name: value for name, value in row._mapping.items() if name != "id"}  # noqa: SLF001 - SQLAlchemy's public name
    return Statement(**{**values, "kind": StatementKind(row.kind), "verdict": Verdict(row.verdict)})


def _values(statement: Statement, item: Item) -> dict[str, object]:
    return {
        "erp": statement.erp,
        "number": statement.number,
        "item_id": item.id,
        "lifecycle": item.lifecycle,
        "fingerprint": item.fingerprint,
        "outcome": item.outcome,
        "first_seen": item.first_seen,
        "open_since": item.open_since,
        "facts": write_json(asdict(item.facts)),
        "outcome_since": item.outcome_since,
    }


def _item(row: Row[Any]) -> Item:
    facts = json.loads(row.facts)
    days = {name: _day(facts[name]) for name in ("day", "last_day")}
    return Item(
        id=row.item_id,
        lifecycle=Lifecycle(row.lifecycle),
        fingerprint=row.fingerprint,
        outcome=Outcome(row.outcome),
        first_seen=row.first_seen,
        open_since=row.open_since,
        facts=Facts(**facts | days | {"together": tuple(facts.get("together", ()))}),
        outcome_since=row.outcome_since,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
