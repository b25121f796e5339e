"""Does a packet keep what it is given, where it must, and nothing else?"""

import errno
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bridge.errors import CaptureRefused, StorageFull
from bridge.store.evidence.chains import GENESIS, line_of, sealed
from bridge.store.evidence.disks import Disk, EvidenceNotKept
from bridge.store.evidence.findings import State
from bridge.store.evidence.packets import EvidenceBroken
from tests.unit.store.evidence_samples import REFERENCE, StandingClock, filled, picture, store, verdict_of


def test_a_packet_as_written_is_clean(tmp_path: Path) -> None:
    """What nobody touched is never accused, with and without the ledger's head."""
    packet = filled(tmp_path)
    folder = tmp_path / packet.path
    assert verdict_of(folder).state is State.CLEAN
    assert verdict_of(folder, packet.head, packet.path).state is State.CLEAN
    assert sorted(path.name for path in folder.iterdir()) == [
        "0001-filled.webp",
        "0003-answer.png",
        "0004-verified.webp",
        "manifest.jsonl",
    ]


def test_an_entry_says_all_there_is_to_know_of_a_picture(tmp_path: Path) -> None:
    """Step, screen, time, worker, hash, size, places, masks and the link stand in the manifest."""
    packet = filled(tmp_path)
    lines = (tmp_path / packet.path / "manifest.jsonl").read_bytes().splitlines()
    first, second = json.loads(lines[0]), json.loads(lines[1])
    content = (tmp_path / packet.path / "0001-filled.webp").read_bytes()
    assert first == {
        "v": 1,
        "seq": 1,
        "kind": "picture",
        "packet": f"harbour/2026-11/{REFERENCE}-1",
        "at": "2026-11-22T08:00:00.000000Z",
        "step": "filled",
        "screen": "order_entry",
        "worker": "harbour-1",
        "file": "0001-filled.webp",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "width": 6,
        "height": 4,
        "targets": {"customer": [1, 1, 2, 1]},
        "masked": ["password"],
        "prev": GENESIS,
        "hash": second["prev"],
    }
    assert second["facts"] == {"answer": "已保存 SO-7"}


def test_the_head_is_that_of_the_newest_entry(tmp_path: Path) -> None:
    """What add and note return is what the ledger must know."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    assert packet.head == GENESIS
    heads = [packet.add(picture(), "w"), packet.note("saved", {}, "w")]
    assert packet.head == heads[-1] != heads[0]
    assert verdict_of(tmp_path / packet.path).head == packet.head


def test_a_packet_begun_last_month_is_continued(tmp_path: Path) -> None:
    """One attempt has one packet, also over midnight of the month's last day."""
    clock = StandingClock()
    begun = store(tmp_path, clock).open_packet("harbour", REFERENCE, 1)
    begun.add(picture(), "w")
    clock.wait(20 * 24 * 3600)
    continued = store(tmp_path, clock).open_packet("harbour", REFERENCE, 1)
    continued.add(picture(2), "w")
    assert continued.path == begun.path
    assert len(continued.entries) == 2


def test_all_packets_of_a_reference_are_found(tmp_path: Path) -> None:
    """A clerk who knows the reference finds every attempt, and no neighbour's."""
    for reference, attempt in ((REFERENCE, 1), (REFERENCE, 12), (REFERENCE + "1", 1), ("CRM-1", 1)):
        store(tmp_path).open_packet("harbour", reference, attempt)
    found = store(tmp_path).find(REFERENCE)
    assert [path.name for path in found] == [f"{REFERENCE}-1", f"{REFERENCE}-12"]


def test_writers_take_turns(tmp_path: Path) -> None:
    """Several holders of one packet never fork its chain."""

    def write(writer: int) -> None:
        packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
        for number in range(5):
            packet.add(picture(10 * writer + number), f"w{writer}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    assert len(packet.entries) == 20
    assert verdict_of(tmp_path / packet.path, packet.head).state is State.CLEAN


@pytest.mark.parametrize("said", [{"width": 7}, {"height": 5}, {"format": "png"}, {"content": b"no picture at all"}])
def test_a_picture_that_is_not_what_it_says_is_refused(tmp_path: Path, said: dict[str, object]) -> None:
    """A driver's mistake ends the attempt instead of becoming evidence."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    wrong = picture()
    for name, value in said.items():
        object.__setattr__(wrong, name, value)
    with pytest.raises(CaptureRefused):
        packet.add(wrong, "w")
    assert packet.entries == ()


def test_nothing_is_added_to_an_altered_packet(tmp_path: Path) -> None:
    """A chain that does not hold is left as it is, for the verification to name."""
    packet = filled(tmp_path)
    manifest = tmp_path / packet.path / "manifest.jsonl"
    altered = manifest.read_bytes().replace(b"harbour-1", b"harbour-2", 1)
    manifest.write_bytes(altered)
    with pytest.raises(EvidenceBroken):
        store(tmp_path).open_packet("harbour", REFERENCE, 1)
    assert manifest.read_bytes() == altered


def test_nothing_is_added_behind_a_broken_link(tmp_path: Path) -> None:
    """An entry that was sealed anew has a right hash of its own, and still ends the packet."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    packet.note("filled", {}, "w")
    packet.note("saved", {"answer": "SO-7"}, "w")
    manifest = tmp_path / packet.path / "manifest.jsonl"
    first, second = manifest.read_bytes().splitlines(keepends=True)
    body = {key: value for key, value in json.loads(first).items() if key not in {"hash", "prev"}}
    manifest.write_bytes(line_of(sealed({**body, "worker": "x"}, GENESIS)) + second)
    with pytest.raises(EvidenceBroken):
        store(tmp_path).open_packet("harbour", REFERENCE, 1)


class FullDisk(Disk):
    """A disk that takes so many bytes and no more, until it is freed."""

    def __init__(self, room: int, number: int = errno.ENOSPC) -> None:
        self.room, self.number = room, number

    def _write(self, descriptor: int, content: bytes) -> None:
        super()._write(descriptor, content[: self.room])
        self.room -= len(content)
        if self.room < 0:
            raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("room", [0, 20, len(picture().content) - 1, len(picture().content) + 10])
def test_a_full_disk_is_said_and_leaves_no_trace(tmp_path: Path, room: int) -> None:
    """Where there is no space the picture is not kept, the packet holds, and goes on once there is space."""
    disk = FullDisk(10**6)
    packet = store(tmp_path, disk=disk).open_packet("harbour", REFERENCE, 1)
    head = packet.add(picture(1), "w")
    disk.room = room
    with pytest.raises(StorageFull):
        packet.add(picture(2), "w")
    assert packet.head == head
    assert verdict_of(tmp_path / packet.path, head).state is State.CLEAN
    disk.room = 10**6
    packet.add(picture(3, "other"), "w")
    assert verdict_of(tmp_path / packet.path, packet.head).state is State.CLEAN


def test_another_fault_of_the_disk_is_not_called_a_full_one(tmp_path: Path) -> None:
    """The operator is told what is wrong with the disk."""
    packet = store(tmp_path, disk=FullDisk(0, errno.EIO)).open_packet("harbour", REFERENCE, 1)
    with pytest.raises(EvidenceNotKept, match=r"Input/output error|I/O error"):
        packet.note("saved", {}, "w")


def test_the_format_stays_what_auditors_know(tmp_path: Path) -> None:
    """Every byte of an entry is fixed: a packet of today must verify with the verifier of any other year."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    packet.note("saved", {"answer": "已保存"}, "w")
    assert (tmp_path / packet.path / "manifest.jsonl").read_bytes() == (
        rb'{"at":"2026-11-22T08:00:00.000000Z","facts":{"answer":"\u5df2\u4fdd\u5b58"},'
        b'"hash":"882de40f555f0c0fd575d22b912a819b6cc174b2e70ce2a4fc8f40dcefcb71ff","kind":"note","packet":"harbour/2026-11/CRM-100045-K-1",'
        b'"prev":"0000000000000000000000000000000000000000000000000000000000000000",'
        b'"seq":1,"step":"saved","v":1,"worker":"w"}\n'
    )
