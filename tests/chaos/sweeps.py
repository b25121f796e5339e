"""What does an order come to at every fault at every step? `python -m tests.chaos.sweeps` prints a row for each."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bridge.log import logger
from tests.chaos.cases import (
    FALSIFIED,
    LATE,
    LATE_COMMIT,
    LONGER_THAN_DECLARED,
    NOT_STORED,
    PHASES,
    SEAT_KILLED,
    STORED,
    TYPED_AGAIN,
    WHILE_SETTLING,
    in_passing,
)
from tests.chaos.killings import KILLS, at_each_strike, kill_seats, killed
from tests.chaos.strikes import (
    IN_A_ROW,
    Case,
    Outcome,
    Strike,
    expected,
    outcome,
    searchable,
    strike_while_settling,
)
from tests.installations import Installation
from tests.sandbox.harbour_clerks import eventually

SEEN_BY_A_PERSON = {"held", "rejected", "cancelled", "failed"}
WIDTHS = (26, 34, 34, 6)
MANY_IN_A_ROW = 4


@dataclass(frozen=True)
class Row:
    """One fault at one step: where the order ended, where it had to end, and how often it may be stored."""

    phase: str
    fault: str
    found: Outcome
    wanted: str
    most: int = 1
    harmless: bool = False

    @property
    def twice(self) -> bool:
        """Whether the bridge had it stored more often than the ERP itself did."""
        return self.found.stored > self.most

    @property
    def lost(self) -> bool:
        """Whether it is said to be stored and is not, or waits where nobody looks."""
        missing = self.found.state == "posted" and not self.found.stored
        return missing or self.found.state not in {"posted", *SEEN_BY_A_PERSON}

    @property
    def verdict(self) -> str:
        """In a word, or what was wanted instead."""
        if self.harmless:
            return "THE FAULT DID NOT STRIKE"
        if self.twice or self.lost:
            return "TWICE" if self.twice else "LOST"
        return "right" if str(self.found) == self.wanted else f"WRONG, not {self.wanted}"

    def __str__(self) -> str:
        why = f" ({self.found.reason})" if self.found.reason else ""
        cells = (self.phase, self.fault, self.found.state + why, str(self.found.stored))
        return "  ".join(f"{cell:{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + "  " + self.verdict


def struck(phase: str, strike: Strike) -> Iterator[Row]:
    """A row for each case of a strike, and one for each plain order between that came to anything else than posted."""
    found, wanted = strike.strike(), expected(strike.cases)
    for case in strike.cases:
        harmless = any(text.startswith(f"{case.name}: ") for text in strike.harmless)
        yield Row(phase, case.name.rpartition(": ")[2], found[case.name], wanted[case.name], case.stored, harmless)
    plainly = Outcome("posted", None, 1)
    yield from (Row(phase, "none (between)", each, str(plainly)) for each in strike.between if each != plainly)


def at_save(installation: Installation) -> Iterator[Row]:
    """Whatever Harbour does at Save."""
    for cases in (STORED, NOT_STORED, LONGER_THAN_DECLARED, FALSIFIED):
        yield from struck("save", Strike(installation, cases, MANY_IN_A_ROW))


def at_save_much_later(installation: Installation) -> Iterator[Row]:
    """A commit that comes after it was looked for."""
    strike = Strike(installation, [LATE_COMMIT])
    yield from struck("save", strike)
    eventually(lambda: installation.oracle.of(strike.orders[1]), LATE + 10)
    Strike(installation, []).run()
    after = outcome(installation, strike.orders[1], strike.postings[1])
    yield Row("save", "late commit, once it came", after, str(Outcome("held", "cannot_settle", 1)))


def at_save_with_typing_again(installation: Installation) -> Iterator[Row]:
    """Faults at Save where the ERP is declared never to be later than its lags."""
    installation.configure(absent="retype")
    yield from struck("save, absent = retype", Strike(installation, TYPED_AGAIN, MANY_IN_A_ROW))


def in_phase(phase: str) -> Callable[[Installation], Iterator[Row]]:
    """Every fault at a step other than Save."""

    def swept(installation: Installation) -> Iterator[Row]:
        yield from struck(phase, Strike(installation, in_passing([phase]), IN_A_ROW))

    return swept


def while_settling(installation: Installation) -> Iterator[Row]:
    """Faults while what got no answer is looked for."""
    Strike(installation, []).run()
    for case in WHILE_SETTLING:
        found, _ = strike_while_settling(installation, case)
        yield Row("search while settling", case.name, found, _wanted(case))


def seat_killed(installation: Installation) -> Iterator[Row]:
    """The seat is killed with all it has started."""
    with at_each_strike(installation, kill_seats):
        yield from struck("seat killed", Strike(installation, SEAT_KILLED))


def bridge_killed(installation: Installation) -> Iterator[Row]:
    """The whole bridge is killed."""
    found = killed(installation, KILLS)
    yield from (Row("bridge killed", name, found[name], wanted) for name, _, wanted in KILLS)


def _wanted(case: Case) -> str:
    return expected([case])[case.name]


PARTS: dict[str, Callable[[Installation], Iterable[Row]]] = {
    **{phase: in_phase(phase) for phase in PHASES},
    "save": at_save,
    "save, much later": at_save_much_later,
    "save, absent = retype": at_save_with_typing_again,
    "while settling": while_settling,
    "seat killed": seat_killed,
    "bridge killed": bridge_killed,
}


def swept(part: str) -> Iterator[Row]:
    """The rows of one part, in an installation of its own."""
    with tempfile.TemporaryDirectory() as folder, searchable(Path(folder)) as installation:
        yield from PARTS[part](installation)


def told(line: object) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(parts: Sequence[str]) -> int:
    """Sweep these parts, or all; 1 where any row is not as it must be."""
    logger.remove()
    told("  ".join(f"{head:{width}}" for head, width in zip(("step", "fault", "end", "stored"), WIDTHS, strict=True)))
    rows = []
    for row in chain.from_iterable(swept(part) for part in parts or PARTS):
        rows.append(row)
        told(row)
    twice, lost = sum(row.twice for row in rows), sum(row.lost for row in rows)
    wrong = sum(row.verdict != "right" for row in rows)
    told(f"\n{len(rows)} rows, {twice} stored twice by us, {lost} lost, {wrong} not as they must be")
    return min(1, wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
