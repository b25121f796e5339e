"""How many and how much should the report hold? Counted a second time, in plain Python, straight from the inputs.

Nothing here asks the classifier: what it lost, doubled or netted shows as a control that does not tie.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from bridge.model.components import Basis
from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.orders import Order, OrderStatus
from bridge.reports.frames import is_committed, is_uncertain
from bridge.reports.inputs import Inputs, Malformed, Typed
from bridge.reports.part_recounts import Made, made_of_document, made_of_order
from bridge.reports.records import first, key_of, keys_of, normal, tokens

HASHES = 10**15  # hash totals are below it: 15 digits, which every spreadsheet shows


@dataclass
class Population:
    """What belongs into the report: names per side and sums in minor units by currency.

    `parts` are the sums of ERP less CRM by component and currency.
    """

    crm: list[str] = field(default_factory=list)
    erp: list[str] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)
    crm_sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    erp_sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    parts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def difference(self, currency: str) -> int:
        """ERP less CRM in one currency."""
        return self.erp_sums[currency] - self.crm_sums[currency]


@dataclass(frozen=True)
class _Stored:
    number: str
    ordered_on: date | None
    currency: str
    made: Made | None
    reference: str
    po_number: str


@dataclass
class _Group:
    orders: list[Order] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    stored: list[_Stored] = field(default_factory=list)


def hash_total(names: Iterable[str]) -> int:
    """A sum over the hashes of names: it changes when one is lost, doubled or exchanged for another."""
    digests = (hashlib.sha256(name.encode("utf-8", "replace")).digest() for name in names)
    return sum(int.from_bytes(digest[:7], "big") for digest in digests) % HASHES


def recounted(inputs: Inputs) -> Population:
    """What belongs into the report by the rules of scope."""
    population = Population()
    for together in _joined_groups(_groups(inputs), inputs):
        if any(_in_scope(group, inputs) for group in together):
            for group in together:
                _count(group, population, inputs.basis)
    return population


def _joined_groups(groups: Mapping[str, _Group], inputs: Inputs) -> Iterator[list[_Group]]:
    """The groups, those together that one document belongs to."""
    joined = {key: {key} for key in groups}
    for keys in _documents_of_several(groups, inputs):
        together: set[str] = set().union(*(joined[key] for key in keys))
        joined.update(dict.fromkeys(together, together))
    seen = {id(keys): keys for keys in joined.values()}
    yield from ([groups[key] for key in keys] for keys in seen.values())


def _documents_of_several(groups: Mapping[str, _Group], inputs: Inputs) -> Iterator[set[str]]:
    """Of each live document the keys of all orders that it names, and of its number those that the ledger gave it."""
    live = set()
    for stored in _live(inputs):
        live.add(normal(stored.number))
        if stored.reference not in groups:
            yield {token for token in tokens(stored.reference) if token in groups}
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for typed in inputs.ledger.postings:
        if typed.posting.document:
            numbers[normal(typed.posting.document)].add(normal(typed.posting.reference))
    yield from (keys for number, keys in numbers.items() if number in live)


def _groups(inputs: Inputs) -> Mapping[str, _Group]:
    groups: defaultdict[str, _Group] = defaultdict(_Group)
    known = keys_of(inputs)
    for order in inputs.crm.orders:
        groups[key_of(order, inputs, known)].orders.append(order)
    for record in inputs.crm.malformed:
        name = (record.crm, record.order_id)
        groups[known.get(name, "\x1f".join(("", *name)))].malformed.append(record)
    for typed in inputs.ledger.postings:
        groups[normal(typed.posting.reference)].typed.append(typed)
    references = set(groups)
    numbers = _numbers(inputs)
    rest: list[_Stored] = []
    for stored in _live(inputs):
        named = (token for token in tokens(stored.reference) if token in references)
        by_reference = stored.reference if stored.reference in references else next(named, None)
        key = by_reference or numbers.get(normal(stored.number))
        (rest if key is None else groups[key].stored).append(stored)
    own = _by_own_number(rest, groups, inputs)
    for place, stored in enumerate(rest):
        groups[own.get(place, f"\x1f\x1f{place}")].stored.append(stored)
    return groups


def _by_own_number(rest: list[_Stored], groups: Mapping[str, _Group], inputs: Inputs) -> Mapping[int, str]:
    """Of the documents that nobody claims those that one order alone has given its number to, and it to no other."""
    together = set().union(*(keys for keys in _documents_of_several(groups, inputs) if len(keys) > 1))
    keys = {key for key, group in groups.items() if not (group.stored or any(map(_is_entered, group.typed)))} - together
    owners: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for key, group in groups.items():
        for place, order in enumerate(group.orders):
            owners[normal(order.number)].append((key, place))
    found: dict[int, tuple[str, int]] = {}
    for place, stored in enumerate(rest):
        meant = [owners[text] for text in {stored.reference, stored.po_number} - {""} if text in owners]
        if len(meant) == 1 and len(meant[0]) == 1:
            found[place] = meant[0][0]
    uses = Counter(found.values())
    return {place: order[0] for place, order in found.items() if uses[order] == 1 and order[0] in keys}


def _is_entered(typed: Typed) -> bool:
    return is_committed(typed.posting) or is_uncertain(typed.posting)


def _numbers(inputs: Inputs) -> Mapping[str, str]:
    pairs = ((normal(t.posting.document or ""), normal(t.posting.reference)) for t in reversed(_by_reference(inputs)))
    return {number: reference for number, reference in pairs if number}


def _by_reference(inputs: Inputs) -> list[Typed]:
    return sorted(inputs.ledger.postings, key=lambda typed: (typed.posting.reference, typed.posting.id))


def _live(inputs: Inputs) -> Iterator[_Stored]:
    side = inputs.documents
    opened = {document.number: document for document in side.opened}
    listed = {row.number for row in side.listed}
    for row in (*side.listed, *(Listed(number) for number in side.unreadable if number not in listed)):
        document = opened.get(row.number)
        status = row.status or (document.status if document else None)
        if status is not DocumentStatus.CANCELLED:
            yield _stored(row, document, inputs)


def _stored(row: Listed, document: Document | None, inputs: Inputs) -> _Stored:
    code = first(row.currency, document.currency if document else None) or ""
    currency = inputs.cross.currencies.get(code, code) or inputs.documents.house_currency
    day = row.ordered_on or (document.ordered_on if document else None)
    reference = first(row.reference, document.reference if document else None) or ""
    po_number = first(document.po_number if document else None, row.po_number) or ""
    made = made_of_document(row, document, currency, inputs)
    return _Stored(row.number, day, currency, made, normal(reference), normal(po_number))


def _in_scope(group: _Group, inputs: Inputs) -> bool:
    days = [order.ordered_on for order in group.orders]
    days += [typed.order.ordered_on for typed in group.typed]
    dated = any(day in inputs.period for day in days)
    stored = any(each.ordered_on is None or each.ordered_on in inputs.period for each in group.stored)
    return dated or stored or bool(group.malformed) or _is_carried(group, inputs)


def _is_carried(group: _Group, inputs: Inputs) -> bool:
    names = {(order.crm, order.id) for order in group.orders}
    names |= {(typed.posting.crm, typed.posting.order_id) for typed in group.typed}
    numbers = {each.number for each in group.stored}
    return bool(names & inputs.carried.orders or numbers & inputs.carried.documents)


def _count(group: _Group, population: Population, basis: Basis) -> None:
    uncertain = any(is_uncertain(typed.posting) for typed in group.typed)
    ranked = _ranked(group)
    needed = bool(group.stored) or uncertain
    leading = ranked[:1] if needed and not group.malformed else []
    kept = leading + [order for order in ranked[len(leading) :] if order.status is OrderStatus.RELEASED]
    population.crm += [f"{order.crm}\x1f{order.id}" for order in kept]
    population.crm += [f"{record.crm}\x1f{record.order_id}" for record in group.malformed]
    population.erp += [stored.number for stored in group.stored]
    if needed or group.malformed or kept[:1] == ranked[:1]:  # the ledger's entry goes with the first order
        population.committed += [t.posting.reference for t in group.typed if is_committed(t.posting)]
    _add(kept, group.stored, population, basis)


def _add(kept: list[Order], stored: list[_Stored], population: Population, basis: Basis) -> None:
    for order in kept:
        made = made_of_order(order, basis) if order.status is OrderStatus.RELEASED else None
        for name, minor in made.items() if made is not None else ():
            population.crm_sums[order.currency] += minor
            population.parts[name, order.currency] -= minor
    for each in stored:
        for name, minor in each.made.items() if each.made is not None else ():
            population.erp_sums[each.currency] += minor
            population.parts[name, each.currency] += minor


def _ranked(group: _Group) -> list[Order]:
    """The order of the ledger's entry first, then the released ones."""
    owners = {(typed.posting.crm, typed.posting.order_id) for typed in group.typed}
    return sorted(
        group.orders,
        key=lambda o: ((o.crm, o.id) not in owners, o.status is not OrderStatus.RELEASED, o.crm, o.id),
    )
