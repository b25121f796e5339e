"""Doubts the terminal bot where things go wrong: the books hold the order right, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import Disturbed, InDoubt, LineLost, ScreenUnknown, SessionLost, TargetNotFound, TextUntypable
from bridge.model.comparisons import form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.forms import Form
from bridge.model.orders import Order
from bridge.ports import Search
from tests.contracts.juniper_worlds import JuniperWorld, juniper_world
from tests.contracts.troubles import NONE, PLAIN, TEXTS, is_stored_right
from tests.sandbox.harbour_clerks import eventually

_numbers = count(1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JuniperWorld]:
    """One Juniper for all tests that leave it whole."""
    with juniper_world(tmp_path_factory.mktemp("juniper")) as ready:
        yield ready


@pytest.fixture
def world(shared: JuniperWorld) -> JuniperWorld:
    """That Juniper, at which somebody has just signed on."""
    shared.running.control("faults", method="DELETE")
    shared.bot.sign_on()
    return shared


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"JT-{next(_numbers):04}-X"


def filled(
    world: JuniperWorld, reference: str, wanted: Order, between: Callable[[], object] = lambda: None
) -> tuple[Form, Form]:
    """What was typed and what the form showed then, where something happens between the header and the lines."""
    form = form_of(wanted, reference, world.profile, NONE)
    world.bot.open_entry(reference)
    world.juniper.screens.type_form(form.header)
    between()
    return form, world.bot.type_order(form)


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_stored_as_it_was_meant(world: JuniperWorld, reference: str, name: str) -> None:
    """Whatever characters the CRM holds, the ERP's own table holds them too."""
    wanted = replace(PLAIN, remarks=TEXTS[name])
    form, shown = filled(world, reference, wanted)
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, wanted)
    found = world.running.rows("SELECT remarks FROM orders WHERE external_no = ?", reference)
    assert [row["remarks"] for row in found] == [TEXTS[name]]


@pytest.mark.parametrize(("encoding", "language"), [("gb18030", "zh"), ("gbk", "en")])
def test_a_chinese_host_of_the_old_kind_is_worked_in_its_own_encoding(
    tmp_path: Path, reference: str, encoding: str, language: str
) -> None:
    """Its words, its texts and its books are in that encoding."""
    wanted = replace(PLAIN, remarks="重庆某某科技 ÄÖ" if encoding == "gb18030" else "重庆某某科技", po_number="采购-7")
    with juniper_world(tmp_path, encoding=encoding, language=language) as world:
        form, shown = filled(world, reference, wanted)
        assert form_differences(form, shown, world.profile) == ()
        assert is_stored_right(world, reference, wanted)
        listed = world.bot.read_list(Search(reference=reference))
        assert [(each.reference, each.status) for each in listed.rows] == [(reference, DocumentStatus.OPEN)]


def test_a_field_that_an_update_renamed_is_not_looked_for_where_it_was(tmp_path: Path, reference: str) -> None:
    """In 4.2 External No. and Your ref have other names and each other's place: nothing is typed, nothing is stored."""
    with juniper_world(tmp_path, release="4.2") as world:
        with pytest.raises(TargetNotFound, match=r"external_number|your_ref"):
            filled(world, reference, replace(PLAIN, po_number="PO-77"))
        assert world.running.orders() == []


def test_what_the_line_has_no_code_for_is_noticed(tmp_path: Path, reference: str) -> None:
    """GBK does not know it: the form does not show what was typed, so nobody saves."""
    with juniper_world(tmp_path, encoding="gbk") as world:
        form, shown = filled(world, reference, replace(PLAIN, remarks="𠮷野家"))
        assert [each.field for each in form_differences(form, shown, world.profile)] == ["remarks"]


def test_a_text_that_the_erp_cuts_is_noticed(world: JuniperWorld, reference: str) -> None:
    """300 characters in a field of 40: the form does not show what was typed, so nobody saves."""
    form, shown = filled(world, reference, replace(PLAIN, remarks="长" * 300))
    assert [each.field for each in form_differences(form, shown, world.profile)] == ["remarks"]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x1bb", "a\u202eb"], ids=["tab", "line end", "escape", "reversed"])
def test_what_moves_the_cursor_is_never_typed(world: JuniperWorld, reference: str, text: str) -> None:
    """A text with control characters is refused before any key."""
    with pytest.raises(TextUntypable):
        filled(world, reference, replace(PLAIN, remarks=text))
    assert world.stored(reference) == 0


# --- while it is typed ----------------------------------------------------------------------------------------------

HARMLESS: dict[str, dict[str, Any]] = {
    "late": {"kind": "slow", "seconds": 1.0},
    "half drawn": {"kind": "half_drawn", "milliseconds": 60},
    "a line that did not come": {"kind": "lost_line", "line": 9},
    "frozen for a while": {"kind": "frozen", "seconds": 1.0},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_how_an_answer_comes_does_no_harm(world: JuniperWorld, reference: str, name: str) -> None:
    """Each answer to a line that was typed, and then the one to Save."""
    world.running.fault(at="enter", times=2, **HARMLESS[name])
    world.running.fault(at="save", **HARMLESS[name])
    form, shown = filled(world, reference, PLAIN)
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, PLAIN)


def test_a_message_from_the_system_over_the_form_does_no_harm(world: JuniperWorld, reference: str) -> None:
    """It is painted over, and what it hid is read."""
    broadcast = {"text": "Backup starts in 5 minutes"}
    form, shown = filled(world, reference, PLAIN, lambda: world.running.control("broadcast", broadcast))
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, PLAIN)


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_line_that_is_lost_is_named(world: JuniperWorld, reference: str, fault: str) -> None:
    """Nothing is stored, and the next sign-on opens another one."""
    world.running.fault(fault, at="enter")
    with pytest.raises(LineLost):
        filled(world, reference, PLAIN)
    assert world.stored(reference) == 0
    world.bot.sign_on()
    form, shown = filled(world, reference, PLAIN)
    assert form_differences(form, shown, world.profile) == ()


def test_a_screen_that_stays_blank_is_named(world: JuniperWorld, reference: str) -> None:
    """It is not typed into blindly."""
    world.running.fault("blank_screen", at="enter")
    with pytest.raises((ScreenUnknown, Disturbed)):
        filled(world, reference, PLAIN)
    assert world.stored(reference) == 0


def test_a_session_that_somebody_else_ended_is_named(world: JuniperWorld, reference: str) -> None:
    """The same user signed on elsewhere: nothing of the order is stored."""
    with pytest.raises(SessionLost):
        filled(world, reference, PLAIN, world.another_sign_on)
    assert world.stored(reference) == 0


# --- after Save -----------------------------------------------------------------------------------------------------

STORED = {
    "cut_before": 0,
    "cut_after": 1,
    "late_commit": 1,
    "blank_screen": 1,
    "broadcast_over_answer": 1,
    "refusal_but_saved": 1,
    "session_killed": 0,
    "frozen": 1,
    "saved_twice": 2,
}


@pytest.mark.parametrize("fault", STORED)
def test_nobody_claims_a_number_that_was_not_shown(world: JuniperWorld, reference: str, fault: str) -> None:
    """Without the ERP's own message with a number the order is in doubt, or the text is told; nothing is sent twice."""
    form, shown = filled(world, reference, PLAIN)
    assert form_differences(form, shown, world.profile) == ()
    world.running.fault(fault, at="save", seconds=6.0 if fault == "frozen" else 0.2)
    try:
        answer = world.bot.save(lambda: True)
    except (InDoubt, SessionLost):
        answer = None
    eventually(lambda: world.stored(reference) == STORED[fault])
    assert (answer is not None and answer.number is not None) == (fault == "saved_twice")
