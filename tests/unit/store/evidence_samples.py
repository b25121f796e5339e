"""Packets to look at: pictures, a clock, a filled packet, and both verifiers asked at once."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image

from bridge.ports import Picture, Rectangle
from bridge.store.evidence.audits import Audit, verify_all
from bridge.store.evidence.disks import Disk
from bridge.store.evidence.folders import FolderEvidence
from bridge.store.evidence.packets import FolderPacket
from bridge.store.evidence.verifications import Verdict, verify_packet

STANDALONE = Path(__file__).parents[3] / "docs" / "verify_evidence.py"
REFERENCE = "CRM-100045-K"
NOVEMBER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class StandingClock:
    """A clock that moves when it is told to."""

    at: datetime = NOVEMBER

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def elapsed(self) -> float:
        """Seconds since some moment, by the same clock."""
        return self.at.timestamp()

    def wait(self, seconds: float) -> None:
        """Move on."""
        self.at += timedelta(seconds=seconds)


@cache
def pixels(number: int, encoding: str = "webp") -> bytes:
    """A small picture that no other number has."""
    image = Image.new("RGB", (6, 4), (number % 256, 20, 30))
    image.putpixel((1, 1), (250, 250, number // 256))
    content = BytesIO()
    image.save(content, encoding.upper(), **({"lossless": True} if encoding == "webp" else {}))
    return content.getvalue()


def picture(number: int = 1, step: str = "filled", at: datetime = NOVEMBER, encoding: str = "webp") -> Picture:
    """A picture as a driver hands it over."""
    content = pixels(number, encoding)
    targets = {"customer": Rectangle(1, 1, 2, 1)}
    return Picture(step, "order_entry", at, lambda: content, encoding, 6, 4, targets, masked=("password",))


def store(root: Path, clock: StandingClock | None = None, disk: Disk | None = None) -> FolderEvidence:
    """A store in a folder."""
    return FolderEvidence(root, clock or StandingClock(), disk)


def filled(root: Path, reference: str = REFERENCE, attempt: int = 1) -> FolderPacket:
    """A packet of three pictures and a note."""
    packet = store(root).open_packet("harbour", reference, attempt)
    packet.add(picture(1, "filled"), "harbour-1")
    packet.note("saved", {"answer": "已保存 SO-7"}, "harbour-1")
    packet.add(picture(2, "answer", encoding="png"), "harbour-1")
    packet.add(picture(3, "verified"), "harbour-1")
    return packet


@cache
def standalone() -> ModuleType:
    """The auditor's verifier, loaded from its one file."""
    spec = importlib.util.spec_from_file_location("verify_evidence", STANDALONE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verdict_of(folder: Path, head: str | None = None, packet: str | None = None) -> Verdict:
    """The product's verdict, after the stand-alone verifier gave the same one."""
    verdict = verify_packet(folder, head, packet)
    auditor = standalone()
    theirs = auditor.told_of_packet(auditor.Packet(folder, head, packet))
    assert _sorted(theirs) == _sorted(verdict.record())
    return verdict


def audit_of(root: Path, heads: Mapping[str, str] | None = None, outside: Path | None = None) -> Audit:
    """The product's audit of a store, after the stand-alone verifier gave the same one."""
    audit = verify_all(root, heads, outside)
    theirs = standalone().verify_store(root, dict(heads) if heads is not None else None, outside)
    assert _sorted(theirs) == _sorted(audit.record())
    return audit


def codes(verdict: Verdict | Audit) -> list[str]:
    """The codes of all findings, in order."""
    return [finding.code for finding in verdict.findings]


def _sorted(report: Mapping[str, Any]) -> dict[str, Any]:
    told = json.loads(json.dumps(report))
    told["findings"].sort(key=json.dumps)
    told["packets"] = [_sorted(packet) for packet in told.get("packets", [])]
    return dict(told)
