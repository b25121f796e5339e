"""Does the ledger know afterwards what the screens showed, whatever became of the attempt?"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.model.documents import Document, DocumentStatus
from bridge.model.orders import OrderStatus
from bridge.model.postings import Posting
from bridge.model.read_backs import ReadBacks
from tests.fake_erps import Saving, unanswered
from tests.samples import order, shown
from tests.unit.entry_worlds import Opened, World, books

ORDER = order()


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.fixture
def world(opened: Opened) -> World:
    """A world of its own."""
    return World(*opened)


def kept(world: World, posting: Posting) -> ReadBacks:
    """What the ledger kept of the posting."""
    return world.store.ledger.read_backs_of([posting]).get(posting.id, ReadBacks())


def dearer(document: Document) -> Document:
    """What the ERP makes of it in silence."""
    return replace(document, total=Decimal("99.99"))


def test_form_and_document_of_a_posted_order_are_kept(world: World) -> None:
    """With the values that stood on the screens, of the revision that was entered."""
    posting = world.taken(ORDER)
    world.work()
    found, (stored,) = kept(world, posting), world.live(ORDER)
    assert found.form is not None
    assert found.document is not None
    assert found.document.content == stored
    assert (found.form.content.customer, found.form.content.ordered_on) == ("C1001", ORDER.ordered_on)
    assert [line.quantity for line in found.form.content.lines or ()] == [line.quantity for line in ORDER.lines]
    assert {found.form.revision, found.document.revision} == {world.now(posting).revision}


def test_a_document_that_was_stored_differently_is_kept_beside_the_form(world: World) -> None:
    """The hold can be told from a typing error: the form was right, the document is not."""
    world.erp.plan(Saving(change=dearer))
    posting = world.taken(ORDER)
    world.work()
    found = kept(world, posting)
    assert world.told(posting)[:2] == ("held", "stored_different")
    assert found.document is not None
    assert found.document.content.total == Decimal("99.99")
    assert found.form is not None
    assert [line.unit_price for line in found.form.content.lines or ()] == [line.unit_price for line in ORDER.lines]


def test_a_document_that_was_found_otherwise_is_kept(world: World) -> None:
    """Nothing was typed; the ledger still knows what the ERP showed."""
    world.crm.put(ORDER)
    world.type_by_hand(ORDER, lines=())
    posting = world.take(ORDER)
    world.work()
    found = kept(world, posting)
    assert (world.told(posting)[1], found.form) == ("found_different", None)
    assert found.document is not None
    assert found.document.content.lines == ()


def test_a_form_that_showed_something_else_is_kept_though_nothing_was_saved(world: World) -> None:
    """What the screen made of it stands in the ledger, also where it is no number at all."""
    posting = world.taken(ORDER)
    world.desk()
    assert world.seat is not None
    world.seat.shows = shown(line={"quantity": "a few"})
    world.attempt(posting)
    form = kept(world, posting).form
    assert form is not None
    assert (form.content.lines, form.content.customer) == (None, "C1001")
    assert form.content.texts.lines[-1]["quantity"] == "a few"
    assert kept(world, posting).document is None


def test_a_lost_answer_leaves_the_form_and_settling_adds_the_document(world: World) -> None:
    """The form of the first attempt and the document that the second one found belong together."""
    world.erp.plan(unanswered())
    posting = world.taken(ORDER)
    world.attempt(posting)
    assert kept(world, posting).document is None
    world.work()
    found = kept(world, posting)
    assert found.form is not None
    assert found.document is not None
    assert (found.form.attempt, found.document.attempt) == (1, 2)


def test_an_amendment_is_kept_in_its_new_revision(world: World) -> None:
    """Form and document are those of the change."""
    posting = world.taken(ORDER)
    world.work()
    changed = replace(ORDER, po_number="PO NEW")
    world.crm.put(changed)
    world.take(changed)
    world.work()
    found = kept(world, posting)
    assert found.form is not None
    assert found.document is not None
    assert (found.form.content.po_number, found.document.content.po_number) == ("PO NEW", "PO NEW")
    assert {found.form.revision, found.document.revision} == {world.now(posting).revision} != {posting.revision}


def test_a_cancelled_document_is_kept_as_it_was_seen(world: World) -> None:
    """The last thing that the ledger knows of it is that it is void."""
    posting = world.taken(ORDER)
    world.work()
    cancelled = replace(ORDER, status=OrderStatus.CANCELLED)
    world.crm.put(cancelled)
    world.take(cancelled)
    world.work()
    document = kept(world, posting).document
    assert document is not None
    assert document.content.status is DocumentStatus.CANCELLED
