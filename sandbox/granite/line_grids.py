"""How are the lines of an order typed? In a grid of eight rows that scrolls, and that Tab crosses in its own order."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import figures, masters
from sandbox.granite.actions import Action, perform
from sandbox.granite.orders import OrderLine
from sandbox.granite.releases import LENGTHS
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import NO_ITEM, RefusedError
from sandbox.granite.stops import Field
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

SHOWN = 8
MOST = 999
KEYBOARD_ORDER = ("item", "quantity", "price", "description")
_WIDTHS = {"position": 4, "item": 15, "description": 35, "quantity": 10, "price": 12, "amount": 14}
_HEADINGS = ("Pos", "Item", "Description", "Quantity", "Price", "Amount")


@dataclass
class Row:
    """What stands in one row, as the last check left it."""

    item: str = ""
    description: str = ""
    quantity: str = ""
    price: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed there."""
        return not (self.item or self.description or self.quantity or self.price)

    @property
    def is_line(self) -> bool:
        """Whether Save keeps it."""
        return bool(self.item and figures.quantity(self.quantity))

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return figures.amount(figures.quantity(self.quantity), figures.price(self.price))


def row_of(line: OrderLine) -> Row:
    """The row of a stored line."""
    quantity, price = figures.quantity_text(line.quantity), figures.money_text(line.unit_price)
    return Row(line.item_code, line.description, quantity, price)


class LineGrid:
    """The grid of one form."""

    def __init__(self, desk: "Desk", window: Window, master: ttk.Frame) -> None:
        self._desk, self._window = desk, window
        self._rows: list[Row] = []
        self._top = 0
        for column, heading in enumerate(_HEADINGS):
            label = ttk.Label(master)
            window.caption(label, heading)
            label.grid(row=0, column=column, sticky="w", padx=GAP // 2)
        self._cells = [self._made(master, place) for place in range(SHOWN)]
        self._bar = ttk.Scrollbar(master, orient="vertical", command=self._scrolled)
        self._bar.grid(row=1, column=len(_HEADINGS), rowspan=SHOWN, sticky="ns")
        window.keys["Alt+l"] = lambda: self.go(0, "item")
        self.put(())

    def _made(self, master: ttk.Frame, place: int) -> dict[str, Field]:
        cells: dict[str, Field] = {}
        for column, (meaning, width) in enumerate(_WIDTHS.items()):
            length = LENGTHS.get(meaning, 0)
            cell = Field(master, f"lines.{place + 1}.{meaning}", length, width=width, read_only=not length)
            cell.widget.grid(row=place + 1, column=column, padx=1, pady=1)
            cell.left = partial(self._left, place, meaning) if length else None
            cell.keys |= {
                "Up": partial(self._move, place, -1, meaning),
                "Down": partial(self._move, place, 1, meaning),
                "Prior": partial(self._move, place, -SHOWN, meaning),
                "Next": partial(self._move, place, SHOWN, meaning),
                "Return": partial(self._move, place, 1, "item"),
                "Ctrl+End": self.go_to_end,
            }
            self._window.add(cell)
            cells[meaning] = cell
        return cells

    # --- what it holds

    def put(self, rows: Iterable[Row]) -> None:
        """These rows, from the first one on."""
        self._rows = list(rows)
        self._top = 0
        self.show()

    def compact(self) -> None:
        """Only what Save keeps."""
        self.put([row for row in self._rows if row.is_line])

    def lines(self) -> tuple[OrderLine, ...]:
        """The order lines that stand there."""
        return tuple(
            OrderLine(place, row.item, row.description, figures.quantity(row.quantity), figures.price(row.price))
            for place, row in enumerate((row for row in self._rows if row.is_line), start=1)
        )

    def texts(self) -> list[str]:
        """Everything that stands in it."""
        return [text for row in self._rows for text in vars(row).values()]

    def show(self) -> None:
        """Draw the rows that can be seen."""
        while len(self._rows) < self._top + SHOWN:
            self._rows.append(Row())
        for place, cells in enumerate(self._cells):
            row = self._rows[self._top + place]
            for meaning in KEYBOARD_ORDER:
                cells[meaning].text = getattr(row, meaning)
            cells["position"].text = str(self._top + place + 1)
            cells["amount"].text = figures.money_text(row.amount) if row.is_line else ""
        count = len(self._rows)
        self._bar.set(self._top / count, (self._top + SHOWN) / count)

    # --- where the keyboard is

    def go(self, row: int, meaning: str) -> None:
        """The keyboard goes to that row (from 0), if it may leave where it is."""
        if not self._window.leave():
            return
        row = min(max(0, row), MOST - 1)
        self._top = min(max(self._top, row - SHOWN + 1), row)
        self.show()
        self._window.take(self._cells[row - self._top][meaning].name)

    def go_to_end(self) -> None:
        """Item of the first empty row."""
        if self._window.leave():
            empty = (place for place, row in enumerate(self._rows) if row.is_empty)
            self.go(next(empty, len(self._rows)), "item")

    def step(self, by: int) -> bool:
        """Go on with Tab, or back; False where that leads out of the grid."""
        if not self._window.leave():
            return True
        place, meaning = self._here()
        row = self._top + place
        if by > 0 and meaning == "item" and self._rows[row].is_empty:
            return False
        at = row * len(KEYBOARD_ORDER) + (KEYBOARD_ORDER.index(meaning) if meaning in KEYBOARD_ORDER else 0) + by
        if at < 0:
            return False
        self.go(at // len(KEYBOARD_ORDER), KEYBOARD_ORDER[at % len(KEYBOARD_ORDER)])
        return True

    def _here(self) -> tuple[int, str]:
        _, place, meaning = self._window.current.split(".")
        return int(place) - 1, meaning

    def _move(self, place: int, by: int, meaning: str) -> None:
        self.go(self._top + place + by, meaning)

    def _scrolled(self, how: str, amount: str, unit: str = "") -> None:
        if not self._window.leave():
            return
        if how == "moveto":
            top = round(float(amount) * len(self._rows))
        else:
            top = self._top + int(amount) * (SHOWN if unit == "pages" else 1)
        self._top = min(max(0, top), MOST - SHOWN)
        self.show()

    # --- what happens when a cell is left

    def _left(self, place: int, meaning: str) -> bool:
        text, row = self._cells[place][meaning].text.strip(), self._rows[self._top + place]
        if text == getattr(row, meaning) and (text or meaning != "price"):
            return True

        def work(_: Faults) -> bool:
            self._took(row, meaning, text)
            return True

        needs = meaning == "item"
        known = perform(
            self._desk, self._window, Action(at="leave_field", work=work, held=(text,), needs_session=needs)
        )
        if known:
            self.show()
        return known

    def _took(self, row: Row, meaning: str, text: str) -> None:
        item = masters.item(self._desk.db, text if meaning == "item" else row.item)
        if meaning == "item" and text and item is None:
            raise RefusedError(NO_ITEM)
        if meaning == "item" and item:
            row.item, row.description = item.code, item.description
        elif meaning == "quantity":
            value = figures.quantity(text)
            row.quantity = figures.quantity_text(value) if value else text
        elif meaning == "price":
            row.price = figures.money_text(figures.price(text)) if text else ""
        else:
            setattr(row, meaning, text)
        if item and not row.price:
            row.price = figures.money_text(item.price)
