"""Where a test server's files lie and who owns them: PostgreSQL refuses to run as root, whatever the tests run as."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534
"""The user the servers run as when the tests run as root; it exists on every Debian."""
LONGEST_ROOM = 80
"""Characters of a folder name that still leave room for a Unix socket in it (the kernel allows 107)."""


def as_other_user() -> list[str]:
    """The command prefix that gives up root; without root it changes nothing."""
    if os.geteuid() != 0:
        return ["setpriv"]
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def give_to_nobody(folder: Path) -> None:
    """PostgreSQL insists on owning its folder, and the program writes into its own."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(folder)], check=True)


@contextlib.contextmanager
def room_in(folder: Path) -> Iterator[Path]:
    """A place that the servers' user can enter and whose name is short enough for a socket: in `folder` if it can be.

    Folders that pytest makes for root are closed to everybody else; then the room is one of its own below /tmp.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parent = folder.resolve() if fits(folder.resolve()) else Path("/tmp")
    with tempfile.TemporaryDirectory(prefix="sql-ledger-", dir=parent, ignore_cleanup_errors=True) as name:
        room = Path(name)
        room.chmod(0o755)
        give_to_nobody(room)
        yield room


def fits(folder: Path) -> bool:
    """Whether a folder's name is short enough and nobody is kept out of it."""
    open_to_all = all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))
    return len(str(folder)) < LONGEST_ROOM and (open_to_all or os.geteuid() != 0)
