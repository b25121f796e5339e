"""Where the bootstrap works: one folder, its `.venv`, its log and its locks."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from requirements.plans import LEVELS


@dataclass(frozen=True)
class Places:
    """All places, from the project's folder."""

    root: Path

    @property
    def venv(self) -> Path:
        """The folder the packages are installed into."""
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        """Where the virtual environment keeps its commands."""
        return self.venv / ("Scripts" if sys.platform == "win32" else "bin")

    @property
    def python(self) -> Path:
        """The Python that runs the product."""
        return self.scripts / ("python.exe" if sys.platform == "win32" else "python")

    @property
    def packages(self) -> Path:
        """Where a `.venv` of the running Python keeps its packages."""
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        inside = Path("Lib") if sys.platform == "win32" else Path("lib") / version
        return self.venv / inside / "site-packages"

    @property
    def stamp(self) -> Path:
        """Says what a finished `.venv` holds."""
        return self.venv / "erpbridge-stamp.json"

    @property
    def making(self) -> Path:
        """Lies in a `.venv` only while it is being changed."""
        return self.venv / "erpbridge-making"

    @property
    def browser(self) -> Path:
        """Where `bots.drivers.browsers` remembers the browser that started."""
        return self.venv / "erpbridge-browser.txt"

    @property
    def cache(self) -> Path:
        """What may be deleted at any time: the log, the bootstrap's lock, the locking tool."""
        return self.root / ".cache"

    @property
    def log(self) -> Path:
        """Every word of the programs that were run for the last steps."""
        return self.cache / "bootstrap.log"

    @property
    def locks(self) -> dict[str, Path]:
        """The locked packages of each level."""
        return {level: self.root / "requirements" / f"{level}.txt" for level in LEVELS}

    @property
    def build_lock(self) -> Path:
        """The locked packages that must be there before the others can be built."""
        return self.root / "requirements" / "build.txt"


HERE = Places(Path(__file__).resolve().parent.parent)
