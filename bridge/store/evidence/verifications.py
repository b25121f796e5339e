"""Is a packet still as it was written, and if not, which file or entry was touched?"""

import hashlib
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from bridge.errors import FileUnreadable
from bridge.locale import Phrase
from bridge.store.evidence import chains
from bridge.store.evidence.chains import GENESIS, Record
from bridge.store.evidence.findings import Finding, State, found, state_of
from bridge.store.evidence.manifests import NamedFile, files_of, purged_in, read_manifest
from bridge.store.evidence.names import MANIFEST, number_in
from bridge.store.evidence.pictures import Measures, measured


@dataclass(frozen=True)
class Verdict:
    """What was found of one packet; `head` is the hash of its newest undamaged entry.

    `chain` holds the hashes of all undamaged entries.
    """

    packet: str
    findings: tuple[Finding, ...]
    entries: int
    head: str
    chain: frozenset[str] = field(default_factory=frozenset)

    @property
    def state(self) -> State:
        """The worst of all findings."""
        return state_of(self.findings)

    def record(self) -> dict[str, object]:
        """The verdict as JSON."""
        findings = [finding.record() for finding in self.findings]
        return {
            "packet": self.packet,
            "state": str(self.state),
            "entries": self.entries,
            "head": self.head,
            "findings": findings,
        }


def verify_packet(path: Path, expected_head: str | None = None, packet: str | None = None) -> Verdict:
    """Compare a packet with its own manifest, and with the head the ledger knows where that is given.

    `packet` is the path the packet should have inside its store; without it only the folder's own name is compared.
    Without an expected head, entries cut off at the end and a chain that was rebuilt as a whole cannot be seen.
    Raises FileUnreadable where there is no such folder.
    """
    if not path.is_dir():
        raise FileUnreadable(path=str(path), why=Phrase("it is not a folder"))
    manifest = path / MANIFEST
    try:
        content = b"" if _size(manifest) is None else manifest.read_bytes()
    except OSError as fault:
        unreadable = found("file_unreadable", file=MANIFEST, why=fault.strerror or str(fault))
        return Verdict(packet or path.name, (unreadable,), 0, GENESIS)
    lines = read_manifest(content)
    findings = [*chain_findings(lines.lines, MANIFEST)]
    if lines.torn:
        findings.append(found("manifest_torn", file=MANIFEST, bytes=len(lines.torn)))
    if not lines.lines and expected_head != GENESIS:
        findings.append(found("packet_empty", file=MANIFEST))
    entries = _first_of_each(lines.records)
    findings += _head_findings(entries, expected_head)
    findings += _name_findings(entries, packet or path.name, whole=packet is not None)
    findings += _folder_findings(path, entries, expected_head)
    hashes = frozenset(str(record["hash"]) for record in entries)
    return Verdict(packet or path.name, tuple(findings), len(entries), chains.head_of(entries), hashes)


def chain_findings(lines: Sequence[Record | None], file: str) -> Iterator[Finding]:
    """What is wrong with the order, the number and the links of a chain's lines."""
    places: dict[int, int] = {}
    highest = 0
    for line, record in enumerate(lines, start=1):
        if record is None:
            yield found("entry_changed", file=file, line=line)
            continue
        seq = record["seq"]
        if seq in places:
            yield found("entry_repeated", file=file, entry=seq, line=line)
        elif seq < highest:
            yield found("entry_moved", file=file, entry=seq, line=line)
        places.setdefault(seq, line)
        highest = max(highest, seq)
    yield from _gaps(lines, places, file)
    yield from _broken_links(lines, file)


def _gaps(lines: Sequence[Record | None], places: dict[int, int], file: str) -> Iterator[Finding]:
    known = [0, *sorted(places)]
    for before, after in pairwise(known):
        # A changed line still stands for the entry it was; only what has no line at all was removed.
        changed = sum(record is None for record in lines[places.get(before, 0) : places[after] - 1])
        count = after - before - 1 - changed
        if count > 0:
            yield found("entries_removed", file=file, first=before + 1, last=after - 1, count=count)


def _broken_links(lines: Sequence[Record | None], file: str) -> Iterator[Finding]:
    entries = _first_of_each([record for record in lines if record is not None])
    hashes = {0: GENESIS, **{record["seq"]: record["hash"] for record in entries}}
    for record in entries:
        if hashes.get(record["seq"] - 1, record["prev"]) != record["prev"]:
            yield found("link_broken", file=file, entry=record["seq"])


def _first_of_each(records: Sequence[Record]) -> list[Record]:
    entries: dict[int, Record] = {}
    for record in records:
        entries.setdefault(record["seq"], record)
    return [entries[seq] for seq in sorted(entries)]


def _head_findings(entries: Sequence[Record], expected: str | None) -> Iterator[Finding]:
    if expected is None:
        return
    known = _known_to_ledger(entries, expected)
    if known is None:
        yield found("head_lost", expected=expected)
        return
    ahead = [record["seq"] for record in entries if record["seq"] > known]
    if len(ahead) == 1:
        yield found("entry_ahead", entry=ahead[0])
    elif ahead:
        yield found("entries_ahead", first=ahead[0], last=ahead[-1])


def _known_to_ledger(entries: Sequence[Record], expected: str) -> int | None:
    """The number of the entry the ledger knows as the newest; None where it is gone."""
    numbers = {GENESIS: 0, **{record["hash"]: int(record["seq"]) for record in entries}}
    return numbers.get(expected)


def _name_findings(entries: Sequence[Record], name: str, *, whole: bool) -> Iterator[Finding]:
    for record in entries:
        stated = record["packet"] if whole else record["packet"].rpartition("/")[2]
        if stated != name:
            yield found("packet_moved", found=name, stated=record["packet"])
            return


def _folder_findings(path: Path, entries: Sequence[Record], expected: str | None) -> Iterator[Finding]:
    excused = _excused(entries, expected)
    listed = set[str]()
    for record in entries:
        for file in files_of(record):
            listed.add(file.file)
            yield from _file_findings(path, record, file, purged=excused.get(file.file, 0) > record["seq"])
    newest = max((record["seq"] for record in entries), default=0)
    for name in sorted(each.name for each in path.iterdir()):
        if name not in listed and name != MANIFEST:
            left = number_in(name) == newest + 1
            yield found("file_left" if left else "file_foreign", file=_shown(name))


def _excused(entries: Sequence[Record], expected: str | None) -> dict[str, int]:
    """The purged files and the tombstone that names them; one the ledger does not know excuses nothing."""
    newest = max((int(record["seq"]) for record in entries), default=0)
    trusted = newest if expected is None else _known_to_ledger(entries, expected) or 0
    return {file: record["seq"] for record in entries if record["seq"] <= trusted for file in purged_in(record)}


def _file_findings(path: Path, record: Record, file: NamedFile, *, purged: bool) -> Iterator[Finding]:
    try:
        size = _size(path / file.file)
        if size is None and not purged:
            yield found("file_missing", file=file.file, entry=record["seq"])
        if size is not None and purged:
            yield found("purge_unfinished", file=file.file, entry=record["seq"])
        if size is not None:
            yield from _content_findings(path / file.file, size, record, file)
    except OSError as fault:
        yield found("file_unreadable", file=file.file, why=fault.strerror or str(fault))


def _content_findings(path: Path, size: int, record: Record, file: NamedFile) -> Iterator[Finding]:
    if size != file.size:
        yield found("file_resized", file=file.file, entry=record["seq"], size=size, expected=file.size)
        return
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        yield found("file_changed", file=file.file, entry=record["seq"])
    elif record.get("file") == file.file:  # the picture, and not what lies beside it
        stated = Measures(file.file.rpartition(".")[2], record["width"], record["height"])
        if measured(content) != stated:
            described = {"width": stated.width, "height": stated.height}
            yield found("picture_differs", file=file.file, entry=record["seq"], **described)


def _size(path: Path) -> int | None:
    """The size of a file in bytes, None where there is none; raises OSError for what is no file of its own."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "not a file")
    return status.st_size


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
