"""How does a report reach the disk so that a reader finds the old one or the new one, never half of one?"""

import errno
import hashlib
import os
from pathlib import Path

from bridge.errors import RequestRefused, StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FileUnwritable(RequestRefused):
    """{path} cannot be written: {why} (a workbook that is open in Excel must be closed first)."""


def write_part(path: Path, content: bytes) -> Path:
    """Write the content durably beside the path; where it lies. Raises StorageFull or FileUnwritable."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from error
    return part


def sha256_of(path: Path) -> str:
    """The file's hash; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_in_place(part: Path, path: Path) -> None:
    """Let what was written take the path's place at once; raises FileUnwritable."""
    try:
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> StorageFull | FileUnwritable:
    """Why the path could not be written."""
    if error.errno in _FULL:
        return StorageFull(what=str(path))
    return FileUnwritable(path=str(path), why=error.strerror or str(error))
