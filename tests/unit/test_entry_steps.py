"""Is an order typed that should not be? Steps 2 and 3, by what the CRM says now and what the ERP holds already."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bridge.errors import (
    CrmDown,
    HeldByPerson,
)
from bridge.model.documents import DocumentStatus
from bridge.model.orders import OrderStatus
from bridge.model.postings import PostingState
from tests.fake_erps import Saving
from tests.samples import document_of_hand, order
from tests.troubles import AFTER, Point
from tests.unit.entry_worlds import LISTING, Opened, World, books

S = PostingState
ORDER = order()
REFERENCE = "FK-700001-F"
SAID = HeldByPerson(person="Li", why="looked").reason


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@pytest.fixture
def world(opened: Opened) -> World:
    """A world of its own."""
    return World(*opened)


# --- 2: the order is read again -------------------------------------------------------------------------------------

CRM: Mapping[str, tuple[Callable[[World], None], str, str | None]] = {
    "gone": (lambda world: world.crm.remove(ORDER.id), "cancelled", "order_gone"),
    "cancelled": (
        lambda world: world.crm.put(replace(ORDER, status=OrderStatus.CANCELLED)),
        "cancelled",
        "order_cancelled",
    ),
    "a draft": (
        lambda world: world.crm.put(replace(ORDER, status=OrderStatus.DRAFT)),
        "cancelled",
        "order_not_released",
    ),
    "unreadable": (lambda world: world.crm.spoil(ORDER.id), "rejected", "order_malformed"),
    "down": (
        lambda world: setattr(world.crm, "fault", CrmDown(crm="fake", address="memory", why="off")),
        "pending",
        "crm_down",
    ),
    "changed": (lambda world: world.crm.put(replace(ORDER, remarks="now")), "pending", "order_changed"),
    "without lines": (lambda world: world.crm.put(replace(ORDER, lines=())), "rejected", "order_empty"),
}


@pytest.mark.parametrize("now", CRM)
def test_an_order_that_is_not_as_it_was_taken_is_not_typed(world: World, now: str) -> None:
    """The CRM is asked again before anything is typed, and its word counts."""
    change, state, code = CRM[now]
    posting = world.taken(ORDER)
    change(world)
    world.attempt(posting)
    assert world.told(posting) == (state, code, 0, 0)


def test_a_changed_order_is_typed_as_it_is_now(world: World) -> None:
    """After the change was seen, the next attempt types the new revision, and nothing of the old."""
    posting = world.taken(ORDER)
    world.crm.put(replace(ORDER, lines=ORDER.lines[:1]))
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)
    assert [len(document.lines) for document in world.live(ORDER)] == [1]


# --- 3: the probe ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What stands in the ERP already, and what comes of the order; `live` counts what carries its PO number."""

    put: Callable[[World], object]
    state: str
    code: str | None
    live: int
    requests: int = 0


def neighbour(reference: str) -> Callable[[World], object]:
    """Another customer's document with that reference."""
    return lambda world: world.erp.put(document_of_hand(order(8, customer="C1002"), reference))


def by_hand(*documents: Mapping[str, Any]) -> Callable[[World], object]:
    """The order typed by somebody else, once for each of these changes."""
    return lambda world: [world.type_by_hand(ORDER, **changes) for changes in documents]


VOID = {"status": DocumentStatus.CANCELLED}
UNREFERENCED = {"reference": ""}
PROBES: Mapping[str, Found] = {
    "nothing": Found(by_hand(), "posted", None, 1, 1),
    "itself": Found(by_hand({}), "posted", None, 1),
    "itself, another date": Found(by_hand({"ordered_on": date(2026, 3, 3)}), "held", "found_different", 1),
    "itself, other lines": Found(by_hand({"lines": ()}), "held", "found_different", 1),
    "itself twice": Found(by_hand({}, {}), "held", "found_several", 2),
    "itself, void": Found(by_hand(VOID), "held", "found_void", 0),
    "itself, and void": Found(by_hand(VOID, {}), "posted", None, 1),
    "a longer reference": Found(neighbour(REFERENCE + "1"), "posted", None, 1, 1),
    "a reference around ours": Found(neighbour("X" + REFERENCE), "posted", None, 1, 1),
    "a look-alike": Found(by_hand(UNREFERENCED), "held", "look_alike", 1),
    "a look-alike with a cut reference": Found(by_hand({"reference": REFERENCE[:8]}), "held", "look_alike", 1),
    "a void look-alike": Found(by_hand(UNREFERENCED | VOID), "posted", None, 1, 1),
    "a look-alike of another day": Found(
        by_hand(UNREFERENCED | {"po_number": "", "ordered_on": date(2026, 3, 3)}), "posted", None, 1, 1
    ),
    "a look-alike of another amount": Found(
        by_hand(UNREFERENCED | {"po_number": "", "total": Decimal("37.81")}), "posted", None, 1, 1
    ),
}


@pytest.mark.parametrize("there", PROBES)
def test_what_stands_in_the_erp_already_decides(world: World, there: str) -> None:
    """The same order is taken over, what differs or is doubtful waits for a person, a neighbour does not count."""
    found = PROBES[there]
    posting = world.taken(ORDER)
    found.put(world)
    world.work()
    assert world.told(posting) == (found.state, found.code, found.live, found.requests)


def test_two_equal_orders_of_one_customer_are_both_typed(world: World) -> None:
    """A document that carries the reference of another order of ours is no look-alike."""
    first = world.taken(ORDER)
    world.work()
    twin = world.taken(replace(order(2), po_number="PO TWIN"))
    world.work()
    assert [world.now(each).state for each in (first, twin)] == [S.POSTED, S.POSTED]
    assert len(world.erp.documents) == 3


def test_look_alikes_are_asked_for_until_the_first_order_of_the_customer(world: World) -> None:
    """Once an order of the customer was posted after the cut-over, equal orders are everyday business."""
    world.taken(order(2))
    world.work()
    world.type_by_hand(ORDER, reference="", po_number="")
    posting = world.taken(ORDER)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


@pytest.mark.parametrize("reason", ["look-alike", "void"])
def test_a_person_has_it_typed_all_the_same(world: World, reason: str) -> None:
    """Who compared the document and released the order is not asked again."""
    changes = {"reference": "", "po_number": ""} if reason == "look-alike" else {"status": DocumentStatus.CANCELLED}
    world.type_by_hand(ORDER, **changes)
    posting = world.taken(ORDER)
    world.work()
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_a_document_that_comes_while_we_type_is_not_doubled(world: World) -> None:
    """The ERP is asked once more just before Save: a colleague may have typed the same order meanwhile."""
    posting = world.taken(ORDER)
    world.fate.strike(Point("bot.type_order#1", AFTER), lambda: by_hand({})(world))
    world.attempt(posting)
    assert world.told(posting) == ("posted", None, 1, 0)


def test_a_document_too_new_for_the_list_is_not_doubled(opened: Opened) -> None:
    """An order that changed and was released at once is looked up by its number, which no list lag hides."""
    world = World(*opened, procedures=frozenset())
    world.erp.plan(Saving(list_lag=LISTING))
    posting = world.taken(ORDER)
    assert world.attempt(posting).state is S.POSTED
    world.crm.put(replace(ORDER, lines=ORDER.lines[:1]))
    assert world.take(ORDER).state is S.HELD
    world.release(posting)
    world.attempt(posting)
    assert world.told(posting) == ("held", "changed_after_posting", 1, 1)
