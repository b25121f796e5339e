"""What did a job do, and what went wrong?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.errors import StopOrdered
from bridge.locale import Phrase


@dataclass(frozen=True)
class JobReport:
    """What a job did: its counts, and one sentence for each thing that went wrong; `ok` only where nothing did."""

    job: str
    counts: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether all that was asked is true."""
        return not self.troubles

    def record(self) -> dict[str, object]:
        """The report as plain values."""
        return {
            "job": self.job,
            "ok": self.ok,
            "counts": dict(self.counts),
            "troubles": list(self.troubles),
            **self.facts,
        }


def asked_to_end() -> StopOrdered:
    """Why a job ended before its end."""
    return StopOrdered(person="erpbridge", why=Phrase("it was asked to end."))
