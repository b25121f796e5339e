"""How does a text get into the field that has the keyboard, exactly as it was meant, and how is it read there?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bots.drivers.desktop_parts import Clipboard, Keys, Layout
from bridge.errors import TextNotTaken, TextUntypable
from bridge.model.texts import untypable_characters

Way = Literal["keys", "clipboard"]


@dataclass(frozen=True)
class Habits:
    """What the application wants pressed, and for how many seconds it is waited for.

    Ctrl+A goes to the start of the line in some of them, and signs off in one: so everything is selected by moving.
    """

    select: Sequence[Sequence[str]] = (("home",), ("shift", "end"))
    erase: Sequence[str] = ("delete",)
    paste: Sequence[str] = ("ctrl", "v")
    copy: Sequence[str] = ("ctrl", "c")
    fetched_within: float = 5.0
    copied_within: float = 0.4


class Hands:
    """Types into the field that has the keyboard and reads it; never says that something is there unseen."""

    def __init__(self, keys: Keys, clipboard: Clipboard, layout: Layout, habits: Habits | None = None) -> None:
        self._keys, self._clipboard, self._layout = keys, clipboard, layout
        self._habits = habits or Habits()

    def put(self, text: str, field: str = "") -> Way:
        """Replace what the field of that name holds; raises TextUntypable or TextNotTaken with nothing wrong in it."""
        refused = untypable_characters(text)
        if refused:
            raise TextUntypable(field=field, characters=", ".join(refused))
        self.clear()
        if self._layout.types(text) and not self._layout.caps_lock():
            self._keys.write(text)
            return "keys"
        self._paste(text, field)
        return "clipboard"

    def clear(self) -> None:
        """Leave the field empty."""
        self._select()
        self._keys.press(*self._habits.erase)

    def shown(self) -> str:
        """What the field holds; a field of which nothing can be copied is taken for empty."""
        self._select()
        self._clipboard.offer("")
        try:
            self._keys.press(*self._habits.copy)
            if not self._clipboard.was_taken(self._habits.copied_within):
                return ""
            return self._clipboard.read(self._habits.fetched_within) or ""
        finally:
            self._clipboard.release()

    def _paste(self, text: str, field: str) -> None:
        """An application may fetch late, after the next text was put there: so it is waited for, and never left."""
        self._clipboard.offer(text)
        try:
            self._keys.press(*self._habits.paste)
            if not self._clipboard.was_fetched(self._habits.fetched_within):
                raise TextNotTaken(field=field, seconds=f"{self._habits.fetched_within:g}")
        finally:
            self._clipboard.release()

    def _select(self) -> None:
        for keys in self._habits.select:
            self._keys.press(*keys)
