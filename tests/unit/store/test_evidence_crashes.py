"""Whenever the power goes, is the packet whole or torn, but never taken for altered, and does it go on?"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.store.evidence.disks import Disk
from bridge.store.evidence.findings import State
from tests.unit.store.evidence_samples import REFERENCE, picture, store, verdict_of


class PowerCut(BaseException):
    """The machine is off: nothing runs any more, no clean-up either."""


class FailingDisk(Disk):
    """A disk whose power goes at the given step; what was not synced before is lost in the given way."""

    def __init__(self, steps: int, lost: Callable[[bytes], bytes]) -> None:
        self.steps, self.lost = steps, lost
        self.unsynced: tuple[int, bytes] | None = None

    def step(self) -> None:
        """One step further, or off."""
        self.steps -= 1
        if self.steps < 0:
            raise PowerCut

    def _write(self, descriptor: int, content: bytes) -> None:
        start = os.fstat(descriptor).st_size
        super()._write(descriptor, content)
        try:
            self.step()
        except PowerCut:
            os.truncate(descriptor, start)
            super()._write(descriptor, self.lost(content))
            raise

    def _sync(self, descriptor: int) -> None:
        self.step()
        super()._sync(descriptor)

    def _replace(self, old: Path, new: Path) -> None:
        self.step()
        super()._replace(old, new)

    def _truncate(self, descriptor: int, size: int) -> None:
        self.step()
        super()._truncate(descriptor, size)

    def _unlink(self, path: Path) -> None:
        self.step()
        super()._unlink(path)

    def _sync_folder(self, path: Path) -> None:
        self.step()
        super()._sync_folder(path)


LOSSES: dict[str, Callable[[bytes], bytes]] = {
    "all": lambda _: b"",
    "half": lambda content: content[: len(content) // 2],
    "the line end": lambda content: content[:-1],
    "none": lambda content: content,
    "zeros": lambda content: b"\0" * len(content),
    "zeros at the start": lambda content: b"\0" * 100 + content[100:],
}


class Work:
    """An attempt: its packet is opened and added to, and every head is told to the ledger at once."""

    def __init__(self, root: Path) -> None:
        self.root, self.head, self.path = root, "0" * 64, ""

    def run(self, disk: Disk, first: int) -> None:
        """Open the packet, add a picture, a note and another picture."""
        packet = store(self.root, disk=disk).open_packet("harbour", REFERENCE, 1)
        self.path, self.head = packet.path, packet.head
        self.head = packet.add(picture(first, "filled"), "w")
        self.head = packet.note("saved", {"answer": "SO-7"}, "w")
        self.head = packet.add(picture(first + 1, "answer"), "w")

    def cut(self, disk: FailingDisk, first: int) -> bool:
        """The same until the power goes; whether it went."""
        try:
            self.run(disk, first)
        except PowerCut:
            return True
        return False


@pytest.mark.parametrize("loss", LOSSES)
def test_a_crash_at_any_step_is_told_apart_from_tampering(tmp_path: Path, loss: str) -> None:
    """Cut at every single step: clean or torn before, clean after the attempt went on, and nothing noted is lost."""
    step = 0
    while (work := Work(tmp_path / str(step))).cut(FailingDisk(step, LOSSES[loss]), 1):
        folder = next(iter(work.root.glob("*/*/*")), None)
        if folder is not None:
            assert verdict_of(folder, work.head).state is not State.TAMPERED
        noted = work.head
        work.run(Disk(), 3)
        verdict = verdict_of(work.root / work.path, work.head)
        assert verdict.state is State.CLEAN
        assert noted in {"0" * 64, *verdict.chain}
        step += 1
    assert step > 12


@pytest.mark.parametrize("loss", ["half", "zeros"])
def test_a_second_crash_while_recovering_is_no_tampering_either(tmp_path: Path, loss: str) -> None:
    """The machine that fails once fails again, while the torn bytes are set aside."""
    cut_twice = 0
    for first in range(12, 24):
        for second in range(8):
            work = Work(tmp_path / f"{first}-{second}")
            if not work.cut(FailingDisk(first, LOSSES[loss]), 1):
                continue
            cut_twice += work.cut(FailingDisk(second, LOSSES[loss]), 3)
            assert verdict_of(work.root / work.path, work.head).state is not State.TAMPERED
            work.run(Disk(), 5)
            assert verdict_of(work.root / work.path, work.head).state is State.CLEAN
    assert cut_twice > 20


def test_what_a_crash_left_is_set_aside_and_recorded(tmp_path: Path) -> None:
    """The torn bytes and the picture without an entry stay, vouched for by an entry that says what they are."""
    packet = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    packet.add(picture(1), "w")
    folder = tmp_path / packet.path
    (folder / "0002-answer.webp").write_bytes(b"a picture without an entry")
    with (folder / "manifest.jsonl").open("ab") as manifest:
        manifest.write(b'{"at":"2026-')
    assert verdict_of(folder, packet.head).state is State.TORN
    again = store(tmp_path).open_packet("harbour", REFERENCE, 1)
    recovery = again.entries[-1]
    assert recovery["kind"] == "torn"
    assert [aside["file"] for aside in recovery["aside"]] == ["0002-answer.webp", "0002-torn.bin"]
    assert (folder / "0002-torn.bin").read_bytes() == b'{"at":"2026-'
    assert verdict_of(folder, again.head).state is State.CLEAN
    (folder / "0002-torn.bin").write_bytes(b'{"at":"2025-')
    assert verdict_of(folder, again.head).state is State.TAMPERED
