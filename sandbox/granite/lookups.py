"""Which customer was meant? The look-up Select Customer (SO-211)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sandbox.granite.masters import Customer
from sandbox.granite.stops import Column
from sandbox.granite.windows import GAP, Window

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

_ROWS = 10
_COLUMNS = (Column("Code", 10), Column("Name", 40), Column("City", 14))


class CustomerLookup(Window):
    """Customers to choose from; the first one is highlighted, Enter takes it, Escape none."""

    name = "select_customer"

    def __init__(
        self, desk: "Desk", before: Window, customers: Sequence[Customer], taken: Callable[[str], object]
    ) -> None:
        super().__init__(desk, before)
        self.entitle("Select Customer", "SO-211")
        self._taken = taken
        self._list = self.table(self.body, "customers", "L", _COLUMNS, _ROWS)
        self._list.show([(each.code, each.name, each.city) for each in customers])
        self._list.frame.grid(row=0, column=0, padx=GAP, pady=GAP)
        self._list.tree.bind("<Double-1>", lambda _: self._take())
        self.keys |= {"Return": self._take, "Escape": self.close}
        self.open("customers")

    def _take(self) -> None:
        chosen = self._list.chosen()
        self.close()
        if chosen:
            self._taken(chosen[0])
