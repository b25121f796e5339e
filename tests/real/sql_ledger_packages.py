"""What must be on this machine before SQL-Ledger can run, and how it gets there without a service being installed."""

import contextlib
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

APACHE = Path("/usr/sbin/apache2")
APACHE_MODULES = Path("/usr/lib/apache2/modules")
DEBIAN = Path("/etc/debian_version")
INSTALLED_POSTGRES = Path("/usr/lib/postgresql")
PATIENCE = "-oDPkg::Lock::Timeout=120"
"""Parallel test runs may want the same packages."""


class SqlLedgerUnavailableError(Exception):
    """SQL-Ledger cannot run on this machine; the message is one sentence, fit to be the reason of a skipped test."""


@dataclass(frozen=True)
class Programs:
    """Where the parts of a running SQL-Ledger are."""

    package: Path
    """Root of the unpacked Debian package `sql-ledger` (holds `usr/share/sql-ledger`)."""
    postgres: Path
    """Folder with `initdb`, `postgres` and `psql` of one version."""


def why_not(debian: Path = DEBIAN) -> str | None:
    """One sentence why SQL-Ledger cannot run here, or None; looks only, installs nothing, needs no network."""
    if sys.platform == "win32" or not debian.exists():
        return "SQL-Ledger comes as a Debian package and this machine is not Debian."
    if not shutil.which("apt-get") or not shutil.which("setpriv"):
        return "Without apt-get and setpriv the SQL-Ledger package cannot be fetched and run."
    missing = missing_packages()
    if missing and os.geteuid() != 0:
        return f"Debian packages are missing ({', '.join(missing)}) and only root can install them."
    return None


def missing_packages() -> list[str]:
    """Debian packages that have to be installed, not merely unpacked; none of them brings a service."""
    missing = [] if APACHE.exists() else ["apache2-bin"]
    if subprocess.run(["perl", "-MDBD::Pg", "-e1"], capture_output=True, check=False).returncode:
        missing.append("libdbd-pg-perl")
    return missing


def install(store: Path) -> Programs:
    """Everything SQL-Ledger needs, unpacked below `store` where Debian would start a service or alter /etc.

    The sql-ledger package itself is never installed (its links dangle and it asks for a web server in /etc), nor is
    a database server: a PostgreSQL that is already there is used, otherwise its package is unpacked too.
    """
    reason = why_not()
    if reason:
        raise SqlLedgerUnavailableError(reason)
    missing = missing_packages()
    if missing:
        apt_get("install", "-y", "-q", PATIENCE, "--no-install-recommends", *missing)
    return Programs(package=unpacked("sql-ledger", store), postgres=postgres_programs(store))


def postgres_programs(store: Path, installed: Path = INSTALLED_POSTGRES) -> Path:
    """Folder of PostgreSQL's programs: the newest installed server, else one unpacked below `store`."""
    found = newest_server(installed)
    if found:
        return found
    version = re.search(r"^Depends: postgresql-(\d+)", control_of("postgresql"), re.MULTILINE)
    if not version:
        raise SqlLedgerUnavailableError("apt does not say which PostgreSQL server this Debian has.")
    server, client = f"postgresql-{version[1]}", f"postgresql-client-{version[1]}"
    libraries = [each for each in dependencies(server) + dependencies(client) if "postgresql" not in each]
    if os.geteuid() == 0:
        apt_get("satisfy", "-y", "-q", PATIENCE, "--no-install-recommends", ", ".join(libraries))
    root = store / "postgresql"
    for package in (server, client):
        shutil.copytree(unpacked(package, store), root, symlinks=True, dirs_exist_ok=True)
    unpacked_server = newest_server(root / "usr/lib/postgresql")
    if not unpacked_server:
        raise SqlLedgerUnavailableError(f"The Debian package {server} does not hold a PostgreSQL server.")
    return unpacked_server


def newest_server(folder: Path) -> Path | None:
    """The `bin` folder with the highest version that can make a cluster and speak to it."""
    servers = [each.parent for each in folder.glob("*/bin/initdb") if (each.parent / "psql").exists()]
    return max(servers, key=lambda each: int(each.parent.name), default=None)


def dependencies(package: str) -> list[str]:
    """What the package's control record says it depends on, alternatives included."""
    line = re.search(r"^Depends: (.+)$", control_of(package), re.MULTILINE)
    return line[1].split(", ") if line else []


def control_of(package: str) -> str:
    """The package's record in apt's lists, fetched first where there are none."""
    command = ["apt-cache", "show", "--no-all-versions", package]
    try:
        return run_or_refuse(command)
    except SqlLedgerUnavailableError:
        fetch_package_lists()
        return run_or_refuse(command)


def unpacked(package: str, store: Path) -> Path:
    """The files of a package below `store`, fetched once; the package is not installed."""
    target = store / package
    if target.exists():
        return target
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store) as place:
        folder = Path(place)
        apt_get("download", package, folder=folder)
        (archive,) = folder.glob("*.deb")
        fresh = folder / "fresh"
        run_or_refuse(["dpkg-deb", "-x", str(archive), str(fresh)])
        with contextlib.suppress(OSError):  # a parallel run was faster
            fresh.rename(target)
    return target


def apt_get(*words: str, folder: Path | None = None) -> None:
    """Runs apt-get; when it fails, once more after fetching the package lists."""
    try:
        run_or_refuse(["apt-get", *words], folder=folder)
    except SqlLedgerUnavailableError:
        fetch_package_lists()
        run_or_refuse(["apt-get", *words], folder=folder)


@functools.cache
def fetch_package_lists() -> None:
    """Once per process: a second try would meet the same archive."""
    run_or_refuse(["apt-get", "update", "-q"])


def run_or_refuse(command: list[str], folder: Path | None = None) -> str:
    """Standard output of a command; a failure is told in one sentence with the last line it wrote."""
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise SqlLedgerUnavailableError(f"`{' '.join(command[:3])}` failed: {last}")
    return done.stdout
