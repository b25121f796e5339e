# ruff: noqa: INP001 - an auditor copies this one file; it is no part of a package
"""Stand-alone verifier of evidence packets: one file, standard library only, Windows, macOS and Linux.

It shares no code with the product and gives the same verdicts. Exit code: 0 clean, 1 not clean, 2 nothing to verify.

    python verify_evidence.py FOLDER                     one packet, or a whole store
    python verify_evidence.py FOLDER --head HASH         one packet, against the head kept elsewhere
    python verify_evidence.py FOLDER --heads heads.json  a store, against {"path of a packet": "its head", ...}
    python verify_evidence.py FOLDER --outside FOLDER2   a store, its anchors against the copy kept outside
    ... --json for machines, --zh in Chinese
"""

import argparse
import hashlib
import json
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Finding = tuple[str, dict[str, "str | int"]]
Lines = list["Record | None"]

GENESIS = "0" * 64
MANIFEST, ANCHORS, SAMPLE = "manifest.jsonl", "anchors.jsonl", "sample"
FILE = re.compile(r"([0-9]{4,9})-[a-z0-9_][a-z0-9_-]{0,39}\.(webp|png|bin|json)(\.part)?")
PLACES = (  # the names of the folders of a store, from the root down: ERP, month, packet
    re.compile(r"[a-z0-9_][a-z0-9_-]{0,39}"),
    re.compile(r"[0-9]{4}-[0-9]{2}"),
    re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}-[0-9]{1,9}"),
)
TORN = {"manifest_torn", "file_left", "packet_empty", "entry_ahead", "packet_unnoted", "purge_unfinished"}
TORN |= {"anchor_copy_behind"}

TEXTS = {
    "manifest_torn": (
        "{file} ends within an entry ({bytes} bytes): a crash while it was written.",
        "{file} 在一条记录中间结束（{bytes} 字节）：写入时发生崩溃。",
    ),
    "file_left": (
        "{file} has no entry yet: a crash before its entry was written.",
        "{file} 还没有对应的记录：在写入记录之前发生崩溃。",
    ),
    "packet_empty": ("{file} has no entry, or is gone.", "{file} 没有任何记录，或已不存在。"),
    "entry_ahead": (
        "The ledger does not know entry {entry}, the newest: a crash before it was told, or an addition.",
        "台账不知道最新的第 {entry} 条记录：在登记之前发生崩溃，或是后来添加的。",
    ),
    "packet_unnoted": (
        "The ledger does not know this packet of one entry: a crash before it was told, or an addition.",
        "台账不知道这个只有一条记录的证据包：在登记之前发生崩溃，或是后来添加的。",
    ),
    "purge_unfinished": (
        "{file} (entry {entry}) is purged by its tombstone and still there; the next purge removes it.",
        "{file}（第 {entry} 条）已登记清除但仍然存在；下次清理时会删除。",
    ),
    "anchor_copy_behind": (
        "The copy of {file} misses its last {lines} lines.",
        "{file} 的副本缺少最后 {lines} 行。",
    ),
    "entry_changed": ("Line {line} of {file} was changed.", "{file} 的第 {line} 行被改动。"),
    "entries_removed": (
        "Of the entries {first} to {last} of {file}, {count} were removed.",
        "{file} 的第 {first} 至 {last} 条记录中有 {count} 条被删除。",
    ),
    "entry_repeated": (
        "Entry {entry} of {file} stands there again, on line {line}.",
        "{file} 的第 {entry} 条记录在第 {line} 行重复出现。",
    ),
    "entry_moved": (
        "Entry {entry} of {file} was moved, to line {line}.",
        "{file} 的第 {entry} 条记录被移动到第 {line} 行。",
    ),
    "link_broken": (
        "Entry {entry} of {file} does not follow the entry before it; one of the two was replaced.",
        "{file} 的第 {entry} 条记录与前一条不衔接；两条之一被替换。",
    ),
    "head_lost": (
        "The entry the ledger knows ({expected}) is gone: entries were cut off, or the chain was rebuilt.",
        "台账所知的记录（{expected}）已不存在：末尾记录被截去，或整条链被重建。",
    ),
    "entries_ahead": (
        "The ledger does not know the entries {first} to {last}; they were added.",
        "台账不知道第 {first} 至 {last} 条记录；它们是后来添加的。",
    ),
    "file_missing": ("{file} (entry {entry}) was removed.", "{file}（第 {entry} 条）被删除。"),
    "file_resized": (
        "{file} (entry {entry}) was changed: it has {size} bytes instead of {expected}.",
        "{file}（第 {entry} 条）被改动：现有 {size} 字节，应为 {expected} 字节。",
    ),
    "file_changed": (
        "{file} (entry {entry}) was changed: its content has another hash.",
        "{file}（第 {entry} 条）被改动：内容的哈希值不符。",
    ),
    "file_unreadable": ("{file} cannot be read: {why}", "{file} 无法读取：{why}"),
    "file_foreign": (
        "{file} does not belong here; no entry vouches for it.",
        "{file} 不属于这里；没有记录为它作证。",
    ),
    "picture_differs": (
        "{file} (entry {entry}) is not the picture its entry describes ({width} by {height} pixels).",
        "{file}（第 {entry} 条）不是记录所描述的图片（{width}×{height} 像素）。",
    ),
    "packet_moved": (
        "The folder is called {found}, but its entries are of {stated}.",
        "文件夹名为 {found}，但其中的记录属于 {stated}。",
    ),
    "packet_missing": ("The packet {packet} was removed.", "证据包 {packet} 被删除。"),
    "packet_unknown": ("The ledger does not know this packet.", "台账不知道这个证据包。"),
    "anchor_differs": (
        "{packet} lacks an entry that the anchor of {day} knows: cut off, or the chain was rebuilt.",
        "{packet} 缺少 {day} 的锚点所知的一条记录：被截去，或整条链被重建。",
    ),
    "anchor_copy_differs": (
        "Line {line} of {file} differs from its copy.",
        "{file} 的第 {line} 行与副本不同。",
    ),
    "anchors_cut_off": (
        "{file} misses the last {lines} lines that its copy has.",
        "{file} 缺少副本中最后的 {lines} 行。",
    ),
}

# --- one line -------------------------------------------------------------------------------------------------------


def parse(line: bytes, kinds: str) -> Record | None:
    """The record of a line, None where a single byte is not as it was written."""
    try:
        record = json.loads(line.decode("ascii"))
        if type(record) is not dict or dumped(record) != line:
            return None
        body = {key: record[key] for key in record if key != "hash"}
        sealed = record.get("hash") == hashlib.sha256(dumped(body)).hexdigest()
    except (ValueError, RecursionError):
        return None
    return record if sealed and chained(record) and SHAPES[kinds](record) else None


def dumped(record: Record) -> bytes:
    """Canonical JSON: ASCII, sorted keys, no spaces."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def chained(record: Record) -> bool:
    """Version, number, link and seal."""
    numbered = count(record.get("v")) and record["v"] == 1 and count(record.get("seq")) and record["seq"] >= 1
    return numbered and texts(record, "prev", "hash")


def count(value: object) -> bool:
    """A whole number, at least zero."""
    return type(value) is int and 0 <= value < 2**53


def texts(record: Record, *keys: str) -> bool:
    """Whether all keys hold texts."""
    return all(type(record.get(key)) is str for key in keys)


def entry_shape(record: Record) -> bool:
    """A manifest's entry: a picture, a note, what a crash left, or a tombstone."""
    if not texts(record, "at", "packet", "step", "worker", "kind"):
        return False
    kind, bare = record["kind"], "file" not in record and "aside" not in record
    if kind == "picture":
        measured = count(record.get("width")) and count(record.get("height")) and files_shape(record.get("beside", []))
        return measured and file_shape(record) and record["file"].endswith((".webp", ".png"))
    if kind == "torn":
        return files_shape(record.get("aside"))
    if kind == "note":
        return bare and type(record.get("facts")) is dict
    purged = record.get("purged")
    return kind == "purge" and bare and type(purged) is list and all(type(name) is str for name in purged)


def files_shape(named: object) -> bool:
    """A list of files."""
    return type(named) is list and all(map(file_shape, named))


def file_shape(named: object) -> bool:
    """A file with its hash and its size; a name that leads elsewhere is none."""
    if type(named) is not dict or not texts(named, "file", "sha256") or not count(named.get("size")):
        return False
    return FILE.fullmatch(named["file"]) is not None


def anchor_shape(record: Record) -> bool:
    """A day's anchor."""
    heads = record.get("heads")
    return texts(record, "day", "at") and type(heads) is dict and all(type(head) is str for head in heads.values())


SHAPES = {"entries": entry_shape, "anchors": anchor_shape}

# --- one chain ------------------------------------------------------------------------------------------------------


def split(content: bytes, kinds: str) -> tuple[Lines, int]:
    """The whole lines of a chain, and the length of what a crash left behind them."""
    *whole, rest = content.split(b"\n")
    if not rest and whole and b"\0" in whole[-1]:
        rest = whole.pop() + b"\n"
    return [parse(line, kinds) for line in whole], len(rest)


def by_number(lines: Lines) -> dict[int, Record]:
    """The first undamaged record of each number, in order."""
    records: dict[int, Record] = {}
    for record in lines:
        if record is not None:
            records.setdefault(record["seq"], record)
    return dict(sorted(records.items()))


def check_chain(lines: Lines, torn: int, file: str) -> Iterator[Finding]:
    """Changed, repeated, moved, removed and replaced records, and a torn end."""
    first_line: dict[int, int] = {}
    for line, record in enumerate(lines, start=1):
        if record is None:
            yield "entry_changed", {"file": file, "line": line}
        elif record["seq"] in first_line:
            yield "entry_repeated", {"file": file, "entry": record["seq"], "line": line}
        else:
            if any(seq > record["seq"] for seq in first_line):
                yield "entry_moved", {"file": file, "entry": record["seq"], "line": line}
            first_line[record["seq"]] = line
    yield from check_gaps(lines, first_line, file)
    records = by_number(lines)
    for seq, record in records.items():
        before = GENESIS if seq == 1 else records.get(seq - 1, {}).get("hash")
        if before is not None and before != record["prev"]:
            yield "link_broken", {"file": file, "entry": seq}
    if torn:
        yield "manifest_torn", {"file": file, "bytes": torn}


def check_gaps(lines: Lines, first_line: dict[int, int], file: str) -> Iterator[Finding]:
    """Numbers that no line has; a changed line in their place accounts for one of them."""
    last, last_line = 0, 0
    for seq in sorted(first_line):
        line = first_line[seq]
        removed = seq - last - 1 - lines[last_line : line - 1].count(None)
        if removed > 0:
            yield "entries_removed", {"file": file, "first": last + 1, "last": seq - 1, "count": removed}
        last, last_line = seq, line


# --- one packet -----------------------------------------------------------------------------------------------------


class Packet:
    """What is found of one packet's folder."""

    def __init__(self, folder: Path, expected: str | None, path: str | None) -> None:
        self.folder, self.expected, self.path = folder, expected, path
        self.name = path or folder.name
        self.records: dict[int, Record] = {}
        self.findings: list[Finding] = []
        try:
            content = b"" if size_of(folder / MANIFEST) is None else (folder / MANIFEST).read_bytes()
        except OSError as fault:
            self.findings.append(unreadable(MANIFEST, fault))
        else:
            self.verify(*split(content, "entries"))
        self.chain = {record["hash"] for record in self.records.values()}
        self.head = self.records[max(self.records)]["hash"] if self.records else GENESIS

    def verify(self, lines: Lines, torn: int) -> None:
        """Collect all findings."""
        self.records = by_number(lines)
        self.findings += check_chain(lines, torn, MANIFEST)
        if not lines and self.expected != GENESIS:
            self.findings.append(("packet_empty", {"file": MANIFEST}))
        self.known = self.number_of_expected()
        self.findings += self.check_head()
        self.findings += self.check_name()
        self.findings += self.check_files()
        self.findings += self.check_others()

    def number_of_expected(self) -> int | None:
        """The number of the newest entry that somebody else vouches for."""
        if self.expected is None:
            return max(self.records, default=0)
        numbers = [seq for seq, record in self.records.items() if record["hash"] == self.expected]
        return numbers[0] if numbers else 0 if self.expected == GENESIS else None

    def check_head(self) -> Iterator[Finding]:
        """Entries cut off or added behind the one that somebody else knows."""
        if self.known is None:
            yield "head_lost", {"expected": str(self.expected)}
            return
        ahead = [seq for seq in self.records if seq > self.known]
        if len(ahead) > 1:
            yield "entries_ahead", {"first": ahead[0], "last": ahead[-1]}
        elif ahead:
            yield "entry_ahead", {"entry": ahead[0]}

    def check_name(self) -> Iterator[Finding]:
        """A packet under another's name."""
        for record in self.records.values():
            stated = record["packet"] if self.path else record["packet"].split("/")[-1]
            if stated != self.name:
                yield "packet_moved", {"found": self.name, "stated": record["packet"]}
                return

    def check_files(self) -> Iterator[Finding]:
        """Removed, changed and purged files."""
        tombs: dict[str, int] = {}
        for seq, record in self.records.items():
            if record["kind"] == "purge" and seq <= (self.known or 0):
                tombs.update(dict.fromkeys(record["purged"], seq))
        for seq, record in self.records.items():
            for named in files_of(record):
                try:
                    yield from self.check_file(seq, record, named, tombs.get(named["file"], 0) > seq)
                except OSError as fault:
                    yield unreadable(named["file"], fault)

    def check_file(self, seq: int, record: Record, named: Record, purged: bool) -> Iterator[Finding]:
        """One file against its entry."""
        where: dict[str, str | int] = {"file": named["file"], "entry": seq}
        size = size_of(self.folder / named["file"])
        if size is None:
            if not purged:
                yield "file_missing", where
            return
        if purged:
            yield "purge_unfinished", where
        if size != named["size"]:
            yield "file_resized", {**where, "size": size, "expected": named["size"]}
            return
        content = (self.folder / named["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != named["sha256"]:
            yield "file_changed", where
        elif record is named and not is_picture(content, record):
            yield "picture_differs", {**where, "width": record["width"], "height": record["height"]}

    def check_others(self) -> Iterator[Finding]:
        """Files that no entry names."""
        named = {each["file"] for record in self.records.values() for each in files_of(record)}
        for name in sorted(path.name for path in self.folder.iterdir()):
            if name not in named and name != MANIFEST:
                ours = FILE.fullmatch(name)
                left = ours is not None and int(ours.group(1)) == max(self.records, default=0) + 1
                yield "file_left" if left else "file_foreign", {"file": printable(name)}


def files_of(record: Record) -> list[Record]:
    """The files an entry names."""
    return [record, *record.get("beside", [])] if record["kind"] == "picture" else record.get("aside", [])


def is_picture(content: bytes, record: Record) -> bool:
    """Whether the picture's own header agrees with its entry."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:  # noqa: PLR2004 - the header's length
        size = (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))
        return record["file"].endswith(".png") and size == (record["width"], record["height"])
    if len(content) < 30 or content[:4] != b"RIFF" or content[8:12] != b"WEBP":  # noqa: PLR2004 - the header's length
        return False
    if content[12:16] == b"VP8L" and content[20:21] == b"\x2f":
        bits = int.from_bytes(content[21:25], "little")
        size = (1 + bits % 2**14, 1 + (bits >> 14) % 2**14)
    elif content[12:16] == b"VP8X":
        size = (1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little"))
    else:
        return False
    return record["file"].endswith(".webp") and size == (record["width"], record["height"])


def size_of(path: Path) -> int | None:
    """A file's size, None where there is no file; raises OSError for a link, a folder and the like."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "not a file")
    return status.st_size


def unreadable(file: str, fault: OSError) -> Finding:
    """A file nobody can vouch for."""
    return "file_unreadable", {"file": file, "why": fault.strerror or str(fault)}


def printable(name: str) -> str:
    """A file's name that any terminal can show."""
    return name.encode("utf-8", "backslashreplace").decode()


# --- a store --------------------------------------------------------------------------------------------------------


def verify_store(root: Path, heads: dict[str, str] | None, outside: Path | None) -> Record:
    """The findings of all packets, of what lies between them, and of the anchors."""
    folders, strangers = explore(root)
    packets = [Packet(root / path, (heads or {}).get(path), path) for path in folders]
    for packet in packets:
        if heads is not None and packet.path not in heads:
            packet.findings.append(("packet_unknown" if len(packet.records) > 1 else "packet_unnoted", {}))
    content = file_or_nothing(root / ANCHORS)
    lines, torn = split(content, "anchors")
    findings: list[Finding] = [("file_foreign", {"file": printable(name)}) for name in strangers]
    findings += check_chain(lines, torn, ANCHORS)
    if outside is not None:
        findings += check_copy(content.split(b"\n")[:-1], file_or_nothing(outside / ANCHORS).split(b"\n")[:-1])
    told = [(each["day"], path, head) for each in lines if each for path, head in each["heads"].items()]
    chains = {packet.name: {GENESIS, *packet.chain} for packet in packets}
    for day, path, head in told:
        if head not in chains.get(path, {head}):
            findings.append(("anchor_differs", {"day": day, "packet": path}))
    missing = ({path for _, path, _ in told} | set(heads or {})) - set(folders)
    findings += [("packet_missing", {"packet": path}) for path in sorted(missing)]
    every = findings + [finding for packet in packets for finding in packet.findings]
    return {"state": state_of(every), "findings": told_of(findings), "packets": [told_of_packet(p) for p in packets]}


def explore(root: Path) -> tuple[list[str], list[str]]:
    """The packets of a store, and what does not belong between them."""
    packets: list[str] = []
    strangers: list[str] = []
    ours = {ANCHORS, "README.md", ".gitignore", SAMPLE}
    level = [path.name for path in sorted(root.iterdir()) if path.name not in ours]
    for depth, pattern in enumerate(PLACES):
        deeper = []
        for name in level:
            path = root / name
            if not pattern.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
                strangers.append(name)
            elif depth == len(PLACES) - 1:
                packets.append(name)
            else:
                deeper += [f"{name}/{each.name}" for each in path.iterdir()]
        level = sorted(deeper)
    return packets, strangers


def check_copy(lines: list[bytes], copied: list[bytes]) -> Iterator[Finding]:
    """The anchors against the copy kept outside."""
    for number, pair in enumerate(zip(lines, copied, strict=False), start=1):
        if pair[0] != pair[1]:
            yield "anchor_copy_differs", {"file": ANCHORS, "line": number}
            return
    behind = len(lines) - len(copied)
    if behind > 0:
        yield "anchor_copy_behind", {"file": ANCHORS, "lines": behind}
    elif behind < 0:
        yield "anchors_cut_off", {"file": ANCHORS, "lines": -behind}


def file_or_nothing(path: Path) -> bytes:
    """A file's content, nothing where there is no file."""
    return path.read_bytes() if path.exists() else b""


# --- the report -----------------------------------------------------------------------------------------------------


def state_of(findings: list[Finding]) -> str:
    """The worst of all findings."""
    if not findings:
        return "clean"
    return "torn" if all(code in TORN for code, _ in findings) else "tampered"


def told_of(findings: list[Finding]) -> list[Record]:
    """Findings as JSON."""
    return [{"code": code, "params": params, "torn": code in TORN} for code, params in findings]


def told_of_packet(packet: Packet) -> Record:
    """A packet's verdict as JSON."""
    told = {"packet": packet.name, "state": state_of(packet.findings), "entries": len(packet.records)}
    return {**told, "head": packet.head, "findings": told_of(packet.findings)}


def worded(report: Record, language: int) -> Iterator[str]:
    """The report, a finding a line."""
    yield from (f"{report['packet']}: {report['state']}" for _ in range("packet" in report))
    for finding in report["findings"]:
        yield "  " + TEXTS[finding["code"]][language].format_map(finding["params"])
    for packet in report.get("packets", []):
        yield from worded(packet, language)
    if "packets" in report:
        yield f"{len(report['packets'])} packets: {report['state']}"


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--head")
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--outside", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--zh", action="store_true")
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        parser.error(f"{asked.folder} is not a folder")
    if (asked.folder / MANIFEST).exists() or asked.head:
        report = told_of_packet(Packet(asked.folder, asked.head, None))
    else:
        heads = json.loads(asked.heads.read_text(encoding="utf-8")) if asked.heads else None
        report = verify_store(asked.folder, heads, asked.outside)
    lines = [json.dumps(report)] if asked.json else worded(report, 1 if asked.zh else 0)
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
    return 0 if report["state"] == "clean" else 1


if __name__ == "__main__":
    sys.exit(main())
