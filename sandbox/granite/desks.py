"""Where does a clerk sit? At a desk: one program with its windows, which knows who is signed on."""

import os
import sqlite3
import sys
import threading
import tkinter as tk
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from sandbox.granite import sessions, wishes
from sandbox.granite.errands import Errands
from sandbox.granite.keyboards import Act, Keyboard
from sandbox.granite.looks import Looks, Taste
from sandbox.granite.menus import MainMenu
from sandbox.granite.order_displays import OrderDisplay
from sandbox.granite.order_forms import OrderForm
from sandbox.granite.order_lists import OrderList
from sandbox.granite.orders import StoredOrder
from sandbox.granite.releases import RELEASES
from sandbox.granite.sessions import Session
from sandbox.granite.sign_ons import SignOn
from sandbox.granite.windows import Window
from sandbox.granite.words import Words

BROKEN = 70  # exit code after an error of our own
_CORNER = (20, 40)  # where the first window opens, in pixels; each further one a little lower
_STEP = (24, 28)


@dataclass(frozen=True, kw_only=True)
class Options:
    """One desk: its books, release and looks, and where its first window opens, such as `+100+80`."""

    database: Path
    release: str = "5.1"
    taste: Taste = field(default_factory=Taste)
    position: str = ""


class Desk:
    """A running desk."""

    def __init__(self, db: sqlite3.Connection, options: Options) -> None:
        self.db = db
        self.pid = os.getpid()
        self.release = RELEASES[options.release]
        self.session: Session | None = None
        self.words = Words(options.taste.skin)
        self.root = tk.Tk(className="Granite")
        self.root.withdraw()
        self.root.report_callback_exception = _broken
        self.keyboard = Keyboard(self.root)
        self.looks = Looks(self.root, options.taste)
        self.ending = threading.Event()
        self.keys: dict[str, Act] = {}
        self._position = options.position
        self.windows: list[Window] = []
        self._recent: list[Window] = []
        self._is_over = False

    def run(self) -> None:
        """Be there until the clerk exits, or somebody ends it."""
        wishes.come(self.db, self.pid, self.release.version)
        self._sign_on()
        Errands(self).look_up()
        while not self._is_over:
            self.root.mainloop()
        if self.session:
            sessions.end(self.db, self.session.token, "desk closed")
        wishes.go(self.db, self.pid)
        self.root.destroy()

    def exit(self) -> None:
        """The clerk goes home."""
        self._is_over = True
        self.root.quit()

    # --- windows

    def came(self, window: Window) -> None:
        """A window was made."""
        self.windows.append(window)
        self._recent.append(window)
        self.keyboard.listen(window.top, window)

    def went(self, window: Window) -> None:
        """A window closes."""
        self.windows.remove(window)
        self._recent.remove(window)
        self.keyboard.forget(window.top)

    def noted(self, window: Window) -> None:
        """That window has the keyboard now."""
        if window in self._recent:
            self._recent.remove(window)
            self._recent.append(window)

    def front_after(self, window: Window) -> Window:
        """Which window has the keyboard once that one is closed."""
        return window.before if window.before in self.windows else self._recent[-1]

    def place(self, window: Window) -> None:
        """Put a new window where it can be seen whole: before its own, or a little off the last one."""
        top = window.top
        top.update_idletasks()
        width, height = top.winfo_reqwidth(), top.winfo_reqheight()
        if window.before is not None:
            under = window.before.top
            left = under.winfo_rootx() + (under.winfo_width() - width) // 2
            above = under.winfo_rooty() + (under.winfo_height() - height) // 3
        elif self._position and not window.place:
            top.geometry(self._position)
            return
        else:
            left, above = (_CORNER[side] + window.place * _STEP[side] for side in (0, 1))
        left = max(0, min(left, top.winfo_screenwidth() - width - _CORNER[0]))
        above = max(0, min(above, top.winfo_screenheight() - height - _CORNER[1]))
        top.geometry(f"+{left}+{above}")

    def in_front(self) -> Window:
        """The window that has the keyboard, or had it last."""
        return self._recent[-1]

    def _of_kind(self, kind: type[Window]) -> Any:
        return next((each for each in self.windows if isinstance(each, kind)), None)

    # --- signing on and off

    def _sign_on(self) -> None:
        self.keys = {}
        self._close_all_but(SignOn(self))

    def _close_all_but(self, window: Window) -> None:
        """Afterwards, so that there is always a window for the next key."""
        for other in self.windows[::-1]:
            if other is not window:
                self.went(other)
                other.top.destroy()

    def begin(self, session: Session) -> None:
        """Somebody signed on."""
        self.session = session
        wishes.sit_down(self.db, self.pid, session.user)
        self.keys = {
            "F2": self.enter_order,
            "F3": self.list_orders,
            "F4": self.display_order,
            "F12": self.sign_off,
        }
        self._close_all_but(MainMenu(self))

    def sign_off(self) -> None:
        """Back to sign-on, whatever is half typed."""
        if self.session:
            sessions.end(self.db, self.session.token, "signed off")
        self.expire()

    def expire(self) -> None:
        """The session has ended: back to sign-on."""
        self.session = None
        wishes.sit_down(self.db, self.pid, "")
        self._sign_on()

    # --- what a clerk may open

    def enter_order(self) -> None:
        """A blank form, or the one that is open as it is."""
        form: OrderForm | None = self._of_kind(OrderForm)
        if form is None:
            OrderForm(self)
        else:
            form.front()

    def change_order(self, order: StoredOrder) -> None:
        """The form of a stored order that is locked for us."""
        OrderForm(self, order)

    def form_is_open(self) -> bool:
        """Whether there is one, new or stored."""
        return self._of_kind(OrderForm) is not None

    def list_orders(self) -> None:
        """The order list, emptied."""
        shown: OrderList | None = self._of_kind(OrderList)
        if shown is None:
            OrderList(self)
        else:
            shown.clear()
            shown.front()

    def display_order(self, number: str = "") -> None:
        """The order display, emptied, or with that order."""
        shown: OrderDisplay | None = self._of_kind(OrderDisplay)
        if shown is None:
            OrderDisplay(self, number)
        else:
            shown.clear(number)
            shown.front()


def _broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()
    os._exit(BROKEN)
