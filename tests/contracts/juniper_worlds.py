"""Where is Juniper's bot doubted? In a Juniper of its own, over ssh."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bots.bot import Credentials
from bots.juniper import Juniper as JuniperBot
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order
from bridge.ports import ErpBot, SeatPlan
from sandbox.juniper import sessions, tables
from tests.contracts.erp_worlds import PASSWORD, REFUSAL, USER
from tests.samples import juniper
from tests.sandbox.juniper_clerks import Juniper
from tests.sandbox.juniper_clerks import juniper as running_juniper


def plan(running: Juniper) -> SeatPlan:
    """A seat that does not wait long."""
    address = f"ssh://erp@127.0.0.1:{running.address.port}"
    options = {"timeout": 10.0, "save_timeout": 4.0, "host_password": "juniper", "host_key": running.address.host_key}
    profile = replace(juniper(), encoding=running.options.encoding)
    return SeatPlan(profile, address, USER, PASSWORD, options=options)


class JuniperWorld:
    """The toy Juniper, worked by its bot over ssh."""

    def __init__(self, running: Juniper, bot: JuniperBot) -> None:
        self.profile = bot.profile
        self.bot: ErpBot = bot
        self.juniper, self.running = bot, running

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order through the control door."""
        lines = [
            {"item_code": each.item, "quantity": str(each.quantity), "unit_price": str(each.unit_price)}
            for each in order.lines
        ]
        wish: dict[str, Any] = {"customer_code": order.customer, "external_no": reference, "lines": lines}
        wish |= {"order_date": order.ordered_on.isoformat(), "currency": order.currency, "your_ref": order.po_number}
        number = str(self.running.control("orders", wish)["number"])
        self.move(number, status)
        return number

    def stored(self, reference: str) -> int:
        """How many orders carry exactly that reference in the books."""
        return len(self.running.rows("SELECT number FROM orders WHERE external_no = ?", reference))

    def move(self, number: str, status: DocumentStatus) -> None:
        """Change a status through the control door."""
        word = next(word for word, meaning in self.profile.statuses.items() if meaning is status)
        self.running.control(f"orders/{number}/status", {"status": word})

    @contextmanager
    def _mary(self) -> Iterator[tuple[sqlite3.Connection, sessions.Session]]:
        """A colleague at another terminal."""
        with closing(tables.connect(self.running.options.database)) as db:
            yield db, sessions.sign_on(db, "MARY", "mary")

    def somebody_opens(self, number: str) -> str:
        """Mary opens the order, and leaves it again where that worked."""
        with self._mary() as (db, session):
            holder = sessions.lock(db, int(number), session)
            if holder is None:
                sessions.unlock(db, int(number), session)
        return f"Record locked by {holder.user} since {holder.since}" if holder else ""

    def somebody_edits(self, number: str, po_number: str) -> str:
        """Mary gives the order that PO number, unless it is locked."""
        locked = self.somebody_opens(number)
        if not locked:
            with self._mary() as (db, _):
                db.execute("UPDATE orders SET your_ref = ? WHERE number = ?", (po_number, number))
        return locked

    @contextmanager
    def held_by_somebody(self, number: str) -> Iterator[None]:
        """Mary has the order open, while inside."""
        with self._mary() as (db, session):
            sessions.lock(db, int(number), session)
            yield
            sessions.unlock(db, int(number), session)

    def sent(self) -> int:
        """How often Save or Void was answered with Y."""
        return len(self.running.rows("SELECT id FROM deeds WHERE at IN ('save', 'cancel')"))

    def refuse_next(self, *, cancelling: bool = False) -> None:
        """The next Save is refused."""
        self.running.fault("refusal", at=_deed(cancelling=cancelling), text=REFUSAL)

    def lose_next(self, *, cancelling: bool = False) -> None:
        """The next Save is stored, and the line is cut."""
        self.running.fault("cut_after", at=_deed(cancelling=cancelling))

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        with closing(tables.connect(self.running.options.database)) as db:
            sessions.sign_on(db, USER, PASSWORD)

    def wrong_password(self) -> ErpBot:
        """A bot of another user on the same terminal, with a wrong password."""
        return JuniperBot(self.profile, self.juniper.driver, Credentials("BOT2", "wrong"))


def _deed(*, cancelling: bool) -> str:
    return "cancel" if cancelling else "save"


@contextmanager
def juniper_world(folder: Path, **settings: Any) -> Iterator[JuniperWorld]:
    """A Juniper in this process, worked over ssh."""
    with running_juniper(folder, **settings) as running:
        bot = JuniperBot.at_seat(plan(running))
        try:
            bot.sign_on()
            yield JuniperWorld(running, bot)
        finally:
            bot.close()
