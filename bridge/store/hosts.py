"""Which processes carry orders now? Each says so again and again, until it ends or falls silent."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bridge.ports import Clock, HostRecord
from bridge.store.databases import Database
from bridge.store.lives import MayLive, always
from bridge.store.tables import hosts


class SqlHosts:
    """The hosts in the ledger."""

    def __init__(self, database: Database, clock: Clock, lease: timedelta, *, may_live: MayLive = always) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._may_live = may_live

    def beat(self, worker: str, erps: Sequence[str], version: str) -> None:
        """Say that the process is alive."""
        with self._database.writing() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            values = {"erps": json.dumps(list(erps)), "version": version, "until": now + self._lease}
            known = update(hosts).where(hosts.c.worker == worker).values(**values)
            if connection.execute(known).rowcount == 0:
                connection.execute(insert(hosts).values(worker=worker, started_at=now, **values))

    def leave(self, worker: str) -> None:
        """It carries no more; the rows of the dead go with it."""
        with self._database.writing() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            connection.execute(delete(hosts).where((hosts.c.worker == worker) | (hosts.c.until <= now)))

    def hosts(self) -> Sequence[HostRecord]:
        """Those alive, oldest first."""
        query = select(hosts).order_by(hosts.c.started_at, hosts.c.worker)
        with self._database.reading() as connection:
            now = self._database.server_time(connection) or self._clock.now()
            rows = connection.execute(query).all()
            return tuple(_record(row) for row in rows if row.until > now and self._may_live(row.worker))


def _record(row: Row[Any]) -> HostRecord:
    return HostRecord(row.worker, tuple(json.loads(row.erps)), row.version, row.started_at, row.until)
