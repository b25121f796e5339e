"""Which orders are there? The window Order List (SO-220)."""

from datetime import date
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite import figures, listings
from sandbox.granite.actions import Action, perform
from sandbox.granite.listings import Filter, Listing
from sandbox.granite.savings import Faults
from sandbox.granite.sayings import NO_DATE, RefusedError
from sandbox.granite.stops import Column, Field
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    import sqlite3

    from sandbox.granite.desks import Desk

_ROWS, _TOTAL_ROWS = 16, 3
_COLUMNS = (
    Column("Number", 8),
    Column("Date", 9),
    Column("Customer", 10),
    Column("Name", 23),
    Column("External No.", 23),
    Column("Your Ref", 15),
    Column("Currency", 9),
    Column("Lines", 6, number=True),
    Column("Status", 12),
    Column("Discount", 9, number=True),
    Column("Carriage", 9, number=True),
    Column("VAT", 9, number=True),
    Column("Total", 12, number=True),
)
_FILTERS = (
    ("reference", "Reference", "R", 20, (0, 0)),
    ("customer", "Customer", "C", 8, (0, 1)),
    ("number", "Number", "N", 6, (0, 2)),
    ("date_from", "Date from", "F", 8, (1, 0)),
    ("date_to", "Date to", "T", 8, (1, 1)),
    ("all_statuses", "All statuses (Y/N)", "A", 1, (1, 2)),
)


class OrderList(Window):
    """The filter, and one page of what matches."""

    name = "order_list"
    place = 2

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self.entitle("Order List", "SO-220")
        top, buttons, bottom = (ttk.Frame(self.body) for _ in range(3))
        self._filters = {
            name: self.field(top, name, label, key, at, length=length, width=max(length + 2, 4))
            for name, label, key, length, at in _FILTERS
        }
        self.button(buttons, "search", "Search", "S", lambda: self._search(1))
        self.button(buttons, "previous", "Previous", "P", lambda: self._turn(-1))
        self.button(buttons, "next", "Next", "X", lambda: self._turn(1))
        label = ttk.Label(self.body)
        self.caption(label, "List", "L")
        self._list = self.table(self.body, "orders", "L", _COLUMNS, _ROWS)
        self._page = self.field(bottom, "page", "Page", "G", (0, 0), width=8, read_only=True)
        self._records = self.field(bottom, "records", "Records", "O", (0, 1), width=8, read_only=True)
        self.label(bottom, "Totals", "M", 0, 4)
        self._totals = self.table(
            bottom, "totals", "M", (Column("Currency", 9), Column("Total", 18, number=True)), _TOTAL_ROWS
        )
        self._totals.frame.grid(row=0, column=5, padx=GAP)
        for row, widget in enumerate((top, buttons, label, self._list.frame, bottom)):
            widget.grid(row=row, column=0, sticky="w", pady=GAP // 2)
        self._list.keys |= {"Return": self._display, "Next": lambda: self._turn(1), "Prior": lambda: self._turn(-1)}
        self._list.tree.bind("<Double-1>", lambda _: self._display())
        for each in self._filters.values():
            each.keys["Return"] = lambda: self._search(1)
        self._shown = Listing()
        self._asked: Filter | None = None
        self.clear()
        self.open("reference")

    def clear(self) -> None:
        """As it was opened."""
        for field in self._filters.values():
            field.text = ""
        self._filters["all_statuses"].text = "N"
        self._asked = None
        self._show(None)
        self.current = "reference"

    def reword(self) -> None:
        """Status words are words too."""
        super().reword()
        self._show_rows(self._shown.rows)

    def _search(self, page: int) -> None:
        def work(_: Faults) -> Listing:
            if page == 1 or self._asked is None:
                self._asked = self._filter()
            return listings.listing(self.desk.db, self._asked, page)

        held = [field.text for field in self._filters.values()]
        perform(self.desk, self, Action(at="search", work=work, held=held), self._show)

    def _filter(self) -> Filter:
        text = {name: field.text.strip() for name, field in self._filters.items()}
        return Filter(
            reference=text["reference"],
            customer=text["customer"],
            number=text["number"],
            date_from=_day(self._filters["date_from"]),
            date_to=_day(self._filters["date_to"]),
            all_statuses=text["all_statuses"].upper() == "Y",
        )

    def _turn(self, by: int) -> None:
        """To another page of the same search."""
        if self._asked is not None and 1 <= self._shown.page + by <= self._shown.pages:
            self._search_page(self._shown.page + by)

    def _search_page(self, page: int) -> None:
        asked = self._asked

        def work(_: Faults) -> Listing:
            return listings.listing(self.desk.db, asked or Filter(), page)

        perform(self.desk, self, Action(at="search", work=work), self._show)

    def _show(self, found: Listing | None) -> None:
        self._shown = found or Listing()
        self._show_rows(self._shown.rows)
        self._totals.show([(currency, figures.money_text(total)) for currency, total in self._shown.totals])
        self._page.text = f"{found.page}/{found.pages}" if found else ""
        self._records.text = str(found.count) if found else ""

    def _show_rows(self, rows: "tuple[sqlite3.Row, ...]") -> None:
        self._list.show([self._row(row) for row in rows])

    def _row(self, row: "sqlite3.Row") -> tuple[str, ...]:
        money = (figures.money_text(figures.number(row[name])) for name in ("discount", "carriage", "vat"))
        return (
            str(row["number"]),
            figures.day_text(date.fromisoformat(row["order_date"])),
            row["customer_code"],
            row["customer_name"],
            row["external_number"],
            row["po_number"],
            row["currency"],
            str(row["line_count"]),
            self.desk.words.word(row["status"]),
            *money,
            figures.money_text(listings.order_total(row)),
        )

    def _display(self) -> None:
        chosen = self._list.chosen()
        if chosen:
            self.desk.display_order(chosen[0])


def _day(field: Field) -> date | None:
    text = field.text.strip()
    if not text:
        return None
    day = figures.day(text)
    if day is None:
        raise RefusedError(NO_DATE)
    field.text = figures.day_text(day)
    return day
