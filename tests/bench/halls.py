"""Where do simulated clerks work? A real ledger, engine, host and evidence folder, at an ERP whose hands only wait."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, event

from bridge.clocks import SystemClock
from bridge.engine.duties import Duty
from bridge.engine.hosts import Host
from bridge.engine.places import Means
from bridge.engine.seats import Seat
from bridge.engine.task_queues import DbosEngine
from bridge.engine.workers import name_worker
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.mapping import CrossReferences
from bridge.model.postings import PostingState
from bridge.model.references import make_reference
from bridge.model.rules import judged
from bridge.ports import Answer, Clock, Search, SeatPlan
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.ledgers import Store, open_ledger
from tests.fake_bots import FakeBot, row_of
from tests.fake_erps import FakeErp
from tests.installations import ROOT
from tests.samples import order
from tests.unit.entry_worlds import CUT_OVER, World
from tests.unit.host_worlds import FakeSeat

PAGE = 200


class QuickErp(FakeErp):
    """One that finds a reference at once, however much it holds, and takes many clerks at a time."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.by_reference: dict[str, str] = {}
        self.one_at_a_time = threading.Lock()

    def receive(self, document: Document, user: str, session: int, number: str = "") -> Answer:
        """Store it."""
        with self.one_at_a_time:
            answer = super().receive(document, user, session, number)
        if answer.number is not None:
            self.by_reference[document.reference] = answer.number
        return answer

    def stored(self, number: str) -> Document:
        """One document."""
        return self._stored[number]


class Hands(FakeSeat):
    """A clerk who needs so many seconds for an order, all of them while typing."""

    seconds = 0.0

    def search(self, query: Search) -> tuple[Listed, ...]:
        """What bears that reference; nothing else is ever asked here but for look-alikes, of which there are none."""
        self._check_session()
        erp = cast("QuickErp", self.erp)
        number = erp.by_reference.get(query.reference) if query.reference else None
        return () if number is None else (row_of(erp.stored(number)),)

    def type_order(self, form: Form) -> Form:
        """Type."""
        time.sleep(self.seconds)
        return FakeBot.type_order(self, form)

    def read_document(self, number: str) -> Document:
        """One document."""
        self._check_session()
        return cast("QuickErp", self.erp).stored(number)


@dataclass
class Hall:
    """One ERP with so many clerks, each of whom needs so many seconds for an order."""

    store: Store
    clock: Clock
    folder: Path
    seats: int
    seconds: float
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.store, cast("Any", self.clock))
        self.world.erp = QuickErp(self.world.profile, self.clock)
        self.erp = self.world.profile.name

    def stock(self, orders: int) -> None:
        """Put so many orders into the CRM, and take them, page by page."""
        numbers, rule, world = iter(range(1, orders + 1)), self.world.profile.reference, self.world
        assert rule is not None
        while page := list(islice(numbers, PAGE)):
            with self.store.cursors.page("fake", None) as taking:
                for number in page:
                    world.crm.put(order(number))
                    now = world.crm.order(f"id-{number}")
                    assert now is not None
                    state, reason = judged(now, world.profile, CrossReferences())
                    taking.take(now, self.erp, make_reference("FK", now.number, rule), state, reason, "take_orders")

    def means(self) -> Means:
        """What the host works with."""
        store, evidence = self.store, FolderEvidence(self.folder / "screenshots", self.clock)
        return Means(
            ledger=store.ledger,
            leases=store.seats,
            switches=store.switches,
            evidence=evidence,
            clock=self.clock,
            worker=name_worker(),
            stopped=lambda: None,
            seat_of=self._seat,
        )

    def _seat(self, plan: SeatPlan, _clock: Clock) -> Seat:
        hands = Hands(self.world.erp, plan.user)
        hands.seconds = self.seconds
        return cast("Seat", hands)

    def duty(self) -> Duty:
        """The default terms."""
        profile = self.world.profile
        return Duty(
            erp=self.erp,
            profile=profile,
            crm=self.world.crm,
            users=tuple(f"BOT{number}" for number in range(1, self.seats + 1)),
            plan=lambda user: SeatPlan(profile, "", user, "secret"),
            cut_over=lambda: CUT_OVER,
            closed=lambda _at: None,
            seats=self.seats,
        )

    def host(self, engine_url: str) -> Host:
        """The host, with the engine that is shipped."""
        means, store = self.means(), self.store
        engine = DbosEngine(engine_url, means.worker)
        return Host(means, {self.erp: self.duty()}, engine=engine, hosts=store.hosts, circuits=store.circuits)

    def posted(self) -> int:
        """How many orders are posted."""
        return self.store.ledger.counts().get(PostingState.POSTED.value, 0)

    def until_posted(self, orders: int) -> datetime:
        """Wait until so many are; when that was seen."""
        while self.posted() < orders:
            time.sleep(0.05)
        return self.clock.now()


@contextmanager
def hall(url: str, folder: Path, *, seats: int, seconds: float) -> Iterator[Hall]:
    """A hall on a new ledger."""
    clock = SystemClock()
    with open_ledger(url, clock) as store:
        yield Hall(store, clock, folder, seats, seconds)


@contextmanager
def hall_for(wanted: Mapping[str, Any], *, seats: int, seconds: float) -> Iterator[tuple[Hall, str]]:
    """A hall on the databases that are wanted, on files where none are; and the engine's URL."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        ledger, engine = (
            wanted[name] or f"sqlite:///{(at / f'{name}.sqlite').as_posix()}" for name in ("ledger", "engine")
        )
        with hall(ledger, at, seats=seats, seconds=seconds) as place:
            yield place, engine


def measured(module: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the benchmark prints that is asked for `--one` such measurement, in a process of its own."""
    command = [sys.executable, "-m", module, "--one", json.dumps(wanted)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1800)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def statements(place: Hall) -> Iterator[Counter[str]]:
    """How many statements and commits ledger and engine make while inside.

    What the engine asks by drivers of its own, to listen for notices, is not seen.
    """
    counted: Counter[str] = Counter()

    def who(connection: Connection) -> str:
        return "ledger" if connection.engine.url.database == place.store.database.name else "engine"

    def asked(connection: Connection, *_: object) -> None:
        counted[f"{who(connection)} statements"] += 1

    def committed(connection: Connection) -> None:
        counted[f"{who(connection)} commits"] += 1

    event.listen(Engine, "before_cursor_execute", asked)
    event.listen(Engine, "commit", committed)
    try:
        yield counted
    finally:
        event.remove(Engine, "before_cursor_execute", asked)
        event.remove(Engine, "commit", committed)
