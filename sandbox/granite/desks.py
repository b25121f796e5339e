"""Where does a clerk sit? At a desk: one program with its windows, which knows who is signed on."""

import os
import sqlite3
import sys
import threading
import tkinter as tk
import traceback
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from sandbox.granite import disturbances, faults, seeds, sessions, tables, wishes
from sandbox.granite.faults import Fault
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
PAUSE = 30  # milliseconds between two looks at what is wished
SECONDS_TO_END = 2.0
_CORNER = (20, 40)  # where the first window opens, in pixels; each further one a little lower
_STEP = (24, 28)


@dataclass(frozen=True, kw_only=True)
class Options:
    """One desk: its books, release and looks, and where its first window opens, such as `+100+80`."""

    database: Path
    release: str = "5.1"
    taste: Taste = Taste()
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
        self.root.report_callback_exception = _broken  # type: ignore[method-assign]
        self.keyboard = Keyboard(self.root)
        self.looks = Looks(self.root, options.taste)
        self.ending = threading.Event()
        self.keys: dict[str, Act] = {}
        self._position = options.position
        self._windows: list[Window] = []
        self._recent: list[Window] = []
        self._is_over = False

    def run(self) -> None:
        """Be there until the clerk exits, or somebody ends it."""
        wishes.come(self.db, self.pid, self.release.version)
        self._sign_on()
        self._look_up()
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
        self._windows.append(window)
        self._recent.append(window)
        self.keyboard.listen(window.top, window)

    def went(self, window: Window) -> None:
        """A window closes."""
        self._windows.remove(window)
        self._recent.remove(window)
        self.keyboard.forget(window.top)

    def noted(self, window: Window) -> None:
        """That window has the keyboard now."""
        if window in self._recent:
            self._recent.remove(window)
            self._recent.append(window)

    def front_after(self, window: Window) -> Window:
        """Which window has the keyboard once that one is closed."""
        return window.before or self._recent[-1]

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
        return next((each for each in self._windows if isinstance(each, kind)), None)

    # --- signing on and off

    def _sign_on(self) -> None:
        self.keys = {}
        self._alone(SignOn(self))

    def _alone(self, window: Window) -> None:
        """Once that window has the keyboard, all others go: so that there is always one for the next key."""
        window.appeared = [lambda: [self._close(each) for each in self._windows[::-1] if each is not window]]

    def _close(self, window: Window) -> None:
        self.went(window)
        window.top.destroy()

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
        self._alone(MainMenu(self))

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

    # --- what others wish

    def _look_up(self) -> None:
        if self.ending.is_set():
            self.exit()
            return
        for fault in faults.take(self.db, faults.NOW, (), self.pid).values():
            disturbances.disturb(self, fault, self.in_front())
        for number, wish in wishes.waiting(self.db, self.pid):
            self._fulfil(number, wish)
        self.root.after(PAUSE, self._look_up)

    def _fulfil(self, number: int, wish: dict[str, Any]) -> None:
        try:
            told = self._fulfilled(wish)
        except (TypeError, ValueError, tk.TclError) as error:
            wishes.answer(self.db, number, None, f"{error}")
        else:
            wishes.answer(self.db, number, told)

    def _fulfilled(self, wish: dict[str, Any]) -> Any:
        (kind, wanted), *_ = wish.items()
        self.root.update_idletasks()
        if kind == "places":
            return {name: place for window in self._windows for name, place in window.places().items()}
        if kind == "do":
            what = wanted.pop("what", "")
            if what not in faults.DISTURBANCES:
                raise ValueError(f"what must be one of {', '.join(faults.DISTURBANCES)}")
            disturbances.disturb(self, Fault(fault=what, **wanted), self.in_front())
        else:
            self._change_looks(wanted)
        self.root.update_idletasks()
        return {"done": True}

    def _change_looks(self, wanted: dict[str, Any]) -> None:
        for name in ("position", "size"):
            if name in wanted:
                self.in_front().top.geometry(wanted.pop(name))
        if not wanted:
            return
        self.looks.change(**wanted)
        self.words.skin = self.looks.taste.skin
        for window in self._windows:
            window.reword()
            window.top.geometry("")


def run_desk(options: Options, *, until_stdin_closes: bool) -> None:
    """Open a desk and be there until it is left."""
    with closing(tables.connect(options.database)) as db:
        tables.create(db)
        seeds.first_day(db)
        desk = Desk(db, options)
        if until_stdin_closes:
            threading.Thread(target=_await_end_of_stdin, args=(desk,), daemon=True).start()
        desk.run()


def _await_end_of_stdin(desk: Desk) -> None:
    # os.read, as a thread inside sys.stdin's own lock aborts the interpreter when it ends
    while os.read(sys.stdin.fileno(), 4096):
        pass
    desk.ending.set()
    # a desk that is frozen does not look up
    threading.Event().wait(SECONDS_TO_END)
    os._exit(0)


def _broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()
    os._exit(BROKEN)
