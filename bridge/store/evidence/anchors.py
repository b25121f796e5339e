"""Did all packets have these heads that day? One chained record a day answers, copied outside."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from bridge.errors import ApplicationError
from bridge.store.evidence import chains, manifests
from bridge.store.evidence.chains import GENESIS, Reading, Record, is_text
from bridge.store.evidence.disks import Disk
from bridge.store.evidence.findings import Finding, found
from bridge.store.evidence.names import ANCHORS
from bridge.store.evidence.verifications import chain_findings


class AnchorNotDelivered(ApplicationError):
    """The daily anchor could not be copied to {folder}: {why}"""


class AnchorsBroken(ApplicationError):
    """The anchors in {path} were altered, so nothing is added to them; run `erpbridge evidence verify`."""


def anchor(heads: Mapping[str, str], previous: Record | None, day: date, at: datetime) -> Record:
    """The record that vouches for all heads of a day, and for the record before."""
    seq, prev = (previous["seq"] + 1, previous["hash"]) if previous else (1, GENESIS)
    told = {"v": chains.VERSION, "seq": seq, "day": day.isoformat(), "at": manifests.instant(at)}
    return chains.sealed({**told, "heads": dict(sorted(heads.items()))}, prev)


class Anchors:
    """The anchors of a store, in `anchors.jsonl` at its root, and their copy in a folder outside where there is one."""

    def __init__(self, root: Path, outside: Path | None = None, disk: Disk | None = None) -> None:
        self._file = root / ANCHORS
        self._copy = outside / ANCHORS if outside else None
        self._disk = disk or Disk()

    def append(self, heads: Mapping[str, str], day: date, at: datetime) -> Record:
        """Anchor the day's heads and deliver them, with all anchors that could not be delivered before.

        Raises StorageFull, AnchorsBroken, or AnchorNotDelivered where the anchor is stored but not copied.
        """
        with self._disk.alone(self._file):
            told = self._whole()
            record = anchor(heads, told.records[-1] if told.records else None, day, at)
            self._disk.append(self._file, chains.line_of(record))
        self.deliver()
        return record

    def deliver(self) -> None:
        """Bring the copy up to date; a copy that differs is left alone, for the verification to name."""
        if self._copy is None:
            return
        content = self._file.read_bytes()
        try:
            copied = _content(self._copy)
            if content.startswith(copied) and content != copied:
                self._disk.folder(self._copy.parent)
                self._disk.append(self._copy, content[len(copied) :])
        except (OSError, ApplicationError) as fault:
            raise AnchorNotDelivered(folder=str(self._copy.parent), why=str(fault)) from fault

    def _whole(self) -> Reading:
        told = read_anchors(_content(self._file))
        if not told.unbroken:
            raise AnchorsBroken(path=str(self._file))
        if told.torn:  # a day's anchor is made again from the ledger, so what a crash left of it is of no use
            self._disk.cut(self._file, told.size)
        return told


def read_anchors(content: bytes) -> Reading:
    """The chain in the content of an anchors' file."""
    return chains.reading(content, _well_formed)


def anchor_findings(root: Path, outside: Path | None) -> Iterator[Finding]:
    """What is wrong with the anchors themselves and, where there is one, with their copy."""
    content = _content(root / ANCHORS)
    told = read_anchors(content)
    yield from chain_findings(told.lines, ANCHORS)
    if told.torn:
        yield found("manifest_torn", file=ANCHORS, bytes=len(told.torn))
    if outside is not None:
        yield from _copy_findings(content.split(b"\n")[:-1], _content(outside / ANCHORS).split(b"\n")[:-1])


def anchored(root: Path) -> Iterator[tuple[str, str, str]]:
    """Day, packet and head of everything that was anchored."""
    for record in read_anchors(_content(root / ANCHORS)).records:
        yield from ((record["day"], packet, head) for packet, head in record["heads"].items())


def _copy_findings(lines: Sequence[bytes], copied: Sequence[bytes]) -> Iterator[Finding]:
    for number, (line, copy) in enumerate(zip(lines, copied, strict=False), start=1):
        if line != copy:
            yield found("anchor_copy_differs", file=ANCHORS, line=number)
            return
    if len(copied) < len(lines):
        yield found("anchor_copy_behind", file=ANCHORS, lines=len(lines) - len(copied))
    if len(copied) > len(lines):
        yield found("anchors_cut_off", file=ANCHORS, lines=len(copied) - len(lines))


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _well_formed(record: Record) -> bool:
    heads = record.get("heads")
    told = isinstance(heads, dict) and all(is_text(head) for head in heads.values())
    return told and chains.is_ours(record) and is_text(record.get("day")) and is_text(record.get("at"))
