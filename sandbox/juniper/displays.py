"""What do the books say of one order? The screen ORDER DISPLAY (SO-230), and the way from it to the change."""

from decimal import Decimal
from typing import ClassVar

from sandbox.juniper import entries, figures, masters, orders
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.deeds import carried_out
from sandbox.juniper.faults import Faults
from sandbox.juniper.fields import Field
from sandbox.juniper.grids import Grid
from sandbox.juniper.orders import OrderLine, OrderRefusedError, StoredOrder
from sandbox.juniper.screens import Action, Screen
from sandbox.juniper.texts import padded

LINES_A_PAGE = 8
_HEADINGS, _LAST = 12, 21
_LEFT, _RIGHT, _CELLS = 2, 44, 15
_COLUMNS = {"item": (6, 0), "quantity": (22, 10), "price": (33, 12), "description": (46, 0), "amount": (67, 12)}


class Display(Screen):
    """One order, read only, eight lines a page."""

    code, name = "SO-230", "display"
    legend: ClassVar = {"F3": "exit", "F5": "alter", "F7": "page", "F8": "page", "F11": "hop", "F12": "back"}

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._number = self.field("number", 3, _LEFT + _CELLS + 2, 6)
        self._order: StoredOrder | None = None
        self._page = 0

    def fields(self) -> list[Field]:
        """The number alone."""
        return [self._number]

    def body(self, grid: Grid) -> None:
        """Everything that the books hold of the order."""
        self.label(grid, 3, _LEFT, "number", _CELLS)
        if self._order:
            self._header(grid, self._order)
            self._lines(grid, self._order)

    def _header(self, grid: Grid, order: StoredOrder) -> None:
        header = order.header
        known = masters.customer(self.clerk.db, header.customer_code)
        rows: tuple[dict[str, str], ...] = (
            {"status": self.clerk.words.status(order.status)},
            {"customer": f"{padded(header.customer_code, 9)} {known.name if known else ''}"},
            {"external_no": header.external_no, "order_date": figures.day_text(header.order_date)},
            {"your_ref": header.your_ref, "currency": header.currency},
            {"remarks": header.remarks},
            {"terms": header.terms, "warehouse": header.warehouse},
            {"shipping_method": header.shipping_method, "net_total": _money(order.net_total)},
            {"discount": _money(order.discount), "carriage": _money(order.carriage)},
            {"vat": _money(order.vat), "order_total": _money(order.order_total)},
        )
        for row, values in enumerate(rows, start=3):
            for column, (name, text) in zip(_columns_of(values), values.items(), strict=False):
                self.label(grid, row, column, name, _CELLS)
                grid.put(row, column + _CELLS + 2, text)

    def _lines(self, grid: Grid, order: StoredOrder) -> None:
        self.heading(grid, _HEADINGS, 2, "no", 3)
        for name, (column, cells) in _COLUMNS.items():
            self.heading(grid, _HEADINGS, column, name, cells)
        for row, line in enumerate(self._shown(order), start=_HEADINGS + 1):
            self._line(grid, row, line)
        said = self.clerk.words.message("page_of", page=self._page + 1, pages=self._pages(order))
        grid.put(_LAST, 2, said)

    def _line(self, grid: Grid, row: int, line: OrderLine) -> None:
        self.figure(grid, row, 2, str(line.position), 3)
        grid.put(row, _COLUMNS["item"][0], line.item_code)
        self.figure(grid, row, *_placed("quantity", figures.plain(line.quantity)))
        self.figure(grid, row, *_placed("price", figures.money_text(line.unit_price)))
        grid.put(row, _COLUMNS["description"][0], padded(line.description, 20).rstrip())
        self.figure(grid, row, *_placed("amount", figures.money_text(line.amount)))

    def _shown(self, order: StoredOrder) -> tuple[OrderLine, ...]:
        return order.lines[self._page * LINES_A_PAGE : (self._page + 1) * LINES_A_PAGE]

    @staticmethod
    def _pages(order: StoredOrder) -> int:
        return max(1, -(-len(order.lines) // LINES_A_PAGE))

    def actions(self) -> dict[str, Action]:
        """Show, turn pages, change, leave."""
        return {
            "ENTER": self._show,
            "F3": self.go_home,
            "F5": self._change,
            "F7": self._page_back,
            "F8": self._page_on,
            "F12": self.go_home,
        }

    async def _show(self) -> Screen:
        return await carried_out(self, "display", self._load)

    def _load(self, _: Faults) -> Screen:
        self._page = 0
        self._order = orders.load(self.clerk.db, figures.whole(self._number.value))
        self.look_at(self._number)
        return self if self._order else self.say("SO-120")

    async def _change(self) -> Screen:
        if self._order is None:
            return self.say("SO-120")
        try:
            return entries.opened(self.clerk, self._order.number)
        except OrderRefusedError as refused:
            return self.say(refused.name, **refused.values)

    async def _page_back(self) -> Screen:
        return self._turned(self._page - 1)

    async def _page_on(self) -> Screen:
        return self._turned(self._page + 1)

    def _turned(self, page: int) -> Screen:
        if self._order is None or not 0 <= page < self._pages(self._order):
            return self.say("SY-012")
        self._page = page
        return self


def _columns_of(values: dict[str, str]) -> tuple[int, ...]:
    return (_RIGHT,) if "status" in values else (_LEFT, _RIGHT)


def _money(value: Decimal) -> str:
    return figures.money_text(value).rjust(14)


def _placed(name: str, text: str) -> tuple[int, str, int]:
    column, cells = _COLUMNS[name]
    return column, text, cells


class NumberAsked(Screen):
    """Which order is to be changed?"""

    code, name, legend = "SO-212", "change", {"F3": "exit", "F11": "hop", "F12": "back"}

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._number = self.field("number", 3, _LEFT + _CELLS + 2, 6)

    def fields(self) -> list[Field]:
        """The number alone."""
        return [self._number]

    def body(self, grid: Grid) -> None:
        """One label."""
        self.label(grid, 3, _LEFT, "number", _CELLS)

    def actions(self) -> dict[str, Action]:
        """Open, or leave."""
        return {"ENTER": self._open, "F3": self.go_home, "F12": self.go_home}

    async def _open(self) -> Screen:
        try:
            return entries.opened(self.clerk, figures.whole(self._number.value))
        except OrderRefusedError as refused:
            return self.say(refused.name, **refused.values)
