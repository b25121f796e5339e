"""Does one document that somebody has open, or one row that nobody can read, leave all the others compared?"""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.errors import (
    BridgeError,
    CustomerUnknown,
    DialogUnexpected,
    ErpDown,
    ErpSaid,
    RecordLocked,
    ScreenUnknown,
    SeatDied,
    SessionLost,
    StatusUnknown,
    TimedOut,
    ValueUnreadable,
)
from bridge.model.breaks import Outcome, Verdict
from bridge.model.documents import Document
from bridge.model.lists import ListReading
from bridge.ports import Search
from bridge.reports.erp_readings import ReadingTerms
from bridge.reports.reconciliations import Reconciliation
from tests.fake_bots import FakeBot
from tests.unit.reports.moving_houses import House
from tests.unit.reports.test_erp_readings import Meanwhile, Office, Watched, dearer, truth
from tests.unit.reports.test_lookups import moved

LOCKED = RecordLocked(erp="harbour", text="Locked by: mary")
REFUSALS = [
    LOCKED,
    ErpSaid(erp="harbour", screen="order_show", text="SO-180 Archived"),
    ScreenUnknown(erp="harbour", expected="order_show", text="HTTP 500"),
    DialogUnexpected(erp="harbour", text="Order is archived"),
    CustomerUnknown(erp="harbour", customer="C1001"),
]
ALL = ("10001", "10002", "10003")


def code_of(error: BridgeError) -> str:
    """What a refusal is called."""
    return error.code


# --- documents ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", REFUSALS, ids=code_of)
def test_a_document_that_stays_refused_is_named_and_the_others_are_read(refusal: BridgeError) -> None:
    """It is asked for twice, each time at a seat of its own, and the list is at rest afterwards."""
    office = Office(refused={"10002": refusal})
    side = office.read()
    assert side.unreadable == {"10002": refusal.reason}
    assert [document.number for document in side.opened] == ["10001", "10003"]
    assert (office.opened.count("10002"), office.seats) == (2, 3)
    assert side.passes is not None
    assert (side.passes.count, side.passes.unlike) == (3, 0)


def test_a_document_that_is_free_again_is_read() -> None:
    """Somebody had it open for a moment only."""
    office = Office({"list 2": lambda office: office.refused.clear()}, refused={"10002": LOCKED})
    side = office.read()
    assert (truth(office, side), side.unreadable) == (True, {})


def opened_in_between(office: Office) -> None:
    """It can be opened, and no sooner was it than somebody changes it and has it open again."""

    def again(office: Office) -> None:
        dearer(1)(office)
        office.refused["10002"] = LOCKED

    office.refused.clear()
    office.meanwhile["after 10002"] = again


def unreadable_in_between(office: Office) -> None:
    """It can be opened and not be read, and somebody corrects it and has it open again."""

    def again(office: Office) -> None:
        office.unreadable.clear()
        office.refused["10002"] = LOCKED

    office.refused.clear()
    office.unreadable.add("10002")
    office.meanwhile |= {"before 10002": dearer(1), "list 3": again}


@pytest.mark.parametrize("between", [opened_in_between, unreadable_in_between])
def test_a_document_that_was_shown_in_between_is_asked_for_once_more_again(between: Meanwhile) -> None:
    """What was refused before the ERP showed it is no first try of what it holds now."""
    office = Office({"list 2": between, "list 4": lambda office: office.refused.clear()}, refused={"10002": LOCKED})
    side = office.read()
    assert (truth(office, side), side.unreadable, office.opened.count("10002")) == (True, {}, 4)


def test_a_document_that_was_refused_and_then_deleted_is_no_break() -> None:
    """The list no longer shows it."""
    office = Office({"list 2": lambda office: office.erp.remove("10002")}, refused={"10002": LOCKED})
    side = office.read()
    assert (truth(office, side), side.unreadable) == (True, {})
    assert (office.opened.count("10002"), side.passes and side.passes.unlike) == (2, 0)


def test_what_the_last_pass_could_not_open_is_named() -> None:
    """Even where nothing is left for a second try; the list did not come to rest then."""
    side = Office(refused={"10002": LOCKED}).read(ReadingTerms(most_passes=1))
    assert side.unreadable == {"10002": LOCKED.reason}


def test_nothing_that_was_read_before_is_taken_for_a_refused_document() -> None:
    """Its row is another one by now, and so is it."""
    office = Office()
    office.read()
    dearer(1)(office)
    office.refused["10002"] = LOCKED
    side = office.read()
    assert (list(side.unreadable), len(side.opened)) == (["10002"], 2)


@pytest.mark.parametrize(
    "failure",
    [
        ErpDown(erp="harbour", address="http://erp"),
        SessionLost(erp="harbour", text="Session expired!"),
        TimedOut(what="read_document", seconds=60),
        SeatDied(erp="harbour", why="killed"),
    ],
    ids=code_of,
)
def test_a_technical_failure_says_nothing_of_the_document(failure: BridgeError) -> None:
    """It ends the reading: a timeout is never reported as a fact of the books."""
    with pytest.raises(type(failure)):
        Office(refused={"10002": failure}).read()


@pytest.mark.parametrize("failure", REFUSALS, ids=code_of)
def test_what_comes_instead_of_the_menu_says_nothing_of_a_document(failure: BridgeError) -> None:
    """Where the new seat after a refusal cannot sign on, that ends the reading; it is no break of the next one."""
    office = Office(refused={"10002": LOCKED})
    seat, failures = office.seat, [failure]

    def signing_on() -> Watched:
        if office.opened == ["10001", "10002"] and failures:
            raise failures.pop()
        return seat()

    office.seat = signing_on  # type: ignore[method-assign]
    with pytest.raises(type(failure), match=re.escape(str(failure))):
        office.read()
    assert office.opened == ["10001", "10002"]


def test_an_erp_that_refuses_too_many_is_in_trouble_itself() -> None:
    """Nobody is given a workbook of refusals; as many as allowed are breaks of their own."""
    office = Office(refused={"10001": LOCKED, "10002": LOCKED})
    assert len(office.read(ReadingTerms(most_refused=2)).unreadable) == 2
    with pytest.raises(RecordLocked):
        office.read(ReadingTerms(most_refused=1))


def test_an_erp_that_refuses_one_after_the_other_is_left_alone() -> None:
    """Each refusal costs a sign-on: the first one too many ends the reading, in the first pass already."""
    office = Office()
    office.refused = dict.fromkeys([*office.numbers, *(office.add(number) for number in range(4, 200))], LOCKED)
    with pytest.raises(RecordLocked):
        office.read()
    assert (len(office.opened), office.seats, office.lists) == (51, 51, 1)


def test_each_pass_may_meet_as_many_refusals_as_allowed() -> None:
    """A morning on which now this document is open and now that one is no trouble of the ERP."""

    def next_one(office: Office) -> None:
        office.refused = {"10002": LOCKED}
        dearer(1)(office)

    office = Office({"after 10003": next_one}, refused={"10001": LOCKED})
    assert list(office.read(ReadingTerms(most_refused=1)).unreadable) == ["10002"]


def test_refusals_that_stay_count_over_all_passes() -> None:
    """However they are spread, a statement names no more of them than are allowed."""

    def another(office: Office) -> None:
        office.refused["10003"] = LOCKED
        dearer(2)(office)

    office = Office({"list 2": another, "list 3": another}, refused={"10001": LOCKED})
    with pytest.raises(RecordLocked):
        office.read(ReadingTerms(most_refused=1))


@pytest.mark.parametrize(
    ("office", "cause"),
    [
        (Office(refused=dict.fromkeys(ALL, LOCKED)), RecordLocked),
        (Office(unreadable=set(ALL)), StatusUnknown),
        (Office(unread=dict.fromkeys(ALL, ("total",))), ValueUnreadable),
        (Office(refused={"10001": LOCKED}, unreadable={"10002", "10003"}), StatusUnknown),
    ],
)
def test_an_erp_of_which_nothing_can_be_read_says_why(office: Office, cause: type[BridgeError]) -> None:
    """A statement in which every document is unreadable is none: the reading ends with what most of them say."""
    with pytest.raises(cause):
        office.read()


def test_the_only_document_of_its_days_may_be_unreadable() -> None:
    """One that a colleague has open says nothing of the ERP."""
    office = Office(refused={"10001": LOCKED})
    office.erp.remove("10002")
    office.erp.remove("10003")
    assert office.read().unreadable == {"10001": LOCKED.reason}


def test_a_document_that_became_readable_between_two_passes_is_read() -> None:
    """What it could not be read for in the first pass is no longer said of it."""

    def corrected(office: Office) -> None:
        office.unreadable.clear()
        dearer(1)(office)

    office = Office({"after 10003": corrected}, unreadable={"10002"})
    side = office.read()
    assert (truth(office, side), side.unreadable) == (True, {})


# --- rows of the list -----------------------------------------------------------------------------------------------


def test_a_row_that_cannot_be_read_is_named_and_the_others_are_read() -> None:
    """It is a row all the same, with all that can be read of it; its document is not asked for."""
    office = Office(unread={"10002": ("status",)})
    side = office.read()
    assert {number: reason.code for number, reason in side.unreadable.items()} == {"10002": "value_unreadable"}
    assert [(row.number, row.total is None, row.status is None) for row in side.listed] == [
        ("10001", False, False),
        ("10002", False, True),
        ("10003", False, False),
    ]
    assert (office.opened, len(side.opened)) == (["10001", "10003"], 2)


def test_a_row_that_can_be_read_again_is_opened() -> None:
    """Passes that differ in what cannot be read are not alike."""
    office = Office({"after 10003": lambda office: office.unread.clear()}, unread={"10002": ("status",)})
    side = office.read()
    assert (truth(office, side), side.unreadable) == (True, {})


def test_a_row_that_can_no_longer_be_read_takes_nothing_read_before() -> None:
    """Its document was opened by a row that is another one now."""
    office = Office({"after 10003": lambda office: office.unread.update({"10002": ("total",)})})
    side = office.read()
    assert (list(side.unreadable), len(side.opened)) == (["10002"], 2)


def test_another_reason_is_a_difference_between_two_passes() -> None:
    """The same cell shows something else that nobody can read: the list is not at rest."""
    office = Office(unread={"10002": ("customer",)})
    bot = office.seat()
    words = iter(("Parked", "Held", "Held"))

    def read(query: Search) -> ListReading:
        reason = StatusUnknown(erp="harbour", word=next(words)).reason
        return replace(FakeBot.read_list(bot, query), unreadable={"10002": reason})

    bot.read_list = read  # type: ignore[method-assign]
    side = office.read()
    assert (side.passes and side.passes.count, side.unreadable["10002"].params["word"]) == (3, "Held")


def test_a_row_found_by_its_number_may_be_unreadable_too() -> None:
    """What was looked up is told like the rest."""
    office = Office(unread={"10002": ("total",)})
    moved(1)(office)
    side = office.read(numbers=["10002"])
    assert (list(side.unreadable), side.lookups.found) == (["10002"], ("10002",))


# --- the statement --------------------------------------------------------------------------------------------------


def said(found: Reconciliation) -> tuple[Verdict, list[tuple[str | None, Outcome]], set[str]]:
    """Verdict, breaks by document, and the controls that do not tie."""
    breaks = [(row.erp.number if row.erp else None, row.outcome) for row in found.breaks]
    return found.verdict, breaks, {control.code for control in found.controls if not control.ties}


def refusing(house: House, number: str) -> None:
    """Somebody has that document open all morning."""
    locked = number

    def read(number: str) -> Document:
        if number == locked:
            raise LOCKED
        return FakeBot.read_document(house.bot, number)

    house.bot.read_document = read  # type: ignore[method-assign]


def garbling(*fields: str) -> Callable[[House, str], None]:
    """These fields of a document's row cannot be read."""

    def garble(house: House, number: str) -> None:
        def read(query: Search) -> ListReading:
            whole = FakeBot.read_list(house.bot, query)
            off = dict.fromkeys(fields)
            rows = tuple(replace(row, **off) if row.number == number else row for row in whole.rows)  # type: ignore[arg-type]
            return replace(whole, rows=rows, unreadable={number: StatusUnknown(erp="harbour", word="?").reason})

        house.bot.read_list = read  # type: ignore[method-assign]

    return garble


@pytest.mark.parametrize(
    "trouble",
    [
        refusing,
        *(garbling(field) for field in ("status", "total", "currency", "ordered_on", "customer", "reference")),
        garbling("total", "currency", "status", "reference", "ordered_on"),
    ],
)
def test_the_statement_names_the_one_and_compares_the_others(trouble: Callable[[House, str], None]) -> None:
    """One break, every control ties, and the other orders are matched."""
    house = House()
    trouble(house, house.numbers[1])
    found = house.statement()
    assert said(found) == (Verdict.BREAKS, [(house.numbers[1], Outcome.INVALID_ROW)], set())
    assert len(found.matched) == 3


def test_the_lists_sum_is_held_against_all_rows_whose_amounts_can_be_read() -> None:
    """An amount that cannot be read leaves one currency without a sum to check, and no other."""
    house = House()
    garbling("status")(house, house.numbers[1])
    sums = [control for control in house.statement().controls if control.code == "C9"]
    assert all(control.available for control in sums)
    garbling("total")(house, house.numbers[1])
    sums = [control for control in house.statement().controls if control.code == "C9" and not control.available]
    assert [control.scope for control in sums] == [house.orders[1].currency]
    garbling("currency")(house, house.numbers[1])
    sums = [control for control in house.statement().controls if control.code == "C9" and control.unit != "rows"]
    assert {control.scope: control.available for control in sums} == dict.fromkeys(("EUR", "CNY", "JPY", "KWD"), False)


def test_a_sum_that_is_off_elsewhere_is_still_noticed() -> None:
    """An unreadable amount in one currency hides nothing in another."""
    house = House()
    garbling("total")(house, house.numbers[1])
    read = house.bot.read_list

    def off(query: Search) -> ListReading:
        found = read(query)
        rows = (replace(found.rows[0], total=Decimal(1)), *found.rows[1:])
        return replace(found, rows=rows)

    house.bot.read_list = off  # type: ignore[method-assign]
    assert "C9" in said(house.statement())[2]
