"""Where are ERP bots doubted? In ERPs that tests can fill and disturb: one in memory, the toy Harbour in a browser."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from bots.bot import Credentials
from bots.harbour import Harbour as HarbourBot
from bots.harbour_forms import HarbourForms
from bridge.errors import RecordLocked
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

    def move(self, number: str, status: DocumentStatus) -> None:
        """The document's status changes, as the warehouse or the accounts department would have it."""
        ...

    def somebody_opens(self, number: str) -> str:
        """Another user opens the document to change it; what that user is told where it is locked."""
        ...

    def somebody_edits(self, number: str, po_number: str) -> str:
        """Another user gives the document that PO number; what that user is told where it is locked."""
        ...

    def held_by_somebody(self, number: str) -> AbstractContextManager[None]:
        """Another user has the document open to change it, while inside."""
        ...

    def sent(self) -> int:
        """How many requests to save or to cancel the ERP has received so far."""
        ...

    def refuse_next(self, *, cancelling: bool = False) -> None:
        """The next Save (or cancellation) is refused with `REFUSAL`, and nothing is stored."""
        ...

    def lose_next(self, *, cancelling: bool = False) -> None:
        """The next Save (or cancellation) is stored, and its answer is lost."""
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

    def move(self, number: str, status: DocumentStatus) -> None:
        """The document's status changes."""
        self.erp.change(number, status=status)

    def somebody_opens(self, number: str) -> str:
        """Another user opens the document, and leaves it again where that worked."""
        other = FakeBot(self.erp, "MARY")
        other.sign_on()
        try:
            other.open_change(number)
        except RecordLocked as locked:
            return str(locked.params["text"])
        other.abandon_change()
        return ""

    def somebody_edits(self, number: str, po_number: str) -> str:
        """Another user gives the document that PO number, unless it is locked."""
        locked = self.somebody_opens(number)
        if not locked:
            self.erp.change(number, po_number=po_number)
        return locked

    @contextmanager
    def held_by_somebody(self, number: str) -> Iterator[None]:
        """Another user has the document open, while inside."""
        other = FakeBot(self.erp, "MARY")
        other.sign_on()
        other.open_change(number)
        yield
        other.abandon_change()

    def sent(self) -> int:
        """How many requests it took."""
        return len(self.erp.requests)

    def refuse_next(self, *, cancelling: bool = False) -> None:  # noqa: ARG002 - both are requests to save
        """The next Save is refused."""
        self.erp.plan(Saving(times=0, text=REFUSAL))

    def lose_next(self, *, cancelling: bool = False) -> None:  # noqa: ARG002 - both are requests to save
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
        self.move(str(number), status)
        return str(number)

    def move(self, number: str, status: DocumentStatus) -> None:
        """Change a status through the control door."""
        word = next(word for word, meaning in self.profile.statuses.items() if meaning is status)
        self._running.control(f"orders/{number}/status", {"status": word})

    def somebody_opens(self, number: str) -> str:
        """Mary opens the order, and leaves it again where that worked."""
        clerk = self._running.clerk("MARY", "mary")
        locked = clerk.get("/so/entry", number=number).error
        clerk.get("/so/exit", number=number)
        return locked

    def somebody_edits(self, number: str, po_number: str) -> str:
        """Mary gives the order that PO number, unless it is locked."""
        clerk = self._running.clerk("MARY", "mary")
        form = clerk.get("/so/entry", number=number)
        if not form.error:
            assert clerk.post("/so/save", form.fields | {"txtRef": po_number}).saved == int(number)
        return form.error

    @contextmanager
    def held_by_somebody(self, number: str) -> Iterator[None]:
        """Mary has the order open, while inside."""
        clerk = self._running.clerk("MARY", "mary")
        assert clerk.get("/so/entry", number=number).error == ""
        yield
        clerk.get("/so/exit", number=number)

    def sent(self) -> int:
        """How many such requests stand in the access log."""
        return sum(line.startswith(("POST /so/save ", "POST /so/cancel ")) for line in self._running.requests())

    def stored(self, reference: str) -> int:
        """How many orders carry exactly that reference in the books."""
        return len(self._running.rows("SELECT number FROM orders WHERE remarks = ?", reference))

    def refuse_next(self, *, cancelling: bool = False) -> None:
        """The next Save is refused."""
        self._running.fault("refusal", path=_path(cancelling=cancelling), method="POST", text=REFUSAL)

    def lose_next(self, *, cancelling: bool = False) -> None:
        """The next Save is stored, and the line is cut."""
        self._running.fault("cut_after", path=_path(cancelling=cancelling), method="POST")

    def another_sign_on(self) -> None:
        """The same user signs on elsewhere."""
        self._running.clerk(USER)

    def wrong_password(self) -> ErpBot:
        """A bot of another user on the same surface, with a wrong password."""
        return type(self._bot)(self.profile, self._bot.driver, Credentials("BOT2", "wrong"))


def _path(*, cancelling: bool) -> str:
    return "/so/cancel" if cancelling else "/so/save"


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
