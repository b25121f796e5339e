"""Is a text that goes into a desktop program exactly the text that was meant, or none at all?"""

import random
from pathlib import Path

import pytest
from Xlib import XK, X
from Xlib.display import Display as Connection
from Xlib.ext.xtest import fake_input

from bots.drivers.x11_displays import Display
from bridge.errors import TextNotTaken, TextUntypable
from tests.desktops.labs import Lab, lab
from tests.sandbox.harbour_clerks import eventually

pytestmark = pytest.mark.desktop
TEXTS = (
    "",
    "C-0001",
    "".join(map(chr, range(ord(" "), ord("~") + 1))).strip(),
    '<>|\\"@#yz-/_',
    "重庆某科技有限责任公司 Müller",
    "𠮷野家 𪚥",
    "=1+1",
    "x" * 300,
    "行" * 300,
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_is_held_as_it_was_meant(field: Lab, text: str) -> None:
    """By what the program itself writes down, and by what is read of its screen; what was there before is gone."""
    field.hands.put("before")
    field.hands.put(text)
    assert (field.hands.shown(), field.held()) == (text, text)


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "\x1b", "a\u202eb", "\u200b", "\ud800"])
def test_what_moves_the_focus_or_hides_is_not_typed(field: Lab, text: str) -> None:
    """Not even in part: the field stays as it was."""
    field.hands.put("before")
    with pytest.raises(TextUntypable):
        field.hands.put(text)
    assert field.hands.shown() == "before"


def test_texts_come_right_while_the_program_is_busy(display: Display, tmp_path: Path) -> None:
    """It looks up every 60 ms for a moment; no text is the one before or after."""
    chance = random.Random(7)
    with lab(display, tmp_path, busy=0.06) as busy:
        for place in range(30):
            text = "".join(
                chance.choice("重庆某科技abc 123" if place % 2 else "abcXYZ-/. 019") for _ in range(20)
            ).strip()
            busy.hands.put(text)
            assert (busy.hands.shown(), busy.held()) == (text, text)


def test_a_program_that_is_frozen_gets_nothing_of_it_later(field: Lab) -> None:
    """It did not fetch the text in time: that is said, and once it wakes up the clipboard is empty for it."""
    field.hands.put("before")
    field.freeze()
    with pytest.raises(TextNotTaken):
        field.hands.put("重庆")
    field.clipboard.offer("另一张订单")
    field.clipboard.release()
    field.thaw()
    eventually(lambda: field.held() == "")
    assert field.hands.shown() == ""


def test_a_long_text_is_read_to_its_end(field: Lab) -> None:
    """A program gives what is long in portions; a part of it is never taken for the whole."""
    text = "行1 " + "0123456789" * 4000 + " end 𠮷"
    field.hands.put(text)
    assert (field.hands.shown(), field.held()) == (text, text)


def test_nothing_is_left_on_the_clipboard(field: Lab) -> None:
    """What was typed for one order is no text that a later paste could find."""
    field.hands.put("重庆")
    assert field.clipboard.read(1.0) is None


def test_with_caps_lock_no_key_is_trusted(field: Lab) -> None:
    """Letters would come out in the other case: they are pasted instead."""
    connection = Connection(field.display.name)
    caps = connection.keysym_to_keycode(XK.XK_Caps_Lock)

    def press() -> None:
        for kind in (X.KeyPress, X.KeyRelease):
            fake_input(connection, kind, caps)
        connection.sync()

    press()
    try:
        assert field.keyboard.caps_lock()
        assert field.hands.put("abcABC") == "clipboard"
        assert (field.hands.shown(), field.held()) == ("abcABC", "abcABC")
    finally:
        press()
        connection.close()


def test_under_another_layout_only_what_has_its_american_key_is_typed(field: Lab) -> None:
    """A German keyboard has other keys for y, z and most signs: what differs is pasted, and all of it is right."""
    field.display.run(["setxkbmap", "de"]).wait()
    try:
        eventually(lambda: not field.keyboard.types("/"))
        for text in ("abc 019", 'yz-/_"@', "<>|\\@#"):
            field.hands.put(text)
            assert (field.hands.shown(), field.held()) == (text, text)
    finally:
        field.display.run(["setxkbmap", "us"]).wait()
        eventually(lambda: field.keyboard.types("/"))
