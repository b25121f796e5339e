"""Is an ERP left alone for now, and why?"""

from typing import Protocol

from bridge.errors import Reason
from bridge.model.guards import Breaker, Circuit


class Circuits(Protocol):
    """Which ERPs are left alone for now, because too much went wrong in them."""

    def circuit(self, erp: str) -> Circuit:
        """How the ERP's circuit stands."""
        ...

    def note(self, erp: str, reason: Reason, breaker: Breaker) -> Circuit:
        """Count what went wrong in the ERP before any order was claimed; the circuit as it stands then."""
        ...

    def close(self, erp: str) -> None:
        """Work on the ERP again at once."""
        ...
