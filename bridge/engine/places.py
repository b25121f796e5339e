"""Who sits at an ERP user's place? A seat, signed on when it is first needed, kept warm, and renewed in time."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from bridge.engine.duties import Duty
from bridge.engine.hearts import Heart, Kept
from bridge.engine.seats import Seat
from bridge.entry import Desk
from bridge.errors import ApplicationError, LeaseLost, OperatorStopped, SignOnBarred, SignOnRefused, StopOrdered
from bridge.model.postings import Claim
from bridge.ports import Clock, EvidenceStore, Ledger, SeatHealth, SeatLease, SeatLeases, SeatPlan, Switches

Around = Callable[[Desk, Claim], Desk]


def plainly(desk: Desk, _claim: Claim) -> Desk:
    """The desk as it is."""
    return desk


@dataclass(frozen=True)
class Means:
    """What every place of this process shares; `stopped` says why nobody signs on any more.

    `seat_of`, `heart_of` and `around` let doubters put something else there, or between an attempt and its desk.
    """

    ledger: Ledger
    leases: SeatLeases
    switches: Switches
    evidence: EvidenceStore
    clock: Clock
    worker: str
    stopped: Callable[[], StopOrdered | None]
    actor: str = "engine"
    seat_of: Callable[[SeatPlan, Clock], Seat] = Seat
    around: Around = plainly
    heart_of: Callable[[timedelta, Callable[[], float]], Heart] = Heart


class Place:
    """One ERP user's place, held by lease; `bar` keeps everybody from signing on as a user whom the ERP refused."""

    def __init__(self, duty: Duty, means: Means, lease: SeatLease, bar: Callable[[str, str], None]) -> None:
        self.duty = duty
        self.means = means
        self.lease = lease
        self.bar = bar
        self.kept: Kept | None = None
        self.current: Seat | None = None
        self.orders = 0
        self.megabytes: int | None = None
        self.used = means.clock.elapsed()
        self.lost = False
        self._signed_on = 0.0

    @property
    def user(self) -> str:
        """The ERP user."""
        return self.lease.user

    def seat(self) -> Seat:
        """The seat, signed on; raises ErpDown, SignOnRefused (once: then the user is left alone) and the like.

        Nobody signs on any more once the process was asked to end.
        """
        if self.current is None or not self.current.alive or self.current.signed_on_at is None:
            self.end()
            stopped = self.means.stopped()
            if stopped is not None:
                raise stopped
            self.current = self.means.seat_of(self.duty.plan(self.user), self.means.clock)
            self._require_not_lost()
            try:
                self.current.sign_on()
            except SignOnRefused as error:
                self.end()
                self.bar(self.user, str(error.params.get("text", "")))
                raise
            except OperatorStopped as by_hand:
                self.end()
                self.bar(self.user, by_hand.worded())
                raise SignOnBarred(user=self.user, erp=self.duty.erp) from by_hand
            except ApplicationError:
                self.end()
                raise
            self._signed_on = self.means.clock.elapsed()
        return self.current

    def _require_not_lost(self) -> None:
        """Whoever forfeits the place kills the seat it has; one that it did not have yet must not sign on."""
        if self.lost:
            self.end()
            raise LeaseLost(reference=f"{self.user} ({self.duty.erp})")

    def signed_on_for(self) -> timedelta:
        """For how long the seat has been signed on, whatever was done to the machine's clock."""
        return timedelta(seconds=self.means.clock.elapsed() - self._signed_on)

    def desk(self) -> Desk:
        """All that one entry works with, at this place."""
        seat, means, duty = self.seat(), self.means, self.duty
        return Desk(
            ledger=means.ledger,
            crm=duty.crm,
            bot=seat,
            profile=duty.profile,
            evidence=means.evidence,
            clock=means.clock,
            worker=f"{means.actor}@{means.worker}",
            end_seat=self.end,
            signed_on_at=seat.signed_on_at or means.clock.now(),
            cut_over=duty.cut_over(),
            lease=duty.lease,
            most_attempts=duty.most_attempts,
            control_reference=duty.control_reference,
            signed_on_for=self.signed_on_for,
            renewed=self._renewed,
            closed=lambda: duty.closed(means.clock.now()),
            stopped_by_hand=lambda text: self.bar(self.user, text),
        )

    def _renewed(self) -> Desk:
        self.end()
        return self.desk()

    def rest(self) -> None:
        """Between two orders: begin anew where the seat has worked long enough or grown too large."""
        self.used = self.means.clock.elapsed()
        self.orders += 1
        renewal = self.duty.renewal
        if self.orders >= renewal.orders or (self.megabytes or 0) > renewal.megabytes:
            self.close()

    def beat(self) -> None:
        """Renew the lease, and say how the seat is."""
        seat = self.current
        if seat is not None:
            self.megabytes = seat.megabytes()
        signed_on_at = seat.signed_on_at if seat is not None else None
        self.means.leases.beat(self.lease, SeatHealth(signed_on_at, self.orders, self.megabytes if seat else None))

    def forfeit(self) -> None:
        """The lease is gone, or may soon be: whoever waits for the seat is told that it died."""
        self.lost = True
        self.kill()

    def end(self) -> None:
        """Kill the seat, so that nothing more can leave it."""
        if self.current is not None:
            self.current.end()
            self._forget()

    def kill(self) -> None:
        """Kill the seat, and leave it to its holder to notice."""
        seat = self.current
        if seat is not None:
            seat.kill()

    def close(self) -> None:
        """Sign off and end."""
        if self.current is not None:
            with suppress(ApplicationError):
                self.current.close()
            self._forget()

    def _forget(self) -> None:
        self.current, self.orders, self.megabytes = None, 0, None
