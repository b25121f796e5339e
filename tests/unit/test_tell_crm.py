"""Is the CRM told everything, once and in order, whatever becomes of the CRM, of an answer or of a host meanwhile?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bridge.app import App
from bridge.job_reports import JobReport
from bridge.model.documents import DocumentStatus
from bridge.model.postings import PostingState
from bridge.ports import KnownDocument
from bridge.settings import load_settings
from jobs import tell_crm
from sandbox.crm.servers import KEY, CrmServer
from tests.installations import Crm, configuration, furnish
from tests.unit.store.ledger_samples import JOB, MINUTE, WORKER, StandingClock, document, order

D = DocumentStatus
ERP = "harbour"
ROAD = (D.SHIPPED, D.CONFIRMED, D.INVOICED)  # also back, which is news as any other
HOUR = 60
PATIENCE = 0.5  # seconds
LATER = 60.0  # what comes then comes after the test
NO_HURRY = 30.0  # where what is late must not be taken for lost
SPREAD = 19  # minutes in which every order has taken one step of the road; three steps take less than the hour
MANY = 2 * SPREAD  # two in each of those minutes


@dataclass
class House:
    """A ledger with posted orders and the toy CRM they came from; `hosts` are several programs on one ledger."""

    crm: Crm
    hosts: Sequence[App]
    clock: StandingClock
    ids: list[int]

    def tell(self, host: int = 0) -> JobReport:
        """Run the job there."""
        return tell_crm.run(self.hosts[host])

    def see(self, status: DocumentStatus, *orders: int) -> None:
        """The ERP shows these orders so; they count from 0."""
        seen = [KnownDocument(ERP, f"D-{number}", status, None, self.clock.at) for number in orders]
        self.hosts[0].store.documents.note(seen)

    def shown(self) -> list[dict[str, Any]]:
        """What the CRM shows of each order."""
        url, headers = f"{self.crm.url}/api/orders", {"Authorization": f"Bearer {KEY}"}
        orders = httpx.get(url, params={"limit": 500}, headers=headers, trust_env=False).json()["orders"]
        return [{name: order["erp"][name] for name in ("number", "status", "sequence")} for order in orders]

    def received(self) -> dict[int, list[tuple[int, str]]]:
        """What the CRM received of each order, in order, and what it did with it."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for news in self.crm.control("write-backs", None, "GET")["write_backs"]:
            found[news["order_id"]].append((news["sequence"], news["outcome"]))
        return found

    @property
    def waiting(self) -> int:
        """How many orders have something to be told."""
        return len(self.hosts[0].store.outbox.waiting("sandbox"))


@contextmanager
def house(
    folder: Path, orders: int = 1, hosts: int = 1, patience: float = PATIENCE, **writeback: Any
) -> Iterator[House]:
    """Orders that were just entered, and nobody told yet."""
    with CrmServer(folder / "crm.sqlite") as server:
        content = configuration(folder, server.url, "http://127.0.0.1:9")
        content["crms"]["sandbox"]["writeback"] |= writeback
        content["crms"]["sandbox"]["client"]["timeout"] = patience
        settings, clock = load_settings(furnish(folder, content)), StandingClock()
        apps = [App(settings, clock=clock) for _ in range(hosts)]
        crm = Crm(server.url)
        ids = crm.put(*({"number": f"A-{number}"} for number in range(orders)))
        _enter(apps[0], ids)
        try:
            yield House(crm, apps, clock, ids)
        finally:
            for app in apps:
                app.close()


def _enter(app: App, ids: Sequence[int]) -> None:
    ledger = app.store.ledger
    for number, order_id in enumerate(ids):
        wanted = replace(order(), crm="sandbox", id=str(order_id), number=f"A-{number}")
        posting = ledger.take(wanted, ERP, f"SB-{number}", PostingState.PENDING, None, JOB).posting
        claim = ledger.claim(posting, WORKER, MINUTE)
        assert claim is not None
        ledger.end_posted(claim, document(f"D-{number}"), WORKER)


# --- an outage ------------------------------------------------------------------------------------------------------


def an_hour(place: House, *, down: bool) -> list[JobReport]:
    """An hour in which every order goes its road, told every two minutes; afterwards what the first run says."""
    if down:
        for moment, kind in (("after", 500), ("after", "cut"), ("before", "cut"), ("after", 500)):
            place.crm.fault(kind, method="PUT", moment=moment, times=2)
        place.crm.fault(500, times=1_000_000)
    for minute in range(HOUR):
        place.clock.at += MINUTE
        for step, status in enumerate(ROAD):
            place.see(status, *(n for n in range(len(place.ids)) if n % SPREAD + step * SPREAD == minute))
        if minute % 2:
            place.tell()
    reports = []
    if down:
        hits = sum(fault["hits"] for fault in place.crm.control("faults", None, "GET")["faults"])
        assert 10 < hits < 100
        place.crm.clear()
    while place.waiting:
        place.clock.at += 2 * MINUTE
        reports.append(place.tell())
    return reports


def test_after_an_outage_of_an_hour_the_crm_shows_what_it_would_have_shown(tmp_path: Path) -> None:
    """Many orders that all moved on meanwhile: nothing lost, nothing twice, nothing backwards, few requests."""
    shown, received = [], []
    for down in (False, True):
        folder = tmp_path / str(down)
        folder.mkdir()
        with house(folder, MANY, patience=NO_HURRY) as place:
            reports = an_hour(place, down=down)
            shown.append(place.shown())
            received.append(place.received())
            assert len(reports) <= 4  # the last rest is five minutes, told every two
            assert reports == [] or reports[-1].ok
    assert shown[0] == shown[1]
    assert {each["status"] for each in shown[1]} == {"invoiced"}
    once = [(sequence, "applied") for sequence in range(1, len(ROAD) + 2)]
    assert [list(each.values()) for each in received] == [[once] * MANY] * 2


def test_while_a_crm_rests_the_job_says_so_and_asks_nothing(tmp_path: Path) -> None:
    """The operator sees since when and until when; a run that had nothing to tell has no trouble."""
    with house(tmp_path) as place:
        place.crm.fault(500, times=1000)
        reports = [place.tell() for _ in range(3)]
        asked = place.crm.control("faults", None, "GET")["faults"][0]["hits"]
        assert [report.troubles[0].split(":")[0] for report in reports[:2]] == [
            f"The CRM sandbox does not answer at {place.crm.url}/api".split(":")[0]
        ] * 2
        assert reports[2].troubles == (
            "The CRM sandbox failed 2 times in a row and is asked again at 2026-11-22 08:01:00 UTC.",
        )
        assert place.tell().troubles == reports[2].troubles
        assert place.crm.control("faults", None, "GET")["faults"][0]["hits"] == asked
        place.crm.clear()
        place.clock.at += MINUTE
        assert (place.tell().counts["told"], place.tell().ok) == (1, True)


# --- no answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [500, "cut", "slow"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("idempotency", ["sequence", "by_id", "none"])
def test_an_unanswered_message_has_exactly_one_effect(
    tmp_path: Path, kind: int | str, moment: str, idempotency: str
) -> None:
    """Whether it arrived or not, and although the CRM could not be asked at once: it is looked for first."""
    with house(tmp_path, idempotency=idempotency) as place:
        place.crm.fault(kind, method="PUT", moment=moment, seconds=LATER)
        place.crm.fault(500, method="GET", times=2)
        first = place.tell()
        place.clock.at += MINUTE
        again = place.tell()
        arrived = (first.counts["told"], again.counts["already_there"])
        assert arrived == ((0, 1) if moment == "after" else (0, 0))
        assert (place.waiting, again.counts["told"]) == (0, 1)
        assert place.received() == {place.ids[0]: [(1, "applied")]}
        assert place.shown()[0]["status"] == "entered"


def test_a_message_that_a_killed_host_may_have_told_is_looked_for(tmp_path: Path) -> None:
    """It claimed, told and died before it could note that: the next host finds it there."""
    with house(tmp_path, hosts=2) as place:
        dying, other = place.hosts
        message = dying.store.outbox.claim("sandbox", dying.worker, MINUTE)
        assert message is not None
        dying.crm("sandbox")[1].tell(message)
        assert (place.tell(1).counts, place.waiting) == ({}, 1)
        place.clock.at += MINUTE
        assert place.tell(1).counts == {"already_there": 1, "told": 1}
        assert place.received() == {place.ids[0]: [(1, "applied")]}
        assert other.store.outbox.waiting("sandbox") == ()


# --- refusals and hosts -----------------------------------------------------------------------------------------------


def test_an_order_that_is_gone_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Its message stays with its reason, the other orders are told in the same run, and it waits a while."""
    with house(tmp_path, 3) as place:
        place.crm.control(f"orders/{place.ids[0]}", None, "DELETE")
        first, second = place.tell(), place.tell()
        assert (first.counts, len(first.troubles)) == ({"refused": 1, "told": 2}, 1)
        assert (second.counts, second.troubles, place.waiting) == ({}, (), 1)
        place.clock.at += MINUTE
        assert place.tell().counts == {"refused": 1}


def test_a_key_that_is_refused_is_tried_once_a_run(tmp_path: Path) -> None:
    """Not once per order."""
    with house(tmp_path, 5) as place:
        place.crm.fault(401, times=1000)
        assert place.tell().counts == {}
        assert place.crm.control("faults", None, "GET")["faults"][0]["hits"] == 1
        place.crm.clear()
        assert place.tell().counts == {"told": 5}


def test_two_hosts_that_tell_at_once_tell_each_message_once_and_in_order(tmp_path: Path) -> None:
    """Each has its own connections; of one order never two messages are under way."""
    with house(tmp_path, 20, hosts=2) as place:
        for status in ROAD:
            place.clock.at += timedelta(seconds=1)
            place.see(status, *range(20))
        with ThreadPoolExecutor(2) as pool:
            reports = list(pool.map(place.tell, range(2)))
        while place.waiting:  # what one host held when the other one found nothing more to do
            reports.append(place.tell())
        once = [(sequence, "applied") for sequence in range(1, len(ROAD) + 2)]
        assert list(place.received().values()) == [once] * 20
        assert sum(report.counts["told"] for report in reports) == 20 * len(once)
        assert all(report.ok for report in reports)
