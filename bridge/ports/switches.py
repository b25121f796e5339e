"""What did a person turn on or off?"""

from datetime import datetime
from typing import Protocol

from bridge.errors import Reason


class Switches(Protocol):
    """What a person turned on or off, for all processes at once."""

    def stop(self, person: str, why: str) -> None:
        """Stop everything: from now on nothing is sent, on no host."""
        ...

    def resume(self, person: str, why: str = "") -> None:
        """Go on."""
        ...

    def stopped(self) -> Reason | None:
        """Why everything is stopped, or None."""
        ...

    def bar(self, erp: str, user: str, text: str) -> None:
        """Leave the user alone after the ERP refused its sign-on with this text, lest the ERP locks it out."""
        ...

    def barred(self, erp: str, user: str) -> str | None:
        """What the ERP answered when it refused the user, or None where the user may sign on."""
        ...

    def lift(self, erp: str, user: str) -> None:
        """Let the user sign on again."""
        ...

    def cut_over(self, erp: str) -> datetime | None:
        """The moment from which on we enter the orders of that ERP; None before anybody set it."""
        ...

    def set_cut_over(self, erp: str, moment: datetime, actor: str) -> None:
        """Set that moment; what it was before stays on record."""
        ...
