"""What does the reading of statuses look at? An installation with one ERP, as far as its list and its documents go."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from bridge.app import App
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.orders import OrderStatus
from bridge.model.postings import Claim, PostingState
from bridge.model.profiles import Lags
from bridge.ports import Search
from bridge.store.ledgers import Store, open_ledger
from jobs import read_status
from tests.unit.store.ledger_samples import (
    CRM,
    ERP,
    JOB,
    MINUTE,
    NOVEMBER,
    StandingClock,
    claimed,
    document,
    order,
    posted,
    take,
)

D = DocumentStatus
TODAY = NOVEMBER.date()
LATE = timedelta(seconds=30)  # how long the list shows a document as it was before


@dataclass
class ErpList:
    """An ERP as far as its list and its documents go.

    `shows_status` says whether the list has that column, `read_as` which documents are not as they are listed.
    """

    shows_status: bool = True
    rows: dict[str, Listed] = field(default_factory=dict)
    asked: list[Search] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    read_as: dict[str, DocumentStatus] = field(default_factory=dict)

    def put(self, number: str, status: DocumentStatus, ordered_on: date = TODAY, total: str = "49.75") -> None:
        """Store a document, new or changed."""
        self.rows[number] = Listed(number, "C-7", ordered_on, "", "EUR", Decimal(total), status)

    def search(self, query: Search) -> tuple[Listed, ...]:
        """All rows that answer."""
        self.asked.append(query)
        found = [row for row in self.rows.values() if self._answers(row, query)]
        return tuple(row if self.shows_status else replace(row, status=None) for row in found)

    def read_document(self, number: str) -> Document:
        """The document with its status."""
        self.opened.append(number)
        return document(number, self.read_as.get(number, self.rows[number].status))

    @staticmethod
    def _answers(row: Listed, query: Search) -> bool:
        late = query.since is not None and (row.ordered_on or TODAY) < query.since
        return query.number in ("", row.number) and not late


@dataclass
class House:
    """An installation as far as the job looks at it."""

    store: Store
    clock: StandingClock
    erp: ErpList

    def __post_init__(self) -> None:
        self.settings = SimpleNamespace(erps={ERP: None}, zone="Asia/Shanghai")
        self.language, self.signed_on = "en", 0
        self.lags = Lags(commit=LATE, listing=LATE)

    def profile(self, _erp: str) -> Any:
        """A profile that knows every status."""
        return SimpleNamespace(statuses={status.value: status for status in D}, lags=self.lags)

    @contextmanager
    def place(self, _erp: str) -> Iterator[Any]:
        """A seat."""
        self.signed_on += 1
        yield SimpleNamespace(seat=lambda: self.erp)

    def time_left(self) -> bool:
        """As long as it takes."""
        return True

    def enter(self, number: int, ordered_on: date = TODAY) -> None:
        """Post an order; its document is D-number."""
        posted(self.store, take(self.store, order(number, ordered_on=ordered_on)), f"D-{number}")
        self.erp.put(f"D-{number}", D.OPEN, ordered_on)

    def changing(self, number: int, **changes: Any) -> Claim:
        """The order changes in the CRM, and we are at it in the ERP, whose list is late."""
        now, reference = order(number, **changes), f"SUI-{number}"
        taking = (now, ERP, reference, PostingState.PENDING, None, JOB)
        return claimed(self.store, self.store.ledger.take(*taking, procedures=("amend", "cancel")).posting)

    def cancel(self, number: int) -> None:
        """The order is cancelled in the CRM, and by us in the ERP."""
        claim = self.changing(number, status=OrderStatus.CANCELLED)
        self.store.ledger.end_void(claim, PostingState.CANCELLED, "w")

    def read(self, later: timedelta = 15 * MINUTE) -> Counter[str]:
        """Run the job so much later; its counts, and what was asked is forgotten before."""
        self.clock.at += later
        self.erp.asked.clear()
        self.erp.opened.clear()
        report = read_status.run(cast("App", self))
        assert report.ok
        return Counter(report.counts)

    def told(self) -> list[tuple[str, str]]:
        """What the CRM is to be told beyond that the order was entered."""
        found = []
        while message := self.store.outbox.claim(CRM, "w", MINUTE):
            self.store.outbox.told(message)
            found.append((message.order_id, message.status))
        return [each for each in found if each[1] != "entered"]


@contextmanager
def house_in(folder: Path) -> Iterator[House]:
    """A ledger and an ERP, both empty."""
    clock = StandingClock()
    with open_ledger(f"sqlite:///{folder / 'ledger.sqlite'}", clock) as store:
        yield House(store, clock, ErpList())
