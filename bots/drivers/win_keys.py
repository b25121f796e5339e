"""How is a text typed on Windows? By units of UTF-16, whatever the keyboard; other keys and the mouse by pyautogui."""

from collections.abc import Iterator
from typing import Protocol

from bots.drivers.win_doors import KEY_UP, UNICODE, KeyEvent, User32
from bots.drivers.win_structures import CallFailedError

AT_ONCE = 100  # events; between two portions a person may say stop


class Gui(Protocol):
    """What is used of GuiKeys."""

    def heed(self) -> None:
        """Raises OperatorStopped where a person moved the mouse into a corner."""
        ...

    def press(self, *keys: str) -> None:
        """Press these together."""
        ...

    def click(self, left: int, top: int) -> None:
        """Press the mouse there."""
        ...


class WinKeys:
    """Keys and mouse of the Windows session of this process."""

    def __init__(self, gui: Gui, user32: User32) -> None:
        self._gui, self._user32 = gui, user32

    def write(self, text: str) -> None:
        """Send each character as such; raises CallFailedError where the system takes only a part.

        Nothing tells that the program may not be typed into (UIPI): that is seen when the field is read.
        """
        events = list(_events(text))
        for start in range(0, len(events), AT_ONCE):
            self._gui.heed()
            portion = events[start : start + AT_ONCE]
            sent = self._user32.send_keys(portion)
            if sent != len(portion):
                raise CallFailedError(f"SendInput: {sent} of {len(portion)} events")

    def press(self, *keys: str) -> None:
        """Press these together."""
        self._gui.press(*keys)

    def click(self, left: int, top: int) -> None:
        """Press the mouse there."""
        self._gui.click(left, top)


def _events(text: str) -> Iterator[KeyEvent]:
    """Down and up for each unit; a character beyond the basic plane has two."""
    units = text.encode("utf-16-le", "surrogatepass")
    for low, high in zip(units[::2], units[1::2], strict=True):
        unit = low | high << 8
        yield KeyEvent(unit=unit, flags=UNICODE)
        yield KeyEvent(unit=unit, flags=UNICODE | KEY_UP)
