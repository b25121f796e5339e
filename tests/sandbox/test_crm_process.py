"""Doubts the toy CRM as a process: it says when it is ready, and ends when it is told to."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def _start(*options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox.crm", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_it_serves_until_standard_input_closes(tmp_path: Path) -> None:
    """One line tells address and process; the closing of standard input ends it cleanly."""
    with _start("--database", str(tmp_path / "c.sqlite"), "--key", "k", "--until-stdin-closes") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        ready = json.loads(process.stdout.readline())
        answer = httpx.get(
            f"{ready['url']}/api/orders", headers={"Authorization": "Bearer k"}, trust_env=False, verify=False
        )
        process.stdin.close()
        assert (answer.status_code, ready["pid"]) == (200, process.pid)
        assert process.wait(timeout=10) == 0
        assert process.stdout.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM: terminate() ends a process at once")
def test_it_ends_cleanly_on_a_request_to_terminate(tmp_path: Path) -> None:
    """SIGTERM is obeyed with exit code 0."""
    with _start("--database", str(tmp_path / "c.sqlite")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_database_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """Exit code 2 and no ready line."""
    with _start("--database", str(tmp_path / "absent" / "c.sqlite")) as process:
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert process.wait(timeout=10) == 2
