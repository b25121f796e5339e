"""How are the toy CRM and the toy ERP started and ended? As programs of their own, which end with us."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bridge.errors import SandboxNotStarted
from bridge.locale import Phrase

START_SECONDS = 60.0
FOLDER = "sandbox"  # of an installation's data, where the toys keep theirs
LOADED = "loaded"  # lies there once the toys have all they begin with
CONTROL_KEY = "demo-control"
CRM_KEY = "sandbox-key"


@dataclass(frozen=True)
class Sandbox:
    """A toy server at work; `control` reaches what no customer's system has."""

    name: str
    url: str

    def control(self, path: str, body: Any, method: str = "POST") -> Any:
        """Call the control interface; raises httpx errors, since nothing but the demo is at stake."""
        answer = httpx.request(
            method, f"{self.url}/control/{path}", json=body, headers={"X-Control-Key": CONTROL_KEY}, timeout=120
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def sandbox(name: str, database: Path, port: int = 0) -> Iterator[Sandbox]:
    """Run `python -m sandbox.<name>`; it stops when its standard input closes, so it cannot outlive us."""
    command = [sys.executable, "-m", f"sandbox.{name}", "--port", str(port), "--database", str(database)]
    command += ["--control-key", CONTROL_KEY, "--until-stdin-closes"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    try:
        yield Sandbox(name, _address(name, process))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait(10)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _address(name: str, process: subprocess.Popen[str]) -> str:
    """The address that the server prints once it answers."""
    watch = threading.Timer(START_SECONDS, process.kill)
    watch.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
    finally:
        watch.cancel()
    if not line:
        said = process.stderr.read() if process.stderr else ""
        raise SandboxNotStarted(name=name, why=(said.strip().splitlines() or [Phrase("no answer")])[-1])
    threading.Thread(target=_drain, args=(process,), daemon=True).start()
    return str(json.loads(line)["url"])


def _drain(process: subprocess.Popen[str]) -> None:
    """Read what the server says on standard error, lest a full pipe stops it."""
    with suppress(ValueError):  # closed under our hands, since the server has ended
        for _ in process.stderr or ():
            pass
