"""How was this Juniper installed? Its settings, fixed at start."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ENCODINGS = ("utf-8", "gb18030", "gbk")
LANGUAGES = ("en", "zh")
RELEASES = ("4.1", "4.2")


@dataclass(frozen=True, kw_only=True)
class Options:
    """One installation.

    `encoding` is that of the line and the books, `host_seconds` the least time the host works on a key,
    `type_ahead` keeps what is typed meanwhile, `vat_percent` is charged on every order that is saved,
    `system_user` opens the ssh door.
    """

    database: Path
    encoding: str = "utf-8"
    language: str = "en"
    release: str = "4.1"
    control_key: str = ""
    type_ahead: bool = False
    host_seconds: float = 0.02
    vat_percent: Decimal = Decimal(0)
    system_user: str = "erp"
    system_password: str = "juniper"  # noqa: S105 - a toy, whose README tells it

    @property
    def host_key(self) -> Path:
        """Where the ssh host key is kept: beside the database."""
        return self.database.with_suffix(".hostkey")
