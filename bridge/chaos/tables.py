"""What became of the orders that were struck? By the ERP's own tables, and by nothing that we say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from bridge.chaos.arenas import Arena, Stored
from bridge.chaos.faults import Fault
from bridge.chaos.plans import Blow, Plan
from bridge.chaos.points import Point
from bridge.locale import Phrase
from bridge.model.postings import Posting, PostingState

S = PostingState
SEEN = {S.POSTED, S.HELD, S.REJECTED, S.CANCELLED, S.FAILED}
HOUR = 3600.0


@dataclass(frozen=True)
class Row:
    """What came of the orders struck at one point by one fault; `seconds` is the mean from the strike to their rest.

    `lost` counts what is posted and not stored, or has not come to rest; `otherwise` what did not end as declared.
    """

    point: str
    fault: str
    orders: int
    struck: int
    duplicates: int
    lost: int
    wrong: int
    in_doubt: int
    held: int
    otherwise: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing was doubled, lost, wrong, left in doubt, or ended otherwise than declared."""
        return not (self.duplicates or self.lost or self.wrong or self.in_doubt or self.otherwise)


@dataclass(frozen=True)
class Fate:
    """One order: where it was struck, when, and what it came to; `wrong` are its documents that differ from it."""

    posting: Posting
    fault: Fault
    struck_at: float | None
    documents: Sequence[Stored]
    wrong: int

    @property
    def lost(self) -> bool:
        """Whether it is said to be stored and is not, or waits where nobody looks."""
        return (self.posting.state is S.POSTED and not self.documents) or self.posting.state not in SEEN

    @property
    def otherwise(self) -> bool:
        """Whether it ended otherwise than its fault declares; what is held must name its document."""
        code = None if self.posting.reason is None else self.posting.reason.code
        state, why = self.fault.end, self.fault.why
        named = state is not S.HELD or self.posting.document in {each.number for each in self.documents}
        return self.posting.state is not state or len(self.documents) != 1 or not named or (why not in (None, code))

    @property
    def seconds(self) -> float | None:
        """From the strike to its rest; a clock that jumped did so by whole hours."""
        if self.struck_at is None:
            return None
        passed = self.posting.updated_at.timestamp() - self.struck_at
        return max(0.0, (passed + HOUR / 2) % HOUR - HOUR / 2)


def fates(arena: Arena, planned: Plan, strikes: Mapping[str, float]) -> dict[str, Fate]:
    """What became of each order of the plan."""
    postings, stored = arena.postings(planned), arena.stored()
    found: dict[str, Fate] = {}
    for number, (_, fault) in planned.items():
        documents = stored.get(f"PO {number}", [])
        wrong = sum(arena.differs(number, each) for each in documents)
        found[number] = Fate(postings[number], fault, strikes.get(number), documents, wrong)
    return found


def rows_of(found: Mapping[str, Fate], planned: Plan) -> list[Row]:
    """A row for every point and fault."""
    by_blow: dict[Blow, list[Fate]] = {}
    for number, blow in planned.items():
        by_blow.setdefault(blow, []).append(found[number])
    return [_row(*blow, all_of_it) for blow, all_of_it in by_blow.items()]


def _row(point: Point, fault: Fault, found: Sequence[Fate]) -> Row:
    states = [each.posting.state for each in found]
    times = [each.seconds for each in found if each.seconds is not None]
    return Row(
        point=point.name,
        fault=fault.name,
        orders=len(found),
        struck=len(times),
        duplicates=sum(len(each.documents) > 1 for each in found),
        lost=sum(each.lost for each in found),
        wrong=sum(each.wrong for each in found),
        in_doubt=sum(state in (S.IN_DOUBT, S.CLAIMED) for state in states),
        held=states.count(S.HELD),
        otherwise=sum(each.otherwise for each in found),
        seconds=round(mean(times), 1) if times else 0.0,
    )


def told(found: Mapping[str, Fate], planned: Plan) -> list[Phrase]:
    """A sentence on every order that did not end as it must, to look into."""
    return [_said(number, fate, *planned[number]) for number, fate in found.items() if fate.otherwise or fate.wrong]


def _said(number: str, fate: Fate, point: Point, fault: Fault) -> Phrase:
    reason = fate.posting.reason
    return Phrase(
        "{number}: {point}, {fault}: {state} ({reason}), stored as {documents}",
        number=number,
        point=Phrase(point.name),
        fault=Phrase(fault.name),
        state=Phrase.code(fate.posting.state.value),
        reason="" if reason is None else reason.phrase,
        documents=", ".join(each.number for each in fate.documents) or "-",
    )
