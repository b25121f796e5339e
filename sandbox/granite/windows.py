"""What do all windows of Granite have in common? A title with a code, places for the keyboard, and access keys."""

import sys
import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from sandbox.granite.keyboards import Act
from sandbox.granite.stops import Button, Column, Field, Stop, Table

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

GAP = 4  # pixels between two things, before they are scaled
_MARGIN = 60  # pixels beside the widest list
_LIST_SHARE = 0.41  # how much of the screen's height a list takes at most
Rectangle = dict[str, Any]


class Window:
    """One window of a desk; it opens with the keyboard in its first stop, once it can be seen."""

    name = ""
    place = 0  # how far down it opens, counted in title bars

    def __init__(self, desk: "Desk", before: "Window | None" = None) -> None:
        self.desk = desk
        self.before = before
        self.top = tk.Toplevel(desk.root)
        self.top.withdraw()
        self.body = ttk.Frame(self.top, padding=2 * GAP)
        self.body.grid(row=0, column=0, sticky="nsew")
        self.top.columnconfigure(0, weight=1)
        self.top.rowconfigure(0, weight=1)
        self.top.protocol("WM_DELETE_WINDOW", self.closing)
        self.stops: dict[str, Stop] = {}
        self.tab_order: list[str] = []
        self.keys: dict[str, Act] = {}
        self.current = ""
        self._always: set[str] = set()
        self.top.bind("<FocusIn>", lambda _: desk.noted(self))
        self._wordings: list[Callable[[], object]] = []
        self._labels: dict[str, ttk.Label] = {}
        if before is not None:
            self.top.transient(before.top)
            if sys.platform == "linux":
                self.top.attributes("-type", "dialog")
        desk.came(self)

    # --- what it is made of

    def wording(self, say: Callable[[], object]) -> None:
        """Say something now, and again whenever the skin changes."""
        self._wordings.append(say)
        say()

    def reword(self) -> None:
        """Say everything again, in the words of now."""
        for say in self._wordings:
            say()

    def entitle(self, text: str, code: str, prefix: str = "") -> None:
        """A title with its code."""
        self.wording(lambda: self.top.title(self.desk.words.title(text, code, prefix)))

    def caption(self, widget: ttk.Label | ttk.Button, text: str, key: str = "") -> None:
        """What stands on it, with its access key underlined."""

        def say() -> None:
            shown, underlined = self.desk.words.label(text, key)
            widget.configure(text=shown, underline=underlined)

        self.wording(say)

    def label(self, master: tk.Misc, text: str, key: str, row: int, column: int) -> ttk.Label:
        """A label."""
        label = ttk.Label(master)
        self.caption(label, text, key)
        label.grid(row=row, column=column, sticky="e", padx=GAP, pady=GAP // 2)
        return label

    def add(self, stop: Stop, key: str = "", act: Act | None = None) -> None:
        """Take a place for the keyboard, and the access key that leads there."""
        self.stops[stop.name] = stop
        self.tab_order.append(stop.name)
        stop.widget.bind("<FocusIn>", lambda _: self._came_by_mouse(stop.name))
        if key:
            self.keys[f"Alt+{key.lower()}"] = act or (lambda: self.go(stop.name))

    def field(
        self,
        master: tk.Misc,
        name: str,
        label: str,
        key: str,
        at: tuple[int, int],
        *,
        length: int = 0,
        width: int = 0,
        span: int = 1,
        read_only: bool = False,
    ) -> Field:
        """A labelled field at a row and a column, each column being a label with its field."""
        row, column = at
        self._labels[name] = self.label(master, label, key, row, 2 * column)
        made = Field(master, name, length, width=width, read_only=read_only)
        made.widget.grid(row=row, column=2 * column + 1, columnspan=2 * span - 1, sticky="w", padx=GAP, pady=GAP // 2)
        self.add(made, key)
        return made

    def button(self, master: tk.Misc, name: str, text: str, key: str, act: Act, *, always: bool = False) -> Button:
        """A button, beside those that are there; pressed from where the keyboard may leave, or `always`."""

        def press() -> None:
            if always or self.go(name):
                act()

        if always:
            self._always.add(name)
        made = Button(master, name, press)
        self.caption(made.widget, text, key)  # type: ignore[arg-type]  # a button's widget is one
        made.widget.grid(row=0, column=len(master.grid_slaves()), padx=GAP, pady=GAP)
        self.add(made, key, press)
        return made

    def table(self, master: tk.Misc, name: str, key: str, columns: Sequence[Column], height: int) -> Table:
        """A list; whoever asks for it places its frame."""
        made = Table(master, name, columns, height)
        self.wording(lambda: self._head(made))
        self.add(made, key)
        return made

    def _head(self, table: Table) -> None:
        """Headings, and columns as wide as their texts, as far as the screen allows."""
        wanted = sum(column.width for column in table.columns) * self.desk.looks.character()
        squeezed = min(1.0, (self.top.winfo_screenwidth() - _MARGIN) / wanted)
        for place, column in enumerate(table.columns):
            anchor: Any = "e" if column.number else "w"
            width = int(column.width * self.desk.looks.character() * squeezed)
            table.tree.column(str(place), anchor=anchor, width=width, stretch=False)
            table.tree.heading(str(place), anchor=anchor, text=self.desk.words.word(column.heading))
        room = int(_LIST_SHARE * self.top.winfo_screenheight() / self.desk.looks.row_height())
        table.tree.configure(height=min(table.height, room))

    def show_stop(self, name: str, *, shown: bool) -> None:
        """Show a stop that was hidden, or hide it, with the label beside it."""
        widget = self.stops[name].widget
        for each in (widget, self._labels.get(name)):
            if each is not None and shown:
                each.grid()
            elif each is not None:
                each.grid_remove()

    # --- where the keyboard is

    def open(self, first: str) -> None:
        """Show it, with the keyboard in that stop."""
        self.current = first
        self.desk.keyboard.tag(self.top)
        self.desk.looks.dress(self.top)
        self.desk.place(self)
        self._appear()

    def _appear(self) -> None:
        """At once and whole, so that the next key is already for it."""
        self.top.deiconify()
        self.top.update_idletasks()
        if self.stops[self.current].widget.winfo_viewable():
            self._take_over()
        else:
            self.top.bind("<Visibility>", lambda _: self._take_over())

    def _take_over(self) -> None:
        self.top.unbind("<Visibility>")
        if self.before is not None:
            self.top.grab_set()
        self.top.focus_force()
        self.stops[self.current].take()

    def front(self) -> None:
        """Bring it before all others as it is, with what stands before it."""
        standing = self._standing_before()
        if standing is not None:
            standing.front()
            return
        if self.top.state() == "iconic":
            self._appear()
            return
        self.top.lift()
        self.top.focus_force()
        self.stops[self.current].widget.focus_set()

    def leave(self) -> bool:
        """Whether the keyboard may leave the stop it is in."""
        stop = self.stops.get(self.current)
        return stop is None or stop.left is None or stop.left()

    def go(self, name: str) -> bool:
        """Leave the present stop for that one; False where it may not be left."""
        if name != self.current and not self.leave():
            return False
        self.take(name)
        return True

    def take(self, name: str) -> None:
        """The keyboard is there from now on, whatever was before."""
        left = self.stops.get(self.current)
        if left is not None:
            left.rest()
        self.current = name
        if self._standing_before() is None:
            self.stops[name].take()

    def step(self, by: int) -> None:
        """Go to the next stop of the tab order, or back."""
        order = self.tab_order
        here = order.index(self.current) if self.current in order else -by
        self.go(order[(here + by) % len(order)])

    def _came_by_mouse(self, name: str) -> None:
        if name == self.current or name in self._always:
            return
        if self.leave():
            self.stops[self.current].rest()
            self.current = name
        elif self._standing_before() is None:
            self.stops[self.current].widget.focus_set()

    def _standing_before(self) -> "Window | None":
        """The message or look-up that has the keyboard instead; this window has it again once that is closed."""
        return next((each for each in self.desk.windows if each.before is self), None)

    def act_for(self, widget: tk.Misc, key: str) -> Act | None:
        """What this key does here."""
        stop = next((each for each in self.stops.values() if each.widget is widget), None)
        steps: Mapping[str, Act] = {"Tab": lambda: self.step(1), "Shift+Tab": lambda: self.step(-1)}
        for keys in (stop.keys if stop else {}, self.keys, self.desk.keys if self.before is None else {}, steps):
            if key in keys:
                return keys[key]
        return None

    # --- its end, and what others see of it

    def closing(self) -> None:
        """Somebody closes it by its frame."""
        self.close()

    def close(self) -> None:
        """Go; the window before which it stood has the keyboard again, or whichever had it last."""
        self.desk.went(self)
        if self.before is not None:
            self.top.grab_release()
        # first, so that there is always a window for the next key
        self.desk.front_after(self).front()
        self.top.destroy()
        # asks the display something, so that it has heard of the end before the desk is busy with anything else
        self.desk.root.winfo_pointerx()

    def places(self) -> dict[str, Rectangle]:
        """Where each stop is on the screen, by its name; nothing while the window cannot be seen."""
        if not self.top.winfo_viewable():
            return {}
        return {f"{self.name}.{name}": self._rectangle(stop) for name, stop in self.stops.items()}

    def _rectangle(self, stop: Stop) -> Rectangle:
        widget = stop.widget
        return {
            "window": self.top.title(),
            "left": widget.winfo_rootx(),
            "top": widget.winfo_rooty(),
            "width": widget.winfo_width(),
            "height": widget.winfo_height(),
        }
