"""How is one ERP's surface worked on this machine: by which browser, on how large a desktop, in which terminal?"""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Surface(BaseModel):
    """Seconds to wait for anything, and those for the answer to Save."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout: float = Field(default=30.0, gt=0)
    save_timeout: float = Field(default=120.0, gt=0)

    def options(self) -> dict[str, Any]:
        """What a driver is to know."""
        return self.model_dump()


class BrowserSettings(_Surface):
    """The web surface of one ERP."""

    browser: Path | None = None
    width: int = Field(default=1280, ge=640)
    height: int = Field(default=900, ge=480)
    language: str = "en-GB"
    trust_any_certificate: bool = False
    proxy: str = ""
    basic_auth_user: str = ""

    def options(self) -> dict[str, Any]:
        """What a driver is to know; the user of the web server comes with a password."""
        return self.model_dump(exclude={"basic_auth_user"})


class DesktopSettings(_Surface):
    """The desktop surface of one ERP; on Windows its size is that of the session.

    `base` is what the addresses begin with that its program opens by itself, such as `tryton://erp.example/books`.
    Without `labels` no text is read from pictures: an update that gives a field other keys is not noticed by its label.
    """

    width: int = Field(default=1280, ge=640)
    height: int = Field(default=800, ge=480)
    base: str = ""
    labels: bool = True


class TerminalSettings(_Surface):
    """The terminal surface of one ERP: as which terminal, and by which key the host proves that it is the right one.

    `quiet` is for how many seconds nothing may come before a screen counts as painted.
    """

    terminal: str = "xterm"
    quiet: float = Field(default=0.03, gt=0)
    host_key: str = ""
    known_hosts: Path | None = None
