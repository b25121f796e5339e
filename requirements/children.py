"""How the bootstrap runs other programs: seen, limited in time, and taken along when it is stopped."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


def stop(child: subprocess.Popen[Any], how: str, *, family: bool) -> None:
    """Send a child (with `family` all its own children too) SIGINT, SIGTERM or SIGKILL; Windows knows only one end."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(child.pid)], capture_output=True, check=False)
        return
    try:
        (os.killpg if family else os.kill)(child.pid, getattr(signal, how))
    except ProcessLookupError:
        return


@contextmanager
def kept(child: subprocess.Popen[Any], *, family: bool) -> Iterator[None]:
    """Take the child along when we are stopped, asking before forcing.

    Ctrl-C reaches a child on our terminal by itself; a family of its own and our own SIGTERM we pass on.
    """

    def pass_on(number: int, frame: object) -> NoReturn:
        del number, frame
        stop(child, "SIGINT", family=family)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield
    except KeyboardInterrupt:
        if family:
            stop(child, "SIGINT", family=True)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        for how in ("SIGTERM", "SIGKILL"):
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                stop(child, how, family=family)
        child.wait()


def run(command: Sequence[str | Path], environ: Mapping[str, str], folder: Path) -> int:
    """Run a child in a folder, on this terminal, and give its exit code."""
    child = subprocess.Popen([str(part) for part in command], cwd=folder, env=dict(environ))
    with kept(child, family=False):
        return child.wait()


def watch(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    folder: Path,
    log: Path,
    hear: Callable[[str | None], None],
    *,
    silence: float,
) -> int:
    """Run a child with its words going to the log and to `hear` (None each half second); give its exit code.

    A child that says nothing for `silence` seconds is ended with its family: a download without internet must not hang.
    """
    words = [str(part) for part in command]
    with log.open("a", encoding="utf-8") as written:
        written.write(f"$ {' '.join(words)}\n")
        child = subprocess.Popen(
            words,
            cwd=folder,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            close_fds=False,  # it keeps the folder's lock for as long as it lives, even when we are killed
        )
        with kept(child, family=True):
            heard = time.monotonic()
            for line in spoken(child):
                hear(line)
                if line:
                    heard = time.monotonic()
                    written.write(line)
                elif time.monotonic() - heard > silence:
                    stop(child, "SIGKILL", family=True)
        return child.returncode


def spoken(child: subprocess.Popen[str]) -> Iterator[str | None]:
    """Give the child's lines as they come, None when it was quiet for half a second, until it has ended."""
    lines: queue.Queue[str] = queue.Queue()

    def listen(out: IO[str]) -> None:
        with out:
            for line in out:
                lines.put(line)

    threading.Thread(target=listen, args=[child.stdout], daemon=True).start()
    while True:
        ended = child.poll() is not None
        try:
            yield lines.get(timeout=0.5)
        except queue.Empty:
            if ended:
                return
            yield None


@contextmanager
def alone(file: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Let one bootstrap at a time work in this folder; `waiting` is called when another has the lock.

    The system frees the lock however we end, once our children have ended too.
    """
    file.parent.mkdir(exist_ok=True)
    with file.open("a+b") as lock:
        os.set_inheritable(lock.fileno(), True)
        if not locked(lock):
            waiting()
            while not locked(lock):
                time.sleep(0.5)
        yield


def locked(lock: IO[bytes]) -> bool:
    """Take the lock if it is free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
