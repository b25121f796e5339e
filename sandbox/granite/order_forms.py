"""How is an order typed? The windows Sales Order Entry (SO-210) and Sales Order Change (SO-212)."""

from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import figures, locks, savings, spools
from sandbox.granite.actions import Action, perform
from sandbox.granite.form_headers import Header
from sandbox.granite.keyboards import Act
from sandbox.granite.line_grids import LineGrid, row_of
from sandbox.granite.messages import ask, tell
from sandbox.granite.orders import NewOrder, StoredOrder
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import NO_CUSTOMER, NO_DATE, NO_LINES, Saying, saying
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    import tkinter as tk

    from sandbox.granite.desks import Desk

_STORED_ONLY = {"number": "Alt+b", "cancel_order": "Alt+k"}


class OrderForm(Window):
    """One order being typed, new or stored; only one is open at a time."""

    name = "order_entry"
    place = 1

    def __init__(self, desk: "Desk", order: StoredOrder | None = None) -> None:
        super().__init__(desk)
        self._number: int | None = None
        self.wording(self._entitle)
        top, middle, bottom = (ttk.Frame(self.body) for _ in range(3))
        for row, frame in enumerate((top, middle, bottom)):
            frame.grid(row=row, column=0, sticky="w", pady=GAP)
        self._header = Header(desk, self, top)
        self._shown_number = self.field(top, "number", "Number", "B", (9, 0), width=10, read_only=True)
        self._lines_label(middle)
        grid = ttk.Frame(middle)
        grid.grid(row=1, column=0)
        self._grid = LineGrid(desk, self, grid)
        self.button(bottom, "save", "Save", "S", self._save)
        self.button(bottom, "cancel_order", "Cancel Order", "K", self._cancel)
        self.button(bottom, "exit", "Exit", "X", self.close, always=True)
        self._put(order)
        self.open("customer")

    def _lines_label(self, master: ttk.Frame) -> None:
        label = ttk.Label(master)
        self.caption(label, "Lines", "L")
        label.grid(row=0, column=0, sticky="w", padx=GAP)

    def _entitle(self) -> None:
        stored = self._number is not None
        title = ("Sales Order Change", "SO-212") if stored else ("Sales Order Entry", "SO-210")
        self.top.title(self.desk.words.title(*title))

    def _put(self, order: StoredOrder | None) -> None:
        """Show that order, or a blank form."""
        self._number = order.number if order else None
        self._entitle()
        self._shown_number.text = str(order.number) if order else ""
        for name in _STORED_ONLY:
            self.show_stop(name, shown=order is not None)
        self._header.put(order)
        self._grid.put(row_of(line) for line in order.lines) if order else self._grid.put(())
        buttons = ("save", "cancel_order", "exit") if order else ("save", "exit")
        last = ("terms", "warehouse", "shipping", *(("number",) if order else ()))
        self.tab_order = [*self.desk.release.tab_order, "lines", *buttons, *last]

    # --- where the keyboard is

    def act_for(self, widget: "tk.Misc", key: str) -> Act | None:
        """What this key does; what only stored orders have is not there for new ones."""
        if self._number is None and key in _STORED_ONLY.values():
            return None
        return super().act_for(widget, key)

    def step(self, by: int) -> None:
        """As everywhere, and through the grid in its own order."""
        order = self.tab_order
        in_grid = self.current.startswith("lines.")
        if in_grid and self._grid.step(by):
            return
        here = order.index("lines" if in_grid else self.current) if in_grid or self.current in order else -by
        there = order[(here + by) % len(order)]
        if there != "lines":
            self.go(there)
        elif by > 0:
            self._grid.go(0, "item")
        else:
            self._grid.go_to_end()

    # --- saving and cancelling

    def _save(self) -> None:
        self._grid.compact()
        missing = self._missing()
        if missing:
            said, where = missing
            self.current = where
            tell(self.desk, self, said)
            return
        text = "Save order?" if self._number is None else "You are changing an existing order. Save?"
        ask(self.desk, self, saying(text), lambda yes: self._save_really() if yes else None)

    def _missing(self) -> tuple[Saying, str] | None:
        if not self._header.text("customer"):
            return NO_CUSTOMER, "customer"
        if figures.day(self._header.text("order_date")) is None:
            return NO_DATE, "order_date"
        return None if self._grid.lines() else (NO_LINES, "lines.1.item")

    def _save_really(self) -> None:
        order, number, session = self._order(), self._number, self.desk.session

        def work(faults: Faults) -> int:
            if session is None:
                raise RuntimeError("nobody is signed on")
            return savings.save(self.desk.db, order, number, session, faults)

        self._perform("save", work, "Order {number} saved", order)

    def _cancel(self) -> None:
        question = saying("Cancel order {number}?", number=self._number)
        ask(self.desk, self, question, lambda yes: self._cancel_really() if yes else None)

    def _cancel_really(self) -> None:
        number, session = self._number, self.desk.session

        def work(_: Faults) -> int:
            if session is None or number is None:
                raise RuntimeError("nobody is signed on, or nothing is stored")
            return savings.cancel(self.desk.db, number, session)

        self._perform("cancel", work, "Order {number} cancelled", None)

    def _perform(self, at: str, work: Callable[[Faults], int], told: str, order: NewOrder | None) -> None:
        number, session = self._number, self.desk.session

        def late(seconds: float) -> None:
            if session:
                spools.hand_in(self.desk.db, session, at, seconds=seconds, order=order, number=number)

        held = [*self._header.texts(), *self._grid.texts()]
        action = Action(at=at, work=work, held=held, answer=lambda stored: saying(told, number=stored), late=late)
        perform(self.desk, self, action, self._stored)

    def _stored(self, _: int) -> None:
        self._put(None)
        self.take("customer")

    def _order(self) -> NewOrder:
        text = self._header.text
        return NewOrder(
            customer_code=text("customer"),
            order_date=figures.day(text("order_date")) or figures.today(),
            external_number=text("external_number"),
            po_number=text("po_number"),
            remarks=text("remarks"),
            currency=text("currency"),
            terms=str(int(figures.number(text("terms")))),
            warehouse=text("warehouse"),
            shipping_method=text("shipping"),
            lines=self._grid.lines(),
        )

    def close(self) -> None:
        """Go, without a question; the lock is given back."""
        if self._number is not None and self.desk.session:
            locks.release(self.desk.db, self._number, self.desk.session.token)
        super().close()
