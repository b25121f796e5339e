"""What may a clerk choose? The main window (GR-110) with its menu bar, its buttons and its clock."""

import tkinter as tk
from collections.abc import Callable
from datetime import datetime
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite.messages import tell
from sandbox.granite.sayings import NOT_LICENSED, saying
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

_MENUS = {
    "Sales": ("Order Entry", "Order List", "Order Display", "!Quotations"),
    "Purchasing": ("!Order Entry", "!Order List", "!Suppliers"),
    "Stock": ("!Items", "!Stock Taking"),
    "Reports": ("!Order List", "!Day Book"),
    "System": ("Sign Off",),
}
_BUTTONS = {"Order Entry": "F2", "Order List": "F3", "Order Display": "F4", "Sign Off": "F12"}
_KEYS = {"Sales": "S", "Purchasing": "P", "Stock": "T", "Reports": "R", "System": "Y"}
_SECOND = 1000  # milliseconds


class MainMenu(Window):
    """Where everything begins."""

    name = "menu"

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._acts: dict[str, Callable[[], object]] = {
            "Order Entry": desk.enter_order,
            "Order List": desk.list_orders,
            "Order Display": desk.display_order,
            "Sign Off": desk.sign_off,
        }
        self.wording(self._entitle)
        bar = tk.Menu(self.top, tearoff=False)
        for title, entries in _MENUS.items():
            self._menu(bar, title, entries)
        self.top.configure(menu=bar)
        row = ttk.Frame(self.body)
        row.grid(row=0, column=0, pady=8 * GAP, padx=8 * GAP)
        for text, key in _BUTTONS.items():
            self._function(row, text, key)
        self._status_bar()
        self.open("order_entry")

    def _entitle(self) -> None:
        release = self.desk.words.sentence(saying("Release {release}", release=self.desk.release.version))
        self.top.title(self.desk.words.title("Granite Business System", "GR-110", suffix=release))

    def _menu(self, bar: tk.Menu, title: str, entries: tuple[str, ...]) -> None:
        menu = tk.Menu(bar, tearoff=False)
        bar.add_cascade(menu=menu)
        place = bar.index("end")

        def say() -> None:
            shown, underlined = self.desk.words.label(title, _KEYS[title])
            bar.entryconfigure(place or 0, label=shown, underline=underlined)

        self.wording(say)
        for at, entry in enumerate(entries):
            text = entry.lstrip("!")
            menu.add_command(command=self._not_licensed if entry.startswith("!") else self._acts[text])
            self.wording(lambda at=at, text=text: menu.entryconfigure(at, label=self.desk.words.word(text)))  # type: ignore[misc]  # its defaults are its values

    def _function(self, row: ttk.Frame, text: str, key: str) -> None:
        made = self.button(row, text.lower().replace(" ", "_"), text, "", self._acts[text])
        self.wording(lambda: made.widget.configure(text=f"{self.desk.words.word(text)} {key}", underline=-1))  # type: ignore[call-arg]  # a button

    def _not_licensed(self) -> None:
        tell(self.desk, self, NOT_LICENSED)

    def _status_bar(self) -> None:
        bar = ttk.Frame(self.body, relief="sunken")
        bar.grid(row=1, column=0, sticky="ew")
        user = self.desk.session.user if self.desk.session else ""
        parts = (saying("User: {user}", user=user), saying("Release {release}", release=self.desk.release.version))
        for place, part in enumerate(parts):
            label = ttk.Label(bar)
            label.grid(row=0, column=place, padx=2 * GAP)
            self.wording(lambda label=label, part=part: label.configure(text=self.desk.words.sentence(part)))  # type: ignore[misc]  # its defaults are its values
        clock = ttk.Label(bar)
        clock.grid(row=0, column=len(parts), sticky="e", padx=2 * GAP)
        bar.columnconfigure(len(parts), weight=1)
        self._tick(clock)

    def _tick(self, clock: ttk.Label) -> None:
        if clock.winfo_exists():
            clock.configure(text=datetime.now().astimezone().strftime("%H:%M:%S"))
            clock.after(_SECOND, self._tick, clock)

    def closing(self) -> None:
        """Whoever closes the main window goes home."""
        self.desk.exit()
