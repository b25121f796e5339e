"""How does a sweep work Harbour? With the clerk's procedures, but no browser: the forms are sent over HTTP."""

from typing import Self

from bots.bot import Credentials
from bots.drivers.forms import FormsDriver
from bots.harbour import Harbour
from bridge.ports import SeatPlan


class HarbourForms(Harbour):
    """Harbour without a browser: sends its forms over HTTP; for sweeps of thousands of orders, never for production.

    No script of the page runs, so an update of Harbour that does its work in one would not be noticed.
    """

    @classmethod
    def at_seat(cls, plan: SeatPlan) -> Self:
        """The bot of one seat; of the plan's options only those that need no browser count."""
        return cls(plan.profile, FormsDriver.of(plan), Credentials(plan.user, plan.password))
