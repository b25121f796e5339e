"""How is the place at which an ERP is worked: what was looked at, and what is to be done about it?"""

from dataclasses import dataclass
from typing import Literal

from bridge.locale import Phrase

Weight = Literal["fine", "advice", "fault"]
WEIGHTS: tuple[Weight, ...] = ("fine", "advice", "fault")


@dataclass(frozen=True)
class SeatFinding:
    """One thing that was looked at before anybody signs on: how it is, and what to do about it.

    With an `advice` orders are entered right, but something is missing; with a `fault` they would not be entered.
    """

    code: str
    weight: Weight
    what: Phrase
    remedy: Phrase | None = None


def fine(code: str, what: Phrase) -> SeatFinding:
    """It is as it should be."""
    return SeatFinding(code, "fine", what)


def advice(code: str, what: Phrase, remedy: Phrase) -> SeatFinding:
    """It will do, and could be better."""
    return SeatFinding(code, "advice", what, remedy)


def bad(code: str, what: Phrase, remedy: Phrase) -> SeatFinding:
    """Nothing can be worked there as it is."""
    return SeatFinding(code, "fault", what, remedy)
