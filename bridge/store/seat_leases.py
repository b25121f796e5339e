"""Who works as which ERP user now? One user, one seat, over all processes and hosts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, delete, insert, select, update

from bridge.errors import LeaseLost, LicencesUsed, SeatTaken
from bridge.ports import Clock, SeatHealth, SeatLease, SeatRecord
from bridge.store.databases import Database
from bridge.store.lives import MayLive, always
from bridge.store.tables import seat_leases

LEASE = timedelta(seconds=30)


class SqlSeatLeases:
    """The seat leases in the ledger.

    A lease that nobody renews ends after its time, and at once where its holder is known to be dead.
    """

    def __init__(
        self, database: Database, clock: Clock, lease: timedelta = LEASE, *, may_live: MayLive = always
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._may_live = may_live

    def take(self, erp: str, user: str, holder: str, licences: int | None = None) -> SeatLease:
        """Take the seat; raises SeatTaken, or LicencesUsed where that would be one more than the licences."""
        lease = SeatLease(erp, user, holder, uuid4().hex)
        with self._database.writing() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            others = connection.execute(select(seat_leases).where(seat_leases.c.erp == erp)).all()
            held = [row for row in others if row.until > now and self._may_live(row.holder)]
            for row in held:
                if row.user == user:
                    raise SeatTaken(user=user, erp=erp, holder=row.holder, until=row.until.isoformat())
            if licences is not None and len(held) >= licences:
                raise LicencesUsed(erp=erp, licences=licences, holders=", ".join(sorted({r.holder for r in held})))
            connection.execute(delete(seat_leases).filter_by(erp=erp, user=user))
            values = {"holder": holder, "token": lease.token, "until": now + self._lease}
            connection.execute(insert(seat_leases).values(erp=erp, user=user, **values))
        return lease

    def beat(self, lease: SeatLease, health: SeatHealth | None = None) -> None:
        """Renew the lease, and say how the seat is; raises LeaseLost where somebody else has it now."""
        values: dict[str, Any] = {}
        if health is not None:
            facts = {"orders": health.orders, "megabytes": health.megabytes}
            values = {"signed_on_at": health.signed_on_at, **facts}
        with self._database.writing() as connection:
            until = (self._database.server_time(connection) or self._clock.now()) + self._lease
            own = update(seat_leases).where(seat_leases.c.token == lease.token)
            if connection.execute(own.values(until=until, **values)).rowcount != 1:
                raise LeaseLost(reference=f"{lease.user} ({lease.erp})")

    def leave(self, lease: SeatLease) -> None:
        """Give the seat up."""
        with self._database.writing() as connection:
            connection.execute(delete(seat_leases).where(seat_leases.c.token == lease.token))

    def seats(self) -> Sequence[SeatRecord]:
        """All seats that are held, by ERP and user."""
        query = select(seat_leases).order_by(seat_leases.c.erp, seat_leases.c.user)
        with self._database.reading() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            rows = connection.execute(query).all()
            return tuple(_record(row) for row in rows if row.until > now and self._may_live(row.holder))


def _record(row: Row[Any]) -> SeatRecord:
    health = SeatHealth(row.signed_on_at, row.orders, row.megabytes)
    return SeatRecord(row.erp, row.user, row.holder, row.until, health)
