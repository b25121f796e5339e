"""Is it said where a difference came in, field by field, and nothing where nobody knows?"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bridge.errors import FoundDifferent, StoredDifferent
from bridge.locale import CHINESE, ENGLISH
from bridge.model.breaks import Locus
from bridge.model.components import Basis
from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import Order
from bridge.model.postings import PostingState, Work
from bridge.model.read_backs import ReadBacks
from bridge.reports.columns import BREAK_COLUMNS
from bridge.reports.inputs import Inputs
from bridge.reports.reconciliations import reconcile
from bridge.reports.rows import Row
from bridge.reports.texts import Words
from tests.unit.reports.corruptions import document_changed, line_changed, order_changed
from tests.unit.reports.days import (
    clean_day,
    document,
    order,
    read_backs,
    typed,
    with_ledger,
    with_orders,
    with_posting,
)

L = Locus
STORED = clean_day().documents.opened[2]
ENTERED = order(3)


def only_row(day: Inputs) -> Row:
    """The one break of the day."""
    (row,) = reconcile(day).breaks
    return row


def kept(day: Inputs, read: ReadBacks) -> Inputs:
    """The day, where the ledger kept this of the order."""
    postings = list(day.ledger.postings)
    postings[2] = replace(postings[2], read=read)
    return replace(day, ledger=replace(day.ledger, postings=tuple(postings)))


def line_of(document: Document, **changes: object) -> Document:
    """The document with another second line."""
    first, second = document.lines
    return replace(document, lines=(first, replace(second, **changes)))  # type: ignore[arg-type]  # any field may be changed


def form_lines(**changes: object) -> dict[str, object]:
    """A form with another second line."""
    form = read_backs(ENTERED, STORED).form
    assert form is not None
    first, second = form.content.lines or ()
    return {"lines": (first, replace(second, **changes))}  # type: ignore[arg-type]  # any field may be changed


# Of each field: how the ERP shows it now, how the form or the document showed it, and how the CRM has it now.
FIELDS: dict[str, tuple[dict[str, object], dict[str, object], Document, dict[str, object]]] = {
    "customer": (
        {"customer": "C-0009"},
        {"customer": "C-0009"},
        replace(STORED, customer="C-0009"),
        {"customer": "C-0077"},
    ),
    "currency": ({"currency": "USD"}, {"currency": "USD"}, replace(STORED, currency="USD"), {"currency": "GBP"}),
    "total": (
        {"total": Decimal("1.000")},
        form_lines(quantity=Decimal(9)),
        replace(STORED, total=Decimal("1.000")),
        {"lines": (replace(ENTERED.lines[0], quantity=Decimal(77)), ENTERED.lines[1])},
    ),
}


GROSS_AND_FREIGHT = Basis(included=frozenset({"freight", "tax"}))


def freighted(**now: object) -> Inputs:
    """An order with freight in an ERP whose totals hold freight and tax; the document is something else `now`."""
    with_freight = replace(ENTERED, freight=Decimal(10))
    total = with_freight.net_total + 20
    shown = replace(document(with_freight, "00000003"), freight=Decimal(10), tax=Decimal(20), total=total)
    day = order_changed(freight=Decimal(10))(document_changed(2, **{**vars(shown), **now})(clean_day()))
    held = replace(typed(with_freight, 3, "00000003"), read=read_backs(with_freight, shown))
    day = with_ledger(day, lambda postings: postings.__setitem__(2, held))
    shows = day.documents.shows | {"freight", "tax"}
    return replace(day, basis=GROSS_AND_FREIGHT, documents=replace(day.documents, shows=shows))


def test_a_total_is_the_compared_one_in_every_place() -> None:
    """Form, document and ERP show totals of other things; whoever changed the freight or a price is told."""
    assert not reconcile(freighted()).breaks
    in_crm = with_orders(freighted(), lambda orders: orders.__setitem__(2, replace(orders[2], freight=Decimal(15))))
    total = freighted().documents.opened[2].total or Decimal(0)
    later = freighted(freight=Decimal(12), total=total + 2)
    assert [only_row(day).locus for day in (in_crm, later)] == [L.CRM_LATER, L.ERP_LATER]
    assert {_of(only_row(later), field) for field in ("total", "freight")} == {L.ERP_LATER}
    row = only_row(later)
    assert row.as_verified is not None
    assert (row.as_verified.minor, row.erp_minor) == (row.crm_minor, (row.crm_minor or 0) + 2000)


@pytest.mark.parametrize("field", FIELDS)
def test_each_place_is_told_apart(field: str) -> None:
    """The form, the Save, and what came after: the same difference, three ways to have come in."""
    now, form, stored, asked = FIELDS[field]
    off = document_changed(2, **now)(clean_day())
    wrong_form = kept(off, read_backs(ENTERED, stored, **form))
    on_save = kept(off, read_backs(ENTERED, stored))
    later = kept(off, read_backs(ENTERED, STORED))
    in_crm = order_changed(**asked)(clean_day())
    assert [_of(only_row(day), field) for day in (wrong_form, on_save, later, in_crm)] == [
        L.TYPING,
        L.ERP_ON_SAVE,
        L.ERP_LATER,
        L.CRM_LATER,
    ]


@pytest.mark.parametrize(
    ("field", "change"),
    [("item", {"item": "WASHER"}), ("quantity", {"quantity": Decimal(2)}), ("price", {"unit_price": Decimal("9.99")})],
)
def test_each_place_is_told_apart_within_a_line(field: str, change: dict[str, Any]) -> None:
    """By the line's own place in the form and in the document."""
    off = line_changed(**change)(clean_day())
    stored = line_of(STORED, **change)
    days = [
        read_backs(ENTERED, stored, **form_lines(**change)),
        read_backs(ENTERED, stored),
        read_backs(ENTERED, STORED),
    ]
    assert [_of(only_row(kept(off, read)), field) for read in days] == [L.TYPING, L.ERP_ON_SAVE, L.ERP_LATER]


def _of(row: Row, field: str) -> Locus:
    (found,) = (locus for difference, locus in zip(row.differences, row.loci, strict=True) if difference.field == field)
    return found


def test_two_fields_may_have_come_in_at_two_places() -> None:
    """The row says the earlier one, the workbook which field came in where, in the reader's words."""
    off = document_changed(2, customer="C-0009", ordered_on=ENTERED.ordered_on.replace(day=2))(clean_day())
    row = only_row(kept(off, read_backs(ENTERED, replace(STORED, customer="C-0009"))))
    assert [(each.field, locus) for each, locus in zip(row.differences, row.loci, strict=True)] == [
        ("customer", L.ERP_ON_SAVE),
        ("order_date", L.ERP_LATER),
    ]
    assert row.locus is L.ERP_ON_SAVE
    (column,) = (column for column in BREAK_COLUMNS if column.field == "locus")
    said = [column.value(row, Words(language)) for language in (ENGLISH, CHINESE)]
    assert said[0] == "stored differently by the ERP: customer; changed in the ERP after it was verified: order date"
    assert "客户" in str(said[1])


def test_a_change_in_the_crm_does_not_hide_one_in_the_erp() -> None:
    """The order has a new customer now, and somebody changed the date in the ERP: each field has its own place."""
    day = order_changed(customer="C-0077")(clean_day())
    row = only_row(document_changed(2, ordered_on=ENTERED.ordered_on.replace(day=2))(day))
    assert dict(zip((each.field for each in row.differences), row.loci, strict=True)) == {
        "customer": L.CRM_LATER,
        "order_date": L.ERP_LATER,
    }


def test_an_older_posting_of_which_nothing_was_kept_says_nothing() -> None:
    """Whether typing, saving or somebody later did it, nobody knows; only a change in the CRM can still be seen."""
    blank = kept(clean_day(), ReadBacks())
    assert only_row(document_changed(2, customer="C-0009")(blank)).locus is L.UNKNOWN
    assert only_row(order_changed(customer="C-0009")(blank)).locus is L.CRM_LATER


def test_what_one_place_does_not_show_is_not_guessed() -> None:
    """The document was stored differently, and the form is not known: it may have been the typing."""
    off = document_changed(2, customer="C-0009")(clean_day())
    read = read_backs(ENTERED, replace(STORED, customer="C-0009"))
    assert only_row(kept(off, replace(read, form=None))).locus is L.UNKNOWN
    assert only_row(kept(off, read_backs(ENTERED, STORED, customer=None))).locus is L.ERP_LATER
    assert only_row(kept(off, replace(read, document=None))).locus is L.UNKNOWN


@pytest.mark.parametrize("reason", [StoredDifferent, FoundDifferent])
def test_a_held_posting_says_what_the_erp_made_of_it(reason: type[StoredDifferent | FoundDifferent]) -> None:
    """The document that was read before the hold is what was stored."""
    held = reason(erp="harbour", document="3", documents="3", differences="?").reason
    off = with_posting(document_changed(2, customer="C-0009")(clean_day()), 2, state=PostingState.HELD, reason=held)
    row = only_row(kept(off, read_backs(ENTERED, replace(STORED, customer="C-0009"))))
    assert row.locus is L.ERP_ON_SAVE


def changing(day: Inputs, taken: Order) -> Inputs:
    """The day, where the ledger has taken a change that the ERP does not hold yet."""
    revised = with_posting(day, 2, state=PostingState.PENDING, work=Work.AMEND, revision=taken.revision)
    postings = list(revised.ledger.postings)
    postings[2] = replace(postings[2], order=taken)
    return replace(revised, ledger=replace(revised.ledger, postings=tuple(postings)))


def test_a_change_that_is_under_way_is_the_crms_and_not_the_erps() -> None:
    """What was typed and verified was of the revision before; only what differs from that changed in the ERP."""
    new = order(3, customer="C-0077")
    day = changing(order_changed(customer="C-0077")(clean_day()), new)
    assert only_row(day).locus is L.CRM_LATER
    both = only_row(document_changed(2, ordered_on=ENTERED.ordered_on.replace(day=2))(day))
    assert dict(zip((each.field for each in both.differences), both.loci, strict=True)) == {
        "customer": L.CRM_LATER,
        "order_date": L.ERP_LATER,
    }


def test_a_status_that_moved_since_came_in_later() -> None:
    """A document that was open when it was verified and is shipped now."""
    off: Callable[[Inputs], Inputs] = document_changed(2, status=DocumentStatus.SHIPPED)
    verified = read_backs(ENTERED, replace(STORED, status=DocumentStatus.OPEN))
    assert only_row(kept(off(clean_day()), verified)).locus is L.ERP_LATER
    unseen = read_backs(ENTERED, replace(STORED, status=None))
    assert only_row(kept(off(clean_day()), unseen)).locus is L.UNKNOWN


def test_the_workbook_shows_the_amount_of_every_place() -> None:
    """As taken, in the form, as verified, and now: each in its own column, blank where nothing was kept."""
    off = document_changed(2, total=Decimal("1.000"))(clean_day())
    row = only_row(kept(off, read_backs(ENTERED, STORED)))
    columns = {column.field: column for column in BREAK_COLUMNS}
    names = ("typed_amount", "form_amount", "verified_amount", "erp_amount")
    shown = [columns[name].value(row, Words(ENGLISH)) for name in names]
    whole = int(ENTERED.total.scaleb(3))
    assert [getattr(each, "minor", None) for each in shown] == [whole, whole, whole, 1000]
    blank = only_row(kept(off, ReadBacks()))
    assert [columns[name].value(blank, Words(ENGLISH)) for name in names[1:3]] == [None, None]


def of_another_revision(read: ReadBacks) -> ReadBacks:
    """The same, read when the order was another one."""
    assert read.form is not None
    assert read.document is not None
    return ReadBacks(replace(read.form, revision="before"), replace(read.document, revision="before"))


def test_what_was_read_of_another_revision_says_nothing_of_this_one() -> None:
    """A form or a document of before is no form and no document of what counts now."""
    off = document_changed(2, customer="C-0009")(clean_day())
    wrong_before = of_another_revision(read_backs(ENTERED, STORED, customer="C-0009"))
    assert only_row(kept(off, wrong_before)).locus is L.UNKNOWN
    now = read_backs(ENTERED, STORED)
    assert only_row(kept(off, replace(now, form=wrong_before.form))).locus is L.ERP_LATER
    assert only_row(kept(off, replace(now, document=wrong_before.document))).locus is L.UNKNOWN
