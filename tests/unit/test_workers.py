"""Is a worker taken for dead only where its process is known to be gone?"""

import os
import socket
import subprocess
import sys

import pytest

from bridge.engine.workers import may_live, name_worker

NAME = "from bridge.engine.workers import name_worker; print(name_worker(), flush=True); input()"


def test_two_workers_of_one_process_have_two_names() -> None:
    """The name says host and process, and no other worker has it."""
    first, second = name_worker(), name_worker()
    assert first != second
    assert first.startswith(f"{socket.gethostname()}:{os.getpid()}:")


def test_we_live() -> None:
    """Whoever works in this process lives, whatever their part is called."""
    assert may_live(name_worker())
    assert may_live(f"job:post_orders@{name_worker()}")


def test_a_worker_whose_process_is_gone_is_dead() -> None:
    """A process of this machine lives until it ends; one that nobody asked for yet is dead as well."""
    with subprocess.Popen(
        [sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert may_live(name)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT) if sys.platform != "win32" else process.wait()
        assert not may_live(name)
        assert not may_live(f"job:post_orders@{name}")
        process.wait()
        assert not may_live(name)


def test_a_process_number_that_was_given_away_again_deceives_nobody() -> None:
    """The same number with another beginning is another process, so the worker is dead."""
    head, began, own = name_worker().rsplit(".", 2)
    other = "0000" if began != "0000" else "1111"
    assert not may_live(f"{head}.{other}.{own}")


@pytest.mark.parametrize(
    "name",
    [
        "elsewhere:1:abcdef.0123.4567",
        f"{socket.gethostname()}:999999999:ffffff.0123.4567",
        f"{socket.gethostname()}:999999999:a1b2c3",
        "host-1/17",
        "",
    ],
)
def test_what_cannot_be_known_may_live(name: str) -> None:
    """A worker of another host, of another run or container of this one, or of another naming is left to its lease."""
    assert may_live(name)
