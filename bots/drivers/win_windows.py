"""Which windows of the ERP does this Windows session show, which has the keyboard, and has its program done its work?

Whether a program has worked off its keys no call tells: what is sent or posted to it goes before them
(https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-getmessage). So a key that means nothing is
typed behind them; its state, shared with the program's thread, changes when that thread takes it from its queue.
"""

import itertools
import time
from collections.abc import Callable, Iterator

from bots.drivers.desktop_parts import Window
from bots.drivers.win_doors import CAPTION, CHILD, KEY_UP, Dwm, KeyEvent, User32
from bots.drivers.win_session_doors import METRICS_HEIGHT, METRICS_WIDTH

MEANINGLESS = tuple(range(0x97, 0xA0))  # unassigned virtual keys: winuser.h, and Microsoft's list of virtual-key codes
POLL = 0.005
MOST_LOOKS = 5


class Windows:
    """The windows of one program; `wait` hears, for so many seconds, what other programs say to us."""

    def __init__(self, user32: User32, dwm: Dwm, is_ours: Callable[[int], bool], wait: Callable[[float], None]) -> None:
        self._user32, self._dwm, self._is_ours, self._wait = user32, dwm, is_ours, wait
        self._order: list[int] = []
        self._attached: int | None = None
        self._before = False
        self._keys = itertools.cycle(MEANINGLESS)
        self._key = next(self._keys)

    def close(self) -> None:
        """Share nothing with the program any more."""
        self._detach()

    # --- which windows ----------------------------------------------------------------------------------------------

    def ids(self) -> tuple[int, ...]:
        """The numbers of all windows, in the order in which they were first seen: an owner before what it owns."""
        self._wait(0)
        shown = [each for each in self._user32.top_windows() if self._counts(each)]
        self._order = [each for each in self._order if each in shown]
        rank = {each: place for place, each in enumerate(self._chain(shown))}
        self._order += sorted(set(shown) - set(self._order), key=lambda each: (self._depth(each), rank[each]))
        return tuple(self._order)

    def all(self) -> tuple[Window, ...]:
        """Every window; one that goes meanwhile is left out."""
        return tuple(window for window in map(self._window, self.ids()) if window is not None)

    def stacked(self) -> tuple[int, ...]:
        """Every window, the lowest first."""
        return tuple(self._chain(self.ids()))

    def _counts(self, window: int) -> bool:
        """A window people know as one: of our program, shown, with a title or frame, or modal whatever it looks like.

        Menus, hints and lists that drop down are top-level windows too.
        """
        user32 = self._user32
        made_by = user32.thread_and_process(window)
        if made_by is None or not (self._is_ours(made_by[1]) or self._belongs(window)):
            return False
        if not user32.is_visible(window) or self._dwm.is_cloaked(window) or user32.style(window) & CHILD:
            return False
        owner = user32.owner(window)
        is_modal = owner is not None and not user32.is_enabled(owner)
        return bool(user32.title(window)) or user32.style(window) & CAPTION == CAPTION or is_modal

    def _belongs(self, window: int) -> bool:
        """Whether another process made it for a window of ours, as printing does."""
        makers = (self._user32.thread_and_process(each) for each in self._owners(window))
        return any(made_by is not None and self._is_ours(made_by[1]) for made_by in makers)

    def _owners(self, window: int) -> Iterator[int]:
        seen = {window}
        while (owner := self._user32.owner(window)) is not None and owner not in seen:
            seen.add(owner)
            yield owner
            window = owner

    def _depth(self, window: int) -> int:
        return sum(1 for _ in self._owners(window))

    def _chain(self, shown: "tuple[int, ...] | list[int]") -> list[int]:
        """These from the lowest to the topmost; what cannot be placed counts as topmost, where it hides nothing."""
        found: list[int] = []
        for _ in range(MOST_LOOKS):
            found = [each for each in self._from_top() if each in shown]
            if len(found) == len(shown):
                break
        return [*reversed(found), *(each for each in shown if each not in found)]

    def _from_top(self) -> list[int]:
        """The chain may change while one walks it: nobody is visited twice."""
        chain: dict[int, None] = {}
        window = self._user32.below(None)
        while window is not None and window not in chain:
            chain[window] = None
            window = self._user32.below(window)
        return list(chain)

    def _window(self, number: int) -> Window | None:
        edges = self._dwm.frame(number) or self._user32.edges(number)
        if edges is None:
            return None
        left, top, right, bottom = edges
        before = next((each for each in self._owners(number) if each in self._order), None)
        hidden = self._user32.is_minimised(number)
        return Window(number, self._user32.title(number), left, top, right - left, bottom - top, before, hidden)

    def size(self) -> tuple[int, int]:
        """Width and height of all monitors together, in pixels."""
        return self._user32.metric(METRICS_WIDTH), self._user32.metric(METRICS_HEIGHT)

    # --- the keyboard -----------------------------------------------------------------------------------------------

    def active(self) -> int | None:
        """The window that has the keyboard, whoever made it."""
        self._wait(0)
        return self._user32.foreground()

    def activate(self, window: int) -> None:
        """Ask for the keyboard for that window; refused to us alone, it is asked for together with who has it."""
        self._detach()
        user32 = self._user32
        if user32.is_minimised(window):
            user32.restore(window)
        if user32.set_foreground(window):
            return
        front = user32.foreground()
        made_by = user32.thread_and_process(front) if front is not None else None
        if made_by is None or not user32.answers(front or 0, POLL):
            return  # to share with a thread that hangs is to hang
        ours = user32.own_thread()
        if user32.attach(ours, made_by[0], on=True):
            try:
                user32.set_foreground(window)
            finally:
                user32.attach(ours, made_by[0], on=False)

    def answers(self, window: int, seconds: float) -> bool:
        """Whether its program has taken all keys that were typed before, waiting so long at most.

        Where another program has the keyboard it has the keys too: then that ours looks at its messages is enough.
        """
        end = time.monotonic() + seconds
        if not self._user32.answers(window, seconds):
            return False
        while (front := self._user32.foreground()) is None:
            if time.monotonic() >= end:
                return False
            self._wait(POLL)
        made_by = self._user32.thread_and_process(front)
        if made_by is None or not (self._is_ours(made_by[1]) or self._belongs(front)):
            return True
        return self._has_taken_keys(made_by[0], end)

    def _has_taken_keys(self, thread: int, end: float) -> bool:
        if self._attached not in (None, thread):
            self._detach()
        if self._attached == thread and not self._is_taken(end):
            return False  # the one of the last time is still on its way
        self._attached = thread if self._user32.attach(self._user32.own_thread(), thread, on=True) else None
        if self._attached is None:
            return False
        self._before = self._user32.is_toggled(self._key)
        tap = (KeyEvent(self._key), KeyEvent(self._key, flags=KEY_UP))
        if self._user32.send_keys(tap) != len(tap):
            self._detach()
            return False
        return self._is_taken(end)

    def _is_taken(self, end: float) -> bool:
        """Once it is taken nothing is shared any more; until then all is, as the state would be made anew."""
        while self._user32.is_toggled(self._key) == self._before:
            if time.monotonic() >= end:
                return False
            self._wait(POLL)
        self._part()
        return True

    def _detach(self) -> None:
        """Give up on a key that may still be on its way: the next one is another key."""
        if self._attached is not None:
            self._part()
            self._key = next(self._keys)

    def _part(self) -> None:
        if self._attached is not None:
            self._user32.attach(self._user32.own_thread(), self._attached, on=False)
            self._attached = None
