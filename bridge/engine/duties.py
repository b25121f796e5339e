"""What does working in one ERP take, on whatever host?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.errors import BridgeError
from bridge.model.guards import Breaker, Rate
from bridge.model.profiles import ErpProfile
from bridge.ports import CrmReader, SeatPlan
from bridge.settings import ErpSettings


@dataclass(frozen=True)
class Renewal:
    """When a seat is ended and begun anew between two orders: after so many orders, or above so much memory.

    Past `idle` seconds without work it signs off and gives its place free.
    """

    orders: int = 200
    megabytes: int = 1500
    idle: float = 300.0


USUAL_BREAKER, USUAL_RENEWAL = Breaker(), Renewal()


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
    breaker: Breaker = USUAL_BREAKER
    renewal: Renewal = USUAL_RENEWAL


def duty_from(
    settings: ErpSettings,
    *,
    erp: str,
    profile: ErpProfile,
    crm: CrmReader,
    plan: Callable[[str], SeatPlan],
    cut_over: Callable[[], datetime],
    closed: Callable[[datetime], BridgeError | None],
    seats: int,
    lease: timedelta,
) -> Duty:
    """The duty as an installation sets it up."""
    rate, breaker, renewal = settings.rate, settings.breaker, settings.renewal
    return Duty(
        erp=erp,
        profile=profile,
        crm=crm,
        users=settings.seat_users,
        plan=plan,
        cut_over=cut_over,
        closed=closed,
        seats=seats,
        licences=settings.licences,
        lease=lease,
        most_attempts=settings.most_attempts,
        control_reference=settings.control_reference or None,
        rate=None if rate is None else Rate(rate.limit, timedelta(seconds=rate.seconds)),
        breaker=Breaker(breaker.failures, timedelta(seconds=breaker.rest), timedelta(seconds=breaker.longest)),
        renewal=Renewal(renewal.orders, renewal.megabytes, renewal.idle),
    )
