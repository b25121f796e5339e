"""Which windows does this display show, which of them has the keyboard, and which one stands before another?

What a window manager tells by the Extended Window Manager Hints: https://specifications.freedesktop.org/wm-spec/latest/
"""

import itertools
import select
import time
from typing import Any

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.error import BadDrawable, BadWindow
from Xlib.protocol.event import ClientMessage

from bots.drivers.desktop_parts import Window


class Windows:
    """The windows of one display."""

    def __init__(self, name: str) -> None:
        """Connects to the display of that name."""
        self._display = Display(name)
        self._display.set_error_handler(_gone)
        self._root = self._display.screen().root
        self._atoms = {name: self._display.intern_atom(name) for name in NAMES}
        self._root.change_attributes(event_mask=X.SubstructureNotifyMask)  # so that answers to `answers` are heard
        self._asked = itertools.count(1)
        self._known: dict[int, Window] = {}
        self._heard: set[int] = set()

    def close(self) -> None:
        """Leave the display."""
        self._display.close()

    def all(self) -> tuple[Window, ...]:
        """Every window in the order in which they were opened; one that goes meanwhile is left out.

        A window is asked about once; the server tells of what changes then.
        """
        numbers = self.ids()
        self._listen()
        self._known = {number: window for number, window in self._known.items() if number in numbers}
        for number in numbers:
            window = self._known.get(number) or self._window(number)
            if window is not None:
                self._known[number] = window
        return tuple(self._known[number] for number in numbers if number in self._known)

    def are_managed(self) -> bool:
        """Whether a window manager looks after them; before that a window may be opened and never be seen."""
        return bool(self._values(self._root, "_NET_SUPPORTING_WM_CHECK"))

    def ids(self) -> tuple[int, ...]:
        """The numbers of all windows, in the order in which they were opened."""
        return tuple(self._values(self._root, "_NET_CLIENT_LIST"))

    def active(self) -> int | None:
        """The window that has the keyboard."""
        found = self._values(self._root, "_NET_ACTIVE_WINDOW")
        return int(found[0]) if found and found[0] else None

    def activate(self, window: int) -> None:
        """Ask for the keyboard for that window; whether it has it, `active` says."""
        data = (32, [2, X.CurrentTime, 0, 0, 0])  # 2: asked for by a user's tool, which no focus protection refuses
        self._ask(window, "_NET_ACTIVE_WINDOW", data)

    def answers(self, window: int, seconds: float) -> bool:
        """Whether its program has done all that was asked of it before this, waiting so long at most.

        A program handles in turn what the server sends it: keys first, then this question (`_NET_WM_PING`).
        """
        number, end = next(self._asked), time.monotonic() + seconds
        question = (32, [self._atoms["_NET_WM_PING"], number, window, 0, 0])
        asked = self._display.create_resource_object("window", window)
        message = ClientMessage(window=asked, client_type=self._atoms["WM_PROTOCOLS"], data=question)
        asked.send_event(message, event_mask=X.NoEventMask)
        self._display.flush()
        while True:
            self._listen()
            left = end - time.monotonic()
            if number in self._heard or left <= 0:
                return number in self._heard
            select.select([self._display.fileno()], [], [], left)

    def _listen(self) -> None:
        """Take in what the server told: answers, and windows of which something changed."""
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.ClientMessage and event.client_type == self._atoms["WM_PROTOCOLS"]:
                kind, number = list(event.data[1])[:2]
                self._heard |= {number} if kind == self._atoms["_NET_WM_PING"] else set()
            elif getattr(event, "window", None) is not None:
                self._known.pop(event.window.id, None)

    def size(self) -> tuple[int, int]:
        """Width and height of the display in pixels."""
        shown: Any = self._root.get_geometry()
        return int(shown.width), int(shown.height)

    def stacked(self) -> tuple[int, ...]:
        """Every window, the lowest first."""
        return tuple(self._values(self._root, "_NET_CLIENT_LIST_STACKING"))

    def _window(self, number: int) -> Window | None:
        window = self._display.create_resource_object("window", number)
        try:
            window.change_attributes(event_mask=X.PropertyChangeMask | X.StructureNotifyMask)
            shape = window.get_geometry()
            place = window.translate_coords(self._root, 0, 0)
            before = self._values(window, "WM_TRANSIENT_FOR", Xatom.WINDOW)
            hidden = self._atoms["_NET_WM_STATE_HIDDEN"] in self._values(window, "_NET_WM_STATE", Xatom.ATOM)
            title = self._title(window)
        except (BadDrawable, BadWindow):
            return None
        stands_before = int(before[0]) if before and before[0] != self._root.id else None
        return Window(number, title, -place.x, -place.y, shape.width, shape.height, stands_before, hidden)

    def _title(self, window: Any) -> str:
        named = window.get_full_property(self._atoms["_NET_WM_NAME"], self._atoms["UTF8_STRING"])
        if named is None:
            named = window.get_full_property(Xatom.WM_NAME, X.AnyPropertyType)
        return bytes(named.value).decode("utf-8", "replace") if named is not None else ""

    def _values(self, window: Any, name: str, kind: int = Xatom.WINDOW) -> list[int]:
        held = window.get_full_property(self._atoms[name], kind)
        return [int(each) for each in held.value] if held is not None else []

    def _ask(self, window: int, name: str, data: tuple[int, list[int]]) -> None:
        message = ClientMessage(window=window, client_type=self._atoms[name], data=data)
        self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.flush()


NAMES = (
    "_NET_CLIENT_LIST",
    "_NET_CLIENT_LIST_STACKING",
    "_NET_ACTIVE_WINDOW",
    "_NET_WM_NAME",
    "_NET_WM_STATE",
    "_NET_WM_STATE_HIDDEN",
    "_NET_SUPPORTING_WM_CHECK",
    "_NET_WM_PING",
    "WM_PROTOCOLS",
    "WM_TRANSIENT_FOR",
    "UTF8_STRING",
)


def _gone(*_: object) -> None:
    """What was said to a window that is gone by now is of no use to anybody; who asks it something is told."""
