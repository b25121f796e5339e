"""How is an order typed and changed? The screens SALES ORDER ENTRY (SO-210) and SALES ORDER CHANGE (SO-212)."""

from sandbox.juniper import figures, orders, savings, sessions
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.deeds import carried_out
from sandbox.juniper.faults import Faults
from sandbox.juniper.fields import Field
from sandbox.juniper.forms import FIRST_LINE_ROW, LABEL_RIGHT, LEFT, LINE, LINES_A_PAGE, RIGHT, Complaint, Form
from sandbox.juniper.grids import Grid
from sandbox.juniper.look_ups import LookUp
from sandbox.juniper.orders import OrderRefusedError
from sandbox.juniper.screens import Action, Screen
from sandbox.juniper.texts import padded

_HEADING_ROW, _TOTAL_ROW = 8, 19
_AMOUNT = (67, 12)
_LEGEND = {"F3": "exit", "F4": "find", "F6": "save", "F7": "page", "F8": "page"}
_ENDS = {"F11": "hop", "F12": "back"}


class Entry(Screen):
    """A form that is being typed."""

    code, name, legend = "SO-210", "entry", _LEGEND | _ENDS

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self.form = Form(clerk.encoding, clerk.house.options.release)

    def fields(self) -> list[Field]:
        """Header and the lines of the page."""
        return self.form.fields()

    def body(self, grid: Grid) -> None:
        """Labels, the customer's name, line numbers and amounts."""
        for name, field in self.form.header.items():
            column, cells = (2, LEFT - 4) if field.column == LEFT else (LABEL_RIGHT, RIGHT - LABEL_RIGHT - 2)
            self.label(grid, field.row, column, name, cells)
        name_column = LEFT + 10
        limit = RIGHT - 18 if self.form.header["order_date"].row == self.form.header["customer"].row else 80
        grid.put(
            self.form.header["customer"].row, name_column, padded(self.form.customer_name, limit - name_column).rstrip()
        )
        self._headings(grid)
        for place, row in enumerate(self.form.shown()):
            number = self.form.page * LINES_A_PAGE + place + 1
            self.figure(grid, FIRST_LINE_ROW + place, 2, str(number), 3)
            if row.amount is not None:
                self.figure(grid, FIRST_LINE_ROW + place, _AMOUNT[0], figures.money_text(row.amount), _AMOUNT[1])
        grid.put(_TOTAL_ROW, 2, self.clerk.words.message("page_no", page=self.form.page + 1))
        self.heading(grid, _TOTAL_ROW, 46, "total")
        self.figure(grid, _TOTAL_ROW, _AMOUNT[0], figures.money_text(self.form.total), _AMOUNT[1])

    def _headings(self, grid: Grid) -> None:
        self.heading(grid, _HEADING_ROW, 2, "no", 3)
        for name, (column, _) in LINE.items():
            self.heading(grid, _HEADING_ROW, column, name)
        self.heading(grid, _HEADING_ROW, _AMOUNT[0], "amount", _AMOUNT[1])

    def actions(self) -> dict[str, Action]:
        """Check, leave, look up, save, turn pages."""
        return {
            "ENTER": self._enter,
            "F3": self.leave,
            "F4": self._look_up,
            "F6": self._ask_to_save,
            "F7": self._page_back,
            "F8": self._page_on,
            "F12": self.leave,
        }

    async def _enter(self) -> Screen:
        def act(_: Faults) -> Screen:
            complaint = self.form.check(self.clerk.db)
            return self._complain(complaint) if complaint else self

        return await carried_out(self, "enter", act)

    def _complain(self, complaint: Complaint) -> Screen:
        self.look_at(complaint.field)
        return self.say(complaint.message)

    async def leave(self) -> Screen:
        """To the menu, without a question."""
        return await self.go_home()

    async def _look_up(self) -> Screen:
        kind = self.focus.name if self.focus else "customer"
        if kind not in {"customer", "item"} or self.focus is None:
            return self.say("SY-018")
        return LookUp(self.clerk, self, self.focus)

    async def _page_back(self) -> Screen:
        if not self.form.page:
            return self.say("SY-012")
        return self._turned(self.form.page - 1)

    async def _page_on(self) -> Screen:
        return self._turned(self.form.page) if self.form.next_page() else self.say("SY-012")

    def _turned(self, page: int) -> Screen:
        self.form.turn(page)
        self.look_at(self.form.shown()[0].fields["item"])
        return self

    async def _ask_to_save(self) -> Screen:
        complaint = self.form.check(self.clerk.db)
        if complaint is None and not self.form.value("customer"):
            complaint = Complaint("SO-104", self.form.header["customer"])
        if complaint:
            return self._complain(complaint)
        self.form.drop_empty()
        if not self.form.order().lines:
            return self.say("SO-140")
        if self.form.number is None:
            return self.ask(self._save, "ask_save")
        return self.ask(self._save, "ask_change", number=self.form.number)

    async def _save(self) -> Screen:
        def act(faults: Faults) -> Screen:
            try:
                number = savings.save(self.clerk, self.form.order(), self.form.number, faults)
            except OrderRefusedError as refused:
                return self.say(refused.name, **refused.values)
            return Entry(self.clerk).say("saved", number=number)

        return await carried_out(self, "save", act)


class Change(Entry):
    """The form of a stored order, under its edit lock; leaving it opens what was there before."""

    code, name, legend = "SO-212", "change", _LEGEND | {"F9": "void"} | _ENDS

    def __init__(self, clerk: Clerk, order: orders.StoredOrder) -> None:
        super().__init__(clerk)
        self.number = order.number
        self.form.take(order)
        self.form.check(clerk.db)

    def body(self, grid: Grid) -> None:
        """The form, and which order it is."""
        super().body(grid)
        self.label(grid, 2, 2, "order_no", LEFT - 4)
        grid.put(2, LEFT, str(self.number))

    def actions(self) -> dict[str, Action]:
        """As for a new order, and cancelling."""
        return super().actions() | {"F9": self._ask_to_cancel}

    async def leave(self) -> Screen:
        """To the menu; the order is free again."""
        sessions.unlock(self.clerk.db, self.number, self.clerk.session)
        return await self.go_home()

    async def _ask_to_cancel(self) -> Screen:
        return self.ask(self._cancel, "ask_cancel", number=self.number)

    async def _cancel(self) -> Screen:
        def act(_: Faults) -> Screen:
            try:
                savings.cancel(self.clerk, self.number)
            except OrderRefusedError as refused:
                return self.say(refused.name, **refused.values)
            return Entry(self.clerk).say("cancelled", number=self.number)

        return await carried_out(self, "cancel", act)


def opened(clerk: Clerk, number: int) -> Change:
    """The form of a stored order, locked for this clerk; raises OrderRefusedError."""
    orders.demand(clerk.db, number)
    savings.demand_lock(clerk, number)
    order = orders.load(clerk.db, number)
    if order is None:
        raise OrderRefusedError("SO-120")
    return Change(clerk, order)
