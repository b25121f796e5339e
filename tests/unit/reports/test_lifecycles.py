"""Does every break keep its name, its age and its comments from statement to statement?"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model.breaks import Outcome, Verdict
from bridge.model.documents import DocumentStatus
from bridge.model.items import BUCKETS, Handling, Item, Lifecycle, NoteField, bucket_of
from bridge.reports.inputs import Inputs, Period
from bridge.reports.issuings import Issued
from bridge.reports.lifecycles import fingerprint_of
from bridge.reports.memories import Memory, carried_from
from bridge.reports.reconciliations import reconcile
from tests.unit.reports.corruptions import by_hand, document_changed, never_typed, wrong
from tests.unit.reports.days import (
    NIGHT,
    PERIOD,
    clean_day,
)
from tests.unit.reports.offices import Days, closed_with, moved, read_at
from tests.unit.reports.test_generated_days import days as generated_days
from tests.unit.reports.workbooks_read import RESOLVED, table


def lives(issued: Issued) -> list[Lifecycle]:
    """Where the breaks stand, in their order."""
    return [issued.found.lives.items[row.item_id].lifecycle for row in issued.found.breaks]


def test_a_break_is_new_open_changed_resolved_and_reopened(days: Days) -> None:
    """Each statement says of each break what became of it since the one before, and the numbers add up."""
    issued = [
        days.issue(each, place)
        for place, each in enumerate((wrong("7.77"), wrong("7.77"), wrong("8.88"), clean_day(), wrong("7.77")))
    ]
    assert [lives(each) for each in issued] == [
        [Lifecycle.NEW],
        [Lifecycle.OPEN],
        [Lifecycle.CHANGED],
        [],
        [Lifecycle.REOPENED],
    ]
    assert [moved(each) for each in issued] == [
        (0, 1, 0, 0, 1),
        (1, 0, 0, 0, 1),
        (1, 0, 0, 0, 1),
        (1, 0, 0, 1, 0),
        (0, 0, 1, 0, 1),
    ]
    assert all(control.ties for each in issued for control in each.found.controls)


def test_age_counts_from_the_first_sight_and_begins_anew_when_reopened(days: Days) -> None:
    """Another value makes a break no younger; only one that was gone is young again, and is known to be no new one."""
    seen = [days.issue(wrong("7.77")), days.issue(wrong("8.88"), 9), days.issue(clean_day(), 10)]
    seen.append(days.issue(wrong("1"), 40))
    still = [each.found for each in seen if each.found.breaks]
    items = [item for found in still for item in found.lives.items.values()]
    assert [item.age(found.as_of.latest) for item, found in zip(items, still, strict=True)] == [0, 9, 0]
    assert {item.first_seen for item in items} == {NIGHT}


def test_a_statement_a_day_counts_a_day_to_the_minute_or_not(days: Days) -> None:
    """An evening that begins a minute earlier than the one before makes no break a day younger than it is."""
    minute = 1 / 24 / 60
    seen = [days.issue(wrong("7.77"), place - place * minute) for place in range(3)]
    ages = [item.age(each.found.as_of.latest) for each in seen for item in each.found.lives.items.values()]
    assert ages == [0, 1, 2]


def test_a_break_keeps_its_name_while_its_kind_changes(days: Days) -> None:
    """What was not entered, then entered with another amount, is one item: its comment stays with it."""
    first = days.issue(never_typed()(clean_day()))
    days.note(first, 0, NoteField.COMMENT, "asked the warehouse")
    second = days.issue(document_changed(2, total=Decimal("7.77"))(clean_day()), 1)
    (before,), (now,) = first.found.breaks, second.found.breaks
    assert (before.outcome, now.outcome) == (Outcome.NOT_TYPED, Outcome.AMOUNT_DIFF)
    assert before.item_id == now.item_id
    assert second.found.memory.said(now.item_id, NoteField.COMMENT) == "asked the warehouse"


def test_what_was_accepted_lapses_once_its_values_are_others(days: Days) -> None:
    """Accepted is said of values, a comment of the break: the one is asked for again, the other stays."""
    first = days.issue(wrong("7.77"))
    days.note(first, 0, NoteField.STATUS, Handling.ACCEPTED)
    days.note(first, 0, NoteField.OWNER, "王芳")
    same, other = days.issue(wrong("7.77"), 1), days.issue(wrong("8.88"), 2)
    (item,) = same.found.lives.items.values()
    (changed,) = other.found.lives.items.values()
    assert same.found.memory.handling(item) is Handling.ACCEPTED
    assert other.found.memory.handling(changed) is Handling.REVIEW
    assert other.found.memory.said(changed.id, NoteField.OWNER) == "王芳"


def test_what_was_corrected_lapses_once_the_break_is_back(days: Days) -> None:
    """With the very same values, too: whoever called it corrected did not mean this time."""
    first = days.issue(wrong("7.77"))
    days.note(first, 0, NoteField.STATUS, Handling.CORRECTED)
    days.issue(clean_day(), 1)
    back = days.issue(wrong("7.77"), 2)
    (item,) = back.found.lives.items.values()
    assert back.found.memory.handling(item) is Handling.REVIEW
    days.note(back, 0, NoteField.STATUS, Handling.ACCEPTED)
    again = days.issue(wrong("7.77"), 3)
    assert again.found.memory.handling(item) is Handling.ACCEPTED


def test_in_progress_does_not_lapse(days: Days) -> None:
    """Nobody answered for any value yet, so there is nothing to ask again."""
    first = days.issue(wrong("7.77"))
    days.note(first, 0, NoteField.STATUS, Handling.IN_PROGRESS)
    other = days.issue(wrong("8.88"), 1)
    (changed,) = other.found.lives.items.values()
    assert other.found.memory.handling(changed) is Handling.IN_PROGRESS


def test_time_alone_changes_no_break(days: Days) -> None:
    """An order that waits becomes overdue without becoming another break; the verdict says so."""
    waiting = never_typed()(clean_day())
    waiting = replace(waiting, pending_within=timedelta(days=2))
    first, second = days.issue(waiting), days.issue(waiting, 5)
    assert (first.found.verdict, second.found.verdict) == (Verdict.WARN, Verdict.BREAKS)
    assert lives(second) == [Lifecycle.OPEN]


def test_an_open_break_is_looked_at_whatever_period_is_asked_for(days: Days) -> None:
    """A break of November is still open in the statement of December, and resolved there once it is."""
    december = Period(PERIOD.last + timedelta(1), PERIOD.last + timedelta(31))
    days.issue(wrong("7.77"))
    still = days.issue(replace(wrong("7.77"), period=december), 1)
    gone = days.issue(replace(clean_day(), period=december), 2)
    assert (moved(still), moved(gone)) == ((1, 0, 0, 0, 1), (1, 0, 0, 1, 0))
    assert all(control.ties for each in (still, gone) for control in each.found.controls)


def test_a_document_without_an_order_is_looked_at_until_it_is_gone(days: Days) -> None:
    """What only the ERP holds is carried by its number, and the days to read the ERP from follow it."""
    december = Period(PERIOD.last + timedelta(1), PERIOD.last + timedelta(31))
    first = days.issue(by_hand(clean_day()))
    carried = carried_from(days.office.statements.items("harbour").values())
    assert carried.documents == {"00000900"}
    assert carried.widened(december).first == first.found.breaks[0].erp.ordered_on  # type: ignore[union-attr]  # it has one
    still = days.issue(replace(by_hand(clean_day()), period=december), 1)
    assert moved(still) == (1, 0, 0, 0, 1)


def test_a_resolved_break_says_what_it_is_now(days: Days) -> None:
    """Matched now, cancelled, or gone: the sheet of the resolved says which."""
    days.issue(by_hand(wrong("7.77")))
    now = days.issue(clean_day(), 1)
    assert {each.before.outcome: each.now for each in now.found.lives.resolved} == {
        Outcome.AMOUNT_DIFF: Outcome.MATCHED,
        Outcome.ORPHAN_IN_ERP: None,
    }


def test_nothing_is_resolved_while_a_control_does_not_tie(days: Days) -> None:
    """A list that came back one row short resolves no break: its age, its comment and its acceptance stay."""
    whole = by_hand(wrong("7.77"))
    first = days.issue(whole)
    days.note(first, 0, NoteField.STATUS, Handling.EXPLAINED)
    listed = [row for row in whole.documents.listed if row.number != "00000900"]
    opened = [each for each in whole.documents.opened if each.number != "00000900"]
    short = replace(whole, documents=replace(whole.documents, listed=tuple(listed), opened=tuple(opened)))
    second = days.issue(short, 5)
    assert {control.code for control in second.found.controls if not control.ties} == {"C9"}
    assert (moved(second), second.statement.open_items) == ((2, 0, 0, 0, 1), 2)
    (row,) = table(second.path, RESOLVED).rows
    assert (row["document"], row["now"]) == ("00000900", "still open: not seen while a control does not tie")
    third = days.issue(whole, 6)
    assert moved(third) == (2, 0, 0, 0, 2)
    items = third.found.lives.items.values()
    assert {(item.lifecycle, item.age(third.found.as_of.latest)) for item in items} == {(Lifecycle.OPEN, 6)}
    assert Handling.EXPLAINED in {third.found.memory.handling(item) for item in items}


def test_a_break_that_is_lost_between_two_statements_does_not_tie() -> None:
    """C6: with one of yesterday's breaks forgotten, nothing is green."""
    found = reconcile(wrong("7.77"))
    item = next(iter(found.lives.items.values()))
    memory = Memory(previous=closed_with(2), items={item.id: item})
    again = reconcile(wrong("7.77"), memory)
    assert [control.code for control in again.controls if not control.ties] == ["C6"]
    assert again.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    "change",
    [
        document_changed(3, total=Decimal("7.78")),
        document_changed(3, total=Decimal("7.77"), customer="C-0009"),
        document_changed(3, total=Decimal("7.77"), status=DocumentStatus.PAID),
    ],
)
def test_any_other_value_is_another_fingerprint(change: object) -> None:
    """Nothing that was compared can change without being seen."""
    before, after = reconcile(wrong("7.77")), reconcile(change(clean_day()))  # type: ignore[operator]  # as in corruptions
    (one,), (other,) = before.lives.items.values(), after.lives.items.values()
    assert one.id == other.id
    assert one.fingerprint != other.fingerprint


def test_the_moment_of_reading_is_no_value() -> None:
    """The same day read an hour later has the same fingerprints."""
    day, later = wrong("7.77"), read_at(wrong("7.77"), NIGHT + timedelta(hours=1))
    prints = [{fingerprint_of(row, each) for row in reconcile(each).breaks} for each in (day, later)]
    assert prints[0] == prints[1]


@pytest.mark.parametrize(
    ("age", "name"), [(0, "0-1"), (1, "0-1"), (2, "2-7"), (30, "8-30"), (60, "31-60"), (61, ">60")]
)
def test_every_age_is_in_one_range(age: int, name: str) -> None:
    """The ranges have neither a gap nor an overlap."""
    assert bucket_of(age).name == name
    assert sum(age in bucket for bucket in BUCKETS) == 1


@settings(max_examples=8, deadline=None)
@given(st.lists(generated_days(), min_size=2, max_size=4))
def test_whatever_follows_whatever_the_open_breaks_are_carried_forward(series: list[Inputs]) -> None:
    """Over days nobody thought of: opening, new, reopened and resolved give the closing, and nothing else moves."""
    memory, items = Memory(), dict[str, Item]()
    for number, day in enumerate(series):
        inputs = replace(read_at(day, NIGHT + timedelta(days=number)), carried=carried_from(items.values()))
        found = reconcile(inputs, memory)
        assert [control for control in found.controls if control.code == "C6" and not control.ties] == []
        items |= {item.id: item for item in found.lives.news()}
        assert {name for name, item in items.items() if item.is_open} == found.lives.items.keys()
        memory = Memory(previous=closed_with(len(found.breaks), number + 1), items=dict(items))
