"""How does Granite speak to its clerk? By windows of its own that take the keyboard and wait for a button."""

import time
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite.sayings import Saying
from sandbox.granite.windows import GAP, Window
from sandbox.granite.words import NAME

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

DELAY = 0.2  # seconds that such a window takes to appear, in which its program does nothing else
WRAPPED = 420  # pixels, before they are scaled
_RULE = "-" * 27
Answered = Callable[[bool], object]


class Message(Window):
    """One text with its buttons; `answered` is told whether the first of them was pressed."""

    def __init__(self, desk: "Desk", before: Window, said: Saying, buttons: Sequence[str], answered: Answered) -> None:
        super().__init__(desk, before)
        self.name = "question" if len(buttons) > 1 else "message"
        self._said, self._buttons, self._answered = said, buttons, answered
        self.wording(lambda: self.top.title(desk.words.word(NAME)))
        text = ttk.Label(self.body, wraplength=round(WRAPPED * desk.looks.scale))
        self.wording(lambda: text.configure(text=desk.words.sentence(said)))
        text.grid(row=0, column=0, padx=4 * GAP, pady=4 * GAP)
        row = ttk.Frame(self.body)
        row.grid(row=1, column=0)
        for place, caption in enumerate(buttons):
            self._button(row, caption, first=place == 0)
        last = self.tab_order[-1]
        self.keys |= {"Escape": self.stops[last].keys["Return"], "Ctrl+c": self.copy}
        self.keys |= {key: lambda: self.step(1) for key in ("Right", "Down")}
        self.keys |= {key: lambda: self.step(-1) for key in ("Left", "Up")}
        self.top.resizable(width=False, height=False)
        self.open(last)

    def _button(self, row: ttk.Frame, caption: str, *, first: bool) -> None:
        key = "O" if caption in {"OK", "No"} else caption[0]
        self.button(row, caption.lower(), caption, key, lambda: self._answer(first=first))

    def _answer(self, *, first: bool) -> None:
        self.close()
        self._answered(first)

    def closing(self) -> None:
        """As the last button."""
        self._answer(first=len(self._buttons) == 1)

    def copy(self) -> None:
        """Put the text on the clipboard, laid out as Windows lays out that of its message boxes."""
        words = self.desk.words
        buttons = "".join(f"{words.word(caption)}   " for caption in self._buttons)
        parts = (words.word(NAME), words.sentence(self._said), buttons)
        self.top.clipboard_clear()
        self.top.clipboard_append("\n".join([_RULE, *(line for part in parts for line in (part, _RULE)), ""]))


def tell(desk: "Desk", before: Window, said: Saying, then: Callable[[], object] | None = None) -> None:
    """Say something; go on once it was read."""
    _open(desk, before, said, ("OK",), lambda _: then() if then else None)


def ask(desk: "Desk", before: Window, said: Saying, answered: Answered) -> None:
    """Ask something; No has the keyboard."""
    _open(desk, before, said, ("Yes", "No"), answered)


def tell_all(desk: "Desk", before: Window, said: Sequence[Saying], then: Callable[[], object] | None = None) -> None:
    """Say one thing after the other, and go on."""
    if said:
        tell(desk, before, said[0], lambda: tell_all(desk, before, said[1:], then))
    elif then:
        then()


def _open(desk: "Desk", before: Window, said: Saying, buttons: Sequence[str], answered: Answered) -> None:
    desk.root.update_idletasks()
    time.sleep(DELAY)
    Message(desk, before, said, buttons, answered)
