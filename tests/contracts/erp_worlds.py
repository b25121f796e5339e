"""Where are ERP bots doubted? In ERPs that tests can fill and disturb: one in memory, the toy Harbour in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from bots.bot import Credentials
from bots.harbour import Harbour as HarbourBot
from bots.harbour_forms import HarbourForms
from bridge.model.documents import DocumentStatus
from bridge.model.orders import Order
from bridge.model.profiles import ErpProfile
from bridge.ports import ErpBot, SeatPlan
from tests.fake_bots import FakeBot
from tests.fake_erps import FakeErp, Saving, unanswered
from tests.fakes import FakeClock
from tests.samples import document_of_hand, harbour
from tests.sandbox.harbour_clerks import Harbour
from tests.sandbox.harbour_clerks import harbour as running_harbour

USER, PASSWORD = "BOT1", "secret-bot1"
REFUSAL = "SO-150 Credit limit exceeded"


class ErpWorld(Protocol):
    """An ERP that a test may fill and disturb, and the bot that works it."""

    profile: ErpProfile
    bot: ErpBot

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order as somebody else would have; its number."""
        ...

    def stored(self, reference: str) -> int:
        """How many documents carry exactly that reference."""
        ...

    def refuse_next(self) -> None:
        """The next Save is refused with `REFUSAL`, and nothing is stored."""
        ...

    def lose_next(self) -> None:
        """The next Save is stored, and its answer is lost."""
        ...

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        ...

    def wrong_password(self) -> ErpBot:
        """A bot whose password is refused."""
        ...


class FakeErpWorld:
    """The ERP in memory."""

    def __init__(self) -> None:
        self.profile = harbour()
        self.erp = FakeErp(
            self.profile, FakeClock(), customers=frozenset({"C1001", "C1002"}), items=frozenset({"P-30", "P-40"})
        )
        self.bot: ErpBot = FakeBot(self.erp, USER)
        self.bot.sign_on()

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order as somebody else would have."""
        return self.erp.put(document_of_hand(order, reference, status=status))

    def stored(self, reference: str) -> int:
        """How many documents carry exactly that reference."""
        return sum(each.reference == reference for each in self.erp.documents.values())

    def refuse_next(self) -> None:
        """The next Save is refused."""
        self.erp.plan(Saving(times=0, text=REFUSAL))

    def lose_next(self) -> None:
        """The next Save is stored, and its answer is lost."""
        self.erp.plan(unanswered())

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        FakeBot(self.erp, USER).sign_on()

    def wrong_password(self) -> ErpBot:
        """A bot whose user is locked out."""
        self.erp.locked_out.add("BOT2")
        return FakeBot(self.erp, "BOT2")


class HarbourWorld:
    """The toy Harbour, worked by its real bot, in a real browser or by its forms alone."""

    def __init__(self, running: Harbour, bot: HarbourBot) -> None:
        self.profile = harbour()
        self.bot: ErpBot = bot
        self._running = running
        self._bot = bot

    def put(self, order: Order, reference: str, status: DocumentStatus = DocumentStatus.OPEN) -> str:
        """Store an order through the control door."""
        lines = [
            {"item_code": each.item, "quantity": str(each.quantity), "unit_price": str(each.unit_price)}
            for each in order.lines
        ]
        wish: dict[str, Any] = {"customer_code": order.customer, "remarks": reference, "po_number": order.po_number}
        wish |= {"order_date": order.ordered_on.isoformat(), "currency": order.currency, "lines": lines}
        number = self._running.control("orders", wish)["number"]
        word = next(word for word, meaning in self.profile.statuses.items() if meaning is status)
        self._running.control(f"orders/{number}/status", {"status": word})
        return str(number)

    def stored(self, reference: str) -> int:
        """How many orders carry exactly that reference in the books."""
        return len(self._running.rows("SELECT number FROM orders WHERE remarks = ?", reference))

    def refuse_next(self) -> None:
        """The next Save is refused."""
        self._running.fault("refusal", path="/so/save", method="POST", text=REFUSAL)

    def lose_next(self) -> None:
        """The next Save is stored, and the line is cut."""
        self._running.fault("cut_after", path="/so/save", method="POST")

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        self._running.clerk(USER)

    def wrong_password(self) -> ErpBot:
        """A bot of another user on the same surface, with a wrong password."""
        return type(self._bot)(self.profile, self._bot.driver, Credentials("BOT2", "wrong"))


def plan(url: str) -> SeatPlan:
    """A seat that does not wait long."""
    return SeatPlan(harbour(), url, USER, PASSWORD, options={"timeout": 10.0, "save_timeout": 5.0})


@contextmanager
def fake_world(_folder: Path) -> Iterator[ErpWorld]:
    """The ERP in memory."""
    yield FakeErpWorld()


@contextmanager
def harbour_world(folder: Path) -> Iterator[ErpWorld]:
    """A Harbour in this process and a browser."""
    with _worked_by(HarbourBot, folder) as world:
        yield world


@contextmanager
def harbour_forms_world(folder: Path) -> Iterator[ErpWorld]:
    """A Harbour in this process, worked without a browser."""
    with _worked_by(HarbourForms, folder) as world:
        yield world


@contextmanager
def _worked_by(kind: type[HarbourBot], folder: Path) -> Iterator[ErpWorld]:
    with running_harbour(folder) as running:
        bot = kind.at_seat(plan(running.url))
        try:
            bot.sign_on()
            yield HarbourWorld(running, bot)
        finally:
            bot.close()
