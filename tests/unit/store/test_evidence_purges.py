"""Are old pictures removed by rule, and only by rule?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.ports import EvidenceStore, Packet, Purged
from bridge.store.evidence.findings import State
from tests.unit.store.evidence_samples import (
    NOVEMBER,
    REFERENCE,
    StandingClock,
    codes,
    filled,
    picture,
    store,
    verdict_of,
)

RULE = "keep pictures for 30 days"
LATER = NOVEMBER + timedelta(days=31)


def names(folder: Path) -> list[str]:
    """The files of a packet."""
    return sorted(path.name for path in folder.iterdir())


def test_the_store_honours_its_port(tmp_path: Path) -> None:
    """The engine sees only the port."""
    evidence: EvidenceStore = store(tmp_path)
    packet: Packet = evidence.open_packet("harbour", REFERENCE, 1)
    purged: Iterator[Purged] = evidence.purge(LATER, RULE)
    assert packet.path.startswith("harbour/")
    assert list(purged) == []


def test_old_pictures_go_and_the_chain_stays_whole(tmp_path: Path) -> None:
    """A tombstone says which files went, when and by which rule; the verifiers accept exactly those."""
    packet = filled(tmp_path)
    folder = tmp_path / packet.path
    (purged,) = store(tmp_path, StandingClock(LATER)).purge(NOVEMBER + timedelta(seconds=1), RULE)
    assert (purged.packet, purged.files) == (packet.path, 3)
    assert names(folder) == ["manifest.jsonl"]
    assert verdict_of(folder, purged.head).state is State.CLEAN
    tombstone = store(tmp_path).open_packet("harbour", REFERENCE, 1).entries[-1]
    assert tombstone["purged"] == ["0001-filled.webp", "0003-answer.png", "0004-verified.webp"]
    assert (tombstone["rule"], tombstone["at"][:10], tombstone["before"][:10]) == (RULE, "2026-12-23", "2026-11-22")


def test_younger_pictures_stay(tmp_path: Path) -> None:
    """The moment divides: what was taken before goes, what was taken at it or later stays."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    for minute in range(3):
        packet.add(picture(minute, at=NOVEMBER + timedelta(minutes=minute)), "w")
    (purged,) = store(tmp_path).purge(NOVEMBER + timedelta(minutes=1), RULE)
    assert purged.files == 1
    assert names(tmp_path / packet.path) == ["0002-filled.webp", "0003-filled.webp", "manifest.jsonl"]
    assert verdict_of(tmp_path / packet.path, purged.head).state is State.CLEAN


def test_a_second_purge_finds_nothing_to_do(tmp_path: Path) -> None:
    """A tombstone is set once."""
    filled(tmp_path)
    assert len(list(store(tmp_path).purge(LATER, RULE))) == 1
    assert list(store(tmp_path).purge(LATER, RULE)) == []


def test_files_go_only_after_the_ledger_knows_the_tombstone(tmp_path: Path) -> None:
    """A purge cut short leaves a torn packet, never a missing picture, and the next purge finishes it."""
    packet = filled(tmp_path)
    folder = tmp_path / packet.path
    purging = store(tmp_path).purge(LATER, RULE)
    told = next(purging)
    assert len(names(folder)) == 4
    assert codes(verdict_of(folder, packet.head)) == ["entry_ahead"]
    assert set(codes(verdict_of(folder, told.head))) == {"purge_unfinished"}
    assert verdict_of(folder, told.head).state is State.TORN
    (again,) = store(tmp_path).purge(LATER, RULE)
    assert again.head == told.head
    assert verdict_of(folder, again.head).state is State.CLEAN


def test_a_forged_tombstone_excuses_nothing(tmp_path: Path) -> None:
    """Who removes pictures and adds a tombstone the ledger does not know is found out."""
    packet = filled(tmp_path)
    list(store(tmp_path).purge(LATER, "because"))
    found = codes(verdict_of(tmp_path / packet.path, packet.head))
    assert found.count("file_missing") == 3


def test_a_picture_removed_by_hand_is_not_excused_by_anothers_tombstone(tmp_path: Path) -> None:
    """Only what a tombstone names may be missing."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    packet.add(picture(1), "w")
    packet.add(picture(2, at=LATER), "w")
    (purged,) = store(tmp_path).purge(NOVEMBER + timedelta(seconds=1), RULE)
    (tmp_path / packet.path / "0002-filled.webp").unlink()
    assert codes(verdict_of(tmp_path / packet.path, purged.head)) == ["file_missing"]


def test_what_a_crash_left_is_purged_as_well(tmp_path: Path) -> None:
    """A torn picture is a picture of a customer too."""
    packet = filled(tmp_path)
    (tmp_path / packet.path / "0005-answer.webp").write_bytes(b"left by a crash")
    recovered = list(store(tmp_path, StandingClock(NOVEMBER + timedelta(days=1))).purge(NOVEMBER, RULE))
    assert recovered == []
    (purged,) = store(tmp_path, StandingClock(LATER)).purge(LATER, RULE)
    assert names(tmp_path / packet.path) == ["manifest.jsonl"]
    assert verdict_of(tmp_path / packet.path, purged.head).state is State.CLEAN


@pytest.mark.parametrize("reference", ["CRM-1-A", "CRM-2-B"])
def test_an_altered_packet_is_left_for_the_auditor(tmp_path: Path, reference: str) -> None:
    """A purge never cleans up after a tamperer, and still serves the other packets."""
    for each in ("CRM-1-A", "CRM-2-B"):
        filled(tmp_path, each)
    folder = tmp_path / f"harbour/2026-11/{reference}-1"
    manifest = folder / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes().replace(b"harbour-1", b"harbour-2", 1))
    (purged,) = store(tmp_path).purge(LATER, RULE)
    assert reference not in purged.packet
    assert len(names(folder)) == 4
