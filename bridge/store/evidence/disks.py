"""How does a file reach the disk so that a crash leaves it whole, absent, or recognisably torn?"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.errors import ApplicationError, StorageFull

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_ON_WINDOWS = {39, 112, 1295}  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED
_LOCKED_BYTE = 0x7FFF_FFFF  # far behind any content: Windows bars the locked bytes from being read


class EvidenceNotKept(ApplicationError):
    """The evidence could not be stored in {path}: {why}"""


class Disk:
    """The few steps by which evidence reaches a disk; each is durable when it returns.

    All raise StorageFull where no space is left and EvidenceNotKept for any other fault of the disk.
    """

    def keep(self, path: Path, content: bytes) -> None:
        """Store a file whole or not at all."""
        part = path.with_name(path.name + ".part")
        with _faults_of(path):
            self.folder(path.parent)
            try:
                with part.open("wb", buffering=0) as file:
                    self._write(file.fileno(), content)
                    self._sync(file.fileno())
                self._replace(part, path)
                self._sync_folder(path.parent)
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise

    def append(self, path: Path, content: bytes) -> None:
        """Add to a file's end; what a fault left of the addition is taken back."""
        with _faults_of(path), path.open("ab", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            try:
                self._write(file.fileno(), content)
                self._sync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise

    def cut(self, path: Path, size: int) -> None:
        """Shorten a file to so many bytes."""
        with _faults_of(path), path.open("r+b", buffering=0) as file:
            self._truncate(file.fileno(), size)
            self._sync(file.fileno())

    def remove(self, path: Path) -> None:
        """Remove a file; one that is gone already is no fault."""
        with _faults_of(path):
            self._unlink(path)
            self._sync_folder(path.parent)

    def folder(self, path: Path) -> None:
        """Make a folder, and the folders above it, and see that their names are on the disk."""
        missing = [folder for folder in (path, *path.parents) if not folder.is_dir()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._sync_folder(folder.parent)

    @contextmanager
    def alone(self, path: Path) -> Iterator[None]:
        """Hold a file, made where it is missing, against all other writers of this machine or share."""
        with _faults_of(path):
            self.folder(path.parent)
            new = not path.exists()
            file = path.open("ab")
        with file:
            with _faults_of(path):
                _lock(file.fileno())
                if new:
                    self._sync_folder(path.parent)
            try:
                yield
            finally:
                _unlock(file.fileno())

    def _write(self, descriptor: int, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def _sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def _replace(self, old: Path, new: Path) -> None:
        old.replace(new)

    def _truncate(self, descriptor: int, size: int) -> None:
        os.truncate(descriptor, size)

    def _unlink(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def _sync_folder(self, path: Path) -> None:
        if sys.platform != "win32":  # NTFS journals names itself and offers no handle to sync
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL or getattr(fault, "winerror", None) in _FULL_ON_WINDOWS:
            raise StorageFull(what=str(path)) from fault
        raise EvidenceNotKept(path=str(path), why=fault.strerror or str(fault)) from fault


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        while True:
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError as fault:
                if fault.errno != errno.EDEADLK:  # it gives up after ten seconds; a writer's turn may be longer
                    raise
            else:
                return

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
