"""How many and how much should the report hold? Counted a second time, in plain Python, straight from the inputs.

Nothing here asks the classifier: what it lost, doubled or netted shows as a control that does not tie.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bridge.model.documents import Document, DocumentStatus, Listed
from bridge.model.mapping import Kind
from bridge.model.money import minor_digits
from bridge.model.orders import Order, OrderStatus
from bridge.reports.frames import is_committed, is_uncertain
from bridge.reports.groups import SEPARATORS
from bridge.reports.inputs import Inputs, Malformed, Typed
from bridge.reports.records import MOST_MINOR, first, key_of, keys_of, normal, total_of_lines


@dataclass
class Population:
    """What belongs into the report: names per side and sums in minor units by currency."""

    crm: list[str] = field(default_factory=list)
    erp: list[str] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)
    crm_sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    erp_sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def difference(self, currency: str) -> int:
        """ERP less CRM in one currency."""
        return self.erp_sums[currency] - self.crm_sums[currency]


@dataclass(frozen=True)
class _Stored:
    number: str
    ordered_on: date | None
    currency: str
    minor: int | None


@dataclass
class _Group:
    orders: list[Order] = field(default_factory=list)
    malformed: list[Malformed] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    stored: list[_Stored] = field(default_factory=list)


def hash_total(names: Iterable[str]) -> int:
    """A sum over the hashes of names: it changes when one is lost, doubled or exchanged for another."""
    digests = (hashlib.sha256(name.encode("utf-8", "replace")).digest() for name in names)
    return sum(int.from_bytes(digest[:7], "big") for digest in digests) % 10**15


def recounted(inputs: Inputs) -> Population:
    """What belongs into the report by the rules of scope."""
    population = Population()
    for together in _joined_groups(_groups(inputs), inputs):
        if any(_in_scope(group, inputs) for group in together):
            for group in together:
                _count(group, population)
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
    """Of each live document the keys of all orders that it names, and of each number those that the ledger gave it."""
    for _, reference in _live(inputs):
        if reference not in groups:
            yield {token for token in SEPARATORS.split(reference) if token and token in groups}
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for typed in inputs.ledger.postings:
        if typed.posting.document:
            numbers[normal(typed.posting.document)].add(normal(typed.posting.reference))
    yield from numbers.values()


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
    for place, (stored, reference) in enumerate(_live(inputs)):
        named = (token for token in SEPARATORS.split(reference) if token in references)
        by_reference = reference if reference in references else next(named, None)
        key = by_reference or numbers.get(normal(stored.number)) or f"\x1f\x1f{place}"
        groups[key].stored.append(stored)
    return groups


def _numbers(inputs: Inputs) -> Mapping[str, str]:
    pairs = ((normal(t.posting.document or ""), normal(t.posting.reference)) for t in reversed(_by_reference(inputs)))
    return {number: reference for number, reference in pairs if number}


def _by_reference(inputs: Inputs) -> list[Typed]:
    return sorted(inputs.ledger.postings, key=lambda typed: (typed.posting.reference, typed.posting.id))


def _live(inputs: Inputs) -> Iterator[tuple[_Stored, str]]:
    side = inputs.documents
    opened = {document.number: document for document in side.opened}
    listed = {row.number for row in side.listed}
    iso = {code: crm for (kind, crm), code in inputs.cross.codes.items() if kind is Kind.CURRENCY}
    for row in (*side.listed, *(Listed(number) for number in side.unreadable if number not in listed)):
        document = opened.get(row.number)
        status = row.status or (document.status if document else None)
        if status is not DocumentStatus.CANCELLED:
            reference = first(row.reference, document.reference if document else None) or ""
            yield _stored(row, document, iso, inputs), normal(reference)


def _stored(row: Listed, document: Document | None, iso: Mapping[str, str], inputs: Inputs) -> _Stored:
    code = first(row.currency, document.currency if document else None) or ""
    currency = iso.get(code, code) or inputs.documents.house_currency
    total = first(row.total, document.total if document else None)
    if total is None and document is not None and "total" not in inputs.documents.shows:
        total = total_of_lines(document, currency)
    day = row.ordered_on or (document.ordered_on if document else None)
    return _Stored(row.number, day, currency, None if total is None else _minor(total, currency))


def _minor(total: Decimal, currency: str) -> int | None:
    numerator, denominator = total.as_integer_ratio() if total.is_finite() else (0, 0)
    whole, rest = divmod(numerator * 10 ** minor_digits(currency), denominator) if denominator else (0, 1)
    return whole if rest == 0 and abs(whole) <= MOST_MINOR else None


def _in_scope(group: _Group, inputs: Inputs) -> bool:
    days = [order.ordered_on for order in group.orders]
    days += [typed.order.ordered_on for typed in group.typed]
    dated = any(day in inputs.period for day in days)
    stored = any(each.ordered_on is None or each.ordered_on in inputs.period for each in group.stored)
    return dated or stored or bool(group.malformed)


def _count(group: _Group, population: Population) -> None:
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
    _add(kept, group.stored, population)


def _add(kept: list[Order], stored: list[_Stored], population: Population) -> None:
    for order in kept:
        minor = _minor(order.total, order.currency)
        if order.status is OrderStatus.RELEASED and minor is not None:
            population.crm_sums[order.currency] += minor
    for each in stored:
        if each.minor is not None:
            population.erp_sums[each.currency] += each.minor


def _ranked(group: _Group) -> list[Order]:
    """The order of the ledger's entry first, then the released ones."""
    owners = {(typed.posting.crm, typed.posting.order_id) for typed in group.typed}
    return sorted(
        group.orders,
        key=lambda o: ((o.crm, o.id) not in owners, o.status is not OrderStatus.RELEASED, o.crm, o.id),
    )
