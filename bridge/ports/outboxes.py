"""What has the CRM still to be told?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bridge.errors import Reason
from bridge.ports.crms import CrmRest, WriteBack


class Outbox(Protocol):
    """What the CRM has still to be told."""

    def waiting(self, crm: str) -> Sequence[WriteBack]:
        """The messages not told yet, oldest first; of one order only its first."""
        ...

    def claim(self, crm: str, worker: str, lease: timedelta) -> WriteBack | None:
        """A message to tell now, nobody else's until the lease ends; None where none may be told now.

        Of one order it is the first that waits, and never a second one before that is told, over all hosts.
        """
        ...

    def told(self, message: WriteBack) -> None:
        """The CRM has it, and is there."""
        ...

    def put_off(self, message: WriteBack, why: Reason) -> None:
        """It could not be told; it stays, and waits a while, or the whole CRM does where it does not answer."""
        ...

    def resting(self, crm: str) -> CrmRest | None:
        """How long the CRM is left alone because it did not answer; None where it is not."""
        ...
