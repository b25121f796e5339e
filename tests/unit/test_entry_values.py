"""Is anything saved that was not meant, or believed that was not stored? Steps 5 to 8, value by value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bridge.model.documents import Document
from bridge.model.forms import Form
from bridge.model.postings import PostingState
from tests.fake_erps import Saving
from tests.samples import document_of_hand, order, shown
from tests.unit.entry_worlds import Opened, World, books

S = PostingState
ORDER = order()
REFERENCE = "FK-700001-F"


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.fixture
def world(opened: Opened) -> World:
    """A world of its own."""
    return World(*opened)


SCREENS: Mapping[str, tuple[Callable[[Form], Form], str, str]] = {
    "another quantity": (shown(line={"quantity": "25"}), "failed", "attempts_exhausted"),
    "another price": (shown(line={"price": "48.00"}), "failed", "attempts_exhausted"),
    "another item": (shown(line={"item": "P-400"}), "failed", "attempts_exhausted"),
    "another date": (shown({"order_date": "03/02/26"}), "failed", "attempts_exhausted"),
    "a cut reference": (shown({"reference": REFERENCE[:-1]}), "failed", "attempts_exhausted"),
    "a line less": (lambda form: Form(form.header, form.lines[:-1]), "failed", "attempts_exhausted"),
    "a line more": (lambda form: Form(form.header, (*form.lines, form.lines[0])), "failed", "attempts_exhausted"),
    "nothing": (lambda _form: Form(), "held", "customer_mismatch"),
    "another customer": (shown({"customer": "C1002"}), "held", "customer_mismatch"),
    "a cut text": (shown({"po_number": "P"}), "rejected", "text_not_kept"),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_what_the_screen_does_not_show_is_never_saved(world: World, screen: str) -> None:
    """Any difference between what was meant and what the form shows ends the attempt before Save."""
    shows, state, code = SCREENS[screen]
    posting = world.taken(ORDER)
    for _ in range(3):
        world.desk()
        assert world.seat is not None
        world.seat.shows = shows
        if world.now(posting).state is S.PENDING:
            world.attempt(posting)
    assert world.told(posting) == (state, code, 0, 0)


# --- 7 and 8: the answer, and the stored document -------------------------------------------------------------------

STORED: Mapping[str, Callable[[Document], Document]] = {
    "customer": lambda document: replace(document, customer="C1002"),
    "date": lambda document: replace(document, ordered_on=date(2026, 2, 3)),
    "reference": lambda document: replace(document, reference=document.reference[:-1]),
    "currency": lambda document: replace(document, currency="EUR"),
    "po_number": lambda document: replace(document, po_number="PO 9"),
    "total": lambda document: replace(document, total=Decimal("37.81")),
    "terms": lambda document: replace(document, others={**document.others, "terms": "60"}),
    "a line less": lambda document: replace(document, lines=document.lines[:1]),
    "a line more": lambda document: replace(document, lines=(*document.lines, document.lines[0])),
    "lines swapped": lambda document: replace(document, lines=document.lines[::-1]),
    "item": lambda document: with_line(document, item="P-50"),
    "quantity": lambda document: with_line(document, quantity=Decimal("2.501")),
    "price": lambda document: with_line(document, unit_price=Decimal("4.81")),
    "amount": lambda document: with_line(document, amount=Decimal("12.01")),
}


def with_line(document: Document, **changes: Any) -> Document:
    """The document with its last line changed."""
    return replace(document, lines=(*document.lines[:-1], replace(document.lines[-1], **changes)))


@pytest.mark.parametrize("value", STORED)
def test_what_was_stored_otherwise_is_held_and_never_typed_again(world: World, value: str) -> None:
    """Any value that the ERP changed in silence is seen; the posting is held with the document's number."""
    world.erp.plan(Saving(change=STORED[value]))
    posting = world.taken(ORDER)
    world.work()
    number = max(world.erp.documents)
    now = world.now(posting)
    assert (now.state, now.reason and now.reason.code, now.document) == (S.HELD, "stored_different", number)
    assert now.reason is not None
    assert now.reason.params["document"] == number
    world.release(posting)
    world.work()
    assert (world.now(posting).state, world.requests(ORDER)) == (S.HELD, 1)


def test_a_document_that_a_person_set_right_is_posted(world: World) -> None:
    """After the person corrected the document and released the order, it is verified again, not typed."""
    world.erp.plan(Saving(change=STORED["quantity"]))
    posting = world.taken(ORDER)
    world.work()
    number = world.now(posting).document or ""
    world.erp.change(number, lines=document_of_hand(ORDER, REFERENCE).lines)
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_one_save_stored_twice_is_held(world: World) -> None:
    """The number that was answered is not enough: a second document of the reference waits for a person."""
    world.erp.plan(Saving(times=2))
    posting = world.taken(ORDER)
    world.work()
    assert world.told(posting) == ("held", "found_several", 2, 1)
