"""Where does the evidence of all attempts lie, and what of it is removed by rule?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bridge.ports import Clock, Purged
from bridge.store.evidence.disks import Disk
from bridge.store.evidence.names import ERP, FOLDER, MONTH, SAMPLE, erp_folder, packet_folder, reference_folder
from bridge.store.evidence.packets import EvidenceBroken, FolderPacket


class FolderEvidence:
    """Packets in folders: `<root>/<erp>/<yyyy-mm>/<reference>-<attempt>`."""

    def __init__(self, root: Path, clock: Clock, disk: Disk | None = None) -> None:
        self._root = root
        self._clock = clock
        self._disk = disk or Disk()

    def open_packet(self, erp: str, reference: str, attempt: int) -> FolderPacket:
        """A new packet for the attempt, or the one begun before; its head may be newer than the one last noted."""
        name = packet_folder(reference, attempt)
        begun = sorted((self._root / erp_folder(erp)).glob(f"*/{name}"))
        month = self._clock.now().astimezone(UTC).strftime("%Y-%m")
        path = self._relative(begun[0]) if begun else f"{erp_folder(erp)}/{month}/{name}"
        return self._opened(path)

    def find(self, reference: str) -> tuple[Path, ...]:
        """The folders of all attempts at a reference, in any ERP."""
        begin = reference_folder(reference)
        return tuple(path for path in packet_folders(self._root) if path.name.rpartition("-")[0] == begin)

    def purge(self, before: datetime, rule: str) -> Iterator[Purged]:
        """Remove files older than the moment, packet by packet; see the port.

        A packet whose chain does not hold is left as it is; the verification names it.
        """
        for folder in packet_folders(self._root):
            if folder.parent.name <= before.astimezone(UTC).strftime("%Y-%m"):
                yield from self._purge(folder, before, rule)

    def _purge(self, folder: Path, before: datetime, rule: str) -> Iterator[Purged]:
        try:
            packet = self._opened(self._relative(folder))
        except EvidenceBroken:
            return
        files = packet.purgeable(before)
        if files:
            packet.entomb(files, before, rule)
        left = packet.left_to_remove()
        if left:
            yield Purged(packet.path, packet.head, len(left))
            packet.remove(left)

    def _opened(self, path: str) -> FolderPacket:
        return FolderPacket(self._root, path, self._clock, self._disk)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def packet_folders(root: Path) -> list[Path]:
    """All packets of a store, in the order of their paths; the samples are none."""
    erps = [erp for erp in _folders(root) if ERP.fullmatch(erp.name) and erp.name != SAMPLE]
    months = [month for erp in erps for month in _folders(erp) if MONTH.fullmatch(month.name)]
    return [packet for month in months for packet in _folders(month) if FOLDER.fullmatch(packet.name)]


def _folders(path: Path) -> list[Path]:
    return sorted(each for each in path.iterdir() if each.is_dir() and not each.is_symlink()) if path.is_dir() else []
