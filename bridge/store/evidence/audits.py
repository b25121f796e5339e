"""Is all evidence of a store still there and as it was written?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.store.evidence.anchors import anchor_findings, anchored
from bridge.store.evidence.chains import GENESIS
from bridge.store.evidence.findings import Finding, State, found, state_of
from bridge.store.evidence.folders import packet_folders
from bridge.store.evidence.names import ANCHORS, ERP, MONTH, SAMPLE
from bridge.store.evidence.verifications import Verdict, verify_packet

_OWN = {ANCHORS, "README.md", ".gitignore", SAMPLE}


@dataclass(frozen=True)
class Audit:
    """The verdicts of all packets, and what was found of the store around them."""

    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """The worst of all findings."""
        return state_of((*self.findings, *(finding for verdict in self.verdicts for finding in verdict.findings)))

    def record(self) -> dict[str, object]:
        """The audit as JSON."""
        packets = [verdict.record() for verdict in self.verdicts]
        return {"state": str(self.state), "findings": [each.record() for each in self.findings], "packets": packets}


def verify_all(root: Path, heads: Mapping[str, str] | None = None, outside: Path | None = None) -> Audit:
    """Verify every packet of a store, and its anchors.

    `heads` maps the path of each packet to the head the ledger knows; without it no packet can be said to be missing
    or unknown, but by the anchors. `outside` is the folder the anchors are copied to.
    """
    verdicts = {verdict.packet: verdict for verdict in _verdicts(root, heads)}
    findings = [*_strangers(root), *anchor_findings(root, outside), *_anchor_differences(root, verdicts)]
    known = {packet for _, packet, _ in anchored(root)} | set(heads or {})
    findings += [found("packet_missing", packet=packet) for packet in sorted(known - set(verdicts))]
    return Audit(tuple(verdicts.values()), tuple(findings))


def _verdicts(root: Path, heads: Mapping[str, str] | None) -> Iterator[Verdict]:
    for folder in packet_folders(root):
        packet = folder.relative_to(root).as_posix()
        verdict = verify_packet(folder, (heads or {}).get(packet), packet)
        if heads is not None and packet not in heads:
            code = "packet_unnoted" if verdict.entries <= 1 else "packet_unknown"
            verdict = Verdict(packet, (*verdict.findings, found(code)), verdict.entries, verdict.head, verdict.chain)
        yield verdict


def _anchor_differences(root: Path, verdicts: Mapping[str, Verdict]) -> Iterator[Finding]:
    for day, packet, head in anchored(root):
        if packet in verdicts and head not in {GENESIS, *verdicts[packet].chain}:
            yield found("anchor_differs", day=day, packet=packet)


def _strangers(root: Path) -> Iterator[Finding]:
    """What lies between the packets and belongs to none."""
    packets = set(packet_folders(root))
    for path in _walk(root, 3):
        name = path.relative_to(root).as_posix()
        if path not in packets and name not in _OWN:
            yield found("file_foreign", file=name.encode("utf-8", "backslashreplace").decode())


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Everything at the depth of packets, and whatever stands where a folder above them should be."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        pattern = {3: ERP, 2: MONTH}.get(depth)
        above = pattern is not None and pattern.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
        if above and path.name != SAMPLE:
            yield from _walk(path, depth - 1)
        else:
            yield path
