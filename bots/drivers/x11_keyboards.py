"""What can be typed by keys on this display, as its keyboard is laid out now?"""

from typing import Any

from Xlib import XK, X
from Xlib.display import Display

FIRST, LAST = "!", "~"  # no blank: it would press the button of a message that opens in that moment
SWAPPED = "<"  # pyautogui presses ">" for it: https://github.com/asweigart/pyautogui/issues/198
SHIFTED = '~!@#$%^&*()_+{}|:"<>?'


class Keyboard:
    """The keyboard of one display."""

    def __init__(self, name: str) -> None:
        """Connects to the display of that name."""
        self._display = Display(name)
        self._first = self._mapping()

    def close(self) -> None:
        """Leave the display."""
        self._display.close()

    def caps_lock(self) -> bool:
        """Whether what is typed comes out in the other case."""
        state: Any = self._display.screen().root.query_pointer()
        return bool(state.mask & X.LockMask)

    def has_changed(self) -> bool:
        """Whether it is laid out in another way than at first: pyautogui goes on pressing the keys of that layout."""
        return self._mapping() != self._first

    def types(self, text: str) -> bool:
        """Whether each character has a key, and Shift where an American keyboard has it: so keys are pressed for it."""
        levels = _levels(self._mapping())
        return all(
            FIRST <= each <= LAST and each != SWAPPED and levels.get(each) == _shifted(each) for each in set(text)
        )

    def _mapping(self) -> list[list[int]]:
        """The symbols of every key."""
        first = self._display.display.info.min_keycode
        count = self._display.display.info.max_keycode - first + 1
        return [list(symbols) for symbols in self._display.get_keyboard_mapping(first, count)]


def _levels(mapping: list[list[int]]) -> dict[str, bool]:
    """Each character that stands on a key, with or without Shift."""
    found: dict[str, bool] = {}
    for symbols in mapping:
        for level, symbol in enumerate(symbols[:2]):
            text = XK.keysym_to_string(symbol) if symbol else None
            if text and len(text) == 1:
                found.setdefault(text, bool(level))
    return found


def _shifted(character: str) -> bool:
    return character.isupper() or character in SHIFTED
