"""Which faults are struck, at which points, and what must come of an order that met one? Each fault says it itself."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.chaos import killings, troubles
from bridge.chaos.arenas import LATE_SECONDS
from bridge.chaos.disks import small_disks
from bridge.chaos.points import BY_NAME, POINTS, Point
from bridge.chaos.scenes import Act
from bridge.errors import StoredDifferent
from bridge.model.postings import PostingState

S = PostingState


class Life(StrEnum):
    """In which life of a victim a fault is struck: one life holds no faults that would spoil the others."""

    KILLED = "killed"
    TROUBLED = "troubled"
    RESTARTED = "restarted"
    EARLY = "early"
    LATE = "late"
    PAUSED = "paused"


@dataclass(frozen=True)
class Fault:
    """One way to strike: where, how, and in which state an order must end that met it, with which reason.

    Whatever the end, the ERP must hold the order once. `prompt` strikes before Save leaves, so that it meets the fault.
    """

    name: str
    act: Act
    points: tuple[Point, ...] = POINTS
    life: Life = Life.TROUBLED
    end: PostingState = S.POSTED
    why: str | None = None
    prompt: bool = False

    @property
    def key(self) -> str:
        """Its name on a command line."""
        return key_of(self.name)


def key_of(name: str) -> str:
    """A name as it is given on a command line."""
    return name.strip().casefold().replace(" ", "-")


def _until(name: str) -> tuple[Point, ...]:
    """All points up to this one."""
    return POINTS[: POINTS.index(BY_NAME[name]) + 1]


AT_SAVE = (BY_NAME["while Save is under way"],)
WHILE_CRM_IS_ASKED = _until("before the second reading")
WHILE_ERP_IS_WORKED = _until("after the document is read")
LISTED_LATE = {"fault": "list_lag", "seconds": LATE_SECONDS}
CUT_AFTER = {"fault": "cut_after"}


def _killed(name: str, act: Act) -> Fault:
    return Fault(name, act, life=Life.KILLED)


def _at_save(name: str, *faults: Mapping[str, object], end: PostingState = S.POSTED, why: str | None = None) -> Fault:
    return Fault(name, troubles.at_save(*faults), AT_SAVE, end=end, why=why, prompt=True)


KILLS = (
    _killed("seat killed", killings.kill_seats),
    _killed("host killed", killings.kill_host),
    _killed("tree killed", killings.kill_tree),
)
PAUSED = Fault("paused", killings.pause, life=Life.PAUSED)
FULL_LEDGER = Fault("database full", troubles.fill_ledger)
FULL_DISK = Fault("disk full", troubles.fill_disk)
RESTARTED = Fault("PostgreSQL restarted", troubles.restart_server, life=Life.RESTARTED)
TROUBLES = (
    _at_save("cut before commit", {"fault": "cut_before"}),
    _at_save("cut after commit", CUT_AFTER),
    _at_save("late commit", {"fault": "late_commit", "seconds": LATE_SECONDS}),
    _at_save("lagging list", CUT_AFTER, LISTED_LATE),
    _at_save("cut reference", {"fault": "cut_reference", "length": 4}, end=S.HELD, why=StoredDifferent.code),
    Fault("database locked", troubles.lock_ledger),
    FULL_LEDGER,
    FULL_DISK,
    Fault("CRM down", troubles.take_crm_down, WHILE_CRM_IS_ASKED),
    Fault("ERP logged us out", troubles.log_out, WHILE_ERP_IS_WORKED),
    Fault("second bot", troubles.begin_second_bot),
    Fault("operator rerun", troubles.rerun),
    RESTARTED,
    Fault("clock jumped back", troubles.jump(-1), life=Life.EARLY),
    Fault("clock jumped forward", troubles.jump(1), life=Life.LATE),
)
FAULTS = (*KILLS, *TROUBLES, PAUSED)
BY_KEY = {fault.key: fault for fault in FAULTS}


def is_possible(fault: Fault, *, on_server: bool, can_restart: bool) -> bool:
    """Whether it can be struck here, on such a ledger: a disk is filled for good where it is one of ours."""
    if fault is FULL_LEDGER:
        return small_disks() and not on_server
    if fault is FULL_DISK:
        return sys.platform != "win32"
    return fault is not RESTARTED or (on_server and can_restart)
