"""Would the sweep notice if we kept no promise? Each weakness takes away one thing that keeps them, for doubters."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bridge.engine.hearts import Heart, Kept
from bridge.entry import Desk
from bridge.errors import LeaseLost
from bridge.model.documents import Document, Listed
from bridge.model.postings import Claim, Phase
from bridge.model.read_backs import FilledForm
from bridge.ports import Search

Read = FilledForm | Document
Weaken = Callable[[Desk, Claim], Desk]


class Blind:
    """A bot whose searches find nothing, but for the search that must find something."""

    def __init__(self, bot: Any, reference: str) -> None:
        self._bot = bot
        self._reference = reference

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Nothing of the order at hand, and nothing that looks like it."""
        found: tuple[Listed, ...] = self._bot.search(query)
        return found if query.reference not in ("", self._reference) else ()


class Forgetful:
    """A ledger that is not told of intent and leave."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def note_phase(self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[Read] = ()) -> None:
        """Keep only what comes with a number."""
        if phase in (Phase.NUMBERED, Phase.VERIFIED):
            self._ledger.note_phase(claim, phase, document, read)


class Unfenced:
    """A ledger whose word is not waited for: whoever lost the lease saves all the same."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def note_phase(self, claim: Claim, phase: Phase, document: str | None = None, read: Sequence[Read] = ()) -> None:
        """Go on whatever the ledger says."""
        with suppress(LeaseLost):
            self._ledger.note_phase(claim, phase, document, read)


class Heartless(Heart):
    """Renews leases, and stops no hands whatever becomes of them."""

    def watch(self) -> None:
        """Look away."""

    def _lose(self, kept: Kept) -> None:
        """Let them go on."""


NEEDS_LATE_LIST = ("intent",)  # without it nothing but a list that is late leads to a second entry
HEARTS: dict[str, type[Heart]] = {"fencing": Heartless}
WEAKNESSES: dict[str, Weaken] = {
    "probe": lambda desk, claim: replace(desk, bot=Blind(desk.bot, claim.posting.reference)),
    "intent": lambda desk, _claim: replace(desk, ledger=Forgetful(desk.ledger)),
    "fencing": lambda desk, _claim: replace(desk, ledger=Unfenced(desk.ledger)),
}
