"""Who works where now, and as whom?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bridge.model.profiles import ErpProfile


@dataclass(frozen=True)
class SeatPlan:
    """What a seat needs to work as one ERP user; `options` are the surface's own (browser, window size, proxy).

    Beside `live` it keeps what it shows while somebody looks on; it `films` what leads to trouble.

    The password never appears in its text form.
    """

    profile: ErpProfile
    address: str
    user: str
    password: str = field(repr=False)
    headed: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    live: Path | None = None
    films: bool = False


@dataclass(frozen=True)
class SeatLease:
    """The right to work as one ERP user until it lapses."""

    erp: str
    user: str
    holder: str
    token: str


@dataclass(frozen=True)
class SeatHealth:
    """How a seat is: since when it is signed on, its orders since it was last renewed, its memory with all it started.

    `megabytes` is None where it was not measured.
    """

    signed_on_at: datetime | None
    orders: int = 0
    megabytes: int | None = None


@dataclass(frozen=True)
class SeatRecord:
    """A seat that somebody holds."""

    erp: str
    user: str
    holder: str
    until: datetime
    health: SeatHealth


class SeatLeases(Protocol):
    """Who works as which ERP user now: one user, one seat, over all processes."""

    def take(self, erp: str, user: str, holder: str, licences: int | None = None) -> SeatLease:
        """Take the seat; raises SeatTaken, or LicencesUsed where that would be one more than the licences."""
        ...

    def beat(self, lease: SeatLease, health: SeatHealth | None = None) -> None:
        """Renew the lease, and say how the seat is; raises LeaseLost where somebody else has it now."""
        ...

    def leave(self, lease: SeatLease) -> None:
        """Give the seat up."""
        ...

    def seats(self) -> Sequence[SeatRecord]:
        """All seats that are held, by ERP and user."""
        ...


@dataclass(frozen=True)
class HostRecord:
    """A process that carries orders: its name, for which ERPs, since when, and until when it counts as alive."""

    worker: str
    erps: tuple[str, ...]
    version: str
    started_at: datetime
    until: datetime


class Hosts(Protocol):
    """Which processes carry orders now."""

    def beat(self, worker: str, erps: Sequence[str], version: str) -> None:
        """Say that the process is alive."""
        ...

    def leave(self, worker: str) -> None:
        """It carries no more."""
        ...

    def hosts(self) -> Sequence[HostRecord]:
        """Those alive, oldest first."""
        ...
