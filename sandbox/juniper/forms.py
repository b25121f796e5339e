"""What stands on the order form? Header fields at their places, ten lines a page, and what Enter makes of them."""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal

from sandbox.juniper import figures, masters
from sandbox.juniper.fields import Field, Full
from sandbox.juniper.orders import Header, NewOrder, OrderLine, StoredOrder

LINES_A_PAGE, FIRST_LINE_ROW = 10, 9
CURRENCIES = ("GBP", "EUR", "USD", "CNY")
LEFT, RIGHT, LABEL_RIGHT = 19, 61, 44

_PLACES = {
    "4.1": {
        "customer": (3, LEFT),
        "external_no": (4, LEFT),
        "order_date": (4, RIGHT),
        "your_ref": (5, LEFT),
        "currency": (5, RIGHT),
        "remarks": (6, LEFT),
    },
    "4.2": {
        "customer": (3, LEFT),
        "order_date": (3, RIGHT),
        "your_ref": (4, LEFT),
        "currency": (4, RIGHT),
        "external_no": (5, LEFT),
        "remarks": (6, LEFT),
    },
}
_HEADER: dict[str, tuple[int, Full]] = {
    "customer": (8, "refuse"),
    "external_no": (20, "refuse"),
    "order_date": (8, "refuse"),
    "your_ref": (15, "overwrite"),
    "currency": (3, "skip"),
    "remarks": (40, "overwrite"),
}
LINE = {"item": (6, 15), "quantity": (22, 10), "price": (33, 12), "description": (46, 20)}


@dataclass(frozen=True)
class Complaint:
    """What Enter did not like, and where."""

    message: str
    field: Field


class Row:
    """One line of the form; `amount` is shown once the line has been checked."""

    def __init__(self, place: int, encoding: str) -> None:
        row = FIRST_LINE_ROW + place % LINES_A_PAGE
        self.fields = {
            name: Field(name=name, row=row, column=column, length=length, encoding=encoding)
            for name, (column, length) in LINE.items()
        }
        self.amount: Decimal | None = None

    def value(self, name: str) -> str:
        """What was typed into a column."""
        return self.fields[name].value

    @property
    def counts(self) -> bool:
        """Whether the line will be saved: it has an item and a quantity that is a number and not 0."""
        return bool(self.value("item") and figures.quantity(self.value("quantity")))

    def fill(self, item: str, quantity: Decimal, price: Decimal, description: str) -> None:
        """Show checked values."""
        texts = (item, figures.plain(quantity), f"{price:.2f}", description)
        for field, text in zip(self.fields.values(), texts, strict=True):
            field.fill(text)
        self.amount = figures.amount(quantity, price)


class Form:
    """One order on its way; `number` is that of a stored one."""

    def __init__(self, encoding: str, release: str) -> None:
        self._encoding = encoding
        self.header = {
            name: Field(
                name=name, row=row, column=column, length=_HEADER[name][0], full=_HEADER[name][1], encoding=encoding
            )
            for name, (row, column) in _PLACES[release].items()
        }
        for name in ("customer", "currency"):
            self.header[name].upper = True
        self.header["order_date"].fill(figures.day_text(figures.today()))
        self.header["currency"].fill(CURRENCIES[0])
        self.rows: list[Row] = []
        self.page = 0
        self.customer_name = ""
        self.number: int | None = None
        self._extra = {"terms": "30", "warehouse": "MAIN", "shipping_method": "STD"}
        self.turn(0)

    def value(self, name: str) -> str:
        """What was typed into the header."""
        return self.header[name].value

    def shown(self) -> list[Row]:
        """The lines of this page."""
        return self.rows[self.page * LINES_A_PAGE : (self.page + 1) * LINES_A_PAGE]

    def fields(self) -> list[Field]:
        """Header and lines of this page, as Tab goes."""
        return [*self.header.values(), *(field for row in self.shown() for field in row.fields.values())]

    def turn(self, page: int) -> None:
        """Go to a page, which may be a new one."""
        self.page = page
        while len(self.rows) < (page + 1) * LINES_A_PAGE:
            self.rows.append(Row(len(self.rows), self._encoding))

    def next_page(self) -> bool:
        """Turn one page on; False where this one has room and is the last."""
        is_last = len(self.rows) == (self.page + 1) * LINES_A_PAGE
        if is_last and not all(row.value("item") for row in self.shown()):
            return False
        self.turn(self.page + 1)
        return True

    def take(self, order: StoredOrder) -> None:
        """Show a stored order; a text longer than its field is cut."""
        self.number = order.number
        header = order.header
        self._extra = {name: getattr(header, name) for name in self._extra}
        self.header["customer"].fill(header.customer_code)
        self.header["order_date"].fill(figures.day_text(header.order_date))
        for name in ("external_no", "your_ref", "currency", "remarks"):
            self.header[name].fill(getattr(header, name))
        for line in order.lines:
            self.turn((line.position - 1) // LINES_A_PAGE)
            self.rows[line.position - 1].fill(line.item_code, line.quantity, line.unit_price, line.description)
        self.turn(0)

    def check(self, db: sqlite3.Connection) -> Complaint | None:
        """Resolve customer, date and items, default what was left empty; the first thing that is wrong."""
        return self._check_header(db) or self._check_rows(db)

    def _check_header(self, db: sqlite3.Connection) -> Complaint | None:
        known = masters.customer(db, self.value("customer"))
        self.customer_name = known.name if known and known.active else ""
        if self.value("customer") and not self.customer_name:
            return Complaint("SO-104", self.header["customer"])
        day = figures.day(self.value("order_date"), figures.today())
        if day is None:
            return Complaint("SO-110", self.header["order_date"])
        self.header["order_date"].fill(figures.day_text(day))
        if self.value("currency") not in CURRENCIES:
            return Complaint("SO-115", self.header["currency"])
        return None

    def _check_rows(self, db: sqlite3.Connection) -> Complaint | None:
        for place, row in enumerate(self.rows):
            row.amount = None
            if not row.value("item"):
                continue
            item = masters.item(db, row.value("item"))
            if item is None:
                self.turn(place // LINES_A_PAGE)
                return Complaint("IN-020", row.fields["item"])
            if row.counts:
                price = figures.price(row.value("price")) if row.value("price") else item.price
                quantity = figures.quantity(row.value("quantity"))
                row.fill(item.code, quantity, price, row.value("description") or item.description)
        return None

    def drop_empty(self) -> None:
        """Lines without an item or a quantity disappear, the others move up."""
        kept = [{name: row.value(name) for name in LINE} for row in self.rows if row.counts]
        self.rows = []
        self.turn(max(0, len(kept) - 1) // LINES_A_PAGE)
        for row, texts in zip(self.rows, kept, strict=False):
            quantity, price = figures.quantity(texts["quantity"]), figures.price(texts["price"])
            row.fill(texts["item"], quantity, price, texts["description"])
        self.turn(0)

    def order(self) -> NewOrder:
        """The order that a checked form describes."""
        header = Header(
            customer_code=self.value("customer"),
            order_date=figures.day(self.value("order_date"), figures.today()) or figures.today(),
            **{name: self.value(name) for name in ("external_no", "your_ref", "currency", "remarks")},
            **self._extra,
        )
        return NewOrder(header, tuple(self._line(place, row) for place, row in enumerate(self._counting(), start=1)))

    def _counting(self) -> list[Row]:
        return [row for row in self.rows if row.counts]

    @staticmethod
    def _line(position: int, row: Row) -> OrderLine:
        quantity, price = figures.quantity(row.value("quantity")), figures.price(row.value("price"))
        return OrderLine(position, row.value("item"), row.value("description"), quantity, price)

    @property
    def total(self) -> Decimal:
        """The sum of what has been checked."""
        return sum((row.amount for row in self.rows if row.amount is not None), Decimal("0.00"))
