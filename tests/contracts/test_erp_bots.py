"""Doubts every ERP bot alike: what it finds, what it types, when it saves, and what it leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from bridge.errors import (
    ApplicationError,
    BridgeError,
    CustomerUnknown,
    InDoubt,
    ItemUnknown,
    SignOnRefused,
)
from bridge.model.comparisons import document_differences, form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.forms import Form
from bridge.model.lists import ListReading, ListTotals
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from bridge.ports import Answer, Search
from bridge.store.evidence.pictures import Measures, measured
from tests.contracts.erp_worlds import REFUSAL, ErpWorld, fake_world, harbour_forms_world, harbour_world
from tests.contracts.granite_worlds import granite_world
from tests.contracts.juniper_worlds import juniper_world
from tests.samples import line, order

NONE = CrossReferences()
ORDER = order(lines=(line(), line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("1234.56"))))
_numbers = count(1)

WORLDS = (
    pytest.param(fake_world, id="fake"),
    pytest.param(harbour_forms_world, id="harbour_forms"),
    pytest.param(granite_world, id="granite", marks=pytest.mark.desktop),
    pytest.param(juniper_world, id="juniper"),
    pytest.param(harbour_world, id="harbour", marks=pytest.mark.browser),
)


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ErpWorld]:
    """An ERP with its bot, signed on; one for all tests of this file."""
    with request.param(tmp_path_factory.mktemp("erp")) as ready:
        yield ready


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"CT-{next(_numbers):04}-X"


def typed(world: ErpWorld, reference: str, wanted: Order = ORDER) -> tuple[Form, Form]:
    """What was typed into a blank form, and what it showed then."""
    form = form_of(wanted, reference, world.profile, NONE)
    world.bot.open_entry(reference)
    return form, world.bot.type_order(form)


def saved(world: ErpWorld, reference: str, wanted: Order = ORDER) -> Answer:
    """The answer to typing and saving the order."""
    typed(world, reference, wanted)
    return world.bot.save(lambda: True)


# --- searching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", DocumentStatus)
def test_a_document_is_found_whatever_its_status(world: ErpWorld, reference: str, status: DocumentStatus) -> None:
    """A search by reference hides nothing that is shipped, paid or cancelled."""
    number = world.put(ORDER, reference, status)
    found = [row for row in world.bot.search(Search(reference=reference)) if row.reference == reference]
    assert [(row.number, row.status) for row in found] == [(number, status)]
    assert (found[0].customer, found[0].ordered_on, found[0].total) == ("C1001", ORDER.ordered_on, ORDER.total)


def test_nothing_is_found_where_nothing_is(world: ErpWorld) -> None:
    """A reference that nobody typed has no rows."""
    assert [row for row in world.bot.search(Search(reference="CT-9999-X")) if row.reference == "CT-9999-X"] == []


def test_two_documents_of_one_reference_are_both_found(world: ErpWorld, reference: str) -> None:
    """Nothing hides the second one."""
    numbers = {world.put(ORDER, reference) for _ in range(2)}
    found = world.bot.search(Search(reference=reference))
    assert {row.number for row in found if row.reference == reference} == numbers


def test_every_page_is_read(world: ErpWorld) -> None:
    """However many documents a customer has, the search gives them all, each once."""
    many = replace(ORDER, customer="C1002", ordered_on=date(2025, 1, 1))
    numbers = [world.put(many, f"PAGE {place}") for place in range(60)]
    found = [row.number for row in world.bot.search(Search(customer="C1002", since=date(2025, 1, 1)))]
    assert sorted(set(found)) == sorted(found)
    assert set(numbers) <= set(found)


def test_a_search_is_narrowed_by_what_is_asked(world: ErpWorld, reference: str) -> None:
    """Customer, dates and number each leave out what is not asked for."""
    number = world.put(replace(ORDER, ordered_on=date(2024, 5, 5)), reference)

    def finds(query: Search) -> bool:
        return number in [row.number for row in world.bot.search(query)]

    day = timedelta(days=1)
    assert finds(Search(number=number))
    assert finds(Search(customer="C1001", since=date(2024, 5, 5), until=date(2024, 5, 5)))
    assert not finds(Search(customer="C1002"))
    assert not finds(Search(since=date(2024, 5, 5) + day))
    assert not finds(Search(until=date(2024, 5, 5) - day))


def test_a_list_is_read_with_what_it_says_of_itself(world: ErpWorld, reference: str) -> None:
    """Count and sums per currency are those of all pages and all statuses, and the rows are those of a search."""
    day = date(2023, 3, 3)
    statuses = [DocumentStatus.CANCELLED, DocumentStatus.PAID, *[DocumentStatus.OPEN] * 26]
    for place, status in enumerate(statuses):
        euro = replace(ORDER, ordered_on=day, currency="EUR" if place % 2 else "GBP", po_number=f"PO {place}")
        world.put(euro, reference, status)
    query = Search(since=day, until=day)
    read = world.bot.read_list(query)
    assert read.rows == world.bot.search(query)
    assert read.totals is not None
    assert read.totals == ListTotals(28, {"EUR": 14 * ORDER.total, "GBP": 14 * ORDER.total})
    assert {row.po_number for row in read.rows} == {f"PO {place}" for place in range(28)}


def test_an_empty_list_says_that_it_is_empty(world: ErpWorld) -> None:
    """Nothing is counted and nothing is summed; that is not the same as saying nothing."""
    assert world.bot.read_list(Search(number="999999")) == ListReading((), ListTotals(0, {}))


# --- typing and saving ----------------------------------------------------------------------------------------------


def test_the_form_shows_what_was_typed(world: ErpWorld, reference: str) -> None:
    """Header and every line are read back as they were meant, and nothing is stored by typing."""
    form, shown = typed(world, reference)
    assert form_differences(form, shown, world.profile) == ()
    assert world.stored(reference) == 0


def test_a_saved_order_is_stored_once_and_read_back_whole(world: ErpWorld, reference: str) -> None:
    """Leave is asked once, before anything is stored; the number that is answered opens exactly this order."""
    asked = []

    def leave() -> bool:
        asked.append(world.stored(reference))
        return True

    typed(world, reference)
    answer = world.bot.save(leave)
    assert (asked, world.stored(reference)) == ([0], 1)
    assert answer.number is not None
    document = world.bot.read_document(answer.number)
    assert document.number == answer.number
    assert document_differences(ORDER, reference, document, world.profile, NONE) == ()


def test_without_leave_nothing_is_stored(world: ErpWorld, reference: str) -> None:
    """A refused leave ends the save with an error, and the ERP never hears of the order."""
    typed(world, reference)
    with pytest.raises(BridgeError):
        world.bot.save(lambda: False)
    assert world.stored(reference) == 0
    world.bot.sign_on()
    assert saved(world, reference).number is not None
    assert world.stored(reference) == 1


def test_searching_and_reading_leave_a_filled_form_as_it_is(world: ErpWorld, reference: str) -> None:
    """The ERP is probed once more just before Save, with the form already typed."""
    other = world.put(replace(ORDER, customer="C1002"), f"{reference}0")
    typed(world, reference)
    world.bot.search(Search(reference=reference))
    world.bot.read_document(other)
    answer = world.bot.save(lambda: True)
    assert answer.number is not None
    document = world.bot.read_document(answer.number)
    assert document_differences(ORDER, reference, document, world.profile, NONE) == ()


def test_an_abandoned_form_leaves_nothing(world: ErpWorld, reference: str) -> None:
    """It is not stored, and nothing of it is in the next form."""
    typed(world, reference)
    world.bot.abandon_entry()
    assert world.stored(reference) == 0
    one = replace(ORDER, lines=ORDER.lines[:1])
    form, shown = typed(world, f"{reference}1", one)
    assert form_differences(form, shown, world.profile) == ()
    world.bot.abandon_entry()


def test_a_new_form_is_blank_after_a_half_typed_one(world: ErpWorld, reference: str) -> None:
    """Opening the form again forgets what was typed before."""
    typed(world, reference)
    form, shown = typed(world, reference, replace(ORDER, lines=ORDER.lines[:1]))
    assert form_differences(form, shown, world.profile) == ()
    world.bot.abandon_entry()


def test_an_unknown_customer_is_a_fact_about_the_order(world: ErpWorld, reference: str) -> None:
    """What the ERP says of a customer it does not know becomes our own reason, with the customer."""
    with pytest.raises(CustomerUnknown) as unknown:
        typed(world, reference, replace(ORDER, customer="C9999"))
    assert unknown.value.params["customer"] == "C9999"
    world.bot.abandon_entry()


def test_an_unknown_item_is_a_fact_about_its_line(world: ErpWorld, reference: str) -> None:
    """The reason names the item and the line."""
    lines = (ORDER.lines[0], replace(ORDER.lines[1], item="P-99"))
    with pytest.raises(ItemUnknown) as unknown:
        typed(world, reference, replace(ORDER, lines=lines))
    assert (unknown.value.params["item"], str(unknown.value.params["position"])) == ("P-99", "2")
    world.bot.abandon_entry()


def test_a_refusal_is_told_in_the_words_of_the_erp(world: ErpWorld, reference: str) -> None:
    """No number, and the text: what it means is decided elsewhere."""
    world.refuse_next()
    answer = saved(world, reference)
    assert answer.number is None
    assert REFUSAL in answer.text
    assert world.stored(reference) == 0


def test_a_lost_answer_is_in_doubt_and_stored_once(world: ErpWorld, reference: str) -> None:
    """Nobody claims to know the outcome, and nothing is sent a second time."""
    world.lose_next()
    with pytest.raises(InDoubt):
        saved(world, reference)
    world.bot.sign_on()
    assert world.stored(reference) == 1
    (row,) = [row for row in world.bot.search(Search(reference=reference)) if row.reference == reference]
    assert document_differences(ORDER, reference, world.bot.read_document(row.number), world.profile, NONE) == ()


# --- the session ----------------------------------------------------------------------------------------------------


def test_a_document_that_is_not_there_is_an_error(world: ErpWorld) -> None:
    """An unknown number never shows another order."""
    with pytest.raises(ApplicationError):
        world.bot.read_document("999999")
    world.bot.sign_on()


def test_a_session_that_was_taken_over_claims_no_number(world: ErpWorld, reference: str) -> None:
    """Once the same user signs on elsewhere, the old seat never believes that it saved, whatever the ERP did."""
    typed(world, reference)
    world.another_sign_on()
    try:
        answer = world.bot.save(lambda: True)
    except BridgeError:
        answer = Answer(None)
    assert answer.number is None
    world.bot.sign_on()
    assert world.stored(reference) <= 1


def test_a_refused_sign_on_says_so(world: ErpWorld) -> None:
    """A wrong password is told apart from an ERP that is down, so that nobody is locked out by trying again."""
    with pytest.raises(SignOnRefused):
        world.wrong_password().sign_on()
    world.bot.sign_on()


def test_a_picture_is_what_it_says_it_is(world: ErpWorld, reference: str) -> None:
    """Its format and size are those of its content, and it carries the step it was taken for."""
    typed(world, reference)
    picture = world.bot.capture("filled")
    assert picture.step == "filled"
    assert measured(picture.content) == Measures(picture.format, picture.width, picture.height)
    world.bot.abandon_entry()


def test_every_target_is_found_by_its_first_locator(world: ErpWorld) -> None:
    """On the screens that need no order; a later locator would be drift."""
    hits = world.bot.locate_all()
    assert {hit.screen for hit in hits} >= {"order_entry", "order_list"}
    optional = {
        (screen.name, target.name)
        for screen in world.profile.screens.values()
        for target in screen.targets.values()
        if target.optional
    }
    assert [hit for hit in hits if hit.position != 0 and (hit.screen, hit.target) not in optional] == []


def test_signing_off_ends_the_session(world: ErpWorld) -> None:
    """Afterwards nothing can be read until somebody signs on again."""
    world.bot.sign_off()
    with pytest.raises(ApplicationError):
        world.bot.search(Search(reference="CT"))
    world.bot.sign_on()
    assert world.bot.search(Search(number="999999")) == ()
