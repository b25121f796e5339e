"""What comes of a day by loops and dictionaries alone? The slow engine that doubts the fast one.

It follows the words of the taxonomy: what each break means, which records belong together, what is left out. It knows
nothing of columns and shares no code with `bridge.reports`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.model.breaks import Outcome
from tests.bench.engines.answers import BREAK, PLACES, ROW, answered, counts
from tests.bench.engines.plain_families import BY_REFERENCE
from tests.bench.engines.plain_groups import Group
from tests.bench.engines.plain_pairs import compared, header_breaks, line_breaks
from tests.bench.engines.plain_records import Day, day_in
from tests.bench.engines.plain_rows import Row, rows_of

Name = tuple[int, int, int]
OF_GROUPS = {Group.PARTIAL: Outcome.QTY_DIFF, Group.OFF: Outcome.AMOUNT_DIFF, Group.TOLERATED: Outcome.MATCHED_TOL}


@dataclass(frozen=True)
class Answer:
    """A row, its outcome and all that is true of it."""

    row: Row
    outcome: Outcome
    flags: frozenset[Outcome]

    @property
    def mask(self) -> int:
        """The flags as bits, by precedence."""
        return sum(1 << PLACES[flag] for flag in self.flags)


def judged(day: Day) -> tuple[list[Answer], Counter[tuple[str, str]]]:
    """Every row with what it is, and what was left out."""
    rows, left_out = rows_of(day)
    return [_answer(row, day) for row in rows], left_out


def _answer(row: Row, day: Day) -> Answer:
    flags = frozenset(_true_of(row, day))
    if flags:
        return Answer(row, min(flags, key=PLACES.__getitem__), flags)
    agrees = compared(row) or row.group is not Group.NONE
    return Answer(row, Outcome.MATCHED if agrees else Outcome.INVALID_ROW, flags)


def _true_of(row: Row, day: Day) -> Iterator[Outcome]:
    """All that is true of a row."""
    yield from (outcome for outcome, holds in PRESENCE.items() if holds(row))
    if row.group in OF_GROUPS:
        yield OF_GROUPS[row.group]
    if compared(row):
        yield from header_breaks(row, day)
        yield from line_breaks(row, day)
    if _wrong_status(row, day):
        yield Outcome.STATUS_DIFF


def _unreadable(row: Row) -> bool:
    """A record of either side cannot be read."""
    return bool((row.order and row.order.invalid) or (row.document and row.document.invalid))


def _link_conflict(row: Row) -> bool:
    """The reference found a document, and the ledger says that the order is another one."""
    if not row.entry or not row.document or row.passed != BY_REFERENCE or row.entry.document is None:
        return False
    return row.entry.document != row.document.number


def _not_typed(row: Row) -> bool:
    """A released order that nobody says was entered."""
    if row.order is None or row.document or row.excess or row.group is not Group.NONE or not row.order.released:
        return False
    return row.entry is None or not (row.entry.committed or row.entry.uncertain)


def _missing(row: Row) -> bool:
    """The ledger says that it was entered, and the ERP lists nothing; a withdrawn order may well be gone."""
    if row.document or row.entry is None or not row.entry.committed or row.group is not Group.NONE:
        return False
    return row.order is None or row.order.released or row.order.invalid


PRESENCE: Mapping[Outcome, Callable[[Row], bool]] = {
    Outcome.INVALID_ROW: _unreadable,
    Outcome.DUP_CRM_KEY: lambda row: row.excess and row.order is not None,
    Outcome.LINK_CONFLICT: _link_conflict,
    Outcome.UNCERTAIN_COMMIT: lambda row: row.entry is not None and row.entry.uncertain,
    Outcome.ORPHAN_IN_ERP: lambda row: row.document is not None and row.order is None and not row.excess,
    Outcome.CANCELLED_LIVE: lambda row: bool(
        row.order and row.document and not row.order.released and not row.order.invalid
    ),
    Outcome.DUPLICATE_IN_ERP: lambda row: row.document is not None and row.excess and row.group is Group.NONE,
    Outcome.NOT_TYPED: _not_typed,
    Outcome.MISSING_IN_ERP: _missing,
}


def _wrong_status(row: Row, day: Day) -> bool:
    """The ledger does not count it as posted, or last knew another status than the ERP shows."""
    paired = row.order is not None and row.document is not None
    if not (compared(row) or (paired and row.group is not Group.NONE)) or row.document is None:
        return False
    if row.order and row.order.two_sided and not (row.entry and (row.entry.committed or row.entry.uncertain)):
        return False  # it was there before the bridge, and the ledger cannot know of it
    if row.entry is None or not row.entry.posted:
        return row.entry is None or not row.entry.uncertain
    other = "status" in day.terms.shows and row.entry.last_status != row.document.status
    return other and not row.entry.uncertain


def totals_of(answers: list[Answer]) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Rows, CRM and ERP sums of each outcome and currency; an order that is not released adds nothing."""
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for answer in answers:
        order, document, place = answer.row.order, answer.row.document, PLACES[answer.outcome]
        theirs = (document.currency if document else None) or ""
        mine = (order.currency if order else None) or theirs
        found[place, mine][0] += 1
        if order and order.released and order.minor is not None:
            found[place, mine][1] += order.minor
        if document and document.minor is not None:
            found[place, theirs][2] += document.minor
    return {key: (rows, crm, erp) for key, (rows, crm, erp) in found.items()}


def run(folder: Path, out: Path) -> Callable[[Path], None]:
    """Parquet in, break frame and counts out."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    answers, left_out = judged(day_in(folder))
    broken = [_told(answer) for answer in answers if answer.outcome.is_break]
    columns = zip(*broken, strict=True)
    pq.write_table(pa.table(dict(zip(BREAK, map(list, columns), strict=True))), out / "breaks.parquet")
    (out / "counts.json").write_text(counts(totals_of(answers), left_out), encoding="utf-8")

    def write_rows(path: Path) -> None:
        rows = zip(*(_told(answer)[: len(ROW)] for answer in answers), strict=True)
        pq.write_table(pa.table(dict(zip(ROW, map(list, rows), strict=True))), path)

    return write_rows


def _told(answer: Answer) -> tuple[object, ...]:
    row = answer.row
    order, document = row.order, row.document
    currency = (order.currency if order else None) or (document.currency if document else None)
    minors = (order.minor if order else None, document.minor if document else None)
    return (*row.name, PLACES[answer.outcome], answer.mask, currency, *minors)


if __name__ == "__main__":
    answered(run)
