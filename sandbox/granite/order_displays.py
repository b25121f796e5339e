"""What does one order hold? The window Order Display (SO-230)."""

from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import figures, locks, masters, orders
from sandbox.granite.actions import Action, perform
from sandbox.granite.messages import tell
from sandbox.granite.orders import StoredOrder
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import FORM_OPEN, NO_ORDER, RefusedError
from sandbox.granite.stops import Column
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

_ROWS = 10
_COLUMNS = (
    Column("Pos", 5, number=True),
    Column("Item", 16),
    Column("Description", 37),
    Column("Quantity", 12, number=True),
    Column("Unit price", 14, number=True),
    Column("Amount", 15, number=True),
    Column("Unit", 7),
)
_SHOWN = (
    ("status", "Status", 14, (1, 0), 1),
    ("customer", "Customer", 10, (1, 1), 1),
    ("order_date", "Order Date", 10, (2, 0), 1),
    ("currency", "Currency", 6, (2, 1), 1),
    ("po_number", "Your Ref", 18, (3, 0), 1),
    ("external_number", "External No.", 23, (3, 1), 1),
    ("remarks", "Remarks", 46, (4, 0), 2),
    ("terms", "Terms", 6, (5, 0), 1),
    ("warehouse", "Warehouse", 10, (5, 1), 1),
    ("shipping", "Shipping", 12, (5, 2), 1),
    ("discount", "Discount", 14, (6, 0), 1),
    ("carriage", "Carriage", 14, (6, 1), 1),
    ("vat", "VAT", 14, (6, 2), 1),
    ("order_total", "Order total", 16, (7, 0), 1),
)


class OrderDisplay(Window):
    """One order, read only."""

    name = "order_display"
    place = 3

    def __init__(self, desk: "Desk", number: str = "") -> None:
        super().__init__(desk)
        self.entitle("Order Display", "SO-230")
        top, bottom = ttk.Frame(self.body), ttk.Frame(self.body)
        self._order: StoredOrder | None = None
        self._number = self.field(top, "number", "Number", "N", (0, 0), length=6)
        self._number.keys["Return"] = self._load
        self._fields = {
            name: self.field(top, name, label, "", at, width=width, span=span, read_only=True)
            for name, label, width, at, span in _SHOWN
        }
        label = ttk.Label(self.body)
        self.caption(label, "Lines", "L")
        self._lines = self.table(self.body, "lines", "L", _COLUMNS, _ROWS)
        self.button(bottom, "change", "Change", "E", self._change)
        self.button(bottom, "exit", "Exit", "X", self.close, always=True)
        for row, widget in enumerate((top, label, self._lines.frame, bottom)):
            widget.grid(row=row, column=0, sticky="w", pady=GAP // 2)
        self.clear(number)
        self.open("number")

    def clear(self, number: str = "") -> None:
        """As it was opened, or with that order."""
        self._number.text = number
        self._show(None)
        self.current = "number"
        if number:
            self._load()

    def reword(self) -> None:
        """The status is a word too."""
        super().reword()
        self._show(self._order)

    def _load(self) -> None:
        number = int(figures.number(self._number.text))

        def work(_: Faults) -> StoredOrder:
            order = orders.load(self.desk.db, number)
            if order is None:
                raise RefusedError(NO_ORDER)
            return order

        self._show(None)
        perform(self.desk, self, Action(at="display", work=work, held=(self._number.text,)), self._show)

    def _show(self, order: StoredOrder | None) -> None:
        self._order = order
        texts = self._texts(order) if order else {}
        for name, field in self._fields.items():
            field.text = texts.get(name, "")
        self._lines.show(self._rows(order) if order else [])

    def _texts(self, order: StoredOrder) -> dict[str, str]:
        return {
            "status": self.desk.words.word(order.status),
            "customer": order.customer_code,
            "order_date": figures.day_text(order.order_date),
            "currency": order.currency,
            "po_number": order.po_number,
            "external_number": order.external_number,
            "remarks": order.remarks,
            "terms": order.terms,
            "warehouse": order.warehouse,
            "shipping": order.shipping_method,
            "discount": figures.money_text(order.discount),
            "carriage": figures.money_text(order.carriage),
            "vat": figures.money_text(order.vat),
            "order_total": figures.money_text(order.order_total),
        }

    def _rows(self, order: StoredOrder) -> list[tuple[str, ...]]:
        return [
            (
                str(line.position),
                line.item_code,
                line.description,
                figures.quantity_text(line.quantity),
                figures.money_text(line.unit_price),
                figures.money_text(line.amount),
                self._unit(line.item_code),
            )
            for line in order.lines
        ]

    def _unit(self, code: str) -> str:
        item = masters.item(self.desk.db, code)
        return item.unit if item else ""

    def _change(self) -> None:
        """Open the entry form with this order under an edit lock."""
        if self.desk.form_is_open():
            tell(self.desk, self, FORM_OPEN)
            return
        number, session = int(figures.number(self._number.text)), self.desk.session

        def work(_: Faults) -> StoredOrder:
            orders.demand(self.desk.db, number)
            if session is None:
                raise RuntimeError("nobody is signed on")
            locks.acquire(self.desk.db, number, session)
            order = orders.load(self.desk.db, number)
            if order is None:
                raise RefusedError(NO_ORDER)
            return order

        perform(self.desk, self, Action(at="change", work=work, held=(self._number.text,)), self.desk.change_order)
