"""Which key does what?"""

import sys
import tkinter as tk
from collections.abc import Callable
from typing import Any, Protocol

TAG = "GraniteKeys"
ALT = 0x20000 if sys.platform == "win32" else 0x8
CONTROL, SHIFT = 0x4, 0x1
_MODIFIERS = ("Shift", "Control", "Alt", "Meta", "Super", "Hyper", "ISO_Level", "Mode_switch")
_LOCKS = frozenset({"Caps_Lock", "Num_Lock", "Scroll_Lock"})
Act = Callable[[], object]


class Listener(Protocol):
    """Who has keys of its own."""

    def act_for(self, widget: tk.Misc, key: str) -> Act | None:
        """What this key does there; None leaves it to the toolkit."""
        ...


class Keyboard:
    """All keys of a desk pass here before the toolkit sees them."""

    def __init__(self, root: tk.Tk) -> None:
        self._listeners: dict[str, Listener] = {}
        root.bind_class(TAG, "<KeyPress>", self._pressed)

    def listen(self, top: tk.Toplevel, listener: Listener) -> None:
        """From now on that window's keys are the listener's."""
        self._listeners[str(top)] = listener

    def forget(self, top: tk.Toplevel) -> None:
        """The window has gone."""
        self._listeners.pop(str(top), None)

    def tag(self, widget: tk.Misc) -> None:
        """Let the keys of this widget, and of all within it, pass here first."""
        tags = tuple(widget.bindtags())
        if TAG not in tags:
            widget.bindtags((TAG, *tags))
        for child in widget.winfo_children():
            if not isinstance(child, tk.Toplevel | tk.Menu):
                self.tag(child)

    def _pressed(self, event: "tk.Event[Any]") -> str | None:
        if event.keysym.startswith(_MODIFIERS) or event.keysym in _LOCKS:
            return None
        listener = self._listeners.get(str(event.widget.winfo_toplevel()))
        act = listener.act_for(event.widget, key_name(event.keysym, int(event.state))) if listener else None
        if act is None:
            return None
        act()
        return "break"


def key_name(keysym: str, state: int) -> str:
    """What a key is called here: `Alt+c`, `Ctrl+End`, `Shift+Tab`, `F4`."""
    if keysym == "ISO_Left_Tab":
        return "Shift+Tab"
    name = {"KP_Enter": "Return"}.get(keysym, keysym)
    if state & ALT:
        return f"Alt+{name.lower()}"
    if state & CONTROL:
        return f"Ctrl+{name.lower() if len(name) == 1 else name}"
    return f"Shift+{name}" if state & SHIFT and len(name) > 1 else name
