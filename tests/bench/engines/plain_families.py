"""Which records belong together, by the words: a reference, a number, and what one document holds of several orders?"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.engines.plain_records import Day, Document, Entry, Order

BY_REFERENCE, BY_NUMBER, BY_OWN_NUMBER, BY_NOTHING = 1, 2, 4, 9


@dataclass
class Family:
    """All records of one key, each side in the order in which it is paired; `kin` are the keys joined with it."""

    orders: list[Order] = field(default_factory=list)
    entry: Entry | None = None
    documents: list[tuple[int, Document]] = field(default_factory=list)
    kin: set[str] = field(default_factory=set)

    @property
    def in_period(self) -> bool:
        """Whether any of it is in the period; a document that is void does not count."""
        known = self.entry is not None and self.entry.in_period
        seen = any(order.in_period for order in self.orders)
        return known or seen or any(document.in_period for _, document in self.documents)


def families(day: Day) -> dict[str, Family]:
    """All families, by key; a document that nobody knows is a family of its own."""
    found: defaultdict[str, Family] = defaultdict(Family)
    for order in day.orders:
        found[order.key].orders.append(order)
    for entry in day.entries:
        found[entry.key].entry = entry
    named = _named(day.entries)
    for document in day.documents:
        if document.live:
            _join(found, named.get(document.number, ()))
    known = frozenset(found)
    nobodys = [document for document in day.documents if not _settle(document, found, known, named)]
    for document, key in zip(nobodys, own_numbers(nobodys, day, found), strict=True):
        passed = BY_OWN_NUMBER if key else BY_NOTHING
        found[key or f"\x1f{document.record}"].documents.append((passed, document))
    for family in found.values():
        family.orders.sort(key=lambda order: (not order.owner, not order.released, order.record))
        family.documents.sort(key=lambda each: (each[0], not _is_own(each[1], family.entry, named), each[1].record))
    return dict(found)


def own_numbers(nobodys: Sequence[Document], day: Day, found: Mapping[str, Family]) -> list[str]:
    """M1b: for each document the key of the one order whose number it shows, "" where it is not known to be one's.

    The order is the only one of its number, the document the only one that shows it, and nobody is known to have
    entered the order: no document is found for it, the ledger does not say so, and no other key hangs on it.
    """
    bearers: defaultdict[str, list[Order]] = defaultdict(list)
    for order in day.orders:
        bearers[order.number or ""].append(order)
    bearers.pop("", None)
    shown = [_shown(document, bearers) for document in nobodys]
    fit = [
        number if len(bearers.get(number, ())) == 1 and _is_free(bearers[number][0], found) else "" for number in shown
    ]
    counts = Counter(fit)
    return [bearers[number][0].key if number and counts[number] == 1 else "" for number in fit]


def _shown(document: Document, bearers: Mapping[str, list[Order]]) -> str:
    """The number that a document shows; "" where it shows none of any order's, or of two orders one each."""
    seen = {text for text in (document.reference, document.po_number) if text in bearers}
    return seen.pop() if len(seen) == 1 else ""


def _is_free(order: Order, found: Mapping[str, Family]) -> bool:
    family = found[order.key]
    entered = family.entry is not None and (family.entry.committed or family.entry.uncertain)
    return not entered and not family.documents and not family.kin - {order.key}


def clans(found: Mapping[str, Family]) -> list[list[str]]:
    """The keys that are joined with each other, over whatever stands between them."""
    seen: set[str] = set()
    told = []
    for key in found:
        if key in seen:
            continue
        clan, waiting = [], [key]
        seen.add(key)
        while waiting:
            clan.append(waiting.pop())
            fresh = found[clan[-1]].kin - seen
            seen |= fresh
            waiting.extend(fresh)
        told.append(clan)
    return told


def _named(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """The keys whose entries name a document, by its number."""
    named: dict[str, list[str]] = {}
    for entry in entries:
        if entry.document is not None:
            named.setdefault(entry.document, []).append(entry.key)
    return named


def _join(found: Mapping[str, Family], keys: Sequence[str]) -> None:
    for key in keys:
        found[key].kin.update(keys)


def _settle(
    document: Document, found: defaultdict[str, Family], known: frozenset[str], named: Mapping[str, Sequence[str]]
) -> bool:
    """Give a document to the family it belongs to, and join what it names; one that is void does neither.

    Whether that is done; what is left may show an order's own number.
    """
    owners = named.get(document.number, ())
    keys = [document.reference] if document.reference in known else []
    if not keys:
        words = [word for word in re.split(r"[\s,;/|+&、]+", document.reference) if word]
        keys = [word for word in words if word in known]
        if document.live:
            _join(found, keys)
    if document.live and (keys or owners):
        told = (BY_REFERENCE, document) if keys else (BY_NUMBER, document)
        found[(keys or owners)[0]].documents.append(told)
    return bool(keys or owners) or not document.live


def _is_own(document: Document, entry: Entry | None, named: Mapping[str, Sequence[str]]) -> bool:
    """Whether the ledger says that it is this very document; of several orders in it, it is the first one's own."""
    return entry is not None and named.get(document.number, [""])[0] == entry.key
