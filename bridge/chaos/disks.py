"""How does a disk get full without anybody's own being filled? A small one in memory, and ballast on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

MEGABYTES = 96
CHUNK = bytes(65536)
_ballasts = count(1)


def small_disks() -> bool:
    """Whether we may mount a small disk here."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """The folder is a disk of its own while inside, in memory, that is soon full; what was on it stays."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], check=True)
    try:
        yield
        kept = shutil.copytree(folder, folder.with_name(f"{folder.name}-kept"))
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    shutil.rmtree(kept)


def fill(folder: Path) -> Path:
    """Leave not one byte free on the disk of this folder; the ballast that takes it."""
    ballast = folder / f"ballast-{next(_ballasts)}"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(CHUNK):
            pass
    return ballast


def throw_off(folder: Path) -> None:
    """Take all ballast out of the folder."""
    for ballast in folder.glob("ballast-*"):
        ballast.unlink(missing_ok=True)
