"""May an ERP be worked on now? The circuit breaker and the rate, as values and rules alone.

The breaker is the one of Michael Nygard's "Release It!": closed, open, half-open with one order.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bridge.errors import BridgeError, CircuitOpen, Outage, Reason

MOST_DOUBLINGS = 16


class CircuitState(StrEnum):
    """Closed lets every order through, open none, half-open one that tries whether all is well again."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Breaker:
    """After how many failures of one kind in a row an ERP is left alone, and for how long at first and at most."""

    failures: int = 5
    rest: timedelta = timedelta(seconds=60)
    longest: timedelta = timedelta(minutes=30)

    def rest_after(self, rests: int) -> timedelta:
        """How long the ERP rests when it has rested so often in a row already; each rest doubles the last."""
        return min(self.rest * (1 << min(rests, MOST_DOUBLINGS)), self.longest)


@dataclass(frozen=True)
class Rate:
    """At most so many attempts within any such period, over all hosts."""

    limit: int
    period: timedelta


@dataclass(frozen=True)
class Circuit:
    """How an ERP's circuit stands: `failures` of one kind in a row, `until` when it rests, and how often it has."""

    erp: str
    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    reason: Reason | None = None
    rests: int = 0
    until: datetime | None = None

    @property
    def opened(self) -> BridgeError | None:
        """What is said while it is not closed: the outage itself, or that too much went wrong in a row."""
        if self.state is CircuitState.CLOSED or self.until is None:
            return None
        if self.reason is not None and is_outage(self.reason):
            return BridgeError.kinds[self.reason.code](**self.reason.params)
        last = self.reason.phrase if self.reason is not None else ""
        return CircuitOpen(erp=self.erp, until=self.until.isoformat(), failures=self.failures, last=last)

    def refuses(self, now: datetime) -> bool:
        """Whether no order goes through now; one that is half-open waits for the order that tries it."""
        return self.state is not CircuitState.CLOSED and self.until is not None and now < self.until

    def tried(self, now: datetime, breaker: Breaker) -> "Circuit":
        """As it stands once an order goes through: an open one is half-open until that order has ended."""
        if self.state is CircuitState.CLOSED:
            return self
        return replace(self, state=CircuitState.HALF_OPEN, until=now + breaker.rest_after(self.rests))

    def after(self, reason: Reason | None, now: datetime, breaker: Breaker) -> "Circuit":
        """As it stands after an order ended, with the reason of its failure or without one.

        While the ERP rests, what was at hand says nothing new: six seats at an ERP that went down are one outage.
        """
        if self.state is CircuitState.OPEN and self.refuses(now):
            return self
        if reason is None:
            return Circuit(self.erp)
        alike = self.reason is not None and self.reason.code == reason.code
        failures = self.failures + 1 if alike else 1
        if self.state is CircuitState.CLOSED and failures < breaker.failures and not is_outage(reason):
            return Circuit(self.erp, CircuitState.CLOSED, failures, reason)
        until = now + breaker.rest_after(self.rests)
        return Circuit(self.erp, CircuitState.OPEN, failures, reason, self.rests + 1, until)

    def undecided(self, now: datetime) -> "Circuit":
        """As it stands after an order ended of which the ERP never heard: another one may try."""
        return replace(self, until=now) if self.state is CircuitState.HALF_OPEN else self


def is_outage(reason: Reason | None) -> bool:
    """Whether the reason keeps every order from being worked on, not only this one."""
    return reason is not None and issubclass(BridgeError.kinds.get(reason.code, BridgeError), Outage)
