"""Is everything stopped, may this user sign on, and from which moment on are orders ours?"""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from bridge.errors import Reason, StopOrdered
from bridge.ports import Clock
from bridge.store.databases import Database
from bridge.store.tables import cut_overs, sign_on_bars, stops


class SqlSwitches:
    """The switches of the ledger; who turned them is kept."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def stop(self, person: str, why: str) -> None:
        """Stop everything: from now on nothing is sent, on no host."""
        self._turn(person, why, stopped=True)

    def resume(self, person: str, why: str = "") -> None:
        """Go on."""
        self._turn(person, why, stopped=False)

    def stopped(self) -> Reason | None:
        """Why everything is stopped, or None."""
        with self._database.reading() as connection:
            return stop_reason(connection)

    def bar(self, erp: str, user: str, text: str) -> None:
        """Leave the user alone after the ERP refused its sign-on with this text, lest the ERP locks it out."""
        with self._database.writing() as connection:
            connection.execute(delete(sign_on_bars).filter_by(erp=erp, user=user))
            values = {"erp": erp, "user": user, "answer": text, "at": self._clock.now()}
            connection.execute(insert(sign_on_bars).values(**values))

    def barred(self, erp: str, user: str) -> str | None:
        """What the ERP answered when it refused the user, or None where the user may sign on."""
        with self._database.reading() as connection:
            return connection.execute(select(sign_on_bars.c.answer).filter_by(erp=erp, user=user)).scalar()

    def lift(self, erp: str, user: str) -> None:
        """Let the user sign on again."""
        with self._database.writing() as connection:
            connection.execute(delete(sign_on_bars).filter_by(erp=erp, user=user))

    def cut_over(self, erp: str) -> datetime | None:
        """The moment from which on orders are entered into the ERP by us."""
        query = select(cut_overs.c.moment).where(cut_overs.c.erp == erp).order_by(cut_overs.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def set_cut_over(self, erp: str, moment: datetime, actor: str) -> None:
        """Set that moment; what it was before stays on record."""
        values = {"erp": erp, "moment": moment, "actor": actor, "at": self._clock.now()}
        with self._database.writing() as connection:
            connection.execute(insert(cut_overs).values(**values))

    def _turn(self, person: str, why: str, *, stopped: bool) -> None:
        values = {"stopped": stopped, "person": person, "why": why, "at": self._clock.now()}
        with self._database.writing() as connection:
            connection.execute(insert(stops).values(**values))


def stop_reason(connection: Connection) -> Reason | None:
    """Why everything is stopped, as this transaction sees it."""
    last = connection.execute(select(stops).order_by(stops.c.id.desc()).limit(1)).one_or_none()
    if last is None or not last.stopped:
        return None
    return StopOrdered(person=last.person, why=last.why).reason
