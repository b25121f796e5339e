"""Which documents must an ERP still be asked for, and how? So that years of finished orders cost nothing."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from bridge.model.documents import DocumentStatus, Listed

STATUSES = list(DocumentStatus)  # in the order of life
LATE = timedelta(days=60)
MOST_LATE = 50  # asked for one by one; more are cheaper to find in a long list


def final_statuses(shown: Collection[DocumentStatus]) -> frozenset[DocumentStatus]:
    """After which nothing more is expected, in an ERP whose screens show these statuses.

    Paid, cancelled, and the last one it has at all, unless goods have still to leave the house.
    """
    alive = [status for status in STATUSES if status in shown and status is not DocumentStatus.CANCELLED]
    last = alive[-1] if alive else DocumentStatus.OPEN
    ends = {last} if STATUSES.index(last) >= STATUSES.index(DocumentStatus.SHIPPED) else set()
    return frozenset({DocumentStatus.PAID, DocumentStatus.CANCELLED, *ends})


def goes_back(old: DocumentStatus, new: DocumentStatus) -> bool:
    """Whether the new status comes before the old one in the life of a document."""
    return STATUSES.index(new) < STATUSES.index(old)


def split(ordered_on: Sequence[date], today: date) -> tuple[int, date | None]:
    """How many of the oldest are asked for one by one, and since when the list is read for the rest.

    `ordered_on` are the dates of all that are not finished, oldest first; without a rest there is no list to read.
    """
    late = sum(day < today - LATE for day in ordered_on)
    alone = late if late <= MOST_LATE else 0
    return alone, ordered_on[alone] if alone < len(ordered_on) else None


def listed_as(row: Listed) -> str:
    """What the list shows of a document but its status, as one text to compare with the next reading."""
    return "|".join(_texts(row))


def _texts(row: Listed) -> Iterator[str]:
    for value in (row.customer, row.ordered_on, row.reference, row.currency, row.total):
        yield "" if value is None else str(value)
