"""What do several machines do with one ledger? Processes of `erpbridge work` side by side, on a real PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bridge import __version__
from bridge.chaos.arenas import Arena, arena
from bridge.engine.task_queues import VERSION
from bridge.model.postings import Posting, PostingState
from bridge.scheduler.leaderships import NOBODY
from bridge.store.tables import runs
from tests.installations import ROOT
from tests.postgres_servers import PostgresServer, postgres_server
from tests.sandbox.harbour_clerks import eventually

REST = 120.0
NEXT = "99.0"
MANY = 20  # attempts; leases of seconds are lost on a busy machine, and no order here is poison


@dataclass
class Hosts:
    """An arena whose ledger is on a server, and the processes that work in it."""

    arena: Arena
    server: PostgresServer
    ledger: str
    stack: ExitStack
    release: Path = ROOT
    running: list["subprocess.Popen[str]"] = field(default_factory=list)

    def start(self, *command: str, before: Sequence[str] = ()) -> "subprocess.Popen[str]":
        """Start `erpbridge` with these arguments; `before` is what runs it."""
        said = self.stack.enter_context((self.arena.folder / f"said-{len(self.running)}.txt").open("w"))
        line = [*before, sys.executable, "-m", "bridge.cli", "--config", str(self.arena.config), *command]
        process = subprocess.Popen(
            line,
            cwd=self.release,
            env=os.environ | {"ERPBRIDGE_LANGUAGE": "en"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        self.stack.callback(_end, process)
        return process

    def work(self, seats: int = 2, before: Sequence[str] = ()) -> "subprocess.Popen[str]":
        """A further machine."""
        return self.start("work", "--erp", "harbour", "--seats", str(seats), before=before)

    def upgrade(self) -> None:
        """Whoever starts from now on is of the next release, whose tasks DBOS tells from ours."""
        self.release = self.arena.folder / "upgraded"
        for name in ("bridge", "bots", "jobs", "sandbox"):
            shutil.copytree(ROOT / name, self.release / name, ignore=shutil.ignore_patterns("__pycache__"))
        _replace(self.release / "bridge" / "engine" / "task_queues.py", f'"{VERSION}"', f'"{VERSION}-next"')
        _replace(self.release / "bridge" / "__init__.py", f'"{__version__}"', f'"{NEXT}"')

    def versions(self) -> set[str]:
        """The releases that are at work."""
        return {host.version for host in self.arena.app.store.hosts.hosts()}

    def said(self, number: int) -> str:
        """What the process of that number has said."""
        return (self.arena.folder / f"said-{number}.txt").read_text(encoding="utf-8")

    def alive(self) -> list[str]:
        """The hosts that the ledger knows to be alive."""
        return [host.worker for host in self.arena.app.store.hosts.hosts()]

    def leader(self) -> str | None:
        """Which host keeps the schedule."""
        return next((seat.holder for seat in self.arena.app.store.seats.seats() if seat.erp == NOBODY), None)

    def fired_long_ago(self) -> None:
        """As if all that has run so far had fired some minutes earlier, so that it is due again."""
        with self.arena.app.store.database.writing() as connection:
            for run in connection.execute(select(runs).order_by(runs.c.planned_at)).all():
                earlier = run.planned_at - timedelta(minutes=10)
                connection.execute(update(runs).where(runs.c.id == run.id).values(planned_at=earlier))

    def posted(self) -> int:
        """How many orders are posted."""
        return self.arena.app.store.ledger.counts().get(PostingState.POSTED.value, 0)

    def rest(self, seconds: float = REST) -> None:
        """Wait until no order is unfinished."""
        eventually(lambda: not self.arena.unfinished(), seconds)

    def outcome(self, numbers: Sequence[str]) -> dict[str, Any]:
        """What came of these orders, by the ERP's own tables."""
        stored, postings = self.arena.stored(), self.arena.postings(numbers)
        documents = {number: stored.get(f"PO {number}", []) for number in numbers}
        return {
            "orders": len(postings),
            "not posted": {n: _told(p) for n, p in postings.items() if p.state is not PostingState.POSTED},
            "twice": [number for number, found in documents.items() if len(found) > 1],
            "lost": [number for number, found in documents.items() if not found],
            "wrong": [n for n, found in documents.items() for each in found if self.arena.differs(n, each)],
        }

    def workers(self, numbers: Sequence[str]) -> set[str]:
        """Who has tried these orders."""
        ledger = self.arena.app.store.ledger
        return {attempt.worker for p in self.arena.postings(numbers).values() for attempt in ledger.attempts(p)}

    def until(self, reached: Callable[[], bool], seconds: float = REST) -> None:
        """Wait for it."""
        eventually(reached, seconds)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def _told(posting: Posting) -> str:
    why = posting.reason.worded() if posting.reason else "no reason"
    return f"{posting.state.value} after {posting.attempts} attempts: {why}"


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(OSError):
        process.kill()
    process.wait(30)


def right(numbers: Sequence[str]) -> dict[str, Any]:
    """What must come of orders, whatever happened."""
    return {"orders": len(numbers), "not posted": {}, "twice": [], "lost": [], "wrong": []}


@contextmanager
def hosts(folder: Path, address: str = "127.0.0.1", **options: Any) -> Iterator[Hosts]:
    """Nobody at work yet."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server(address))
        (folder / "arena").mkdir()
        ledger = server.new_database()
        ready = stack.enter_context(arena(folder / "arena", ROOT / "erpbridge.toml", ledger=ledger, **options))
        ready.configure(most_attempts=MANY)
        yield Hosts(ready, server, ledger, stack)
