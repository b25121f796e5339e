"""Does the audit of a whole store name what is missing, unknown or foreign, and what its anchors deny?"""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bridge.store.evidence.anchors import AnchorNotDelivered, Anchors, AnchorsBroken, anchor
from bridge.store.evidence.chains import GENESIS, canonical
from bridge.store.evidence.findings import State
from bridge.store.evidence.packets import FolderPacket
from tests.unit.store.evidence_samples import NOVEMBER, STANDALONE, audit_of, codes, filled, picture, store

DAY = date(2026, 11, 22)


@pytest.fixture
def packets(tmp_path: Path) -> list[FolderPacket]:
    """Three packets of a store."""
    return [filled(tmp_path / "store", reference) for reference in ("CRM-1-A", "CRM-2-B", "CRM-3-C")]


@pytest.fixture
def root(tmp_path: Path, packets: list[FolderPacket]) -> Path:
    """The store they lie in."""
    assert packets
    return tmp_path / "store"


def heads_of(packets: list[FolderPacket]) -> dict[str, str]:
    """What the ledger knows."""
    return {packet.path: packet.head for packet in packets}


def test_a_store_as_written_is_clean(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """With packets, anchors, their copy, the README and the samples."""
    Anchors(root, tmp_path / "outside").append(heads_of(packets), DAY, NOVEMBER)
    (root / "README.md").write_text("what this is", encoding="utf-8")
    (root / "sample" / "anything").mkdir(parents=True)
    audit = audit_of(root, heads_of(packets), tmp_path / "outside")
    assert audit.state is State.CLEAN
    assert [verdict.packet for verdict in audit.verdicts] == sorted(heads_of(packets))


def test_missing_unknown_and_altered_packets_are_named(root: Path, packets: list[FolderPacket]) -> None:
    """Each by its path."""
    heads = heads_of(packets)
    shutil.rmtree(root / packets[0].path)
    (root / packets[1].path / "0001-filled.webp").unlink()
    del heads[packets[2].path]
    audit = audit_of(root, heads)
    assert [(finding.code, finding.params["packet"]) for finding in audit.findings] == [
        ("packet_missing", packets[0].path)
    ]
    assert {verdict.packet: codes(verdict) for verdict in audit.verdicts} == {
        packets[1].path: ["file_missing"],
        packets[2].path: ["packet_unknown"],
    }


def test_a_packet_that_crashed_before_the_ledger_knew_it_is_torn(root: Path, packets: list[FolderPacket]) -> None:
    """One entry may be unknown; more may not."""
    store(root).open_packet("harbour", "CRM-4-D", 1).add(picture(), "w")
    audit = audit_of(root, heads_of(packets))
    assert audit.state is State.TORN
    assert codes(audit.verdicts[-1]) == ["packet_unnoted"]


def test_a_packet_opened_and_never_used_is_clean(root: Path, packets: list[FolderPacket]) -> None:
    """An attempt that ended before its first picture proves nothing and hides nothing."""
    empty = store(root).open_packet("harbour", "CRM-4-D", 1)
    heads = {**heads_of(packets), empty.path: GENESIS}
    Anchors(root).append(heads, DAY, NOVEMBER)
    assert audit_of(root, heads).state is State.CLEAN


def test_what_lies_between_packets_is_named(root: Path, packets: list[FolderPacket]) -> None:
    """A stray file, a stray folder, and a folder that only looks like a packet."""
    (root / "harbour" / "notes.txt").write_bytes(b"")
    (root / "Harbour X").mkdir()
    (root / "harbour" / "2026-11" / "not a packet").mkdir()
    audit = audit_of(root, heads_of(packets))
    assert sorted(str(finding.params["file"]) for finding in audit.findings) == [
        "Harbour X",
        "harbour/2026-11/not a packet",
        "harbour/notes.txt",
    ]


def test_an_anchor_betrays_a_packet_rebuilt_with_the_ledger(root: Path, packets: list[FolderPacket]) -> None:
    """Who can write the ledger too still meets the anchor of that day."""
    Anchors(root).append(heads_of(packets), DAY, NOVEMBER)
    shutil.rmtree(root / packets[0].path)
    shutil.rmtree(root / packets[1].path)
    rebuilt = filled(root, "CRM-1-A", 1)
    rebuilt.note("more", {}, "w")
    manifest = root / rebuilt.path / "manifest.jsonl"
    manifest.unlink()
    for file in (root / rebuilt.path).iterdir():
        file.unlink()
    rebuilt = store(root).open_packet("harbour", "CRM-1-A", 1)
    rebuilt.add(picture(9), "w")
    audit = audit_of(root, {rebuilt.path: rebuilt.head, packets[2].path: packets[2].head})
    assert [(finding.code, finding.params["packet"]) for finding in audit.findings] == [
        ("anchor_differs", packets[0].path),
        ("packet_missing", packets[1].path),
    ]


def test_a_packet_that_grew_after_its_anchor_is_clean(root: Path, packets: list[FolderPacket]) -> None:
    """An anchor vouches for the past, not against the future."""
    Anchors(root).append(heads_of(packets), DAY, NOVEMBER)
    packets[0].note("read again", {}, "w")
    assert audit_of(root, heads_of(packets)).state is State.CLEAN


def test_anchors_are_chained(root: Path, packets: list[FolderPacket]) -> None:
    """Each vouches for the one before; the record can be computed by anybody."""
    anchors = Anchors(root)
    first = anchors.append(heads_of(packets[:2]), DAY, NOVEMBER)
    second = anchors.append(heads_of(packets), date(2026, 11, 23), NOVEMBER)
    assert second == anchor(heads_of(packets), first, date(2026, 11, 23), NOVEMBER)
    assert second["prev"] == first["hash"]
    assert (root / "anchors.jsonl").read_bytes() == canonical(first) + b"\n" + canonical(second) + b"\n"


def three_days(root: Path, packets: list[FolderPacket], outside: Path) -> list[bytes]:
    """Anchors of three days, and their lines."""
    for day in (20, 21, 22):
        Anchors(root, outside).append(heads_of(packets), date(2026, 11, day), NOVEMBER)
    return (root / "anchors.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ([0, 2], ["entries_removed", "anchor_copy_differs"]),
        ([1, 0, 2], ["entry_moved", "anchor_copy_differs"]),
        ([0, 1], ["anchors_cut_off"]),
        ([0, 1, 2, 2], ["entry_repeated", "anchor_copy_behind"]),
        ([], ["anchors_cut_off"]),
    ],
)
def test_altered_anchors_are_named(
    root: Path, packets: list[FolderPacket], tmp_path: Path, kept: list[int], found: list[str]
) -> None:
    """Removed, moved and repeated by the chain itself, cut off by the copy outside."""
    lines = three_days(root, packets, tmp_path / "outside")
    (root / "anchors.jsonl").write_bytes(b"".join(lines[place] for place in kept))
    assert codes(audit_of(root, heads_of(packets), tmp_path / "outside")) == found


def test_every_changed_byte_of_an_anchor_is_seen(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """In the store or in the copy, both verifiers see it."""
    three_days(root, packets, tmp_path / "outside")
    for file in (root / "anchors.jsonl", tmp_path / "outside" / "anchors.jsonl"):
        before = file.read_bytes()
        for place in range(0, len(before), 37):
            file.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
            assert audit_of(root, heads_of(packets), tmp_path / "outside").state is State.TAMPERED
        file.write_bytes(before)


def test_a_torn_anchor_is_made_anew(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """A crash while anchoring is no tampering, and the next anchor follows the last whole one."""
    lines = three_days(root, packets, tmp_path / "outside")
    (root / "anchors.jsonl").write_bytes(b"".join(lines) + lines[0][:50])
    assert codes(audit_of(root, heads_of(packets))) == ["manifest_torn"]
    assert Anchors(root, tmp_path / "outside").append(heads_of(packets), DAY, NOVEMBER)["seq"] == 4
    assert audit_of(root, heads_of(packets), tmp_path / "outside").state is State.CLEAN


def test_nothing_is_added_to_altered_anchors(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """A chain that does not hold is left for the auditor."""
    lines = three_days(root, packets, tmp_path / "outside")
    (root / "anchors.jsonl").write_bytes(lines[0] + lines[2])
    with pytest.raises(AnchorsBroken):
        Anchors(root).append(heads_of(packets), DAY, NOVEMBER)


def test_an_anchor_that_could_not_be_copied_is_copied_later(
    root: Path, packets: list[FolderPacket], tmp_path: Path
) -> None:
    """A share that is down costs nothing but the alarm."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"a file where the folder should be")
    with pytest.raises(AnchorNotDelivered):
        Anchors(root, outside).append(heads_of(packets), DAY, NOVEMBER)
    outside.unlink()
    outside.mkdir()
    assert codes(audit_of(root, heads_of(packets), outside)) == ["anchor_copy_behind"]
    Anchors(root, outside).append(heads_of(packets), DAY, NOVEMBER)
    assert audit_of(root, heads_of(packets), outside).state is State.CLEAN


def test_a_copy_that_differs_is_left_alone(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """What was delivered outside is never overwritten by what is altered here."""
    lines = three_days(root, packets, tmp_path / "outside")
    altered = tmp_path / "outside" / "anchors.jsonl"
    altered.write_bytes(lines[0] + lines[2])
    Anchors(root, tmp_path / "outside").append(heads_of(packets), DAY, NOVEMBER)
    assert altered.read_bytes() == lines[0] + lines[2]
    assert codes(audit_of(root, heads_of(packets), tmp_path / "outside")) == ["anchor_copy_differs"]


def alone(*arguments: str | Path) -> tuple[int, str]:
    """The stand-alone verifier in a Python without any package."""
    command = [sys.executable, "-I", "-S", str(STANDALONE), *map(str, arguments)]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return ended.returncode, ended.stdout.decode("utf-8")


def test_an_auditor_needs_one_file_and_python(root: Path, packets: list[FolderPacket], tmp_path: Path) -> None:
    """Exit code 0 and 1, the file's name in English and Chinese, and the same JSON as the product."""
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps(heads_of(packets)), encoding="utf-8")
    assert alone(root, "--heads", heads) == (0, "".join(f"{p.path}: clean\n" for p in packets) + "3 packets: clean\n")
    (root / packets[0].path / "0003-answer.png").unlink()
    code, told = alone(root, "--heads", heads, "--json")
    assert code == 1
    assert json.loads(told) == audit_of(root, heads_of(packets)).record()
    assert alone(root / packets[0].path, "--head", packets[0].head, "--zh") == (
        1,
        "CRM-1-A-1: tampered\n  0003-answer.png（第 3 条）被删除。\n",
    )
    assert alone(tmp_path / "nowhere")[0] == 2
