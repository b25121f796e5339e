"""Where does a real CRM come from: installs, fills, starts and ends a Tryton of our own on the loopback address.

Series 8.0 and not 8.2: the REST door is the same file in both, but 8.2 refuses a sale number of our own choosing, and
the web and desktop clients exist for 8.0. Everything is kept in the caller's cache folder: the first use installs and
seeds (under a minute), later ones copy a 5 MB database and start in one to three seconds.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from tests.real.tryton_sales import Sale

SCRIPT: Final = Path(__file__).with_name("tryton_seed.py")
NAME: Final = "crm"
PATIENCE: Final = 900.0  # seconds: the longest preparation step on a machine that others use too
START_PATIENCE: Final = 120.0
PINS: Final = (
    "argon2-cffi==25.1.0",
    "defusedxml==0.7.1",
    "genshi==0.7.12",
    "lxml==6.1.3",
    "polib==1.2.0",
    "proteus==8.0.0",
    "puremagic==1.30",
    "pwdlib==0.3.1",
    "python-dateutil==4.0.0",
    "python-sql==1.8.1",
    "python-stdnum==2.2",
    "relatorio==1.0.0",
    "simpleeval==1.0.8",
    "trytond==8.0.12",
    "trytond-account==8.0.4",
    "trytond-account-invoice==8.0.2",
    "trytond-account-invoice-stock==8.0.0",
    "trytond-account-product==8.0.1",
    "trytond-company==8.0.1",
    "trytond-country==8.0.0",
    "trytond-currency==8.0.0",
    "trytond-party==8.0.4",
    "trytond-product==8.0.2",
    "trytond-sale==8.0.5",
    "trytond-sale-opportunity==8.0.1",
    "trytond-stock==8.0.5",
    "werkzeug==3.1.9",
)
CONFIG: Final = """\
[database]
uri = sqlite://
path = {folder}
[queue]
worker = true
"""


class TrytonUnavailableError(Exception):
    """Tryton cannot be installed, filled or started here; the text is one sentence."""


@dataclass(frozen=True)
class TrytonServer:
    """A running Tryton: ``url`` ends in the database's name, ``key`` opens its REST door as a Bearer token."""

    url: str
    key: str
    database: Path
    python: Path

    @classmethod
    @contextmanager
    def started(cls, folder: Path, *, cache: Path, sales: Sequence[Sale] = ()) -> Iterator[Self]:
        """Serve a fresh copy of the seeded database with these sales from ``folder`` until the block ends."""
        python, source = installed(cache), seeded(cache, sales)
        folder.mkdir(parents=True, exist_ok=True)
        config = written_config(folder)
        database = folder / f"{NAME}.sqlite"
        copy_database(source, database)
        with serving(python, config) as port:
            yield cls(f"http://127.0.0.1:{port}/{NAME}", key_of(database), database, python)

    def load(self, sales: Sequence[Sale]) -> None:
        """Add sales while the server runs, as a salesperson elsewhere would."""
        load_sales(self.python, self.database.parent, sales)


def why_not(cache: Path) -> str | None:
    """One sentence why no Tryton can run here, or None after everything slow has been done."""
    try:
        seeded(cache, ())
    except TrytonUnavailableError as error:
        return str(error)
    return None


def installed(cache: Path) -> Path:
    """The Python of the environment that holds Tryton, made on first use."""
    home = cache / f"env-{digest(*PINS)}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = home / "complete"
    with locked(cache):
        if not complete.exists():
            shutil.rmtree(home, ignore_errors=True)
            run(cache, "install", sys.executable, "-m", "venv", str(home))
            run(cache, "install", str(python), "-I", "-m", "pip", "install", "--quiet", *PINS)
            complete.touch()
    return python


def seeded(cache: Path, sales: Sequence[Sale]) -> Path:
    """The kept database that holds the catalogue and these sales, made on first use."""
    python = installed(cache)
    kept = cache / f"crm-{digest(*PINS, SCRIPT.read_text('utf-8'), json.dumps(sales))}.sqlite"
    base = seeded(cache, ()) if sales else None
    with locked(cache):
        if not kept.exists():
            copy_database(make_database(python, cache / "making", base, sales), kept)
    return kept


def make_database(python: Path, folder: Path, base: Path | None, sales: Sequence[Sale]) -> Path:
    """A database in an emptied folder: from nothing, or from a kept one plus sales."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = folder / f"{NAME}.sqlite"
    if base is None:
        database.touch()
        run(folder, "make", str(python), "-I", str(SCRIPT), "make", str(written_config(folder)), NAME)
    else:
        copy_database(base, database)
        written_config(folder)
        load_sales(python, folder, sales)
    return database


def load_sales(python: Path, folder: Path, sales: Sequence[Sale]) -> None:
    """Add sales to the database in a folder; unknown currencies and states are refused by Tryton's script."""
    wanted = folder / "sales.json"
    wanted.write_text(json.dumps(sales), "utf-8")
    config = folder / "tryton.conf"
    run(folder, "load", str(python), "-I", str(SCRIPT), "load", str(config), NAME, str(wanted))


@contextmanager
def serving(python: Path, config: Path) -> Iterator[int]:
    """A server process and its port; the process ends with the block, and also when this process dies."""
    ready, log = config.with_name("ready.txt"), config.with_name("server.log")
    ready.unlink(missing_ok=True)
    command = [str(python), "-I", str(SCRIPT), "serve", str(config), NAME, str(ready)]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=surroundings()
        ) as child,
    ):
        try:
            yield int(announced(child, ready, log))
        finally:
            end(child)


def announced(child: subprocess.Popen[bytes], ready: Path, log: Path) -> str:
    """What the child wrote into its file once it could answer; a child that ends first is an error."""
    deadline = time.monotonic() + START_PATIENCE
    while not ready.exists():
        if gone(child, 0.02) or time.monotonic() > deadline:
            raise TrytonUnavailableError(f"Tryton did not start: {last_line(log)}")
    return ready.read_text("utf-8")


def end(child: subprocess.Popen[bytes]) -> None:
    """Close the child's standard input, which it takes as its leave; kill it when it stays."""
    if child.stdin is not None:
        child.stdin.close()
    if not gone(child, 10):
        child.kill()


def gone(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the child has ended, or ends within so many seconds."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def run(folder: Path, step: str, *command: str) -> None:
    """Run one preparation step with its output in a log file; raise TrytonUnavailableError when it fails."""
    log = folder / f"{step}.log"
    with log.open("wb") as output:
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=surroundings(),
                timeout=PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise TrytonUnavailableError(f"Tryton: step {step!r} failed: {last_line(log) or error}") from error


def surroundings() -> Mapping[str, str]:
    """Our environment without settings that would point Tryton at somebody's real database."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TRYTON")}


def last_line(log: Path) -> str:
    """The last thing a step said."""
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


@contextmanager
def locked(cache: Path) -> Iterator[None]:
    """One preparation at a time among all test workers; SQLite's lock works everywhere and dies with its holder."""
    cache.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(cache / "lock.sqlite", timeout=PATIENCE, isolation_level=None)) as gate:
        gate.execute("BEGIN EXCLUSIVE")
        yield


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, write-ahead log included; the target appears whole or not at all."""
    draft = target.with_suffix(".draft")
    for stale in (draft, target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
        stale.unlink(missing_ok=True)  # a log left by an earlier server would be replayed into the new file
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(draft)) as new:
        old.backup(new)
    draft.replace(target)


def written_config(folder: Path) -> Path:
    """The server's settings file: this folder's database, and no worker that would process confirmed sales."""
    config = folder / "tryton.conf"
    config.write_text(CONFIG.format(folder=folder.resolve()), "utf-8")
    return config


def key_of(database: Path) -> str:
    """The REST key that the seed made."""
    with closing(sqlite3.connect(database)) as books:
        row = books.execute("SELECT key FROM res_user_application").fetchone()
    return str(row[0])


def digest(*parts: str) -> str:
    """A short name for a recipe: another recipe, another name."""
    return sha256("\n".join(parts).encode()).hexdigest()[:12]
