"""Is this machine fit for a seat of an ERP? What was looked at, and what to do about it."""

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bridge.app import App
from bridge.cli.languages import language
from bridge.cli.outputs import Console, headings, say, word
from bridge.locale import fault
from bridge.ports import SeatFinding

SEATED = ("desktop", "terminal")


@dataclass(frozen=True)
class Seen:
    """What was found for a seat of one ERP."""

    erp: str
    finding: SeatFinding

    def record(self) -> dict[str, str]:
        """The finding for a program, worded in the reader's language."""
        found = self.finding
        what, remedy = (each.worded(language()) if each else "" for each in (found.what, found.remedy))
        return {"erp": self.erp, "code": found.code, "weight": found.weight, "what": what, "remedy": remedy}


def check_seats(app: App, erps: Iterable[str]) -> list[Seen]:
    """What is found for a seat of each of these, by the dotted name of the drivers."""
    seat_findings = importlib.import_module("bots.drivers").seat_findings
    return [Seen(erp, finding) for erp in erps for finding in seat_findings(app.plan(erp, app.profile(erp)))]


def seated(app: App) -> list[str]:
    """The ERPs of the installation that are worked on a desktop or in a terminal."""
    return [erp for erp in app.settings.erps if app.profile(erp).surface in SEATED]


def show_seats(console: Console, seen: Sequence[Seen]) -> None:
    """A table for a person."""
    rows = [(record["erp"], word(record["weight"]), record["what"], record["remedy"]) for record in _records(seen)]
    console.table(say("Seats"), headings("ERP", "state", "what", "to do"), rows)


def seat_faults(seen: Sequence[Seen]) -> list[str]:
    """What keeps a seat from working, one line each."""
    faults = [each for each in seen if each.finding.weight == "fault"]
    return [fault(each.erp, each.finding.what).worded(language()) for each in faults]


def _records(seen: Sequence[Seen]) -> list[dict[str, str]]:
    return [each.record() for each in seen]
