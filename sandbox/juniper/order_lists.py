"""Which orders are there? The screen ORDER LIST (SO-220): filters, twelve rows a page in two views, and totals."""

from datetime import date
from typing import ClassVar

from sandbox.juniper import figures
from sandbox.juniper.clerks import Clerk
from sandbox.juniper.deeds import carried_out
from sandbox.juniper.faults import Faults
from sandbox.juniper.fields import Field
from sandbox.juniper.grids import Grid
from sandbox.juniper.listings import Filter, Row, matching, totals
from sandbox.juniper.screens import Action, Screen
from sandbox.juniper.texts import padded

ROWS_A_PAGE = 12
_FILTERS = {
    "reference": (3, 2, 20),
    "customer": (3, 44, 8),
    "number": (4, 2, 6),
    "all_statuses": (4, 44, 1),
    "date_from": (5, 2, 8),
    "date_to": (5, 44, 8),
}
_LABEL_CELLS = {2: 15, 44: 19}
_HEADINGS, _FOOT = 7, 21
_VIEWS = (
    {
        "number": (2, 0),
        "date": (9, 0),
        "customer": (18, 0),
        "external_no": (27, 0),
        "status": (48, 0),
        "total": (62, 14),
    },
    {
        "number": (2, 0),
        "your_ref": (9, 0),
        "currency": (25, 0),
        "discount": (30, 14),
        "carriage": (46, 14),
        "vat": (62, 14),
    },
)


class OrderList(Screen):
    """Filters, and the rows that the last Enter found; closed orders hide unless all statuses are wanted."""

    code, name = "SO-220", "list"
    legend: ClassVar = {"F3": "exit", "F7": "page", "F8": "page", "F10": "view", "F11": "hop", "F12": "back"}

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._filters = {
            name: self.field(name, row, column + _LABEL_CELLS[column] + 2, length)
            for name, (row, column, length) in _FILTERS.items()
        }
        for name in ("customer", "all_statuses"):
            self._filters[name].upper = True
        self._filters["all_statuses"].fill("N")
        self._asked: Filter | None = None
        self._rows: list[Row] = []
        self._page = 0
        self._view = 0

    def fields(self) -> list[Field]:
        """The filters."""
        return list(self._filters.values())

    def body(self, grid: Grid) -> None:
        """Labels, one page of rows or of totals, and which page it is."""
        for name, (row, column, _) in _FILTERS.items():
            self.label(grid, row, column, name, _LABEL_CELLS[column])
        if self._asked is None:
            return
        if self._page == self._pages:
            self._totals(grid)
            return
        for name, (column, cells) in _VIEWS[self._view].items():
            self.heading(grid, _HEADINGS, column, name, cells)
        shown = self._rows[self._page * ROWS_A_PAGE : (self._page + 1) * ROWS_A_PAGE]
        for place, found in enumerate(shown, start=_HEADINGS + 1):
            self._row(grid, place, self._texts(found))
        self._foot(grid, self.clerk.words.message("page_of", page=self._page + 1, pages=self._pages))

    def _foot(self, grid: Grid, text: str) -> None:
        grid.put(_FOOT, 2, text)
        grid.put(_FOOT, 30, self.clerk.words.message("orders", count=len(self._rows)))

    def _row(self, grid: Grid, place: int, texts: dict[str, str]) -> None:
        for name, (column, cells) in _VIEWS[self._view].items():
            if cells:
                self.figure(grid, place, column, texts[name], cells)
            else:
                grid.put(place, column, texts[name])

    def _texts(self, row: Row) -> dict[str, str]:
        money = {name: figures.money_text(getattr(row, name)) for name in ("discount", "carriage", "vat", "total")}
        return money | {
            "number": str(row.number),
            "date": figures.day_text(row.order_date),
            "customer": padded(row.customer_code, 8),
            "external_no": padded(row.external_no, 20),
            "status": self.clerk.words.status(row.status),
            "your_ref": padded(row.your_ref, 15),
            "currency": row.currency,
        }

    def _totals(self, grid: Grid) -> None:
        for place, (currency, total) in enumerate(totals(self._rows).items(), start=_HEADINGS + 1):
            grid.put(place, 48, currency)
            self.figure(grid, place, 62, figures.money_text(total), 14)
        self._foot(grid, self.clerk.words.label("totals"))

    @property
    def _pages(self) -> int:
        return max(1, -(-len(self._rows) // ROWS_A_PAGE))

    def actions(self) -> dict[str, Action]:
        """Search, turn pages, switch the view, leave."""
        return {
            "ENTER": self._search,
            "F3": self.go_home,
            "F7": self._page_back,
            "F8": self._page_on,
            "F10": self._switch,
            "F12": self.go_home,
        }

    async def _search(self) -> Screen:
        return await carried_out(self, "search", self._find)

    def _find(self, _: Faults) -> Screen:
        days: dict[str, date | None] = {}
        for name in ("date_from", "date_to"):
            day = figures.day(self._filters[name].value, date.min)
            if day is None:
                self.look_at(self._filters[name])
                return self.say("SO-110")
            days[name] = day if self._filters[name].value else None
        self._asked = Filter(
            reference=self._filters["reference"].value,
            customer=self._filters["customer"].value,
            number=self._filters["number"].value,
            date_from=days["date_from"],
            date_to=days["date_to"],
            all_statuses=self._filters["all_statuses"].value == "Y",
        )
        return self._turned(0)

    def _turned(self, page: int) -> Screen:
        """Ask the books again, as every page does, and show that page; behind the last one come the totals."""
        if self._asked is None:
            return self.say("SY-012")
        self._rows = matching(self.clerk.db, self._asked)
        if not 0 <= page <= self._pages:
            return self.say("SY-012")
        self._page = page
        return self

    async def _page_back(self) -> Screen:
        return self._turned(self._page - 1)

    async def _page_on(self) -> Screen:
        return self._turned(self._page + 1)

    async def _switch(self) -> Screen:
        self._view = 1 - self._view
        return self
