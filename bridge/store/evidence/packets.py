"""The evidence of one attempt: how are pictures and notes added so that each entry vouches for all before it?"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from bridge.errors import ApplicationError, CaptureRefused
from bridge.locale import Phrase
from bridge.ports import Clock, Picture
from bridge.store.evidence import chains, manifests
from bridge.store.evidence.chains import Reading, Record
from bridge.store.evidence.disks import Disk
from bridge.store.evidence.manifests import NamedFile
from bridge.store.evidence.names import MANIFEST, file_name, number_in
from bridge.store.evidence.pictures import Measures, measured


class EvidenceBroken(ApplicationError):
    """The evidence {packet} was altered, so nothing is added to it; run `erpbridge evidence verify`."""


class FolderPacket:
    """A packet in a folder of its own; several processes may add to it in turn.

    Opening one that a crash left torn sets the torn bytes aside and says so in the chain. Every method that touches
    the disk raises StorageFull, EvidenceNotKept, or EvidenceBroken where the chain does not hold.
    """

    def __init__(self, root: Path, path: str, clock: Clock, disk: Disk) -> None:
        self._folder = root / path
        self._path = path
        self._clock = clock
        self._disk = disk
        self._reading = Reading((), b"", 0)
        self._whole = False
        with self.alone():
            pass

    @property
    def path(self) -> str:
        """Where the packet lies, relative to the store."""
        return self._path

    @property
    def head(self) -> str:
        """The hash of the newest entry; 64 zeros in a packet without entries."""
        return chains.head_of(self._reading.records)

    @property
    def entries(self) -> tuple[Record, ...]:
        """All entries, oldest first."""
        return self._reading.records

    def add(self, picture: Picture, worker: str) -> str:
        """Keep a picture, then its entry; the new head. Raises CaptureRefused where it is not what it says it is."""
        stated = Measures(picture.format, picture.width, picture.height)
        if measured(picture.content) != stated:
            raise CaptureRefused(screen=picture.screen, why=Phrase("it is not {stated}", stated=stated))
        with self.alone():
            names = dict(self._files(picture))
            try:
                for name, content in names.items():
                    self._disk.keep(self._folder / name, content)
                file, *beside = (self._named(name, content) for name, content in names.items())
                return self._append(manifests.picture_entry(picture, file, beside), worker)
            except ApplicationError:
                self._whole = False
                for name in names:
                    with suppress(ApplicationError):
                        self._disk.remove(self._folder / name)
                raise

    def _files(self, picture: Picture) -> Iterator[tuple[str, bytes]]:
        """The picture by its file's name, and then what lies beside it."""
        yield file_name(self._next, picture.step, picture.format), picture.content
        if picture.beside:
            yield file_name(self._next, picture.step, "json"), picture.beside
        if picture.film:
            yield file_name(self._next, f"{picture.step}-film", "webp"), picture.film

    def note(self, step: str, facts: Mapping[str, str], worker: str) -> str:
        """Keep an entry without a picture; the new head."""
        with self.alone():
            return self._append(manifests.note_entry(self._clock.now(), step, facts), worker)

    def purgeable(self, before: datetime) -> tuple[str, ...]:
        """The files whose entries are older than the moment and that no tombstone names yet."""
        named = self._tombstoned()
        old = (entry for entry in self.entries if entry["at"] < manifests.instant(before))
        return tuple(file.file for entry in old for file in manifests.files_of(entry) if file.file not in named)

    def left_to_remove(self) -> tuple[str, ...]:
        """The files that a tombstone names and that are still there."""
        return tuple(sorted(name for name in self._tombstoned() if (self._folder / name).exists()))

    def entomb(self, files: tuple[str, ...], before: datetime, rule: str) -> str:
        """Say in the chain that the files are removed by a rule; the new head."""
        with self.alone():
            return self._append(manifests.purge_entry(self._clock.now(), files, before, rule), worker="purge")

    def remove(self, files: tuple[str, ...]) -> None:
        """Remove files that a tombstone names."""
        for name in files:
            self._disk.remove(self._folder / name)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the packet against other writers, with its chain read and whole."""
        with self._disk.alone(self._folder / MANIFEST):
            if not self._whole or (self._folder / MANIFEST).stat().st_size != self._reading.size:
                self._catch_up()
                self._whole = True
            yield

    @property
    def _next(self) -> int:
        return len(self._reading.lines) + 1

    def _catch_up(self) -> None:
        self._reading = manifests.read_manifest((self._folder / MANIFEST).read_bytes())
        if not self._reading.unbroken:
            raise EvidenceBroken(packet=self._path)
        if self._reading.torn:
            self._disk.keep(self._folder / file_name(self._next, "torn", "bin"), self._reading.torn)
            self._disk.cut(self._folder / MANIFEST, self._reading.size)
        left = sorted(each.name for each in self._folder.iterdir() if number_in(each.name) == self._next)
        if left:
            aside = (self._named(name, (self._folder / name).read_bytes()) for name in left)
            self._append(manifests.torn_entry(self._clock.now(), aside), worker="recovery")

    def _append(self, entry: Record, worker: str) -> str:
        place = {"v": chains.VERSION, "packet": self._path, "seq": self._next, "worker": worker}
        record = chains.sealed({**entry, **place}, self.head)
        line = chains.line_of(record)
        self._disk.append(self._folder / MANIFEST, line)
        self._reading = Reading((*self._reading.lines, record), b"", self._reading.size + len(line))
        return str(record["hash"])

    def _named(self, name: str, content: bytes) -> NamedFile:
        return NamedFile(name, hashlib.sha256(content).hexdigest(), len(content))

    def _tombstoned(self) -> set[str]:
        return {name for entry in self.entries for name in manifests.purged_in(entry)}
