"""Who is at work here, and does a worker that was at work on this machine still live?

A worker's name says host, process and two marks: of the machine's present run (with its process numbers, of which each
container has its own) and of the moment the process began, so that a number that was given away again deceives nobody.
"""

import hashlib
import os
import re
import socket
import sys
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

NAME = re.compile(r"(?P<host>.+):(?P<pid>\d+):(?P<run>\w+)\.(?P<began>\w+)\.\w+")
BOOT = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")
START_TIME = 19  # behind the name; https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html


def name_worker() -> str:
    """A name for one who works in this process; no other one is called so."""
    pid = os.getpid()
    began = _began(pid)
    return f"{socket.gethostname()}:{pid}:{_this_run()}.{began}.{uuid.uuid4().hex[:4]}"


def may_live(worker: str) -> bool:
    """False only where the worker's process is known to be gone: it ran on this machine, since it was last started.

    Whatever was put before the name with an "@" is not looked at.
    """
    place = _place(worker)
    return place is None or _lives(*place)


def was_here(worker: str) -> bool:
    """Whether the worker ran on this machine since it was last started, so that `may_live` is the truth."""
    return _place(worker) is not None


def _place(worker: str) -> tuple[int, str] | None:
    """The process number and the mark of its beginning, where they mean something here."""
    found = NAME.fullmatch(worker.rpartition("@")[2])
    if found is None or (found["host"], found["run"]) != (socket.gethostname(), _this_run()):
        return None
    return int(found["pid"]), found["began"]


def _lives(pid: int, began: str) -> bool:
    if not psutil.pid_exists(pid):
        return False
    with suppress(psutil.Error, OSError):  # a process that we may not look at may be the one
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE and _began(pid) == began
    return True


def _began(pid: int) -> str:
    """The mark of the moment; on Linux in ticks since the machine was started, which no change of its clock moves."""
    if sys.platform == "linux":
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        return _mark(after_name.split()[START_TIME])[:4]
    return _mark(f"{psutil.Process(pid).create_time():.2f}")[:4]


@cache
def _this_run() -> str:
    """The mark of what shares its process numbers with us."""
    facts = [hex(uuid.getnode())]
    if sys.platform == "linux":
        with suppress(OSError):
            facts = [BOOT.read_text(encoding="ascii"), str(NAMESPACE.readlink())]
    return _mark(" ".join(facts))[:6]


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
