"""Does everything tie? Each control compares the report with a count that was made another way.

A control that does not tie makes the whole report INCOMPLETE. C6 (carried forward) comes with comments, C7 (the saved
workbook) once the workbook is written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bridge.model.documents import Document, Listed
from bridge.model.mapping import Kind
from bridge.model.money import minor_digits
from bridge.reports.classifications import Exclusion
from bridge.reports.frames import is_committed
from bridge.reports.inputs import ErpSide, Inputs
from bridge.reports.recounts import Population, hash_total, recounted
from bridge.reports.rows import Row
from bridge.reports.totals import Total

CONTROL_MEANINGS: Mapping[str, str] = {
    "C1": "Every record given is compared, listed as unreadable, or left out by a counted rule.",
    "C2": "Every order to be compared stands in exactly one row.",
    "C3": "Every live document to be compared stands in exactly one row.",
    "C4": "Everything the ledger calls entered stands in exactly one row.",
    "C5": "The sum of the ERP less the sum of the CRM is the sum of the differences, to the last unit.",
    "C7": "The saved workbook, read back, holds the same rows and sums.",
    "C8": "The hash total over all names is the same, so that none was exchanged for another.",
    "C9": "The ERP's own list totals are what was read from its list.",
    "C10": "The summary's counts and sums are those of the rows.",
    "C11": "Every listed document was opened and shows what the list shows.",
    "C12": "The ERP's list shows every document number once.",
}
ROWS, HASH = "rows", "hash"


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


def controls_of(
    inputs: Inputs, rows: Sequence[Row], exclusions: Sequence[Exclusion], totals: Sequence[Total]
) -> tuple[Control, ...]:
    """All controls that can be asked before the workbook is written."""
    population = recounted(inputs)
    return (
        *_given(inputs, rows, exclusions),
        *_counts(population, rows),
        *_sums(population, rows),
        *_names(population, rows),
        *_footer(inputs),
        *_summary(rows, totals),
        *_opened(inputs),
    )


def _given(inputs: Inputs, rows: Sequence[Row], exclusions: Sequence[Exclusion]) -> Iterator[Control]:
    listed = {row.number for row in inputs.documents.listed}
    unlisted = len(inputs.documents.unreadable.keys() - listed)
    sides = {
        "CRM": (len(inputs.crm.orders) + len(inputs.crm.malformed), sum(row.crm is not None for row in rows)),
        "ledger": (len(inputs.ledger.postings), sum(row.typed is not None for row in rows)),
        "ERP": (len(inputs.documents.listed) + unlisted, sum(row.erp is not None for row in rows)),
    }
    for side, (given, compared) in sides.items():
        excluded = sum(each.count for each in exclusions if each.side == side.lower())
        yield Control("C1", side, ROWS, given, compared + excluded)


def _counts(population: Population, rows: Sequence[Row]) -> Iterator[Control]:
    yield Control("C2", "CRM", ROWS, len(population.crm), sum(row.crm is not None for row in rows))
    yield Control("C3", "ERP", ROWS, len(population.erp), sum(row.erp is not None for row in rows))
    yield Control("C4", "ledger", ROWS, len(population.committed), len(_committed(rows)))


def _committed(rows: Sequence[Row]) -> list[str]:
    typed = (row.typed.posting for row in rows if row.typed is not None)
    return [posting.reference for posting in typed if is_committed(posting)]


def _sums(population: Population, rows: Sequence[Row]) -> Iterator[Control]:
    amounts = [each for row in rows for each in row.amounts()]
    used = {each.currency for each in amounts} | population.crm_sums.keys() | population.erp_sums.keys()
    for currency in sorted(used):
        found = sum(each.difference for each in amounts if each.currency == currency)
        yield Control("C5", currency, currency, population.difference(currency), found)


def _names(population: Population, rows: Sequence[Row]) -> Iterator[Control]:
    crm = (f"{row.crm.crm}\x1f{row.crm.order_id}" for row in rows if row.crm is not None)
    erp = (row.erp.number for row in rows if row.erp is not None)
    for side, expected, found in (
        ("CRM", population.crm, crm),
        ("ERP", population.erp, erp),
        ("ledger", population.committed, _committed(rows)),
    ):
        yield Control("C8", side, HASH, hash_total(expected), hash_total(found))


def _footer(inputs: Inputs) -> Iterator[Control]:
    side, totals = inputs.documents, inputs.documents.totals
    given = len(side.listed) + len(side.unreadable.keys() - {row.number for row in side.listed})
    yield Control("C9", "ERP", ROWS, totals.count if totals else None, given)
    if totals is None or totals.sums is None:
        return
    iso = {code: crm for (kind, crm), code in inputs.cross.codes.items() if kind is Kind.CURRENCY}
    found = _listed_sums(side)
    for code in sorted(totals.sums.keys() | found.keys()):
        currency = iso.get(code, code)
        expected, read = totals.sums.get(code, Decimal(0)), found.get(code, Decimal(0))
        counted = _truncated(expected, currency)
        same = expected == read or counted != _truncated(read, currency)
        yield Control("C9", currency, currency, counted, _truncated(read, currency) if same else None)


def _listed_sums(side: ErpSide) -> Mapping[str, Decimal]:
    shown = {document.number: document.currency for document in side.opened}
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in side.listed:
        if row.total is not None:
            sums[row.currency or shown.get(row.number) or side.house_currency] += row.total
    return sums


def _truncated(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(minor_digits(currency)))


def _summary(rows: Sequence[Row], totals: Sequence[Total]) -> Iterator[Control]:
    yield Control("C10", "CRM + ERP", ROWS, len(rows), sum(total.count for total in totals))
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        for amounts in row.amounts():
            sums[amounts.currency] += amounts.difference
    for currency in sorted(sums.keys() | {total.currency for total in totals}):
        found = sum(total.difference for total in totals if total.currency == currency)
        yield Control("C10", currency, currency, sums[currency], found)


def _opened(inputs: Inputs) -> Iterator[Control]:
    side = inputs.documents
    listed, opened = Counter(row.number for row in side.listed), {each.number: each for each in side.opened}
    if "lines" in side.shows:
        agreeing = [row for row in side.listed if _agrees(row, opened.get(row.number), side)]
        unlisted = opened.keys() - listed.keys() - side.unreadable.keys()
        yield Control("C11", "ERP", ROWS, len(side.listed), len(agreeing) - len(unlisted))
    yield Control("C12", "ERP", ROWS, len(side.listed), len(listed))


def _agrees(row: Listed, document: Document | None, side: ErpSide) -> bool:
    if row.number in side.unreadable:
        return True  # it stands in the report as unreadable already
    if document is None:
        return False
    pairs = (
        (row.customer, document.customer),
        (row.currency, document.currency),
        (row.total, document.total),
        (row.status, document.status),
        (row.ordered_on, document.ordered_on),
    )
    return all(left == right for left, right in pairs if left not in {None, ""} and right not in {None, ""})
