"""Which columns do people read and write beside a break: its life, and what they say of it?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bridge.model.breaks import MEANINGS
from bridge.model.items import (
    CAUSE_NAMES,
    HANDLING_NAMES,
    LIFECYCLE_NAMES,
    Cause,
    Handling,
    Item,
    Lifecycle,
    NoteField,
    bucket_of,
)
from bridge.reports.cells import Money, Value
from bridge.reports.columns import BAD, BREAK_COLUMNS, FAIR, Column, Look
from bridge.reports.lifecycles import Lives, Resolution
from bridge.reports.memories import Memory
from bridge.reports.rows import Row
from bridge.reports.texts import Words

FRESH: Look = {"bg_color": "#DDEBF7"}
OLD, STALE = 8, 31  # days from which an age is coloured
FINGERPRINT = "fingerprint"


@dataclass(frozen=True)
class Told:
    """A break as it is told: its row, what became of it and what is remembered, at the moment of the statement."""

    row: Row
    item: Item
    memory: Memory
    at: datetime

    @property
    def age(self) -> int:
        """For how many days it has been open."""
        return self.item.age(self.at)

    def said(self, field: NoteField) -> str:
        """What a person wrote there."""
        return self.memory.said(self.item.id, field)


def _lifecycle_look(told: Told) -> Look:
    fresh = told.item.lifecycle in (Lifecycle.NEW, Lifecycle.REOPENED)
    return FRESH if fresh else FAIR if told.item.lifecycle is Lifecycle.CHANGED else {}


def _age_look(told: Told) -> Look:
    return BAD if told.age >= STALE else FAIR if told.age >= OLD else {}


def _is_prior(told: Told, words: Words) -> str | None:
    locked, facts = told.memory.locked, told.item.facts
    day = facts.day if facts.dated else None
    return words("prior period") if locked is not None and day is not None and day <= locked else None


def _status(told: Told, words: Words) -> str:
    return words(HANDLING_NAMES[told.memory.handling(told.item)])


def _status_look(told: Told) -> Look:
    return FAIR if told.memory.handling(told.item) is Handling.REVIEW else {}


def _cause(told: Told, words: Words) -> str | None:
    said = told.said(NoteField.CAUSE)
    return words(CAUSE_NAMES[Cause(said)]) if said else None


def _due(told: Told, _: Words) -> Value:
    said = told.said(NoteField.DUE)
    return date.fromisoformat(said) if said else None


def _choices(names: Iterable[str], words: Words) -> Sequence[str]:
    return [words(name) for name in names]


STATUS_CHOICES = {handling: name for handling, name in HANDLING_NAMES.items() if handling is not Handling.REVIEW}
LIFE_COLUMNS: Sequence[Column[Told]] = (
    Column(
        "lifecycle",
        "Since last time",
        11,
        lambda told, words: words(LIFECYCLE_NAMES[told.item.lifecycle]),
        look=_lifecycle_look,
    ),
    Column("age", "Age (days)", 8, lambda told, _: told.age, figures=True, look=_age_look),
    Column("age_bucket", "Age range", 9, lambda told, _: bucket_of(told.age).name),
)
EDITABLE_COLUMNS: Sequence[Column[Told]] = (
    Column(
        NoteField.STATUS.value,
        "Status",
        14,
        _status,
        look=_status_look,
        editable=True,
        choices=lambda words: _choices(STATUS_CHOICES.values(), words),
    ),
    Column(NoteField.OWNER.value, "Owner", 14, lambda told, _: told.said(NoteField.OWNER) or None, editable=True),
    Column(
        NoteField.CAUSE.value,
        "Cause",
        16,
        _cause,
        editable=True,
        choices=lambda words: _choices(CAUSE_NAMES.values(), words),
    ),
    Column(
        NoteField.COMMENT.value,
        "Comment",
        40,
        lambda told, _: told.said(NoteField.COMMENT) or None,
        wraps=True,
        editable=True,
    ),
    Column(NoteField.DUE.value, "Due", 11, _due, editable=True),
)
_END_COLUMNS: Sequence[Column[Told]] = (
    Column("first_seen", "First seen (UTC)", 19, lambda told, _: told.item.first_seen),
    Column("prior_period", "Period", 13, _is_prior),
    Column("locus_code", "Came in (code)", 12, lambda told, _: told.row.locus.value or None, hidden=True),
    Column(FINGERPRINT, "Fingerprint", 12, lambda told, _: told.item.fingerprint, hidden=True),
)


def _of_row(column: Column[Row]) -> Column[Told]:
    def value(told: Told, words: Words, inner: Callable[[Row, Words], Value] = column.value) -> Value:
        return inner(told.row, words)

    def look(told: Told, inner: Callable[[Row], Look] = column.look) -> Look:
        return inner(told.row)

    return Column(column.field, column.header, column.width, value, column.wraps, column.figures, look)


def _told_columns() -> Iterator[Column[Told]]:
    """What one reads first comes first: what it is, how much, why, what people say; of what it is made comes then."""
    later = [_of_row(column) for column in BREAK_COLUMNS if _is_component(column)]
    for column in BREAK_COLUMNS:
        if column.field == "sub":
            yield from (_of_row(column), *LIFE_COLUMNS)
        elif column.field == "differences":
            yield from (_of_row(column), *EDITABLE_COLUMNS, *later)
        elif not _is_component(column):
            yield _of_row(column)
    yield from _END_COLUMNS


def _is_component(column: Column[Row]) -> bool:
    return column.field.startswith("of_") or column.field == "company"


TOLD_COLUMNS: Sequence[Column[Told]] = tuple(_told_columns())


@dataclass(frozen=True)
class Settled:
    """A break of before that is not among those of now, as it is told; `unseen` says that nobody knows why."""

    resolution: Resolution
    memory: Memory
    at: datetime
    unseen: bool = False

    @property
    def before(self) -> Item:
        """How it last stood."""
        return self.resolution.before


def settled(lives: Lives, memory: Memory, at: datetime) -> list[Settled]:
    """All breaks of before that are not among those of now."""
    unseen = (Resolution(item, item, None) for item in lives.unseen)
    return [
        *(Settled(each, memory, at) for each in lives.resolved),
        *(Settled(each, memory, at, unseen=True) for each in unseen),
    ]


def _now(settled: Settled, words: Words) -> str:
    if settled.unseen:
        return words("still open: not seen while a control does not tie")
    now = settled.resolution.now
    return words("gone from all sides, or left out by rule") if now is None else words(MEANINGS[now].name)


def _crm(settled: Settled, _: Words) -> Money | None:
    facts = settled.before.facts
    return None if facts.crm_minor is None else Money(facts.crm_minor, facts.currency)


def _erp(settled: Settled, _: Words) -> Money | None:
    facts = settled.before.facts
    return None if facts.erp_minor is None else Money(facts.erp_minor, facts.erp_currency)


RESOLVED_COLUMNS: Sequence[Column[Settled]] = (
    Column("order_number", "Order", 15, lambda settled, _: settled.before.facts.order_number or None),
    Column("document", "Document", 13, lambda settled, _: settled.before.facts.document or None),
    Column("was", "Was", 22, lambda settled, words: words(MEANINGS[settled.before.outcome].name)),
    Column("now", "Is now", 26, _now, wraps=True),
    Column("currency", "Currency", 9, lambda settled, _: settled.before.facts.currency or None),
    Column("crm_amount", "CRM amount", 16, _crm, figures=True),
    Column("erp_amount", "ERP amount", 16, _erp, figures=True),
    Column("erp_currency", "ERP currency", 11, lambda settled, _: settled.before.facts.erp_currency or None),
    Column("first_seen", "First seen (UTC)", 19, lambda settled, _: settled.before.first_seen),
    Column("age", "Was open (days)", 10, lambda settled, _: settled.before.age(settled.at), figures=True),
    Column(
        "status",
        "Status",
        14,
        lambda settled, words: words(HANDLING_NAMES[settled.memory.handling(settled.before)]),
    ),
    Column("owner", "Owner", 14, lambda settled, _: settled.memory.said(settled.before.id, NoteField.OWNER) or None),
    Column(
        "comment",
        "Comment",
        40,
        lambda settled, _: settled.memory.said(settled.before.id, NoteField.COMMENT) or None,
        wraps=True,
    ),
    Column("code", "Code", 20, lambda settled, _: settled.before.outcome.value),
    Column("item_id", "Item id", 18, lambda settled, _: settled.before.id),
)
