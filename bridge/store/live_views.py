"""What does a seat show at this moment? What it keeps while somebody looks on; see bots.drivers.live_frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.model.pictures import PICTURE_FORMATS
from bridge.store.evidence.names import erp_folder, word_of


@dataclass(frozen=True)
class LiveView:
    """One frame, masked as evidence is; `changed_at` is when the surface last came to look so."""

    content: bytes
    format: str
    changed_at: datetime


class LiveViews:
    """The frames of all seats of this machine, in a folder that only its user reads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def name(self, erp: str, user: str) -> Path:
        """Beside which a seat writes its frames."""
        return self._folder / f"{erp_folder(erp)}-{word_of(user)}"

    def want(self, erp: str, user: str) -> None:
        """Look on for the next seconds: its seat takes frames as long as this is said again and again."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = self.name(erp, user)
        name.with_name(f"{name.name}.wanted").touch()

    def latest(self, erp: str, user: str) -> LiveView | None:
        """The newest frame; None where the seat shows nothing, or nobody has looked on yet."""
        return max(self._frames(self.name(erp, user)), key=lambda frame: frame.changed_at, default=None)

    def _frames(self, name: Path) -> Iterator[LiveView]:
        for each in PICTURE_FORMATS:
            file = name.with_name(f"{name.name}.{each}")
            try:
                content, changed = file.read_bytes(), file.stat().st_mtime
            except OSError:  # it is not there, or is just being replaced
                continue
            yield LiveView(content, each, datetime.fromtimestamp(changed, UTC))
