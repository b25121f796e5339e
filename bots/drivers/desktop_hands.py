"""How does a text get into the field that has the keyboard, exactly as it was meant, and how is it read there?"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from bots.drivers.desktop_parts import Clipboard, Keys, Layout
from bridge.errors import TextNotTaken, TextUntypable
from bridge.model.profiles import ErpProfile
from bridge.model.texts import untypable_characters

Way = Literal["keys", "clipboard"]
SLICE = 0.25  # seconds


@dataclass(frozen=True)
class Habits:
    """What the application wants pressed, and for how many seconds it is waited for.

    Ctrl+A goes to the start of the line in some of them, and signs off in one: so everything is selected by moving.
    """

    select: Sequence[Sequence[str]] = (("home",), ("shift", "end"))
    erase: Sequence[str] = ("delete",)
    paste: Sequence[str] = ("ctrl", "v")
    copy: Sequence[str] = ("ctrl", "c")
    copy_message: Sequence[str] = ("ctrl", "c")
    fetched_within: float = 5.0
    copied_within: float = 0.4

    @classmethod
    def of(cls, profile: ErpProfile) -> Self:
        """Those that the profile's keys say."""
        erase, paste, copy, message = (
            profile.keys_for(habit)[0] for habit in ("erase", "paste", "copy", "copy_message")
        )
        return cls(profile.keys_for("select"), erase, paste, copy, message)


class Hands:
    """Types into the field that has the keyboard and reads it; never says that something is there unseen.

    `has_done` waits until the program has done what was pressed so far, and says whether it has; where nobody can say
    that, what was copied is waited for as long as `Habits.copied_within`. `is_disturbed` says that something stands in
    the way, so that waiting on is of no use.
    """

    def __init__(
        self,
        keys: Keys,
        clipboard: Clipboard,
        layout: Layout,
        habits: Habits | None = None,
        *,
        has_done: Callable[[], bool] | None = None,
        is_disturbed: Callable[[], bool] | None = None,
    ) -> None:
        self._keys, self._clipboard, self._layout = keys, clipboard, layout
        self._habits = habits or Habits()
        self._has_done = has_done or (lambda: False)
        self._is_disturbed = is_disturbed or (lambda: False)

    def put(self, text: str, field: str = "", *, in_one_piece: bool = False) -> Way:
        """Replace what the field of that name holds; raises TextUntypable or TextNotTaken with nothing wrong in it.

        A text that cannot be read back goes in one piece where the field takes it so: of keys one might be lost.
        """
        refused = untypable_characters(text)
        if refused:
            raise TextUntypable(field=field, characters=", ".join(refused))
        self.clear()
        if in_one_piece:
            if self._was_pasted(text):
                return "clipboard"
            self.clear()  # it may be there all the same, where nobody could see who fetched it
        if self._layout.types(text) and not self._layout.caps_lock():
            self._keys.write(text)
            return "keys"
        self._paste(text, field)
        return "clipboard"

    def clear(self) -> None:
        """Leave the field empty."""
        self.select()
        self._keys.press(*self._habits.erase)

    def shown(self) -> str:
        """What the field holds; a field of which nothing can be copied is taken for empty."""
        self.select()
        return self.copied(self._habits.copy)

    def message(self) -> str:
        """The text of the message that has the keyboard; "" where its program gives none."""
        return self.copied(self._habits.copy_message)

    def copied(self, *presses: Sequence[str]) -> str:
        """What is on the clipboard once these were pressed; "" where they copy nothing."""
        self._clipboard.offer("")
        try:
            for keys in presses:
                self._keys.press(*keys)
            within = 0.0 if self._has_done() else self._habits.copied_within
            if not self._clipboard.was_taken(within):
                return ""
            return self._clipboard.read(self._habits.fetched_within) or ""
        finally:
            self._clipboard.release()

    def _paste(self, text: str, field: str) -> None:
        if not self._was_pasted(text):
            raise TextNotTaken(field=field, seconds=f"{self._habits.fetched_within:g}")

    def _was_pasted(self, text: str) -> bool:
        """An application may fetch late, after the next text was put there: so it is waited for, and never left."""
        self._clipboard.offer(text)
        try:
            self._keys.press(*self._habits.paste)
            end = time.monotonic() + self._habits.fetched_within
            while not self._clipboard.was_fetched(SLICE):
                if time.monotonic() > end or self._is_disturbed():
                    return False
            return True
        finally:
            self._clipboard.release()

    def select(self) -> None:
        """Select all that the field holds."""
        for keys in self._habits.select:
            self._keys.press(*keys)
