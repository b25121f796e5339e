"""Does the workbook say what truly became of every break? The first thing that it says otherwise ends the run."""

from datetime import date, datetime
from typing import Any

from tests.end_to_end.december_books import Book, Record
from tests.end_to_end.december_counts import Count, Moves
from tests.end_to_end.december_truths import Key, Seen, Truth

STATUSES = {
    "open": "Open",
    "in_progress": "In progress",
    "explained": "Explained",
    "corrected": "Corrected",
    "accepted": "Accepted",
    "review": "Review again",
}
CAUSES = {
    "timing": "Timing",
    "keying": "Keying",
    "erp_rule": "Rule of the ERP",
    "master_data": "Master data",
    "rounding": "Rounding",
    "crm_change": "Changed in the CRM",
    "other": "Other",
}
MARKED = "=+-@"  # what a spreadsheet could take for a formula has a mark before it


class Disagreement(Exception):
    """The workbook says one thing, the tables another."""


def agree(what: str, found: object, wanted: object) -> None:
    """Go on only where both are the same."""
    if found != wanted:
        raise Disagreement(f"{what}: the workbook says {found!r}, the count says {wanted!r}")


def check(book: Book, seen: Seen, count: Count, moves: Moves, at: datetime) -> None:
    """Everything that the workbook says, against the count."""
    agree("controls that do not tie", book.failing, [])
    agree("what is open", sorted(book.breaks), sorted(count.open))
    for key, truth in count.open.items():
        try:
            _row(book, key, count, moves, at)
        except Disagreement as error:
            raise Disagreement(f"{error}; truly {truth}") from error
    _resolved(book, count, moves)
    _movement(book, count, moves)
    sums = {currency: (crm, erp, erp - crm) for currency, (crm, erp) in seen.sums.items() if (crm, erp) != (0, 0)}
    agree("sums by currency", {code: each for code, each in book.sums.items() if any(each)}, sums)
    agree("verdict", book.verdict, book.says(verdict_of(count)))


def verdict_of(count: Count) -> str:
    """What the verdict must be; never a green one while anything is open."""
    if any(truth.pressing for truth in count.open.values()):
        return "BREAKS"
    return "WARN" if count.open else "RECONCILED"


def _row(book: Book, key: Key, count: Count, moves: Moves, at: datetime) -> None:
    truth = count.open[key]
    row, where = book.breaks[key], " ".join(key)
    agree(f"{where}: its name", row["item_id"], count.names.setdefault(key, row["item_id"]))
    agree(f"{where}: its kind", (row["code"], row["sub_code"] or ""), (truth.codes[0], _sub(truth, row)))
    agree(f"{where}: all that is true", row["flags"].count(",") + 1, len(truth.codes))
    agree(f"{where}: what became of it", row["lifecycle"], book.says(moves.lifecycle(key)))
    agree(f"{where}: its age", row["age"], round((at - count.since[key]).total_seconds() / 86400))
    agree(f"{where}: first seen", row["first_seen"].date(), count.first[key].date())
    _words(book, row, key, count, truth)


def _sub(truth: Truth, row: Record) -> str:
    """Kinds that follow from the values alone are not counted a second time."""
    return (row["sub_code"] or "") if truth.codes[0] in {"AMOUNT_DIFF", "CUTOFF_DIFF", "CANCELLED_LIVE"} else truth.sub


def _words(book: Book, row: Record, key: Key, count: Count, truth: Truth) -> None:
    where = " ".join(key)
    status = count.status(key, truth.values)
    agree(f"{where}: status", row["status"], book.says(STATUSES[status]))
    for name in ("owner", "comment"):
        agree(f"{where}: {name}", row[name], shown(count.says(key, name)))
    if "due" in row:
        agree(f"{where}: due", _day(row["due"]), count.says(key, "due"))
        cause = count.says(key, "cause")
        agree(f"{where}: cause", row["cause"], book.says(CAUSES[cause]) if cause else None)


def shown(text: str) -> str | None:
    """How a text stands in a cell."""
    return f"'{text}" if text[:1] in set(MARKED) else text or None


def _day(cell: Any) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else cell.isoformat() if isinstance(cell, date) else ""


def _resolved(book: Book, count: Count, moves: Moves) -> None:
    gone = {count.names[key]: key for key in moves.before}
    agree("what is resolved", sorted(book.resolved), sorted(gone))
    for name, key in gone.items():
        row, before = book.resolved[name], moves.before[key]
        agree(f"{' '.join(key)}: what it was", row["code"], before.codes[0])
        _words(book, row, key, count, before)


def _movement(book: Book, count: Count, moves: Moves) -> None:
    wanted = {
        "Open before": moves.opening,
        "New": len(moves.new),
        "Reopened": len(moves.reopened),
        "Resolved": len(moves.before),
        "Open now": moves.closing,
        "of which changed": len(moves.changed),
        "of which need a person": sum(truth.pressing for truth in count.open.values()),
    }
    agree("movement", book.moved, wanted)
    came = book.moved["Open before"] + book.moved["New"] + book.moved["Reopened"]
    agree("opening + new + reopened - resolved", came - book.moved["Resolved"], book.moved["Open now"])
