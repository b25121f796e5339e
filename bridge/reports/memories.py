"""What was known before this reconciliation: the statement before it, its breaks, and what people said?"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from bridge.model.breaks import Outcome
from bridge.model.items import Handling, Item, Note, NoteField, Notes, handling_of
from bridge.model.statements import Role, SignOff, Statement
from bridge.reports.inputs import Carried


@dataclass(frozen=True)
class Memory:
    """What a reconciliation goes on from; without any it is the first of its chain.

    `items` are all breaks that were ever seen, `notes` the last words beside them up to number `notes_through`.
    `sign_offs` are those of earlier versions of the same period; through `locked` the books are closed. `version` is
    the number of this statement among those of its period. A `verification` is no link of the chain.
    """

    previous: Statement | None = None
    items: Mapping[str, Item] = field(default_factory=dict)
    notes: Notes = field(default_factory=dict)
    notes_through: int = 0
    sign_offs: tuple[SignOff, ...] = ()
    locked: date | None = None
    version: int = 1
    verification: bool = False

    @property
    def number(self) -> int | None:
        """The number of this statement in the chain."""
        if self.verification:
            return None
        return (self.previous.number or 0) + 1 if self.previous else 1

    @property
    def opening(self) -> int:
        """How many breaks the statement before closed with."""
        return self.previous.open_items if self.previous else 0

    @property
    def open_items(self) -> Mapping[str, Item]:
        """The breaks that are open from before."""
        return {name: item for name, item in self.items.items() if item.is_open}

    def handling(self, item: Item) -> Handling:
        """What counts of the status that a person gave."""
        return handling_of(self.notes.get((item.id, NoteField.STATUS)), item)

    def said(self, item_id: str, name: NoteField) -> str:
        """What stands in one field beside a break."""
        note = self.notes.get((item_id, name))
        return note.value if note else ""

    def signed(self, role: Role) -> SignOff | None:
        """Who signed last as that."""
        return next((each for each in reversed(self.sign_offs) if each.role is role), None)

    @property
    def sha256(self) -> str:
        """A hash over all of it that shows in a workbook."""
        told = (
            self.previous.manifest_sha256 if self.previous else "",
            self.version,
            self.verification,
            str(self.locked),
            sorted(_told(item) for item in self.items.values()),
            sorted(_told(note) for note in self.notes.values()),
            [_told(signed) for signed in self.sign_offs],
        )
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _told(value: Item | Note | SignOff) -> str:
    return json.dumps(asdict(value), default=str, sort_keys=True)


def carried_from(items: Iterable[Item]) -> Carried:
    """The orders and documents of breaks that are open from before, and the days of them."""
    still = [item for item in items if item.is_open]
    facts = [item.facts for item in still]
    return Carried(
        orders=frozenset((each.crm, each.order_id) for each in facts if each.order_id),
        documents=frozenset(number for each in facts for number in (each.document, *each.together) if number),
        since=min((each.day for each in facts if each.day is not None), default=None),
        until=max((each.last_day for each in facts if each.last_day is not None), default=None),
        not_typed_since={
            (item.facts.crm, item.facts.order_id): item.outcome_since or item.open_since
            for item in still
            if item.outcome is Outcome.NOT_TYPED
        },
    )
