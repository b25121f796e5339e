"""Does everything tie? Each control compares the report with a count that was made another way.

A control that does not tie makes the whole report INCOMPLETE. C7 (the saved workbook) comes once it is written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

import pandas as pd

from bridge.model.components import Basis
from bridge.model.documents import Document, Listed
from bridge.model.items import Lifecycle
from bridge.model.money import minor_digits
from bridge.reports.classifications import Exclusion
from bridge.reports.component_totals import split_sums
from bridge.reports.frames import is_committed
from bridge.reports.inputs import ErpSide, Inputs, agrees
from bridge.reports.lifecycles import Lives
from bridge.reports.memories import Memory
from bridge.reports.records import Records
from bridge.reports.recounts import Population, hash_total, recounted
from bridge.reports.totals import Total, sums_of

CONTROL_MEANINGS: Mapping[str, str] = {
    "C1": "Every record given is compared, listed as unreadable, or left out by a counted rule.",
    "C2": "Every order to be compared stands in exactly one row.",
    "C3": "Every live document to be compared stands in exactly one row.",
    "C4": "Everything the ledger calls entered stands in exactly one row.",
    "C5": "The sum of the ERP less the sum of the CRM is the sum of the differences, to the last unit.",
    "C6": "What was open before, with what is new or reopened and without what is resolved, is what is open now.",
    "C7": "The saved workbook, read back, holds the same rows and sums.",
    "C8": "The hash total over all names is the same, so that none was exchanged for another.",
    "C9": "The ERP's own list totals are what was read from its list.",
    "C10": "The summary's counts and sums are those of the rows.",
    "C11": "Every listed document was opened and shows what the list shows.",
    "C12": "The ERP's list shows every document number once.",
    "C13": "The ERP's list was read until two passes agreed; counted are the rows that they do not share.",
    "C14": "Goods, discount, freight, tax and rest are those of the sides, and together they are the differences.",
    "C15": "Each document that was entered, or is still open, is in the ERP's list or, of another day, was looked up.",
}
ROWS, HASH = "rows", "hash"
LOOKED_UP = "looked up"


@dataclass(frozen=True)
class Control:
    """One identity: `expected` was counted another way than `found`; None where there is nothing to count.

    `unit` is "rows", "hash", or the currency whose minor units the figures are.
    """

    code: str
    scope: str
    unit: str
    expected: int | None
    found: int | None

    @property
    def available(self) -> bool:
        """Whether there was anything to compare with."""
        return self.expected is not None

    @property
    def ties(self) -> bool:
        """Whether both figures are the same; a control without figures says nothing either way."""
        return self.expected == self.found or not self.available


@dataclass(frozen=True)
class Counted:
    """The report that is counted: its table with what each row adds, the records it speaks of, and what it left out."""

    table: pd.DataFrame
    records: Records
    exclusions: Sequence[Exclusion]

    def count(self, side: str) -> int:
        """How many rows have a record of that side."""
        return int(self.table[f"has_{side}"].sum())

    def of(self, side: str) -> Iterator[int]:
        """The positions of the records of that side which have a row."""
        return (int(place) for place in self.table.loc[self.table[f"has_{side}"], side])

    @property
    def committed(self) -> list[str]:
        """The references of all that the ledger calls entered and that has a row."""
        postings = (self.records.ledger[place].posting for place in self.of("ledger"))
        return [posting.reference for posting in postings if is_committed(posting)]

    def sums(self) -> Mapping[str, int]:
        """ERP less CRM over all rows, by currency."""
        sums: defaultdict[str, int] = defaultdict(int)
        for (currency,), amount in sums_of(self.table["erp_adds"], self.table["erp_adds_in"]).items():
            sums[str(currency)] += amount
        for (currency,), amount in sums_of(self.table["crm_adds"], self.table["currency"]).items():
            sums[str(currency)] -= amount
        return sums


def controls_of(inputs: Inputs, counted: Counted, totals: Sequence[Total]) -> tuple[Control, ...]:
    """All controls that can be asked before the workbook is written."""
    population = recounted(inputs)
    return (
        *_given(inputs, counted),
        *_counts(population, counted),
        *_sums(population, counted),
        *_components(population, counted, inputs.basis),
        *_names(population, counted),
        *_footer(inputs),
        *_summary(counted, totals),
        *_opened(inputs),
    )


def carried_forward(memory: Memory, lives: Lives, breaks: int) -> Control:
    """C6: from the breaks that the statement before closed with to those of this one, seen or unseen."""
    came = lives.count(Lifecycle.NEW) + lives.count(Lifecycle.REOPENED)
    return Control("C6", "Breaks", ROWS, memory.opening + came - lives.count(Lifecycle.RESOLVED), breaks)


def _given(inputs: Inputs, counted: Counted) -> Iterator[Control]:
    listed = {row.number for row in inputs.documents.listed}
    unlisted = len(inputs.documents.unreadable.keys() - listed)
    sides = {
        "CRM": len(inputs.crm.orders) + len(inputs.crm.malformed),
        "ledger": len(inputs.ledger.postings),
        "ERP": len(inputs.documents.listed) + unlisted,
    }
    for side, given in sides.items():
        excluded = sum(each.count for each in counted.exclusions if each.side == side.lower())
        yield Control("C1", side, ROWS, given, counted.count(side.lower()) + excluded)


def _counts(population: Population, counted: Counted) -> Iterator[Control]:
    yield Control("C2", "CRM", ROWS, len(population.crm), counted.count("crm"))
    yield Control("C3", "ERP", ROWS, len(population.erp), counted.count("erp"))
    yield Control("C4", "ledger", ROWS, len(population.committed), len(counted.committed))


def _sums(population: Population, counted: Counted) -> Iterator[Control]:
    sums = counted.sums()
    for currency in sorted(sums.keys() | population.crm_sums.keys() | population.erp_sums.keys()):
        yield Control("C5", currency, currency, population.difference(currency), sums.get(currency, 0))


def _components(population: Population, counted: Counted, basis: Basis) -> Iterator[Control]:
    """Each component by itself, and all of them against the differences."""
    found, sums = split_sums(counted.table, basis), counted.sums()
    for name, currency in sorted(found.keys() | population.parts.keys()):
        expected, split = population.parts[name, currency], found.get((name, currency), 0)
        if name == "goods" or expected or split:
            yield Control("C14", name, currency, expected, split)
    for currency in sorted(sums):
        split = sum(amount for (_, code), amount in found.items() if code == currency)
        yield Control("C14", currency, currency, population.difference(currency), split)


def _names(population: Population, counted: Counted) -> Iterator[Control]:
    records = counted.records
    crm = (f"{records.crm[place].crm}\x1f{records.crm[place].order_id}" for place in counted.of("crm"))
    erp = (records.erp[place].number for place in counted.of("erp"))
    for side, expected, found in (
        ("CRM", population.crm, crm),
        ("ERP", population.erp, erp),
        ("ledger", population.committed, counted.committed),
    ):
        yield Control("C8", side, HASH, hash_total(expected), hash_total(found))


def _footer(inputs: Inputs) -> Iterator[Control]:
    side, totals, lookups = inputs.documents, inputs.documents.totals, inputs.documents.lookups
    given = len(_of_days(side)) + len(side.unreadable.keys() - {row.number for row in side.listed})
    yield Control("C9", "ERP", ROWS, totals.count if totals else None, given)
    if lookups.asked:
        yield Control("C9", LOOKED_UP, ROWS, lookups.said, lookups.shown)
    if totals is None or totals.sums is None:
        return
    said, found = _by_currency(totals.sums.items(), inputs), _by_currency(_listed_amounts(side), inputs)
    for currency in sorted(said.keys() | found.keys()):
        expected, read = said.get(currency, Decimal(0)), found.get(currency, Decimal(0))
        counted = _truncated(expected, currency)
        same = expected == read or counted != _truncated(read, currency)
        summed = counted if _adds_up(currency, inputs) else None
        yield Control("C9", currency, currency, summed, _truncated(read, currency) if same else None)


def _of_days(side: ErpSide) -> Sequence[Listed]:
    """What the list of the days that were read shows, and so counts."""
    found = frozenset(side.lookups.found)
    return [row for row in side.listed if row.number not in found]


def _by_currency(amounts: Iterable[tuple[str, Decimal]], inputs: Inputs) -> Mapping[str, Decimal]:
    """The sums by ISO code, from amounts in the ERP's own codes; "" is the currency of its house."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for code, amount in amounts:
        sums[_iso(code, inputs)] += amount
    return sums


def _iso(code: str | None, inputs: Inputs) -> str:
    return inputs.cross.currencies.get(code, code) if code else inputs.documents.house_currency


def _listed_amounts(side: ErpSide) -> Iterator[tuple[str, Decimal]]:
    shown = {document.number: document.currency for document in side.opened}
    for row in _of_days(side):
        code = row.currency or shown.get(row.number) or ""
        if row.total is not None and (code or side.house_currency or row.number not in side.unreadable):
            yield code, row.total


def _adds_up(currency: str, inputs: Inputs) -> bool:
    """Whether no unreadable row may be the one whose amount the rows of that currency lack."""
    side = inputs.documents
    rows = [row for row in _of_days(side) if row.number in side.unreadable]
    codes = [(_iso(row.currency, inputs), row.total) for row in rows]
    return not any(not shown or (shown == currency and total is None) for shown, total in codes)


def _truncated(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(minor_digits(currency)))


def _summary(counted: Counted, totals: Sequence[Total]) -> Iterator[Control]:
    yield Control("C10", "CRM + ERP", ROWS, len(counted.table), sum(total.count for total in totals))
    sums = counted.sums()
    for currency in sorted(sums.keys() | {total.currency for total in totals}):
        found = sum(total.difference for total in totals if total.currency == currency)
        yield Control("C10", currency, currency, sums.get(currency, 0), found)


def _opened(inputs: Inputs) -> Iterator[Control]:
    side = inputs.documents
    listed, opened = Counter(row.number for row in side.listed), {each.number: each for each in side.opened}
    if "lines" in side.shows:
        agreeing = [row for row in side.listed if _agrees(row, opened.get(row.number), side)]
        unlisted = opened.keys() - listed.keys() - side.unreadable.keys()
        yield Control("C11", "ERP", ROWS, len(side.listed), len(agreeing) - len(unlisted))
    yield Control("C12", "ERP", ROWS, len(side.listed), len(listed))
    yield Control("C13", "ERP", ROWS, 0 if side.passes else None, side.passes.unlike if side.passes else 0)
    yield Control("C15", "ERP", ROWS, len(side.lookups.asked) + side.lookups.left, len(side.lookups.asked))
    if side.lookups.found:
        yield Control("C15", LOOKED_UP, ROWS, 0, _found_of_days(inputs))


def _found_of_days(inputs: Inputs) -> int:
    """How many of those looked up are of the days whose list does not show them: then it may hold back more."""
    side, days = inputs.documents, inputs.carried.widened(inputs.period)
    rows: Iterator[Listed | Document] = chain(side.listed, side.opened)
    within = {row.number for row in rows if row.ordered_on is not None and row.ordered_on in days}
    return sum(number in within for number in side.lookups.found)


def _agrees(row: Listed, document: Document | None, side: ErpSide) -> bool:
    if row.number in side.unreadable:
        return True  # it stands in the report as unreadable already
    return document is not None and agrees(row, document)
