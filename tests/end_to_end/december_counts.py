"""What became of each break, and what was said of it? A count of its own, beside the product's."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.end_to_end.december_days import Days
from tests.end_to_end.december_truths import PATIENCE, Key, Truth

SETTLED = {"explained", "corrected", "accepted"}


@dataclass(frozen=True)
class Said:
    """What somebody wrote: when, by the number of the statement it was written into, and beside which values."""

    value: str
    statement: int
    values: tuple[object, ...]


@dataclass(frozen=True)
class Moves:
    """What became of all breaks since the statement before; `before` is how the resolved ones last stood."""

    opening: int
    new: frozenset[Key]
    reopened: frozenset[Key]
    changed: frozenset[Key]
    before: Mapping[Key, Truth]
    closing: int

    def lifecycle(self, key: Key) -> str:
        """Where an open break stands."""
        for name, keys in (("New", self.new), ("Reopened", self.reopened), ("Changed", self.changed)):
            if key in keys:
                return name
        return "Still open"


@dataclass
class Count:
    """All breaks that ever were, by what they are about; `made` statements were issued, `opened` says in which."""

    open: dict[Key, Truth] = field(default_factory=dict)
    since: dict[Key, datetime] = field(default_factory=dict)
    first: dict[Key, datetime] = field(default_factory=dict)
    said: dict[tuple[Key, str], Said] = field(default_factory=dict)
    names: dict[Key, str] = field(default_factory=dict)
    opened: dict[Key, int] = field(default_factory=dict)
    made: int = 0

    def move(self, now: Mapping[Key, Truth], at: datetime) -> Moves:
        """The next statement, read at that moment."""
        before, self.made = self.open, self.made + 1
        now = {key: self._waited(key, truth, at) for key, truth in now.items()}
        new = frozenset(key for key in now if key not in self.first)
        reopened = frozenset(key for key in now if key not in before and key not in new)
        kept = now.keys() & before.keys()
        changed = frozenset(key for key in kept if now[key].values != before[key].values)
        gone = {key: truth for key, truth in before.items() if key not in now}
        self.since |= dict.fromkeys(new | reopened, at)
        self.opened |= dict.fromkeys(new | reopened, self.made)
        self.first |= dict.fromkeys(new, at)
        self.open = {key: truth if truth.days else replace(truth, days=before[key].days) for key, truth in now.items()}
        return Moves(len(before), new, reopened, changed, gone, len(now))

    def _waited(self, key: Key, truth: Truth, at: datetime) -> Truth:
        """The same, overdue where it was found not to be entered long ago, however often it is changed."""
        known = key in self.open and self.open[key].codes[0] == truth.codes[0] == "NOT_TYPED"
        late = known and truth.sub == "PENDING" and at - self.since[key] > PATIENCE
        return replace(truth, sub="OVERDUE") if late else truth

    def carried(self, days: Days) -> Days:
        """The days asked for, with all that is open."""
        spans = [day for truth in self.open.values() for day in truth.days]
        return Days(
            days.first,
            days.last,
            orders=frozenset(truth.about[0] for truth in self.open.values() if truth.about[0]),
            documents=frozenset().union(*({truth.about[1], *truth.together} for truth in self.open.values())) - {""},
            since=min(spans, default=days.since),
            until=max(spans, default=days.until),
        )

    def says(self, key: Key, name: str) -> str:
        """What stands there."""
        said = self.said.get((key, name))
        return said.value if said else ""

    def status(self, key: Key, values: tuple[object, ...]) -> str:
        """What counts of the status: what was settled of other values, or before it was gone, is to be looked at."""
        said = self.said.get((key, "status"))
        if said is None or not said.value:
            return "open"
        stands = said.values == values and said.statement >= self.opened[key]
        return said.value if stands or said.value not in SETTLED else "review"
