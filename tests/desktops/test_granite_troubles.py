"""Doubts the desktop bot where things go wrong: the books hold the order right, or not at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest
from Xlib.display import Display

from bots.bot import Credentials
from bots.drivers.desktop import DesktopDriver
from bots.granite import Granite
from bridge.errors import (
    CustomerUnknown,
    DialogUnexpected,
    DisplayLost,
    Disturbed,
    Held,
    InDoubt,
    KeyboardChanged,
    OperatorStopped,
    ProgramGone,
    ProgramSilent,
    TextUntypable,
)
from bridge.model.comparisons import form_differences, form_of
from bridge.model.documents import DocumentStatus
from bridge.model.forms import Form
from bridge.model.orders import Order
from bridge.ports import Search
from tests.contracts.granite_worlds import (
    OPTIONS,
    PASSWORD,
    USER,
    GraniteWorld,
    books,
    desk_command,
    desktop,
    granite_world,
    lay_out,
)
from tests.contracts.troubles import NONE, PLAIN, TEXTS, is_stored_right
from tests.desktops.labs import why_not
from tests.samples import granite

pytestmark = pytest.mark.desktop

_numbers = count(1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraniteWorld]:
    """One Granite for all tests that leave it whole."""
    with granite_world(tmp_path_factory.mktemp("granite")) as ready:
        yield ready


@pytest.fixture
def world(shared: GraniteWorld) -> GraniteWorld:
    """That Granite, with a new desk on which somebody has signed on."""
    shared.books.clear_faults()
    shared.bot.sign_on()
    return shared


@pytest.fixture
def own(tmp_path: Path) -> Iterator[GraniteWorld]:
    """A Granite that a test may ruin."""
    with granite_world(tmp_path) as ready:
        yield ready


@pytest.fixture
def reference() -> str:
    """A reference that no other test has."""
    return f"GT-{next(_numbers):04}-X"


def filled(world: GraniteWorld, reference: str, wanted: Order, between: Callable[[], object]) -> tuple[Form, Form]:
    """What was typed and what the form showed then, where something happens between the header and the lines."""
    form = form_of(wanted, reference, world.profile, NONE)
    bot = world.granite
    bot.open_entry(reference)
    bot.screens.type_form(form.header)
    between()
    for place, texts in enumerate(form.lines):
        bot.screens.type_row("lines", place, texts)
    return form, Form(bot.screens.read_form(), bot.screens.rows("lines"))


# --- texts ----------------------------------------------------------------------------------------------------------

ALL_TEXTS = {**TEXTS, "blanks": "a  b", "only Chinese punctuation": "《（）》——……"}


@pytest.mark.parametrize("name", ALL_TEXTS)
def test_a_text_is_stored_as_it_was_meant(world: GraniteWorld, reference: str, name: str) -> None:
    """Whatever characters the CRM holds, the ERP's own table holds them too."""
    wanted = replace(PLAIN, remarks=ALL_TEXTS[name])
    form, shown = filled(world, reference, wanted, lambda: None)
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, wanted)
    assert world.books.rows("SELECT remarks FROM orders WHERE external_number = ?", reference) == [(ALL_TEXTS[name],)]


def test_a_german_keyboard_types_the_same(tmp_path: Path, reference: str) -> None:
    """A key that stands elsewhere on the keyboard of the seat is not pressed for a character, nor for an access key."""
    if why_not() is not None:
        pytest.skip(str(why_not()))
    wanted = replace(PLAIN, remarks='<>|"@#\\ yz-_', po_number="YZ_@#-/ ÄÖ")
    with granite_world(tmp_path, keyboard="de") as world:
        form, shown = filled(world, reference, wanted, lambda: None)
        assert form_differences(form, shown, world.profile) == ()
        assert is_stored_right(world, reference, wanted)


def test_a_keyboard_that_is_changed_in_between_ends_the_attempt(own: GraniteWorld, reference: str) -> None:
    """It is named, and nothing is stored."""
    with pytest.raises(KeyboardChanged):
        filled(own, reference, PLAIN, lambda: lay_out(own.desktop.display, "de"))
    assert own.stored(reference) == 0


def test_a_text_that_the_erp_cuts_is_noticed(world: GraniteWorld, reference: str) -> None:
    """300 characters in a field of 40: the form does not show what was typed, so nobody saves."""
    wanted = replace(PLAIN, remarks="长" * 300)
    form, shown = filled(world, reference, wanted, lambda: None)
    assert [each.field for each in form_differences(form, shown, world.profile)] == ["remarks"]
    assert shown.header["remarks"] == "长" * 40


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\x1bb", "a\u202eb"], ids=["tab", "line end", "escape", "reversed"])
def test_what_moves_the_keyboard_is_never_typed(world: GraniteWorld, reference: str, text: str) -> None:
    """A text with control characters is refused before any key."""
    with pytest.raises(TextUntypable):
        filled(world, reference, replace(PLAIN, remarks=text), lambda: None)
    assert world.stored(reference) == 0


# --- windows --------------------------------------------------------------------------------------------------------

HARMLESS: dict[str, dict[str, Any]] = {
    "moved": {"what": "move", "left": 300, "top": 200},
    "covered": {"what": "cover"},
    "minimised": {"what": "minimise"},
    "resized": {"what": "resize", "width": 700, "height": 500},
    "frozen for a while": {"what": "frozen", "seconds": 1.5},
}
LOOKS: dict[str, dict[str, Any]] = {
    "another theme": {"theme": "clam"},
    "dark": {"theme": "dark"},
    "a larger font": {"font_size": 13},
    "scaled": {"scale": 1.5},
    "in Chinese": {"skin": "zh"},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_happens_to_the_window_between_two_fields_does_no_harm(
    world: GraniteWorld, reference: str, name: str
) -> None:
    """The order is right in the books, or the attempt ends before Save with a named cause and nothing is there."""
    try:
        form, shown = filled(world, reference, PLAIN, lambda: world.disturb(**HARMLESS[name]))
    except (Disturbed, DialogUnexpected):
        assert name == "covered"  # a window that nobody knows may lie before the form
        assert world.stored(reference) == 0
        return
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, PLAIN)


@pytest.mark.parametrize("name", LOOKS)
def test_a_changed_look_between_two_fields_does_no_harm(world: GraniteWorld, reference: str, name: str) -> None:
    """Keys go where they went before, however the window looks."""
    form, shown = filled(world, reference, PLAIN, lambda: world.dress(**LOOKS[name]))
    assert form_differences(form, shown, world.profile) == ()
    assert is_stored_right(world, reference, PLAIN)


def test_a_window_that_takes_the_keyboard_ends_the_attempt(world: GraniteWorld, reference: str) -> None:
    """Its title is told, nothing is typed into it, and nothing is stored."""
    with pytest.raises(DialogUnexpected, match="Backup"):
        filled(world, reference, PLAIN, lambda: world.disturb(what="steal_focus"))
    assert world.stored(reference) == 0


def test_a_window_that_opens_while_a_field_is_left_ends_the_attempt(world: GraniteWorld, reference: str) -> None:
    """Also in the middle of typing."""
    world.books.control("faults", {"fault": "steal_focus", "at": "leave_field", "skip": 2})
    with pytest.raises(DialogUnexpected, match="Backup"):
        filled(world, reference, PLAIN, lambda: None)
    assert world.stored(reference) == 0


def test_the_picture_of_trouble_shows_the_window_that_stands_there(world: GraniteWorld, reference: str) -> None:
    """Whoever looks at the evidence sees both, the form and what came before it."""
    with pytest.raises(DialogUnexpected):
        filled(world, reference, PLAIN, lambda: world.disturb(what="steal_focus"))
    picture = world.bot.capture("trouble")
    assert picture.screen == "order_entry"
    assert picture.width > 200
    assert len(picture.content) > 1000


# --- the program and its display ------------------------------------------------------------------------------------


def test_a_frozen_program_is_named(own: GraniteWorld, reference: str) -> None:
    """It is not waited for longer than was said, and nothing of the order is stored, also later."""
    own.driver.watch.timeout = 1.0
    with pytest.raises(ProgramSilent):
        filled(own, reference, PLAIN, lambda: own.disturb(what="frozen", seconds=5.0, waits=False))
    assert own.stored(reference) == 0


def test_a_killed_program_is_named(own: GraniteWorld, reference: str) -> None:
    """Nothing is stored, and the next sign-on starts another one."""
    with pytest.raises(ProgramGone):
        filled(own, reference, PLAIN, lambda: psutil.Process(own.desk_pid).kill())
    assert own.stored(reference) == 0
    own.bot.sign_on()
    form, shown = filled(own, reference, PLAIN, lambda: None)
    assert form_differences(form, shown, own.profile) == ()


def test_a_killed_display_is_named(tmp_path: Path, reference: str) -> None:
    """The seat's display is gone, and so is the program: nothing is stored."""
    if why_not() is not None:
        pytest.skip(str(why_not()))
    with books(tmp_path) as running, desktop(desk_command(running.database)) as opened:
        bot = Granite(granite(), DesktopDriver(granite(), opened, OPTIONS), Credentials(USER, PASSWORD))
        bot.sign_on()
        bot.open_entry(reference)
        opened.display.processes[0].kill()
        form = form_of(PLAIN, reference, granite(), NONE)
        with pytest.raises(DisplayLost):
            bot.type_order(form)
        assert running.rows("SELECT number FROM orders") == []


# --- after Save -----------------------------------------------------------------------------------------------------


def test_a_late_answer_is_waited_for(world: GraniteWorld, reference: str) -> None:
    """The number is read however long the ERP takes, up to the limit."""
    world.books.control("faults", {"fault": "slow", "at": "save", "seconds": 2.0})
    filled(world, reference, PLAIN, lambda: None)
    assert is_stored_right(world, reference, PLAIN)


@pytest.mark.parametrize(
    "fault", ["no_answer", "crash_after", "unexpected_message", "refusal_but_saved", "saved_twice"]
)
def test_nobody_claims_a_number_that_was_not_shown(own: GraniteWorld, reference: str, fault: str) -> None:
    """Without the ERP's own message with a number the order is in doubt, or the text is told; nothing is sent twice."""
    own.books.control("faults", {"fault": fault, "at": "save"})
    filled(own, reference, PLAIN, lambda: None)
    before = own.sent()
    try:
        answer = own.bot.save(lambda: True)
    except InDoubt:
        answer = None
    assert own.sent() == before + 1
    if fault == "saved_twice":
        assert own.stored(reference) == 2
        assert answer is not None
    else:
        assert own.stored(reference) == 1
        assert answer is None or answer.number is None


def test_a_person_at_the_seat_is_obeyed(own: GraniteWorld, reference: str) -> None:
    """A mouse in the corner ends typing at once, and the order waits for a person: it is not tried again."""
    with pytest.raises(OperatorStopped) as stopped:
        filled(own, reference, PLAIN, lambda: move_mouse(own.desktop.display.name, 0, 0))
    assert isinstance(stopped.value, Held)
    assert own.stored(reference) == 0
    move_mouse(own.desktop.display.name, 300, 300)


def move_mouse(display: str, left: int, top: int) -> None:
    """As a person does."""
    connected = Display(display)
    connected.screen().root.warp_pointer(left, top)
    connected.sync()
    connected.close()


def test_a_chinese_granite_is_worked_from_sign_on_to_the_list(tmp_path: Path, reference: str) -> None:
    """Its words, its questions and its messages are in Chinese; the order is right in its tables, and listed."""
    if why_not() is not None:
        pytest.skip(str(why_not()))
    with granite_world(tmp_path, options=["--skin", "zh"]) as world:
        form, shown = filled(world, reference, PLAIN, lambda: None)
        assert form_differences(form, shown, world.profile) == ()
        assert is_stored_right(world, reference, PLAIN)
        listed = world.bot.read_list(Search(reference=reference))
        assert [(each.reference, each.status) for each in listed.rows] == [(reference, DocumentStatus.OPEN)]
        with pytest.raises(CustomerUnknown):
            filled(world, "GZ-1-X", replace(PLAIN, customer="C9999"), lambda: None)
