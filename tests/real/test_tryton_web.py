"""Doubts the bot of Tryton's web client: typed on its screens, checked in Tryton's own tables."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any, Final

import pytest

from bridge.errors import CustomerUnknown, InDoubt
from bridge.model.comparisons import document_differences, form_of
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.ports import Answer, Search
from tests.contracts.test_erp_bots import (
    test_a_document_is_found_whatever_its_status,
    test_a_document_that_is_not_there_is_an_error,
    test_a_new_form_is_blank_after_a_half_typed_one,
    test_a_picture_is_what_it_says_it_is,
    test_a_refused_sign_on_says_so,
    test_a_saved_order_is_stored_once_and_read_back_whole,
    test_a_search_is_narrowed_by_what_is_asked,
    test_an_abandoned_form_leaves_nothing,
    test_an_unknown_customer_is_a_fact_about_the_order,
    test_an_unknown_item_is_a_fact_about_its_line,
    test_every_page_is_read,
    test_every_target_is_found_by_its_first_locator,
    test_nothing_is_found_where_nothing_is,
    test_searching_and_reading_leave_a_filled_form_as_it_is,
    test_signing_off_ends_the_session,
    test_the_form_shows_what_was_typed,
    test_two_documents_of_one_reference_are_both_found,
    test_without_leave_nothing_is_stored,
)
from tests.contracts.tryton_web_worlds import TrytonWebWorld, tryton_web_world
from tests.samples import line, order

__all__ = [
    "test_a_document_is_found_whatever_its_status",
    "test_a_document_that_is_not_there_is_an_error",
    "test_a_new_form_is_blank_after_a_half_typed_one",
    "test_a_picture_is_what_it_says_it_is",
    "test_a_refused_sign_on_says_so",
    "test_a_saved_order_is_stored_once_and_read_back_whole",
    "test_a_search_is_narrowed_by_what_is_asked",
    "test_an_abandoned_form_leaves_nothing",
    "test_an_unknown_customer_is_a_fact_about_the_order",
    "test_an_unknown_item_is_a_fact_about_its_line",
    "test_every_page_is_read",
    "test_every_target_is_found_by_its_first_locator",
    "test_nothing_is_found_where_nothing_is",
    "test_searching_and_reading_leave_a_filled_form_as_it_is",
    "test_signing_off_ends_the_session",
    "test_the_form_shows_what_was_typed",
    "test_two_documents_of_one_reference_are_both_found",
    "test_without_leave_nothing_is_stored",
]
pytestmark = [pytest.mark.real, pytest.mark.browser]

NONE: Final = CrossReferences()
ORDER: Final = order(
    customer="C0002",
    po_number="客户单号 7/a",
    lines=(
        line(),
        line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("1234.56")),
        line(3, item="W-200", quantity=Decimal(7), unit_price=Decimal("0.0805")),
    ),
)
_numbers = count(1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonWebWorld]:
    """One Tryton for all tests of this file, with its bot signed on."""
    with tryton_web_world(tmp_path_factory.mktemp("erp")) as ready:
        yield ready


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"TW-{next(_numbers):04}-X"


def entered(world: TrytonWebWorld, reference: str, wanted: Order = ORDER) -> Answer:
    """The answer to typing and saving the order."""
    world.bot.open_entry(reference)
    world.bot.type_order(form_of(wanted, reference, world.profile, NONE))
    return world.bot.save(lambda: True)


def as_stored(wanted: Order, reference: str, number: str) -> dict[str, Any]:
    """What Tryton's tables must hold of an order that was quoted and confirmed, without the record's id."""
    return {
        "number": number,
        "reference": reference,
        "po_number": wanted.po_number,
        "ordered_on": wanted.ordered_on.isoformat(),
        "customer": wanted.customer,
        "currency": wanted.currency,
        "state": "confirmed",
        "invoice_method": "order",
        "shipment_method": "order",
        "lines": [(each.item, each.quantity, each.unit_price) for each in wanted.lines],
    }


def stored(world: TrytonWebWorld, reference: str) -> dict[str, Any]:
    """The one sale of that reference, without the record's id."""
    (sale,) = world.server.sales(reference)
    return {name: value for name, value in sale.items() if name != "id"}


def test_an_order_is_stored_field_by_field_as_it_was_ordered(world: TrytonWebWorld, reference: str) -> None:
    """Chinese customer and PO number, three lines, prices of four places, a broken quantity; found, read, verified."""
    answer = entered(world, reference)
    assert answer.number is not None
    assert stored(world, reference) == as_stored(ORDER, reference, answer.number)
    (row,) = world.bot.search(Search(reference=reference))
    assert (row.number, row.customer, row.total) == (answer.number, "C0002", ORDER.total)
    document = world.bot.read_document(answer.number)
    assert document_differences(ORDER, reference, document, world.profile, NONE) == ()


def test_an_order_in_another_currency_keeps_it(world: TrytonWebWorld, reference: str) -> None:
    """The form comes with the company's own currency, which is cleared and another one chosen."""
    euro = replace(ORDER, currency="EUR", lines=ORDER.lines[:1])
    answer = entered(world, reference, euro)
    assert answer.number is not None
    assert stored(world, reference) == as_stored(euro, reference, answer.number)


def test_a_code_that_only_begins_alike_is_not_taken(world: TrytonWebWorld, reference: str) -> None:
    """Tryton's own completion would offer C1001 for C100."""
    with pytest.raises(CustomerUnknown):
        entered(world, reference, replace(ORDER, customer="C100"))
    assert world.stored(reference) == 0


def test_a_lost_answer_is_in_doubt_stored_once_and_found_unfinished(world: TrytonWebWorld, reference: str) -> None:
    """Stored at Save, never quoted: it is found under Tryton's own name for it, and not taken as done."""
    sent = world.sent()
    world.lose_next()
    with pytest.raises(InDoubt):
        entered(world, reference)
    world.bot.sign_on()
    assert (world.sent() - sent, world.stored(reference)) == (1, 1)
    (row,) = world.bot.search(Search(reference=reference))
    assert row.number == f"[{reference}]"
    found = document_differences(ORDER, reference, world.bot.read_document(row.number), world.profile, NONE)
    assert [(each.field, each.found) for each in found] == [("unfinished", "Draft")]


def test_a_refused_save_is_told_in_trytons_own_words(world: TrytonWebWorld, reference: str) -> None:
    """Somebody takes the product off sale while the order is typed; Tryton refuses the sale, and stores nothing."""
    world.bot.open_entry(reference)
    world.bot.type_order(form_of(ORDER, reference, world.profile, NONE))
    world.server.change("UPDATE product_template SET salable = 0 WHERE code = 'P-40'")
    try:
        answer = world.bot.save(lambda: True)
    finally:
        world.server.change("UPDATE product_template SET salable = 1 WHERE code = 'P-40'")
    assert answer.number is None
    assert "not valid according to its domain" in answer.text
    assert world.stored(reference) == 0
    world.bot.abandon_entry()


def test_a_corrupted_sale_is_not_taken_as_verified(world: TrytonWebWorld, reference: str) -> None:
    """What the client's race leaves behind, put there by hand: verification names the two fields that nobody typed."""
    answer = entered(world, reference)
    assert answer.number is not None
    world.server.change(
        "UPDATE sale_sale SET invoice_method = 'manual', shipment_method = 'manual' WHERE number = ?", answer.number
    )
    document = world.bot.read_document(answer.number)
    found = document_differences(ORDER, reference, document, world.profile, NONE)
    assert [(each.field, each.found) for each in found] == [("invoice_method", "Manual"), ("shipment_method", "Manual")]
