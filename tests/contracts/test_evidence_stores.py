"""Doubts every evidence store alike: what is kept stays in its place, and the head vouches for all of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.ports import EvidenceStore, Picture
from bridge.store.evidence.folders import FolderEvidence
from tests.fake_bots import PIXELS
from tests.fakes import FakeClock, FakeEvidence

STORES: dict[str, Callable[[Path, FakeClock], EvidenceStore]] = {
    "fake": lambda _folder, clock: FakeEvidence(clock),
    "folder": FolderEvidence,
}


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands."""
    return FakeClock()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> EvidenceStore:
    """A store without packets."""
    made: EvidenceStore = STORES[request.param](tmp_path, clock)
    return made


def picture(clock: FakeClock, step: str = "filled") -> Picture:
    """A picture taken now."""
    return Picture(step, "order_entry", clock.now(), lambda: PIXELS, "png", 6, 4)


def test_every_entry_makes_a_new_head(store: EvidenceStore, clock: FakeClock) -> None:
    """Pictures and notes, each vouching for all before it; an empty packet has a head too."""
    packet = store.open_packet("harbour", "SB-1-X", 1)
    heads = [packet.head, packet.add(picture(clock), "worker"), packet.note("trouble", {"code": "x"}, "worker")]
    heads.append(packet.add(picture(clock), "worker"))
    assert len(set(heads)) == 4
    assert packet.head == heads[-1]


def test_an_attempt_goes_on_with_its_own_packet(store: EvidenceStore, clock: FakeClock) -> None:
    """Opened again it is the one begun before; another attempt, order or ERP has another."""
    first = store.open_packet("harbour", "SB-1-X", 1)
    head = first.add(picture(clock), "worker")
    again = store.open_packet("harbour", "SB-1-X", 1)
    assert (again.path, again.head) == (first.path, head)
    others = [
        store.open_packet(*key) for key in (("harbour", "SB-1-X", 2), ("harbour", "SB-2-X", 1), ("g", "SB-1-X", 1))
    ]
    assert len({first.path, *(each.path for each in others)}) == 4
    assert {each.head for each in others} == {"0" * 64}


def test_an_entry_depends_on_all_before_it(store: EvidenceStore, clock: FakeClock) -> None:
    """The same picture after another one makes another head."""
    left, right = (store.open_packet("harbour", f"SB-{number}-X", 1) for number in (1, 2))
    left.note("trouble", {"code": "x"}, "worker")
    assert left.add(picture(clock), "worker") != right.add(picture(clock), "worker")


def test_a_purge_leaves_a_tombstone_for_what_is_old(store: EvidenceStore, clock: FakeClock) -> None:
    """Only pictures older than the moment go, each packet says so once, and a second purge finds nothing."""
    old = store.open_packet("harbour", "SB-1-X", 1)
    before = old.add(picture(clock), "worker")
    clock.wait(timedelta(days=40).total_seconds())
    new = store.open_packet("harbour", "SB-2-X", 1)
    kept = new.add(replace(picture(clock), step="answer"), "worker")
    limit = clock.now() - timedelta(days=30)
    purged = list(store.purge(limit, "30 days"))
    assert [(each.packet, each.files) for each in purged] == [(old.path, 1)]
    assert purged[0].head != before
    assert store.open_packet("harbour", "SB-1-X", 1).head == purged[0].head
    assert store.open_packet("harbour", "SB-2-X", 1).head == kept
    assert list(store.purge(limit, "30 days")) == []
