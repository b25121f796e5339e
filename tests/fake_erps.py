"""What does an ERP do with an order? One in memory, that lies only where a test plans it.

`plan` says how the next Saves go; `tests.fake_bots` works its screens.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bridge.errors import (
    BridgeError,
    SaveUnanswered,
)
from bridge.model.documents import Document, DocumentStatus
from bridge.model.profiles import ErpProfile
from bridge.ports import Answer, Clock

AT_ONCE = timedelta()
EXPIRED = "Session expired!"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Saving:
    """How the ERP takes one Save; as it stands, it stores at once and answers with the number.

    `times` is how often it stores, `commit_lag` and `list_lag` how late it stores and lists, `change` what it makes of
    the order in silence. `text` is answered instead of the number, `trouble` is raised instead of any answer.
    """

    times: int = 1
    commit_lag: timedelta = AT_ONCE
    list_lag: timedelta = AT_ONCE
    change: Callable[[Document], Document] | None = None
    text: str | None = None
    trouble: BridgeError | None = None


@dataclass(frozen=True)
class Coming:
    """A request that arrived and is stored later; `at` is when, `number` the stored document that it replaces."""

    at: datetime
    document: Document
    saving: Saving
    number: str = ""


@dataclass
class FakeErp:
    """An ERP in memory.

    `customers` and `items` are what it has on file (None: everything). `requests` holds every request to save that it
    took, in the order of arrival, whatever became of it; one of a session that has ended is not taken. `locks` says
    whose session holds a stored document open to be changed.
    """

    profile: ErpProfile
    clock: Clock
    customers: frozenset[str] | None = None
    items: frozenset[str] | None = None
    requests: list[Document] = field(default_factory=list)
    sessions: dict[str, int] = field(default_factory=dict)
    locked_out: set[str] = field(default_factory=set)
    locks: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stored: dict[str, Document] = {}
        self._listed_from: dict[str, datetime] = {}
        self._coming: list[Coming] = []
        self._plans: deque[Saving] = deque()
        self._last = 10000

    # what tests and other clerks do

    def plan(self, *savings: Saving) -> None:
        """How the next Saves go, in this order; those after them go well."""
        self._plans.extend(savings)

    def forget_plans(self) -> None:
        """Every Save goes well from now on."""
        self._plans.clear()

    def put(self, document: Document, listed_from: datetime | None = None) -> str:
        """Store a document that somebody else typed; its number."""
        self._last += 1
        number = str(self._last)
        self._stored[number] = replace(document, number=number, status=document.status or DocumentStatus.OPEN)
        self._listed_from[number] = listed_from or self.clock.now()
        return number

    def change(self, number: str, **changes: object) -> None:
        """Change a stored document, by hand or in silence."""
        self._stored[number] = replace(self._stored[number], **changes)  # type: ignore[arg-type]

    def remove(self, number: str) -> None:
        """Delete a stored document without a trace."""
        del self._stored[number]

    @property
    def documents(self) -> dict[str, Document]:
        """Everything that is stored by now, by number, listed or not."""
        self._arrive()
        return dict(self._stored)

    @property
    def coming(self) -> tuple[Document, ...]:
        """Everything that was requested and will be stored later."""
        self._arrive()
        return tuple(late.document for late in self._coming for _ in range(late.saving.times))

    # what its server does

    def sign_on(self, user: str) -> int:
        """A new session of the user, which ends the one before."""
        self.sessions[user] = self.sessions.get(user, 0) + 1
        return self.sessions[user]

    def lock(self, number: str, user: str, session: int) -> str:
        """Lock the document for that session; who has it where another living one does."""
        holder, theirs = self.locks.get(number, (user, session))
        if self.sessions.get(holder) == theirs and (holder, theirs) != (user, session):
            return f"Record locked by {holder}"
        self.locks[number] = (user, session)
        return ""

    def receive(self, document: Document, user: str, session: int, number: str = "") -> Answer:
        """Take a request to save, as planned; with a number it replaces that document, whose lock ends by it."""
        if session != self.sessions.get(user):
            return Answer(None, EXPIRED)
        self.requests.append(document)
        saving = self._plans.popleft() if self._plans else Saving()
        self.locks.pop(number, None)
        stored = None
        if saving.commit_lag:
            self._coming.append(Coming(self.clock.now() + saving.commit_lag, document, saving, number))
        else:
            stored = self._store(document, saving, self.clock.now(), number)
        if saving.trouble is not None:
            raise saving.trouble
        if saving.text is not None or stored is None:
            return Answer(None, saving.text or "")
        return Answer(stored)

    def listed(self) -> list[Document]:
        """What its order list shows by now."""
        now = self.clock.now()
        return [found for number, found in self.documents.items() if self._listed_from[number] <= now]

    def _store(self, document: Document, saving: Saving, at: datetime, number: str) -> str | None:
        kept = saving.change(document) if saving.change is not None else document
        if number and saving.times:
            self._stored[number] = replace(kept, number=number)
            if kept.status is DocumentStatus.CANCELLED and self.profile.cancelled == "gone":
                self.remove(number)
        if number:
            return number if saving.times else None
        numbers = [self.put(kept, at + saving.list_lag) for _ in range(saving.times)]
        return numbers[-1] if numbers else None

    def _arrive(self) -> None:
        now = self.clock.now()
        due = [late for late in self._coming if late.at <= now]
        self._coming = [late for late in self._coming if late.at > now]
        for late in due:
            self._store(late.document, late.saving, late.at, late.number)


def unanswered(**how: object) -> Saving:
    """A Save whose answer is lost."""
    return Saving(trouble=SaveUnanswered(why="the line was cut"), **how)  # type: ignore[arg-type]
