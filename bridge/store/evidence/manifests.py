"""What does a packet's manifest say, entry by entry?

Four kinds of entries: a `picture`, a `note` without one, `torn` (what a crash left, set aside) and a `purge`
(the tombstone of pictures removed by rule).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge.model.pictures import PICTURE_FORMATS
from bridge.ports import Picture
from bridge.store.evidence import chains
from bridge.store.evidence.chains import Reading, Record, is_count, is_text
from bridge.store.evidence.names import FILE


@dataclass(frozen=True)
class NamedFile:
    """A file an entry vouches for."""

    file: str
    sha256: str
    size: int

    def record(self) -> Record:
        """The file as it stands in a manifest."""
        return {"file": self.file, "sha256": self.sha256, "size": self.size}


def picture_entry(picture: Picture, file: NamedFile, beside: Iterable[NamedFile] = ()) -> Record:
    """What is kept of a picture beside its pixels, and which files lie beside it."""
    others = [each.record() for each in beside]
    return {
        "kind": "picture",
        "at": instant(picture.taken_at),
        "step": picture.step,
        "screen": picture.screen,
        "width": picture.width,
        "height": picture.height,
        "targets": {name: [p.left, p.top, p.width, p.height] for name, p in picture.targets.items()},
        "masked": list(picture.masked),
        **file.record(),
        **({"beside": others} if others else {}),
    }


def note_entry(at: datetime, step: str, facts: Mapping[str, str]) -> Record:
    """A step that has no picture."""
    return {"kind": "note", "at": instant(at), "step": step, "facts": {str(k): str(v) for k, v in facts.items()}}


def torn_entry(at: datetime, aside: Iterable[NamedFile]) -> Record:
    """What a crash left behind, set aside when the packet was opened again."""
    return {"kind": "torn", "at": instant(at), "step": "torn", "aside": [file.record() for file in aside]}


def purge_entry(at: datetime, files: Iterable[str], before: datetime, rule: str) -> Record:
    """The tombstone of files that are removed by rule."""
    removed = {"purged": list(files), "before": instant(before), "rule": rule}
    return {"kind": "purge", "at": instant(at), "step": "purge", **removed}


def instant(moment: datetime) -> str:
    """A moment in UTC as ISO 8601 text that sorts as time does; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(moment)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_manifest(content: bytes) -> Reading:
    """The chain of a manifest's content."""
    return chains.reading(content, _well_formed)


def files_of(record: Record) -> Iterator[NamedFile]:
    """The files an entry vouches for."""
    named = [record, *record.get("beside", [])] if record["kind"] == "picture" else record.get("aside", [])
    yield from (NamedFile(each["file"], each["sha256"], each["size"]) for each in named)


def purged_in(record: Record) -> list[str]:
    """The files a tombstone names."""
    return list(record["purged"]) if record["kind"] == "purge" else []


def _well_formed(record: Record) -> bool:
    common = chains.is_ours(record) and all(is_text(record.get(key)) for key in ("at", "packet", "step", "worker"))
    kind = record.get("kind")
    return common and is_text(kind) and kind in _KINDS and _KINDS[kind](record)


def _is_picture(record: Record) -> bool:
    measures = all(is_count(record.get(key)) for key in ("width", "height")) and _are_files(record.get("beside", []))
    return _is_file(record) and measures and str(record["file"]).endswith(tuple(f".{each}" for each in PICTURE_FORMATS))


def _is_note(record: Record) -> bool:
    return isinstance(record.get("facts"), dict) and not _names_files(record)


def _is_torn(record: Record) -> bool:
    return _are_files(record.get("aside"))


def _are_files(named: object) -> bool:
    return isinstance(named, list) and all(isinstance(each, dict) and _is_file(each) for each in named)


def _is_purge(record: Record) -> bool:
    purged = record.get("purged")
    return isinstance(purged, list) and all(is_text(each) for each in purged) and not _names_files(record)


def _is_file(record: Record) -> bool:
    texts = all(is_text(record.get(key)) for key in ("file", "sha256"))
    return texts and is_count(record.get("size")) and FILE.fullmatch(record["file"]) is not None


def _names_files(record: Record) -> bool:
    return "file" in record or "aside" in record


_KINDS: dict[str, Callable[[Record], bool]] = {
    "picture": _is_picture,
    "note": _is_note,
    "torn": _is_torn,
    "purge": _is_purge,
}
