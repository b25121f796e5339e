"""Which ERPs are left alone for now? Read and written in the same transaction as what depends on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from bridge.errors import (
    ApplicationError,
    BeforeCutOver,
    BridgeError,
    CrmDown,
    CrmRefused,
    ErpClosed,
    InDoubt,
    LedgerDown,
    OrderCancelled,
    OrderChanged,
    OrderGone,
    OrderNotReleased,
    Reason,
    RecordLocked,
    RefusedByErp,
    Rejected,
    StopOrdered,
    StorageFull,
)
from bridge.model.guards import Breaker, Circuit, CircuitState, Rate
from bridge.ports import Clock
from bridge.store.databases import Database
from bridge.store.reasons import reason_of, reason_values
from bridge.store.tables import attempts, circuits, postings

OURS = (CrmDown, CrmRefused, ErpClosed, LedgerDown, RecordLocked, StopOrdered, StorageFull)
BEFORE_THE_ERP = (*OURS, BeforeCutOver, OrderCancelled, OrderChanged, OrderGone, OrderNotReleased, Rejected)


class SqlCircuits:
    """The circuits in the ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def circuit(self, erp: str) -> Circuit:
        """How the ERP's circuit stands."""
        with self._database.reading() as connection:
            return circuit_of(connection, erp)

    def note(self, erp: str, reason: Reason, breaker: Breaker) -> Circuit:
        """Count what went wrong in the ERP before any order was claimed; the circuit as it stands then."""
        with self._database.writing() as connection:
            after = circuit_of(connection, erp).after(reason, self._clock.now(), breaker)
            keep(connection, after, self._clock.now())
            return after

    def close(self, erp: str) -> None:
        """Work on the ERP again at once."""
        with self._database.writing() as connection:
            keep(connection, Circuit(erp), self._clock.now())


def circuit_of(connection: Connection, erp: str) -> Circuit:
    """The circuit, as this transaction sees it."""
    row = connection.execute(select(circuits).where(circuits.c.erp == erp)).one_or_none()
    return Circuit(erp) if row is None else _circuit(row)


def keep(connection: Connection, circuit: Circuit, now: datetime) -> None:
    """Write it."""
    values = {"state": circuit.state, "failures": circuit.failures, **reason_values(circuit.reason)}
    connection.execute(delete(circuits).where(circuits.c.erp == circuit.erp))
    moments = {"rests": circuit.rests, "until": circuit.until, "at": now}
    connection.execute(insert(circuits).values(erp=circuit.erp, **values, **moments))


def lets_through(connection: Connection, erp: str, now: datetime, breaker: Breaker) -> bool:
    """Whether an order may be claimed now; where it is the one that tries an open circuit, no other one may."""
    circuit = circuit_of(connection, erp)
    if circuit.refuses(now):
        return False
    tried = circuit.tried(now, breaker)
    if tried != circuit:
        keep(connection, tried, now)
    return True


def note_end(connection: Connection, erp: str, reason: Reason | None, now: datetime, breaker: Breaker) -> None:
    """Count how an attempt ended; a business fact that the ERP told is a success of the technology."""
    circuit = circuit_of(connection, erp)
    if _is_no_word_of_the_erp(reason):
        after = circuit.undecided(now)
    else:
        after = circuit.after(reason if _is_failure(reason) else None, now, breaker)
    if after != circuit:
        keep(connection, after, now)


def exceeds(connection: Connection, erp: str, now: datetime, rate: Rate) -> bool:
    """Whether one more attempt would be too many."""
    # not a join: SQLite would go through all postings of the ERP instead of the attempts of the period
    worked_on = select(postings.c.erp).where(postings.c.id == attempts.c.posting_id).scalar_subquery()
    begun = (attempts.c.started_at > now - rate.period, worked_on == erp)
    query = select(func.count()).select_from(attempts).where(*begun)
    return int(connection.execute(query).scalar_one()) >= rate.limit


def _is_failure(reason: Reason | None) -> bool:
    """Whether the ERP may be to blame; what the CRM, our disk or a clerk did is no reason to leave it alone."""
    kind = BridgeError if reason is None else BridgeError.kinds.get(reason.code, BridgeError)
    return issubclass(kind, ApplicationError | InDoubt) and not issubclass(kind, OURS)


def _is_no_word_of_the_erp(reason: Reason | None) -> bool:
    """Whether the attempt ended without having learnt anything of the ERP."""
    kind = BridgeError if reason is None else BridgeError.kinds.get(reason.code, BridgeError)
    return issubclass(kind, BEFORE_THE_ERP) and not issubclass(kind, RecordLocked | RefusedByErp)


def _circuit(row: Row[Any]) -> Circuit:
    return Circuit(row.erp, CircuitState(row.state), row.failures, reason_of(row), row.rests, row.until)
