"""How was this Harbour installed? Its settings, fixed at start."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Options:
    """One installation; `encoding` is that of pages and forms, `idle_seconds` ends an unused session.

    `vat_percent` is charged on every order that is saved.
    """

    database: Path
    release: str = "7.2"
    encoding: str = "cp1252"
    idle_seconds: float = 900.0
    control_key: str = ""
    vat_percent: Decimal = Decimal(0)
    access_log: Path | None = None

    @property
    def charset(self) -> str:
        """The charset as browsers call it."""
        return "windows-1252" if self.encoding == "cp1252" else self.encoding
