"""A real SQL-Ledger 3.2 for one test run: its own PostgreSQL, its own Apache, nothing of the machine altered."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from tests.real import sql_ledger_packages
from tests.real.sql_ledger_datasets import CUSTOMERS, DATABASE, ITEMS, ROLE, SEATS, Dataset, User
from tests.real.sql_ledger_packages import APACHE, APACHE_MODULES, Programs
from tests.real.sql_ledger_rooms import as_other_user, give_to_nobody, room_in
from tests.real.sql_ledger_settings import (
    ADMIN_PASSWORD,
    NEW_DATASET,
    POSTGRES_SETTINGS,
    apache_settings,
    copy_program,
    member_entry,
)

START_SECONDS = 60.0
STOP_SECONDS = 20.0


class SqlLedgerFailedError(Exception):
    """A part of the ERP did not start or did not do its work; the message ends with what it logged."""


@dataclass
class SqlLedgerServer:
    """A running ERP with the company Acme, its seats, customers and items (see `sql_ledger_datasets`)."""

    room: Path
    programs: Programs
    port: int = 0
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    @contextlib.contextmanager
    def started(
        cls, folder: Path, *, cache: Path | None = None, mended_text: bool = True
    ) -> Iterator["SqlLedgerServer"]:
        """Installs what is missing, makes or restores the dataset, starts both servers, ends them on the way out.

        `cache` may keep the fetched packages and the seeded dataset between runs; without it all is made anew.
        `mended_text` is what an administrator does about broken letters: one ALTER DATABASE, so that text passes
        as bytes. Without it the ERP is as Debian ships it and spoils every letter outside ASCII.
        Call it from a thread that outlives the server. Raises SqlLedgerUnavailableError, whose message is a
        reason to skip, or SqlLedgerFailedError.
        """
        with room_in(folder) as room:
            server = cls(room, sql_ledger_packages.install(cache or room / "packages"))
            try:
                server.prepare(cache)
                server.start_postgres()
                server.pass_text_as_bytes(wanted=mended_text)
                server.start_apache()
                yield server
            finally:
                server.stop()

    @property
    def url(self) -> str:
        """Address of the program without a slash at its end."""
        return f"http://127.0.0.1:{self.port}/sql-ledger"

    @property
    def sign_on_url(self) -> str:
        return f"{self.url}/login.pl"

    @property
    def dataset(self) -> Dataset:
        """The company's database, for seeding."""
        return Dataset(self.programs.postgres / "psql", self.room)

    @property
    def program(self) -> Path:
        return self.room / "program"

    def orders(self) -> list[dict[str, Any]]:
        """Every sales order straight from PostgreSQL, with Decimal amounts: the oracle of all tests."""
        return self.dataset.orders()

    def add_user(self, user: User) -> None:
        """Somebody who can sign on from now on."""
        self.dataset.add_employee(user)
        with (self.program / "users/members").open("a", encoding="utf-8") as members:
            members.write(member_entry(user))

    def prepare(self, cache: Path | None) -> None:
        """Program and database in the room: restored from the cache, else made and, with a cache, kept there."""
        template = cache / f"dataset-{recipe()}.tar" if cache else None
        if template and template.exists():
            with template.open("rb") as stream:
                self.as_nobody(["tar", "-x"], stdin=stream)
            return
        self.set_up()
        if template:
            keep(self.room, template)

    def set_up(self) -> None:
        """A cluster and the program in the room, then the company's dataset; the servers are stopped again."""
        copy_program(self.programs.package, self.program)
        give_to_nobody(self.program)
        initdb = [str(self.programs.postgres / "initdb"), "-D", "data", "-U", ROLE, "-E", "UTF8"]
        self.as_nobody([*initdb, "--locale=C.UTF-8", "--auth=trust", "--no-sync", "--wal-segsize=1"])
        self.start_postgres()
        try:
            self.create_dataset()
        finally:
            self.stop()

    def create_dataset(self) -> None:
        """By the ERP's own administration program; the first sign-on then lifts the schema from 3.2.0 to 3.2.1."""
        self.run_script("admin.pl", {"action": "dbcreate", **NEW_DATASET})
        admin = {"login": f"admin@{DATABASE}", "password": ADMIN_PASSWORD}
        self.run_script("login.pl", {"action": "login", **admin})
        for user in SEATS:
            self.add_user(user)
        self.dataset.add_customers(CUSTOMERS)
        self.dataset.add_items(ITEMS)
        self.dataset.number_orders_from("SO-1000")

    def pass_text_as_bytes(self, *, wanted: bool) -> None:
        """Perl then neither decodes nor encodes what PostgreSQL keeps, which is what its pages expect."""
        change = "SET client_encoding = 'SQL_ASCII'" if wanted else "RESET client_encoding"
        self.dataset.run(f"ALTER DATABASE {DATABASE} {change};")

    def run_script(self, script: str, fields: Mapping[str, str]) -> None:
        """One request to a script of the ERP without a web server, as its authors provide for."""
        query = urlencode({"path": "bin/mozilla", **fields})
        self.as_nobody(["perl", script, query], folder=self.program)

    def as_nobody(self, command: list[str], *, folder: Path | None = None, stdin: IO[bytes] | None = None) -> None:
        """Runs a command in the room to its end as the user that owns it."""
        done = subprocess.run(
            [*as_other_user(), *command],
            cwd=folder or self.room,
            env=self.environment(),
            stdin=stdin or subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr + done.stdout).decode(errors="replace")[-800:]
            raise SqlLedgerFailedError(f"{command[0]} ended with {done.returncode}: {said}")

    def environment(self) -> dict[str, str]:
        """All that the servers and the scripts behind them get to know of this machine."""
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "PGHOST": str(self.room),
            "SQL_LEDGER_HOME": str(self.program),
        }

    def start_postgres(self) -> None:
        """Returns once the cluster answers on its socket."""
        settings = {"unix_socket_directories": str(self.room), **POSTGRES_SETTINGS}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        self.start("postgres", [str(self.programs.postgres / "postgres"), "-D", "data", *words])
        ready = [str(self.programs.postgres / "pg_isready"), "-q", "-h", str(self.room), "-d", "postgres"]
        self.wait("postgres", lambda: subprocess.run(ready, check=False).returncode == 0)

    def start_apache(self) -> None:
        """Returns once the sign-on page answers on a free port."""
        self.port = free_port()
        settings = self.room / "apache.conf"
        settings.write_text(apache_settings(self.room, APACHE_MODULES, self.port))
        self.start("apache", [str(APACHE), "-d", str(self.room), "-f", str(settings), "-D", "FOREGROUND"])
        self.wait("apache", lambda: answers(self.sign_on_url))

    def start(self, name: str, command: list[str]) -> None:
        """A child in a session of its own that writes into a log and dies with the thread that started it."""
        farewell = "INT" if name == "postgres" else "TERM"
        with (self.room / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [*as_other_user(), "--pdeathsig", farewell, *command],
                cwd=self.room,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Returns once `ready` says so; a dead child or a lapsed deadline is an error with the end of its log."""
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.children[name].wait(0.05)
            if self.children[name].poll() is not None or time.monotonic() > deadline:
                raise SqlLedgerFailedError(f"{name} did not start: {self.log(name)[-800:]}")

    def log(self, name: str) -> str:
        """What a server wrote so far: `postgres`, `apache`, `errors` (of scripts), `access` (with microseconds)."""
        return (self.room / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        """Ends Apache, then PostgreSQL, by process id; both take their own children along."""
        for name, orderly in (("apache", signal.SIGTERM), ("postgres", signal.SIGINT)):
            child = self.children.pop(name, None)
            if child:
                end(child, orderly)


def end(child: subprocess.Popen[bytes], orderly: signal.Signals) -> None:
    """An orderly end, and past the limit a hard one for the child and its whole process group."""
    child.send_signal(orderly)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGQUIT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def keep(room: Path, template: Path) -> None:
    """The stopped dataset as one file, put in place in one step so that parallel runs may do the same."""
    fresh = template.with_suffix(f".{os.getpid()}")
    subprocess.run(["tar", "-c", "-f", str(fresh), "-C", str(room), "program", "data"], check=True)
    for outdated in set(template.parent.glob("dataset-*.tar")) - {template}:
        outdated.unlink(missing_ok=True)
    fresh.replace(template)


def recipe() -> str:
    """A name for what a template holds: it changes with any of the modules that make it."""
    parts = sorted(Path(__file__).parent.glob("sql_ledger_*.py"))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether the page comes with status 200."""
    try:
        with urllib.request.urlopen(url, timeout=10) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
