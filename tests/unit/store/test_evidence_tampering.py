"""Is there any way to alter a packet unseen? Both verifiers are asked, and must agree."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.store.evidence.chains import GENESIS, line_of, sealed
from bridge.store.evidence.findings import TEXTS, TORN, State
from bridge.store.evidence.packets import FolderPacket
from tests.unit.store.evidence_samples import codes, filled, pixels, standalone, verdict_of

OFTEN = settings(max_examples=150, deadline=None)


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> FolderPacket:
    """One packet for all the tests of this file; each puts back what it changed."""
    return filled(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def folder(packet: FolderPacket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packet lies."""
    return next(tmp_path_factory.getbasetemp().glob(f"evidence*/{packet.path}"))


@contextmanager
def altered(path: Path, content: bytes) -> Iterator[None]:
    """The file with another content, for a while."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def lines_of(folder: Path) -> list[bytes]:
    """The lines of the manifest, with their ends."""
    return (folder / "manifest.jsonl").read_bytes().splitlines(keepends=True)


def rebuilt(records: list[dict[str, Any]]) -> bytes:
    """A manifest whose chain is made anew, as somebody who knows the format can."""
    prev, lines = GENESIS, []
    for seq, record in enumerate(records, start=1):
        body = {key: value for key, value in record.items() if key not in {"hash", "prev"}}
        new = sealed({**body, "seq": seq} if "seq" in body else body, prev)
        prev = str(new["hash"])
        lines.append(line_of(new))
    return b"".join(lines)


@OFTEN
@given(data=st.data())
def test_a_changed_byte_of_a_picture_is_named(packet: FolderPacket, folder: Path, data: st.DataObject) -> None:
    """Any single byte, whatever it becomes: the file is named."""
    file = data.draw(st.sampled_from(["0001-filled.webp", "0003-answer.png", "0004-verified.webp"]))
    content = bytearray((folder / file).read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with altered(folder / file, bytes(content)):
        verdict = verdict_of(folder, packet.head)
    assert codes(verdict) == ["file_changed"]
    assert verdict.findings[0].params["file"] == file


@OFTEN
@given(data=st.data())
def test_a_changed_byte_of_the_manifest_is_never_clean(packet: FolderPacket, folder: Path, data: st.DataObject) -> None:
    """Any single byte of any entry; with the ledger's head it is never taken for a crash either."""
    content = bytearray((folder / "manifest.jsonl").read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with altered(folder / "manifest.jsonl", bytes(content)):
        assert verdict_of(folder).state is not State.CLEAN
        assert verdict_of(folder, packet.head).state is State.TAMPERED


@OFTEN
@given(order=st.permutations(range(4)))
def test_reordered_entries_are_named(packet: FolderPacket, folder: Path, order: list[int]) -> None:
    """Every entry that stands after a later one is named with its line."""
    lines = lines_of(folder)
    with altered(folder / "manifest.jsonl", b"".join(lines[place] for place in order)):
        verdict = verdict_of(folder, packet.head)
    moved = [place + 1 for at, place in enumerate(order) if any(other > place for other in order[:at])]
    assert [finding.params["entry"] for finding in verdict.findings] == moved
    assert set(codes(verdict)) <= {"entry_moved"}


@pytest.mark.parametrize("gone", [{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}, {0, 1, 2}])
def test_removed_entries_are_named(packet: FolderPacket, folder: Path, gone: set[int]) -> None:
    """Also without the ledger: the entries that remain say which are missing."""
    kept = [line for place, line in enumerate(lines_of(folder)) if place not in gone]
    with altered(folder / "manifest.jsonl", b"".join(kept)):
        verdicts = [verdict_of(folder), verdict_of(folder, packet.head)]
    for verdict in verdicts:
        named = [finding.params for finding in verdict.findings if finding.code == "entries_removed"]
        ranges = [range(int(params["first"]), int(params["last"]) + 1) for params in named]
        assert {number - 1 for each in ranges for number in each} == gone
        assert verdict.state is State.TAMPERED


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_entries_cut_off_are_seen_by_the_ledgers_head(packet: FolderPacket, folder: Path, kept: int) -> None:
    """A shorter chain is a whole one; the ledger and the pictures left over betray it."""
    with altered(folder / "manifest.jsonl", b"".join(lines_of(folder)[:kept])):
        assert "head_lost" in codes(verdict_of(folder, packet.head))
        assert verdict_of(folder).state is not State.CLEAN


def test_a_repeated_entry_is_named(packet: FolderPacket, folder: Path) -> None:
    """The same entry twice is once too often, wherever it stands."""
    lines = lines_of(folder)
    for place in range(len(lines)):
        with altered(folder / "manifest.jsonl", b"".join([*lines, lines[place]])):
            assert codes(verdict_of(folder, packet.head)) == ["entry_repeated"]


def test_every_cut_of_the_last_line_is_torn_or_more(packet: FolderPacket, folder: Path) -> None:
    """A crash may end the last line at any byte; where the ledger knows the entry, it was no crash."""
    *whole, last = lines_of(folder)
    for size in range(len(last)):
        with altered(folder / "manifest.jsonl", b"".join(whole) + last[:size]):
            alone, known = verdict_of(folder), verdict_of(folder, packet.head)
        assert alone.state is State.TORN
        assert ("manifest_torn" in codes(alone)) == (size > 0)
        assert "head_lost" in codes(known)


@pytest.mark.parametrize("zeros", [1, 100, 5000])
def test_zeros_a_disk_never_filled_are_torn(packet: FolderPacket, folder: Path, zeros: int) -> None:
    """Some file systems grow a file before its bytes arrive."""
    whole = b"".join(lines_of(folder))
    for tail in (b"\0" * zeros, b"\0" * zeros + b'"}\n', b'{"at"' + b"\0" * zeros):
        with altered(folder / "manifest.jsonl", whole + tail):
            verdict = verdict_of(folder, packet.head)
        assert codes(verdict) == ["manifest_torn"]
        assert verdict.state is State.TORN


def change_worker(records: list[dict[str, Any]]) -> None:
    """Somebody else did it."""
    records[0]["worker"] = "harbour-9"


def drop_second(records: list[dict[str, Any]]) -> None:
    """The note was never made."""
    del records[1]


def swap(records: list[dict[str, Any]]) -> None:
    """The answer came first."""
    records[0], records[1] = records[1], records[0]


@pytest.mark.parametrize("change", [change_worker, drop_second, swap])
def test_a_rebuilt_chain_is_caught_by_the_ledgers_head(
    packet: FolderPacket, folder: Path, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    """Whoever recomputes every hash still cannot recompute the ledger."""
    records = [json.loads(line) for line in lines_of(folder)]
    change(records)
    with altered(folder / "manifest.jsonl", rebuilt(records)):
        assert "head_lost" in codes(verdict_of(folder, packet.head))


def test_one_entry_sealed_anew_breaks_its_link(packet: FolderPacket, folder: Path) -> None:
    """An entry with a right hash of its own does not fit its neighbours."""
    lines = lines_of(folder)
    record = {**json.loads(lines[1]), "facts": {"answer": "SO-8"}}
    prev = record.pop("prev")
    del record["hash"]
    lines[1] = line_of(sealed(record, prev))
    with altered(folder / "manifest.jsonl", b"".join(lines)):
        verdict = verdict_of(folder, packet.head)
    assert [(finding.code, finding.params["entry"]) for finding in verdict.findings] == [("link_broken", 3)]


@pytest.mark.parametrize(("extra", "code"), [(1, "entry_ahead"), (2, "entries_ahead")])
def test_entries_the_ledger_does_not_know_are_named(packet: FolderPacket, folder: Path, extra: int, code: str) -> None:
    """One may be a crash, two are none."""
    head = json.loads(lines_of(folder)[-1 - extra])["hash"]
    assert codes(verdict_of(folder, head)) == [code]
    assert (code in TORN) == (extra == 1)
    assert packet.head != head


def test_removed_replaced_and_foreign_files_are_named(packet: FolderPacket, folder: Path, tmp_path: Path) -> None:
    """Every file of the folder is accounted for."""
    copy = shutil.copytree(folder, tmp_path / folder.name)
    (copy / "0001-filled.webp").unlink()
    (copy / "0003-answer.png").write_bytes(b"short")
    (copy / "0004-verified.webp").unlink()
    (copy / "0004-verified.webp").mkdir()
    (copy / "notes.txt").write_bytes(b"")
    (copy / "0002-extra.webp").write_bytes(pixels(2))
    verdict = verdict_of(copy, packet.head)
    assert sorted((finding.code, finding.params["file"]) for finding in verdict.findings) == [
        ("file_foreign", "0002-extra.webp"),
        ("file_foreign", "notes.txt"),
        ("file_missing", "0001-filled.webp"),
        ("file_resized", "0003-answer.png"),
        ("file_unreadable", "0004-verified.webp"),
    ]


def test_a_picture_whose_measures_were_rewritten_is_named(folder: Path) -> None:
    """Also where the chain was rebuilt and no head is known: the picture's own header disagrees."""
    records = [json.loads(line) for line in lines_of(folder)]
    records[0]["width"] = 5
    with altered(folder / "manifest.jsonl", rebuilt(records)):
        assert codes(verdict_of(folder)) == ["picture_differs"]


def test_a_packet_under_anothers_name_is_named(packet: FolderPacket, folder: Path, tmp_path: Path) -> None:
    """The evidence of one order is not that of another."""
    copy = shutil.copytree(folder, tmp_path / "CRM-100046-K-1")
    assert codes(verdict_of(copy, packet.head)) == ["packet_moved"]
    assert codes(verdict_of(folder, packet.head, packet.path.replace("harbour", "granite"))) == ["packet_moved"]


STRANGE = ["../0001-filled.webp", "/etc/passwd", "C:\\x.webp", "0001-filled.webp\n", "", 7, None, ["0001-filled.webp"]]


@pytest.mark.parametrize("file", STRANGE)
def test_an_entry_never_leads_the_verifier_elsewhere(folder: Path, file: object) -> None:
    """A file's name in a manifest that is not one of ours makes the entry a changed one."""
    records = [json.loads(line) for line in lines_of(folder)]
    records[0]["file"] = file
    with altered(folder / "manifest.jsonl", rebuilt(records)):
        assert "entry_changed" in codes(verdict_of(folder))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = ["v", "seq", "kind", "packet", "file", "sha256", "size", "width", "facts", "purged", "aside", "at", "step"]


@OFTEN
@given(place=st.integers(0, 3), key=st.sampled_from(KEYS), value=JSON)
def test_no_value_whatever_confuses_the_verifiers(folder: Path, place: int, key: str, value: object) -> None:
    """Whatever stands in a well-sealed entry: no crash, and both verifiers say the same."""
    records = [json.loads(line) for line in lines_of(folder)]
    records[place][key] = value
    try:
        content = rebuilt_as_is(records)
    except ValueError:  # no JSON: NaN and infinity
        return
    with altered(folder / "manifest.jsonl", content):
        verdict_of(folder)


def rebuilt_as_is(records: list[dict[str, Any]]) -> bytes:
    """Sealed anew, whatever the numbers say."""
    prev, lines = GENESIS, []
    for record in records:
        new = sealed({key: value for key, value in record.items() if key not in {"hash", "prev"}}, prev)
        prev = str(new["hash"])
        lines.append(line_of(new))
    return b"".join(lines)


@pytest.mark.parametrize(
    "content", [b"[" * 100_000 + b"\n", b"1" * 10_000 + b"\n", b"{}\n", b"\n\n", b"\xff\xfe\n", b"null\n", b"NaN\n"]
)
def test_no_line_whatever_ends_the_verifiers(folder: Path, content: bytes) -> None:
    """A hostile manifest is a finding, not a crash."""
    with altered(folder / "manifest.jsonl", content):
        assert verdict_of(folder).state is State.TAMPERED


@pytest.mark.parametrize(
    ("written", "instead"),
    [(b'"step":"saved"', b'"step": "saved"'), (b'"saved"', b'"\\u0073aved"'), (b'"v":1', b'"v":1,"v":1')],
)
def test_the_same_json_written_otherwise_is_a_change(folder: Path, written: bytes, instead: bytes) -> None:
    """An entry has one spelling, so that two readers never read two things."""
    content = b"".join(lines_of(folder))
    with altered(folder / "manifest.jsonl", content.replace(written, instead, 1)):
        assert content.count(written) > 0
        assert codes(verdict_of(folder))[0] == "entry_changed"


def test_a_tombstone_excuses_nothing_that_came_after_it(folder: Path, tmp_path: Path) -> None:
    """A purge written in advance is no licence."""
    copy = shutil.copytree(folder, tmp_path / folder.name)
    first, note, *rest = [json.loads(line) for line in lines_of(folder)]
    tombstone = {**note, "kind": "purge", "purged": ["0003-answer.png"], "before": note["at"], "rule": "because"}
    (copy / "manifest.jsonl").write_bytes(rebuilt([first, tombstone, *rest]))
    (copy / "0003-answer.png").unlink()
    assert codes(verdict_of(copy)) == ["file_missing"]


def test_both_verifiers_use_the_same_words() -> None:
    """An auditor and an operator talk about the same thing, in both languages."""
    auditor = standalone()
    assert {code: texts[0] for code, texts in auditor.TEXTS.items()} == dict(TEXTS)
    assert set(TORN) == auditor.TORN
    assert all(texts[1].isprintable() and texts[1] != texts[0] for texts in auditor.TEXTS.values())
