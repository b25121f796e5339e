"""Which days does a statement look at, and what does it look at whatever its day?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tests.oracles import Stored


@dataclass(frozen=True)
class Days:
    """What a statement looks at: the days asked for, and what was open before with the days that it spans."""

    first: date
    last: date
    orders: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    since: date = date.max
    until: date = date.min

    def lists(self, day: str) -> bool:
        """Whether Harbour's list is read for that day."""
        return min(self.first, self.since) <= date.fromisoformat(day) <= max(self.last, self.until)

    def asks(self, day: str) -> bool:
        """Whether the day is one that was asked for."""
        return self.first <= date.fromisoformat(day) <= self.last

    def spanned(self, documents: Sequence[Stored]) -> Iterator[date]:
        """The days of those that are in the list: what is looked up by its number has none to read the list for."""
        return (date.fromisoformat(each.ordered_on) for each in documents if self.lists(each.ordered_on))
