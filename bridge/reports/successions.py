"""Is a break still the same one, though its order came or went and so it would have another name?

A document that nobody ordered is named after itself. Once the CRM gives its order, the row is the order's, and what was
known of the break goes with it: its age, and what people said. The same the other way round.
"""

from collections.abc import Mapping

from bridge.model.items import Item
from bridge.reports.listings import Listing
from bridge.reports.memories import Memory
from bridge.reports.rows import Row


def successions(rows: Listing, memory: Memory) -> Mapping[str, str]:
    """Of each row that goes on from an open break of another name: its own name, and that of the break."""
    gone = set(memory.open_items)
    if gone:
        gone -= {row.item_id for row in rows.breaks}
    about = [*rows.about([memory.items[name] for name in sorted(gone)])]
    gone -= {row.item_id for row in about}
    left = {name: memory.items[name] for name in sorted(gone)}
    found: dict[str, str] = {}
    for row in about:
        before = None if row.item_id in memory.open_items else _before(row, left)
        if before is not None:
            found[row.item_id] = before
            del left[before]
    return found


def _before(row: Row, left: Mapping[str, Item]) -> str | None:
    """The break that was about the row's document, else about its order."""
    document = row.erp.number if row.erp is not None else ""
    order = row.order
    by_document = (name for name, item in left.items() if document and item.facts.document == document)
    by_order = (name for name, item in left.items() if order and (item.facts.crm, item.facts.order_id) == order)
    return next(by_document, None) or next(by_order, None)
