"""Where do the programs that we are measured beside live? Each in an environment of its own, and we need none."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "frames": ("polars", "duckdb", "psutil"),
    "datacompy": ("datacompy", "psutil"),  # alone, since it wants an older pandas and an older polars
}
ASKED = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"


def python_of(environment: str, folder: Path) -> str:
    """The interpreter of an environment, which is made in the folder where it is not there yet; "" is our own."""
    if not environment:
        return sys.executable
    place = folder / environment
    found = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = place / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(found), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[environment]], check=True)
        ready.write_text("", encoding="utf-8")
    return str(found)


def versions(python: str, packages: tuple[str, ...]) -> str:
    """Which versions of these an environment has."""
    return subprocess.run([python, "-c", ASKED, *packages], check=True, capture_output=True, text=True).stdout.strip()
