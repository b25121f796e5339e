"""What can be typed on Windows? Any text, since characters are sent as such, whatever keyboard there is."""

from collections.abc import Callable


class Characters:
    """The keyboard, of which only keys with names are pressed; `layout` tells which one the system has now."""

    def __init__(self, layout: Callable[[], int]) -> None:
        self._layout, self._first = layout, layout()

    def caps_lock(self) -> bool:
        """No: Caps Lock changes what keys mean, and no character."""
        return False

    def has_changed(self) -> bool:
        """Whether it is another one than at first: pyautogui goes on pressing the letters of that one."""
        return self._layout() != self._first

    def types(self, text: str) -> bool:  # noqa: ARG002 - the port's
        """Yes; a blank too, as a button is pressed by the key and not by the character."""
        return True

    def close(self) -> None:
        """There is nothing to leave."""
