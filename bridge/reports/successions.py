"""Is a break still the same one, though its order came or went and so it would have another name?

A document that nobody ordered is named after itself. Once the CRM gives its order, the row is the order's, and what was
known of the break goes with it: its age, and what people said. The same the other way round, and when it comes back
after it was resolved.
"""

from collections.abc import Iterable, Iterator, Mapping

from bridge.model.items import Item
from bridge.reports.listings import Listing
from bridge.reports.memories import Memory
from bridge.reports.rows import Row


def successions(rows: Listing, memory: Memory) -> Mapping[str, str]:
    """Of each row that goes on from a break of another name: its own name, and that of the break."""
    if not memory.items:
        return {}
    breaks = {row.item_id: row for row in rows.breaks}
    gone = [item for name, item in memory.open_items.items() if name not in breaks]
    about = {row.item_id: row for row in rows.about(gone)} if gone else {}
    found = _found(about, [item for item in gone if item.id not in about], known=memory.open_items)
    fresh = {name: row for name, row in breaks.items() if name not in memory.items and name not in found}
    resolved = [item for item in memory.items.values() if not item.is_open and item.id not in breaks]
    resolved = [*_about_any(fresh.values(), resolved)] if fresh else []
    there = {row.item_id for row in rows.about(resolved)} if resolved else set()
    return found | _found(fresh, [item for item in resolved if item.id not in there], known=memory.items)


def _about_any(rows: Iterable[Row], items: Iterable[Item]) -> Iterator[Item]:
    """Those that were about a document or an order of these rows."""
    numbers, orders = {row.erp.number for row in rows if row.erp is not None}, {row.order for row in rows}
    return (item for item in items if item.facts.document in numbers or (item.facts.crm, item.facts.order_id) in orders)


def _found(rows: Mapping[str, Row], items: Iterable[Item], known: Mapping[str, Item]) -> dict[str, str]:
    """Which of the rows, other than those of a name that is known, go on from which of these breaks."""
    left = _Left(items)
    befores = ((name, left.take(row)) for name, row in sorted(rows.items()) if name not in known)
    return {name: before for name, before in befores if before is not None}


class _Left:
    """The breaks that no row goes on from yet."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._documents: dict[str, list[str]] = {}
        self._orders: dict[tuple[str, str], list[str]] = {}
        self._taken: set[str] = set()
        for item in sorted(items, key=lambda each: each.id, reverse=True):
            facts = item.facts
            if facts.document:
                self._documents.setdefault(facts.document, []).append(item.id)
            if facts.order_id and not facts.together:  # else it was about one of several documents, not about the order
                self._orders.setdefault((facts.crm, facts.order_id), []).append(item.id)

    def take(self, row: Row) -> str | None:
        """The break that was about the row's document, else about its order; nobody else can have it then."""
        by_document = self._documents.get(row.erp.number, []) if row.erp is not None else []
        by_order = self._orders.get(row.order, []) if row.order is not None else []
        for names in (by_document, by_order):
            while names:
                name = names.pop()
                if name not in self._taken:
                    self._taken.add(name)
                    return name
        return None
