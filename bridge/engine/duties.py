"""What does working in one ERP take, on whatever host?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.errors import BridgeError
from bridge.model.guards import Breaker, Rate
from bridge.model.profiles import ErpProfile
from bridge.ports import CrmReader, SeatPlan


@dataclass(frozen=True)
class Renewal:
    """When a seat is ended and begun anew between two orders: after so many orders, or above so much memory.

    Past `idle` seconds without work it signs off and gives its place free.
    """

    orders: int = 200
    megabytes: int = 1500
    idle: float = 300.0


@dataclass(frozen=True)
class Duty:
    """One ERP as it is worked here: its users (one seat each), how many at once on this host, and its guards.

    `licences` is how many seats may be held at once over all hosts, `plan` what the seat of a user needs, `closed` why
    the ERP must not be worked on at a moment.
    """

    erp: str
    profile: ErpProfile
    crm: CrmReader
    users: tuple[str, ...]
    plan: Callable[[str], SeatPlan]
    cut_over: Callable[[], datetime]
    closed: Callable[[datetime], BridgeError | None]
    seats: int = 1
    licences: int | None = None
    lease: timedelta = timedelta(seconds=45)
    most_attempts: int = 3
    control_reference: str | None = None
    rate: Rate | None = None
    breaker: Breaker = Breaker()
    renewal: Renewal = Renewal()
