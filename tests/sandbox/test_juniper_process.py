"""Doubts Juniper as a process: ready line, doors, seeds, its books over a restart, its end, and its console."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import pytest

from sandbox.juniper.__main__ import main
from tests.sandbox.juniper_clerks import KEYS, Glass, juniper

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither SIGTERM nor ptys")


@contextmanager
def started(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A Juniper of its own and what its ready line says."""
    command = [sys.executable, "-m", "sandbox.juniper", "--until-stdin-closes", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())


def test_it_serves_until_standard_input_closes(tmp_path: Path) -> None:
    """One line tells both doors, the host key and the process; the parent's end is its end."""
    books = str(tmp_path / "j.db")
    with started("--database", books, "--control-key", "k", "--language", "zh", "--encoding", "gbk") as (
        process,
        ready,
    ):
        assert (ready["pid"], ready["ssh"]["host"]) == (process.pid, "127.0.0.1")
        assert ready["host_key"].startswith("ssh-ed25519 AAAA")
        with httpx.Client(verify=False, trust_env=False) as client:
            told = client.get(f"{ready['url']}/control/health", headers={"X-Control-Key": "k"}).json()
        assert (told["status"], told["encoding"], told["language"], told["release"]) == ("ok", "gbk", "zh", "4.1")
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=10) == 0
        assert process.stdout
        assert process.stdout.read() == ""


@POSIX
def test_it_ends_cleanly_on_a_request_to_terminate(tmp_path: Path) -> None:
    """SIGTERM is obeyed with exit code 0."""
    with started("--database", str(tmp_path / "j.db")) as (process, _):
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_an_unknown_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit):
        main(["--database", str(tmp_path / "j.db"), "--release", "9"])
    assert "invalid choice" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_books_and_host_key_survive_a_restart(tmp_path: Path) -> None:
    """Numbers go on, seeds do not overwrite, whoever pinned the key still comes in, and no session is left."""
    with juniper(tmp_path) as erp:
        first = erp.address.host_key
        erp.clerk("BOT1").saved()
        erp.control("customers", [{"code": "C1001", "name": "Renamed"}])
    with juniper(tmp_path) as erp:
        assert erp.address.host_key == first
        assert erp.rows("SELECT * FROM sessions WHERE ended = ''") == []
        assert erp.clerk("BOT1").saved() == "Order 10002 saved"
        assert erp.rows("SELECT name FROM customers WHERE code = 'C1001'") == [{"name": "Renamed"}]


def test_only_the_system_user_comes_in(tmp_path: Path) -> None:
    """A wrong password ends at the door of ssh."""
    with juniper(tmp_path) as erp:

        async def enter(user: str, password: str) -> None:
            async with asyncssh.connect(
                "127.0.0.1",
                erp.address.port,
                username=user,
                password=password,
                known_hosts=None,
                config=None,
                client_keys=None,
                agent_path=None,
            ):
                pass

        erp.run(enter("erp", "juniper"))
        for user, password in (("erp", "wrong"), ("root", "juniper")):
            with pytest.raises(asyncssh.PermissionDenied):
                erp.run(enter(user, password))


def test_a_terminal_that_is_too_small_is_refused(tmp_path: Path) -> None:
    """24 rows of 80 are needed."""
    with juniper(tmp_path) as erp, pytest.raises(asyncssh.ChannelOpenError):
        erp.clerk(size=(79, 24))


def test_the_console_needs_a_pty(tmp_path: Path) -> None:
    """It says so and ends with 2."""
    command = [sys.executable, "-m", "sandbox.juniper.console", "--database", str(tmp_path / "j.db")]
    ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (ended.returncode, "needs a pty" in ended.stderr) == (2, True)


@contextmanager
def console(folder: Path) -> Iterator[tuple[Glass, Callable[..., None], "subprocess.Popen[bytes]"]]:
    """The console on a pty: what it shows, how to type, and its process."""
    if sys.platform == "win32":
        raise OSError("there are no ptys here")
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sandbox.juniper.console", "--database", str(folder / "juniper.db")]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        glass = Glass("utf-8")
        reading = threading.Thread(target=_read, args=(ours, glass))
        reading.start()

        def send(*keys: str) -> None:
            os.write(ours, "".join(KEYS.get(key, key) for key in keys).encode())

        try:
            yield glass, send, process
        finally:
            process.terminate()
            reading.join()
            os.close(ours)


def _read(pty: int, glass: Glass) -> None:
    while True:
        try:
            data = os.read(pty, 4096)
        except OSError:  # the other side is closed
            data = b""
        if not data:
            glass.close()
            return
        glass.feed(data)


@POSIX
def test_the_console_shows_the_same_screens(tmp_path: Path) -> None:
    """Sign on, look around, leave; the books are those of the server beside it, and so are the sessions."""
    with juniper(tmp_path) as erp, console(tmp_path) as (glass, send, process):
        clerk = erp.clerk("BOT1")
        glass.until(lambda: "(GR-100)" in glass.text())
        send("BOT1", "TAB", "secret-bot1", "ENTER")
        glass.until(lambda: "(GR-110)" in glass.text())
        assert clerk.press("ENTER") == "SY-009 Session expired!"
        send("F3")
        glass.until(lambda: "(GR-100)" in glass.text())
        send("F3")
        assert process.wait(timeout=10) == 0
