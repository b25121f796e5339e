"""Who works as which ERP user now? One user, one seat, over all processes and hosts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from bridge.errors import SeatTaken, StorageFull
from bridge.ports import Clock
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

    @contextmanager
    def seat(self, erp: str, user: str, holder: str) -> Iterator[None]:
        """Hold the seat, beating, until left; raises SeatTaken."""
        token = self._take(erp, user, holder)
        left = Event()
        beating = Thread(target=self._beat, args=(token, left), name=f"seat {erp} {user}", daemon=True)
        beating.start()
        try:
            yield
        finally:
            left.set()
            beating.join()
            with self._database.writing() as connection:
                connection.execute(delete(seat_leases).where(seat_leases.c.token == token))

    def _take(self, erp: str, user: str, holder: str) -> str:
        now, token = self._clock.now(), uuid4().hex
        key = {"erp": erp, "user": user}
        with self._database.writing() as connection:
            taken = connection.execute(select(seat_leases).filter_by(**key)).one_or_none()
            if taken is not None and taken.until > now and self._may_live(taken.holder):
                raise SeatTaken(user=user, erp=erp, holder=taken.holder, until=taken.until.isoformat())
            connection.execute(delete(seat_leases).filter_by(**key))
            values = {"holder": holder, "token": token, "until": now + self._lease}
            connection.execute(insert(seat_leases).values(**key, **values))
        return token

    def _beat(self, token: str, left: Event) -> None:
        while not left.wait(self._lease.total_seconds() / 3):
            try:
                with self._database.writing() as connection:
                    until = self._clock.now() + self._lease
                    connection.execute(update(seat_leases).where(seat_leases.c.token == token).values(until=until))
            except (DBAPIError, StorageFull):
                continue  # the next beat comes before the lease ends; a lease that ends is the safe side
