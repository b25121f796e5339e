"""An office whose ERP in memory is read anew for each statement, while people give its documents other days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bridge.model.documents import Document, DocumentStatus
from bridge.model.items import Item
from bridge.model.orders import OrderStatus
from bridge.reports.erp_readings import ErpReader, ReadingTerms, Surroundings
from bridge.reports.inputs import Carried, Inputs, Period
from bridge.reports.memories import Memory, carried_from
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.fake_bots import FakeBot
from tests.fake_erps import FakeErp
from tests.fakes import FakeClock, FakeReadings
from tests.samples import harbour
from tests.unit.reports.days import NIGHT, PERIOD, document, inputs_of, order, typed
from tests.unit.reports.offices import closed_with, read_at

FAR = date(2019, 12, 31)
NEXT = Period(PERIOD.last + timedelta(1), PERIOD.last + timedelta(31))
Deed = Callable[["House"], object]


class House:
    """Four orders that were entered without fault, by the bridge or before it, and a chain of statements over them."""

    def __init__(self) -> None:
        self.clock = FakeClock(NIGHT)
        self.erp = FakeErp(harbour(), self.clock)
        self.orders = [order(number) for number in range(1, 5)]
        self.numbers = [self.erp.put(document(each, "")) for each in self.orders]
        self.bot = FakeBot(self.erp)
        self.bot.sign_on()
        self.items: dict[str, Item] = {}
        self.terms = ReadingTerms()
        self.profile = harbour()
        self.bridged = True
        self._memory = Memory()

    def statement(self, period: Period = PERIOD) -> Reconciliation:
        """The next one of the chain, a day later."""
        number = self._memory.number or 1
        inputs = self.inputs(carried_from(self.items.values()), period)
        found = reconcile(read_at(inputs, NIGHT + timedelta(days=number)), self._memory)
        self.items |= {item.id: item for item in found.lives.news()}
        self._memory = Memory(previous=closed_with(found.open_items, number), items=dict(self.items))
        return found

    def inputs(self, carried: Carried, period: Period = PERIOD) -> Inputs:
        """What is read for it."""
        around = Surroundings(self.profile, lambda: self.bot, lambda: None, FakeReadings(), self.clock)
        days = carried.widened(period)
        entered = {number for each, number in zip(self.orders, self.numbers, strict=True) if each.ordered_on in days}
        postings = [typed(each, place, self.numbers[place - 1]) for place, each in enumerate(self.orders, 1)]
        postings, entered = (postings, entered) if self.bridged else ([], set())
        side = ErpReader(around, self.terms).side(days, entered | carried.documents)
        return replace(inputs_of(self.orders, postings, []), documents=side, period=period, carried=carried)

    def again(self, place: int, **changes: object) -> str:
        """Somebody enters an order once more; its number."""
        return self.erp.put(document(self.orders[place], "", **changes))

    def hold(self, place: int, held: Document) -> None:
        """Somebody makes another document of the one that an order was entered as."""
        values = {name: value for name, value in vars(held).items() if name not in {"number", "status"}}
        self.erp.change(self.numbers[place], **values)

    def move(self, *numbers: str) -> None:
        """Somebody gives these documents a day that nobody reads."""
        for number in numbers:
            self.erp.change(number, ordered_on=FAR)


def changed(place: int, **values: object) -> Deed:
    """A document holds something else."""
    return lambda house: house.erp.change(house.numbers[place], **values)


def withdrawn(house: House) -> None:
    """The CRM cancels an order that was entered."""
    house.orders[2] = replace(house.orders[2], status=OrderStatus.CANCELLED)


def twice_by_hand(house: House) -> None:
    """There was no bridge yet when somebody entered an order twice."""
    house.bridged = False
    house.again(2)


def merged(house: House) -> None:
    """The document of the first order holds the second one too, which has its own as before."""
    house.orders[:2] = [replace(each, currency="EUR", customer="ACME") for each in house.orders[:2]]
    one, other = (document(each, "") for each in house.orders[:2])
    lines = (*one.lines, *(replace(line, position=line.position + 2) for line in other.lines))
    total = (one.total or Decimal(0)) + (other.total or Decimal(0))
    named = f"{one.reference} {other.reference}"
    house.hold(0, replace(one, reference=named, lines=lines, total=total))
    house.hold(1, other)


BREAKS: dict[str, Deed] = {
    "another amount": changed(2, total=Decimal("7.77")),
    "another day": changed(2, ordered_on=PERIOD.first),
    "another status": changed(2, status=DocumentStatus.SHIPPED),
    "an order withdrawn": withdrawn,
    "only in the ERP": lambda house: house.again(2, reference="by phone"),
    "twice in the ERP": lambda house: house.again(2),
    "twice before there was a bridge": twice_by_hand,
    "a part too much": lambda house: house.again(2, lines=document(house.orders[2], "").lines[:1]),
    "two orders in one document, one of them twice": merged,
}
