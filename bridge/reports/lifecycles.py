"""What became of every break since the statement before?

A break keeps its name while its outcome changes, so that comments and age stay with it. Its fingerprint is over its
values: one more or less of them and it has changed, and what was accepted of it is to be looked at again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bridge.model.breaks import Outcome, Sub
from bridge.model.items import Facts, Item, Lifecycle
from bridge.reports.inputs import Inputs
from bridge.reports.line_differences import ordered_lines, stored_lines
from bridge.reports.memories import Memory
from bridge.reports.records import CrmRecord, ErpRecord
from bridge.reports.rows import Row

A_YEAR = timedelta(days=366)
PASSING = frozenset({Sub.PENDING, Sub.OVERDUE, Sub.TIMING})  # kinds that come with time alone, without another value
LASTING = {Sub.PARTIAL_OVERDUE: Sub.PARTIAL}  # and what they are all the time


@dataclass(frozen=True)
class Resolution:
    """A break that is none any more: how it last stood, and what its order or document is now, if anything."""

    item: Item
    before: Item
    now: Outcome | None


@dataclass(frozen=True)
class Lives:
    """The breaks of this reconciliation by name, and those of the one before that are resolved.

    `pressing` is how many of the breaks need a person, `expected` how many go away by themselves as far as is known.
    `unseen` are those of before that are not here while a control does not tie: nobody can say then that they are gone.
    """

    items: Mapping[str, Item]
    resolved: tuple[Resolution, ...]
    pressing: int = 0
    expected: int = 0
    unseen: tuple[Item, ...] = ()

    def count(self, lifecycle: Lifecycle) -> int:
        """How many breaks stand so."""
        if lifecycle is Lifecycle.RESOLVED:
            return len(self.resolved)
        return sum(item.lifecycle is lifecycle for item in self.items.values())

    def news(self) -> tuple[Item, ...]:
        """What is to be remembered: every break of which anything is new."""
        moved = (item for item in self.items.values() if item.lifecycle is not Lifecycle.OPEN)
        return tuple(sorted((*moved, *(each.item for each in self.resolved)), key=lambda item: item.id))


def lives_of(breaks: Iterable[Row], inputs: Inputs, memory: Memory, at: datetime) -> Lives:
    """What became of all breaks at that moment; what the resolved ones are now is not yet said."""
    items: dict[str, Item] = {}
    pressing = expected = 0
    for row in breaks:
        items[row.item_id] = _lived(row, inputs, memory.items.get(row.item_id), at)
        pressing += row.needs_person
        expected += row.is_expected
    gone = sorted(name for name in memory.open_items if name not in items)
    return Lives(items, tuple(_resolved(memory.items[name]) for name in gone), pressing, expected)


def without_resolutions(lives: Lives) -> Lives:
    """The same where not all was read or counted: what is not here stays open as it was."""
    return replace(lives, resolved=(), unseen=tuple(each.before for each in lives.resolved))


def with_outcomes(lives: Lives, rows: Iterable[Row]) -> Lives:
    """The same, with what the resolved ones are now; `rows` are those that may be theirs."""
    named: dict[object, Outcome] = {}
    for row in rows:
        document = ("document", row.erp.number) if row.erp is not None else None
        named |= {key: row.outcome for key in (row.item_id, document, row.order) if key}
    return replace(lives, resolved=tuple(replace(each, now=_now(each.before, named)) for each in lives.resolved))


def _now(before: Item, named: Mapping[object, Outcome]) -> Outcome | None:
    """What the break's own row is now, else that of its document, else that of its order."""
    facts = before.facts
    keys = (before.id, ("document", facts.document), (facts.crm, facts.order_id))
    return next((named[key] for key in keys if key in named), None)


def _resolved(before: Item) -> Resolution:
    return Resolution(replace(before, lifecycle=Lifecycle.RESOLVED), before, None)


def _lived(row: Row, inputs: Inputs, before: Item | None, at: datetime) -> Item:
    fingerprint = fingerprint_of(row, inputs)
    facts = _with_days(facts_of(row, inputs), inputs, before.facts if before else None)
    made = Item(row.item_id, Lifecycle.NEW, fingerprint, row.outcome, at, at, facts, at)
    if before is None:
        return made
    if not before.is_open:
        return replace(made, lifecycle=Lifecycle.REOPENED, first_seen=before.first_seen)
    lifecycle = Lifecycle.OPEN if before.fingerprint == fingerprint else Lifecycle.CHANGED
    called_since = (before.outcome_since or before.open_since) if before.outcome is row.outcome else at
    return replace(
        made,
        lifecycle=lifecycle,
        first_seen=before.first_seen,
        open_since=before.open_since,
        outcome_since=called_since,
    )


def _with_days(facts: Facts, inputs: Inputs, before: Facts | None) -> Facts:
    """The facts with the days to look for it, where no side gives it one."""
    if facts.day is not None:
        return facts
    if before is not None and before.day is not None:
        return replace(facts, day=before.day, last_day=before.last_day, dated=before.dated)
    return replace(facts, day=inputs.period.first, last_day=inputs.period.last, dated=False)


def fingerprint_of(row: Row, inputs: Inputs) -> str:
    """A hash over the row's name, what is true of it, and every value that was compared."""
    values = (
        row.item_id,
        row.outcome.value,
        *(flag.value for flag in row.flags),
        "" if row.sub in PASSING else LASTING.get(row.sub, row.sub).value,
        *_crm_values(row.crm, inputs),
        *_erp_values(row.erp, inputs),
        row.erp.status if row.erp is not None and row.crm is None else "",
        row.owner.order.revision if row.owner is not None and row.crm is None else "",
        *row.members,
        *(str(each) for each in row.differences),
    )
    text = "\x1f".join("\x00" if value is None else str(value) for value in values)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _crm_values(record: CrmRecord | None, inputs: Inputs) -> Iterator[object]:
    order = record.order if record is not None else None
    if record is not None and record.invalid is not None:
        yield record.invalid
    if record is None or order is None:
        return
    yield from (order.status.value, order.customer, order.currency, record.minor, order.ordered_on, order.company)
    yield from (order.discount, order.freight, order.tax)
    yield from ordered_lines(order, inputs)


def _erp_values(record: ErpRecord | None, inputs: Inputs) -> Iterator[object]:
    if record is None:
        return
    if record.invalid is not None:
        yield record.invalid
    yield from (record.number, record.reference, record.customer, record.currency, record.minor, record.ordered_on)
    yield from (record.company, record.po_number, *sorted(record.parts.items()))
    yield from stored_lines(record.lines or (), record.currency, inputs)


def facts_of(row: Row, inputs: Inputs) -> Facts:
    """What the break is about, so that it can be looked for and told again."""
    owner = row.owner.posting if row.owner else None
    days = tuple(_days(row, inputs))
    return Facts(
        crm=row.crm.crm if row.crm else (owner.crm if owner else ""),
        order_id=row.crm.order_id if row.crm else (owner.order_id if owner else ""),
        order_number=row.order_number,
        document=row.erp.number if row.erp else (owner.document or "" if owner else ""),
        day=min(days, default=None),
        last_day=max(days, default=None),
        currency=row.currency,
        crm_minor=row.crm_minor,
        erp_currency=row.erp_currency or "",
        erp_minor=row.erp_minor,
        together=row.together,
    )


def _days(row: Row, inputs: Inputs) -> Iterator[date]:
    """The days to look for it in the ERP; that of a document which is looked up by its number anyway is none of them.

    Nor is one that is years off the others: who wrote 1926 makes nobody read a list of a hundred years.
    """
    days: list[date] = []
    found = inputs.documents.lookups.found
    if row.erp is not None and row.erp.ordered_on is not None and row.erp.number not in found:
        days.append(row.erp.ordered_on)
    if row.owner is not None:
        days.append(row.owner.order.ordered_on)
    if row.crm is not None and row.crm.order is not None:
        days.append(row.crm.order.ordered_on)
    return (day for day in days if abs(day - days[0]) <= A_YEAR)
