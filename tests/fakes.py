"""Whole stand-ins that keep the promises of the ports in memory; the contract tests hold them to it."""

import hashlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bridge.errors import CrmDown, CrmRefused, OrderMalformed, Reason
from bridge.model.orders import Order
from bridge.ports import Clock, DocumentReading, OrderPage, Picture, Purged, WriteBack


class FakeClock:
    """A clock that stands until somebody waits."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)) -> None:
        self._now, self._lock = start, threading.Lock()
        self.waits: list[float] = []

    def now(self) -> datetime:
        """The present instant of this clock."""
        return self._now

    def elapsed(self) -> float:
        """Seconds since some moment, by the same clock."""
        return self._now.timestamp()

    def wait(self, seconds: float) -> None:
        """Move on at once."""
        with self._lock:
            self.waits.append(seconds)
            self._now += timedelta(seconds=seconds)


class FakeCrm:
    """A CRM in memory, its own reader and writer; `page_size` orders come at a time.

    `fault`, where it is set, is raised instead of every answer.
    """

    def __init__(self, code: str = "fake", page_size: int = 100) -> None:
        self.code = code
        self.fault: CrmDown | CrmRefused | None = None
        self.lose_next_answer = False
        self._page_size = page_size
        self._orders: dict[str, Order | OrderMalformed] = {}
        self._changes: list[str] = []
        self._told: dict[str, list[WriteBack]] = {}

    # what the people at the CRM do

    def put(self, order: Order) -> None:
        """Store an order, new or changed, under the CRM's own stamp."""
        self._orders[order.id] = replace(order, crm=self.code, changed_at=self._stamp())
        self._changes.append(order.id)

    def spoil(self, order_id: str) -> None:
        """Make the order unreadable."""
        self._orders[order_id] = OrderMalformed(problem="number holds control characters")
        self._changes.append(order_id)

    def remove(self, order_id: str) -> None:
        """Delete it without a trace."""
        del self._orders[order_id]

    def told(self, order_id: str) -> WriteBack | None:
        """The latest news the order bears."""
        return max(self._told.get(order_id, []), key=lambda news: news.sequence, default=None)

    # what the bridge asks

    def changed_orders(self, cursor: str | None) -> Iterator[OrderPage]:
        """The orders changed since, oldest change first."""
        begin, end = int(cursor or 0), len(self._changes)
        while True:
            self._answer()
            behind = min(begin + self._page_size, end)
            yield self._page(list(dict.fromkeys(self._changes[begin:behind])), str(behind), last=behind >= end)
            if behind >= end:
                return
            begin = behind

    def order(self, order_id: str) -> Order | None:
        """The order as it is now."""
        self._answer()
        found = self._orders.get(order_id)
        if isinstance(found, OrderMalformed):
            raise found
        return found

    def tell(self, message: WriteBack) -> None:
        """Keep the news; what was lost after it was kept can be told again."""
        self._answer()
        if message.order_id not in self._orders:
            raise CrmRefused(crm=self.code, status=404, text="no such order")
        self._told.setdefault(message.order_id, []).append(message)
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise CrmDown(crm=self.code, address="memory", why="the answer was lost")

    def shows(self, message: WriteBack) -> bool:
        """Whether it was kept, or later news."""
        self._answer()
        latest = self.told(message.order_id)
        return latest is not None and latest.sequence >= message.sequence

    def _answer(self) -> None:
        if self.fault:
            raise self.fault

    def _stamp(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=len(self._changes))

    def _page(self, ids: list[str], behind: str, *, last: bool) -> OrderPage:
        found = {order_id: self._orders[order_id] for order_id in ids if order_id in self._orders}
        orders = tuple(order for order in found.values() if isinstance(order, Order))
        malformed: dict[str, Reason] = {
            order_id: order.reason for order_id, order in found.items() if isinstance(order, OrderMalformed)
        }
        return OrderPage(orders, malformed, behind, last)


@dataclass
class FakePacket:
    """A packet in memory; its head covers every entry, in order."""

    path: str
    clock: Clock
    entries: list[tuple[str, datetime, bytes]] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)

    @property
    def head(self) -> str:
        """The hash over all entries; 64 zeros where there are none."""
        head = "0" * 64
        for step, at, content in self.entries:
            head = hashlib.sha256(b"\x1f".join((head.encode(), step.encode(), str(at).encode(), content))).hexdigest()
        return head

    def add(self, picture: Picture, worker: str) -> str:
        """Keep a picture; the new head."""
        return self._keep(f"{picture.step} {worker}", picture.taken_at, picture.content)

    def note(self, step: str, facts: Mapping[str, str], worker: str) -> str:
        """Keep an entry without a picture; the new head."""
        return self._keep(f"{step} {worker} {sorted(facts.items())}", self.clock.now(), b"")

    def _keep(self, step: str, at: datetime, content: bytes) -> str:
        self.entries.append((step, at, content))
        return self.head


class FakeEvidence:
    """Packets in memory."""

    def __init__(self, clock: Clock) -> None:
        self.packets: dict[str, FakePacket] = {}
        self._clock = clock

    def open_packet(self, erp: str, reference: str, attempt: int) -> FakePacket:
        """A new packet for the attempt, or the one begun before."""
        path = f"{erp}/{reference}-{attempt}"
        return self.packets.setdefault(path, FakePacket(path, self._clock))

    def purge(self, before: datetime, rule: str) -> Iterator[Purged]:
        """Forget pictures older than the moment, each packet with a tombstone."""
        for packet in list(self.packets.values()):
            old = {
                place
                for place, (_, at, content) in enumerate(packet.entries)
                if content and at < before and place not in packet.removed
            }
            if old:
                packet.removed |= old
                head = packet.note("purge", {"rule": rule, "files": str(sorted(old))}, "purge")
                yield Purged(packet.path, head, len(old))


class FakeReadings:
    """Readings of documents in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], DocumentReading] = {}

    def keep(self, readings: Sequence[DocumentReading]) -> None:
        """Keep them, each in the place of the one before."""
        self._kept.update({(each.erp, each.number): each for each in readings})

    def readings(self, erp: str, numbers: Collection[str]) -> Mapping[str, DocumentReading]:
        """Those that were ever kept."""
        return {number: self._kept[erp, number] for number in numbers if (erp, number) in self._kept}
