"""What can befall a bridge that nobody kills? Its ledger, disk, clock, CRM and ERP fail it, or somebody interferes.

Each trouble is real: a lock that another connection holds, a disk without space, a server that restarts. Those that
last are over after some seconds by themselves.
"""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import timedelta
from typing import Any

import httpx
import psutil

from bridge.chaos.disks import fill
from bridge.chaos.scenes import Act, Scene
from bridge.errors import BridgeError
from bridge.model.postings import Claim, Terms
from bridge.ports import Task

LASTING = (0.5, 5.0)  # seconds; past two thirds of a lease of 5 a bridge stops its own hands
PATIENCE = 60.0
QUIET: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)


def _later(scene: Scene, act: Callable[[], object]) -> None:
    timer = threading.Timer(scene.chance.uniform(*LASTING), act)
    timer.daemon = True
    timer.start()


# --- what the ERP does to one Save ----------------------------------------------------------------------------------


def at_save(*faults: Mapping[str, object]) -> Act:
    """The ERP does this to the Save of the order that is struck, and to no other; where several, all at once."""

    def arm(scene: Scene, claim: Claim) -> None:
        for fault in faults:
            scene.erp.control("faults", {**fault, "holding": f"PO {claim.posting.order_number}"})

    return arm


# --- the ledger -----------------------------------------------------------------------------------------------------


def lock_ledger(scene: Scene, _claim: Claim) -> None:
    """Another connection holds the ledger's write lock; on a server the tables of postings and attempts as well."""
    database, locked, over = scene.app.store.database, threading.Event(), threading.Event()

    def hold() -> None:
        with suppress(BridgeError), database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("LOCK TABLE postings, attempts IN ACCESS EXCLUSIVE MODE")
            locked.set()
            over.wait(PATIENCE)
        locked.set()

    threading.Thread(target=hold, name="locker", daemon=True).start()
    locked.wait(PATIENCE)
    _later(scene, over.set)


def fill_ledger(scene: Scene, _claim: Claim) -> None:
    """The small disk on which the ledger lies has not one byte left; what its log could still take is taken first."""
    with closing(sqlite3.connect(scene.app.data / "ledger.sqlite", timeout=1)) as ledger, suppress(sqlite3.Error):
        ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = fill(scene.app.data)
    _later(scene, lambda: ballast.unlink(missing_ok=True))


def restart_server(scene: Scene, _claim: Claim) -> None:
    """The ledger's server goes down and comes up again; from here on it is gone, or already back."""
    process = subprocess.Popen(scene.restart, **QUIET)
    while process.poll() is None and _answers(scene):
        time.sleep(0.02)
    threading.Thread(target=process.wait, daemon=True).start()


def _answers(scene: Scene) -> bool:
    try:
        scene.app.store.ledger.stopped()
    except BridgeError:
        return False
    return True


# --- the machine ----------------------------------------------------------------------------------------------------


def fill_disk(scene: Scene, _claim: Claim) -> None:
    """The system lets this process write to no file: no evidence, no log, and no ledger that is a file."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        _later(scene, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard)))


def jump(hours: int) -> Act:
    """Somebody sets the clock of this host, and leaves it so."""

    def set_clock(scene: Scene, _claim: Claim) -> None:
        scene.clock.moved += timedelta(hours=hours)

    return set_clock


# --- CRM and ERP ----------------------------------------------------------------------------------------------------


def take_crm_down(scene: Scene, _claim: Claim) -> None:
    """The CRM answers nothing but that it is broken."""
    scene.crm.control("faults", {"status": 500, "path": "/api/", "times": 10**6})
    _later(scene, lambda: restore_crm(scene))


def restore_crm(scene: Scene) -> None:
    """The CRM works again."""
    with suppress(httpx.HTTPError):
        scene.crm.control("faults", None, "DELETE")


def log_out(scene: Scene, claim: Claim) -> None:
    """Somebody signs on to the ERP as the very user of this attempt, which ends our session."""
    user = claim.terms.user or ""
    fields = {"txtUser": user, "txtPass": scene.app.password(claim.posting.erp, user), "selCompany": "01"}
    httpx.post(f"{scene.erp.url}/signon", data=fields, timeout=PATIENCE, trust_env=False)


# --- people and bots ------------------------------------------------------------------------------------------------


def begin_second_bot(scene: Scene, claim: Claim) -> None:
    """Somebody else wants the same order: claims it as another host would, and has this host carry it once more."""
    ledger, host, users = scene.app.store.ledger, scene.app.host, scene.app.settings.erps[claim.posting.erp].seat_users
    posting = ledger.posting(claim.posting.id)
    with suppress(BridgeError):
        ledger.claim(
            posting,
            f"second@{scene.app.worker}",
            timedelta(seconds=1),
            Terms(users[-1]),
        )
    if host is not None:
        task = Task(posting.erp, posting.id, posting.attempts + 1, 0)
        threading.Thread(target=host.carrying.carry, args=(task,), name="second", daemon=True).start()


def rerun(scene: Scene, claim: Claim) -> None:
    """An operator has the order tried again, by the command; the attempt goes on when that has answered."""
    command = [sys.executable, "-m", "bridge.cli", "--config", str(scene.config), "orders", "rerun"]
    command += [claim.posting.order_number, "--reason", "chaos"]
    with suppress(subprocess.TimeoutExpired, psutil.Error):
        subprocess.run(command, **QUIET, timeout=PATIENCE, check=False)
