"""Are orders that several documents fulfil, and documents that hold several orders, seen for what they are?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bridge.model.breaks import Outcome, Sub, Verdict
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order
from bridge.reports.inputs import Inputs, Period
from bridge.reports.reconciliations import Reconciliation, reconcile
from tests.unit.reports.days import clean_day, tolerating, with_documents, with_orders, with_posting

Change = Callable[[list[Document]], object]


def part(whole: Document, number: str, *places: int, share: Decimal = Decimal(1)) -> Document:
    """A document with some lines of another one, or a share of their quantities."""
    chosen = [whole.lines[place] for place in places]
    lines = tuple(
        replace(each, quantity=each.quantity * share, amount=each.amount and each.amount * share) for each in chosen
    )
    return replace(
        whole, number=number, lines=lines, total=sum((each.amount or Decimal(0) for each in lines), Decimal(0))
    )


def split(*parts: tuple[str, tuple[int, ...], str]) -> Inputs:
    """The third order of a clean day, stored in these parts: number, places of lines, share."""

    def change(documents: list[Document]) -> None:
        whole = documents[2]
        documents[2:3] = [part(whole, number, *places, share=Decimal(share)) for number, places, share in parts]

    return with_documents(clean_day(), change)


def outcomes(report: Reconciliation) -> list[tuple[Outcome, Sub, str, bool]]:
    """What is said of every row that is not plainly matched one to one."""
    special = [row for row in report.rows if row.outcome is not Outcome.MATCHED or row.passed == "M3"]
    return [(row.outcome, row.sub, row.erp.number if row.erp else "", bool(row.group)) for row in special]


def ties(report: Reconciliation) -> bool:
    """Whether every control ties."""
    return all(control.ties for control in report.controls)


def test_an_order_that_two_documents_fulfil_is_matched_as_a_group() -> None:
    """Delivered in two parts that together are the order: nothing is missing, nothing is twice."""
    report = reconcile(split(("00000003", (0,), "1"), ("00000903", (1,), "1")))
    assert outcomes(report) == [
        (Outcome.MATCHED, Sub.NONE, "00000003", True),
        (Outcome.MATCHED, Sub.NONE, "00000903", True),
    ]
    assert len({row.group for row in report.rows if row.group}) == 1
    assert (report.verdict, ties(report)) == (Verdict.RECONCILED, True)


def test_one_line_may_come_in_several_documents() -> None:
    """Quantities are added over the documents, item by item."""
    report = reconcile(split(("00000003", (0, 1), "0.5"), ("00000903", (0, 1), "0.5")))
    assert {(row.outcome, row.passed) for row in report.rows if row.group} == {(Outcome.MATCHED, "M3")}
    assert ties(report)


def test_parts_at_other_prices_are_no_match() -> None:
    """They hold all that was ordered and come to the same, since one item is dearer by what the other is cheaper."""
    day = split(("00000003", (0,), "1"), ("00000903", (1,), "1"))
    ordered = {line.item: line for document in day.documents.opened[2:4] for line in document.lines}
    more = {
        item: Decimal(sign * 6) / line.quantity for (item, line), sign in zip(ordered.items(), (1, -1), strict=True)
    }

    def dearer(documents: list[Document]) -> None:
        for place in (2, 3):
            (line,) = documents[place].lines
            price = line.unit_price + more[line.item]
            changed = replace(line, unit_price=price, amount=price * line.quantity)
            documents[place] = replace(documents[place], lines=(changed,), total=changed.amount)

    report = reconcile(with_documents(day, dearer))
    assert outcomes(report) == [
        (Outcome.AMOUNT_DIFF, Sub.NONE, "00000003", True),
        (Outcome.AMOUNT_DIFF, Sub.NONE, "00000903", True),
    ]
    assert (report.verdict, ties(report)) == (Verdict.BREAKS, True)
    net = with_orders(
        with_documents(day, dearer), lambda orders: orders.__setitem__(2, replace(orders[2], prices_include_tax=True))
    )
    assert {row.outcome for row in reconcile(net).rows if row.group} == {Outcome.MATCHED}


def taxed(*taxes: str | None) -> Inputs:
    """An order with 23 of tax that two documents fulfil, each of which states so much; half a euro is tolerated."""
    day = replace(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), tolerances=tolerating(Decimal("0.5")))

    def change(documents: list[Document]) -> None:
        for place, tax in zip((2, 3), taxes, strict=True):
            documents[place] = replace(documents[place], tax=None if tax is None else Decimal(tax))

    day = with_orders(
        with_documents(day, change), lambda orders: orders.__setitem__(2, replace(orders[2], tax=Decimal(23)))
    )
    return replace(day, documents=replace(day.documents, shows=day.documents.shows | {"tax"}))


@pytest.mark.parametrize("shift", ["500", "0.001", None], ids=["moved", "a little", "absent"])
def test_parts_whose_lines_come_to_something_else_are_no_match(shift: str | None) -> None:
    """By the amounts of their lines one item is more and the other less, and the totals agree; or none is told.

    Lines that come as they were ordered are not rounded anew, so that the least unit counts.
    """
    day = split(("00000003", (0,), "1"), ("00000903", (1,), "1"))

    def change(documents: list[Document]) -> None:
        for place, sign in ((2, 1), (3, -1)):
            (line,) = documents[place].lines
            amount = None if shift is None or line.amount is None else line.amount + sign * Decimal(shift)
            total = documents[place].total if amount is None else amount
            documents[place] = replace(documents[place], lines=(replace(line, amount=amount),), total=total)

    report = reconcile(with_documents(day, change))
    assert ({row.outcome for row in report.rows if row.group}, ties(report)) == ({Outcome.AMOUNT_DIFF}, True)


def test_a_line_of_nothing_whose_amount_is_not_told_is_no_match() -> None:
    """What comes for free is told as 0; a blank says something else."""

    def free(orders: list[Order]) -> None:
        first, second = orders[2].lines
        orders[2] = replace(orders[2], lines=(replace(first, unit_price=Decimal(0)), second), stated_total=None)

    def blank(documents: list[Document]) -> None:
        (line,) = documents[2].lines
        documents[2] = replace(
            documents[2], lines=(replace(line, unit_price=Decimal(0), amount=None),), total=Decimal(0)
        )

    day = with_orders(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), free)
    assert {row.outcome for row in reconcile(with_documents(day, blank)).rows if row.group} == {Outcome.AMOUNT_DIFF}


def test_the_parts_of_a_line_are_each_rounded_by_themselves() -> None:
    """3 at 0.3335 are delivered as one and two: one thousandth of a dinar is rounding, and two are a difference."""

    def ordered(orders: list[Order]) -> None:
        (line,) = (replace(orders[2].lines[0], quantity=Decimal(3), unit_price=Decimal("0.3335")),)
        orders[2] = replace(orders[2], lines=(line,), stated_total=None)

    def stored(more: str) -> Callable[[list[Document]], None]:
        def change(documents: list[Document]) -> None:
            whole = documents[2]
            (line,) = (replace(whole.lines[0], unit_price=Decimal("0.3335")),)
            parts = ((1, Decimal("0.334")), (2, Decimal("0.667") + Decimal(more)))
            documents[2:3] = [
                replace(
                    whole,
                    number=("00000003", "00000903")[count - 1],
                    lines=(replace(line, quantity=Decimal(count), amount=amount),),
                    total=amount - (Decimal(more) if count == 2 else 0),
                )
                for count, amount in parts
            ]

        return change

    day = with_orders(clean_day(), ordered)
    told = [
        {row.outcome for row in reconcile(with_documents(day, stored(more))).rows if row.group}
        for more in ("0", "0.001", "0.002")
    ]
    assert told == [{Outcome.MATCHED}, {Outcome.MATCHED}, {Outcome.AMOUNT_DIFF}]


@pytest.mark.parametrize(
    ("taxes", "outcome"),
    [
        (("19", "4"), Outcome.MATCHED),
        ((None, "23"), Outcome.MATCHED),
        ((None, None), Outcome.MATCHED),
        (("500", "0"), Outcome.AMOUNT_DIFF),
        ((None, "22.5"), Outcome.MATCHED_TOL),
    ],
)
def test_the_tax_of_parts_is_compared_as_that_of_one(taxes: tuple[str | None, ...], outcome: Outcome) -> None:
    """It is no part of the compared total, and differs where the order and any of its documents state it."""
    report = reconcile(taxed(*taxes))
    assert ({row.outcome for row in report.rows if row.group}, ties(report)) == ({outcome}, True)


@pytest.mark.parametrize("off", ["0.01", "-0.01"])
def test_parts_whose_lines_nobody_shows_are_tolerated_as_one_document(off: str) -> None:
    """A cent too much is no document too many, and a cent too little is no part that is still to come."""
    day = replace(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), tolerances=tolerating(Decimal("0.05")))
    day = with_documents(
        day,
        lambda documents: documents.__setitem__(
            2, replace(documents[2], total=(documents[2].total or 0) + Decimal(off))
        ),
    )
    day = replace(day, documents=replace(day.documents, shows=day.documents.shows - {"lines", "amount"}))
    assert {row.outcome for row in reconcile(day).rows if row.group} == {Outcome.MATCHED_TOL}


def test_what_is_not_all_delivered_yet_is_a_part_and_no_duplicate() -> None:
    """Two documents hold three quarters of the order: every member of the group says so."""
    report = reconcile(split(("00000003", (0, 1), "0.5"), ("00000903", (0, 1), "0.25")))
    assert outcomes(report) == [
        (Outcome.QTY_DIFF, Sub.PARTIAL, "00000003", True),
        (Outcome.QTY_DIFF, Sub.PARTIAL, "00000903", True),
    ]
    assert (report.verdict, ties(report)) == (Verdict.WARN, True)


def test_parts_of_which_none_is_open_any_more_need_a_person() -> None:
    """Two paid documents hold three quarters of the order: nobody will deliver the rest by itself."""
    day = split(("00000003", (0, 1), "0.5"), ("00000903", (0, 1), "0.25"))

    def pay(documents: list[Document]) -> None:
        documents[:] = [
            replace(each, status=DocumentStatus.PAID) if each.number in {"00000003", "00000903"} else each
            for each in documents
        ]

    paid = with_posting(with_documents(day, pay), 2, last_status=DocumentStatus.PAID)
    report = reconcile(paid)
    told = {(row.outcome, row.sub, Outcome.STATUS_DIFF in row.flags) for row in report.breaks}
    assert told == {(Outcome.QTY_DIFF, Sub.PARTIAL, False)}
    assert report.verdict is Verdict.BREAKS


@pytest.mark.parametrize("shares", [("1", "1"), ("1", "0.5"), ("0.75", "0.5")])
def test_what_is_more_than_the_order_is_a_document_too_many(shares: tuple[str, str]) -> None:
    """However it is divided: more than was ordered is never explained away as a part."""
    report = reconcile(split(("00000003", (0, 1), shares[0]), ("00000903", (0, 1), shares[1])))
    assert (Outcome.DUPLICATE_IN_ERP, Sub.MANUAL, "00000903", False) in outcomes(report)
    assert ties(report)


def other_customer(documents: list[Document]) -> None:
    """The second part is another customer's."""
    documents[3] = replace(documents[3], customer="C-0009")


def other_currency(documents: list[Document]) -> None:
    """The second part is in another currency."""
    documents[3] = replace(documents[3], currency="USD")


def other_item(documents: list[Document]) -> None:
    """The second part holds something else."""
    documents[3] = replace(documents[3], lines=tuple(replace(each, item="WASHER") for each in documents[3].lines))


@pytest.mark.parametrize("change", [other_customer, other_currency, other_item])
def test_only_what_is_of_one_kind_is_a_group(change: Change) -> None:
    """Another customer, currency or item is a document of its own, whatever its reference says."""
    day = with_documents(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), change)
    report = reconcile(day)
    assert (Outcome.DUPLICATE_IN_ERP, Sub.MANUAL, "00000903", False) in outcomes(report)
    assert ties(report)


def merged(reference: str | None = None) -> Inputs:
    """The first and the fifth order of a clean day, of one customer and currency, in one document."""

    def change(documents: list[Document]) -> None:
        first, second = documents[0], documents[4]
        both = f"{first.reference}, {second.reference}" if reference is None else reference
        lines = first.lines + second.lines
        total = (first.total or Decimal(0)) + (second.total or Decimal(0))
        documents[0] = replace(first, reference=both, lines=lines, total=total)
        del documents[4]

    return with_posting(with_documents(clean_day(), change), 4, document="00000001")


def test_two_orders_in_one_document_are_matched_as_a_group() -> None:
    """A clerk put two orders into one document and both references into its field."""
    report = reconcile(merged())
    assert {(row.outcome, row.order_number) for row in report.rows if row.group} == {
        (Outcome.MATCHED, "SO00001"),
        (Outcome.MATCHED, "SO00005"),
    }
    assert (report.verdict, ties(report)) == (Verdict.RECONCILED, True)


def test_the_ledgers_document_number_joins_orders_too() -> None:
    """Where the field holds one reference only, the ledger knows that the document is both orders'."""
    report = reconcile(merged(reference=clean_day().documents.opened[0].reference))
    assert {row.passed for row in report.rows if row.group} == {"M3"}
    assert (report.verdict, ties(report)) == (Verdict.RECONCILED, True)


def test_a_merged_document_with_too_much_is_no_group() -> None:
    """A line more than both orders ask for: the orders are compared one by one, and do not match."""

    def change(documents: list[Document]) -> None:
        first = documents[0]
        documents[0] = replace(first, lines=(*first.lines, first.lines[0]))

    report = reconcile(with_documents(merged(), change))
    assert {row.outcome for row in report.breaks} >= {Outcome.QTY_DIFF, Outcome.MISSING_IN_ERP}
    assert not any(row.group for row in report.rows)
    assert ties(report)


def test_what_the_parts_are_off_together_is_tolerated_or_not_as_one() -> None:
    """Each part rounds its own way: the residual of the group is what counts, not what each part is off."""

    def change(documents: list[Document]) -> None:
        documents[3] = replace(documents[3], total=(documents[3].total or Decimal(0)) + Decimal("0.02"))

    day = with_documents(split(("00000003", (0,), "1"), ("00000903", (1,), "1")), change)
    strict, lax = reconcile(day), reconcile(replace(day, tolerances=tolerating(Decimal("0.02"))))
    assert {row.outcome for row in strict.rows if row.group} == {Outcome.AMOUNT_DIFF}
    assert {row.outcome for row in lax.rows if row.group} == {Outcome.MATCHED_TOL}
    assert ties(strict)
    assert ties(lax)


def test_a_part_without_a_total_is_a_difference_and_no_zero() -> None:
    """Two documents of one order, all quantities are there, and one of them shows no total where the ERP shows them."""

    def change(documents: list[Document]) -> None:
        documents[3] = replace(documents[3], total=None)

    report = reconcile(with_documents(split(("00000003", (0, 1), "1"), ("00000903", (), "1")), change))
    assert {row.outcome for row in report.rows if row.group} == {Outcome.AMOUNT_DIFF}
    assert ties(report)


def replaced() -> Inputs:
    """A document of two orders that was cancelled, and the two that followed, each with a line too few or too many."""

    def change(documents: list[Document]) -> None:
        first, second = documents[0], documents[4]
        both = replace(first, number="00000777", reference=f"{first.reference} {second.reference}")
        documents.append(replace(both, lines=first.lines + second.lines, status=DocumentStatus.CANCELLED))
        documents[0] = part(first, first.number, 0)
        longer = replace(second, lines=(*second.lines, first.lines[1]))
        documents[4] = part(longer, second.number, 0, 1, 2)

    return with_documents(clean_day(), change)


def entered_together(day: Inputs) -> Inputs:
    """The ledger says of both orders that the cancelled document is theirs."""
    return with_posting(with_posting(day, 0, document="00000777"), 4, document="00000777")


@pytest.mark.parametrize("by_ledger", [False, True])
def test_a_cancelled_document_brings_no_order_into_the_period(*, by_ledger: bool) -> None:
    """An order of another period stays there, by both ways of counting."""
    day = entered_together(replaced()) if by_ledger else replaced()
    report = reconcile(replace(day, period=Period(date(2026, 11, 19), date(2026, 11, 30))))
    assert "SO00001" in {row.order_number for row in report.rows}
    assert "SO00005" not in {row.order_number for row in report.rows}
    assert ties(report)


@pytest.mark.parametrize("by_ledger", [False, True])
def test_a_cancelled_document_holds_nothing_together(*, by_ledger: bool) -> None:
    """What one of two documents lacks is never made up for by the other because of a document that is no more."""
    report = reconcile(entered_together(replaced()) if by_ledger else replaced())
    wrong = [row.order_number for row in report.rows if Outcome.QTY_DIFF in row.flags]
    assert sorted(wrong) == ["SO00001", "SO00005"]
    assert not any(row.group for row in report.rows)
    assert ties(report)
