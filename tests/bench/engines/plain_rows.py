"""Which rows has the report, and which records are left out of it? One row per order or document."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.engines.plain_families import BY_NOTHING, Family, clans, families
from tests.bench.engines.plain_groups import Group, group_of
from tests.bench.engines.plain_records import Day, Document, Entry, Order


@dataclass
class Row:
    """What is compared with what; `excess` is a second record of its side, `passed` how the document was found."""

    order: Order | None = None
    entry: Entry | None = None
    document: Document | None = None
    passed: int = BY_NOTHING
    excess: bool = False
    group: Group = Group.NONE

    @property
    def name(self) -> tuple[int, int, int]:
        """The records it stands for, -1 where a side has none."""
        crm, ledger, erp = (-1 if each is None else each.record for each in (self.order, self.entry, self.document))
        return crm, ledger, erp


def rows_of(day: Day) -> tuple[list[Row], Counter[tuple[str, str]]]:
    """The rows that are judged, and how many records of each side were left out by which rule."""
    found = families(day)
    kept, left_out = [], Counter({("erp", "void"): sum(not document.live for document in day.documents)})
    for clan in clans(found):
        told = [row for key in clan for row in _rows(found[key])]
        rules = [_rule(row, in_period=any(found[key].in_period for key in clan)) for row in told]
        stay = [row for row, rule in zip(told, rules, strict=True) if not rule]
        _judge(stay, day)
        kept += stay
        left_out.update(each for row, rule in zip(told, rules, strict=True) if rule for each in _sides(row, rule))
    return kept, left_out


def _rows(family: Family) -> Iterator[Row]:
    """The first order, the entry and the first document together; every further record alone."""
    orders, documents = family.orders, family.documents
    if orders or family.entry or documents:
        passed, document = documents[0] if documents else (BY_NOTHING, None)
        yield Row(orders[0] if orders else None, family.entry, document, passed)
    yield from (Row(order=order, excess=True) for order in orders[1:])
    yield from (Row(document=document, passed=passed, excess=True) for passed, document in documents[1:])


def _rule(row: Row, *, in_period: bool) -> str:
    """By which rule the row is left out; what is live in the ERP or in doubt never is for its status."""
    if not in_period:
        return "outside_period"
    if row.document or (row.entry and row.entry.uncertain):
        return ""
    if row.order:
        return row.order.status if row.order.status in {"draft", "cancelled"} else ""
    return "" if row.entry and row.entry.committed else "never_entered"


def _sides(row: Row, rule: str) -> Iterator[tuple[str, str]]:
    members: Mapping[str, object] = {"crm": row.order, "ledger": row.entry, "erp": row.document}
    yield from ((side, rule) for side, member in members.items() if member is not None)


def _judge(rows: list[Row], day: Day) -> None:
    """Say of each row of a clan what group it is in; nothing is, where any of it is unclear."""
    if not any(_unclear(row) for row in rows):
        orders = [row.order for row in rows if row.order]
        documents = [row.document for row in rows if row.document]
        group = group_of(orders, documents, day)
        for row in rows:
            row.group = group


def _unclear(row: Row) -> bool:
    if row.order and (row.excess or row.order.invalid or not row.order.released):
        return True
    return bool((row.document and row.document.invalid) or (row.entry and row.entry.uncertain))
