"""Where may the keyboard be? In fields, which hold so much and no more, on buttons, and in lists."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from tkinter import ttk
from typing import Any

from sandbox.granite.keyboards import Act

_LINE_ENDS = ("\r", "\n")


@dataclass(eq=False)
class Stop:
    """One place that may have the keyboard; `left` says whether it may go on from there."""

    name: str
    widget: ttk.Widget
    keys: dict[str, Act] = field(default_factory=dict)
    left: Callable[[], bool] | None = None

    def take(self) -> None:
        """Have the keyboard."""
        self.widget.focus_set()

    def rest(self) -> None:
        """Have it no more."""


class Field(Stop):
    """One line of text of at most so many characters; what is more is not taken, without a word."""

    def __init__(self, master: tk.Misc, name: str, length: int, *, width: int = 0, read_only: bool = False) -> None:
        self.held = tk.StringVar(master)
        self.length = length
        entry = ttk.Entry(master, textvariable=self.held, width=width or length + 2, exportselection=False)
        super().__init__(name, entry)
        self._entry = entry
        if read_only:
            entry.configure(state="readonly")
        else:
            entry.configure(validate="key", validatecommand=(entry.register(self._fits), "%P"))
            entry.bind("<<Paste>>", self._paste)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.held.get()

    @text.setter
    def text(self, text: str) -> None:
        """Put that there."""
        self.held.set(text)

    def take(self) -> None:
        """Have the keyboard, with all of the text selected."""
        self._entry.focus_set()
        self._entry.selection_range(0, "end")
        self._entry.icursor("end")

    def rest(self) -> None:
        """Have it no more, with nothing selected."""
        self._entry.selection_clear()

    def hide(self) -> None:
        """Show stars."""
        self._entry.configure(show="*")

    def _fits(self, text: str) -> bool:
        return not self.length or len(text) <= self.length

    def _paste(self, _: "tk.Event[Any]") -> str:
        try:
            pasted = self._entry.clipboard_get()
        except tk.TclError:  # there is no text
            return "break"
        for end in _LINE_ENDS:
            pasted = pasted.partition(end)[0]
        if self._entry.selection_present():
            self._entry.delete("sel.first", "sel.last")
        room = self.length - len(self.text) if self.length else len(pasted)
        self._entry.insert("insert", pasted[:room])
        return "break"


class Button(Stop):
    """Something to press."""

    def __init__(self, master: tk.Misc, name: str, press: Act) -> None:
        button = ttk.Button(master, command=press)
        super().__init__(name, button, {"Return": press, "space": press})


@dataclass(frozen=True)
class Column:
    """One column of a list: its heading, how many characters it shows, and whether it is a number."""

    heading: str
    width: int
    number: bool = False


class Table(Stop):
    """A list of rows; F7 puts headings and rows on the clipboard, tab separated."""

    def __init__(self, master: tk.Misc, name: str, columns: Sequence[Column], height: int) -> None:
        self.columns, self.height = columns, height
        self.frame = ttk.Frame(master)
        names = [str(place) for place in range(len(columns))]
        self.tree = ttk.Treeview(self.frame, columns=names, show="headings", height=height, selectmode="browse")
        bar = ttk.Scrollbar(self.frame, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=bar.set)
        self.tree.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(0, weight=1)
        super().__init__(name, self.tree, {"F7": self.copy})

    def show(self, rows: Sequence[Sequence[str]]) -> None:
        """These rows and no others."""
        self.tree.delete(*self.tree.get_children())
        for row in rows:
            self.tree.insert("", "end", values=[str(text) for text in row])

    def take(self) -> None:
        """Have the keyboard, on the chosen row or the first one."""
        self.tree.focus_set()
        rows = self.tree.get_children()
        if rows and not self.tree.selection():
            self.tree.selection_set(rows[0])
            self.tree.focus(rows[0])

    def chosen(self) -> tuple[str, ...]:
        """The texts of the chosen row; nothing where there is none."""
        chosen = self.tree.selection()
        return self._texts(chosen[0]) if chosen else ()

    def copy(self) -> None:
        """Put headings and rows on the clipboard; tabs and line ends within them become blanks."""
        headings = [str(self.tree.heading(str(place), "text")) for place in range(len(self.columns))]
        rows = [headings, *(self._texts(row) for row in self.tree.get_children())]
        text = "\n".join("\t".join(" ".join(_split(cell)) for cell in row) for row in rows)
        self.tree.clipboard_clear()
        self.tree.clipboard_append(text)

    def _texts(self, row: str) -> tuple[str, ...]:
        return tuple(self.tree.set(row, str(place)) for place in range(len(self.columns)))


def _split(text: str) -> list[str]:
    for blank in "\r\t":
        text = text.replace(blank, "\n")
    return text.split("\n")
